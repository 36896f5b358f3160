"""Replies that a supervisor reads before they go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.domain.members.replies import (
    NoReplyYet,
    NotHandedIn,
    NotYourOwnReply,
    RemarkNeeded,
    RemarkTooLong,
    WithSupervisor,
    WroteMeanwhile,
)
from callcenter.domain.members.threads import ThreadState
from callcenter.domain.records.record_codes import MissingField
from callcenter.domain.staff.roles import NotAllowed, Role
from callcenter.models.delivery.notices import Notice
from callcenter.services.members.answering import approving, claims, replying
from tests.integration.members.threads_people import (
    REPLY,
    Office,
    draft_of,
    replies,
    seen,
    sent,
    staffed,
    version_of,
    writer,
    writes,
)
from tests.integration.people import NOW, member


def told(session: Session, staff_id: str) -> list[str]:
    return list(session.scalars(select(Notice.kind).where(Notice.staff_id == staff_id, Notice.seen_at.is_(None))))


@pytest.fixture
def office(session: Session) -> Office:
    return staffed(session)


def test_what_is_handed_in_waits_for_a_supervisor_and_for_nobody_else(session: Session, office: Office) -> None:
    thread = writes(session, writer(session))
    looked = replies(session, thread, office.sato)
    approving.hand_in(session, thread.id, looked, by=office.sato, now=NOW)
    approving.hand_in(session, thread.id, looked, by=office.sato, now=NOW)
    assert thread.claimed_by is None
    for somebody in (office.sato, office.ono, office.chief):
        with pytest.raises(WithSupervisor):
            claims.take(session, thread.id, by=somebody, now=NOW + timedelta(hours=2))
    with pytest.raises(WithSupervisor):
        replying.save(session, thread.id, 99, {"reply": "あとから"}, by=office.sato, now=NOW)
    assert [(one.thread_id, one.author, one.own) for one in approving.waiting(session, by=office.chief)] == [
        (thread.id, "佐藤", False)
    ]
    assert told(session, office.chief.id) == [approving.HANDED_IN]
    with pytest.raises(NotAllowed):
        approving.waiting(session, by=office.ono)


def test_an_approved_reply_goes_once_as_the_record_of_who_wrote_it(session: Session, office: Office) -> None:
    thread = writes(session, writer(session))
    approving.hand_in(session, thread.id, replies(session, thread, office.sato), by=office.sato, now=NOW)
    looked = seen(session, thread, office.chief)
    first = approving.approve(session, thread.id, looked, by=office.chief, now=NOW)
    assert approving.approve(session, thread.id, looked, by=office.chief, now=NOW) is first
    assert (sent(session, thread), thread.state) == ([REPLY], ThreadState.ANSWERED)
    assert first.consultation_id is not None
    assert told(session, office.chief.id) == []
    assert approving.count_waiting(session) == 0


def test_nobody_approves_what_they_wrote(session: Session, office: Office) -> None:
    second = member(session, "統括の森", Role.SUPERVISOR)
    thread = writes(session, writer(session))
    approving.hand_in(session, thread.id, replies(session, thread, office.chief), by=office.chief, now=NOW)
    with pytest.raises(NotYourOwnReply):
        approving.approve(session, thread.id, seen(session, thread, office.chief), by=office.chief, now=NOW)
    with pytest.raises(NotYourOwnReply):
        approving.hand_back(session, thread.id, "ひとこと", by=office.chief, now=NOW)
    with pytest.raises(NotAllowed):
        approving.approve(session, thread.id, seen(session, thread, second), by=office.ono, now=NOW)
    approving.approve(session, thread.id, seen(session, thread, second), by=second, now=NOW)
    assert sent(session, thread) == [REPLY]


def test_a_reply_comes_back_with_a_remark_to_who_wrote_it(session: Session, office: Office) -> None:
    thread = writes(session, writer(session))
    approving.hand_in(session, thread.id, replies(session, thread, office.sato), by=office.sato, now=NOW)
    for remark, refusal in ((" ", RemarkNeeded), ("あ" * 1001, RemarkTooLong)):
        with pytest.raises(refusal):
            approving.hand_back(session, thread.id, remark, by=office.chief, now=NOW)
    approving.hand_back(session, thread.id, "「がんばって」を、別の言葉に。", by=office.chief, now=NOW)
    draft = draft_of(session, thread)
    assert (draft.remark, draft.text, thread.claimed_by) == ("「がんばって」を、別の言葉に。", REPLY, office.sato.id)
    assert told(session, office.sato.id) == [approving.HANDED_BACK]
    replying.save(session, thread.id, version_of(session, thread), {"reply": "直した文"}, by=office.sato, now=NOW)
    looked = seen(session, thread, office.sato)
    approving.hand_in(session, thread.id, looked, by=office.sato, now=NOW)
    approving.approve(session, thread.id, seen(session, thread, office.chief), by=office.chief, now=NOW)
    assert sent(session, thread) == ["直した文"]


def test_who_handed_it_in_may_write_on_until_somebody_decided(session: Session, office: Office) -> None:
    thread = writes(session, writer(session))
    approving.hand_in(session, thread.id, replies(session, thread, office.sato), by=office.sato, now=NOW)
    looked = seen(session, thread, office.chief)
    approving.take_back(session, thread.id, by=office.sato, now=NOW)
    approving.take_back(session, thread.id, by=office.sato, now=NOW)
    with pytest.raises(NotHandedIn):
        approving.approve(session, thread.id, looked, by=office.chief, now=NOW)
    replying.save(session, thread.id, version_of(session, thread), {"reply": "書き足した文"}, by=office.sato, now=NOW)
    assert (sent(session, thread), told(session, office.chief.id)) == ([], [])


def test_a_letter_that_came_meanwhile_goes_back_to_be_read(session: Session, office: Office) -> None:
    who = writer(session)
    thread = writes(session, who)
    approving.hand_in(session, thread.id, replies(session, thread, office.sato), by=office.sato, now=NOW)
    looked = seen(session, thread, office.chief)
    writes(session, who, "もうひとつ", into=thread, now=NOW + timedelta(minutes=1))
    with pytest.raises(WroteMeanwhile):
        approving.approve(session, thread.id, looked, by=office.chief, now=NOW)


def test_what_cannot_be_sent_cannot_be_handed_in_either(session: Session, office: Office) -> None:
    thread = writes(session, writer(session))
    with pytest.raises(NoReplyYet):
        approving.hand_in(session, thread.id, replies(session, thread, office.sato, " "), by=office.sato, now=NOW)
    other = writes(session, writer(session))
    looked = replies(session, other, office.sato, next_step="")
    with pytest.raises(MissingField):
        approving.hand_in(session, other.id, looked, by=office.sato, now=NOW)
