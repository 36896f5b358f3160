"""Rings that nobody takes: supervisors are told and rung as well, then two are rung at once, and one of them wins."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import pytest
from sqlalchemy.exc import IntegrityError

from callcenter.context import context
from callcenter.domain.alarms import AlarmKind
from callcenter.domain.calls.lifecycle import LIVE_OFFERS, CallState, OfferState, Purpose
from callcenter.domain.duty.presence import AwayReason, Work
from callcenter.domain.staff.roles import Contact, Role
from callcenter.models.base import db, new_id
from callcenter.models.calls.calls import Offer, Presence
from callcenter.services.calls import dispatching, queue
from callcenter.services.delivery import alarms
from callcenter.services.talks import ringing
from tests.calls.ringing.test_two_at_once import together
from tests.calls.talking.talks import hears, owner_of_the_record
from tests.desk import Counsellor, Desk
from tests.line import Phone

TAKEN = "ほかの相談員が受けました"


def supervisor(desk: Desk, work: Work, reason: AwayReason | None = None) -> Counsellor:
    """A supervisor at a browser who takes no calls."""
    one = desk.counsellor("tokatsu", phone=None, role=Role.SUPERVISOR)
    with desk.work() as session:
        row = session.get_one(Presence, one.staff_id)
        row.work, row.reason = work, reason
    return one


def passes(desk: Desk, seconds: int, *alive: Counsellor) -> None:
    """Let time pass while these browsers live."""
    for _ in range(seconds):
        for one in alive:
            one.stays()
        desk.line.advance(1)


def unanswered(desk: Desk, phone: Phone, count: int) -> None:
    """Let so many rings have stayed unanswered already."""
    with desk.work() as session:
        desk.call_in(session, phone.sid).unanswered = count


def live(desk: Desk) -> list[Offer]:
    return [offer for offer in desk.offers() if offer.state in LIVE_OFFERS]


@pytest.fixture
def two(desk: Desk) -> tuple[Phone, Counsellor, Counsellor]:
    """A caller for whom two telephones ring at once."""
    phone = desk.line.dial()
    unanswered(desk, phone, 4)
    one, other = (desk.counsellor(f"tanto0{n}", phone=f"+81900000000{n}") for n in (1, 2))
    desk.line.advance(5)
    assert one.rings
    assert other.rings
    return phone, one, other


def alarms_that_are_on(desk: Desk) -> list[str]:
    with desk.work() as session:
        return [one.subject_id for one in alarms.open_of_kind(session, AlarmKind.UNANSWERED)]


@pytest.mark.parametrize(
    "work, reason",
    [(Work.OFFLINE, None), (Work.AWAY, AwayReason.MEETING), (Work.AWAY, AwayReason.MAIL)],
)
def test_after_two_unanswered_rings_a_supervisor_at_the_desk_is_rung_and_afterwards_is_what_they_were(
    desk: Desk, work: Work, reason: AwayReason | None
) -> None:
    chief = supervisor(desk, work, reason)
    counsellor = desk.counsellor()
    desk.line.dial()
    passes(desk, 20, chief)
    assert not chief.handset.calls
    passes(desk, 40, chief)
    assert [offer.staff_id for offer in desk.offers()][:2] == [counsellor.staff_id] * 2
    assert chief.handset.calls
    passes(desk, 90, chief)
    assert (chief.work, chief.presence.reason) == (work, reason)
    assert len(chief.handset.calls) == 2  # and then they are left in peace


@pytest.mark.parametrize(
    "reason", [AwayReason.BREAK, AwayReason.CARE, AwayReason.BREATH, AwayReason.VISIT, AwayReason.MISSED]
)
def test_a_supervisor_who_rests_is_left_in_peace(desk: Desk, reason: AwayReason) -> None:
    chief = supervisor(desk, Work.AWAY, reason)
    phone = desk.line.dial()
    unanswered(desk, phone, 2)
    passes(desk, 20, chief)
    assert not chief.handset.calls


def test_a_counsellor_who_takes_no_calls_is_never_rung_for_that(desk: Desk) -> None:
    one = desk.counsellor(phone=None)
    with desk.work() as session:
        session.get_one(Presence, one.staff_id).work = Work.OFFLINE
    unanswered(desk, desk.line.dial(), 9)
    passes(desk, 20, one)
    assert not one.handset.calls


def test_a_supervisor_at_home_whose_telephone_would_ring_is_left_in_peace(desk: Desk) -> None:
    chief = desk.counsellor("tokatsu", phone="+819000000009", role=Role.SUPERVISOR)
    with desk.work() as session:
        session.get_one(Presence, chief.staff_id).work = Work.OFFLINE
    unanswered(desk, desk.line.dial(), 9)
    passes(desk, 20)
    assert not chief.handset.calls


def test_a_supervisor_who_takes_the_call_is_offline_again_when_it_is_written_up(desk: Desk) -> None:
    chief = supervisor(desk, Work.OFFLINE)
    phone = desk.line.dial()
    unanswered(desk, phone, 2)
    passes(desk, 6, chief)
    chief.takes_the_call()
    passes(desk, 8, chief)
    assert hears(phone, chief.handset)
    assert owner_of_the_record(desk, phone) == chief.staff_id
    phone.hangs_up()
    passes(desk, 5, chief)
    assert chief.work is Work.WRAP_UP
    assert chief.presence.draining


def test_supervisors_are_told_once_and_no_more_when_somebody_has_the_caller(desk: Desk) -> None:
    counsellor = desk.counsellor()
    phone = desk.line.dial()
    desk.line.advance(50)
    assert alarms_that_are_on(desk) == [desk.call(phone.sid).id]
    desk.line.advance(10)
    with desk.work() as session:
        row = session.get_one(Presence, counsellor.staff_id)
        row.work, row.misses = Work.AVAILABLE, 0
    desk.line.advance(3)
    assert counsellor.rings
    assert len(alarms_that_are_on(desk)) == 1
    counsellor.takes_the_call()
    desk.line.advance(2)
    assert alarms_that_are_on(desk) == []
    assert (desk.call(phone.sid).unanswered, desk.call(phone.sid).escalated_at) == (0, None)


def test_the_alarm_goes_with_the_caller_who_hangs_up(desk: Desk) -> None:
    phone = desk.line.dial()
    unanswered(desk, phone, 2)
    desk.line.advance(5)
    assert len(alarms_that_are_on(desk)) == 1
    phone.hangs_up()
    desk.line.advance(1)
    assert alarms_that_are_on(desk) == []


def test_of_two_who_ring_the_first_gets_the_caller_and_nothing_is_held_against_the_other(
    desk: Desk, two: tuple[Phone, Counsellor, Counsellor]
) -> None:
    phone, one, other = two
    before = other.presence.idle_since
    with desk.work() as session:
        assert [row.ringing_counsellor for row in queue.waiting_now(session)] == ["tanto01・tanto02"]
    other_first = sorted(live(desk), key=lambda offer: offer.companion)
    assert [offer.companion for offer in other_first] == [False, True]
    one.takes_the_call()
    desk.line.advance(6)
    assert hears(phone, one.handset)
    assert not other.rings
    assert (other.work, other.presence.misses, other.presence.idle_since) == (Work.AVAILABLE, 0, before)
    with desk.work() as session:
        assert ringing.was_just_taken(session, other.staff_id, now=desk.clock.now())
        assert not ringing.was_just_taken(session, one.staff_id, now=desk.clock.now())


def test_the_one_who_was_rung_second_may_win_as_well_and_is_the_only_one_from_then_on(
    desk: Desk, two: tuple[Phone, Counsellor, Counsellor]
) -> None:
    phone, one, other = two
    other.takes_the_call()
    desk.line.advance(6)
    assert hears(phone, other.handset)
    assert [offer.companion for offer in live(desk)] == [False]
    assert one.work is Work.AVAILABLE
    assert owner_of_the_record(desk, phone) == other.staff_id


def test_who_picked_up_and_was_slower_hears_that_somebody_else_has_the_caller(
    desk: Desk, two: tuple[Phone, Counsellor, Counsellor]
) -> None:
    _, one, other = two
    other.handset.answers()
    one.takes_the_call()
    desk.line.advance(10)
    assert any(TAKEN in text for text in other.handset.heard)
    assert other.handset.state == "completed"
    assert (other.work, other.presence.misses, other.presence.keyless) == (Work.AVAILABLE, 0, 0)


def test_who_presses_1_a_moment_too_late_hears_so_too(desk: Desk, two: tuple[Phone, Counsellor, Counsellor]) -> None:
    _, one, other = two
    other.handset.answers()
    desk.working = False
    one.takes_the_call()
    other.handset.presses("1")
    desk.line.advance(8)
    assert any(TAKEN in text for text in other.handset.heard)


def test_when_both_miss_each_has_a_miss_and_two_ring_again(
    desk: Desk, two: tuple[Phone, Counsellor, Counsellor]
) -> None:
    phone, one, other = two
    desk.line.advance(35)
    assert desk.call(phone.sid).state is CallState.WAITING
    assert desk.call(phone.sid).unanswered >= 6
    assert (one.presence.misses, other.presence.misses) == (1, 1)
    assert len(live(desk)) == 2


def test_a_caller_who_hangs_up_stops_both(desk: Desk, two: tuple[Phone, Counsellor, Counsellor]) -> None:
    phone, one, other = two
    phone.hangs_up()
    desk.line.advance(3)
    assert (one.rings, other.rings) == (False, False)
    assert (one.work, other.work) == (Work.AVAILABLE, Work.AVAILABLE)


def test_nobody_who_waits_behind_loses_their_only_counsellor_to_a_second_ring(desk: Desk) -> None:
    first = desk.line.dial()
    unanswered(desk, first, 4)
    desk.line.advance(1)
    second = desk.line.dial()
    desk.line.advance(5)
    for n in (1, 2):
        desk.counsellor(f"tanto0{n}", phone=f"+81900000000{n}")
    desk.line.advance(2)
    assert {offer.call_id for offer in live(desk)} == {desk.call(first.sid).id, desk.call(second.sid).id}


def test_who_becomes_free_is_rung_for_somebody_behind_and_not_beside_another(desk: Desk) -> None:
    first, one = desk.line.dial(), desk.counsellor()
    unanswered(desk, first, 4)
    desk.line.advance(4)
    assert one.rings
    second = desk.line.dial()
    desk.line.advance(4)
    late = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.advance(1)
    assert [offer.call_id for offer in live(desk)] == [desk.call(first.sid).id, desk.call(second.sid).id]
    assert late.rings


def test_with_one_who_is_free_only_one_rings(desk: Desk) -> None:
    phone, one = desk.line.dial(), desk.counsellor()
    unanswered(desk, phone, 4)
    desk.line.advance(5)
    assert len(live(desk)) == 1
    late = desk.counsellor("tanto03", phone="+819000000003")
    desk.line.advance(2)
    assert (one.rings, late.rings) == (True, True)


def test_of_two_claims_at_once_exactly_one_wins(desk: Desk, two: tuple[Phone, Counsellor, Counsellor]) -> None:
    phone, one, other = two
    desk.working = False
    rings = cycle([one.presence.offer_id, other.presence.offer_id])
    next_ring: Callable[[], str | None] = rings.__next__

    def claim() -> bool:
        offer, call = ringing.find_with_call(db.session(), next_ring() or "")
        assert offer is not None
        assert call is not None
        return ringing.claim(db.session(), offer, call, now=context().ports.clock.now())

    assert together(desk, claim).count(True) == 1
    call = desk.call(phone.sid)
    assert call.state is CallState.CLAIMED
    assert [offer.id for offer in live(desk)] == [call.offer_id]
    assert sorted(offer.state for offer in desk.offers()) == [OfferState.CLAIMED, OfferState.LOST]
    assert {one.work, other.work} == {Work.CONNECTING, Work.AVAILABLE}


def test_dispatchers_at_once_ring_no_more_than_two_for_a_caller(desk: Desk) -> None:
    desk.working = False
    people = [desk.counsellor(f"tanto{n}", phone=f"+81900000001{n}") for n in range(4)]
    phone = desk.line.dial()
    unanswered(desk, phone, 4)
    desk.line.advance(5)

    def dispatch() -> int:
        here = context()
        return len(dispatching.dispatch(db.session(), now=here.ports.clock.now(), policy=here.settings.policy))

    together(desk, dispatch)
    assert len(live(desk)) == 2
    assert sum(one.work is Work.OFFERED for one in people) == 2


@pytest.mark.parametrize("companion", [False, True])
def test_the_database_itself_refuses_a_third_ring(
    desk: Desk, two: tuple[Phone, Counsellor, Counsellor], companion: bool
) -> None:
    phone, _, _ = two
    third = desk.counsellor("tanto03", phone="+819000000003")
    ring = Offer(
        id=new_id(),
        call_id=desk.call(phone.sid).id,
        staff_id=third.staff_id,
        purpose=Purpose.ANSWER,
        state=OfferState.PENDING,
        contact=Contact.PHONE,
        rung_at=desk.clock.now(),
        companion=companion,
    )

    def add() -> None:
        with desk.work() as session:
            session.add(ring)

    with pytest.raises(IntegrityError):
        add()
