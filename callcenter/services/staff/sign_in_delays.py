"""Failed sign-ins of a login over all addresses, and the wait that follows.

*at* is the time on real clocks, whatever day a trial plays. A login that does not exist is counted like any other, so
that nobody can tell them apart. A browser that signed in with the login before is counted for itself: a stranger's
guesses never keep the owner waiting there.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.domain.staff.sign_in_delays import FORGOTTEN_AFTER, SignInDelayed, delay_after
from callcenter.models.keys import ring_of
from callcenter.models.staff.signin import SignInMisses


def tried(session: Session, login: str, known_browser: str | None) -> bytes:
    """Return under what tries with a normalised *login* are counted; what was typed cannot be read from it."""
    return ring_of(session).blind_index("sign-in misses", f"{login}\n{known_browser or ''}")


def check(session: Session, key: bytes, *, at: datetime, locked: bool = False) -> None:
    """Raise ``SignInDelayed`` while no password is checked; *locked* holds others back until the transaction ends."""
    row = session.get(SignInMisses, key, with_for_update=True if locked else None, populate_existing=True)
    if row is not None and row.wait_until is not None and row.wait_until > at:
        raise SignInDelayed(row.wait_until - at)


def count_miss(session: Session, key: bytes, *, at: datetime, waits: bool = False) -> None:
    """Count one more failure; what was long ago is forgotten.

    One that came while the login *waits* anyway is noted without being counted, with the same work, so that the time
    it takes does not tell the two apart.
    """
    session.execute(delete(SignInMisses).where(SignInMisses.last_at < at - FORGOTTEN_AFTER))
    row = session.get(SignInMisses, key, with_for_update=True, populate_existing=True) or _first(session, key, at)
    row.last_at = at
    if waits:
        return
    row.misses += 1
    delay = delay_after(row.misses)
    row.wait_until = at + delay if delay else None


def forget(session: Session, key: bytes) -> None:
    """Forget the failures after a right password, or when somebody is helped in."""
    session.execute(delete(SignInMisses).where(SignInMisses.tried == key))


def _first(session: Session, key: bytes, at: datetime) -> SignInMisses:
    row = SignInMisses(tried=key, misses=0, last_at=at)
    try:
        with session.begin_nested():  # another first failure may be as quick
            session.add(row)
    except IntegrityError:
        return session.get_one(SignInMisses, key, with_for_update=True, populate_existing=True)
    return row
