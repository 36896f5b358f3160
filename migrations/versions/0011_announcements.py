"""Changed phrases with their history, and recordings of human voices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_announcements"
down_revision = "0010_reconciled"


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("mimetype", sa.String(length=32), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["uploaded_by"], ["staff.id"], name=op.f("fk_recordings_uploaded_by_staff")),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_recordings")),
    )
    op.create_table(
        "announcement_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("recording_file", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["staff.id"], name=op.f("fk_announcement_versions_by_staff")),
        sa.ForeignKeyConstraint(
            ["recording_file"], ["recordings.file"], name=op.f("fk_announcement_versions_recording_file_recordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_versions")),
    )
    op.create_index(op.f("ix_announcement_versions_name"), "announcement_versions", ["name"], unique=False)
