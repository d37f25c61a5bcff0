"""Edits of drafts, to be undone.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    op.create_table(
        "draft_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("label", _JSON, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_sha256", sa.String(length=64), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("before_source_name", sa.String(length=200), nullable=False),
        sa.Column("before_source", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_draft_edit_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["form_version.id"],
            name=op.f("fk_draft_edit_version_id_form_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_edit")),
    )
    with op.batch_alter_table("draft_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_edit_version_id"), ["version_id"], unique=False)
