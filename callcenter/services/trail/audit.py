"""The audit trail: writing entries and checking their chain.

``record`` may be called at any moment of a transaction; the entries take their places in the chain
when it commits. So the chain's head is the last lock a transaction takes and is held for the commit
alone: no two transactions wait for each other in a circle, and a busy line is not serialised.
What is rolled back, wholly or to a savepoint, leaves no entry.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, SessionTransaction

from callcenter.crypto import chain_hash, derive_key
from callcenter.domain.trail.audit_heads import Head
from callcenter.models.base import PendingEntry, info
from callcenter.models.keys import DataKey, ring_of
from callcenter.models.trail.audit import ActorKind, AuditEntry, AuditHead

BEFORE_ALL = "0" * 64
"""The hash that the first entry follows."""

AT_ONCE = 1000
"""Entries that are read together, and between two words of how far a walk is."""
Progress = Callable[[int, int], object]

_ENTER = insert(cast(Table, AuditEntry.__table__))
_MOVE = update(AuditHead)
_LAST = select(AuditHead.seq, AuditHead.hash, AuditHead.data_key_id).with_for_update()

_chain_keys: dict[str, bytes] = {}
"""By data key, for this process."""

CODE = re.compile(r"[A-Za-z0-9_.:@-]{0,64}")


class NotACode(ValueError):
    """Raised when a fact is a free text or a telephone number; the trail keeps codes, ids and counts only."""


class NotAtomic(RuntimeError):
    """Raised when an act is recorded in a transaction that is never committed."""


@dataclass(frozen=True)
class Actor:
    """Who did it; the id is a staff id, or None where the kind says all."""

    kind: ActorKind
    id: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
OPERATOR = Actor(ActorKind.OPERATOR)


def unheard(_done: int, _total: int) -> None:
    """Do nothing, where nobody waits for the progress of a check."""


def staff_member(staff_id: str) -> Actor:
    return Actor(ActorKind.STAFF, staff_id)


@dataclass(frozen=True)
class Subject:
    """What it was done to, such as ``Subject("consultation", id)``."""

    kind: str
    id: str | None = None


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    subject: Subject,
    facts: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Record an act in the transaction of what it describes; *facts* are codes, ids, counts or lists of codes."""
    if session.connection().get_execution_options().get("reading"):
        raise NotAtomic("an audited act needs a transaction that is committed, not reading()")
    ring_of(session)  # better to fail here than at the commit
    row = {
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": _code(actor.id),
        "action": _code(action),
        "subject_kind": _code(subject.kind),
        "subject_id": _code(subject.id),
        "facts": {str(_code(name)): _fact(value) for name, value in (facts or {}).items()},
    }
    info(session).audited.append(PendingEntry(row, tuple(_transactions(session))))


def head(session: Session) -> Head | None:
    """Return where the chain ends now, to be kept outside; None before the first entry."""
    row = session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return None if row is None else Head(row.seq, row.hash)


def verify(session: Session, *exported: Head, progress: Progress = unheard) -> int | None:
    """Return the ``seq`` of the first entry that was changed, removed, moved or cut off, or None.

    Without *exported* heads an attacker who can also write the head row could cut the newest entries off
    unseen; with them, everything up to the newest exported head is proven. *progress* hears how many entries are
    behind, of how many.
    """
    # One statement, one moment: entries that others add while we walk lie beyond it.
    newest = select(func.max(AuditEntry.seq)).scalar_subquery()
    end = session.execute(select(AuditHead.seq, AuditHead.hash, AuditHead.data_key_id, newest)).one_or_none()
    if end is None:
        lost = bool(exported) or session.scalar(select(AuditEntry.seq).limit(1)) is not None
        return 1 if lost else None
    known = {int(end.seq): str(end.hash)}
    for head_outside in exported:
        if known.setdefault(head_outside.seq, head_outside.hash) != head_outside.hash:
            known[head_outside.seq] = ""  # two heads that contradict one another: no entry can be both
    bad = _walk(session, _chain_key(session, end.data_key_id), int(end.seq), known, progress)
    if bad is None and end[3] is not None and end[3] > end.seq:
        return int(end.seq) + 1  # an entry beyond the head
    return bad


