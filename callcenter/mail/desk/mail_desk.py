"""What the mail desk supplies for the pages about records.

A record of a reply is written beside the reply and finished by sending it. Once it was sent, and for mail that was
written down without one, the record is like any other, at the usual desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from callcenter.casefile.channel_desk import ChannelDesk, Drawing, PageResults, Pieces
from callcenter.domain.errors import HelplineError
from callcenter.mail.desk import room
from callcenter.models.records import Consultation
from callcenter.models.staff.accounts import Staff
from callcenter.services.members.answering import reading
from callcenter.services.names.nickname_search import Candidate
from callcenter.services.records import consultations


class FinishedBySending(HelplineError):
    """Raised when the record of a reply would be finished without the reply."""

    message = "メールの返事の記録は、返事を送ると閉じます。書いた文は保存されています。"


class SentForGood(HelplineError):
    """Raised when the record of a sent reply would be a draft again."""

    message = "送った返事は取り消せません。記録の文は、閉じたあとでも直せます。"


class MailDesk:
    """The desk of records that came by mail; *usual* is the desk of every record without a reply."""

    def __init__(self, usual: ChannelDesk) -> None:
        self.usual = usual

    def workplace(self) -> str:
        """Return the address of the list."""
        return url_for("mail_desk.inbox")

    def address(self, record_id: str) -> str:
        """Return the address that leads to where the record is written."""
        return url_for("mail_desk.record", record_id=record_id)

    def page(self, session: Session, record_id: str, shown: PageResults) -> Drawing:
        """Return the writing room around the record of a reply."""
        thread_id = _round_of(session, record_id)
        return (
            self.usual.page(session, record_id, shown) if thread_id is None else room.gather(session, thread_id, shown)
        )

    def pieces(self, session: Session, record: Consultation, staff: Staff, *, now: datetime) -> Pieces:
        """Return what the usual desk adds; beside a reply without what belongs to a talk."""
        there = self.usual.pieces(session, record, staff, now=now)
        thread_id = reading.round_of(session, record)
        if thread_id is None:
            return there
        return replace(
            there,
            in_head=None,
            in_danger=None,
            on_refusal="mail/desk/room/refusal.html",
            at_finish=None,
            below_record=None,
            on_card=None,
            card_foot="mail/desk/room/card_foot.html",
            same_today_at=url_for("mail_desk.same_today", thread_id=thread_id),
            leads=(),
        )

    def apply_hints(
        self, session: Session, record: Consultation, found: Sequence[Candidate], *, now: datetime
    ) -> Sequence[Candidate]:
        """Return the candidates as they are: who writes is known by nothing but what they say."""
        return found

    def finishing(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Refuse for a record whose reply was not sent."""
        if _round_of(session, record_id) is not None:
            raise FinishedBySending
        return self.usual.finishing(session, record_id, staff, now=now)

    def reopening(
        self, session: Session, record_id: str, staff: Staff, *, now: datetime
    ) -> AbstractContextManager[None]:
        """Refuse for a record whose reply was sent."""
        if consultations.get_record(session, record_id).thread_id is not None:
            raise SentForGood
        return self.usual.reopening(session, record_id, staff, now=now)


def _round_of(session: Session, record_id: str) -> str | None:
    return reading.round_of(session, consultations.get_record(session, record_id))
