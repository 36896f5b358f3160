"""No audit entry can be replaced in SQLite either."""

from __future__ import annotations

from alembic import op

revision = "0038_audit_replace"
down_revision = "0037_role_requests"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            """
            CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
            WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq OR rowid = NEW.rowid)
            BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END
            """
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_no_replace")
