"""The kind of a browser, in words its owner knows it by."""

from __future__ import annotations

import pytest

from callcenter.domain.staff.browsers import UNKNOWN, browser_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    "says, name",
    [
        (f"{WINDOWS} Safari/537.36", "Windows・Chrome"),
        (f"{WINDOWS} Safari/537.36 Edg/131.0.0.0", "Windows・Edge"),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "iPhone・Safari"),
        (f"{IPHONE} CriOS/131.0 Mobile/15E148 Safari/604.1", "iPhone・Chrome"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "Mac・Firefox"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36", "Android・Chrome"),
        ("curl/8.5", UNKNOWN),
        ("", UNKNOWN),
        (" " * 100_000 + WINDOWS, UNKNOWN),
    ],
)
def test_a_browser_is_named_by_its_system_and_its_kind(says: str, name: str) -> None:
    assert browser_name(says) == name
