"""Numbers under a flag, incidents, and what is done once a night."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_misuse"
down_revision = "0002_line_settings"

LIVING = sa.text("number_hash IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "number_flags",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(), nullable=True),
        sa.Column("ring_key_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_number_flags_lifted_by_staff")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_number_flags_made_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_flags")),
    )
    with op.batch_alter_table("number_flags", schema=None) as batch_op:
        batch_op.create_index(
            "uq_number_flags_living",
            ["number_hash", "kind"],
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        )

    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("counsellor_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_incidents_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["counsellor_id"], ["staff.id"], name=op.f("fk_incidents_counsellor_id_staff")),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_incidents_data_key_id_data_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_consultation_id"), ["consultation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_data_key_id"), ["data_key_id"], unique=False)

    op.create_table(
        "nightly_runs",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("job", "night", name=op.f("pk_nightly_runs")),
    )
