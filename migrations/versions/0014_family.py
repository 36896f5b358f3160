"""The wall inside a family, reversible merges, wishes, promises and the number a caller may be known by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_family"
down_revision = "0013_casework"


def upgrade() -> None:
    op.create_table(
        "caller_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("digits", sa.String(length=4), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["staff.id"], name=op.f("fk_caller_codes_given_by_staff")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_caller_codes_person_id_people")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["staff.id"], name=op.f("fk_caller_codes_withdrawn_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_codes")),
    )
    op.create_index(op.f("ix_caller_codes_person_id"), "caller_codes", ["person_id"], unique=False)
    op.create_index(
        "uq_caller_codes_live",
        "caller_codes",
        ["digits"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "caller_wishes",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.String(length=32), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_caller_wishes_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_caller_wishes_ended_by_staff")),
        sa.ForeignKeyConstraint(["noted_by"], ["staff.id"], name=op.f("fk_caller_wishes_noted_by_staff")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_caller_wishes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_wishes")),
    )
    op.create_index(op.f("ix_caller_wishes_data_key_id"), "caller_wishes", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_caller_wishes_person_id"), "caller_wishes", ["person_id"], unique=False)
    op.create_table(
        "channel_consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_channel_consents_person_id_people")),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_channel_consents_recorded_by_staff")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["staff.id"], name=op.f("fk_channel_consents_withdrawn_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_consents")),
    )
    op.create_index(op.f("ix_channel_consents_person_id"), "channel_consents", ["person_id"], unique=False)
    op.create_index(
        "uq_channel_consents_live",
        "channel_consents",
        ["person_id", "channel"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("kept_case_id", sa.String(length=32), nullable=False),
        sa.Column("absorbed_case_id", sa.String(length=32), nullable=False),
        sa.Column("kept_person_id", sa.String(length=32), nullable=True),
        sa.Column("absorbed_person_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["absorbed_case_id"], ["cases.id"], name=op.f("fk_merges_absorbed_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["absorbed_person_id"], ["people.id"], name=op.f("fk_merges_absorbed_person_id_people")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_merges_by_id_staff")),
        sa.ForeignKeyConstraint(["kept_case_id"], ["cases.id"], name=op.f("fk_merges_kept_case_id_cases")),
        sa.ForeignKeyConstraint(["kept_person_id"], ["people.id"], name=op.f("fk_merges_kept_person_id_people")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_merges_undone_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_absorbed_case_id"), "merges", ["absorbed_case_id"], unique=False)
    op.create_index(op.f("ix_merges_absorbed_person_id"), "merges", ["absorbed_person_id"], unique=False)
    op.create_index(op.f("ix_merges_kept_case_id"), "merges", ["kept_case_id"], unique=False)
    op.create_index(op.f("ix_merges_kept_person_id"), "merges", ["kept_person_id"], unique=False)
    op.create_table(
        "consultation_shares",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_consultation_shares_by_id_staff")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_consultation_shares_consultation_id_consultations")
        ),
        sa.PrimaryKeyConstraint("consultation_id", "part", name=op.f("pk_consultation_shares")),
    )
    op.create_table(
        "merge_moves",
        sa.Column("merge_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("before_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_merge_moves_merge_id_merges")),
        sa.PrimaryKeyConstraint("merge_id", "kind", "row_id", name=op.f("pk_merge_moves")),
    )
    op.create_table(
        "promises",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("consultation_id", sa.String(length=32), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=32), nullable=True),
        sa.Column("settled_as", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_promises_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_promises_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_promises_made_by_staff")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_promises_owner_id_staff")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_promises_person_id_people")),
        sa.ForeignKeyConstraint(["settled_by"], ["staff.id"], name=op.f("fk_promises_settled_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_data_key_id"), "promises", ["data_key_id"], unique=False)
    op.create_index("ix_promises_owner_id_settled_at", "promises", ["owner_id", "settled_at"], unique=False)
    op.create_index(op.f("ix_promises_person_id"), "promises", ["person_id"], unique=False)
    op.create_table(
        "wall_openings",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("data_key_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_wall_openings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_wall_openings_consultation_id_consultations")
        ),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name=op.f("fk_wall_openings_data_key_id_data_keys")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_wall_openings_person_id_people")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_wall_openings_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_openings")),
    )
    op.create_index(op.f("ix_wall_openings_case_id"), "wall_openings", ["case_id"], unique=False)
    op.create_index(
        "ix_wall_openings_consultation_id_staff_id", "wall_openings", ["consultation_id", "staff_id"], unique=False
    )
    op.create_index(op.f("ix_wall_openings_data_key_id"), "wall_openings", ["data_key_id"], unique=False)
    op.add_column("cases", sa.Column("merged_into_id", sa.String(length=32), nullable=True))
    op.add_column("consultations", sa.Column("doubt", sa.String(length=32), nullable=True))
    op.add_column("consultations", sa.Column("maybe_person_id", sa.String(length=32), nullable=True))
    op.add_column("people", sa.Column("usual_staff_id", sa.String(length=32), nullable=True))
    op.add_column("people", sa.Column("merged_into_id", sa.String(length=32), nullable=True))
