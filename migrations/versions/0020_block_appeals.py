"""A block tells when somebody objected to it, and what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_block_appeals"
down_revision = "0019_preference"


def upgrade() -> None:
    with op.batch_alter_table("number_flags", schema=None) as batch_op:
        batch_op.add_column(sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("appeal", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("appeal_by", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_number_flags_appeal_by_staff"), "staff", ["appeal_by"], ["id"])
