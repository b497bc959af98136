"""What screens ask about notes: the stories behind the numbers of one unit, and whether the viewer may add one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.people.scope import led_unit, readable_unit
from core.policy import Policy
from core.workload.commands import Wording
from core.workload.tables import UnitNote, UnitNoteVersion


@dataclass(frozen=True)
class Note:
    """A note as it is shown.

    week: the Monday from which on the story holds. version, text, author: the wording in force and its number; author is
    the name shown when it was written. written_at: when the first wording was written; edited_at: when the one in force
    was, None while it is the first. versions: all older wordings, oldest first. mine: the viewer wrote it. may_edit: the
    viewer may reword it (the author, while a group role covers the unit). may_withdraw: the author likewise, and HR, so that
    a note outlives its author only as long as somebody answers for it.
    """

    id: int
    week: date
    version: int
    text: str
    author: str
    written_at: datetime
    edited_at: datetime | None
    versions: tuple[Wording, ...]
    mine: bool
    may_edit: bool
    may_withdraw: bool


def notes_of(connection: Connection, viewer: Viewer, unit: str, policy: Policy) -> tuple[Note, ...]:
    """The notes about the unit at the path `unit`, the newest week first; none when nobody has written one.

    Whoever may see the unit's group cells may read them. Withdrawn notes are not among them.

    Raises:
        NoPermission: the unit is not in the viewer's scope (a unit that does not exist reads the same).
    """
    readable = readable_unit(viewer, unit, own_line_open=policy.unit_means_for_everyone)
    if connection.scalar(readable) is None:
        raise NoPermission(f"'{unit}' is not a unit that you may see.")
    writes = may_write(connection, viewer, unit)
    rows = connection.execute(
        select(
            UnitNote.id,
            UnitNote.week,
            UnitNote.author_id,
            UnitNoteVersion.version,
            UnitNoteVersion.text,
            UnitNoteVersion.author,
            UnitNoteVersion.at,
        )
        .join(UnitNoteVersion, UnitNoteVersion.note_id == UnitNote.id)
        .where(UnitNote.unit_id.in_(readable), UnitNote.withdrawn_at.is_(None))
        .order_by(UnitNote.week.desc(), UnitNote.id.desc(), UnitNoteVersion.version)
    ).all()
    wordings: dict[int, list[Wording]] = {}
    heads: dict[int, tuple[date, bool]] = {}
    for row in rows:
        heads[row.id] = (row.week, row.author_id == viewer.id)
        wordings.setdefault(row.id, []).append(Wording(row.version, row.text, row.author, row.at))
    found = []
    for note_id, (week, mine) in heads.items():
        *older, newest = wordings[note_id]
        found.append(
            Note(
                id=note_id,
                week=week,
                version=newest.version,
                text=newest.text,
                author=newest.author,
                written_at=wordings[note_id][0].at,
                edited_at=newest.at if older else None,
                versions=tuple(older),
                mine=mine,
                may_edit=mine and writes,
                may_withdraw=writes and (mine or "hr" in viewer.roles),
            )
        )
    return tuple(found)


def may_write(connection: Connection, viewer: Viewer, unit: str) -> bool:
    """Whether the viewer may write a note about the unit: a leader, HR or manager role covers it."""
    return connection.scalar(led_unit(viewer, unit)) is not None
