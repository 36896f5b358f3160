"""Tokens of the Network Traversal Service, as Twilio makes them."""

from __future__ import annotations

from typing import Any, cast

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.simulator.rest.tokens import relay_secret
from tests.line import Line


def test_a_token_names_relays_over_udp_and_tcp_with_its_own_access(line: Line, rest: Client) -> None:
    line.engine.console.relay = "127.0.0.1:4000"
    token = rest.tokens.create(ttl=60)
    servers = cast("list[dict[str, Any]]", token.ice_servers)
    assert [one["urls"] for one in servers] == [
        "stun:127.0.0.1:4000",
        "turn:127.0.0.1:4000?transport=udp",
        "turn:127.0.0.1:4000?transport=tcp",
    ]
    assert {(one["username"], one["credential"]) for one in servers[1:]} == {(token.username, token.password)}
    assert token.password == relay_secret(str(token.username))
    assert token.ttl == "60"
    assert token.date_created == line.engine.now().replace(microsecond=0)


def test_a_token_holds_for_a_day_unless_told_otherwise_and_never_longer(rest: Client) -> None:
    assert rest.tokens.create().ttl == "86400"
    for outside in (0, 86_401):
        with pytest.raises(TwilioRestException) as refused:
            rest.tokens.create(ttl=outside)
        assert refused.value.status == 400


def test_neither_name_nor_secret_of_a_token_is_in_the_log(line: Line, rest: Client) -> None:
    token = rest.tokens.create(ttl=60)
    written = repr(list(line.engine.journal.entries))
    assert "Tokens" in written
    assert str(token.username) not in written
    assert str(token.password) not in written
