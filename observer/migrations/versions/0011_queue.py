"""Indexes by which the review queue is read.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    still_open = sa.text("gone_at IS NULL AND dismissed_at IS NULL")
    op.create_index(
        "ix_flag_open",
        "flag",
        ["severity", "check", "submission_id"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index(
        "ix_submission_mission_id_status_received_at",
        "submission",
        ["mission_id", "status", "received_at"],
    )
