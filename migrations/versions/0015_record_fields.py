"""Every field of a consultation, what was taken over from earlier ones, and records written down afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_record_fields"
down_revision = "0014_family"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("entered_at", moment, nullable=True),
        sa.Column("entered_by", sa.String(length=32), nullable=True),
        sa.Column("entered_why", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("prefilled", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("direction", sa.String(length=32), server_default=sa.text("'incoming'"), nullable=False),
        sa.Column("relay", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("caller_age_years", sa.Integer(), nullable=True),
        sa.Column("subject_age_years", sa.Integer(), nullable=True),
        sa.Column("institutions_sealed", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("consultations", column)
    op.add_column("consultation_codes", sa.Column("noted_at", moment, nullable=True))
