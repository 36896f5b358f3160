"""The trail: whoever changes, removes, moves or cuts off an entry is found out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from callcenter.crypto import KeyMissing, KeyRing
from callcenter.domain.trail.audit_heads import Head
from callcenter.models.engines import READING, connect
from callcenter.models.keys import DataKey, lend_ring
from callcenter.models.trail.audit import ActorKind, AuditEntry, AuditHead
from callcenter.services.trail import audit
from callcenter.services.trail.audit import OPERATOR, Actor, NotACode, NotAtomic, Subject, staff_member
from tests.integration.conftest import new_session

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)

TRIGGERS_OFF = {
    "sqlite": ("DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"),
    "postgresql": ("ALTER TABLE audit_entries DISABLE TRIGGER ALL",),
}


def write(session: Session, count: int = 1, action: str = "case.open", **facts: Any) -> None:
    for number in range(count):
        subject = Subject("case", f"{number:032x}")
        audit.record(session, actor=staff_member("s1"), action=action, subject=subject, facts=facts, now=NOW)


def chain_of(session: Session, count: int) -> Head:
    """Write *count* entries in commits of one, and return the head as it would be kept outside."""
    for number in range(count):
        write(session, version=number, field="story")
        session.commit()
    session.rollback()
    head = audit.head(session)
    assert head is not None
    return head


def take_triggers_off(session: Session) -> None:
    for statement in TRIGGERS_OFF[session.get_bind().dialect.name]:
        session.execute(text(statement))


def test_an_untouched_chain_is_whole(session: Session) -> None:
    head = chain_of(session, 5)
    assert head.seq == 5
    assert audit.verify(session, head) is None


def test_an_empty_chain_is_whole(session: Session) -> None:
    assert audit.verify(session) is None
    assert audit.head(session) is None


ALTERATIONS: list[dict[str, Any]] = [
    {"at": NOW + timedelta(microseconds=1)},
    {"actor_kind": ActorKind.OPERATOR},
    {"actor_id": "s2"},
    {"action": "case.close"},
    {"subject_kind": "person"},
    {"subject_id": None},
    {"facts": {"version": 99, "field": "story"}},
    {"previous_hash": "0" * 63 + "1"},
    {"hash": "0" * 63 + "1"},
]


def test_any_altered_entry_is_the_first_bad_one(session: Session) -> None:
    chain_of(session, 5)
    for seq in range(1, 6):
        for alteration in ALTERATIONS:
            take_triggers_off(session)
            session.execute(update(AuditEntry).where(AuditEntry.seq == seq).values(alteration))
            assert audit.verify(session) == seq, (seq, alteration)
            session.rollback()


def test_a_removed_entry_is_named(session: Session) -> None:
    chain_of(session, 5)
    for seq in range(1, 6):
        take_triggers_off(session)
        session.execute(delete(AuditEntry).where(AuditEntry.seq == seq))
        assert audit.verify(session) == seq
        session.rollback()


def test_a_removed_entry_is_named_even_if_the_rest_moves_up(session: Session) -> None:
    chain_of(session, 5)
    take_triggers_off(session)
    session.execute(delete(AuditEntry).where(AuditEntry.seq == 3))
    for seq in (4, 5):
        session.execute(update(AuditEntry).where(AuditEntry.seq == seq).values(seq=seq - 1))
    assert audit.verify(session) == 3


def test_two_entries_that_changed_places_are_found(session: Session) -> None:
    chain_of(session, 5)
    take_triggers_off(session)
    for old, new in ((2, 99), (4, 2), (99, 4)):
        session.execute(update(AuditEntry).where(AuditEntry.seq == old).values(seq=new))
    assert audit.verify(session) == 2


def test_entries_cut_off_at_the_end_are_missed_by_the_head(session: Session) -> None:
    chain_of(session, 5)
    take_triggers_off(session)
    session.execute(delete(AuditEntry).where(AuditEntry.seq > 3))
    assert audit.verify(session) == 4


def test_cutting_off_the_head_as_well_is_found_by_the_exported_head(session: Session) -> None:
    exported = chain_of(session, 5)
    take_triggers_off(session)
    session.execute(delete(AuditEntry).where(AuditEntry.seq > 3))
    third = session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == 3)).one()
    session.execute(update(AuditHead).values(seq=3, hash=third))
    assert audit.verify(session) is None  # by itself the database cannot know
    assert audit.verify(session, exported) == 4


def test_a_chain_begun_anew_is_found_by_the_exported_head(session: Session) -> None:
    exported = chain_of(session, 3)
    take_triggers_off(session)
    session.execute(delete(AuditEntry))
    session.execute(delete(AuditHead))
    session.commit()
    assert audit.verify(session, exported) == 1
    chain_of(session, 4)
    assert audit.verify(session, exported) == 3


def test_a_lost_head_is_found(session: Session) -> None:
    chain_of(session, 2)
    session.execute(delete(AuditHead))
    assert audit.verify(session) == 1


def test_an_entry_slipped_in_behind_the_head_is_found(session: Session) -> None:
    chain_of(session, 2)
    row = {c.name: getattr(session.get_one(AuditEntry, 2), c.name) for c in AuditEntry.__table__.columns}
    session.add(AuditEntry(**row | {"seq": 3}))
    session.flush()
    assert audit.verify(session) == 3


def test_the_database_itself_refuses_a_change_or_removal(session: Session) -> None:
    chain_of(session, 1)
    for act in (update(AuditEntry).values(action="x"), delete(AuditEntry)):
        with pytest.raises(DatabaseError, match="never"):
            session.execute(act)
        session.rollback()


def test_an_entry_lives_and_dies_with_its_transaction(session: Session) -> None:
    write(session)
    session.rollback()
    write(session, action="case.close")
    session.commit()
    assert session.scalars(select(AuditEntry.action)).all() == ["case.close"]


def test_an_entry_of_an_undone_savepoint_is_not_kept(session: Session) -> None:
    write(session, action="outer")
    with session.begin_nested():
        write(session, action="kept")
    savepoint = session.begin_nested()
    write(session, action="undone")
    with session.begin_nested():
        write(session, action="undone.deeper")
    savepoint.rollback()
    write(session, action="after")
    session.commit()
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all() == ["outer", "kept", "after"]
    assert audit.verify(session) is None


def test_a_reading_transaction_cannot_pretend_to_record(session: Session) -> None:
    session.connection(execution_options=READING)
    with pytest.raises(NotAtomic):
        write(session)


def test_without_a_ring_nothing_is_recorded(engine: Engine) -> None:
    with Session(engine) as bare, pytest.raises(KeyMissing):
        write(bare)


NO_FACTS: list[Any] = [
    "今日はつらいです",
    "two words",
    "+819012345678",
    "09012345678",
    "03-1234-5678",
    "a" * 65,
    1.5,
    {"a": "b"},
    ["ok", "two words"],
]


def test_a_text_or_a_number_is_refused_as_a_fact(session: Session) -> None:
    for fact in NO_FACTS:
        with pytest.raises(NotACode):
            write(session, fact=fact)


def test_codes_ids_counts_and_dates_are_facts(session: Session) -> None:
    facts: dict[str, Any] = {
        "day": "2026-11-20",
        "list": ["story", "risk"],
        "times": 3,
        "none": None,
        "yes": True,
        "area": "131016",
    }
    write(session, **facts)
    session.commit()
    assert session.scalars(select(AuditEntry.facts)).one() == facts
    assert audit.verify(session) is None


def test_the_chain_is_verified_after_the_ring_was_rotated(engine: Engine, session: Session, ring: KeyRing) -> None:
    chain_of(session, 2)
    rotated = KeyRing(KeyRing.fresh("newer").keys + ring.keys)
    lend_ring(session, rotated)
    for key in session.scalars(select(DataKey)):
        key.rewrap(rotated)
    session.commit()
    with new_session(engine, KeyRing(rotated.keys[:1])) as later:  # the old key is gone for good
        write(later)
        later.commit()
        assert audit.verify(later) is None


def test_many_writers_at_once_make_one_chain(engine: Engine, ring: KeyRing) -> None:
    barrier, failures = threading.Barrier(4), list[BaseException]()

    def writer(name: str) -> None:
        try:
            barrier.wait()
            for _ in range(5):
                with new_session(engine, ring) as own:
                    actor = OPERATOR if name == "w0" else Actor(ActorKind.CALLER)
                    audit.record(own, actor=actor, action=name, subject=Subject("case"), now=NOW)
                    own.commit()
        except BaseException as failure:  # noqa: BLE001  # handed to the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=writer, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with new_session(engine, ring) as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 20
        assert session.scalar(select(func.count()).select_from(DataKey)) == 1
        assert audit.verify(session) is None


SECOND = "FROM audit_entries WHERE seq = 2"
COLUMNS = "at, actor_kind, actor_id, action, subject_kind, subject_id, facts, previous_hash, hash"
REPLACEMENTS = {
    "same number": f"INSERT OR REPLACE INTO audit_entries (seq, {COLUMNS}) SELECT seq, {COLUMNS} {SECOND}",
    "same place": f"REPLACE INTO audit_entries (rowid, seq, {COLUMNS}) SELECT rowid, 99, {COLUMNS} {SECOND}",
    "another's number": "UPDATE OR REPLACE audit_entries SET seq = 1 WHERE seq = 2",
    "upsert": f"INSERT INTO audit_entries SELECT * {SECOND} ON CONFLICT (seq) DO UPDATE SET action = 'x'",
}


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("statement", REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_no_entry_is_replaced_in_sqlite_however_the_connection_is_set(
    sqlite_url: str, ring: KeyRing, statement: str, recursive: str
) -> None:
    with new_session(connect(sqlite_url), ring) as session:
        chain_of(session, 3)
        session.execute(text(f"PRAGMA recursive_triggers={recursive}"))
        with pytest.raises(DatabaseError, match="never"):
            session.execute(text(statement))
        session.rollback()
        assert audit.verify(session) is None
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3
