"""The 呼び番号 that a caller keyed in while waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_caller_code"
down_revision = "0021_audit_watch"


def upgrade() -> None:
    op.add_column("calls", sa.Column("caller_code", sa.String(length=4), nullable=True))
