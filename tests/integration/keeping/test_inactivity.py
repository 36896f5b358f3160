"""Whoever sent no consultation for two years is deleted, and nobody else; a month before they are told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.calendar.times import JST
from callcenter.domain.keeping.retention import HoldReason, SayWhyHeld
from callcenter.domain.members.inactivity import Held, purge_on
from callcenter.domain.members.threads import ThreadState
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.members.accounts import Farewell, Member
from callcenter.models.members.threads import Thread
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.keeping import holds, inactivity, member_holds
from callcenter.services.keeping.holds import NoSuchHold
from callcenter.services.keeping.inactivity import MemberState
from callcenter.services.keeping.member_holds import NobodyToHold
from callcenter.services.members import mails
from callcenter.services.trail.audit import OPERATOR, SYSTEM, staff_member
from tests.integration.conftest import new_session
from tests.integration.keeping.letters import answered, consultation, join_of, registered, reply
from tests.integration.members.writers import send
from tests.integration.people import NOW, TODAY, case_of, member

LONG_AGO = 800
TWO_YEARS = (TODAY - date(2024, 11, 19)).days
"""Whoever sent something so many days ago is due today: the last of two years was yesterday."""


def due(session: Session, on: date = TODAY) -> list[tuple[str, Held | None]]:
    session.flush()
    return [(one.member_id, one.held) for one in inactivity.due(session, on=on)]


def purge(session: Session, now: datetime = NOW) -> int:
    found = list(inactivity.due(session, on=now.astimezone(JST).date()))
    return len(inactivity.purge(session, found, by=SYSTEM, now=now))


def warn(session: Session, now: datetime = NOW) -> int:
    session.flush()
    found = list(inactivity.unwarned(session, today=now.astimezone(JST).date()))
    return inactivity.warn(session, found, by=SYSTEM, now=now)


# ------------------------------------------------------------------ who is due


def test_a_member_is_due_two_years_after_the_last_consultation_and_not_a_day_before(session: Session) -> None:
    assert purge_on(date(2024, 11, 19), None) == TODAY
    assert due(session) == []
    today, tomorrow = answered(session, TWO_YEARS), answered(session, TWO_YEARS - 1)
    assert due(session) == [(today.id, None)]
    assert due(session, TODAY + timedelta(days=1)) == [(today.id, None), (tomorrow.id, None)]


def test_who_never_wrote_is_due_two_years_after_registering(session: Session) -> None:
    never, lately = registered(session, TWO_YEARS), registered(session, TWO_YEARS - 1)
    assert [one for one, _ in due(session)] == [never.id]
    assert lately.id not in str(due(session))


def test_signing_in_reading_drafts_and_replies_are_no_consultation(session: Session) -> None:
    one = answered(session, LONG_AGO)
    one.signed_in_at = one.password_changed_at = NOW
    one.told_on = TODAY
    thread = consultation(session, registered(session), 0).id  # another's
    assert thread
    assert (one.id, None) in due(session)


def test_a_further_message_in_an_old_consultation_counts(session: Session) -> None:
    one = answered(session, LONG_AGO)
    consultation(session, one, 10)
    assert due(session) == []


def test_a_day_noted_wrongly_on_the_member_deletes_nobody(session: Session) -> None:
    one = registered(session, LONG_AGO)
    reply(session, consultation(session, one, 10), member(session, "a"), 10)
    one.last_sent_on = None
    assert due(session) == []
    assert purge(session) == 0


def test_a_long_list_names_everybody_once_the_longest_silence_first(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inactivity, "AT_ONCE", 2)
    silent = [registered(session, LONG_AGO + number // 2).id for number in range(7)]
    assert sorted(one for one, _ in due(session)) == sorted(silent)
    first, *_, last = inactivity.due(session, on=TODAY)
    assert first.due_on < last.due_on


# ------------------------------------------------------------------ who is held


def test_who_waits_for_a_reply_is_not_deleted(session: Session) -> None:
    one = registered(session, LONG_AGO)
    thread = consultation(session, one, LONG_AGO)
    for state in (ThreadState.RECEIVED, ThreadState.READING, ThreadState.ANSWERING):
        thread.state = state
        assert due(session) == [(one.id, Held.UNANSWERED)]
        assert purge(session) == 0
    thread.state = ThreadState.WITHDRAWN
    assert due(session) == [(one.id, None)]


def test_who_is_in_danger_in_an_unfinished_record_is_not_deleted(session: Session) -> None:
    one, boss = registered(session, LONG_AGO), member(session, "boss")
    record = reply(session, consultation(session, one, LONG_AGO), boss, LONG_AGO)
    record.risk = "wishes"
    assert due(session) == [(one.id, Held.SAFETY)]
    assert purge(session) == 0
    record.risk = "none"
    assert due(session) == [(one.id, None)]


def test_a_hold_needs_a_reason_and_ends_with_its_day_or_when_it_is_lifted(session: Session) -> None:
    one, boss = registered(session, LONG_AGO), member(session, "boss")
    by, tomorrow = staff_member(boss.id), TODAY + timedelta(days=1)
    with pytest.raises(SayWhyHeld):
        member_holds.place_hold(session, one.id, HoldReason.LEGAL, " ", TODAY, by=by, now=NOW)
    with pytest.raises(NobodyToHold):
        member_holds.place_hold(session, "nobody", HoldReason.LEGAL, "x", TODAY, by=by, now=NOW)
    hold = member_holds.place_hold(session, one.id, HoldReason.DISCLOSURE, "請求があった", TODAY, by=by, now=NOW)
    session.commit()
    assert hold.note == "請求があった"
    assert due(session) == [(one.id, Held.HOLD)]
    assert due(session, tomorrow) == [(one.id, None)]
    assert purge(session) == 0
    member_holds.lift(session, hold.id, by=by, now=NOW)
    with pytest.raises(NoSuchHold):
        member_holds.lift(session, hold.id, by=by, now=NOW)
    session.commit()
    assert [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))] == [
        "member.hold",
        "member.lift",
    ]
    assert purge(session) == 1


def test_a_hold_on_the_case_they_are_joined_to_holds_their_consultations_too(session: Session) -> None:
    boss, one, other = member(session, "boss"), answered(session, LONG_AGO), registered(session, LONG_AGO)
    case = case_of(session, boss)
    join_of(one, case, session)
    holds.place_hold(session, case.id, HoldReason.DISCLOSURE, "請求があった", TODAY, by=OPERATOR, now=NOW)
    assert dict(due(session)) == {one.id: Held.HOLD, other.id: None}


# ------------------------------------------------------------------ going


def test_who_is_due_goes_and_is_told_in_the_morning(session: Session) -> None:
    one = answered(session, LONG_AGO)
    night = datetime(2026, 11, 20, 3, 10, tzinfo=JST)
    assert purge(session, night) == 1
    session.commit()
    assert session.get(Member, one.id) is None
    mail = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == mails.TOPIC)).one()
    assert (mail.facts["kind"], mail.due_at) == ("farewell", datetime(2026, 11, 20, 9, 0, tzinfo=JST))
    assert session.scalars(select(Farewell)).one().made_at == mail.due_at


def test_a_list_that_was_drawn_before_is_looked_at_again(session: Session) -> None:
    one = answered(session, LONG_AGO)
    found = list(inactivity.due(session, on=TODAY))
    consultation(session, one, 0)
    session.commit()
    assert inactivity.purge(session, found, by=SYSTEM, now=NOW) == []
    ahead = list(inactivity.due(session, on=TODAY + timedelta(days=1_000)))
    assert inactivity.purge(session, ahead, by=SYSTEM, now=NOW) == []  # nobody goes before their day


def test_who_sends_a_consultation_in_the_same_second_is_not_deleted(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as first, first.begin():
        one = answered(first, LONG_AGO).id
    gone = list[int]()

    def night() -> None:
        with new_session(engine, ring) as session, session.begin():
            gone.append(purge(session))

    thread = threading.Thread(target=night)
    with new_session(engine, ring) as session, session.begin():
        send(session, session.get_one(Member, one))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()  # the night waits for what is being sent
    thread.join(10)
    assert gone == [0]
    with new_session(engine, ring) as after:
        assert after.get_one(Member, one).last_sent_on == TODAY


def test_who_goes_on_with_an_old_consultation_in_the_same_second_is_not_deleted(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as first, first.begin():
        one = answered(first, LONG_AGO)
        old = first.scalars(select(Thread.id).where(Thread.member_id == one.id)).one()
    gone = list[int]()

    def night() -> None:
        with new_session(engine, ring) as session, session.begin():
            gone.append(purge(session))

    thread = threading.Thread(target=night)
    with new_session(engine, ring) as session, session.begin():
        send(session, session.get_one(Member, one.id), thread_id=old)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert gone == [0]


def test_what_is_sent_while_a_member_is_being_deleted_is_refused_and_leaves_nothing(
    engine: Engine, ring: KeyRing
) -> None:
    with new_session(engine, ring) as first, first.begin():
        one = answered(first, LONG_AGO).id
    refused = list[str]()

    def write() -> None:
        try:
            with new_session(engine, ring) as session, session.begin():
                send(session, session.get_one(Member, one))
        except Exception as refusal:  # noqa: BLE001  # handed to the test's own thread
            refused.append(type(refusal).__name__)

    thread = threading.Thread(target=write)
    with new_session(engine, ring) as session, session.begin():
        assert purge(session) == 1
        session.flush()
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert len(refused) == 1
    with new_session(engine, ring) as after:
        assert after.get(Member, one) is None


def test_many_go_batch_by_batch_without_touching_anybody_else(session: Session) -> None:
    silent = [registered(session, LONG_AGO + number).id for number in range(12)]
    stays = registered(session, 10)
    assert purge(session) == len(silent)
    session.commit()
    assert session.scalars(select(Member.id)).all() == [stays.id]


# ------------------------------------------------------------------ telling them before


def test_a_member_is_told_a_month_before_and_once(session: Session) -> None:
    one = registered(session, TWO_YEARS - 30)
    early = registered(session, TWO_YEARS - 31)
    assert warn(session) == 1
    session.commit()
    assert (one.warned_on, early.warned_on) == (TODAY, None)
    mail = session.scalars(select(OutboxMessage)).one()
    assert mail.facts == {"kind": "warning", "member": one.id}
    assert warn(session) == 0
    assert warn(session, NOW + timedelta(days=1)) == 1  # the other one's day
    assert warn(session, NOW + timedelta(days=20)) == 0


def test_who_could_not_be_told_on_the_day_is_told_late_and_goes_on_their_day(session: Session) -> None:
    one = registered(session, TWO_YEARS - 3)
    assert warn(session) == 1
    assert purge(session, NOW + timedelta(days=2)) == 0
    assert purge(session, NOW + timedelta(days=3)) == 1
    assert session.get(Member, one.id) is None


def test_whose_day_is_there_is_not_told_of_it_as_if_it_came(session: Session) -> None:
    registered(session, TWO_YEARS)
    assert warn(session) == 0


def test_who_wrote_since_the_notice_is_told_again_two_years_later(session: Session) -> None:
    one = registered(session, TWO_YEARS - 30)
    assert warn(session) == 1
    reply(session, consultation(session, one, 0), member(session, "a"))
    assert warn(session) == 0
    due_on = purge_on(one.registered_on, TODAY)
    later = datetime.combine(due_on - timedelta(days=30), NOW.timetz())
    assert warn(session, later) == 1


@pytest.mark.parametrize("kept", ["hold", "unanswered", "notices", "refused"])
def test_who_stays_or_takes_no_mail_is_not_told(session: Session, kept: str) -> None:
    one = registered(session, TWO_YEARS - 10)
    if kept == "hold":
        until = TODAY + timedelta(days=20)
        member_holds.place_hold(session, one.id, HoldReason.LEGAL, "x", until, by=OPERATOR, now=NOW)
    elif kept == "unanswered":
        consultation(session, one, TWO_YEARS - 10)
    elif kept == "notices":
        one.notices = False
    else:
        one.mail_refused_at = NOW
    assert warn(session) == 0
    assert one.warned_on is None


def test_at_night_a_notice_waits_for_the_morning(session: Session) -> None:
    registered(session, TWO_YEARS - 30)
    assert warn(session, datetime(2026, 11, 20, 3, 5, tzinfo=JST)) == 1
    session.commit()
    assert session.scalars(select(OutboxMessage.due_at)).one() == datetime(2026, 11, 20, 9, 0, tzinfo=JST)


# ------------------------------------------------------------------ what staff see, and the other rule


def test_what_comes_within_a_month_is_listed_with_what_holds_it_then(session: Session) -> None:
    soon, held = registered(session, TWO_YEARS - 5), registered(session, TWO_YEARS - 6)
    registered(session, TWO_YEARS)
    registered(session, TWO_YEARS - 31)
    until = TODAY + timedelta(days=6)
    member_holds.place_hold(session, held.id, HoldReason.LEGAL, "x", until, by=OPERATOR, now=NOW)
    session.flush()
    found = [(one.member_id, one.held) for one in inactivity.coming(session, today=TODAY)]
    assert found == [(soon.id, None), (held.id, Held.HOLD)]


def test_every_member_is_listed_with_how_things_stand(session: Session) -> None:
    due_now, new, waits = registered(session, LONG_AGO), registered(session), registered(session, 20)
    active = answered(session, 5)
    consultation(session, waits, 3)
    session.flush()
    states = {one.member_id: one.state for one in inactivity.members(session, today=TODAY)}
    assert states == {
        due_now.id: MemberState.DUE,
        new.id: MemberState.REGISTERED,
        waits.id: MemberState.WAITING,
        active.id: MemberState.ACTIVE,
    }
