"""What changes state in workload: notes about units are written, reworded and withdrawn, each in the caller's transaction."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, literal, or_, select, update

from core.access.changes import record
from core.access.refusals import NoPermission, Refused
from core.access.viewer import Viewer
from core.calendar import is_monday, long_label
from core.people.mentions import mentions_somebody
from core.people.scope import led_unit, led_units, path_of
from core.policy import Policy
from core.workload.note_text import ABOUT_WORK, checked
from core.workload.tables import UnitNote, UnitNoteVersion

_SUBJECT = 200  # characters of a path that the change log holds


@dataclass(frozen=True)
class Wording:
    """One wording of a note: its number (1 is the first), text, the author's name as shown then, and when."""

    version: int
    text: str
    author: str
    at: datetime


class ChangedMeanwhile(Refused):
    """A note has a newer wording than the one that was edited. `theirs` is that wording, `yours` what was to be saved."""

    def __init__(self, theirs: Wording, yours: str) -> None:
        super().__init__(
            "This note was changed while you were writing. Your text is kept; compare before saving. "
            f"It now reads: {theirs.text}"
        )
        self.theirs = theirs
        self.yours = yours


def add_note(
    connection: Connection, viewer: Viewer, *, unit: str, week: date, text: str, at: datetime, policy: Policy
) -> int:
    """Write down why the numbers of the unit at the path `unit` are what they are from `week` on. Returns the note's id.

    text: 1 to 1,000 characters after trimming. week: a Monday that is not after the day of `at`.

    Raises:
        NoPermission: no leader, HR or manager role of the viewer covers the unit.
        Refused: the text or the week cannot be taken; the message says why.
    """
    unit_id = connection.scalar(led_unit(viewer, unit))
    if unit_id is None:
        raise NoPermission(
            "A note about a unit is written by those who lead or manage it, or by HR. You may read what they write."
        )
    if not is_monday(week):
        raise Refused(f"A week is named by its Monday; {long_label(week)} is not one.")
    if week > at.date():
        raise Refused(f"The week of {long_label(week)} has not begun. A note speaks of weeks that have happened.")
    kept = _acceptable(connection, text, policy)
    made = connection.execute(
        insert(UnitNote).values(unit_id=unit_id, week=week, author_id=viewer.id, created_at=at)
    ).inserted_primary_key
    assert made is not None
    note_id = int(made[0])
    _word(connection, note_id, 1, kept, viewer, at)
    _log(connection, viewer, "note added", unit, at, {"note": note_id, "week": week.isoformat(), "version": 1})
    return note_id


def edit_note(
    connection: Connection, viewer: Viewer, note_id: int, *, based_on: int, text: str, at: datetime, policy: Policy
) -> int:
    """Give a note a new wording; the earlier ones stay. Returns the version now in force (unchanged for the same text).

    based_on: the version that the author saw while writing.

    Raises:
        NoPermission: the viewer is not the author, no longer covers the unit, or the note is gone.
        ChangedMeanwhile: there is a newer version than `based_on`; nothing was saved.
        Refused: the text cannot be taken.
    """
    unit_id = _own_note(connection, viewer, note_id)
    kept = _acceptable(connection, text, policy)
    newest = connection.execute(
        select(UnitNoteVersion.version, UnitNoteVersion.text, UnitNoteVersion.author, UnitNoteVersion.at)
        .where(UnitNoteVersion.note_id == note_id)
        .order_by(UnitNoteVersion.version.desc())
        .limit(1)
    ).one()
    if newest.version != based_on:
        raise ChangedMeanwhile(Wording(newest.version, newest.text, newest.author, newest.at), kept)
    if newest.text == kept:
        return based_on
    _word(connection, note_id, based_on + 1, kept, viewer, at)
    path = path_of(connection, unit_id)
    _log(connection, viewer, "note changed", path, at, {"note": note_id, "version": based_on + 1})
    return based_on + 1


def withdraw_note(connection: Connection, viewer: Viewer, note_id: int, *, at: datetime) -> None:
    """Take a note off every screen. Its wordings stay on record.

    Raises:
        NoPermission: the viewer is neither the author nor HR, no longer covers the unit, or the note is gone.
    """
    unit_id = _own_note(connection, viewer, note_id, of_others="hr" in viewer.roles)
    connection.execute(update(UnitNote).where(UnitNote.id == note_id).values(withdrawn_at=at))
    _log(connection, viewer, "note withdrawn", path_of(connection, unit_id), at, {"note": note_id})


def _own_note(connection: Connection, viewer: Viewer, note_id: int, *, of_others: bool = False) -> int:
    """The unit of a note that the viewer may change, locked until the transaction ends: two edits come one after the other."""
    mine = (
        UnitNote.id == note_id,
        or_(UnitNote.author_id == viewer.id, literal(of_others)),
        UnitNote.withdrawn_at.is_(None),
        UnitNote.unit_id.in_(led_units(viewer)),
    )
    connection.execute(update(UnitNote).where(*mine).values(week=UnitNote.week))
    unit_id = connection.scalar(select(UnitNote.unit_id).where(*mine))
    if unit_id is None:
        raise NoPermission(
            "This note cannot be changed here: only its author changes or withdraws it, while it is shown."
        )
    return unit_id


def _acceptable(connection: Connection, text: str, policy: Policy) -> str:
    kept = checked(text, policy.k)
    if mentions_somebody(connection, kept):
        raise Refused(ABOUT_WORK)
    return kept


def _word(connection: Connection, note_id: int, version: int, text: str, viewer: Viewer, at: datetime) -> None:
    connection.execute(
        insert(UnitNoteVersion).values(note_id=note_id, version=version, text=text, author=viewer.display_name, at=at)
    )


def _log(
    connection: Connection, viewer: Viewer, action: str, path: str, at: datetime, detail: dict[str, str | int]
) -> None:
    """The log says that a note changed, never what it says: a withdrawn wording must not live on there."""
    record(connection, at=at, actor=viewer.name, action=action, subject=f"unit {path}"[:_SUBJECT], detail=dict(detail))
