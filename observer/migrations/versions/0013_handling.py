"""What reviewers do besides verifying, reasons of corrections, and indexes for the review queue.

Revision: 0013, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "deed IN ('assigned', 'unassigned', 'dismissed', 'restored', 'asked', 'withdrawn')",
            name=op.f("ck_handling_deed"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_handling_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_handling_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handling")),
    )
    op.create_index(op.f("ix_handling_submission_id"), "handling", ["submission_id"])
    op.add_column(
        "revision", sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
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
