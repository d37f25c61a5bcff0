"""What imports left out, kept with each version of a form.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    # Versions that are there already were imported without a note of it.
    op.add_column("form_version", sa.Column("warnings", _JSON, nullable=False, server_default="[]"))
