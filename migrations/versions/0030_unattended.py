"""When a waiting caller last heard words, and that nobody can come; since when the line is unattended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030_unattended"
down_revision = "0029_worker_heartbeats"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("calls", sa.Column("words_at", moment, nullable=True))
    op.add_column("calls", sa.Column("nobody_at", moment, nullable=True))
    op.add_column("line_settings", sa.Column("unattended_since", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("line_settings", "unattended_since")
    op.drop_column("calls", "nobody_at")
    op.drop_column("calls", "words_at")
