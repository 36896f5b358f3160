"""Nicknames are found by the form they share; each can be retired, and bears the cues that tell people apart.

``callcenter migrate`` fills the new index afterwards (``services.names.nickname_index.complete``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_nickname_forms"
down_revision = "0017_second_factor"

CUES = ("relation", "age_band", "prefecture", "topic", "counsellor")


def upgrade() -> None:
    op.add_column("nicknames", sa.Column("retired_on", sa.Date(), nullable=True))
    for name in CUES:
        column = sa.Column(name, sa.String(length=32), server_default="unknown", nullable=False)
        op.add_column("nickname_keys", column)
    op.create_table(
        "nickname_forms",
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form", name=op.f("pk_nickname_forms")),
    )
    op.create_table(
        "nickname_form_keys",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["form"], ["nickname_forms.form"], name=op.f("fk_nickname_form_keys_form_nickname_forms")
        ),
        sa.PrimaryKeyConstraint("kind", "value", "weight", "form", name=op.f("pk_nickname_form_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_nickname_form_keys_form"), "nickname_form_keys", ["form"])
