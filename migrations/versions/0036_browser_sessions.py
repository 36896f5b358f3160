"""A row for each browser that is signed in, and the failed sign-ins of a login over all addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036_browser_sessions"
down_revision = "0035_alarms"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "browser_sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_browser_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_browser_sessions_token_hash")),
    )
    op.create_index(op.f("ix_browser_sessions_staff_id"), "browser_sessions", ["staff_id"])
    op.create_table(
        "sign_in_misses",
        sa.Column("tried", sa.LargeBinary(length=32), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("wait_until", moment, nullable=True),
        sa.PrimaryKeyConstraint("tried", name=op.f("pk_sign_in_misses")),
    )
    op.create_index(op.f("ix_sign_in_misses_last_at"), "sign_in_misses", ["last_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_misses_last_at"), table_name="sign_in_misses")
    op.drop_table("sign_in_misses")
    op.drop_index(op.f("ix_browser_sessions_staff_id"), table_name="browser_sessions")
    op.drop_table("browser_sessions")
