"""What comes after a call: going away, stopping, another role, no account; and hard calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_presence_plans"
down_revision = "0004_participants"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hard_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_hard_calls_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hard_calls")),
    )
    with op.batch_alter_table("hard_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hard_calls_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hard_calls_staff_id"), ["staff_id"], unique=False)

    # One column at a time: SQLite then adds it in place, where a batch would copy the table.
    op.add_column("presence", sa.Column("away_after", sa.String(length=32), nullable=True))
    op.add_column("presence", sa.Column("signing_out", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("presence", sa.Column("hard_call_id", sa.String(length=32), nullable=True))
    op.add_column("offers", sa.Column("taken_off", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff", sa.Column("leaving", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("staff", sa.Column("next_role", sa.String(length=32), nullable=True))
