"""Pairs, conversations, what two people write to each other (sealed), and the check of the key.

Revision ID: 0008
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = (
    "notes_key_check",
    "feedback",
    "next_step",
    "shared_note",
    "preparation",
    "conversation",
    "pair_pause",
    "conversation_pair",
)


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "conversation_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("clock_from", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("lead_id <> member_id", name=op.f("ck_conversation_pair_two_people")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_conversation_pair_ends_after_it_began")),
        _person("conversation_pair", "lead_id"),
        _person("conversation_pair", "member_id"),
        _person("conversation_pair", "proposed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_pair")),
        sa.UniqueConstraint("kind", "lead_id", "member_id", name=op.f("uq_conversation_pair_kind_lead_id_member_id")),
    )
    op.create_index(op.f("ix_conversation_pair_lead_id"), "conversation_pair", ["lead_id"])
    op.create_index(op.f("ix_conversation_pair_member_id"), "conversation_pair", ["member_id"])
    op.create_table(
        "pair_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_pair_pause_not_empty")),
        sa.ForeignKeyConstraint(["pair_id"], ["conversation_pair.id"], name=op.f("fk_pair_pause_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_pause")),
        sa.UniqueConstraint("pair_id", "starts", name=op.f("uq_pair_pause_pair_id_starts")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("first_due", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["pair_id"], ["conversation_pair.id"], name=op.f("fk_conversation_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index(op.f("ix_conversation_pair_id"), "conversation", ["pair_id"])
    _texts()
    op.create_table(
        "notes_key_check",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes_key_check")),
    )


def _texts() -> None:
    op.create_table(
        "preparation",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_sealed", sa.Text(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        _conversation("preparation"),
        _person("preparation", "person_id"),
        sa.PrimaryKeyConstraint("conversation_id", "person_id", name=op.f("pk_preparation")),
    )
    op.create_table(
        "shared_note",
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _person("shared_note", "author_id"),
        _conversation("shared_note"),
        sa.PrimaryKeyConstraint("conversation_id", "version", name=op.f("pk_shared_note")),
    )
    op.create_table(
        "next_step",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("carried_from", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["carried_from"], ["next_step.id"], name=op.f("fk_next_step_carried_from")),
        _conversation("next_step"),
        _person("next_step", "owner_id"),
        sa.ForeignKeyConstraint(["pair_id"], ["conversation_pair.id"], name=op.f("fk_next_step_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
        sa.UniqueConstraint("carried_from", name=op.f("uq_next_step_carried_from")),
    )
    op.create_index(op.f("ix_next_step_pair_id"), "next_step", ["pair_id"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answers", sa.String(length=32), nullable=True),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_feedback_two_people")),
        sa.ForeignKeyConstraint(["answers"], ["feedback.id"], name=op.f("fk_feedback_answers")),
        _person("feedback", "from_id"),
        _person("feedback", "to_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("answers", name=op.f("uq_feedback_answers")),
    )
    op.create_index(op.f("ix_feedback_from_id"), "feedback", ["from_id"])
    op.create_index(op.f("ix_feedback_to_id"), "feedback", ["to_id"])


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def _conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f(f"fk_{table}_conversation_id"))


def downgrade() -> None:
    """Take them away again, and with them what people wrote."""
    for table in TABLES:
        op.drop_table(table)
