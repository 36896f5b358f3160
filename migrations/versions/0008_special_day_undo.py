"""Special days know who took them back, and which of them are for a disaster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_special_day_undo"
down_revision = "0007_hold"


def upgrade() -> None:
    with op.batch_alter_table("special_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("disaster", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(op.f("fk_special_days_withdrawn_by_staff"), "staff", ["withdrawn_by"], ["id"])
