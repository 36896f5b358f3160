"""Whatever is pressed, planned, decided or happens, in any order: a counsellor's state keeps its promises."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from callcenter.domain.duty.presence import (
    BOUND,
    BUSY_WITH_A_CALLER,
    CHOSEN,
    KEYLESS_UNTIL_AWAY,
    TALKING,
    AwayReason,
    Work,
)
from callcenter.domain.staff.roles import Role
from callcenter.models.base import new_id
from callcenter.services.administration import duty_changes
from callcenter.services.duty import care, presence
from callcenter.services.duty.care import NoCallAtHand
from callcenter.services.duty.presence import AccountEnded, ChangesSoon, OnTheLine
from callcenter.services.trail.audit import OPERATOR
from tests.integration.people import NOW, member

GOING = st.sampled_from([(Work.OFFLINE, None), *((Work.AWAY, reason) for reason in CHOSEN)])
CHOICES = st.one_of(st.just((Work.AVAILABLE, None)), GOING)

ENDS = st.sampled_from(
    ["not yet", "missed", "not there", "heard out", "declined", "cancelled", "taken", "taken", "taken"]
)
"""How a ring ends."""


class Counsellor(RuleBasedStateMachine):
    """One counsellor, the buttons of their screen, the line, and those who decide about them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.now = session, NOW
        self.staff = member(session, f"tanto-{new_id()}")
        self.row = presence.lock_or_create(session, self.staff, now=NOW)
        presence.become_available(session, self.staff, now=NOW)
        self.idle_since: datetime = self.row.idle_since

    def moved_back(self) -> None:
        """The place in the line is a new one, if the counsellor is in the line at all."""
        if self.row.work is Work.AVAILABLE:
            self.idle_since = self.now

    # ---- what the counsellor presses

    @rule()
    def comes(self) -> None:
        before = self.row.work
        if before in BOUND or self.staff.changes_soon or not self.staff.active:
            with pytest.raises((OnTheLine, ChangesSoon, AccountEnded)):
                presence.become_available(self.session, self.staff, now=self.now)
            return
        presence.become_available(self.session, self.staff, now=self.now)
        if before is not Work.AVAILABLE:
            self.moved_back()

    @precondition(lambda self: self.row.work is not Work.OFFLINE)
    @rule(to=GOING)
    def goes(self, to: tuple[Work, AwayReason | None]) -> None:
        if self.row.work in BOUND and self.staff.changes_soon and to[0] is Work.AWAY:
            return
        presence.become_unavailable(self.session, self.staff, to[0], now=self.now, reason=to[1])

    @rule(to=CHOICES)
    def plans(self, to: tuple[Work, AwayReason | None]) -> None:
        before = self.row.work
        if self.staff.changes_soon and to[0] is not Work.OFFLINE:
            with pytest.raises(ChangesSoon):
                presence.plan_after_call(self.session, self.staff, to[0], now=self.now, reason=to[1])
        else:
            presence.plan_after_call(self.session, self.staff, to[0], now=self.now, reason=to[1])
        if before in (*BOUND, Work.WRAP_UP):
            assert self.row.work is before  # planning ends nothing
        if to[0] is Work.AVAILABLE:
            assert self.row.work is before  # and taking a plan back brings nobody to the line

    @rule(undo=st.booleans())
    def says_it_was_hard(self, undo: bool) -> None:
        if undo:
            care.withdraw_hard_call(self.session, self.staff, now=self.now)
        elif self.row.work in BUSY_WITH_A_CALLER:
            care.report_hard_call(self.session, self.staff, now=self.now)
        else:
            with pytest.raises(NoCallAtHand):
                care.report_hard_call(self.session, self.staff, now=self.now)

    @rule()
    def finishes_a_record(self) -> None:
        was_writing, planned = self.row.work is Work.WRAP_UP, self.row.draining or self.row.away_after is not None
        before = self.row.work
        presence.finish_wrap_up(self.session, self.staff, now=self.now)
        assert (self.row.work is before) is not was_writing
        if was_writing:
            assert (self.row.work is Work.AVAILABLE) is not planned
            self.moved_back()

    @precondition(lambda self: self.row.work is not Work.OFFLINE)
    @rule()
    def logs_out(self) -> None:
        talking = self.row.work in TALKING
        assert duty_changes.sign_out(self.session, self.staff, now=self.now) is not talking

    # ---- what the line does

    @precondition(lambda self: self.row.work is Work.AVAILABLE)
    @rule(seconds=st.integers(1, 300), ends=ENDS)
    def is_rung(self, seconds: int, ends: str) -> None:
        self.now += timedelta(seconds=seconds)
        presence.set_work(self.row, Work.OFFERED, self.session, now=self.now)
        self.row.offer_id = new_id()
        self.the_ring_ends(ends)

    @precondition(lambda self: self.row.work is Work.OFFERED)
    @rule(ends=ENDS)
    def the_ring_ends(self, ends: str) -> None:
        misses = self.row.misses
        if ends in {"missed", "not there"}:
            presence.record_missed_ring(self.session, self.row, now=self.now, unreachable=ends == "not there")
            assert self.row.misses == misses + 1
            assert self.row.work is not Work.AVAILABLE or misses == 0
            self.moved_back()
        elif ends == "heard out":
            keyless = self.row.keyless
            presence.record_missed_ring(self.session, self.row, now=self.now, unreachable=False, picked_up=True)
            assert (self.row.misses, self.row.keyless) == (0, keyless + 1)
            assert self.row.work is not Work.AVAILABLE or keyless < KEYLESS_UNTIL_AWAY - 1
            self.moved_back()
        elif ends in {"declined", "cancelled"}:
            presence.free_after_ring(self.session, self.row, now=self.now, to_the_back=ends == "declined")
            if ends == "declined":
                self.moved_back()
        elif ends == "taken":
            for work in TALKING:
                presence.set_work(self.row, work, self.session, now=self.now)

    @precondition(lambda self: self.row.work in TALKING)
    @rule()
    def the_call_ends(self) -> None:
        presence.set_work(self.row, Work.WRAP_UP, self.session, now=self.now)

    # ---- what others decide

    @rule(force=st.booleans(), role=st.sampled_from([Role.SUPERVISOR, Role.COUNSELLOR]))
    def gets_another_role(self, force: bool, role: Role) -> None:
        busy, same = self.row.work in BUSY_WITH_A_CALLER, self.staff.role is role
        at_once = duty_changes.change_role(self.session, self.staff, role, by=OPERATOR, now=self.now, force=force)
        assert at_once is (force or same or not busy)

    @precondition(lambda self: self.row.work in BUSY_WITH_A_CALLER)
    @rule(force=st.sampled_from([False, False, True]))
    def is_deactivated(self, force: bool) -> None:
        assert duty_changes.deactivate(self.session, self.staff, by=OPERATOR, now=self.now, force=force) is force

    @precondition(lambda self: not self.staff.active or self.staff.leaving)
    @rule()
    def is_taken_up_again(self) -> None:
        duty_changes.activate(self.session, self.staff, by=OPERATOR, now=self.now)

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # ---- what is promised

    @invariant()
    def only_who_is_bound_has_a_ring(self) -> None:
        assert (self.row.offer_id is not None) is (self.row.work in BOUND)

    @invariant()
    def only_who_is_away_has_a_reason(self) -> None:
        assert (self.row.reason is not None) is (self.row.work is Work.AWAY)

    @invariant()
    def nothing_planned_outlives_the_call(self) -> None:
        if self.row.work not in (*BOUND, Work.WRAP_UP):
            left = (self.row.draining, self.row.away_after, self.row.signing_out, self.row.hard_call_id)
            assert left == (False, None, False, None)
            assert not self.staff.changes_soon

    @invariant()
    def nobody_without_an_account_is_on_the_line(self) -> None:
        assert self.staff.active or self.row.work in {Work.OFFLINE, Work.AWAY}

    @invariant()
    def the_place_in_the_line_changes_only_where_it_may(self) -> None:
        assert self.row.idle_since == self.idle_since


def test_a_counsellors_state_keeps_its_promises_whatever_happens(session: Session) -> None:
    class Here(Counsellor):
        def __init__(self) -> None:
            super().__init__(session)

    run_state_machine_as_test(Here, settings=settings(max_examples=50, stateful_step_count=40, deadline=None))
