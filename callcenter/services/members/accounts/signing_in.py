"""Signing in with user number and password.

An unknown number, a wrong password, a number without a password yet and one that has to wait after wrong tries get
the same answer after the same work, so that nobody can find out which numbers exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from callcenter.domain.members import user_numbers
from callcenter.domain.members.user_numbers import NotAUserNumber
from callcenter.domain.staff.sign_in_delays import SignInDelayed
from callcenter.models.members.accounts import Member
from callcenter.services.members.accounts import links, numbers
from callcenter.services.members.accounts.registering import record
from callcenter.services.staff import sign_in_delays
from callcenter.services.staff.passwords import Comparison
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject


@dataclass(frozen=True)
class Tried:
    """A number as it is looked up, and under what its failed tries are counted."""

    number: str
    counted: bytes = field(repr=False)


def read_number(typed: str) -> str:
    """Return the number that was typed; what can be none is looked up all the same, and found nowhere."""
    try:
        return user_numbers.read(typed)
    except NotAUserNumber:
        return ""


def tried(session: Session, typed: str, known_browser: str | None) -> Tried:
    """Return what is tried; wrong tries from a browser that was in before are counted for themselves."""
    number = read_number(typed)
    return Tried(number, sign_in_delays.tried(session, login_of(number), known_browser))


def login_of(number: str) -> str:
    """Return what a number is called among the logins whose failures are counted; no login of staff has a blank."""
    return f"member {number}"


def stored_hash(session: Session, number: str) -> str | None:
    """Return the hash to compare a password with; None for an unknown number, or one without a password yet."""
    found = numbers.find(session, number)
    return None if found is None else found.password_hash


def check(session: Session, what: Tried, compared: Comparison, *, now: datetime, at: datetime) -> Member | None:
    """Return the member whose password fits; commit either way. None also while the number has to wait.

    What was *compared* beforehand, outside any transaction, counts only if the same hash is still stored. *at* is the
    time on real clocks.
    """
    member = numbers.find(session, what.number)
    waits = _waits(session, what, at=at)
    fits = member is not None and compared.fits and member.password_hash == compared.stored
    if member is None or waits or not fits:
        sign_in_delays.count_miss(session, what.counted, at=at, waits=waits)
        subject = Subject("member", member.id if member else None)
        audit.record(session, actor=SYSTEM, action="member.sign_in_refused", subject=subject, now=now)
        return None
    sign_in_delays.forget(session, what.counted)
    if compared.renewed is not None:
        member.password_hash = compared.renewed
    return member


def record_sign_in(session: Session, member: Member, *, now: datetime) -> datetime | None:
    """Record that a member signed in; return when they had signed in before.

    Links that were mailed and not used are worth nothing from now on.
    """
    before, member.signed_in_at = member.signed_in_at, now
    links.kill(session, member, *links.DIE_AT_SIGN_IN, now=now)
    record(session, member, "member.sign_in", now=now)
    return before


def _waits(session: Session, what: Tried, *, at: datetime) -> bool:
    try:
        sign_in_delays.check(session, what.counted, at=at, locked=True)
    except SignInDelayed:
        return True
    return False
