"""The browsers in which a member is signed in, or has just registered.

*at* is the time on real clocks, whatever day a trial plays. A session that ended by itself stays for a day, so that
what is posted late is still known to be that member's.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callcenter.models.base import new_id
from callcenter.models.members.accounts import Member, MemberSession

LONGEST = timedelta(hours=12)
"""After so long everybody signs in anew."""
REGISTERING = timedelta(minutes=30)
"""So long after registering the first consultation can be written without a link."""
KEPT = timedelta(days=1)
"""So long after a session ended by itself what is posted is still kept for its member."""


@dataclass(frozen=True)
class SignedInMember:
    """Whose session a request belongs to, independent of any database session; ``id`` is the member's."""

    id: str
    session_id: str
    ends_at: datetime
    """When the session ends, or ended, without a further sign of life."""
    seen_at: datetime
    over: bool
    registering: bool


def begin(session: Session, member: Member, *, at: datetime, registering: bool = False) -> str:
    """Begin a session of *member*, and return its token, which is stored nowhere."""
    session.execute(delete(MemberSession).where(MemberSession.seen_at < at - LONGEST - KEPT))
    token = secrets.token_urlsafe(32)
    row = MemberSession(
        id=new_id(), member_id=member.id, token_hash=_hashed(token), registering=registering, began_at=at, seen_at=at
    )
    session.add(row)
    return token


def find(session: Session, token: str, *, idle: timedelta, at: datetime) -> SignedInMember | None:
    """Return the session of *token*: running, or ended by itself less than a day ago; None for any other."""
    row = session.scalar(select(MemberSession).where(MemberSession.token_hash == _hashed(token)))
    if row is None:
        return None
    ends = row.began_at + REGISTERING if row.registering else min(row.seen_at + idle, row.began_at + LONGEST)
    ends = min(ends, row.over_at or ends)
    if at >= ends + KEPT:
        return None
    return SignedInMember(row.member_id, row.id, ends, row.seen_at, at >= ends, row.registering)


def note_seen(session: Session, found: SignedInMember, *, at: datetime) -> None:
    """Store that the browser did something just now."""
    session.execute(update(MemberSession).where(MemberSession.id == found.session_id).values(seen_at=at))


def note_over(session: Session, found: SignedInMember) -> None:
    """Store that a session ended by itself, so that nothing brings it back."""
    row = update(MemberSession).where(MemberSession.id == found.session_id, MemberSession.over_at.is_(None))
    session.execute(row.values(over_at=found.ends_at))


def end(session: Session, token: str) -> None:
    """End one session at its member's wish; what is posted afterwards is nobody's."""
    session.execute(delete(MemberSession).where(MemberSession.token_hash == _hashed(token)))


def end_all(session: Session, member: Member, *, but: str | None = None) -> None:
    """End every session of a member, except the one of that id."""
    mine = delete(MemberSession).where(MemberSession.member_id == member.id)
    session.execute(mine if but is None else mine.where(MemberSession.id != but))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
