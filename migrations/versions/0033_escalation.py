"""Rings that stay unanswered: they are counted, supervisors are told, and a second one may ring beside the first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033_escalation"
down_revision = "0032_reserved_callers"

LIVE = sa.text("state IN ('pending', 'ringing', 'screening', 'claimed', 'joined') AND purpose = 'answer'")


def upgrade() -> None:
    op.add_column("calls", sa.Column("unanswered", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("calls", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offers", sa.Column("companion", sa.Boolean(), server_default=sa.false(), nullable=False))
    _index("call_id", "companion")


def downgrade() -> None:
    op.execute("UPDATE offers SET state = 'cancelled' WHERE companion AND state IN ('pending', 'ringing', 'screening')")
    _index("call_id")
    op.drop_column("offers", "companion")
    op.drop_column("calls", "escalated_at")
    op.drop_column("calls", "unanswered")


def _index(*columns: str) -> None:
    op.drop_index("uq_offers_live_call", table_name="offers")
    op.create_index("uq_offers_live_call", "offers", columns, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
