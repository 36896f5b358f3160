from __future__ import annotations

from itertools import permutations

import pytest

from ivr.simulator.faults import Faults
from tests.line import Line
from tests.simulator.conftest import Office
from tests.simulator.desk import Desk


def numbers(desk: Desk) -> list[str]:
    return [form["SequenceNumber"] for form in desk.to("/offer")]


def test_lost_news_never_comes(desk: Desk, line: Line, office: Office) -> None:
    line.faults.lost = 1
    office.rings().declines()
    line.advance(60)
    assert numbers(desk) == []


def test_duplicated_news_comes_twice(desk: Desk, line: Line, office: Office) -> None:
    line.faults.duplicated = 1
    office.rings().declines()
    line.advance(60)
    assert sorted(numbers(desk)) == ["0", "0", "1", "1", "2", "2"]


def test_delayed_news_comes_later(desk: Desk, line: Line, office: Office) -> None:
    line.faults.delayed = 1
    office.rings()
    assert numbers(desk) == []
    line.advance(10)
    assert sorted(numbers(desk)) == ["0", "1"]


def test_reordered_news_comes_the_wrong_way_round(desk: Desk, line: Line, office: Office) -> None:
    line.faults.reordered = 1
    office.rings()
    assert numbers(desk) == ["1", "0"]


def test_news_held_back_alone_comes_in_the_end(desk: Desk, line: Line) -> None:
    line.faults.reordered = 1
    line.dial().hangs_up()
    line.advance(10)
    assert len(desk.to("/status")) == 1


def test_a_duplicated_webhook_keeps_its_token(desk: Desk, line: Line) -> None:
    line.faults.webhook_duplicates = 1
    line.dial()
    tokens = [asked.headers["I-Twilio-Idempotency-Token"] for asked in desk.asked if asked.path == "/incoming"]
    assert len(tokens) == 2 and len(set(tokens)) == 1
    assert len(desk.to("/wait")) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_test_may_send_news_in_any_order(desk: Desk, line: Line, office: Office, order: tuple[int, ...]) -> None:
    line.holds_news()
    office.rings().declines()
    line.sends_news(order)
    assert numbers(desk) == [str(place) for place in order]


def test_the_same_seed_gives_the_same_luck() -> None:
    def luck() -> list[bool]:
        faults = Faults(lost=0.5, seed=7)
        return [faults.happens("lost") for _ in range(20)]

    assert luck() == luck() and len(set(luck())) == 2


@pytest.mark.parametrize("changes", [{"gone": 1}, {"lost": 2}, {"lost": "yes"}, {"next_rest": 1}], ids=str)
def test_a_switch_that_does_not_exist_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"switch|between"):
        Faults().set(changes)
