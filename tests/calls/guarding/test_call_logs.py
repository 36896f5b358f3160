"""What the telephone company keeps of calls: how they are found again, and how it is made to forget them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from callcenter.adapters import checkup
from callcenter.domain.telephony import LegState, LineGone, LineInUse
from callcenter.jobs.night import call_log
from callcenter.models.delivery.nightly import NightlyRun
from callcenter.services.delivery import nightly
from tests.desk import Desk
from tests.line import A_WEDNESDAY_AFTERNOON

A_NIGHT = datetime(2026, 12, 27, 3, 10, tzinfo=A_WEDNESDAY_AFTERNOON.tzinfo)
"""More than thirty days after the Wednesday of the tests."""
NUMBER = "+819012345677"


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


def ended_calls(desk: Desk, count: int) -> list[str]:
    phones = [desk.line.dial(NUMBER) for _ in range(count)]
    for phone in phones:
        phone.hangs_up()
    return [phone.sid for phone in phones]


def at_night(desk: Desk, *, stop_after: int | None = None) -> int:
    """Let the night's work be looked at once; returns how often it paused."""
    paused = 0

    def pause(_seconds: float) -> bool:
        nonlocal paused
        paused += 1
        return stop_after is not None and paused >= stop_after

    with desk.app.app_context():
        call_log.forget_old_calls(pause)
    return paused


def run_of(desk: Desk) -> NightlyRun:
    with desk.work() as session:
        run = nightly.latest(session, nightly.CALL_LOG)
        assert run is not None
        return run


def deletions(desk: Desk) -> int:
    return sum(entry.digest.startswith("消去") for entry in desk.line.engine.journal.entries)


def test_ended_legs_are_found_by_the_day_they_began_and_forgotten_once(desk: Desk) -> None:
    first, second = desk.line.dial("+81312345678"), desk.line.dial()
    first.hangs_up()
    today = desk.clock.now().date()
    assert desk.telephony.ended_legs(today, limit=5) == []
    tomorrow = today + timedelta(days=1)
    assert desk.telephony.ended_legs(tomorrow, limit=5) == [first.sid]
    with pytest.raises(LineInUse):
        desk.telephony.forget_leg(second.sid)
    desk.telephony.forget_leg(first.sid)
    with pytest.raises(LineGone):
        desk.telephony.forget_leg(first.sid)
    assert desk.telephony.ended_legs(tomorrow, limit=5) == []


def test_ended_legs_are_found_behind_those_that_still_run(desk: Desk) -> None:
    ended = desk.line.dial()
    ended.hangs_up()
    for _ in range(3):
        desk.line.dial()
    tomorrow = desk.clock.now().date() + timedelta(days=1)
    assert desk.telephony.ended_legs(tomorrow, limit=2) == [ended.sid]


