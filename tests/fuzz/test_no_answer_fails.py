"""A slice of the odd requests: every route a few times, on both databases."""

from __future__ import annotations

import pytest

from tests.fuzz.run import Run

REQUESTS = 420
"""About two to every route."""


@pytest.mark.slow
def test_no_route_fails_whatever_it_is_sent(database_url: str) -> None:
    found = Run(database_url, "slice").go(REQUESTS)
    assert [str(fault) for fault in found.faults] == []
    assert found.requests == REQUESTS
    assert len(found.reached) > found.routes // 3, "too few views were reached for this to say anything"
    assert found.classes["4xx"] < REQUESTS * 0.8
