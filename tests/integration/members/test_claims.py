"""Who answers a consultation by mail: one at a time, for as long as they are at it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.duty.presence import Work
from callcenter.domain.errors import HelplineError
from callcenter.domain.members.claims import LetGo, LostClaim, NoSuchThread, NotWaiting, NotYourClaim, TakenByAnother
from callcenter.domain.members.threads import ThreadState
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.models.delivery.notices import Notice
from callcenter.models.members.threads import Message, Thread
from callcenter.models.staff.accounts import Staff
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.members import consulting
from callcenter.services.members.answering import claims, reading, replying
from tests.integration.conftest import new_session
from tests.integration.members.threads_people import (
    ALONE,
    CLAIM,
    answers,
    draft_of,
    replies,
    seen,
    sent,
    staffed,
    talks,
    version_of,
    writer,
    writes,
)
from tests.integration.people import NOW, member

SOON, LATER = NOW + CLAIM - timedelta(seconds=1), NOW + CLAIM + timedelta(seconds=1)


def test_who_took_it_holds_it_and_a_colleague_is_told_so(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    claims.take(session, thread.id, by=office.sato, now=NOW)
    claims.take(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(TakenByAnother):
        claims.take(session, thread.id, by=office.ono, now=SOON)
    assert claims.holder_of(session, thread, NOW) == office.sato.id


def test_after_half_an_hour_without_a_word_a_colleague_may_go_on_where_it_stands(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato, "ここまで書きました。")
    assert claims.holder_of(session, thread, LATER) is None
    replying.begin(session, thread.id, by=office.ono, now=LATER)
    assert draft_of(session, thread).text == "ここまで書きました。"
    assert claims.holder_of(session, thread, LATER) == office.ono.id


def test_saving_keeps_the_claim(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    replying.save(session, thread.id, version_of(session, thread), {"reply": "続き"}, by=office.sato, now=SOON)
    assert claims.holder_of(session, thread, LATER) == office.sato.id


def test_who_comes_back_late_goes_on_while_nobody_else_took_it(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    much_later = NOW + timedelta(hours=5)
    replying.save(
        session, thread.id, version_of(session, thread), {"reply": "戻りました"}, by=office.sato, now=much_later
    )
    assert claims.holder_of(session, thread, much_later) == office.sato.id


def test_who_lost_the_claim_writes_over_nobody_and_is_told_who_has_it(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato, "佐藤の文")
    replying.begin(session, thread.id, by=office.ono, now=LATER)
    replying.save(session, thread.id, version_of(session, thread), {"reply": "小野の文"}, by=office.ono, now=LATER)
    with pytest.raises(LostClaim, match="小野さんが担当しています"):
        replying.save(session, thread.id, 99, {"reply": "佐藤の続き"}, by=office.sato, now=LATER)
    assert draft_of(session, thread).text == "小野の文"


def test_a_call_keeps_the_claim_of_who_talks_and_of_who_writes_it_up(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    talks(session, office.sato, since=NOW + timedelta(minutes=20))
    an_hour = NOW + timedelta(hours=1)
    with pytest.raises(TakenByAnother):
        claims.take(session, thread.id, by=office.ono, now=an_hour)
    claims.keep_during_calls(session, now=an_hour)
    session.refresh(thread)
    talks(session, office.sato, Work.WRAP_UP, since=an_hour)
    assert claims.holder_of(session, thread, an_hour + CLAIM) == office.sato.id
    claims.keep_during_calls(session, now=an_hour + timedelta(minutes=5))
    session.refresh(thread)
    talks(session, office.sato, Work.AVAILABLE, since=an_hour + timedelta(minutes=6))
    assert claims.holder_of(session, thread, an_hour + timedelta(minutes=34)) == office.sato.id
    assert claims.holder_of(session, thread, an_hour + timedelta(minutes=36)) is None


def test_a_call_that_came_after_the_claim_had_run_out_brings_it_not_back(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    talks(session, office.sato, since=LATER)
    claims.keep_during_calls(session, now=LATER + timedelta(minutes=1))
    session.refresh(thread)
    assert claims.holder_of(session, thread, LATER + timedelta(minutes=1)) is None
    claims.take(session, thread.id, by=office.ono, now=LATER + timedelta(minutes=1))


def test_a_supervisor_takes_over_and_who_wrote_is_told(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato, "途中の文")
    draft = replying.begin(session, thread.id, by=office.chief, now=SOON)
    assert draft.text == "途中の文"
    notice = session.scalars(select(Notice).where(Notice.staff_id == office.sato.id)).one()
    assert (notice.kind, notice.subject_id, notice.by_id) == (claims.TAKEN_OVER, thread.id, office.chief.id)
    with pytest.raises(LostClaim):
        replying.save(session, thread.id, 99, {"reply": "x"}, by=office.sato, now=SOON)


def test_who_lets_go_leaves_what_they_wrote(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato, "途中の文")
    claims.let_go(session, thread.id, by=office.sato, now=NOW)
    claims.let_go(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(LetGo):
        replying.save(session, thread.id, 99, {"reply": "x"}, by=office.sato, now=NOW)
    assert replying.begin(session, thread.id, by=office.ono, now=NOW).text == "途中の文"


def test_what_was_answered_or_withdrawn_is_nobodys_to_claim(session: Session) -> None:
    office = staffed(session)
    who = writer(session)
    thread, other = writes(session, who), writes(session, who)
    answers(session, thread, office.sato)
    consulting.withdraw(session, who, other.id, NOW)
    session.flush()
    with pytest.raises(NotWaiting):
        claims.take(session, thread.id, by=office.ono, now=NOW)
    with pytest.raises(NoSuchThread):
        claims.take(session, other.id, by=office.ono, now=NOW)
    assert session.get_one(Thread, other.id).state is ThreadState.WITHDRAWN


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_keeps_accounts_or_the_trail_claims_and_reads_nothing(session: Session, role: Role) -> None:
    somebody = member(session, "だれか", role)
    thread = writes(session, writer(session))
    with pytest.raises(NotAllowed):
        claims.take(session, thread.id, by=somebody, now=NOW)
    with pytest.raises(NotYourClaim):
        reading.open_thread(session, thread.id, by=somebody, now=NOW)


def test_only_the_holder_and_a_supervisor_read_and_every_opening_is_in_the_trail(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    with pytest.raises(NotYourClaim):
        reading.open_thread(session, thread.id, by=office.sato, now=NOW)
    assert session.get_one(Thread, thread.id).state is ThreadState.RECEIVED
    replying.begin(session, thread.id, by=office.sato, now=NOW)
    opened = reading.open_thread(session, thread.id, by=office.sato, now=NOW)
    assert [one.seen_at for one in opened.letters] == [NOW]
    assert opened.thread.state is ThreadState.READING
    reading.open_thread(session, thread.id, by=office.chief, now=NOW)
    with pytest.raises(NotYourClaim):
        reading.open_thread(session, thread.id, by=office.ono, now=NOW)
    session.commit()
    read = session.scalars(select(AuditEntry).where(AuditEntry.action == "thread.read").order_by(AuditEntry.seq)).all()
    assert [(one.actor_id, one.subject_id) for one in read] == [
        (office.sato.id, thread.id),
        (office.chief.id, thread.id),
    ]
    assert set(read[0].facts) == {"member", "messages"}


def at_once(engine: Engine, ring: KeyRing, people: list[str], act: object) -> list[Exception | None]:
    """Let each of *people* do it in a session of their own, all from one moment; return what became of it."""
    gate, results = threading.Barrier(len(people)), dict[str, Exception | None]()

    def one(staff_id: str) -> None:
        with new_session(engine, ring) as session:
            staff = session.get_one(Staff, staff_id)
            session.commit()
            gate.wait()
            try:
                act(session, staff)  # type: ignore[operator]  # what each test hands over
                session.commit()
                results[staff_id] = None
            except HelplineError as refused:
                session.rollback()
                results[staff_id] = refused

    threads = [threading.Thread(target=one, args=(staff_id,)) for staff_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[staff_id] for staff_id in people]


def test_of_two_who_take_it_in_one_moment_one_has_it(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as session:
        office = staffed(session)
        ids = [writes(session, writer(session)).id for _ in range(6)]
        session.commit()
        pair = [office.sato.id, office.ono.id]
    for thread_id in ids:
        found = at_once(engine, ring, pair, lambda s, who, it=thread_id: replying.begin(s, it, by=who, now=NOW))
        assert sorted(type(one).__name__ for one in found) == ["NoneType", "TakenByAnother"]
        with new_session(engine, ring) as session:
            thread = session.get_one(Thread, thread_id)
            assert thread.claimed_by == pair[found.index(None)]


def test_a_reply_that_is_sent_twice_in_one_moment_goes_once(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as session:
        office = staffed(session)
        thread = writes(session, writer(session))
        looked = replies(session, thread, office.sato)
        session.commit()
        sato, thread_id = office.sato.id, thread.id

    def send(session: Session, staff: Staff) -> None:
        replying.send(session, thread_id, looked, by=staff, now=NOW, policy=ALONE)

    gate_free = at_once(engine, ring, [sato], send)
    assert gate_free == [None]
    assert at_once(engine, ring, [sato], send) == [None]
    with new_session(engine, ring) as session:
        assert len(sent(session, session.get_one(Thread, thread_id))) == 1


def test_a_holder_who_sends_while_a_supervisor_takes_over_and_sends_answer_once(engine: Engine, ring: KeyRing) -> None:
    with new_session(engine, ring) as session:
        office = staffed(session)
        thread = writes(session, writer(session))
        looked = replies(session, thread, office.sato)
        session.commit()
        sato, chief, thread_id = office.sato.id, office.chief.id, thread.id

    def send(session: Session, staff: Staff) -> None:
        if staff.id == chief:
            replying.begin(session, thread_id, by=staff, now=NOW)
            own = seen(session, session.get_one(Thread, thread_id), staff)
            replying.send(session, thread_id, own, by=staff, now=NOW, policy=ALONE)
        else:
            replying.send(session, thread_id, looked, by=staff, now=NOW, policy=ALONE)

    at_once(engine, ring, [sato, chief], send)
    with new_session(engine, ring) as session:
        assert len(sent(session, session.get_one(Thread, thread_id))) == 1
        assert session.scalars(select(Message).where(Message.sent_key == looked.draft_id)).one().text
