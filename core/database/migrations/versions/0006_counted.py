"""Teams counted from released cells, and an index of cells by unit.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("team_change", "team_run", "team_count", "counted_unit", "team_counting")


def upgrade() -> None:
    """Add the tables, empty: the next release or first page counts what was released; screens count by themselves till then."""
    op.create_table(
        "team_counting",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("upto", sa.Date(), nullable=True),
        sa.Column("changes", sa.Date(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("measure", name=op.f("pk_team_counting")),
    )
    op.create_table(
        "counted_unit",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("below", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_counted_unit")),
    )
    op.create_table(
        "team_count",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("teams", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("strained", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Date(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "unit_id", "week", name=op.f("pk_team_count")),
    )
    op.create_table(
        "team_run",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("cell_id", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "unit_id", "week", "cell_id", name=op.f("pk_team_run")),
    )
    op.create_table(
        "team_change",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "unit_id", "cell_id", name=op.f("pk_team_change")),
    )
    op.create_index("ix_published_cell_unit", "published_cell", ["area", "measure", "unit_id", "period"])


def downgrade() -> None:
    """Take them away; nothing is lost, as all of it follows from the cells."""
    op.drop_index("ix_published_cell_unit", table_name="published_cell")
    for table in TABLES:
        op.drop_table(table)
