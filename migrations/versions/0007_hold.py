"""What the room confirmed of a hold, so that a colleague never speaks of a caller who still listens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_hold"
down_revision = "0006_supervision"


def upgrade() -> None:
    # Not in a batch: for a default that is an expression it would copy the table, and others refer to calls.
    op.add_column("calls", sa.Column("on_hold", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("calls", sa.Column("hold_asked_at", sa.DateTime(timezone=True), nullable=True))
