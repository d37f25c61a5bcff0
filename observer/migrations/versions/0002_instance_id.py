"""Revisions by the instance of an OpenRosa client that they were made from.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("instance_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_revision_instance_id"), "revision", ["instance_id"])
