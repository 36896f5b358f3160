"""Who asks, when a web server of ours stands in front; and when none does."""

from __future__ import annotations

import pytest
from flask import request

from tests.desk import Desk


@pytest.mark.parametrize("proxies, address", [("0", "127.0.0.1"), ("1", "203.0.113.9")])
def test_a_forwarded_address_is_believed_only_from_a_proxy_of_ours(sqlite_url: str, proxies: str, address: str) -> None:
    desk = Desk(sqlite_url, TRUSTED_PROXIES=proxies)
    seen: list[str | None] = []
    desk.app.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(request.remote_addr))
    desk.app.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.test"})
    assert seen == [address]
    desk.close()
