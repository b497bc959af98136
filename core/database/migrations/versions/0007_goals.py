"""Goals: what was agreed, check-ins, history, decisions.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "goal_agreement",
    "goal_snooze",
    "goal_decision",
    "goal_change",
    "goal_evidence",
    "goal_check_in",
    "goal_milestone",
    "goal_share",
    "goal_co_owner",
    "goal",
)


def upgrade() -> None:
    """Add the tables of goals, empty."""
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("owner_unit_id", sa.Integer(), nullable=True),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("standalone", sa.Boolean(), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column("metric", sa.String(length=200), nullable=False),
        sa.Column("metric_key", sa.String(length=200), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("cadence_days", sa.Integer(), nullable=False),
        sa.Column("pace", sa.String(length=20), nullable=False),
        sa.Column("ambition", sa.String(length=20), nullable=False),
        sa.Column("acceptance", sa.Text(), nullable=False),
        sa.Column("stated_score", sa.Double(), nullable=True),
        sa.Column("guardrail_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_since", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_set_on", sa.Date(), nullable=True),
        sa.Column("context_set_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_value", sa.Double(), nullable=True),
        sa.Column("last_confidence", sa.SmallInteger(), nullable=True),
        sa.Column("before_confidence", sa.SmallInteger(), nullable=True),
        sa.Column("same_values", sa.Integer(), nullable=False),
        sa.CheckConstraint("due IS NULL OR start IS NULL OR due > start", name=op.f("ck_goal_due_after_start")),
        sa.CheckConstraint("owner_id IS NULL OR owner_unit_id IS NULL", name=op.f("ck_goal_one_owner")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_goal_author_id")),
        sa.ForeignKeyConstraint(["delegate_id"], ["person.id"], name=op.f("fk_goal_delegate_id")),
        sa.ForeignKeyConstraint(["guardrail_id"], ["goal.id"], name=op.f("fk_goal_guardrail_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_goal_owner_id")),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["org_unit.id"], name=op.f("fk_goal_owner_unit_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["goal.id"], name=op.f("fk_goal_parent_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["user_account.id"], name=op.f("fk_goal_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("code", name=op.f("uq_goal_code")),
    )
    op.create_index("ix_goal_author_id", "goal", ["author_id"])
    op.create_index("ix_goal_delegate_id", "goal", ["delegate_id"])
    op.create_index(
        "ix_goal_held", "goal", ["owner_id", "owner_unit_id", "kind", "status", "visibility", "archived_at"]
    )
    op.create_index("ix_goal_metric", "goal", ["metric_key", "direction", "status", "visibility", "archived_at"])
    op.create_index("ix_goal_owner_unit_id", "goal", ["owner_unit_id"])
    op.create_index("ix_goal_parent_id", "goal", ["parent_id"])
    op.create_index("ix_goal_partner_id", "goal", ["partner_id"])
    op.create_table(
        "goal_co_owner",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_co_owner_goal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_co_owner_person_id")),
        sa.PrimaryKeyConstraint("goal_id", "person_id", name=op.f("pk_goal_co_owner")),
    )
    op.create_index("ix_goal_co_owner_person_id", "goal_co_owner", ["person_id"])
    op.create_table(
        "goal_share",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_share_goal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_share_person_id")),
        sa.PrimaryKeyConstraint("goal_id", "person_id", name=op.f("pk_goal_share")),
    )
    op.create_index("ix_goal_share_person_id", "goal_share", ["person_id"])
    op.create_table(
        "goal_milestone",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_milestone_goal_id")),
        sa.PrimaryKeyConstraint("goal_id", "place", name=op.f("pk_goal_milestone")),
    )
    op.create_table(
        "goal_check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("confidence", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "confidence IS NULL OR confidence BETWEEN 0 AND 10", name=op.f("ck_goal_check_in_confidence_to_ten")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_check_in_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_check_in")),
    )
    op.create_index("ix_goal_check_in_goal_day", "goal_check_in", ["goal_id", "day", "id"])
    op.create_table(
        "goal_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=2000), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_evidence_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_evidence")),
    )
    op.create_index("ix_goal_evidence_goal_id", "goal_evidence", ["goal_id"])
    op.create_table(
        "goal_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_change_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_change")),
    )
    op.create_index("ix_goal_change_goal_version", "goal_change", ["goal_id", "version"])
    op.create_table(
        "goal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_decision_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_decision")),
    )
    op.create_index("ix_goal_decision_goal_day", "goal_decision", ["goal_id", "day"])
    op.create_table(
        "goal_snooze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_snooze_goal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_snooze")),
    )
    op.create_index("ix_goal_snooze_goal_until", "goal_snooze", ["goal_id", "until"])
    op.create_table(
        "goal_agreement",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_agreement_goal_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_goal_agreement_user_id")),
        sa.PrimaryKeyConstraint("goal_id", "version", "user_id", name=op.f("pk_goal_agreement")),
    )


def downgrade() -> None:
    """Take them away, with what was agreed."""
    for table in TABLES:
        op.drop_table(table)
