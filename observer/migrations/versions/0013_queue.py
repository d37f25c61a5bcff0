"""Indexes by which the review queue is read.

Revision: 0013, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0009"
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
