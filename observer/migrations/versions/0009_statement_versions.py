"""Statements: every text that was saved, and the versions that were frozen.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "statement_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=300), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_statement_edit_saved_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_edit_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_edit")),
        sa.UniqueConstraint(
            "statement_id", "edit", name=op.f("uq_statement_edit_statement_id_edit")
        ),
    )
    op.create_table(
        "statement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=300), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("min_base", sa.Integer(), nullable=False),
        sa.Column("figures", document, nullable=False),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("html_sha256", sa.String(length=64), nullable=False),
        sa.Column("audit_number", sa.Integer(), nullable=False),
        sa.Column("audit_sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", moment, nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", moment, nullable=True),
        sa.Column("embargoed_until", moment, nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["person.id"], name=op.f("fk_statement_version_frozen_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_version_statement_id_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_version")),
        sa.UniqueConstraint(
            "statement_id", "number", name=op.f("uq_statement_version_statement_id_number")
        ),
    )
    op.execute(
        "INSERT INTO statement_edit"
        " (statement_id, edit, title, subtitle, dated, text, saved_at, saved_by_id)"
        " SELECT id, edit, title, subtitle, dated, text, changed_at, changed_by_id FROM statement"
    )
