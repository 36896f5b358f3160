"""That the trail is looked after: its checks, and its heads that went outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_audit_watch"
down_revision = "0020_block_appeals"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("bad_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_audit_checks_asked_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    op.create_index("ix_audit_checks_asked_at", "audit_checks", ["asked_at"])
    op.create_table(
        "audit_heads_sent",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("taken_at", moment, nullable=False),
        sa.Column("mailed_at", moment, nullable=True),
        sa.Column("filed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_heads_sent")),
    )