def _walk(session: Session, key: bytes, last: int, known: Mapping[int, str], progress: Progress) -> int | None:
    """Check the chain up to its *last* entry and the *known* heads on the way."""
    expected, previous = 1, BEFORE_ALL
    query = select(AuditEntry).where(AuditEntry.seq <= last).order_by(AuditEntry.seq)
    options = {"yield_per": AT_ONCE, "populate_existing": True}
    progress(0, last)
    with closing(session.scalars(query.execution_options(**options))) as entries:
        for entry in entries:
            whole = chain_hash(key, previous, _canonical(_row_of(entry)))
            if (
                entry.seq != expected
                or entry.previous_hash != previous
                or not hmac.compare_digest(whole, entry.hash)
                or known.get(entry.seq, entry.hash) != entry.hash
            ):
                return expected
            expected, previous = expected + 1, entry.hash
            if entry.seq % AT_ONCE == 0:
                progress(entry.seq, last)
    return expected if max(known, default=0) >= expected else None


@event.listens_for(Session, "before_commit")
def _chain_pending(session: Session) -> None:
    """Chain the transaction's entries; the release of a savepoint is not yet the commit."""
    if session.in_nested_transaction():
        return
    pending, info(session).audited = info(session).audited, []
    if not pending:
        return
    session.flush()  # every other lock of the transaction is taken before the head's
    seq, previous, data_key_id = _lock_head(session)
    key = _chain_key(session, data_key_id)
    rows = []
    for entry in pending:
        seq += 1
        row = entry.row | {"seq": seq, "previous_hash": previous}
        previous = chain_hash(key, previous, _canonical(row))
        rows.append(row | {"hash": previous})
    connection = session.connection()
    connection.execute(_ENTER, rows)
    connection.execute(_MOVE, {"seq": seq, "hash": previous})


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(session: Session, undone: SessionTransaction) -> None:
    """Drop entries recorded inside a transaction or savepoint that is rolled back."""
    info(session).audited = [entry for entry in info(session).audited if undone not in entry.within]


def _transactions(session: Session) -> Iterable[SessionTransaction]:
    transaction = session.get_nested_transaction() or session.get_transaction()
    while transaction is not None:
        yield transaction
        transaction = transaction.parent


def _lock_head(session: Session) -> tuple[int, str, str]:
    """Lock the end of the chain; on SQLite the writer's transaction is the lock."""
    row = session.connection().execute(_LAST).one_or_none()
    if row is None:
        _begin_chain(session)
        row = session.connection().execute(_LAST).one()
    return row.seq, row.hash, row.data_key_id


def _begin_chain(session: Session) -> None:
    """Create the head and its key; if another transaction was first, its head is used."""
    try:
        with session.begin_nested():
            key = DataKey.fresh(ring_of(session))
            session.add(key)
            session.flush()
            session.execute(insert(AuditHead).values(id=1, seq=0, hash=BEFORE_ALL, data_key_id=key.id))
    except IntegrityError:
        return


def _chain_key(session: Session, data_key_id: str) -> bytes:
    """Return the key the chain is hashed with; it never changes, so a process reads it once."""
    key = _chain_keys.get(data_key_id)
    if key is None:
        key = derive_key(session.get_one(DataKey, data_key_id).unwrap(ring_of(session)), "audit chain")
        _chain_keys[data_key_id] = key
    return key


def _row_of(entry: AuditEntry) -> dict[str, Any]:
    names = ("seq", "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "facts", "previous_hash")
    return {name: getattr(entry, name) for name in names}


def _canonical(row: Mapping[str, Any]) -> bytes:
    """Return the bytes an entry is hashed as, the same on both databases and in every version."""
    plain = {name: value for name, value in row.items() if name != "previous_hash"}
    plain["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    plain["actor_kind"] = ActorKind(row["actor_kind"]).value
    return json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _fact(value: Any) -> Any:
    """Return a count, a code or a list of codes as it is, or raise ``NotACode``."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_code(item) for item in value]
    return _code(value)


def _code(value: object) -> str | None:
    """Return a code, id or date as it is; raise ``NotACode`` for a sentence or a telephone number."""
    if value is None:
        return None
    if not isinstance(value, str) or not CODE.fullmatch(value) or _is_like_a_number(value):
        raise NotACode("an audit fact must be a code, an id or a count")
    return value


def _is_like_a_number(value: str) -> bool:
    digits = value.replace("-", "")
    return digits.isdigit() and 9 <= len(digits) <= 15
