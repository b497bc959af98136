"""The keys in use: found wrong before anything is written with them, and changed for a new one in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.changes import record
from core.rhythm import places
from core.rhythm.sealing import KeyRefused, Place, Seals
from core.rhythm.tables import Conversation, Feedback, NextStep, NotesKeyCheck, Pair, Preparation, SharedNote

_TWO = (Pair.id.label("pair"), Pair.lead_id, Pair.member_id)
_WORD = "Evenkeel"
_AT_ONCE = 500  # rows read and sealed again together
WRONG_KEY = (
    "EVENKEEL_NOTES_KEYS does not hold the key that notes were sealed with before, so nothing was written. Put the earlier key "
    "back, after the newest one, and start again. If it is lost for good, what was sealed with it stays unreadable; then run: "
    "python -m core rhythm rotate-key --leave-unreadable"
)


@dataclass(frozen=True)
class Rotation:
    """How many texts of each kind were sealed again with the newest key, and how many no key opens, which stay as they are."""

    sealed: dict[str, int]
    unreadable: dict[str, int]


@dataclass(frozen=True)
class _Texts:
    """One column of sealed texts: its name in words, the rows (key columns first, then the text and what its place needs)."""

    name: str
    table: Table
    column: str
    rows: Any  # a select
    place: Callable[[Row[Any]], Place]


def refuse_a_wrong_key(connection: Connection, seals: Seals) -> None:
    """Before a first text is written: the keys open what was sealed before, if anything was. Leaves a known word for the next.

    Raises:
        KeyRefused: they do not; the message says what to set.
    """
    if seals.why_closed:
        raise KeyRefused(seals.why_closed)
    sealed = connection.scalar(select(NotesKeyCheck.sealed))
    if sealed is None:
        row = {"id": 1, "sealed": seals.seal(places.KEY_CHECK, _WORD)}
        if connection.dialect.name == "postgresql":
            connection.execute(postgresql.insert(NotesKeyCheck).values(row).on_conflict_do_nothing())
        else:
            connection.execute(sqlite.insert(NotesKeyCheck).values(row).on_conflict_do_nothing())
        sealed = connection.scalars(select(NotesKeyCheck.sealed)).one()  # perhaps another process was first
    try:
        seals.open(places.KEY_CHECK, sealed)
    except KeyRefused:
        raise KeyRefused(WRONG_KEY) from None


def why_closed(connection: Connection, seals: Seals) -> str:
    """Why nothing can be written with these keys, in words for whoever runs the server; '' when it can. Only reads."""
    if seals.why_closed:
        return seals.why_closed
    sealed = connection.scalar(select(NotesKeyCheck.sealed))
    return "" if sealed is None or not seals.look(places.KEY_CHECK, sealed).why else WRONG_KEY


def rotate(
    connection: Connection, seals: Seals, *, at: datetime, actor: str, leave_unreadable: bool = False
) -> Rotation:
    """Seal every text again with the newest key, in the caller's transaction: all of them or none.

    Servers must have the newest key first already, so that nobody seals with the old one meanwhile. A text that no key opens,
    or that was sealed for another place, is never overwritten. leave_unreadable: such texts are counted and stay.

    Raises:
        KeyRefused: a text cannot be opened, and `leave_unreadable` is not set; the transaction has to be rolled back.
    """
    connection.execute(
        update(NotesKeyCheck).values(id=NotesKeyCheck.id)
    )  # SQLite: take the writer's turn before reading
    sealed: dict[str, int] = {}
    unreadable: dict[str, int] = {}
    for texts in _all_texts():
        sealed[texts.name] = unreadable[texts.name] = 0
        for rows in _batches(connection, texts):
            done = [(row, again) for row in rows if (again := _again(seals, texts, row)) is not None]
            _write(connection, texts, done)
            sealed[texts.name] += len(done)
            unreadable[texts.name] += len(rows) - len(done)
    if sum(unreadable.values()) and not leave_unreadable:
        raise KeyRefused(
            f"{sum(unreadable.values()):,} of {sum(sealed.values()) + sum(unreadable.values()):,} texts cannot be opened with "
            "the keys in EVENKEEL_NOTES_KEYS, so nothing was changed. Put the earlier keys back, after the newest one. If they "
            "are lost for good, add --leave-unreadable: the others are sealed again, and those stay as they are."
        )
    _renew_check(connection, seals)
    record(
        connection,
        at=at,
        actor=actor,
        action="notes key rotated",
        subject="notes",
        detail={"sealed": sealed, "unreadable": unreadable},
    )
    return Rotation(sealed, unreadable)


def _all_texts() -> tuple[_Texts, ...]:
    own = select(Preparation.conversation_id, Preparation.person_id, Preparation.sealed, *_TWO)
    shown = select(Preparation.conversation_id, Preparation.person_id, Preparation.shared_sealed, *_TWO)
    notes = select(SharedNote.conversation_id, SharedNote.version, SharedNote.sealed, *_TWO)
    by_conversation = (Pair, Pair.id == Conversation.pair_id)
    return (
        _Texts(
            "preparations", _table(Preparation), "sealed", own.select_from(Preparation).join(Conversation).join(*by_conversation),
            lambda row: places.own_preparation(_between(row), row.conversation_id, row.person_id),
        ),
        _Texts(
            "shared preparations", _table(Preparation), "shared_sealed",
            shown.select_from(Preparation).join(Conversation).join(*by_conversation).where(Preparation.shared_sealed.is_not(None)),
            lambda row: places.shared_preparation(_between(row), row.conversation_id, row.person_id),
        ),
        _Texts(
            "shared notes", _table(SharedNote), "sealed", notes.select_from(SharedNote).join(Conversation).join(*by_conversation),
            lambda row: places.shared_note(_between(row), row.conversation_id, row.version),
        ),
        _Texts(
            "next steps", _table(NextStep), "sealed",
            select(NextStep.id, NextStep.sealed, *_TWO).select_from(NextStep).join(Pair, Pair.id == NextStep.pair_id),
            lambda row: places.next_step(_between(row), row.id),
        ),
        _Texts(
            "feedback", _table(Feedback), "sealed",
            select(Feedback.id, Feedback.sealed, Feedback.from_id, Feedback.to_id),
            lambda row: places.feedback(row.from_id, row.to_id, row.id),
        ),
    )  # fmt: skip


def _between(row: Row[Any]) -> places.Between:
    return places.Between(row.pair, row.lead_id, row.member_id)


def _table(model: type[Any]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _batches(connection: Connection, texts: _Texts) -> Iterator[Sequence[Row[Any]]]:
    """All rows, locked, some at a time; the keys are read first, so that what is rewritten is not read again."""
    key = list(texts.table.primary_key.columns)
    everything = connection.execute(texts.rows.with_only_columns(*key).order_by(*key)).all()
    for start in range(0, len(everything), _AT_ONCE):
        some = [tuple(row) for row in everything[start : start + _AT_ONCE]]
        yield connection.execute(
            texts.rows.where(tuple_(*key).in_(some)).order_by(*key).with_for_update(of=texts.table)
        ).all()


def _again(seals: Seals, texts: _Texts, row: Row[Any]) -> str | None:
    place = texts.place(row)
    try:
        return seals.seal(place, seals.open(place, getattr(row, texts.column)))
    except KeyRefused:
        return None


def _write(connection: Connection, texts: _Texts, done: Sequence[tuple[Row[Any], str]]) -> None:
    if not done:
        return
    key = list(texts.table.primary_key.columns)
    statement = (
        update(texts.table)
        .where(*(column == bindparam(f"key_{column.name}") for column in key))
        .values({texts.column: bindparam("again")})
    )
    connection.execute(
        statement,
        [
            {**{f"key_{column.name}": getattr(row, column.name) for column in key}, "again": again}
            for row, again in done
        ],
    )


def _renew_check(connection: Connection, seals: Seals) -> None:
    sealed = seals.seal(places.KEY_CHECK, _WORD)
    if connection.execute(update(NotesKeyCheck).values(sealed=sealed)).rowcount == 0:
        connection.execute(insert(NotesKeyCheck).values(id=1, sealed=sealed))
