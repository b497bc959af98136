"""Checks of the cells of one chunk: a pandera schema made from the columns of a kind, and its failures as findings.

Each distinct text is checked once; only rows that hold a text which breaks a rule go through the schema, for the table of
what is wrong.
"""

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from core.delivery import Column, Finding, Rule, day, number, parsed
from core.intake.formats import ERRORS, UNCALCULATED
from core.intake.texts import REMEMBERED, Texts

DATE_FORMATS = ("date", "week")
_BLANK = "not_nullable"
_IDS = ("manager_id",)  # besides required text columns, which are ids and units
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,'’ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?", re.ASCII)
_TWO_DIGITS = re.compile(r"\d{1,2}[./ -]+(?:\d{1,2}|[^\W\d_]{3,12}\.?)[./ -]+\d{2}")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}[\d:.]* ?(?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
_POWER_OF_TEN = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.ASCII)


_FORMULA = Rule(
    "formula",
    lambda text: not text.startswith("#") or text.upper() not in ERRORS,
    "This cell holds the error of a formula.",
    lambda text: (
        "Open the workbook in your spreadsheet program, let it calculate, and save it."
        if text == UNCALCULATED
        else "Correct the formula, or paste its value; leave the cell blank when the value is not known."
    ),
)


_THOUSANDS = Rule(
    "thousands",
    lambda text: number(text) is not None or not _GROUPED.fullmatch(text),
    "A sign between thousands and a decimal sign cannot be told apart for certain.",
    "Write the number without a sign between thousands and with a decimal point, such as 1234.5.",
)
_YEAR = Rule(
    "year",
    lambda text: not _TWO_DIGITS.fullmatch(text),
    "The year of this date has two digits.",
    "Write the year with four digits, and the date best as year-month-day, for example 2026-03-09.",
)
_ZONE = Rule(
    "zone",
    lambda text: not _ZONED.fullmatch(text) or day(text) is not None,
    "This is a moment in a time zone, which is another day in another place.",
    "Write the local date alone, as year-month-day, for example 2026-03-09.",
)
_POWER = Rule(
    "power",
    lambda text: not _POWER_OF_TEN.fullmatch(text),
    "A spreadsheet program has written this as a power of ten, and its last digits are lost.",
    "Format the column as text before the ids are pasted or typed in, and export it again.",
)


def rules_of(column: Column) -> tuple[Rule, ...]:
    """All rules for cells of this column, in the order in which they speak."""
    if column.format in DATE_FORMATS:
        return (_FORMULA, _YEAR, _ZONE, *column.rules)
    if column.is_number:
        return (_FORMULA, _THOUSANDS, *column.rules)
    return (_FORMULA, _POWER, *column.rules) if column.name in _IDS or column.required else (_FORMULA, *column.rules)


def schema(columns: tuple[Column, ...]) -> pa.DataFrameSchema:
    """A pandera schema for a frame of text: one check for each rule, blanks only where they are allowed."""
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None,
                [
                    pa.Check(_vectorised(rule), name=rule.name, error=rule.name, ignore_na=True)
                    for rule in rules_of(column)
                ],
                nullable=not column.required,
            )
            for column in columns
        }
    )


def _vectorised(rule: Rule) -> Callable[[pd.Series], pd.Series]:
    return lambda cells: parsed(cells, rule.holds).ne(False)


class CellCheck:
    """The checks of the cells of a file, chunk after chunk."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        self._schema = schema(columns)
        self._rules = {column.name: rules_of(column) for column in columns}
        self._sound: dict[str, set[str]] = {column.name: set() for column in columns}

    def findings(self, index: NDArray[np.int64], cells: Mapping[str, Texts]) -> list[Finding]:
        """One finding for each bad cell of a chunk; `index`: row numbers, `cells`: by name of the column."""
        bad = np.zeros(len(index), dtype=bool)
        for column in self._columns:
            bad |= self._bad(column, cells[column.name])
        if not bad.any():
            return []
        frame = pd.DataFrame(
            {column.name: cells[column.name].rows(bad).objects() for column in self._columns},
            index=pd.Index(index[bad]),
            dtype=object,
        )
        return check_cells(frame, self._columns, self._schema)

    def _bad(self, column: Column, cells: Texts) -> NDArray[np.bool_]:
        sound = self._sound[column.name]
        if len(sound) > REMEMBERED:
            sound.clear()
        wrong = np.zeros(len(cells.distinct) + 1, dtype=bool)
        for place, text in enumerate(cells.distinct):
            if text in sound:
                continue
            if all(rule.holds(text) for rule in self._rules[column.name]):
                sound.add(text)
            else:
                wrong[place] = True
        wrong[-1] = column.required
        found: NDArray[np.bool_] = wrong[cells.codes]
        return found


def check_cells(frame: pd.DataFrame, columns: tuple[Column, ...], checked: pa.DataFrameSchema) -> list[Finding]:
    """Findings of one chunk, one for each bad cell. `frame` is indexed by row number, its cells are text or None."""
    try:
        checked.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    else:
        return []
    by_name = {column.name: column for column in columns}
    seen: set[tuple[int, str]] = set()
    findings: list[Finding] = []
    order = {column.name: place for place, column in enumerate(columns)}
    found = sorted(
        zip(
            failures["index"].tolist(),
            failures["column"].tolist(),
            failures["check_number"].tolist(),
            failures["check"].tolist(),
            strict=True,
        ),
        key=lambda each: (int(each[0]), order[each[1]], -1 if each[2] is None else int(each[2])),
    )
    for index, name, place, check in found:
        row = int(index)
        if (row, name) in seen:
            continue
        seen.add((row, name))
        column = by_name[name]
        if check == _BLANK:
            findings.append(
                Finding(
                    row, name, "", f"'{name}' is blank.", f"Fill it in: {column.meaning[0].lower()}{column.meaning[1:]}"
                )
            )
            continue
        rule = rules_of(column)[int(place)]
        text = frame.at[row, name]
        findings.append(Finding(row, name, text, rule.problem, rule.remedy_for(text)))
    return findings
