"""Every row that one process at a time works on says who has it in hand in the same two columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_leases"
down_revision = "0025_name_spelling_version"

TABLES = ("chores", "audit_heads_sent")
"""The outbox and the nightly runs have them since the beginning."""


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("lease", sa.String(length=32), nullable=True))
        op.add_column(table, sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("leased_until")
            batch_op.drop_column("lease")
