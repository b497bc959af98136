"""Person-weeks by month on PostgreSQL. SQLite keeps its one table.

Revision ID: 0005
Revises: 0004
"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE, WHOLE = "person_week", "person_week_before"
HOURS = ("contracted", "leave", "public_holiday", "sickness", "worked", "after_hours", "rest_day", "meeting", "focus")


def upgrade() -> None:
    """Make the table partitioned, with a partition for each month that has weeks and one for all others; move the rows."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _aside()
    _create(postgresql_partition_by="RANGE (week)")
    op.execute(sa.text(f"CREATE TABLE {TABLE}_default PARTITION OF {TABLE} DEFAULT"))
    months = op.get_bind().scalars(sa.text(f"SELECT DISTINCT date_trunc('month', week)::date FROM {WHOLE} ORDER BY 1"))
    for first in list(months):
        end = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        op.execute(
            sa.text(f"CREATE TABLE {TABLE}_{first:%Y_%m} PARTITION OF {TABLE} FOR VALUES FROM ('{first}') TO ('{end}')")
        )
    _move()


def downgrade() -> None:
    """Put all months back into one table."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _aside()
    _create()
    _move()


def _aside() -> None:
    """The table as it is gets other names, its own and those of its constraints and index."""
    op.rename_table(TABLE, WHOLE)
    for name in ("pk_person_week", "fk_person_week_person_id", "fk_person_week_unit_id"):
        op.execute(sa.text(f"ALTER TABLE {WHOLE} RENAME CONSTRAINT {name} TO {name}_before"))
    op.execute(sa.text("ALTER INDEX ix_person_week_week_unit RENAME TO ix_person_week_week_unit_before"))


def _create(**options: Any) -> None:
    op.create_table(
        TABLE,
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=True) for name in HOURS),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_week_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_person_week_unit_id")),
        sa.PrimaryKeyConstraint("person_id", "week", name=op.f("pk_person_week")),
        **options,
    )


def _move() -> None:
    columns = ", ".join(("person_id", "week", "unit_id", *HOURS))
    op.execute(sa.text(f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {WHOLE}"))
    op.create_index("ix_person_week_week_unit", TABLE, ["week", "unit_id"])
    op.drop_table(WHOLE)
