"""What the mission makes of incidents: their cases, which reports belong together, every step.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )
    op.create_table(
        "incident_case",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("mission_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("gravity", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'checking', 'confirmed', 'not_confirmed', 'closed')",
            name=op.f("ck_incident_case_state"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_incident_case_submission_id_submission"),
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_incident_case_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_incident_case_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["person.id"], name=op.f("fk_incident_case_responsible_id_person")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_incident_case")),
    )
    op.create_index(op.f("ix_incident_case_mission_id"), "incident_case", ["mission_id"])
    op.create_index(op.f("ix_incident_case_round_id"), "incident_case", ["round_id"])
    op.create_table(
        "case_link",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_case_link_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["incident_case.submission_id"],
            name=op.f("fk_case_link_case_id_incident_case"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_case_link")),
    )
    op.create_index(op.f("ix_case_link_case_id"), "case_link", ["case_id"])
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("before", document, nullable=False),
        sa.Column("after", document, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint(
            "kind IN ('state', 'judgement', 'link', 'note')", name=op.f("ck_case_step_kind")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["incident_case.submission_id"],
            name=op.f("fk_case_step_case_id_incident_case"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_case_step_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index(op.f("ix_case_step_case_id"), "case_step", ["case_id"])
