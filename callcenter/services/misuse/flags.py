"""Flags and blocks on numbers that misuse the line, found again by a keyed hash and ended in time.

The number itself is opened here and nowhere shown; what is kept of it is its hash under the key ring, and only while
the flag lives. A flag knows neither call nor record, so nobody is ever found by a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, open_number
from callcenter.domain.access.permissions import Action, check
from callcenter.domain.calendar.times import local_date
from callcenter.domain.duty.presence import Work
from callcenter.domain.misuse.flags import (
    Appeal,
    FlagKind,
    FlagOver,
    Misuse,
    NotOnePersons,
    NotTheCallAtHand,
    NumberForgotten,
    check_markable,
    last_day,
)
from callcenter.domain.phone_numbers import kind_without_number, spelled_numbers
from callcenter.domain.policy import Policy
from callcenter.models.base import new_id
from callcenter.models.calls.calls import Call, Offer, Presence
from callcenter.models.keys import ring_of
from callcenter.models.misuse import NumberFlag
from callcenter.models.staff.accounts import Staff
from callcenter.services.delivery import live
from callcenter.services.staff import accounts
from callcenter.services.trail import audit
from callcenter.services.trail.audit import SYSTEM, Subject, staff_member

PURPOSE = "flagged number"


def _living(kind: FlagKind, hashes: BindParameter[Sequence[bytes]], today: BindParameter[date]) -> ColumnElement[bool]:
    return (NumberFlag.kind == kind) & NumberFlag.number_hash.in_(hashes) & (NumberFlag.until >= today)


BLOCKED = (
    select(NumberFlag.id)
    .where(_living(FlagKind.BLOCK, bindparam("number_hashes", expanding=True), bindparam("today")))
    .exists()
)
"""Whether the caller's number is blocked; part of the admission check, with ``admission_parameters``."""

_OF_NUMBER = (
    select(NumberFlag)
    .where(_living(FlagKind.FLAG, bindparam("number_hashes", expanding=True), bindparam("today")))
    .order_by(NumberFlag.until.desc())
    .limit(1)
)


_IS_FLAGGED = select(_OF_NUMBER.with_only_columns(NumberFlag.id).exists())


def admission_parameters(session: Session, e164: str | None, now: datetime) -> dict[str, object]:
    """Return the parameters of ``BLOCKED`` for a caller; one without a number is never blocked."""
    hashes = [] if e164 is None else ring_of(session).blind_indexes(PURPOSE, e164)
    return {"number_hashes": hashes, "today": local_date(now)}


def is_nobodys(session: Session, number: str, policy: Policy) -> bool:
    """Return whether *number* is none of a caller's own: a word in digits, the line's, or a colleague's telephone.

    Whatever is flagged under such a number, an exchange may show it for anybody; it turns nobody away.
    """
    if number in policy.own_numbers or kind_without_number(number) is not None:
        return True
    return number in accounts.telephones_of_staff(session)


def of_call(session: Session, call: Call, *, now: datetime, policy: Policy) -> NumberFlag | None:
    """Return the flag in force on the number behind a call, if there is one."""
    number = _number_of(session, call)
    if number is None:
        return None
    found = session.scalar(_OF_NUMBER, admission_parameters(session, number, now))
    return None if found is None or is_nobodys(session, number, policy) else found


def is_flagged(session: Session, call: Call, *, now: datetime, policy: Policy) -> bool:
    """Return whether a flag is in force on the number behind a call."""
    number = _number_of(session, call)
    if number is None:
        return False
    found = session.connection().scalar(_IS_FLAGGED, admission_parameters(session, number, now))
    return bool(found) and not is_nobodys(session, number, policy)


def is_at_hand(session: Session, call: Call, staff: Staff) -> bool:
    """Return whether this is the call that the counsellor is in or is writing up."""
    row = session.get(Presence, staff.id)
    if row is None or row.work not in (Work.CONNECTING, Work.ON_CALL, Work.WRAP_UP):
        return False
    mine = select(Offer.call_id).where(Offer.staff_id == staff.id, Offer.claimed_at.is_not(None))
    return session.scalar(mine.order_by(Offer.claimed_at.desc()).limit(1)) == call.id


