"""The browsers that are signed in, each with a token of its own.

*at* is the time on real clocks, whatever day a trial plays. How long a session lasts without activity is counted in
the browser's signed cookie; a row here only says that it was not ended.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from callcenter.models.base import new_id
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import BrowserSession
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Subject, staff_member

KEPT = timedelta(days=1)
"""A row that was not seen for so long is of no session any more."""


def begin(session: Session, staff: Staff, browser: str, *, since: datetime, at: datetime) -> str:
    """Begin a session of *staff* in a *browser* of that kind, and return its token, which is stored nowhere."""
    session.execute(delete(BrowserSession).where(BrowserSession.seen_at < at - KEPT))
    token = secrets.token_urlsafe(32)
    row = BrowserSession(
        id=new_id(), staff_id=staff.id, token_hash=_hashed(token), browser=browser, began_at=since, seen_at=at
    )
    session.add(row)
    return token


def staff_of(session: Session, token: str) -> Staff | None:
    """Return the active account of a session that was not ended."""
    query = select(Staff).join(BrowserSession, BrowserSession.staff_id == Staff.id)
    return session.scalar(query.where(BrowserSession.token_hash == _hashed(token), Staff.active))


def note_seen(session: Session, token: str, *, at: datetime) -> None:
    """Store that the browser did something just now."""
    session.execute(update(BrowserSession).where(BrowserSession.token_hash == _hashed(token)).values(seen_at=at))


def sessions_of(session: Session, staff: Staff, *, since: datetime) -> list[BrowserSession]:
    """Return the sessions of an account that were seen *since* then, the last one first."""
    query = select(BrowserSession).where(BrowserSession.staff_id == staff.id, BrowserSession.seen_at >= since)
    return list(session.scalars(query.order_by(BrowserSession.seen_at.desc(), BrowserSession.id)))


def is_of(row: BrowserSession, token: str) -> bool:
    """Return whether *token* is the one of this session."""
    return row.token_hash == _hashed(token)


def end(session: Session, token: str) -> None:
    """End one session, so that a kept copy of its cookie is worth nothing."""
    session.execute(delete(BrowserSession).where(BrowserSession.token_hash == _hashed(token)))


def end_one(session: Session, staff: Staff, session_id: str, *, now: datetime) -> None:
    """End one session of an account, as its owner wishes; one that is over already is none."""
    _end(session, staff, BrowserSession.id == session_id, now)


def end_others(session: Session, staff: Staff, token: str, *, now: datetime) -> None:
    """End every session of an account but that of *token*."""
    _end(session, staff, BrowserSession.token_hash != _hashed(token), now)


def end_all(session: Session, staff: Staff) -> None:
    """End every session of an account, without an entry in the trail."""
    session.execute(delete(BrowserSession).where(BrowserSession.staff_id == staff.id))


def _end(session: Session, staff: Staff, which: ColumnElement[bool], now: datetime) -> None:
    mine = delete(BrowserSession).where(BrowserSession.staff_id == staff.id, which)
    if ended := len(session.scalars(mine.returning(BrowserSession.id)).all()):
        actor, subject, facts = staff_member(staff.id), Subject("staff", staff.id), {"count": ended}
        audit.record(session, actor=actor, action="staff.end_sessions", subject=subject, facts=facts, now=now)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
