"""The audit trail: append-only entries, each chained to the one before by a keyed hash."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Connection, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.models.base import Base
from callcenter.models.columns import Moment, choice


class ActorKind(StrEnum):
    """Who did it: a member of staff, the operator at the command line, the system, a caller, or a member by mail."""

    STAFF = "staff"
    OPERATOR = "operator"
    SYSTEM = "system"
    CALLER = "caller"
    MEMBER = "member"


class AuditEntry(Base):
    """One act. ``facts`` holds codes, ids and counts, never what was said, so that a shredded text leaves no trace."""

    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind))
    actor_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(64), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The one row with the end of the chain; a writer locks it, so that the chain never forks."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"))


AUDIT_TRIGGERS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        """
        CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
        """,
        """
        CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END
        """,
        # INSERT OR REPLACE removes a row without a word to the trigger above, unless recursive_triggers is on
        """
        CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
        WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq OR rowid = NEW.rowid)
        BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END
        """,
    ),
    "postgresql": (
        """
        CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$
        """,
        """
        CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entries_stay()
        """,
        """
        CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()
        """,
    ),
}
"""What each database is told, so that an entry can only be added; the migration says the same."""


@event.listens_for(AuditEntry.__table__, "after_create")
def guard_entries(_table: object, connection: Connection, **_options: object) -> None:
    """Create the triggers also where tables are made without a migration."""
    for statement in AUDIT_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
