"""How well a leg carried the voices: numbers and warnings' names, kept with the leg."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_quality"
down_revision = "0033_escalation"


def upgrade() -> None:
    op.add_column("offers", sa.Column("quality", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("offers", "quality")