def check_can_flag(session: Session, call: Call, *, policy: Policy) -> str:
    """Return the number behind *call*, or raise, with a sentence, why it cannot be flagged."""
    check_markable(call.caller_kind, kept=call.caller_number is not None)
    number = _number_of(session, call)
    if number is None:
        raise NumberForgotten
    if is_nobodys(session, number, policy):
        raise NotOnePersons
    return number


def flag(
    session: Session, call: Call, reason: Misuse, *, days: int, by: Staff, now: datetime, policy: Policy
) -> NumberFlag:
    """Flag the number behind a call for *days*; a flag in force keeps the later end."""
    number = check_can_flag(session, call, policy=policy)
    if not is_at_hand(session, call, by):
        raise NotTheCallAtHand
    until = last_day(local_date(now), days)
    hashes = ring_of(session).blind_indexes(PURPOSE, number)
    old = _locked(session, FlagKind.FLAG, hashes, now)
    if old is None:
        made = _make(session, FlagKind.FLAG, hashes[0], reason, until, by=by, now=now)
        _record(session, made, "flag.add", by=by, now=now, days=days)
        return made
    old.reason, old.made_by, old.made_at, old.times = reason, by.id, now, old.times + 1
    old.until = max(old.until, until)
    _record(session, old, "flag.renew", by=by, now=now, days=days)
    return old


def block(
    session: Session, flag_id: str, reason: Misuse, *, days: int, by: Staff, now: datetime, policy: Policy
) -> NumberFlag:
    """Block the flagged number for *days*; only a supervisor may, and only while the flag is in force."""
    check(by.role, Action.TURN_AWAY)
    until = last_day(local_date(now), days)
    flagged = session.get(NumberFlag, flag_id, with_for_update=True)
    if flagged is None or flagged.kind is not FlagKind.FLAG or flagged.until < local_date(now):
        raise FlagOver
    if flagged.number_hash is None:
        raise FlagOver
    if flagged.number_hash in _nobodys_hashes(session, policy):
        raise NotOnePersons
    old = _locked(session, FlagKind.BLOCK, [flagged.number_hash], now)
    if old is None:
        old = _make(session, FlagKind.BLOCK, flagged.number_hash, reason, until, by=by, now=now)
        old.ring_key_id = flagged.ring_key_id
    else:
        old.reason, old.until, old.made_by, old.made_at = reason, until, by.id, now
    flagged.until = max(flagged.until, until)  # when the block ends, counsellors are still told
    _record(session, old, "block.set", by=by, now=now, days=days)
    return old


def lift(session: Session, flag_id: str, *, by: Staff, now: datetime) -> NumberFlag:
    """End a flag or block early and delete its hash. Lifting twice is lifting once."""
    check(by.role, Action.TURN_AWAY)
    found = session.get(NumberFlag, flag_id, with_for_update=True)
    if found is None:
        raise FlagOver
    if found.number_hash is not None:
        found.number_hash, found.ended_at, found.lifted_by = None, now, by.id
        _record(session, found, f"{found.kind}.lift", by=by, now=now)
    return found


def appeal(session: Session, flag_id: str, decision: Appeal, *, by: Staff, now: datetime) -> NumberFlag:
    """Store an objection to a block and its decision, and carry that out; ``FlagOver`` if the block has ended."""
    check(by.role, Action.TURN_AWAY)
    found = session.get(NumberFlag, flag_id, with_for_update=True)
    if found is None or found.kind is not FlagKind.BLOCK or found.number_hash is None or found.until < local_date(now):
        raise FlagOver
    found.appealed_at, found.appeal, found.appeal_by = now, decision, by.id
    if decision is Appeal.UNTIL_TODAY:
        found.until = local_date(now)
    _record(session, found, "block.appeal", by=by, now=now, decision=decision.value)
    return lift(session, flag_id, by=by, now=now) if decision is Appeal.LIFTED else found


