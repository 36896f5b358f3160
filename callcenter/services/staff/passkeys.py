"""Passkeys of an account: added, used to sign in, removed. A question is answered once, within five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.second_factor import MOST_PASSKEYS
from callcenter.domain.typed_text import one_line
from callcenter.models.base import new_id
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import Passkey, PasskeyChallenge
from callcenter.services.staff import authenticators, second_factor
from callcenter.services.staff.authenticators import PasskeyRefused, Question, RelyingParty
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject, staff_member

ANSWERED_WITHIN = timedelta(minutes=5)
LONGEST_NAME = 40


class TooMany(HelplineError):
    """Raised when an account has too many passkeys."""

    message = f"パスキーは{MOST_PASSKEYS}個までです。使っていないものを外してから、登録してください。"


class NameMissing(HelplineError):
    """Raised when a passkey has no name."""

    message = "どの機器か分かる名前をつけてください(40文字まで)。例:わたしのスマホ"


def ask_for_new(session: Session, staff: Staff, site: RelyingParty, *, at: datetime) -> tuple[Question, str]:
    """Return the question for a new passkey, and the id under which its answer is checked."""
    known = second_factor.factors_of(session, staff).passkeys
    if len(known) >= MOST_PASSKEYS:
        raise TooMany
    handle = bytes.fromhex(staff.id)  # says nothing about the person
    question = authenticators.ask_for_new(site, handle, staff.login, staff.name, [one.credential_id for one in known])
    return question, _remember(session, question, staff.id, at)


def add(
    session: Session,
    staff: Staff,
    site: RelyingParty,
    asked: str,
    answer: str,
    name: str,
    *,
    now: datetime,
    at: datetime,
) -> Passkey:
    """Store the passkey that answers the question *asked*."""
    shown = one_line(name)
    if not 1 <= len(shown) <= LONGEST_NAME:
        raise NameMissing
    new = authenticators.read_new(site, _recall(session, asked, staff.id, at), answer)
    if _known(session, new.credential_id) is not None:
        raise PasskeyRefused
    row = Passkey(
        id=new_id(),
        staff_id=staff.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=shown,
        made_at=now,
    )
    session.add(row)
    _note(session, staff.id, "staff.passkey_add", row, now)
    return row


def remove(session: Session, staff: Staff, passkey_id: str, *, required: bool, now: datetime) -> None:
    """Remove a passkey; ``LastFactor`` if a factor is *required* and it is the only one."""
    row = session.get(Passkey, passkey_id)
    if row is not None and row.staff_id == staff.id:
        second_factor.check_not_last(second_factor.factors_of(session, staff), required=required, leaving=1)
        session.delete(row)
        _note(session, staff.id, "staff.passkey_remove", row, now)
        second_factor.forget_codes_without_factor(session, staff)


def ask_for_known(session: Session, site: RelyingParty, *, at: datetime) -> tuple[Question, str]:
    """Return the question for somebody who signs in, and its id."""
    question = authenticators.ask_for_known(site)
    return question, _remember(session, question, None, at)


def check(session: Session, site: RelyingParty, asked: str, answer: str, *, now: datetime, at: datetime) -> Staff:
    """Return whose passkey answered; ``PasskeyRefused`` if none did. Commit either way, for the trail.

    A count that went back means that the key exists twice: it is refused, and the trail names the passkey.
    """
    challenge = _recall(session, asked, None, at)
    row = _known(session, authenticators.credential_id_of(answer))
    if row is None:
        raise PasskeyRefused
    try:
        count = authenticators.check_known(site, challenge, answer, row.public_key)
    except PasskeyRefused:
        _refuse(session, row, "staff.passkey_refused", now)
        raise
    staff = session.get_one(Staff, row.staff_id)
    if (count or row.sign_count) and count <= row.sign_count:
        _refuse(session, row, "staff.passkey_copied", now)
        raise PasskeyRefused
    if not staff.active:
        _refuse(session, row, "staff.passkey_refused", now)
        raise PasskeyRefused
    row.sign_count, row.used_at = count, now
    return staff


def _known(session: Session, credential_id: bytes) -> Passkey | None:
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update())


def _remember(session: Session, question: Question, staff_id: str | None, at: datetime) -> str:
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.until < at))
    row = PasskeyChallenge(id=new_id(), challenge=question.challenge, staff_id=staff_id, until=at + ANSWERED_WITHIN)
    session.add(row)
    return row.id


def _recall(session: Session, asked: str, staff_id: str | None, at: datetime) -> bytes:
    """Return the challenge of a question and delete it, whatever the answer."""
    taken = delete(PasskeyChallenge).where(PasskeyChallenge.id == asked)
    row = session.execute(
        taken.returning(PasskeyChallenge.challenge, PasskeyChallenge.staff_id, PasskeyChallenge.until)
    ).one_or_none()
    if row is None or row.staff_id != staff_id or row.until < at:
        raise PasskeyRefused
    challenge: bytes = row.challenge
    return challenge


def _refuse(session: Session, row: Passkey, action: str, now: datetime) -> None:
    facts = {"passkey": row.id}
    subject = Subject("staff", row.staff_id)
    audit.record(session, actor=SYSTEM, action=action, subject=subject, facts=facts, now=now)


def _note(session: Session, staff_id: str, action: str, row: Passkey, now: datetime) -> None:
    facts = {"passkey": row.id}
    actor, subject = staff_member(staff_id), Subject("staff", staff_id)
    audit.record(session, actor=actor, action=action, subject=subject, facts=facts, now=now)
