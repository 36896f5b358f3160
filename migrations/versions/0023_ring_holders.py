"""Which process holds which keys of the ring."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_ring_holders"
down_revision = "0022_caller_code"


def upgrade() -> None:
    op.create_table(
        "ring_holders",
        sa.Column("process", sa.String(length=96), nullable=False),
        sa.Column("key_ids", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_ring_holders")),
    )
    op.create_index("ix_ring_holders_seen_at", "ring_holders", ["seen_at"])
