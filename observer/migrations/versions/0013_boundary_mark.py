"""What tells a region's boundary from any other without reading it.

Revision: 0013, after 0012.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("region", sa.Column("boundary", sa.String(length=16), nullable=True))
    region = sa.table(
        "region", sa.column("id"), sa.column("geometry", sa.JSON()), sa.column("boundary")
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(region.c.id, region.c.geometry).where(region.c.geometry.is_not(None))
    )
    for id_, geometry in rows.all():
        mark = hashlib.sha256(json.dumps(geometry, sort_keys=True).encode()).hexdigest()[:16]
        connection.execute(sa.update(region).where(region.c.id == id_).values(boundary=mark))
