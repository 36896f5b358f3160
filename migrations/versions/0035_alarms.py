"""Alarms, who watches for them, what was found before an opening; a supervisor may be rung as they were called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035_alarms"
down_revision = "0034_quality"

STILL_SO = sa.text("over_at IS NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("raised_at", moment, nullable=False),
        sa.Column("told_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=True),
        sa.Column("seen_by_id", sa.String(length=32), nullable=True),
        sa.Column("rung_at", moment, nullable=True),
        sa.Column("mailed_at", moment, nullable=True),
        sa.Column("over_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_alarms_by_id_staff")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["staff.id"], name=op.f("fk_alarms_seen_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(
        "uq_alarms_open",
        "alarms",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=STILL_SO,
        postgresql_where=STILL_SO,
    )
    op.create_table(
        "alarm_watchers",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("looked_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alarm_watchers_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_alarm_watchers")),
    )
    op.create_table(
        "self_checks",
        sa.Column("opens_at", moment, nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("opens_at", name=op.f("pk_self_checks")),
    )
    op.execute("UPDATE notices SET seen_at = at WHERE kind = 'unattended' AND seen_at IS NULL")  # alarms take over
    op.execute("UPDATE line_settings SET unattended_since = NULL")  # what is still so becomes an alarm at the next look
    op.add_column("offers", sa.Column("summoned", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("offers", "summoned")
    op.drop_table("self_checks")
    op.drop_table("alarm_watchers")
    op.drop_index("uq_alarms_open", table_name="alarms")
    op.drop_table("alarms")
