"""The look and the paper of statements, and the archive copy of versions.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("statement", "statement_version"):
        op.add_column(
            table,
            sa.Column("theme", sa.String(length=40), server_default="mission", nullable=False),
        )
        op.add_column(
            table, sa.Column("paper", sa.String(length=10), server_default="a4", nullable=False)
        )
    op.add_column("statement_version", sa.Column("pdfa_sha256", sa.String(length=64)))
