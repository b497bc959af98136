"""Damaged files: each is refused with its place, its problem and its remedy, and leaves the database as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.database.engine import make_engine
from core.intake.imports import ImportOptions, ImportRefused, Problem
from tests.core.intake.content import DATA, bring_in, content, stock
from tests.databases import CopyOf

FOLDER = DATA / "damaged"
PEOPLE, HOURS, VIVA = "people", "person-weeks", "viva-person-query"


@dataclass(frozen=True)
class Case:
    """A damaged file and its first problem. `count`: how many problems there are."""

    file: str
    kind: str
    row: int | None
    column: str
    value: str
    problem: str
    remedy: str
    count: int = 1
    company: str = "Northwind"


CASES = (
    Case("empty.csv", PEOPLE, None, "", "", "The file is empty", "Export it again"),
    Case("header-only.csv", PEOPLE, 1, "", "", "a header and no rows", "at least one row"),
    Case("wrong-delimiter.csv", PEOPLE, 1, "", "id^name^email", "only one column", "tab or pipe"),
    Case("missing-column.csv", PEOPLE, 1, "hired", "", "required column 'hired' is missing", "Add a column 'hired'"),
    Case(
        "misspelt-column.csv", HOURS, 1, "after_hour", "after_hour", "looks like 'after_hours'", "Name it 'after_hours'"
    ),
    Case(
        "doubled-column.csv", PEOPLE, 1, "E-Mail", "E-Mail", "there twice: 'email' and 'E-Mail'", "Keep one of the two"
    ),
    Case("no-hours.csv", HOURS, 1, "", "", "no column of hours", "contracted, leave, public_holiday"),
    Case("duplicate-people.csv", PEOPLE, 4, "id", "P0101", "already given in row 2", "Keep one of the two"),
    Case("duplicate-weeks.csv", HOURS, 4, "person_id", "P0017", "Row 2 already gives", "Keep one of the two"),
    Case("unknown-person.csv", HOURS, 3, "person_id", "P0999", "nobody with this id", "Import the person first"),
    Case("above-168.csv", HOURS, 3, "worked", "2160", "A week has 168 hours", "from 0 to 168"),
    Case("negative.csv", HOURS, 3, "leave", "-8", "cannot be negative", "Write 0 or more"),
    Case("text-in-numbers.csv", HOURS, 2, "worked", "about 40", "not a number", "such as 37.5"),
    Case("infinite.csv", HOURS, 2, "worked", "inf", "not a number", "such as 37.5"),
    Case("decimal-comma.csv", HOURS, 2, "worked", "36,500", "between thousands", "with a decimal point"),
    Case("not-a-monday.csv", HOURS, 2, "week", "2026-03-18", "not a Monday", "write 2026-03-16"),
    Case(
        "cyclic-unit.csv",
        PEOPLE,
        2,
        "unit",
        "Northwind/Engineering/Platform/Eng",
        "lie inside itself",
        "Correct the path",
    ),
    Case("empty-level.csv", PEOPLE, 2, "unit", "Northwind//Platform", "has no name", "Company/Engineering/Platform"),
    Case("long-name.csv", PEOPLE, 2, "unit", "Northwind/Engineering/PPP", "too long", "Shorten"),
    Case("bad-date.csv", PEOPLE, 2, "hired", "08/01/2024", "day first or month first", "--dayfirst or --monthfirst"),
    Case("impossible-date.csv", PEOPLE, 2, "hired", "2024-02-30", "not a date", "year-month-day"),
    Case("left-before-hired.csv", PEOPLE, 2, "left", "2023-12-31", "before the first", "Correct 'left' or 'hired'"),
    Case("unknown-manager.csv", PEOPLE, 2, "manager_id", "P0777", "nobody with this id", "Add the manager"),
    Case("manager-circle.csv", PEOPLE, 2, "manager_id", "P0102", "P0101 → P0102 → P0103 → P0101", "rows: 2, 3, 4"),
    Case("own-manager.csv", PEOPLE, 2, "manager_id", "P0101", "their own manager", "the id of the manager"),
    Case(
        "two-companies.csv",
        PEOPLE,
        3,
        "unit",
        "Southwind",
        "one company, 'Northwind'",
        "Begin each path with 'Northwind'",
    ),
    Case(
        "overlapping-spells.csv",
        PEOPLE,
        3,
        "hired",
        "2025-06-01",
        "overlaps with the one in row 2",
        "last day in 'left'",
    ),
    Case("open-spell.csv", PEOPLE, 3, "hired", "2025-06-01", "row 2, which has no last day", "last day in 'left'"),
    Case("from-outside.csv", PEOPLE, 2, "from", "2023-12-01", "starts outside the employment", "inside one employment"),
    Case("to-before-from.csv", PEOPLE, 2, "to", "2024-02-01", "ends before it starts", "last day in the unit"),
    Case("two-last-days.csv", PEOPLE, 3, "left", "2025-07-31", "Row 2 ends the same employment", "the same last day"),
    Case("twice-in-a-unit.csv", PEOPLE, 3, "from", "2024-06-03", "in this unit already, by row 2", "End row 2"),
    Case("contracted-above-80.csv", PEOPLE, 2, "contracted_hours", "160", "between 0 and 80", "hours of one week"),
    Case("address-without-at.csv", PEOPLE, 2, "email", "ines.duarte.north", "not an e-mail address", "name@host"),
    Case("shared-address.csv", PEOPLE, 3, "email", "Ines.duarte@", "belongs to P0101 (row 2)", "of their own"),
    Case("address-on-record.csv", PEOPLE, 2, "email", "ada.moreau@", "belongs to P0017 (on record)", "of their own"),
    Case("missing-id.csv", PEOPLE, 2, "id", "", "'id' is blank", "Fill it in"),
    Case("fewer-cells.csv", PEOPLE, 3, "", "11 cells", "fewer cells than the header: 11, not 14", "separator"),
    Case("open-quote.csv", PEOPLE, 3, "", "", "cannot be split into cells", "quotation mark"),
    Case("zip-named.csv", PEOPLE, 1, "", "", "ZIP file", "Save it as 'CSV UTF-8'"),
    Case("binary.csv", PEOPLE, 3, "", "", "binary data", "Save it as 'CSV UTF-8'"),
    Case("dos-letters.csv", PEOPLE, 3, "", "byte 81", "encoding of the file is not known", "CSV UTF-8"),
    Case("cut-off.csv.gz", PEOPLE, None, "", "", "damaged or incomplete", "Compress and send it again"),
    Case("old.xls", PEOPLE, None, "", ".xls", "type are not read", ".xlsx"),
    Case("not-a-workbook.xlsx", PEOPLE, None, "", "", "not an Excel workbook", "CSV UTF-8"),
    Case("other-zip.xlsx", PEOPLE, None, "", "", "not an Excel workbook", "CSV UTF-8"),
    Case("no-worksheet.xlsx", PEOPLE, None, "", "", "no worksheet", "on the first worksheet"),
    Case("blank-sheet.xlsx", PEOPLE, 1, "", "", "no header in row 1", "into the first row"),
    Case("formula-error.xlsx", HOURS, 3, "worked", "#REF!", "error of a formula", "Correct the formula"),
    Case("uncalculated-formula.xlsx", HOURS, 2, "worked", "#FORMULA", "error of a formula", "let it calculate"),
    Case(
        "after-hours-above-worked.csv",
        HOURS,
        3,
        "after_hours",
        "36.5",
        "part of the hours worked",
        "Correct 'after_hours'",
    ),
    Case("rest-day-above-worked.csv", HOURS, 2, "rest_day", "8", "part of the hours worked", "Correct 'rest_day'"),
    Case("absences-above-168.csv", HOURS, 2, "leave", "180", "180 hours together", "of this one week"),
    Case("not-employed.csv", HOURS, 3, "week", "2026-09-07", "P0021 had no assignment", "Correct the week"),
    Case("viva-wednesday.csv", VIVA, 2, "MetricDate", "2024-04-03", "starts on a Sunday or a Monday", "by week"),
    Case("viva-blank-unit.csv", VIVA, 3, "Organization", "", "'Organization' is blank", "Fill it in"),
    Case("viva-no-unit.csv", VIVA, 1, "Organization", "", "column 'Organization' is missing", "--unit-columns"),
    Case("viva-duplicate.csv", VIVA, 3, "PersonId", "a1", "Row 2 already gives", "Keep one"),
    Case("viva-text.csv", VIVA, 2, "Collaboration_hours", "ten", "not a number", "such as 37.5"),
    Case(
        "viva-other-company.csv",
        VIVA,
        2,
        "Organization",
        "Company",
        "one company, 'Northwind'",
        "--company",
        1,
        "Company",
    ),
)


@pytest.fixture
def stocked(copy_of: CopyOf) -> Iterator[Engine]:
    """A database with three people and three weeks of hours."""
    engine = make_engine(copy_of("stocked", stock))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_a_damaged_file_is_refused_with_place_and_remedy_and_nothing_is_written(case: Case, stocked: Engine) -> None:
    """The problem names row, column, value and remedy; afterwards every table holds what it held before."""
    before = content(stocked)

    with pytest.raises(ImportRefused) as refusal:
        bring_in(stocked, case.kind, FOLDER / case.file, options=ImportOptions(company=case.company))

    first = refusal.value.problems[0]
    assert (first.file, first.row, first.column) == (case.file, case.row, case.column)
    assert first.value.startswith(case.value)
    assert bool(first.value) == bool(case.value)
    assert case.problem in first.problem
    assert case.remedy in first.remedy
    assert refusal.value.problem_count == case.count == len(refusal.value.problems)
    assert content(stocked) == before


def test_every_damaged_file_has_its_case() -> None:
    """No file lies in the folder without being tested."""
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(case.file for case in CASES)


def test_a_file_that_is_not_there_is_refused_like_any_other(stocked: Engine, tmp_path: Path) -> None:
    """A wrong path is a problem with a remedy, not a trace."""
    with pytest.raises(ImportRefused) as refusal:
        bring_in(stocked, PEOPLE, tmp_path / "nowhere.csv")

    assert refusal.value.problems == (
        Problem(
            "nowhere.csv",
            None,
            "",
            "nowhere.csv",
            "The file cannot be opened: No such file or directory.",
            "Check the path and who may read the file.",
        ),
    )
