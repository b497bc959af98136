"""Whether conversations keep their rhythm, by unit: released cells for leaders and HR, and nothing about content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, long_label, monday_of, quarter_start
from core.metrics.wording import percent
from core.people.scope import units_told_rhythm
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.views import published, released_periods
from core.rhythm.quarter import MEASURE, known_from
from core.rhythm.release import AREA
from core.workload.activity_rollup import quarter_end

NO_PERMISSION = (
    "Whether conversations keep their rhythm is told by unit to leaders and HR, and to a manager about the own team."
)
HIDDEN = "not shown, to protect people"
NO_DATA = "no data"
IN_WORDS = {"few": "nearly all on time", "some": "most on time", "many": "many late or missed"}


@dataclass(frozen=True)
class RhythmLine:
    """One unit. status: 'shown', 'hidden' or 'missing'. text: in words or percent. together: whom it is shown with, ''.

    on_time: the released share where it is a number (from 20 stand-ins on), as it may be read; None in words.
    """

    path: str
    slug: str
    name: str
    status: str
    text: str
    tone: str
    on_time: float | None
    together: str
    opens: bool


@dataclass(frozen=True)
class RhythmShares:
    """The shares of a level for one quarter: the unit first, then the units right below it.

    first, last: days of the quarter, None before any was released. quarters: those released, newest first. trail: (slug, name)
    of the units above that the viewer is told, top first.
    """

    lines: tuple[RhythmLine, ...]
    first: date | None
    last: date | None
    quarters: tuple[date, ...]
    trail: tuple[tuple[str, str], ...]
    sentence: str
    release: int | None


def rhythm_shares(
    connection: Connection,
    viewer: Viewer,
    unit: str | None = None,
    quarter: date | None = None,
    *,
    policy: Policy,
    as_of: date,
) -> RhythmShares:
    """The share of conversations on time of a unit (slug or path; None: the highest told) and the units below, by released cells.

    quarter: a day of it; None, or one that is not released: the newest before it.

    Raises:
        NoPermission: the viewer is told of no unit, or not of this one (a unit that does not exist reads the same).
    """
    told = set(connection.scalars(units_told_rhythm(viewer)))
    every = [each for each in units_seen(connection, viewer, own_line_open=False) if each["id"] in told]
    asked = (each for each in every if unit is None or unit in (each["slug"], each["path"]))
    at = min(asked, key=lambda each: (each["depth"], each["path"]), default=None)
    if at is None:
        raise NoPermission(NO_PERMISSION)
    above = [each for each in every if at["path"].startswith(each["path"] + "/")]
    trail = tuple((each["slug"], each["name"]) for each in sorted(above, key=lambda each: int(each["depth"])))
    released = released_periods(connection, AREA)
    known = [each for each in released if quarter is None or each <= quarter]
    if not known:
        return RhythmShares((), None, None, released, trail, _not_yet(policy, as_of), None)
    first, end = known[0], quarter_end(known[0])
    level = [at, *(each for each in every if each["parent_id"] == at["id"])]
    ids = {int(each["id"]) for each in level}
    parents = {each["parent_id"] for each in every}
    frame = published(connection, AREA, MEASURE, ids, first, first + WEEK)
    rows = {str(row["cell_id"]): row for row in frame.to_dict("records")}
    lines = tuple(_line(each, rows, opens=each is not at and each["id"] in parents) for each in level)
    kept = tuple(line for line in lines if line is lines[0] or line.status != "missing")
    number = None if frame.empty else int(frame["release_id"].iloc[0])
    last = end - WEEK / 7
    return RhythmShares(kept, first, last, released, trail, _sentence(kept[0]), number)


def table(found: RhythmShares) -> pd.DataFrame:
    """One row a line: unit, path, quarter, status, on_time (0 to 1, empty in words), words, shown_with, release."""
    columns = ["unit", "path", "quarter", "status", "on_time", "words", "shown_with", "release"]
    rows = [
        (line.name, line.path, found.first, line.status, line.on_time, line.text, line.together, found.release)
        for line in found.lines
    ]
    return pd.DataFrame(rows, columns=columns)


def _line(unit: Mapping[str, Any], rows: Mapping[str, Mapping[Any, Any]], *, opens: bool) -> RhythmLine:
    where = (str(unit["path"]), str(unit["slug"]), str(unit["name"]))
    row = rows.get(f"unit:{unit['id']}")
    if row is None:
        return RhythmLine(*where, "missing", NO_DATA, "", None, "", opens)
    together = rows.get(str(row["shown_with"])) if row["status"] == "hidden" else None
    joined = together is not None and together["kind"] in ("join", "others") and together["status"] == "shown"
    shown = together if together is not None and joined else row
    if shown["status"] != "shown":
        return RhythmLine(*where, "hidden", HIDDEN, "", None, "", opens)
    text, tone, on_time = _told(shown)
    return RhythmLine(*where, "shown", text, tone, on_time, str(shown["name"]) if shown is not row else "", opens)


def _told(row: Mapping[Any, Any]) -> tuple[str, str, float | None]:
    """Words, tone and share on time of a released cell, which holds the share that was not on time."""
    if row["qualifier"] == "class":
        kind = str(row["share_class"])
        return IN_WORDS[kind], {"few": "within", "some": "watch", "many": "over"}[kind], None
    late = float(row["value"])
    turned = {"at most": "at least ", "at least": "at most "}.get(str(row["qualifier"]), "about ")
    tone = "within" if late <= 0.15 + 1e-9 else "watch" if late <= 0.30 + 1e-9 else "over"
    return f"{turned}{percent(1 - late)} on time", tone, round(1 - late, 4)


def _sentence(line: RhythmLine) -> str:
    if line.status != "shown":
        return "Whether conversations keep their rhythm is not shown here, to protect people."
    whom = line.together or line.name
    if line.on_time is None:
        told = {
            "within": f"Nearly all conversations in {whom} were on time.",
            "watch": f"Most conversations in {whom} were on time; some were late or did not take place.",
            "over": f"Many conversations in {whom} were late, or did not take place.",
        }
        return told[line.tone]
    return (
        f"{line.text[:1].upper()}{line.text[1:].removesuffix(' on time')} of the conversations in {whom} were on time."
    )


def _not_yet(policy: Policy, as_of: date) -> str:
    opens = known_from(quarter_end(quarter_start(monday_of(as_of))), policy)
    return f"Shown once a quarter, when it is over: this one from {long_label(opens)}."
