"""Statements that say in another language what another one says.

Revision: 0018, after 0016.
"""

from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both engines take the constraint with the column; Alembic would write it on its own,
    # which SQLite cannot do.
    op.execute(
        "ALTER TABLE statement ADD COLUMN translation_of_id INTEGER "
        "CONSTRAINT fk_statement_translation_of_id_statement REFERENCES statement (id)"
    )
