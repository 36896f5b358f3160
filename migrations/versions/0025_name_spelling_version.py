"""Nicknames and their forms say by which version of the rules of spelling they were indexed.

What is there already counts as version 0; ``callcenter migrate`` looks through it once (``names.nickname_reindex``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_name_spelling_version"
down_revision = "0024_told_before"

INDEXED = (("nicknames", "id"), ("nickname_forms", "form"))


def upgrade() -> None:
    for table, key in INDEXED:
        op.add_column(table, sa.Column("spelling", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.create_index(f"ix_{table}_spelling", table, ["spelling", key])


def downgrade() -> None:
    for table, _key in INDEXED:
        op.drop_index(f"ix_{table}_spelling", table)
        op.drop_column(table, "spelling")
