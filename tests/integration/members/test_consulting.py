"""A member sends consultations, writes on in them, and withdraws what nobody has begun to read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from callcenter.crypto import KeyRing
from callcenter.domain.errors import HelplineError
from callcenter.domain.members import receipts
from callcenter.domain.members.deletion import Why
from callcenter.domain.members.threads import (
    LONGEST_TEXT,
    WAITING_AT_MOST,
    AlreadyStarted,
    MessageTooLong,
    NoLongerOpen,
    NothingWritten,
    SubjectTooLong,
    ThreadState,
    TooManyWaiting,
    UnknownForm,
    Written,
)
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft, Message, Thread
from callcenter.models.trail.audit import ActorKind, AuditEntry
from callcenter.services.delivery import live
from callcenter.services.members import consulting, deleting, drafts, own
from callcenter.services.members.consulting import SentAlready
from callcenter.services.trail.audit import SYSTEM
from tests.integration.conftest import new_session
from tests.integration.members.people import registered_member
from tests.integration.members.writers import DAYS, answered, send, thread_of
from tests.integration.people import NOW, TODAY
from tests.integration.people import member as staff_named

LATER = NOW + timedelta(hours=3)
KEY = "k" * 32


@pytest.fixture
def haru(session: Session) -> Member:
    return registered_member(session)


def count(session: Session, model: type[Any]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def test_a_first_message_opens_a_consultation_that_waits_for_a_reply(session: Session, haru: Member) -> None:
    message = send(session, haru, "  はじめまして。\r\n外に出られません。\n", subject="  はじめて　 書きます ")
    session.commit()
    thread = thread_of(session, message)
    assert (thread.state, thread.waiting_since, thread.subject) == (ThreadState.RECEIVED, NOW, "はじめて 書きます")
    assert message.text == "はじめまして。\n外に出られません。"
    assert message.text_sealed is not None and "外".encode() not in message.text_sealed
    assert message.receipt is not None and message.receipt.startswith("1120-")
    assert haru.last_sent_on == message.sent_on == TODAY


def test_the_trail_and_the_hint_say_that_it_came_and_nothing_of_it(session: Session, haru: Member) -> None:
    message = send(session, haru)
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "message.send")).one()
    assert (entry.actor_kind, entry.actor_id, entry.subject_id) == (ActorKind.MEMBER, haru.id, message.thread_id)
    assert entry.facts == {"message": message.id}
    assert [topic for _, topic in live.hints_after(session, 0)] == [live.MAIL]


def test_a_form_that_is_posted_again_gives_the_same_message_and_receipt(session: Session, haru: Member) -> None:
    first = send(session, haru, "こんばんは", form_key=KEY)
    session.commit()
    again = send(session, haru, " こんばんは\r\n", form_key=KEY, now=LATER)
    session.commit()
    assert (again.id, again.receipt, again.sent_at) == (first.id, first.receipt, NOW)
    assert (count(session, Message), count(session, Thread)) == (1, 1)


def test_the_same_key_of_two_members_is_two_messages(session: Session, haru: Member) -> None:
    natsu = registered_member(session, "ナツ")
    assert send(session, haru, form_key=KEY).receipt != send(session, natsu, form_key=KEY).receipt


def test_a_form_that_was_changed_after_it_was_sent_is_not_taken_for_the_earlier_one(
    session: Session, haru: Member
) -> None:
    first = send(session, haru, "まちがい", form_key=KEY)
    with pytest.raises(SentAlready) as refused:
        send(session, haru, "書き直し", form_key=KEY)
    assert refused.value.earlier is first
    assert first.text == "まちがい"


def test_two_posts_in_the_same_moment_send_one_message(engine: Engine, ring: KeyRing, session: Session) -> None:
    haru = registered_member(session)
    session.commit()
    together = Barrier(4)

    def post(_turn: int) -> str | None:
        with new_session(engine, ring) as mine:
            together.wait()
            member = mine.get_one(Member, haru.id)
            mine.rollback()
            message = send(mine, member, form_key=KEY)
            mine.commit()
            return message.receipt

    with ThreadPoolExecutor(4) as pool:
        receipts_seen = set(pool.map(post, range(4)))
    assert len(receipts_seen) == 1 and None not in receipts_seen
    assert (count(session, Message), count(session, Thread)) == (1, 1)


@pytest.mark.parametrize(
    "text, refusal",
    [
        ("あ" * (LONGEST_TEXT + 1), MessageTooLong),
        ("", NothingWritten),
        (" \r\n\u3000\u200b\0", NothingWritten),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_written(
    session: Session, haru: Member, text: str, refusal: type[HelplineError]
) -> None:
    with pytest.raises(refusal) as refused:
        send(session, haru, text)
    assert refused.value.field == "text"
    assert (count(session, Message), count(session, Thread), haru.last_sent_on) == (0, 0, None)


def test_the_longest_text_is_counted_as_its_writer_counts_it(session: Session, haru: Member) -> None:
    text = "👪\r\n" * (LONGEST_TEXT // 2)
    assert send(session, haru, text).text == ("👪\n" * (LONGEST_TEXT // 2)).strip()


def test_marks_that_turn_the_writing_and_nul_are_left_out(session: Session, haru: Member) -> None:
    assert send(session, haru, "あ\0い\u202eう مرحبا 👨‍👩‍👧").text == "あいう مرحبا 👨‍👩‍👧"


@pytest.mark.parametrize("key", ["", "k", "k" * 65, "k" * 31 + "\n", "k/k" * 10])
def test_a_key_that_no_form_of_ours_has_is_refused(session: Session, haru: Member, key: str) -> None:
    with pytest.raises(UnknownForm):
        consulting.send(session, haru, Written(key, "こんにちは"), calendar=DAYS, policy=Policy(), now=NOW)
    with pytest.raises(UnknownForm):
        drafts.keep(session, haru, Written(key, "こんにちは"), now=NOW)


def test_a_long_subject_is_refused_at_its_field(session: Session, haru: Member) -> None:
    with pytest.raises(SubjectTooLong) as refused:
        send(session, haru, subject="題" * 61)
    assert refused.value.field == "subject"


def test_a_further_message_waits_since_the_oldest_without_a_reply(session: Session, haru: Member) -> None:
    policy = Policy(reply_target_days=3)
    first = send(session, haru, policy=policy)
    thread = thread_of(session, first)
    second = send(session, haru, "つけたします", thread_id=thread.id, policy=policy, now=NOW + timedelta(days=1))
    assert (thread.waiting_since, thread.target_on) == (NOW, date(2026, 11, 26))
    assert thread.last_sent_at == second.sent_at and second.thread_id == first.thread_id
    assert second.receipt != first.receipt
    answered(session, thread, now=NOW + timedelta(days=4))
    send(session, haru, "ありがとう", thread_id=thread.id, policy=policy, now=NOW + timedelta(days=5))
    assert (thread.state, thread.waiting_since) == (ThreadState.RECEIVED, NOW + timedelta(days=5))
    assert thread.target_on == date(2026, 11, 30)


def test_no_target_is_set_where_the_operator_sets_none(session: Session, haru: Member) -> None:
    assert thread_of(session, send(session, haru)).target_on is None


def test_a_further_message_does_not_take_the_consultation_from_who_reads_it(session: Session, haru: Member) -> None:
    thread = thread_of(session, send(session, haru))
    thread.state, thread.claimed_by = ThreadState.READING, staff_named(session, "tanaka").id
    send(session, haru, "つけたします", thread_id=thread.id)
    assert thread.state is ThreadState.READING and thread.claimed_by is not None


def test_words_of_danger_raise_the_flag_until_it_is_answered(session: Session, haru: Member) -> None:
    thread = thread_of(session, send(session, haru, "もう消えたいです"))
    send(session, haru, "すこし落ちつきました", thread_id=thread.id)
    assert thread.risk_words
    answered(session, thread)
    send(session, haru, "ありがとうございました", thread_id=thread.id)
    assert not thread.risk_words


def test_sending_drops_the_draft_of_that_form_alone(session: Session, haru: Member) -> None:
    for key in (KEY, "another" * 5):
        draft = MemberDraft(
            id=new_id(), data_key=haru.data_key, member_id=haru.id, form_key=key, saved_at=NOW, late=False
        )
        session.add(draft)
        draft.text = "書きかけ"
    session.flush()
    send(session, haru, form_key=KEY)
    assert [draft.form_key for draft in own.drafts(session, haru)] == ["another" * 5]


def test_very_many_waiting_consultations_leave_room_for_going_on_only(session: Session, haru: Member) -> None:
    sent = [send(session, haru) for _ in range(WAITING_AT_MOST)]
    with pytest.raises(TooManyWaiting):
        send(session, haru)
    assert send(session, haru, thread_id=sent[0].thread_id).receipt
    answered(session, thread_of(session, sent[1]))
    assert send(session, haru).receipt


def test_nobody_writes_on_in_somebody_elses_consultation(session: Session, haru: Member) -> None:
    other = send(session, registered_member(session, "ナツ"))
    with pytest.raises(own.NotThere):
        send(session, haru, thread_id=other.thread_id)


def test_a_member_who_is_gone_sends_nothing(engine: Engine, ring: KeyRing, session: Session) -> None:
    haru = registered_member(session)
    session.commit()
    with new_session(engine, ring) as other:
        deleting.delete_member(other, other.get_one(Member, haru.id), by=SYSTEM, why=Why.ASKED, now=NOW)
        other.commit()
    with pytest.raises(own.NotThere):
        send(session, haru)


def test_a_consultation_is_withdrawn_once_however_often_it_is_pressed(session: Session, haru: Member) -> None:
    message = send(session, haru, "消えたい")
    thread = consulting.withdraw(session, haru, message.thread_id, LATER)
    assert consulting.withdraw(session, haru, message.thread_id, LATER) is thread
    session.commit()
    assert (thread.state, thread.waiting_since, thread.risk_words) == (ThreadState.WITHDRAWN, None, False)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "thread.withdraw")).all()
    assert len(acts) == 1
    with pytest.raises(NoLongerOpen):
        send(session, haru, thread_id=message.thread_id)


@pytest.mark.parametrize("begun", ["claimed", "reading", "answering", "answered", "asked again"])
def test_what_somebody_has_begun_is_no_longer_withdrawn(session: Session, haru: Member, begun: str) -> None:
    message = send(session, haru)
    thread = thread_of(session, message)
    if begun == "claimed":
        thread.claimed_by = staff_named(session, "tanaka").id
    elif begun.startswith("a") and begun != "answering":
        answered(session, thread)
        if begun == "asked again":
            send(session, haru, thread_id=thread.id)
    else:
        thread.state = ThreadState(begun)
    session.flush()
    before = thread.state
    with pytest.raises(AlreadyStarted):
        consulting.withdraw(session, haru, message.thread_id, LATER)
    assert thread.state is before


def test_replies_are_marked_as_seen_when_they_are_first_opened(session: Session, haru: Member) -> None:
    message = send(session, haru)
    reply = answered(session, thread_of(session, message))
    consulting.mark_seen(session, haru, thread_of(session, message), LATER)
    consulting.mark_seen(session, haru, thread_of(session, message), LATER + timedelta(days=1))
    assert (reply.seen_at, message.seen_at) == (LATER, None)


def test_a_receipt_has_no_signs_that_look_alike_and_comes_anew_each_time() -> None:
    seen = {receipts.new_receipt(TODAY) for _ in range(500)}
    assert len(seen) > 490
    assert not set("".join(one.partition("-")[2] for one in seen)) & set("01ILO")
    assert receipts.is_form_key(receipts.new_form_key()) and not receipts.is_form_key("a/b" * 20)
