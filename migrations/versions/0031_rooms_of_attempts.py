"""A caller who returns to the queue talks in another room next time; calls without a room's id have the call's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031_rooms_of_attempts"
down_revision = "0030_unattended"


def upgrade() -> None:
    op.add_column("calls", sa.Column("room_id", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("calls", "room_id")
