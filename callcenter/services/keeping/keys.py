"""Rotating to a new key of the ring: data keys are wrapped, numbers sealed, flags and members hashed again.

Every step is a transaction of its own and each row says under which key it stands, so a rotation may be interrupted
at any moment and goes on where it stopped. What changes meanwhile is left alone by compare-and-set.

The user numbers of members who are gone stay hashed under the key of their time, as nobody knows them any more. They
only keep a number from being given twice: without that key one of them could be drawn again by a chance of one in a
million millions, and it opens nothing that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, LargeBinary, and_, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from callcenter.crypto import KeyRing, open_number, ring_mark, seal_number
from callcenter.domain.calendar.times import local_date
from callcenter.models.calls.calls import Call
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.members.accounts import Member
from callcenter.models.misuse import NumberFlag
from callcenter.models.staff.accounts import Staff
from callcenter.services.members.accounts import hashes
from callcenter.services.misuse.flags import PURPOSE
from callcenter.services.trail import audit
from callcenter.services.trail.audit import Actor, Subject

AT_ONCE = 500


@dataclass(frozen=True)
class Remaining:
    """What still depends on another key than the ring's first."""

    data_keys: int
    telephones: int
    numbers: int
    """Callers' numbers in the rows of calls."""
    members: int
    """Members whose user number and address are hashed under it."""
    flags: int
    flags_until: date | None
    """The last day of the last such flag; then no flag needs the old key any more."""
    ring_keys: frozenset[str]
    """The ids of the keys that are still needed, as far as the rows say them by themselves."""

    @property
    def movable(self) -> int:
        """Return how much ``rotate`` can move; a flag only if a call still keeps its number."""
        return self.data_keys + self.telephones + self.numbers + self.members


def remaining(session: Session, *, now: datetime) -> Remaining:
    """Return what still needs an older key; reads only."""
    ring = ring_of(session)
    old_flags = _old_flags(ring, local_date(now))
    flags, until = session.execute(select(func.count(), func.max(NumberFlag.until)).where(old_flags)).one()
    wrapped = _old_data_keys(ring)
    named = set(session.scalars(select(DataKey.ring_key_id).where(wrapped).distinct()))
    named |= set(session.scalars(select(NumberFlag.ring_key_id).where(old_flags).distinct()))
    named |= set(session.scalars(select(Member.ring_key_id).where(_old_members(ring)).distinct()))
    return Remaining(
        data_keys=_count(session, wrapped),
        telephones=_count(session, _old_seal(ring, Staff.phone_sealed)),
        numbers=_count(session, _old_seal(ring, Call.caller_number)),
        members=_count(session, _old_members(ring)),
        flags=flags,
        flags_until=until,
        ring_keys=frozenset(named),
    )


def rotate(session: Session, *, by: Actor, now: datetime, at_most: int = AT_ONCE) -> int:
    """Move up to *at_most* rows to the ring's first key, and return how many there were.

    Called again, each time in a transaction of its own, until it returns 0. Only then, and once ``rehash_flags``
    has left none, may the old key leave the ring. Raises ``KeyMissing`` if a row needs a key that is not there.
    """
    ring = ring_of(session)
    moved = {"data_keys": _rewrap(session, ring, at_most)}
    moved["telephones"] = _reseal(session, ring, Staff, Staff.phone_sealed, at_most - sum(moved.values()))
    moved["numbers"] = _reseal(session, ring, Call, Call.caller_number, at_most - sum(moved.values()))
    moved["members"] = _rehash_members(session, ring, at_most - sum(moved.values()))
    total = sum(moved.values())
    if total:
        facts = {**moved, "moved": total, "to": ring.current_id}
        audit.record(session, actor=by, action="keys.rotate", subject=Subject("data_key"), facts=facts, now=now)
    return total


