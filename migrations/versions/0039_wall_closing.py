"""An opening of the wall in a family can be closed before its record is finished."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039_wall_closing"
down_revision = "0038_audit_replace"


def upgrade() -> None:
    op.add_column("wall_openings", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("wall_openings", "closed_at")
