"""Settings of the line that supervisors switch while it runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from callcenter.models.columns import Moment

revision = "0002_line_settings"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    settings = op.create_table(
        "line_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supervisors_take", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Moment(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_line_settings_one_row")),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_line_settings_changed_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_settings")),
    )
    op.bulk_insert(settings, [{"id": 1, "supervisors_take": False}])
