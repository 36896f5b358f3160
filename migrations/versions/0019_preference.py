"""Counsellors may be rung last for the other kind of caller."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_preference"
down_revision = "0018_nickname_forms"


def upgrade() -> None:
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prefers", sa.String(length=32), nullable=True))