def recognise_flags(session: Session, *, now: datetime) -> dict[str, bytes]:
    """Return the hash under the first key for each flag of an older key whose number a call still keeps.

    A flag knows no number; it is found by hashing the kept numbers under the older keys. Only reads.
    """
    ring, found = ring_of(session), dict[str, bytes]()
    flags = session.scalars(select(NumberFlag).where(_old_flags(ring, local_date(now)))).all()
    if not flags:
        return found
    by_hash: dict[bytes | None, list[str]] = {}
    for flag in flags:
        by_hash.setdefault(flag.number_hash, []).append(flag.id)
    kept = select(Call.id, Call.caller_number).where(Call.caller_number.is_not(None))
    for call_id, sealed in session.execute(kept.execution_options(yield_per=AT_ONCE)):
        new, *old = ring.blind_indexes(PURPOSE, open_number(ring, "calls", call_id, sealed or b""))
        found.update((flag_id, new) for hashed in old for flag_id in by_hash.get(hashed, ()))
    return found


def rehash_flags(session: Session, recognised: Mapping[str, bytes], *, by: Actor, now: datetime) -> int:
    """Store the hashes from ``recognise_flags``; a flag that ended or was lifted meanwhile is skipped."""
    ring = ring_of(session)
    changed = sum(_rehash(session, ring, flag_id, hashed) for flag_id, hashed in sorted(recognised.items()))
    if changed:
        facts = {"flags": changed, "to": ring.current_id}
        audit.record(session, actor=by, action="keys.rehash", subject=Subject("number_flag"), facts=facts, now=now)
    return changed


def _rehash(session: Session, ring: KeyRing, flag_id: str, hashed: bytes) -> int:
    flag = session.get(NumberFlag, flag_id, with_for_update=True, populate_existing=True)
    if flag is None or flag.number_hash is None or flag.ring_key_id == ring.current_id:
        return 0
    same = (NumberFlag.number_hash == hashed) & (NumberFlag.kind == flag.kind)
    twin = session.scalar(select(NumberFlag).where(same))
    if twin is not None:  # made by a process that did not know the older key; the later end holds
        twin.until = max(twin.until, flag.until)
        flag.number_hash = None
    else:
        flag.number_hash, flag.ring_key_id = hashed, ring.current_id
    session.flush()
    return 1


def _rewrap(session: Session, ring: KeyRing, at_most: int) -> int:
    query = select(DataKey).where(_old_data_keys(ring)).order_by(DataKey.id).limit(at_most).with_for_update()
    keys = session.scalars(query).all()
    for key in keys:
        key.rewrap(ring)
    return len(keys)


def _reseal(
    session: Session,
    ring: KeyRing,
    table: type[Staff] | type[Call],
    column: InstrumentedAttribute[bytes | None],
    at_most: int,
) -> int:
    """Seal numbers again; one that was changed or forgotten meanwhile is skipped."""
    if at_most <= 0:
        return 0
    query = select(table.id, column).where(_old_seal(ring, column)).order_by(table.id).limit(at_most)
    old = session.execute(query).all()
    for row_id, sealed in old:
        number = open_number(ring, table.__tablename__, row_id, sealed or b"")
        still = (table.id == row_id) & (column == sealed)
        anew = seal_number(ring, table.__tablename__, row_id, number)
        session.execute(update(table).where(still).values({column: anew}))
    return len(old)


def _rehash_members(session: Session, ring: KeyRing, at_most: int) -> int:
    """Hash numbers and addresses again; both are read with the member's own data key."""
    if at_most <= 0:
        return 0
    query = select(Member).where(_old_members(ring)).order_by(Member.id).limit(at_most).with_for_update(of=Member)
    members = session.scalars(query.execution_options(populate_existing=True)).all()
    for member in members:
        hashes.renew(session, member)
    return len(members)


def _old_data_keys(ring: KeyRing) -> ColumnElement[bool]:
    return and_(DataKey.ring_key_id != ring.current_id, DataKey.wrapped.is_not(None))


def _old_members(ring: KeyRing) -> ColumnElement[bool]:
    return Member.ring_key_id != ring.current_id


def _old_flags(ring: KeyRing, today: date) -> ColumnElement[bool]:
    living = and_(NumberFlag.number_hash.is_not(None), NumberFlag.until >= today)
    return and_(living, NumberFlag.ring_key_id != ring.current_id)


def _old_seal(ring: KeyRing, column: InstrumentedAttribute[bytes | None]) -> ColumnElement[bool]:
    mark = ring_mark(ring.current_id)
    return and_(column.is_not(None), func.substr(column, 1, len(mark)) != literal(mark, LargeBinary))


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(which)) or 0
