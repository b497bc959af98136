"""Sign-in codes, the browser of a session, and notes about units.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what durable sessions and notes need. Sessions from before, of which there were none, would end."""
    op.execute(sa.text("DELETE FROM user_session"))
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("browser", sa.String(length=60), nullable=False))
    op.create_table(
        "sign_in_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_in_code_user_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_sign_in_code")),
    )
    op.create_table(
        "unit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_unit_note_author_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org_unit.id"], name=op.f("fk_unit_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_note")),
    )
    op.create_index("ix_unit_note_unit_week", "unit_note", ["unit_id", "week"])
    op.create_table(
        "unit_note_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["unit_note.id"], name=op.f("fk_unit_note_version_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_note_version")),
        sa.UniqueConstraint("note_id", "version", name=op.f("uq_unit_note_version_note_id_version")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("unit_note_version")
    op.drop_index("ix_unit_note_unit_week", table_name="unit_note")
    op.drop_table("unit_note")
    op.drop_table("sign_in_code")
    with op.batch_alter_table("user_session") as table:
        table.drop_column("browser")
