"""What was opened with a reason, and what a supervisor said of it afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_reasoned_access"
down_revision = "0015_record_fields"

UNREVIEWED = sa.text("review_due_on IS NOT NULL AND reviewed_at IS NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reasoned_access",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("consultation_id", sa.String(length=32), nullable=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reasoned_access_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_reasoned_access_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_keys.id"], name=op.f("fk_reasoned_access_data_key_id_data_keys")
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["staff.id"], name=op.f("fk_reasoned_access_reviewed_by_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reasoned_access_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reasoned_access")),
    )
    op.create_index("ix_reasoned_access_case_id", "reasoned_access", ["case_id"])
    op.create_index("ix_reasoned_access_consultation_id", "reasoned_access", ["consultation_id"])
    op.create_index("ix_reasoned_access_data_key_id", "reasoned_access", ["data_key_id"])
    op.create_index("ix_reasoned_access_staff_id_until", "reasoned_access", ["staff_id", "until"])
    op.create_index(
        "ix_reasoned_access_unreviewed",
        "reasoned_access",
        ["review_due_on"],
        sqlite_where=UNREVIEWED,
        postgresql_where=UNREVIEWED,
    )
