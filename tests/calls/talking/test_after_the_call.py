"""Wrap-up never ends by itself, and what was decided during a call waits until it is written up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.calls.lifecycle import CallState
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Role
from callcenter.models.calls.calls import Presence
from callcenter.models.records import ConsultationState
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.reports import levels
from callcenter.services.administration import duty_changes
from callcenter.services.duty import care, presence
from callcenter.services.duty.presence import ChangesSoon
from callcenter.services.records import consultations
from callcenter.services.trail.audit import OPERATOR
from tests.desk import Counsellor, Desk
from tests.line import Phone

LIMIT = timedelta(minutes=10)


def me(session: Session, counsellor: Counsellor) -> tuple[Staff, datetime]:
    return session.get_one(Staff, counsellor.staff_id), counsellor.desk.clock.now()


@pytest.fixture
def counsellor(desk: Desk) -> Counsellor:
    return desk.counsellor()


@pytest.fixture
def caller(desk: Desk, counsellor: Counsellor) -> Phone:
    """Somebody who talks with the counsellor."""
    phone = desk.line.dial()
    desk.line.advance(5)
    counsellor.takes_the_call()
    desk.line.advance(5)
    assert counsellor.work is Work.ON_CALL
    return phone


def finishes_the_record(counsellor: Counsellor) -> None:
    with counsellor.desk.work() as session:
        staff, now = me(session, counsellor)
        for draft in consultations.drafts_of(session, staff.id):
            consultations.save_draft(session, draft.id, draft.version, {"next_step": "また来週"}, by=staff, now=now)
            consultations.finish(session, draft.id, by=staff, now=now)
        presence.finish_wrap_up(session, staff, now=now)
    counsellor.desk.line.settle()


def is_signed_in(counsellor: Counsellor, token: str) -> bool:
    with counsellor.desk.work() as session:
        return session.get_one(Staff, counsellor.staff_id).session_token == token


def token_of(counsellor: Counsellor) -> str:
    with counsellor.desk.work() as session:
        return session.get_one(Staff, counsellor.staff_id).session_token


def test_past_the_limit_nobody_rings_who_still_writes_and_the_supervisor_sees_who_it_is(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    caller.hangs_up()
    desk.line.dial()
    desk.line.pulse = 10
    desk.line.advance(9 * 60)
    assert long_wrap_ups(desk) == []
    desk.line.advance(3 * 60)
    assert (counsellor.work, counsellor.rings) == (Work.WRAP_UP, False)
    assert long_wrap_ups(desk) == ["tanto02"]


def long_wrap_ups(desk: Desk) -> list[str]:
    with desk.work() as session:
        rows = session.execute(select(Staff.name, Presence.work, Presence.since).join_from(Presence, Staff)).all()
    now, policy = desk.clock.now(), desk.settings.policy
    return [row.name for row in rows if row.work is Work.WRAP_UP and levels.of_work(row.work, now - row.since, policy)]


def test_the_next_caller_rings_only_once_the_record_is_finished(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    caller.hangs_up()
    desk.line.dial()
    desk.line.advance(30)
    assert not counsellor.rings
    finishes_the_record(counsellor)
    desk.line.advance(2)
    assert counsellor.rings


def test_finishing_twice_is_finishing_once(desk: Desk, counsellor: Counsellor, caller: Phone) -> None:
    caller.hangs_up()
    desk.line.advance(1)
    finishes_the_record(counsellor)
    first = counsellor.presence
    desk.line.advance(20)
    finishes_the_record(counsellor)
    assert counsellor.presence.idle_since == first.idle_since
    assert counsellor.presence.since == first.since


def test_finishing_again_while_the_next_call_rings_disturbs_nothing(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    caller.hangs_up()
    desk.line.dial()
    desk.line.advance(1)
    finishes_the_record(counsellor)
    desk.line.advance(5)
    finishes_the_record(counsellor)
    assert (counsellor.work, counsellor.rings) == (Work.OFFERED, True)


def test_a_record_left_for_later_stays_a_draft(desk: Desk, counsellor: Counsellor, caller: Phone) -> None:
    caller.hangs_up()
    desk.line.advance(1)
    counsellor.is_ready_again()
    with desk.work() as session:
        drafts = consultations.drafts_of(session, counsellor.staff_id)
        assert [draft.state for draft in drafts] == [ConsultationState.DRAFT]


def test_who_stops_after_this_call_goes_offline_with_the_record(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    with desk.work() as session:
        staff, now = me(session, counsellor)
        presence.plan_after_call(session, staff, Work.OFFLINE, now=now)
    caller.hangs_up()
    desk.line.dial()
    desk.line.advance(5)
    assert counsellor.work is Work.WRAP_UP
    finishes_the_record(counsellor)
    desk.line.advance(20)
    assert (counsellor.work, counsellor.rings, counsellor.presence.draining) == (Work.OFFLINE, False, False)


def test_stopping_can_be_taken_back_until_the_record_is_finished(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    with desk.work() as session:
        staff, now = me(session, counsellor)
        presence.plan_after_call(session, staff, Work.OFFLINE, now=now)
    caller.hangs_up()
    with desk.work() as session:
        staff, now = me(session, counsellor)
        presence.plan_after_call(session, staff, Work.AVAILABLE, now=now)
    finishes_the_record(counsellor)
    assert counsellor.work is Work.AVAILABLE


def test_a_hard_call_is_told_at_once_and_followed_by_a_pause(desk: Desk, counsellor: Counsellor, caller: Phone) -> None:
    for _ in range(2):  # pressed twice is said once
        with desk.work() as session:
            staff, now = me(session, counsellor)
            care.report_hard_call(session, staff, now=now)
    with desk.work() as session:
        assert [note.name for note in care.open_hard_calls(session)] == ["tanto02"]
    assert counsellor.work is Work.ON_CALL
    caller.hangs_up()
    desk.line.dial()
    desk.line.advance(2)
    finishes_the_record(counsellor)
    desk.line.advance(10)
    assert (counsellor.work, counsellor.presence.reason, counsellor.rings) == (Work.AWAY, AwayReason.CARE, False)


def test_a_deactivated_counsellor_ends_the_call_and_the_record_first(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    token = token_of(counsellor)
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert not duty_changes.deactivate(session, staff, by=OPERATOR, now=now)
        with pytest.raises(ChangesSoon):
            presence.plan_after_call(session, staff, Work.AVAILABLE, now=now)
    assert caller.state == "in-progress"
    caller.hangs_up()
    desk.line.advance(1)
    assert is_signed_in(counsellor, token)
    finishes_the_record(counsellor)
    with desk.work() as session:
        assert not session.get_one(Staff, counsellor.staff_id).active
    assert (counsellor.work, is_signed_in(counsellor, token)) == (Work.OFFLINE, False)


def test_a_role_taken_away_in_mid_call_is_taken_when_the_record_is_finished(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert not duty_changes.change_role(session, staff, Role.ADMINISTRATOR, by=OPERATOR, now=now)
        assert staff.role is Role.COUNSELLOR
    caller.hangs_up()
    desk.line.advance(1)
    finishes_the_record(counsellor)
    with desk.work() as session:
        assert session.get_one(Staff, counsellor.staff_id).role is Role.ADMINISTRATOR
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert actions[-2:] == ["consultation.finish", "staff.set_role"]
    assert "staff.role_after_call" in actions


def test_a_counsellor_who_is_free_changes_at_once_and_is_rung_no_more(desk: Desk, counsellor: Counsellor) -> None:
    desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert duty_changes.deactivate(session, staff, by=OPERATOR, now=now)
    desk.line.advance(2)
    assert (counsellor.work, counsellor.rings) == (Work.OFFLINE, False)


def test_forced_off_the_line_the_caller_goes_to_the_head_and_on_to_a_colleague(
    desk: Desk, counsellor: Counsellor, caller: Phone
) -> None:
    desk.line.dial("+81312345678")
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    with desk.work() as session:
        staff, now = me(session, counsellor)
        duty_changes.force_off(session, staff, by=OPERATOR, now=now)
    desk.line.advance(8)
    assert any("電話が、途切れてしまいました" in text for text in caller.heard)
    assert counsellor.handset.state == "completed"
    assert counsellor.work is Work.OFFLINE
    assert desk.call(caller.sid).priority == 1
    colleague.takes_the_call()
    desk.line.advance(5)
    assert desk.call(caller.sid).state is CallState.TALKING
    with desk.work() as session:
        record = consultations.of_call(session, desk.call(caller.sid).id)
        assert record is not None
        assert record.counsellor_id == colleague.staff_id


def test_forcing_does_not_wait_for_a_deactivation(desk: Desk, counsellor: Counsellor, caller: Phone) -> None:
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert duty_changes.deactivate(session, staff, by=OPERATOR, now=now, force=True)
    desk.line.advance(8)
    assert desk.call(caller.sid).state is CallState.WAITING
    assert caller.state == "in-progress"
    with desk.work() as session:
        assert not session.get_one(Staff, counsellor.staff_id).active


def test_forced_off_before_the_caller_is_in_the_room_nobody_is_lost(desk: Desk, counsellor: Counsellor) -> None:
    phone = desk.line.dial()
    desk.line.advance(5)
    desk.working = False
    counsellor.takes_the_call()
    assert counsellor.work is Work.CONNECTING
    with desk.work() as session:
        staff, now = me(session, counsellor)
        duty_changes.force_off(session, staff, by=OPERATOR, now=now)
    desk.working = True
    desk.line.advance(10)
    assert (desk.call(phone.sid).state, phone.state) == (CallState.WAITING, "in-progress")
    assert (counsellor.work, counsellor.handset.state) == (Work.OFFLINE, "completed")


def test_logging_out_in_mid_call_waits_for_the_record(desk: Desk, counsellor: Counsellor, caller: Phone) -> None:
    token = token_of(counsellor)
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert not duty_changes.sign_out(session, staff, now=now)
    assert is_signed_in(counsellor, token)
    caller.hangs_up()
    desk.line.advance(1)
    finishes_the_record(counsellor)
    assert (counsellor.work, is_signed_in(counsellor, token)) == (Work.OFFLINE, False)


def test_logging_out_while_it_rings_leaves_the_caller_to_others(desk: Desk, counsellor: Counsellor) -> None:
    desk.line.dial()
    desk.line.advance(5)
    colleague = desk.counsellor("tanto03", phone="+819000000003")
    with desk.work() as session:
        staff, now = me(session, counsellor)
        assert duty_changes.sign_out(session, staff, now=now)
    desk.line.advance(2)
    assert (counsellor.work, counsellor.rings, colleague.rings) == (Work.OFFLINE, False, True)
