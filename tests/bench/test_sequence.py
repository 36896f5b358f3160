"""The bench measures a whole call, and nothing but good answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bench.sequence import TriedDesk, Webhook


@pytest.fixture
def played(database_url: str) -> Iterator[list[Webhook]]:
    """The webhooks of one call."""
    desk = TriedDesk(database_url)
    yield desk.play()
    desk.close()


def test_the_benchs_call_goes_through_every_step_with_good_answers_only(played: list[Webhook]) -> None:
    assert {webhook.status for webhook in played} == {200}
    places = [webhook.place for webhook in played]
    assert places[:3] == ["voice/incoming", "voice/wait", "voice/key"]
    assert {"offer/…/answer", "offer/…/screen", "voice/leave", "voice/join/…", "voice/status"} < set(places)
    assert places.count("conference/…") == 6
    assert all(webhook.seconds.keys() == {"desk", "R0", "R1"} for webhook in played)
