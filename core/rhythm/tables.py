"""Tables of rhythm: pairs, their conversations, and what the two write. Every `sealed` text is encrypted and bound to its row."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class Pair(Base):
    """Two people who talk regularly. `kind` is manager (by the roster) or coach (agreed between the two; no role).

    `lead_id` is the manager or coach, `member_id` the employee or coachee. `since` is the first day, `until` the first day on
    which it no longer holds (None: it holds), `clock_from` the day from which its rhythm is counted. A coach pair that was
    proposed by one of them has `accepted_on` None until the other says yes; a manager pair needs no yes.
    """

    __tablename__ = "conversation_pair"
    __table_args__ = (
        CheckConstraint("lead_id <> member_id", name="two_people"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
        UniqueConstraint("kind", "lead_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    lead_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    clock_from: Mapped[date]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_on: Mapped[date | None]


class PairPause(Base):
    """Days `[starts, ends)` on which the clock of a pair stands still. One of the two set it; no reason is asked or kept."""

    __tablename__ = "pair_pause"
    __table_args__ = (
        CheckConstraint("ends > starts", name="not_empty"),
        UniqueConstraint("pair_id", "starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("conversation_pair.id"))
    starts: Mapped[date]
    ends: Mapped[date]


class Conversation(Base):
    """One conversation: planned for `due` (first for `first_due`; another day means that it was moved), held on `held_on`.

    `kind` is check_in, review or informal. Called off on `called_off_on`: it is not planned any more, and what was written
    about it stays.
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("conversation_pair.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    due: Mapped[date]
    first_due: Mapped[date]
    held_on: Mapped[date | None]
    called_off_on: Mapped[date | None]


class Preparation(Base):
    """What one of the two noted beforehand. `sealed` is theirs alone; `shared_sealed` is what they showed to the other.

    Writing on after sharing changes `sealed` only, until it is shared again; None: not shared, or taken back.
    """

    __tablename__ = "preparation"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    version: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    edited_at: Mapped[datetime]
    shared_sealed: Mapped[str | None] = mapped_column(Text)
    shared_at: Mapped[datetime | None]


class SharedNote(Base):
    """One version of the note that the two keep about a conversation. The newest is in force; all of them stay."""

    __tablename__ = "shared_note"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class NextStep(Base):
    """What a pair agreed on: whose it is, and by when. Open until `done_on` or `dropped_on`.

    `conversation_id` is where it was agreed. `carried_from` is the step of an earlier pair that the employee took along.
    """

    __tablename__ = "next_step"
    __table_args__ = (UniqueConstraint("carried_from"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("conversation_pair.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date]
    version: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime]
    done_on: Mapped[date | None]
    dropped_on: Mapped[date | None]
    carried_from: Mapped[str | None] = mapped_column(ForeignKey("next_step.id"))


class Feedback(Base):
    """What one person told another (`kind` given or recognition), or asked to be told (asked). Never changed once sent.

    `answers` is the question that it answers. `declined_at`: the one who was asked would rather not; no reason is kept.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="two_people"),
        UniqueConstraint("answers"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    answers: Mapped[str | None] = mapped_column(ForeignKey("feedback.id"))
    declined_at: Mapped[datetime | None]


class NotesKeyCheck(Base):
    """One row: a known word, sealed with the keys in use, so that a wrong key is found before anything is written with it."""

    __tablename__ = "notes_key_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[str] = mapped_column(Text)
