"""Calls tell whether they were learnt of afterwards; chores are taken in turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_reconciled"
down_revision = "0009_notices"


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=32), server_default="line", nullable=False))
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
