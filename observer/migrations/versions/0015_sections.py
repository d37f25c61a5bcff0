"""Who writes which section of a statement, how far it has come, and comments on passages.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )

    def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}")
        )

    op.create_table(
        "statement_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("agreed_at", moment, nullable=True),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_sha256", sa.String(length=64), nullable=False),
        sa.Column("agreed_figures", document, nullable=False),
        sa.Column("reopened_at", moment, nullable=True),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'review', 'agreed')", name=op.f("ck_statement_section_state")
        ),
        refers("statement_section", "statement_id", "statement"),
        refers("statement_section", "owner_id", "person"),
        refers("statement_section", "agreed_by_id", "person"),
        refers("statement_section", "reopened_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_section")),
        sa.UniqueConstraint(
            "statement_id", "key", name=op.f("uq_statement_section_statement_id_key")
        ),
    )
    op.create_table(
        "statement_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("section_key", sa.String(length=100), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        refers("statement_comment", "statement_id", "statement"),
        refers("statement_comment", "by_id", "person"),
        refers("statement_comment", "reply_to_id", "statement_comment"),
        refers("statement_comment", "settled_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_comment")),
    )
    op.create_index(
        op.f("ix_statement_comment_statement_id"), "statement_comment", ["statement_id"]
    )
