"""Who put a counsellor away or offline, so that their screen can say so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_set_by"
down_revision = "0011_announcements"


def upgrade() -> None:
    op.add_column("presence", sa.Column("set_by", sa.String(length=32), nullable=True))
