"""Schedules and zones of people, activity by hour, and room for the classes of a punch card.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add own working hours to assignments, and a table for counts of events by local hour."""
    op.add_column("assignment", sa.Column("schedule", sa.String(length=200), nullable=True))
    op.add_column("assignment", sa.Column("zone", sa.String(length=60), nullable=True))
    op.create_table(
        "activity_hour",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_given", sa.Boolean(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("rest_day", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "weekday BETWEEN 1 AND 7 AND hour BETWEEN 0 AND 23", name=op.f("ck_activity_hour_in_a_week")
        ),
        sa.CheckConstraint(
            "events > 0 AND outside >= 0 AND rest_day >= 0 AND outside + rest_day <= events",
            name=op.f("ck_activity_hour_parts_of_events"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_hour_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_activity_hour_unit_id")),
        sa.PrimaryKeyConstraint("person_id", "week", "source", "weekday", "hour", name=op.f("pk_activity_hour")),
    )
    op.create_index("ix_activity_hour_week", "activity_hour", ["week"])
    with op.batch_alter_table("published_cell") as table:
        table.alter_column("share_class", existing_type=sa.String(length=20), type_=sa.String(length=200))


def downgrade() -> None:
    """Take them away again, and what was released of them."""
    op.execute(sa.text("DELETE FROM published_cell WHERE area = 'activity'"))
    with op.batch_alter_table("published_cell") as table:
        table.alter_column("share_class", existing_type=sa.String(length=200), type_=sa.String(length=20))
    op.drop_index("ix_activity_hour_week", table_name="activity_hour")
    op.drop_table("activity_hour")
    with op.batch_alter_table("assignment") as table:
        table.drop_column("zone")
        table.drop_column("schedule")
