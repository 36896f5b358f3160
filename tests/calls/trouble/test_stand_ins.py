"""What callers and counsellors hear while there is no database: words that are true, and an end to every wait."""

from __future__ import annotations

import logging
from datetime import datetime, time
from typing import Any

import pytest

from callcenter.domain.calendar.hours import SpecialKind
from callcenter.domain.calls.lifecycle import CallState
from callcenter.models.base import new_id
from callcenter.models.calendar import SpecialDayRow
from ivr.scripts.room import ANNOUNCEMENTS
from ivr.simulator.clock import JST
from ivr.simulator.twiml.checker import check
from tests.calls.webhooks import INCOMING, form, post
from tests.desk import Desk
from tests.outages import without_database

CONTEXTS = {"ivr.wait": "wait", "ivr.key": "wait", "ivr.alone": "room", "ivr.say": "announce"}
CONTEXTS |= dict.fromkeys(("ivr.views.hold", "ivr.hold_for_transfer", "ivr.hold_again"), "hold")
"""For what a script is fetched, where that is not a leg's own document."""


def heard(desk: Desk, seconds: float, from_: str = "anonymous") -> str:
    """Dial, and return what was heard until then."""
    phone = desk.line.dial(from_)
    desk.line.advance(seconds)
    return " ".join(phone.heard)


def test_every_address_answers_with_a_valid_script(desk: Desk) -> None:
    rules = [rule for rule in desk.app.url_map.iter_rules() if rule.endpoint.startswith("ivr.")]
    assert len(rules) > 10
    with without_database(desk):
        for rule in rules:
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", next(iter(ANNOUNCEMENTS)) if name == "code" else new_id())
            for more in ({}, {"QueueResult": "leave"}, {"QueueResult": "redirected"}, {"QueueTime": "9999"}):
                answer = post(desk, path, form(**more))
                assert answer.status_code in {200, 503}, path
                context = "news" if answer.status_code == 503 else CONTEXTS.get(rule.endpoint, "call")
                assert check(answer.data, context) == [], (path, more)


def test_a_caller_in_a_short_outage_is_asked_to_hold_then_greeted_and_connected(desk: Desk) -> None:
    counsellor = desk.counsellor()
    with without_database(desk):
        phone = desk.line.dial()
        desk.line.advance(30)
        assert phone.heard[0] == "少しだけ、お待ちください。電話は、つながっています。"
        assert not any("受付" in text for text in phone.heard)
    desk.line.advance(25)
    assert any("お電話ありがとうございます" in text for text in phone.heard)
    assert counsellor.rings
    counsellor.takes_the_call()
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_a_caller_in_an_outage_that_lasts_is_told_so_and_not_left_on_music(desk: Desk) -> None:
    with without_database(desk):
        phone = desk.line.dial()
        desk.line.advance(240)
        assert phone.state == "completed"
        assert "電話の調子が悪く" in phone.heard[-3]
        assert "119番" in phone.heard[-2]
        late = desk.line.dial()
        desk.line.advance(1)
        assert "電話の調子が悪く" in late.heard[0]


def test_somebody_who_waited_before_the_outage_is_told_too(desk: Desk) -> None:
    desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(3)
    with without_database(desk):
        desk.line.advance(240)
        assert phone.state == "completed"
        assert any("電話の調子が悪く" in text for text in phone.heard)


def test_outside_hours_the_line_says_when_it_opens_although_no_database_tells(desk: Desk) -> None:
    desk.line.at(datetime(2026, 11, 25, 19, tzinfo=JST))
    with without_database(desk):
        said = heard(desk, 60)
    assert "今日の受付は、終わりました" in said
    assert "木曜日" in said
    assert "電話の調子" not in said


def test_a_special_day_that_this_process_knew_of_holds_without_a_database(desk: Desk) -> None:
    with desk.work() as session:
        now = desk.clock.now()
        row: dict[str, Any] = {"kind": SpecialKind.PARTIAL, "close_at": time(15), "reason": "研修"}
        session.add(SpecialDayRow(day=now.date(), decided_at=now, **row))
    heard(desk, 1)
    desk.line.at(datetime(2026, 11, 25, 15, 30, tzinfo=JST))
    with without_database(desk):
        assert "研修" in heard(desk, 60)


def test_who_waits_over_closing_time_hears_the_end_without_a_database(desk: Desk) -> None:
    desk.counsellor()
    desk.line.at(datetime(2026, 11, 25, 16, 59, 50, tzinfo=JST))
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.line.at(datetime(2026, 11, 25, 17, 14, 30, tzinfo=JST))
    with without_database(desk):
        desk.line.advance(100)
        assert phone.state == "completed"
        assert any("今日はおつなぎできませんでした" in text for text in phone.heard)


def test_who_rang_in_time_is_served_although_the_database_came_back_after_five(desk: Desk) -> None:
    desk.counsellor()
    desk.line.at(datetime(2026, 11, 25, 16, 59, 50, tzinfo=JST))
    with without_database(desk):
        phone = desk.line.dial()
        desk.line.advance(40)
    desk.line.advance(20)
    call = desk.call(phone.sid)
    assert call.state is CallState.WAITING
    assert call.arrived_at.astimezone(JST).hour == 16


def test_a_claimed_caller_is_patient_for_a_while_and_reaches_the_room(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    with without_database(desk):
        desk.line.advance(20)
        assert phone.state == "in-progress"
    desk.line.advance(25)
    assert desk.call(phone.sid).state is CallState.TALKING


@pytest.mark.parametrize("result", ["redirected", "bridged", "hangup"])
def test_who_is_on_their_way_out_of_the_queue_is_not_disturbed(desk: Desk, result: str) -> None:
    with without_database(desk):
        answer = post(desk, "/ivr/voice/leave", form(QueueResult=result))
    assert b"Say" not in answer.data


def test_a_counsellor_who_picks_up_in_a_short_outage_still_gets_the_call(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    with without_database(desk):
        counsellor.handset.answers()
        desk.line.advance(1)
    desk.line.advance(2)
    counsellor.handset.presses("1")
    desk.line.advance(3)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_the_alarm_is_told_once_and_counted_for_the_machine_that_watches(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with without_database(desk), caplog.at_level(logging.WARNING, "ivr"):
        for caller in range(30):
            post(desk, INCOMING, form(f"CA{caller:032x}"))
        figures = desk.app.test_client().get("/metrics").text
    assert len([record for record in caplog.records if record.name == "ivr.answer"]) == 1
    assert 'helpline_stand_ins_total{why="database"} 30.0' in figures
    assert "helpline_database_up 0.0" in figures
    assert "helpline_database_up 1.0" in desk.app.test_client().get("/metrics").text


def test_music_does_not_go_on_for_ever(desk: Desk) -> None:
    with without_database(desk):
        waits = {seconds: post(desk, "/ivr/voice/wait", form(QueueTime=seconds)).text for seconds in ("40", "1800")}
    assert "<Play>" in waits["40"]
    assert "<Leave" in waits["1800"]


def test_a_caller_whose_counsellor_is_lost_hears_so_once_and_is_kept_for_a_while(desk: Desk) -> None:
    path = f"/ivr/voice/requeue/{new_id()}"
    with without_database(desk):
        first, then, last = (post(desk, path + more, form()).text for more in ("", "?again=1", "?again=4"))
    assert "途切れてしまいました" in first
    assert "again=1" in first
    assert "<Say" not in then
    assert "電話の調子が悪く" in last
