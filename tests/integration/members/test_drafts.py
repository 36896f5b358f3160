"""What a member has written and not sent stays, also where two pages write it or the session is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from callcenter.domain.members import receipts
from callcenter.domain.members.threads import (
    LONGEST_DRAFT,
    LONGEST_TEXT,
    MOST_DRAFTS,
    DraftTooLong,
    TooManyDrafts,
    Written,
)
from callcenter.models.members.accounts import Member
from callcenter.models.members.threads import MemberDraft
from callcenter.services.members import consulting, drafts, own
from callcenter.services.members.consulting import SentAlready
from tests.integration.members.people import registered_member
from tests.integration.members.writers import send
from tests.integration.people import NOW

LATER = NOW + timedelta(minutes=5)
KEY = "k" * 32


@pytest.fixture
def haru(session: Session) -> Member:
    return registered_member(session)


def texts(session: Session, haru: Member) -> list[str | None]:
    return [draft.text for draft in own.drafts(session, haru)]


def kept(session: Session, haru: Member, text: str, *, seen: str | None = None, late: bool = False) -> MemberDraft:
    draft = drafts.keep(session, haru, Written(KEY, text), seen=seen, late=late, now=NOW)
    assert draft is not None
    return draft


def test_a_draft_is_kept_as_it_was_typed_and_sealed(session: Session, haru: Member) -> None:
    text = "  字下げ\r\n\r\nつづき  "
    draft = drafts.keep(session, haru, Written(KEY, text, subject="題 "), now=NOW)
    session.commit()
    assert draft is not None and draft.text_sealed is not None and "字".encode() not in draft.text_sealed
    assert (draft.subject, draft.text, draft.saved_at) == ("題", "  字下げ\n\nつづき  ", NOW)


def test_saving_again_goes_on_in_the_same_draft(session: Session, haru: Member) -> None:
    first = kept(session, haru, "書きかけ", late=True)
    again = kept(session, haru, "書きなおし", seen=own.version(first))
    assert (again.id, again.late, texts(session, haru)) == (first.id, False, ["書きなおし"])


def test_what_another_page_wrote_is_not_overwritten(session: Session, haru: Member) -> None:
    seen = own.version(kept(session, haru, "はじめ"))
    kept(session, haru, "はじめ、それから", seen=seen)
    other = kept(session, haru, "はじめ、ちがうこと", seen=seen)
    assert other.form_key != KEY
    assert sorted(map(str, texts(session, haru))) == ["はじめ、それから", "はじめ、ちがうこと"]
    blank = drafts.keep(session, haru, Written(KEY, ""), seen=seen, now=LATER)
    assert blank is None and len(texts(session, haru)) == 2


def test_a_page_that_heard_no_answer_goes_on_where_nothing_is_lost(session: Session, haru: Member) -> None:
    first = kept(session, haru, "はじめ")
    assert kept(session, haru, "はじめ、それから", seen=None).id == first.id


def test_an_empty_form_drops_its_draft(session: Session, haru: Member) -> None:
    seen = own.version(kept(session, haru, "やめておく"))
    assert drafts.keep(session, haru, Written(KEY, " \n"), seen=seen, now=LATER) is None
    assert texts(session, haru) == []


def test_a_text_too_long_to_be_sent_is_kept_up_to_twice_its_length(session: Session, haru: Member) -> None:
    draft = kept(session, haru, "長" * LONGEST_DRAFT)
    assert LONGEST_DRAFT > LONGEST_TEXT and draft.text == "長" * LONGEST_DRAFT
    with pytest.raises(DraftTooLong):
        kept(session, haru, "長" * (LONGEST_DRAFT + 1), seen=own.version(draft))
    assert texts(session, haru) == ["長" * LONGEST_DRAFT]


def test_a_member_keeps_so_many_drafts_and_goes_on_in_them(session: Session, haru: Member) -> None:
    for number in range(MOST_DRAFTS):
        drafts.keep(session, haru, Written(receipts.new_form_key(), f"下書き{number}"), now=NOW)
    with pytest.raises(TooManyDrafts):
        kept(session, haru, "もう一通")
    newest = own.drafts(session, haru)[0]
    assert newest.text is not None
    assert drafts.keep(session, haru, Written(newest.form_key, newest.text + "つづき"), now=NOW)


def test_what_another_page_wrote_meanwhile_is_not_dropped_with_what_is_sent(session: Session, haru: Member) -> None:
    seen = own.version(kept(session, haru, "はじめ"))
    kept(session, haru, "はじめ、それから", seen=seen)
    message = send(session, haru, "はじめ", form_key=KEY, seen=seen)
    (left,) = own.drafts(session, haru)
    assert (left.text, left.thread_id) == ("はじめ、それから", message.thread_id) and left.form_key != KEY
    further = own.version(left)
    send(session, haru, "はじめ、それから", form_key=left.form_key, thread_id=message.thread_id, seen=further)
    assert texts(session, haru) == []


def test_a_save_that_arrives_after_the_message_was_sent_makes_no_draft(session: Session, haru: Member) -> None:
    message = send(session, haru, "送ります", form_key=KEY)
    with pytest.raises(SentAlready) as refused:
        kept(session, haru, "送りま")
    assert refused.value.earlier is message and texts(session, haru) == []


def test_what_was_changed_after_sending_becomes_a_further_message(session: Session, haru: Member) -> None:
    message = send(session, haru, "送ります", form_key=KEY)
    sent = SentAlready(message)
    assert drafts.keep_as_further(session, haru, Written(KEY, " 送ります\r\n"), sent, now=LATER) is None
    draft = drafts.keep_as_further(session, haru, Written(KEY, "送りますね"), sent, now=LATER)
    assert draft is not None and (draft.thread_id, draft.form_key == KEY) == (message.thread_id, False)


def test_a_draft_of_a_withdrawn_consultation_becomes_one_of_a_new_one(session: Session, haru: Member) -> None:
    message = send(session, haru)
    sheet = Written(KEY, "つづき", thread_id=message.thread_id)
    draft = drafts.keep(session, haru, sheet, now=NOW)
    assert draft is not None and draft.thread_id == message.thread_id
    consulting.withdraw(session, haru, message.thread_id, NOW)
    again = drafts.keep(session, haru, sheet, now=LATER)
    assert again is draft and draft.thread_id is None


def test_nobody_touches_somebody_elses_drafts_or_consultations(session: Session, haru: Member) -> None:
    natsu = registered_member(session, "ナツ")
    draft, message = kept(session, haru, "ひみつ"), send(session, haru)
    with pytest.raises(own.NotThere):
        drafts.drop(session, natsu, draft.id)
    with pytest.raises(own.NotThere):
        drafts.keep(session, natsu, Written(KEY, "x", thread_id=message.thread_id), now=NOW)
    for ask, row_id in ((own.draft, draft.id), (own.message, message.id), (own.thread, message.thread_id)):
        with pytest.raises(own.NotThere):
            ask(session, natsu, row_id)
    assert drafts.keep(session, natsu, Written(KEY, "わたしの"), now=NOW) is not draft
    assert texts(session, haru) == ["ひみつ"]


def test_a_draft_is_dropped_once(session: Session, haru: Member) -> None:
    draft = kept(session, haru, "いらない")
    drafts.drop(session, haru, draft.id)
    with pytest.raises(own.NotThere):
        drafts.drop(session, haru, draft.id)
