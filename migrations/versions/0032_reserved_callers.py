"""A caller who lost their counsellor's browser is reserved for that counsellor for a moment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032_reserved_callers"
down_revision = "0031_rooms_of_attempts"


def upgrade() -> None:
    op.add_column("calls", sa.Column("reserved_for", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "reserved_for")
