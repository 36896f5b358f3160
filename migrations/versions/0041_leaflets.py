"""Versions of the leaflet as PDF, one of them published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041_leaflets"
down_revision = "0040_members"


def upgrade() -> None:
    op.create_table(
        "leaflets",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by"], ["staff.id"], name=op.f("fk_leaflets_uploaded_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaflets")),
        sa.UniqueConstraint("shown", name=op.f("uq_leaflets_shown")),
    )


def downgrade() -> None:
    op.drop_table("leaflets")
