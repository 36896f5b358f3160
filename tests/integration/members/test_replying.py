"""Writing a reply by mail beside its record, and sending it: all of it or nothing, and once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.members.replies import (
    ApprovalNeeded,
    ChangedMeanwhile,
    DraftTooLong,
    NoReplyYet,
    ReplyTemplate,
    ReplyTooLong,
    WroteMeanwhile,
)
from callcenter.domain.members.threads import ThreadState
from callcenter.domain.records.record_codes import MissingField
from callcenter.models.delivery.outbox import OutboxMessage
from callcenter.models.members.threads import Thread
from callcenter.models.records import Consultation, ConsultationState
from callcenter.models.trail.audit import AuditEntry
from callcenter.services.members import mails
from callcenter.services.members.answering import replying
from callcenter.services.members.answering.replying import Seen
from callcenter.services.records import consultations, record_fields
from tests.integration.members.threads_people import (
    ALONE,
    CHECKED,
    REPLY,
    answers,
    draft_of,
    replies,
    seen,
    sent,
    staffed,
    version_of,
    writer,
    writes,
)
from tests.integration.people import NOW, TODAY


def record_of(session: Session, thread: Thread) -> Consultation:
    return session.scalars(select(Consultation).where(Consultation.thread_id == thread.id)).one()


def errands(session: Session) -> list[dict[str, object]]:
    session.commit()
    return list(session.scalars(select(OutboxMessage.facts).where(OutboxMessage.topic == mails.TOPIC)))


def test_a_sent_reply_is_a_message_a_finished_record_an_answer_and_a_notice(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    message = answers(session, thread, office.sato)
    record = record_of(session, thread)
    assert (message.text, message.consultation_id, message.sent_on) == (REPLY, record.id, TODAY)
    assert (record.channel, record.counsellor_id, record.state) == ("mail", office.sato.id, ConsultationState.FINISHED)
    assert (thread.state, thread.answered_at, thread.waiting_since) == (ThreadState.ANSWERED, NOW, None)
    assert (thread.claimed_by, thread.risk_words, thread.target_on) == (None, False, None)
    assert errands(session) == [{"kind": "reply", "member": thread.member_id, "message": message.id}]
    acts = session.scalars(select(AuditEntry).where(AuditEntry.action == "reply.send")).all()
    assert [one.facts for one in acts] == [{"message": message.id, "record": record.id}]


def test_a_reply_that_is_sent_again_is_the_same_message_and_mails_nothing_more(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato)
    first = replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    again = replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    assert first is again
    assert len(errands(session)) == 1


def test_without_a_word_for_the_next_time_nothing_is_sent_and_the_reply_stays(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato, next_step="")
    with pytest.raises(MissingField) as missing:
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    assert missing.value.field == "next_step"
    assert (sent(session, thread), draft_of(session, thread).text) == ([], REPLY)


def test_an_empty_reply_and_one_that_is_too_long_are_kept_and_not_sent(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato, "\u3000\n")
    with pytest.raises(NoReplyYet):
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    long = "あ" * 10_001
    replying.save(session, thread.id, version_of(session, thread), {"reply": long}, by=office.sato, now=NOW)
    with pytest.raises(ReplyTooLong):
        replying.send(session, thread.id, seen(session, thread, office.sato), by=office.sato, now=NOW, policy=ALONE)
    assert draft_of(session, thread).text == long
    with pytest.raises(DraftTooLong):
        replying.save(session, thread.id, 99, {"reply": "あ" * 20_001}, by=office.sato, now=NOW)


def test_what_was_changed_after_it_was_looked_at_is_not_sent_unseen(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato)
    replying.save(session, thread.id, version_of(session, thread), {"reply": "別の文"}, by=office.sato, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)


def test_a_letter_that_came_meanwhile_is_read_before_the_reply_goes(session: Session) -> None:
    office = staffed(session)
    who = writer(session)
    thread = writes(session, who)
    looked = replies(session, thread, office.sato)
    writes(session, who, "もうひとつ、書きます。", into=thread, now=NOW + timedelta(minutes=1))
    with pytest.raises(WroteMeanwhile):
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    looked = seen(session, thread, office.sato)
    replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=ALONE)
    assert sent(session, thread) == [REPLY]


def test_a_member_who_writes_on_after_the_answer_opens_another_round_with_a_record_of_its_own(session: Session) -> None:
    office = staffed(session)
    who = writer(session)
    thread = writes(session, who)
    answers(session, thread, office.sato)
    later = NOW + timedelta(days=3)
    writes(session, who, "続きです。", into=thread, now=later)
    answers(session, thread, office.ono, "二度目の返事", now=later)
    assert sent(session, thread) == [REPLY, "二度目の返事"]
    records = session.scalars(select(Consultation).order_by(Consultation.opened_at)).all()
    assert [(one.counsellor_id, one.first_or_repeat) for one in records] == [
        (office.sato.id, "new"),
        (office.ono.id, "repeat"),
    ]


def test_where_a_supervisor_reads_every_reply_none_goes_past_them(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato)
    with pytest.raises(ApprovalNeeded):
        replying.send(session, thread.id, looked, by=office.sato, now=NOW, policy=CHECKED)


def test_fields_of_reply_and_record_are_saved_by_themselves_and_a_newer_text_stays(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replying.begin(session, thread.id, by=office.sato, now=NOW)
    drawn = version_of(session, thread)
    replying.save(session, thread.id, drawn, {"reply": "一つ目の窓の文"}, by=office.sato, now=NOW)
    both = {"reply": "二つ目の窓の文", "story": "夜に歩いている", "going_out": "nearby"}
    saved = replying.save(session, thread.id, drawn, both, by=office.sato, now=NOW)
    assert saved.conflicts == {"reply": "一つ目の窓の文"}
    record = record_of(session, thread)
    assert (draft_of(session, thread).text, record.story, record.going_out) == (
        "一つ目の窓の文",
        "夜に歩いている",
        "nearby",
    )
    settled = replying.save(session, thread.id, saved.version, {"reply": "二つ目の窓の文"}, by=office.sato, now=NOW)
    assert (settled.conflicts, draft_of(session, thread).text) == ({}, "二つ目の窓の文")


def test_the_record_takes_over_what_was_told_at_the_registration_with_its_day(session: Session) -> None:
    office = staffed(session)
    then = date(2025, 3, 1)
    mother = writer(session, "ハルの母", relation="mother", age=58, sex="female", subject_age=29, told_on=then)
    thread = writes(session, mother)
    replying.begin(session, thread.id, by=office.sato, now=NOW)
    record = record_of(session, thread)
    told = ("relation", "prefecture", "period", "caller_age", "caller_sex", "subject_age", "subject_sex")
    assert [record_fields.current(record, name) for name in told] == [
        *("mother", "13", "3_5", "55_59", "female", "25_29", "unknown")
    ]
    assert record.prefilled["caller_age"] == "2025-03-01"
    assert "subject_sex" not in record.prefilled
    assert record.first_or_repeat == "new"
    replying.save(session, thread.id, version_of(session, thread), {"period": "5_10"}, by=office.sato, now=NOW)
    assert "period" not in record.prefilled


@pytest.mark.parametrize("template", ReplyTemplate)
def test_a_template_is_added_below_what_was_written(session: Session, template: ReplyTemplate) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato, "こんにちは。")
    lines = [("よりそいホットライン", "0120-279-338", "24時間")]
    replying.insert_template(session, thread.id, template, lines, by=office.sato, now=NOW)
    text = draft_of(session, thread).text or ""
    assert text.startswith("こんにちは。\n\n")
    cannot = template.value.startswith("cannot_")
    assert ("0120-279-338" in text) is cannot
    outcomes = record_fields.current(record_of(session, thread), "outcomes")
    assert outcomes == ([template.value] if cannot else [])


def test_a_record_of_a_reply_is_in_the_list_of_mail_and_not_among_the_drafts_of_calls(session: Session) -> None:
    office = staffed(session)
    thread = writes(session, writer(session))
    replies(session, thread, office.sato)
    assert consultations.drafts_of(session, office.sato.id) == []


def test_a_reply_that_nobody_wrote_is_refused_whatever_the_form_says(session: Session) -> None:
    office = staffed(session)
    thread, other = writes(session, writer(session)), writes(session, writer(session))
    replies(session, thread, office.sato)
    theirs = replies(session, other, office.sato)
    with pytest.raises(ChangedMeanwhile):
        replying.send(session, thread.id, theirs, by=office.sato, now=NOW, policy=ALONE)
    made_up = Seen("no such reply", 1, theirs.letter_id)
    with pytest.raises(ChangedMeanwhile):
        replying.send(session, thread.id, made_up, by=office.sato, now=NOW, policy=ALONE)
