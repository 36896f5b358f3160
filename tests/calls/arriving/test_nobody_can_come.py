"""Counsellors are on duty and none can come: callers hear the truth, and supervisors are alarmed."""

from __future__ import annotations

import pytest

from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Presence
from callcenter.models.calls.switches import LineSettings
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import alarms
from callcenter.services.duty import presence
from tests.desk import Counsellor, Desk
from tests.line import Phone

HONEST = "今、相談員が電話に出られません"
NEXT = "次に、おつなぎします"


def goes_away(one: Counsellor, reason: AwayReason = AwayReason.MEETING) -> None:
    """Press 離席, at once or for after the call."""
    with one.desk.work() as session:
        staff = session.get_one(Staff, one.staff_id)
        presence.plan_after_call(session, staff, Work.AWAY, now=one.desk.clock.now(), reason=reason)


def chief(desk: Desk) -> str:
    """A supervisor who takes no calls; return their id."""
    one = desk.counsellor("tokatsu", phone="+819000000009", role=Role.SUPERVISOR)
    with desk.work() as session:
        session.get_one(Presence, one.staff_id).work = Work.OFFLINE
    return one.staff_id


def alarms_on(desk: Desk) -> list[str]:
    """The alarms of this kind that are on and sound."""
    with desk.work() as session:
        return [one.id for one in alarms.shown(session) if one.kind is AlarmKind.UNATTENDED and one.sounds]


def longest_music(phone: Phone) -> float:
    """The most seconds between two times that the line said something."""
    said = [one for one in phone.captions if one.who == "line" and not one.text.startswith("♪")]
    begins = [*(one.began for one in said[1:]), phone.line.engine.elapsed]
    return max(begun - (one.began + one.seconds) for one, begun in zip(said, begins, strict=True))


def test_who_waits_for_counsellors_in_a_meeting_hears_the_truth_again_and_again_and_never_that_they_are_next(
    desk: Desk,
) -> None:
    goes_away(desk.counsellor())
    phone = desk.line.dial()
    desk.line.pulse = 5
    desk.line.advance(50)
    assert any(HONEST in text for text in phone.heard)
    assert any("よりそいホットライン" in text for text in phone.heard)
    desk.line.advance(10 * 60)
    assert not any(NEXT in text or "順番" in text for text in phone.heard)
    assert sum(HONEST in text for text in phone.heard) >= 6
    assert sum("119番" in text for text in phone.heard) >= 6
    assert longest_music(phone) <= 120
    assert desk.call(phone.sid).state is CallState.WAITING


def test_whoever_comes_back_is_rung_at_once(desk: Desk) -> None:
    counsellor = desk.counsellor()
    goes_away(counsellor)
    phone = desk.line.dial()
    desk.line.advance(60)
    counsellor.is_ready_again()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(20)
    assert desk.call(phone.sid).state is CallState.TALKING


def test_a_wrap_up_counts_until_its_limit_and_then_is_as_good_as_forgotten(desk: Desk) -> None:
    counsellor = desk.counsellor()
    first = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(10)
    first.hangs_up()
    assert counsellor.work is Work.WRAP_UP
    phone = desk.line.dial()
    desk.line.pulse = 5
    desk.line.advance(8 * 60)
    assert any(NEXT in text for text in phone.heard)
    assert not any(HONEST in text for text in phone.heard)
    assert longest_music(phone) <= 120
    desk.line.advance(4 * 60)
    assert any(HONEST in text for text in phone.heard)
    assert counsellor.work is Work.WRAP_UP


def test_who_goes_away_after_the_talk_comes_to_nobody(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    second = desk.line.dial()
    desk.line.advance(60)
    assert any(NEXT in text for text in second.heard)
    goes_away(counsellor, AwayReason.VISIT)
    desk.line.advance(120)
    assert any(HONEST in text for text in second.heard)


@pytest.mark.parametrize("working", [True, False])
def test_supervisors_are_alarmed_once_a_spell_with_a_worker_or_without(desk: Desk, working: bool) -> None:
    leader, counsellor = chief(desk), desk.counsellor()
    goes_away(counsellor)
    desk.line.advance(60)
    assert alarms_on(desk) == []  # as long as nobody calls, nobody is called for
    desk.working = working
    phones = [desk.line.dial() for _ in range(2)]
    desk.line.advance(60)
    (alarm,) = alarms_on(desk)
    with desk.work() as session:
        alarms.mark_seen(session, alarm, by=leader, now=desk.clock.now())
    desk.line.advance(180)
    assert alarms_on(desk) == []
    desk.working = True
    counsellor.is_ready_again()
    desk.line.advance(5)
    for phone in phones:
        phone.hangs_up()
    desk.line.advance(5)
    goes_away(counsellor)
    desk.line.dial()
    desk.line.advance(60)
    assert len(alarms_on(desk)) == 1


def test_the_alarm_is_withdrawn_when_somebody_can_come(desk: Desk) -> None:
    counsellor = desk.counsellor()
    goes_away(counsellor)
    desk.line.dial().hangs_up()
    phone = desk.line.dial()
    desk.line.advance(30)
    phone.hangs_up()
    desk.line.advance(60)
    assert len(alarms_on(desk)) == 1  # a caller gave up; that is not forgotten
    counsellor.is_ready_again()
    desk.line.advance(5)
    assert alarms_on(desk) == []
    with desk.work() as session:
        assert session.get_one(LineSettings, 1).unattended_since is None


def test_the_alarm_ends_with_the_day(desk: Desk) -> None:
    goes_away(desk.counsellor())
    phone = desk.line.dial()
    desk.line.advance(40)
    phone.hangs_up()
    desk.line.at(desk.clock.now().replace(hour=17, minute=1))
    desk.line.advance(5)
    assert alarms_on(desk) == []


def test_nobody_on_duty_at_all_alarms_too_and_still_ends_with_words(desk: Desk) -> None:
    phone = desk.line.dial()
    desk.line.advance(90)
    assert phone.state == "completed"
    assert sum("相談員が電話に出られません" in text for text in phone.heard) == 1
    assert len(alarms_on(desk)) == 1
