"""Attributes of places; a number that tells when a mission's places or regions changed.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.add_column("place", sa.Column("attributes", document, nullable=False, server_default="{}"))
    op.add_column("mission", sa.Column("ground", sa.Integer(), nullable=False, server_default="0"))
