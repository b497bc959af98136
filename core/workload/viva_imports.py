"""The file kind `viva-person-query`: weekly collaboration hours as Microsoft Viva Insights exports them.

Hours only. Message counts, survey answers, use of Copilot, network sizes and attributes are ignored by name, with the reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from sys import intern
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from core.calendar import is_monday
from core.delivery import (
    DATE,
    HOURS,
    HOURS_REFUSED,
    NO_CONTROL,
    Column,
    Counts,
    FileKind,
    Finding,
    ImportOptions,
    Loaded,
    Rule,
    at_most,
    day,
    days,
    numbers,
    parsed,
    plain,
)
from core.metrics.viva import HOURS_COLUMNS, VIVA_HOURS
from core.people.columns import UNIT_RULES
from core.people.loading import (
    Employment,
    StoredAssignment,
    StoredSpell,
    company_findings,
    ensure_persons,
    ensure_units,
    refresh_unit_days,
    replace_employments,
    stored_employments,
    stored_persons,
    unit_ids,
)
from core.people.roster import as_dates
from core.people.unit_paths import SEPARATOR, tidy
from core.workload.imports import counts_of, doubled, not_employed
from core.workload.loading import (
    Difference,
    Stored,
    WeekFacts,
    Writer,
    at_home,
    difference,
    facts_of,
    stored_weeks,
)
from core.workload.tables import CollaborationWeek

_Places = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]  # person, day, unit of some facts
SOURCE = "viva-person-query"
DEFAULT_UNIT_COLUMNS = ("Organization",)
VALUES = ("source_date", *VIVA_HOURS)
SUNDAY = 6

SURVEY_ITEMS = (
    "Barriers_to_Execution", "Change_Adaptation", "Collaboration", "Communication_Flow", "Continuous_Improvement", "eSat",
    "Initiative", "Manager_Recommend", "Resources", "Speak_My_Mind", "Wellbeing", "Work_Life_Balance", "Workload",
)  # fmt: skip
MESSAGE_COUNTS = (
    "Emails_read", "Emails_sent", "Emails", "Chats", "Chats_sent", "Chats_read", "Channel_message_posts",
    "Channel_messages", "Calls", "Meetings", "Meetings_and_calls", "Unscheduled_calls", "Conflicting_meetings",
    "Messages", "Messages_sent",
)  # fmt: skip
ATTRIBUTES = (
    "FunctionType", "SupervisorIndicator", "Level", "LevelDesignation", "Organization", "Layer", "ManagerId", "Manager_ID",
    "HireDate", "Location", "City", "Country", "Region", "TimeZone", "Domain", "IsActive", "NumberOfDirectReports",
    "JobTitle", "JobFunction", "Department", "CostCenter", "HourlyRate", "Gender", "Age", "PopulationType", "IsInternal",
)  # fmt: skip
SURVEY_REASON = "a named person's survey answer or wellbeing score has no place in this database"
COUNT_REASON = "counts of messages are not hours and are never collected"
COPILOT_REASON = "use of a tool by a named person is not workload"
NETWORK_REASON = "the size of a person's network is not workload"
ATTRIBUTE_REASON = "kept out: not needed for workload"
UNKNOWN_REASON = "not a column of hours that Evenkeel knows"
_SURVEY, _COUNTS, _ATTRIBUTES = (
    frozenset(plain(name) for name in names) for names in (SURVEY_ITEMS, MESSAGE_COUNTS, ATTRIBUTES)
)


def reason(column: str) -> str:
    """Why a column of a Viva person query is not read."""
    name = plain(column)
    if name in _SURVEY:
        return SURVEY_REASON
    if "copilot" in name:
        return COPILOT_REASON
    if name in _COUNTS or name.startswith("emails"):
        return COUNT_REASON
    if "network" in name:
        return NETWORK_REASON
    return ATTRIBUTE_REASON if name in _ATTRIBUTES else UNKNOWN_REASON


def _starts_a_week(text: str) -> bool:
    found = day(text)
    return found is not None and (is_monday(found) or found.weekday() == SUNDAY)


_KEYS = (
    Column(
        "PersonId",
        "text",
        "The id of the person in the export.",
        "bf361ad4-fc29-432f-95f3-837e689f4ac4",
        required=True,
        rules=(NO_CONTROL, at_most(100)),
        refused="Blank, more than 100 characters.",
    ),
    Column(
        "MetricDate",
        "week",
        "First day of the week. A Sunday belongs to the week of the Monday after it; a Monday is taken as it is.",
        "2024-03-31",
        required=True,
        synonyms=("Date",),
        rules=(
            DATE,
            Rule(
                "week-start",
                _starts_a_week,
                "A week of a person query starts on a Sunday or a Monday; this day is neither.",
                "Export the query by week, not by day or month.",
            ),
        ),
        refused="Another day than a Sunday or a Monday.",
    ),
)
_HOURS = tuple(
    Column(name, "hours", f"{title}.", "3.25", rules=HOURS, refused=HOURS_REFUSED)
    for name, (_, title, _) in HOURS_COLUMNS.items()
)
COLUMNS = (*_KEYS, *_HOURS)
ROWS = (
    "Name the columns that give the unit with `--unit-columns`, from the top down; without it `Organization` is taken. "
    "The unit's path is the company (`--company`, by default `Company`) followed by their values.",
    "People are known by the export's own id, without a name. Their unit may differ from week to week: consecutive weeks "
    "in the same unit make one assignment, from the first Monday to the end of the last week.",
    "Who is on record by a people file keeps those assignments; the week then belongs to the unit given there.",
    "A row for a person and week on record replaces it; other weeks stay. The same file again changes nothing.",
    "Refused: two rows for the same person and week; a blank unit; a company other than the one on record.",
)


def unit_columns(header: tuple[str, ...], options: ImportOptions) -> tuple[str, ...]:
    """Names, as in the header where it has them, of the columns that give the unit."""
    spelt = {plain(name): name for name in header}
    return tuple(spelt.get(plain(name), name) for name in options.unit_columns or DEFAULT_UNIT_COLUMNS)


def columns_for(header: tuple[str, ...], options: ImportOptions) -> tuple[Column, ...]:
    """Keys and hours, and the columns that name the unit."""
    units = tuple(
        Column(
            name,
            "text",
            "The unit, one level of its path.",
            "Legal",
            required=True,
            rules=UNIT_RULES,
            when_missing="Say which columns of the file name the unit (--unit-columns), from the top down.",
        )
        for name in dict.fromkeys(unit_columns(header, options))
        if plain(name) not in {plain(column.name) for column in COLUMNS}
    )
    return (*COLUMNS, *units)


def refuse_header(header: tuple[str, ...], options: ImportOptions) -> list[Finding]:
    """A column that may not be stored, or that holds keys or hours, cannot name a unit either."""
    own = {plain(column.name) for column in COLUMNS}
    return [
        Finding(
            1,
            name,
            name,
            f"The column '{name}' cannot name a unit: {'it is read already' if plain(name) in own else reason(name)}.",
            "Choose a column that says where people belong.",
        )
        for name in unit_columns(header, options)
        if plain(name) in own or reason(name) not in (ATTRIBUTE_REASON, UNKNOWN_REASON)
    ]


def read(text: pd.DataFrame, options: ImportOptions) -> tuple[pd.DataFrame, list[Finding]]:
    """Columns code, source_date and week (datetime64[s]), unit (path or None) and hours by their names on record."""
    source = days(text["MetricDate"])
    sunday = source.dt.day_of_week == SUNDAY
    frame = pd.DataFrame(
        {
            "code": parsed(text["PersonId"], intern),
            "source_date": source,
            "week": source.where(~sunday, source + pd.Timedelta(days=1)),
        },
        index=text.index,
    )
    named = [name for name in text.columns if name not in HOURS_COLUMNS and name not in ("PersonId", "MetricDate")]
    order = [name for name in unit_columns(tuple(named), options) if name in text]
    levels = pd.Series(options.company, index=text.index, dtype=object)
    for name in order:
        levels = levels.where(text[name].notna() & levels.notna(), None)
        levels = levels + SEPARATOR + text[name].astype(object)
    frame["unit"] = parsed(levels, tidy)
    for name, (column, _, _) in HOURS_COLUMNS.items():
        if name in text:
            frame[column] = numbers(text[name])
    return frame, _wrong_paths(frame["unit"], text, order)


def _wrong_paths(units: pd.Series, text: pd.DataFrame, order: list[str]) -> list[Finding]:
    """Findings about whole paths (a single level is checked with its cell)."""
    broken = {path: rule for path in units.dropna().unique() for rule in reversed(UNIT_RULES) if not rule.holds(path)}
    findings = []
    for row, path in units[units.isin(broken.keys())].items():
        alone = all(rule.holds(str(text.at[row, name])) for name in order for rule in UNIT_RULES)
        if alone:
            findings.append(Finding(int(row), order[0], path, broken[path].problem, broken[path].remedy_for(path)))
    return findings


def examine(
    connection: Connection, frame: pd.DataFrame, options: ImportOptions
) -> tuple[list[Finding], "VivaPlan | None"]:
    """Rules over rows and against the database, and the plan when all hold."""
    persons = stored_persons(connection)
    facts = facts_of(frame, VALUES, units=True)
    findings = doubled(facts, "PersonId")
    employments = stored_employments(connection, facts.codes)
    placed_elsewhere = {code for code, one in employments.items() if one.sources != {SOURCE}}
    by_code = np.array([code in placed_elsewhere for code in facts.codes], dtype=bool)
    elsewhere = by_code[facts.code]
    column = (options.unit_columns or DEFAULT_UNIT_COLUMNS)[0]
    pairs = [
        (row, facts.paths[unit])
        for row, unit in zip(facts.row[~elsewhere].tolist(), facts.unit[~elsewhere].tolist(), strict=True)
    ]
    findings += company_findings(connection, pairs, column, "Say that it is this company: --company '{ours}'.")
    known = {code: persons[code].id for code in facts.codes if code in persons}
    units = unit_ids(connection)
    facts = at_home(connection, facts, elsewhere, known, units)
    findings += not_employed(facts, elsewhere, "MetricDate")
    if findings:
        return findings, None
    history: list[_Places] = []
    stored = stored_weeks(connection, CollaborationWeek, facts, known, units, VALUES, every_week=True)
    changes = difference(facts, _noting(stored, history))
    history.append((facts.code, facts.day, facts.unit))
    given = _employments(facts, history, ~by_code)
    names = {code: (person.name, person.email) for code in facts.codes if (person := persons.get(code)) is not None}
    return [], VivaPlan(
        counts_of(changes),
        changes,
        {code: names.get(code, (None, None)) for code in sorted(facts.codes)},
        {code: one for code, one in given.items() if employments.get(code) != one},
    )


def _noting(pieces: Iterable[Stored], history: list[_Places]) -> Iterator[Stored]:
    """The pieces as they come; who was where is kept, the hours are not."""
    for piece in pieces:
        history.append((piece.code, piece.day, piece.unit))
        yield piece


def _employments(facts: WeekFacts, history: Sequence[_Places], own: NDArray[np.bool_]) -> dict[str, Employment]:
    """Runs of consecutive weeks in the same unit, as assignments, for the persons whose place is `own`.

    history: what is on record, then the file, which counts where both have a person's week.
    """
    code, day, unit = (np.concatenate(column) for column in zip(*history, strict=True))
    mine = own[code]
    code, day, unit = code[mine], day[mine], unit[mine]
    order = np.lexsort((np.arange(len(code)), day, code))
    code, day, unit = code[order], day[order], unit[order]
    last = np.ones(len(code), dtype=bool)  # of the entries for a person's week
    last[:-1] = (code[1:] != code[:-1]) | (day[1:] != day[:-1])
    code, day, unit = code[last], day[last], unit[last]
    begins = np.ones(len(code), dtype=bool)
    begins[1:] = (code[1:] != code[:-1]) | (unit[1:] != unit[:-1]) | (day[1:] - day[:-1] != 7)
    first = np.flatnonzero(begins)
    final = np.append(first[1:], len(code)) - 1
    found: dict[str, set[StoredAssignment]] = {}
    for person, place, start, end in zip(
        code[first].tolist(),
        unit[first].tolist(),
        as_dates(day[first].tolist()),
        as_dates(day[final[: len(first)]].tolist()),
        strict=True,
    ):
        found.setdefault(facts.codes[person], set()).add(_assignment(facts.paths[place], start, end))
    spells = frozenset((StoredSpell(None, None, None),))
    return {name: Employment(spells, frozenset(each), frozenset((SOURCE,))) for name, each in found.items()}


def _assignment(unit: str, first: date, last: date) -> StoredAssignment:
    return StoredAssignment(unit, None, first, last + timedelta(days=7), None, None, None, None)


@dataclass(frozen=True)
class VivaPlan:
    """Weeks that are new or different, the persons of the file (code -> name, e-mail), and assignments that changed."""

    counts: Counts
    facts: Difference
    persons: dict[str, tuple[str | None, str | None]]
    employments: dict[str, Employment]

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.counts.loaded or self.counts.replaced or self.employments)

    def prepare(self, connection: Connection) -> None:
        """Nothing has to be ready beforehand."""

    def load(self, connection: Connection) -> Loaded:
        """Write persons, units, assignments and hours."""
        persons = ensure_persons(connection, self.persons)
        used = {each.unit for one in self.employments.values() for each in one.assignments}
        units = ensure_units(connection, used | self.facts.units)
        replace_employments(connection, self.employments, persons, units)
        refresh_unit_days(connection)
        Writer(CollaborationWeek, self.facts, persons, units).write(connection)
        return Loaded(weeks=self.facts.weeks, reassigned=frozenset(persons[code] for code in self.employments))


VIVA_PERSON_QUERY = FileKind(
    name="viva-person-query",
    title="Viva",
    purpose="Collaboration hours by person and week, exactly as a Microsoft Viva Insights person query exports them.",
    replaces="What is on record for the same person and week is replaced.",
    columns=COLUMNS,
    rows=ROWS,
    template="",
    read=read,
    examine=examine,
    reason=reason,
    one_of=tuple(HOURS_COLUMNS),
    columns_for=columns_for,
    refuse_header=refuse_header,
)
