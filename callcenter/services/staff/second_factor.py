"""The second factor of an account: app codes, recovery codes, and the reset.

*now* is the service's time, which a trial may set to any day; *at* is the time on real clocks, by which the
apps on people's telephones count.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.crypto import derive_key
from callcenter.domain.errors import HelplineError
from callcenter.domain.staff.second_factor import (
    RECOVERY_CODES,
    CodeUsed,
    IdentityCheck,
    LastFactor,
    ResetReason,
    TooManyMisses,
    WrongCode,
    delay_after,
    made_up,
    plain,
)
from callcenter.models.base import new_id
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.staff.accounts import Staff
from callcenter.models.staff.signin import Passkey, RecoveryCode, SecondFactor
from callcenter.services.delivery import notices
from callcenter.services.staff import accounts
from callcenter.services.staff.authenticators import matching_step, new_secret
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Actor, Subject, staff_member

APP_CODE_LENGTH = 6


class NothingOffered(HelplineError):
    """Raised when no secret waits to be confirmed, for instance because another tab did it."""

    message = "この画面は古くなっています。「ログインの安全設定」を開き直して、もう一度お試しください。"


@dataclass(frozen=True)
class Factors:
    """The factors of an account besides its password."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def any(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def factors_of(session: Session, staff: Staff) -> Factors:
    """Return the second factors of an account."""
    app_since = session.scalar(select(SecondFactor.confirmed_at).where(SecondFactor.staff_id == staff.id))
    passkeys = session.scalars(select(Passkey).where(Passkey.staff_id == staff.id).order_by(Passkey.id)).all()
    left = select(func.count()).where(RecoveryCode.staff_id == staff.id, RecoveryCode.used_at.is_(None))
    return Factors(app_since, tuple(passkeys), session.scalar(left) or 0)


def factors_by_account(session: Session) -> dict[str, tuple[bool, int]]:
    """Return by account whether it has an app, and how many passkeys; only those with a factor."""
    apps = set(session.scalars(select(SecondFactor.staff_id).where(SecondFactor.confirmed_at.is_not(None))))
    counted = select(Passkey.staff_id, func.count()).group_by(Passkey.staff_id)
    keys = {row[0]: int(row[1]) for row in session.execute(counted)}
    return {staff_id: (staff_id in apps, keys.get(staff_id, 0)) for staff_id in apps | set(keys)}


def count_without(session: Session) -> int:
    """Return how many active accounts have a password alone."""
    active = session.scalars(select(Staff.id).where(Staff.active))
    return len(set(active) - set(factors_by_account(session)))


def offer_secret(session: Session, staff: Staff) -> str:
    """Return a secret to be taken into an app: the one that waits already, or a new one."""
    row = _row(session, staff)
    if row.offered is None:
        row.offered = new_secret()
    return row.offered or ""


def offered(session: Session, staff: Staff) -> str | None:
    """Return the secret that waits to be confirmed."""
    row = session.scalar(select(SecondFactor).where(SecondFactor.staff_id == staff.id))
    return None if row is None else row.offered


def confirm(session: Session, staff: Staff, code: str, *, now: datetime, at: datetime) -> None:
    """Make the offered secret the one in force, once its app has shown *code*."""
    row = _row(session, staff)
    if row.offered is None:
        raise NothingOffered
    step = matching_step(row.offered, plain(code), at)
    if step is None:
        raise WrongCode
    row.secret, row.offered = row.offered, None
    row.confirmed_at, row.last_step, row.misses, row.wait_until = now, step, 0, None
    _note(session, staff, "staff.app_add", now)


def remove_app(session: Session, staff: Staff, *, required: bool, now: datetime) -> None:
    """Remove the app; ``LastFactor`` if a factor is *required* and no other is there."""
    row = _row(session, staff)
    if row.secret is not None:
        check_not_last(factors_of(session, staff), required=required, leaving=1)
        row.secret = row.offered = row.confirmed_at = row.last_step = None
        _note(session, staff, "staff.app_remove", now)
        forget_codes_without_factor(session, staff)


def check(session: Session, staff: Staff, typed: str, *, now: datetime, at: datetime) -> str:
    """Check a code of the app or a recovery code, and return which (``app``, ``recovery``).

    Raises ``WrongCode``, ``CodeUsed`` or ``TooManyMisses``; commit then as well, for the count and the trail.
    """
    row, code = _row(session, staff), plain(typed)
    if row.wait_until is not None and row.wait_until > at:
        raise TooManyMisses(row.wait_until - at)
    try:
        how = "app" if _is_app_code(code) else "recovery"
        _take_app_code(row, code, at) if how == "app" else _take_recovery_code(session, row, code, now)
    except (WrongCode, CodeUsed):
        row.misses += 1
        delay = delay_after(row.misses)
        row.wait_until = at + delay if delay else None
        facts = {"misses": row.misses}
        audit.record(session, actor=SYSTEM, action="staff.code_refused", subject=_subject(staff), facts=facts, now=now)
        raise
    row.misses, row.wait_until = 0, None
    if how == "recovery":
        left = factors_of(session, staff).codes_left
        _note(session, staff, "staff.recovery_code", now, left=left)
    return how