def living(session: Session, *, now: datetime) -> list[NumberFlag]:
    """Return every flag and block in force, blocks first, then by their end."""
    query = select(NumberFlag).where(NumberFlag.number_hash.is_not(None), NumberFlag.until >= local_date(now))
    return list(session.scalars(query.order_by(NumberFlag.kind, NumberFlag.until, NumberFlag.id)))


def forget(session: Session, *, now: datetime, policy: Policy) -> int:
    """Delete the hashes of flags whose last day is over, or whose number is nobody's; return how many there were."""
    if session.scalar(select(NumberFlag.id).where(NumberFlag.number_hash.is_not(None)).limit(1)) is None:
        return 0
    ended = (NumberFlag.until < local_date(now)) | NumberFlag.number_hash.in_(_nobodys_hashes(session, policy))
    over = NumberFlag.number_hash.is_not(None) & ended
    gone = session.execute(
        update(NumberFlag).where(over).values(number_hash=None, ended_at=now).returning(NumberFlag.id)
    ).all()
    if gone:
        subject = Subject("number_flag")
        audit.record(session, actor=SYSTEM, action="flag.expire", subject=subject, facts={"ended": len(gone)}, now=now)
    return len(gone)


def count_unrecognisable(session: Session, *, now: datetime) -> int:
    """Return how many flags in force no key of the ring can match with a number any more."""
    known = {key_id for key_id, _ in ring_of(session).keys}
    return sum(found.ring_key_id not in known for found in living(session, now=now))


def _nobodys_hashes(session: Session, policy: Policy) -> set[bytes]:
    """Return the hashes under which a number that is nobody's may be flagged."""
    numbers = [*spelled_numbers(), *policy.own_numbers, *accounts.telephones_of_staff(session)]
    return {found for number in numbers for found in ring_of(session).blind_indexes(PURPOSE, number)}


def _number_of(session: Session, call: Call) -> str | None:
    """Return the number behind a call; None if it is not kept, or its key has left the ring."""
    if call.caller_number is None:
        return None
    try:
        return open_number(ring_of(session), "calls", call.id, call.caller_number)
    except KeyMissing:
        return None


def _locked(session: Session, kind: FlagKind, hashes: Sequence[bytes], now: datetime) -> NumberFlag | None:
    """Return the number's flag of that kind in force, locked; an expired one is deleted here."""
    query = select(NumberFlag).where(NumberFlag.kind == kind, NumberFlag.number_hash.in_(hashes)).with_for_update()
    found = session.scalar(query)
    if found is None or found.until >= local_date(now):
        return found
    found.number_hash, found.ended_at = None, now
    session.flush()  # the database allows the new one only now
    return None


def _make(
    session: Session, kind: FlagKind, number_hash: bytes, reason: Misuse, until: date, *, by: Staff, now: datetime
) -> NumberFlag:
    row = NumberFlag(
        id=new_id(),
        kind=kind,
        number_hash=number_hash,
        ring_key_id=ring_of(session).current_id,
        reason=reason,
        made_by=by.id,
        made_at=now,
        until=until,
    )
    try:
        with session.begin_nested():  # the database allows one living flag of a kind for each number
            session.add(row)
    except IntegrityError:
        same = (NumberFlag.kind == kind) & (NumberFlag.number_hash == number_hash)
        return session.scalars(select(NumberFlag).where(same)).one()
    return row


def _record(session: Session, row: NumberFlag, action: str, *, by: Staff, now: datetime, **facts: int | str) -> None:
    facts_of_it = {"reason": row.reason.value, "until": row.until.isoformat()} | facts
    subject = Subject("number_flag", row.id)
    audit.record(session, actor=staff_member(by.id), action=action, subject=subject, facts=facts_of_it, now=now)
    live.publish(session, live.LINE, now=now)
