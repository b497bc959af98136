"""Checks of the cells of one chunk: a pandera schema made from the columns of a kind, and its failures as findings."""

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from core.delivery import Column, Finding, Rule, parsed
from core.intake.formats import ERRORS, UNCALCULATED

_BLANK = "not_nullable"


_FORMULA = Rule(
    "formula",
    lambda text: text.upper() not in ERRORS,
    "This cell holds the error of a formula.",
    lambda text: (
        "Open the workbook in your spreadsheet program, let it calculate, and save it."
        if text == UNCALCULATED
        else "Correct the formula, or paste its value; leave the cell blank when the value is not known."
    ),
)


def rules_of(column: Column) -> tuple[Rule, ...]:
    """All rules for cells of this column, in the order in which they speak."""
    return (_FORMULA, *column.rules)


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
    for index, name, number, check in found:
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
        rule = rules_of(column)[int(number)]
        text = frame.at[row, name]
        findings.append(Finding(row, name, text, rule.problem, rule.remedy_for(text)))
    return findings


def with_decimal_points(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """The frame with decimal commas of number columns as points (for files separated by semicolons)."""
    changed = frame.copy()
    for column in columns:
        if column.is_number:
            changed[column.name] = parsed(
                frame[column.name],
                lambda text: text.replace(",", ".") if text.count(",") == 1 and "." not in text else text,
            )
    return changed
