"""Rings in a row that were picked up without a 1 being pressed are counted apart from unanswered ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_keyless_rings"
down_revision = "0027_heavy_jobs"


def upgrade() -> None:
    op.add_column("presence", sa.Column("keyless", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("presence", "keyless")