def new_codes(session: Session, staff: Staff, *, now: datetime) -> list[str]:
    """Replace the recovery codes by ten new ones, which are shown this once."""
    row = _row(session, staff)
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    codes = [made_up() for _ in range(RECOVERY_CODES)]
    for code in codes:
        digest = _digest(session, row, plain(code))
        session.add(RecoveryCode(id=new_id(), staff_id=staff.id, digest=digest, made_at=now))
    _note(session, staff, "staff.recovery_codes", now)
    return codes


def reset(
    session: Session, staff: Staff, reason: ResetReason, checked: IdentityCheck, *, by: Actor, now: datetime
) -> None:
    """Remove every second factor of somebody who lost theirs; the next sign-in asks for a new one.

    Who is told: the other supervisors and administrators, since from here the password alone opens the account.
    """
    row = _locked(session, staff)
    if row is not None:
        row.data_key.destroy(now)
        session.delete(row)
    for table in (Passkey, RecoveryCode):
        session.execute(delete(table).where(table.staff_id == staff.id))
    staff.second_factor_by = now
    accounts.end_sessions(session, staff)
    facts = {"reason": reason.value, "checked": checked.value}
    audit.record(session, actor=by, action="staff.factor_reset", subject=_subject(staff), facts=facts, now=now)
    notices.notify_decision_makers(session, "staff.factor_reset", staff.id, by=by.id, now=now)


def check_not_last(factors: Factors, *, required: bool, leaving: int) -> None:
    """Raise ``LastFactor`` if the only factor would go where one is required."""
    if required and (factors.app_since is not None) + len(factors.passkeys) <= leaving:
        raise LastFactor


def forget_codes_without_factor(session: Session, staff: Staff) -> None:
    """Delete the recovery codes of an account that has no factor left."""
    session.flush()
    if not factors_of(session, staff).any:
        session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


def _is_app_code(code: str) -> bool:
    return len(code) == APP_CODE_LENGTH and code.isdigit()


def _take_app_code(row: SecondFactor, code: str, at: datetime) -> None:
    step = None if row.secret is None else matching_step(row.secret, code, at)
    if step is None:
        raise WrongCode
    if row.last_step is not None and step <= row.last_step:
        raise CodeUsed
    row.last_step = step


def _take_recovery_code(session: Session, row: SecondFactor, code: str, now: datetime) -> None:
    digest = _digest(session, row, code)
    for known in session.scalars(select(RecoveryCode).where(RecoveryCode.staff_id == row.staff_id)):
        if hmac.compare_digest(known.digest, digest):
            if known.used_at is not None:
                raise CodeUsed("この予備コードは、もう使われています。ほかのコードを入れてください。")
            known.used_at = now
            return
    raise WrongCode


def _digest(session: Session, row: SecondFactor, code: str) -> bytes:
    """Return the hash of a recovery code under the account's own data key."""
    key = derive_key(row.data_key.unwrap(ring_of(session)), "recovery codes")
    return hmac.digest(key, code.encode(), "sha256")


def _locked(session: Session, staff: Staff) -> SecondFactor | None:
    query = select(SecondFactor).where(SecondFactor.staff_id == staff.id).with_for_update(of=SecondFactor)
    return session.scalar(query, execution_options={"populate_existing": True})


def _row(session: Session, staff: Staff) -> SecondFactor:
    """Return the account's row, locked; it is created on first use."""
    found = _locked(session, staff)
    if found is not None:
        return found
    accounts.lock(session, staff)  # whoever else makes it waits here, and then finds it
    found = _locked(session, staff)
    if found is None:
        key = DataKey.fresh(ring_of(session))
        session.add(key)
        found = SecondFactor(id=new_id(), staff_id=staff.id, data_key=key)
        session.add(found)
        session.flush()
    return found


def _note(session: Session, staff: Staff, action: str, now: datetime, **facts: int) -> None:
    audit.record(
        session, actor=staff_member(staff.id), action=action, subject=_subject(staff), facts=facts or None, now=now
    )


def _subject(staff: Staff) -> Subject:
    return Subject("staff", staff.id)
