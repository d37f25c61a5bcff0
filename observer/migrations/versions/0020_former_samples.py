"""Samples that were replaced, to be restored.

Revision: 0020, after 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "former_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mission_id", sa.Integer(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("strata", document, nullable=False),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_former_sample_mission_id_mission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_sample")),
    )
    op.create_index(op.f("ix_former_sample_mission_id"), "former_sample", ["mission_id"])
