"""Flags of quality checks, questions to observers, who looks after a submission.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("check", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("details", document, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("gone_at", moment, nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        sa.Column("dismissed_at", moment, nullable=True),
        sa.Column("dismissed_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "severity IN ('grave', 'doubtful', 'notice')", name=op.f("ck_flag_severity")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_flag_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["person.id"], name=op.f("fk_flag_dismissed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint(
            "submission_id", "check", "subject", name=op.f("uq_flag_submission_id_check_subject")
        ),
    )
    op.create_index(op.f("ix_flag_submission_id"), "flag", ["submission_id"])
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_inquiry_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_inquiry_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_inquiry_answered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    op.create_index(op.f("ix_inquiry_submission_id"), "inquiry", ["submission_id"])
    # Both engines take the constraint with the column; Alembic would write it on its own,
    # which SQLite cannot do.
    op.execute(
        "ALTER TABLE submission ADD COLUMN assigned_to_id INTEGER "
        "CONSTRAINT fk_submission_assigned_to_id_person REFERENCES person (id)"
    )
    op.add_column("submission", sa.Column("assigned_at", moment, nullable=True))
    op.create_index(op.f("ix_submission_assigned_to_id"), "submission", ["assigned_to_id"])
    op.add_column("attachment", sa.Column("perceptual_hash", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_attachment_perceptual_hash"), "attachment", ["perceptual_hash"])
