"""What earlier records say of a person's talks, when their case was moved in: it is theirs, not their family's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_told_before"
down_revision = "0023_ring_holders"


def upgrade() -> None:
    op.add_column("people", sa.Column("before_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "before_sealed")
