"""A leg's purpose, so that a colleague or a supervisor may be in a call beside its counsellor; hold and consult."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_participants"
down_revision = "0003_misuse"

LIVE = "state IN ('pending', 'ringing', 'screening', 'claimed', 'joined')"
LIVE_ANSWER = sa.text(f"{LIVE} AND purpose = 'answer'")


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("consult_id", sa.String(length=32), nullable=True))
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=32), server_default="answer", nullable=False))
        batch_op.add_column(sa.Column("muted", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index("uq_offers_live_call")
        batch_op.create_index(
            "uq_offers_live_call",
            ["call_id"],
            unique=True,
            sqlite_where=LIVE_ANSWER,
            postgresql_where=LIVE_ANSWER,
        )
