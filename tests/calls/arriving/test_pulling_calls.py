"""Supervisors pull all new calls to themselves, and nobody waits in vain for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from callcenter.domain.duty.presence import Work
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.models.calls.calls import Presence
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.calls import pull
from callcenter.services.duty import presence
from tests.desk import Counsellor, Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """The switch chooses among rows that tests of ringing have on both databases."""
    desk = Desk(sqlite_url)
    yield desk
    desk.close()


def supervisor(desk: Desk, phone: str = "+819000000009") -> Counsellor:
    return desk.counsellor("tokatsu", phone=phone, role=Role.SUPERVISOR)


def switches(desk: Desk, who: Counsellor, *, on: bool) -> bool:
    with desk.work() as session:
        return pull.switch(session, on=on, by=session.get_one(Staff, who.staff_id), now=desk.clock.now())


def test_while_the_switch_is_on_a_new_call_rings_at_the_supervisor_only(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.advance(30)
    chief = supervisor(desk)  # idle for a shorter time, so it is the switch alone that chooses
    switches(desk, chief, on=True)
    desk.line.dial()
    desk.line.advance(5)
    assert (chief.rings, counsellor.rings) == (True, False)


def test_without_the_switch_a_supervisor_takes_calls_as_counsellors_do(desk: Desk) -> None:
    counsellor = desk.counsellor()
    desk.line.advance(30)
    chief = supervisor(desk)
    desk.line.dial()
    desk.line.advance(5)
    assert (chief.rings, counsellor.rings) == (False, True)


def test_a_caller_whom_no_supervisor_takes_in_a_minute_is_offered_to_everybody(desk: Desk) -> None:
    counsellor, chief = desk.counsellor(), supervisor(desk)
    switches(desk, chief, on=True)
    desk.line.dial()
    desk.line.advance(5)
    chief.takes_the_call()
    desk.line.dial("+81312345678")
    desk.line.advance(55)
    assert not counsellor.handset.calls
    desk.line.advance(10)
    assert counsellor.rings


def test_with_no_supervisor_at_work_the_forgotten_switch_keeps_nobody_waiting(desk: Desk) -> None:
    counsellor, chief = desk.counsellor(), supervisor(desk)
    switches(desk, chief, on=True)
    with desk.work() as session:
        presence.become_unavailable(session, session.get_one(Staff, chief.staff_id), Work.OFFLINE, now=desk.clock.now())
    desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings


def test_a_supervisor_who_forgot_a_wrap_up_keeps_nobody_waiting_either(desk: Desk) -> None:
    counsellor, chief = desk.counsellor(), supervisor(desk)
    switches(desk, chief, on=True)
    with desk.work() as session:
        row = session.get_one(Presence, chief.staff_id)
        row.work, row.since = Work.WRAP_UP, desk.clock.now() - desk.settings.policy.wrap_up_limit
    desk.line.dial()
    desk.line.advance(5)
    assert counsellor.rings


def test_switched_off_again_everybody_is_rung_at_once(desk: Desk) -> None:
    counsellor, chief = desk.counsellor(), supervisor(desk)
    switches(desk, chief, on=True)
    desk.line.dial()
    desk.line.advance(5)
    chief.takes_the_call()
    desk.line.dial("+81312345678")
    desk.line.advance(10)
    switches(desk, chief, on=False)
    desk.line.advance(2)
    assert counsellor.rings


def test_turning_the_switch_is_in_the_trail_once(desk: Desk) -> None:
    chief = supervisor(desk)
    assert [switches(desk, chief, on=on) for on in (True, True, False)] == [True, False, True]
    with desk.work() as session:
        turned = session.scalars(select(AuditEntry).where(AuditEntry.action == "line.pull").order_by(AuditEntry.seq))
        assert [(entry.actor_id, entry.facts) for entry in turned] == [
            (chief.staff_id, {"on": True}),
            (chief.staff_id, {"on": False}),
        ]


def test_a_counsellor_cannot_turn_the_switch(desk: Desk) -> None:
    counsellor = desk.counsellor()
    with pytest.raises(NotAllowed):
        switches(desk, counsellor, on=True)


def test_the_switch_works_on_either_database(database_url: str) -> None:
    desk = Desk(database_url)
    counsellor, chief = desk.counsellor(), supervisor(desk)
    switches(desk, chief, on=True)
    desk.line.dial()
    desk.line.advance(5)
    assert (chief.rings, counsellor.rings) == (True, False)
    desk.close()