def test_a_leg_that_was_just_rung_is_found_by_its_telephone(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial("+81312345678")
    before = desk.clock.now()
    desk.line.advance(4)
    (leg,) = desk.telephony.legs_to(counsellor.address, since=before)
    assert (leg.sid, leg.state) == (counsellor.handset.sid, "ringing")
    assert counsellor.address not in repr(leg)
    assert desk.telephony.legs_to(counsellor.address, since=desk.clock.now() + timedelta(seconds=5)) == []
    assert desk.telephony.legs_to("+819000000099", since=before) == []


def test_callers_and_rung_legs_are_listed_apart(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial("+81312345678")
    before = desk.clock.now() - timedelta(seconds=1)
    desk.line.advance(4)
    phone.hangs_up()
    desk.line.advance(1)
    (caller,) = desk.telephony.callers_of("+81120529528", since=before)
    assert (caller.sid, caller.state, caller.caller.e164) == (phone.sid, LegState.ENDED, "+81312345678")
    assert caller.ended_at is not None
    assert caller.ended_at > caller.began_at
    assert [leg.sid for leg in desk.telephony.rung_legs(since=before)] == [counsellor.handset.sid]
    assert desk.telephony.callers_of("+81120529528", since=desk.clock.now() + timedelta(seconds=5)) == []


def test_rooms_are_listed_while_they_run(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(2)
    assert desk.telephony.rooms() == [desk.telephony.room_sid(desk.call(phone.sid).room)]
    phone.hangs_up()
    assert desk.telephony.rooms() == []


def test_by_night_twilio_forgets_what_is_older_than_policy_and_nothing_younger(desk: Desk) -> None:
    old = ended_calls(desk, 3)
    desk.line.at(A_NIGHT - timedelta(days=2))
    (young,) = ended_calls(desk, 1)
    desk.line.at(A_NIGHT)
    at_night(desk)
    assert set(desk.line.engine.legs) & {*old, young} == {young}
    run = run_of(desk)
    assert (run.result, run.removed, run.kept) == ("done", 3, 0)


def test_by_day_nothing_is_deleted(desk: Desk) -> None:
    ended_calls(desk, 1)
    desk.line.at(A_NIGHT.replace(hour=11))
    assert at_night(desk) == 0
    assert deletions(desk) == 0


def test_two_workers_do_a_night_once(desk: Desk) -> None:
    ended_calls(desk, 2)
    desk.line.at(A_NIGHT)
    with desk.work() as session:
        assert nightly.take(session, nightly.CALL_LOG, now=A_NIGHT) is not None
    assert at_night(desk) == 0  # the other one is at it
    desk.line.at(A_NIGHT + nightly.LEASE)
    assert at_night(desk) == 2  # the other one died
    assert at_night(desk) == 0  # and now it is done
    assert deletions(desk) == 2


def test_a_worker_that_is_stopped_leaves_the_rest_to_the_next(desk: Desk) -> None:
    ended_calls(desk, 5)
    desk.line.at(A_NIGHT)
    at_night(desk, stop_after=2)
    assert run_of(desk).ended_at is None
    desk.line.at(A_NIGHT + nightly.LEASE)
    at_night(desk)
    run = run_of(desk)
    assert (run.result, run.removed) == ("done", 5)


def test_a_turn_that_went_to_somebody_else_is_given_up(desk: Desk) -> None:
    ended_calls(desk, 3)
    desk.line.at(A_NIGHT)
    taken: list[nightly.LeasedNight | None] = []

    def pause(_seconds: float) -> bool:
        with desk.work() as session:
            taken.append(nightly.take(session, nightly.CALL_LOG, now=A_NIGHT + nightly.LEASE))
        return False

    with desk.app.app_context():
        call_log.forget_old_calls(pause)
    assert len(taken) == 1
    assert deletions(desk) == 2  # the second one found out that the turn was not its own any more


def test_a_call_that_twilio_holds_to_be_running_waits_for_another_night(desk: Desk) -> None:
    stuck, other = ended_calls(desk, 2)
    forget = desk.telephony.forget_leg

    def forget_unless_stuck(sid: str) -> None:
        if sid == stuck:
            raise LineInUse("HTTP 409, Twilio code 20009")
        forget(sid)

    object.__setattr__(desk.telephony, "forget_leg", forget_unless_stuck)
    desk.line.at(A_NIGHT)
    at_night(desk)
    run = run_of(desk)
    assert (run.result, run.removed, run.kept) == ("done", 1, 1)
    assert other not in desk.line.engine.legs
    assert "1件" in checkup.call_log(run, A_NIGHT.date()).sentence


@pytest.mark.parametrize("fault", ["rest_429", "rest_500", "rest_timeout"])
def test_what_twilio_does_not_take_now_is_tried_again_the_same_night(desk: Desk, fault: str) -> None:
    ended_calls(desk, 2)
    desk.line.at(A_NIGHT)
    desk.line.faults.next_rest = ["", fault]  # the list comes, the first deletion does not
    at_night(desk)
    assert run_of(desk).ended_at is None
    desk.line.at(A_NIGHT + nightly.LEASE)
    at_night(desk)
    assert run_of(desk).result == "done"
    assert not [leg for leg in desk.line.engine.legs.values() if leg.over]


def test_a_key_that_may_not_delete_is_told_to_the_operator(desk: Desk) -> None:
    ended_calls(desk, 1)
    desk.line.at(A_NIGHT)
    object.__setattr__(desk.telephony, "secret", "wrong")
    at_night(desk)
    assert run_of(desk).result == "refused"
    found = checkup.call_log(run_of(desk), A_NIGHT.date())
    assert not found.well
    assert "TWILIO_API_KEY" in found.sentence


def test_the_doctor_hears_of_nights_that_were_missed(desk: Desk) -> None:
    ended_calls(desk, 1)
    desk.line.at(A_NIGHT)
    at_night(desk)
    assert checkup.call_log(None, A_NIGHT.date()).well
    assert checkup.call_log(run_of(desk), A_NIGHT.date()).well
    assert not checkup.call_log(run_of(desk), A_NIGHT.date() + timedelta(days=4)).well


def test_no_number_comes_near_the_log_or_the_metrics(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ended_calls(desk, 2)
    desk.line.at(A_NIGHT)
    at_night(desk)
    shown = desk.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).text
    assert "helpline_twilio_log_removed 2.0" in shown
    assert NUMBER[3:] not in caplog.text + shown
