"""What the room confirmed of a hold, so that a colleague never speaks of a caller who still listens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_hold"
down_revision = "0006_supervision"


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_hold", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("hold_asked_at", sa.DateTime(timezone=True), nullable=True))
