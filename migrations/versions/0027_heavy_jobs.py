"""What takes long and may be done again has a row: what is wanted, how far it is, what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_heavy_jobs"
down_revision = "0026_leases"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "heavy_jobs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("result", sa.String(length=128), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_heavy_jobs_asked_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heavy_jobs")),
    )
    open_ones = sa.text("ended_at IS NULL")
    op.create_index("ix_heavy_jobs_due", "heavy_jobs", ["due_at"], sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_index(
        "uq_heavy_jobs_open",
        "heavy_jobs",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def downgrade() -> None:
    op.drop_table("heavy_jobs")
