"""Roles that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037_role_requests"
down_revision = "0036_browser_sessions"

UNANSWERED = sa.text("answer IS NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "role_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_role_requests_staff_id_staff")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_role_requests_asked_by_staff")),
        sa.ForeignKeyConstraint(["answered_by"], ["staff.id"], name=op.f("fk_role_requests_answered_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_requests")),
    )
    op.create_index(
        "uq_role_requests_unanswered",
        "role_requests",
        ["staff_id"],
        unique=True,
        sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )


def downgrade() -> None:
    op.drop_index("uq_role_requests_unanswered", table_name="role_requests")
    op.drop_table("role_requests")
