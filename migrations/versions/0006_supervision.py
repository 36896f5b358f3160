"""A supervisor's leg in a talk: how they take part, and that they are not rung meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_supervision"
down_revision = "0005_presence_plans"


def upgrade() -> None:
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("mode_set", sa.String(length=32), nullable=True))
    with op.batch_alter_table("presence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listening_id", sa.String(length=32), nullable=True))
