"""Carries one mail to a member: what it says is read from the database at that moment, and only then.

Sending comes before marking: a process that is killed between the two leaves a mail that is sent once more, under the
same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from callcenter.context import context, reading, settings, unit_of_work
from callcenter.domain.calendar.times import local_date
from callcenter.domain.members import addresses, inactivity, mail_texts, user_numbers
from callcenter.domain.members.mail_texts import Letter, Site
from callcenter.domain.ports import Mail, MailRefused
from callcenter.jobs.errands import ERRAND
from callcenter.models.base import db
from callcenter.models.engines import forget_overwritten
from callcenter.models.members.accounts import Farewell, Member, MemberLink
from callcenter.models.members.threads import Message
from callcenter.services.members import deleting, mails
from callcenter.services.members.accounts import links
from callcenter.services.members.mails import MailKind

log = logging.getLogger(__name__)

Facts = dict[str, Any]

GONE, NOT_WANTED, REFUSED, DONE = "gone", "not_wanted", "refused", "done"


@dataclass(frozen=True)
class Addressed:
    """A letter and to whom it goes."""

    to: str = field(repr=False)
    letter: Letter = field(repr=False)


def send(facts: Facts) -> str:
    """Send one mail, unless it is no longer wanted; return how it went."""
    mailer, now = context().ports.mailer, context().ports.clock.now()
    if mailer is None:
        return "nobody_to_tell"
    with reading() as session:
        found = _written(session, facts, now=now)
    if isinstance(found, str):
        return found
    to, letter = (addresses.as_recipient(found.to),), found.letter
    try:
        mailer.send(Mail(to, letter.subject, letter.text, key=_key(facts), sender_name=letter.sender))
    except MailRefused as refused:
        log.warning("a mail to a member was refused for good: %s", refused)
        _settle(facts, refused=True, now=now)
        return REFUSED
    _settle(facts, refused=False, now=now)
    return DONE


def give_up(facts: Facts) -> None:
    """Let member and staff see that a mail could not be delivered for a whole day."""
    log.error("a mail to a member was given up after a day")
    _settle(facts, refused=True, now=context().ports.clock.now())


def _settle(facts: Facts, *, refused: bool, now: datetime) -> None:
    """Store whether the member's address takes mails; forget that of somebody who is gone."""
    with unit_of_work() as session:
        if facts["kind"] == MailKind.FAREWELL:
            farewell = session.get(Farewell, facts["farewell"])
            if farewell is not None:
                deleting.forget_farewell(session, farewell, now=now)
        elif facts["kind"] != MailKind.ADDRESS:  # which goes to an address that is not theirs yet
            mails.note_delivery(session, facts["member"], refused=refused, now=now)
    if facts["kind"] == MailKind.FAREWELL:
        forget_overwritten(db.engine)


def _key(facts: Facts) -> str:
    """Return what makes the Message-ID: the same at every try of this errand, and of no other."""
    about = next((facts[name] for name in ("link", "message", "farewell", "member") if name in facts), "")
    return f"member mail {facts[ERRAND]} {facts['kind']} {about}"


def _written(session: Session, facts: Facts, *, now: datetime) -> Addressed | str:
    """Return the letter as it is right now, or why there is none."""
    kind = MailKind(facts["kind"])
    if kind is MailKind.FAREWELL:
        gone = session.get(Farewell, facts["farewell"])
        if gone is None or gone.address is None:
            return GONE
        return Addressed(gone.address, mail_texts.farewell(named=gone.named_subject))
    member = session.get(Member, facts["member"])
    if member is None or member.address is None:
        return GONE
    if kind is MailKind.ADDRESS:
        link = _link(session, member, facts, now=now)
        if link is None or member.new_address is None:
            return NOT_WANTED
        return Addressed(member.new_address, mail_texts.address(link, named=member.named_subject))
    letter = WRITERS[kind](session, member, facts, now)
    return NOT_WANTED if letter is None else Addressed(member.address, letter)


def _number(session: Session, member: Member, facts: Facts, now: datetime) -> Letter | None:
    """Mail the number with its link; where that was followed by a newer one, its mail holds both."""
    link = _link(session, member, facts, now=now) if "link" in facts else None
    if link is None and member.password_hash is None:
        return None
    return mail_texts.number(user_numbers.shown(member.number or ""), link, named=member.named_subject)


def _reply(session: Session, member: Member, facts: Facts, _now: datetime) -> Letter | None:
    message = session.get(Message, facts["message"])
    if message is None or message.seen_at is not None or not member.notices:
        return None
    return mail_texts.reply(_sign_in(member), named=member.named_subject)


def _warning(_session: Session, member: Member, _facts: Facts, now: datetime) -> Letter | None:
    goes = inactivity.purge_on(member.registered_on, member.last_sent_on)
    if not member.notices or inactivity.warn_on(goes) > local_date(now):
        return None
    return mail_texts.warning(goes, _sign_in(member), named=member.named_subject)


def _reset(session: Session, member: Member, facts: Facts, now: datetime) -> Letter | None:
    link = _link(session, member, facts, now=now)
    return None if link is None else mail_texts.reset(link, named=member.named_subject)


def _device(session: Session, member: Member, facts: Facts, now: datetime) -> Letter | None:
    link = _link(session, member, facts, now=now)
    return None if link is None else mail_texts.device(link, named=member.named_subject)


WRITERS: dict[MailKind, Callable[[Session, Member, Facts, datetime], Letter | None]] = {
    MailKind.NUMBER: _number,
    MailKind.REPLY: _reply,
    MailKind.WARNING: _warning,
    MailKind.RESET: _reset,
    MailKind.DEVICE: _device,
}


def _link(session: Session, member: Member, facts: Facts, *, now: datetime) -> str | None:
    """Return the address of a link while it can be used."""
    link = session.get(MemberLink, facts["link"])
    if link is None or link.used_at is not None or link.until <= now:
        return None
    return Site(settings().public_base_url).link(link.kind, links.token_of(session, member, link))


def _sign_in(member: Member) -> str | None:
    return Site(settings().public_base_url).sign_in if member.notice_links else None


HANDLERS: dict[str, Callable[[Facts], str]] = {mails.TOPIC: send}
GIVEN_UP: dict[str, Callable[[Facts], object]] = {mails.TOPIC: give_up}
