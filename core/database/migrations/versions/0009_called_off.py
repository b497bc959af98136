"""A conversation can be called off, and a question for feedback declined.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two days; nothing is called off or declined yet."""
    op.add_column("conversation", sa.Column("called_off_on", sa.Date(), nullable=True))
    op.add_column("feedback", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away again: what was called off is planned again, what was declined is open."""
    op.drop_column("feedback", "declined_at")
    op.drop_column("conversation", "called_off_on")
