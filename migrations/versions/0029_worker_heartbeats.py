"""Each lane of each worker process says when it last did what it is there for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_worker_heartbeats"
down_revision = "0028_keyless_rings"


def upgrade() -> None:
    op.create_table(
        "worker_heartbeats",
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("process", "lane", name=op.f("pk_worker_heartbeats")),
    )


def downgrade() -> None:
    op.drop_table("worker_heartbeats")
