"""The machinery that all kinds share: all or nothing, the same twice, formats, summary, problems, change log."""

import csv
import gzip
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select, text

from core.access.changes import verify
from core.access.tables import ChangeLog
from core.delivery import Affected, Finding, day, number, plain
from core.intake import formats, imports, staging
from core.intake.imports import ImportOptions, ImportRefused, UnknownKind
from core.intake.problems import ProblemLog
from core.people.tables import Person
from core.workload.tables import PersonWeek
from tests.core.intake.content import (
    DATA,
    PEOPLE_HEADER,
    TEMPLATES,
    bring_in,
    content,
    people_file,
    person,
    rows_of,
    stock,
    weeks_file,
)

HOURS = ("person_id", "week", "worked", "leave")


def changes(engine: Engine) -> list[ChangeLog]:
    """Entries of the change log, oldest first."""
    with engine.connect() as connection:
        return list(connection.execute(select(ChangeLog).order_by(ChangeLog.id)))


def test_the_same_file_twice_changes_nothing_the_second_time(engine: Engine) -> None:
    """0 loaded, 0 replaced, every row unchanged, no fact different; history and change log say that the file came again."""
    stock(engine)
    before = content(engine)

    people = bring_in(engine, "people", TEMPLATES / "people.csv")
    weeks = bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv")

    assert [(each.counts.loaded, each.counts.replaced, each.counts.unchanged) for each in (people, weeks)] == [
        (0, 0, 3),
        (0, 0, 3),
    ]
    assert not people.changed
    assert weeks.closed_weeks_touched == ()
    after = content(engine)
    assert {name for name in after if after[name] != before[name]} == {"delivery", "change_log"}
    assert [len(after[name]) - len(before[name]) for name in ("delivery", "change_log")] == [2, 2]


def test_a_dry_run_counts_like_the_import_and_writes_nothing(engine: Engine) -> None:
    """Its document equals that of the import that follows, but for the mark."""
    empty = content(engine)

    rehearsal = bring_in(engine, "people", TEMPLATES / "people.csv", dry_run=True).as_json()

    assert content(engine) == empty
    real = bring_in(engine, "people", TEMPLATES / "people.csv").as_json()
    assert rehearsal == real | {"dry_run": True, "delivery": None}
    assert real["delivery"] == 1
    assert real["dry_run"] is False


def test_the_summary_has_the_keys_that_scripts_rely_on(sqlite_engine: Engine) -> None:
    """Keys and counts of the JSON document, for the hours of the templates."""
    bring_in(sqlite_engine, "people", TEMPLATES / "people.csv")

    document = bring_in(sqlite_engine, "person-weeks", TEMPLATES / "person-weeks.csv").as_json()

    sha256 = document.pop("sha256")
    assert len(sha256) == 64
    assert document == {
        "kind": "person-weeks",
        "file": "person-weeks.csv",
        "rows": 3,
        "loaded": 3,
        "replaced": 0,
        "ignored": 0,
        "unchanged": 0,
        "removed": 0,
        "people": 2,
        "units": 1,
        "weeks": {"from": "2026-03-09", "to": "2026-03-16", "count": 2},
        "problem_count": 0,
        "problems": [],
        "ignored_columns": [],
        "closed_weeks_touched": ["2026-03-09", "2026-03-16"],
        "dry_run": False,
        "notes": [],
        "delivery": 2,
        "can_be_undone": False,
    }


def test_an_import_leaves_one_entry_in_the_change_log(sqlite_engine: Engine) -> None:
    """Who, what, how much and the fingerprint of the file; its name without the folder; the chain holds."""
    summary = bring_in(sqlite_engine, "people", TEMPLATES / "people.csv")

    (entry,) = changes(sqlite_engine)
    assert (entry.actor, entry.action, entry.subject) == ("tester", "import", "people")
    assert entry.detail == {
        "file": "people.csv",
        "sha256": summary.sha256,
        "rows": 3,
        "loaded": 3,
        "replaced": 0,
        "removed": 0,
        "people": 3,
        "units": 2,
        "weeks_touched": 0,
    }
    with sqlite_engine.connect() as connection:
        assert verify(connection).broken_at is None


def test_the_hook_runs_in_the_writing_transaction_with_the_weeks_touched(engine: Engine) -> None:
    """It sees the new facts and gets exactly the weeks that changed and those that are named; when it fails, nothing stays."""
    bring_in(engine, "people", TEMPLATES / "people.csv")
    seen: list[tuple[Affected, int | None]] = []

    def look(connection: Connection, weeks: Affected) -> None:
        seen.append((weeks, connection.scalar(select(func.count()).select_from(PersonWeek))))

    def fail(connection: Connection, weeks: Affected) -> None:
        raise RuntimeError("no room for the release")

    before = content(engine)
    with pytest.raises(RuntimeError, match="no room"):
        bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv", after_load=fail)
    assert content(engine) == before

    bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv", dry_run=True, after_load=look)
    assert seen == []
    bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv", after_load=look)
    named = frozenset({date(2026, 3, 9), date(2026, 3, 16)})
    assert seen == [(Affected(changed=named, named=named), 3)]
    bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv", after_load=look)
    assert seen[1:] == [(Affected(named=named), 3)]


def test_the_database_is_looked_at_again_when_it_changed_between_check_and_load(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else loads the same weeks meanwhile: the plan is made anew, and nothing is left to write."""
    bring_in(sqlite_engine, "people", TEMPLATES / "people.csv")
    path = TEMPLATES / "person-weeks.csv"
    lock = imports.one_at_a_time
    calls = 0

    def somebody_else_first(connection: Connection) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            bring_in(sqlite_engine, "person-weeks", path)
        lock(connection)

    monkeypatch.setattr(imports, "one_at_a_time", somebody_else_first)
    summary = bring_in(sqlite_engine, "person-weeks", path)

    assert (summary.counts.loaded, summary.counts.unchanged) == (0, 3)
    entries = [(entry.subject, entry.detail["loaded"]) for entry in changes(sqlite_engine)]
    assert entries == [("people", 3), ("person-weeks", 3), ("person-weeks", 0)]


def test_the_order_of_the_rows_does_not_matter(fresh_engine, tmp_path: Path) -> None:
    """A people file read forwards and backwards means the same employments, units and days."""
    lines = [
        person("P1", "Northwind", hired="2020-01-01"),
        person("P2", manager_id="P1", begins="2024-01-01"),
        person("P2", "Northwind/Sales", manager_id="P1", begins="2024-06-03", role="Seller"),
        person("P3", "Northwind/Sales/North", manager_id="P2", hired="2022-02-01", left="2023-01-31"),
        person("P3", "Northwind/Sales/North", manager_id="P2", hired="2025-02-03"),
    ]
    query = text(
        "SELECT p.code, u.path, u.slug, u.first_day, u.last_day, m.code, a.valid_from, a.valid_to, a.role FROM assignment a "
        "JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = a.unit_id LEFT JOIN person m ON m.id = a.manager_id "
        "ORDER BY p.code, a.valid_from"
    )
    found = []
    for order in (lines, lines[::-1]):
        engine = fresh_engine()
        bring_in(engine, "people", people_file(tmp_path, order))
        found.append(rows_of(engine, query))

    assert found[0] == found[1]
    assert len(found[0]) == 5


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("plain.csv", lambda text: text.encode()),
        ("mark.csv", lambda text: text.encode("utf-8-sig")),
        ("windows.csv", lambda text: text.encode("cp1252")),
        ("unicode.txt", lambda text: text.replace(",", "\t").encode("utf-16")),
        ("tabs.tsv", lambda text: text.replace(",", "\t").encode()),
        ("semicolons.csv", lambda text: text.replace(",", ";").replace("37.5", "37,5").encode()),
        ("packed.csv.gz", lambda text: gzip.compress(text.encode())),
        ("returns.csv", lambda text: text.replace("\n", "\r\n").encode()),
        (
            "quoted.csv",
            lambda text: "\n".join(f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in text.split()).encode(),
        ),
    ],
)
def test_every_way_to_write_a_table_means_the_same(name: str, encode, sqlite_engine: Engine, tmp_path: Path) -> None:
    """Delimiters, encodings, line ends, quotes and compression do not change what is loaded."""
    text_of_file = "id,name,unit,hired,contracted_hours\nP1,Jürgen,Nordwind/Büro,2024-01-08,37.5\n"
    path = tmp_path / name
    path.write_bytes(encode(text_of_file))

    summary = bring_in(sqlite_engine, "people", path)

    query = text(
        "SELECT p.name, u.path, u.slug, a.contracted_hours FROM assignment a, person p, org_unit u WHERE u.id = a.unit_id"
    )
    assert rows_of(sqlite_engine, query) == [("Jürgen", "Nordwind/Büro", "nordwind.buro", 37.5)]
    assert bool(summary.notes) == (name == "windows.csv")
    assert all("Windows-1252" in note for note in summary.notes)


def test_a_workbook_loads_what_the_csv_file_loads(fresh_engine, tmp_path: Path) -> None:
    """Dates and numbers as cells of a workbook give the same database, cell by cell, but for the fingerprints."""
    from datetime import datetime

    contents = []
    for suffix in ("csv", "xlsx"):
        engine = fresh_engine()
        for kind in ("people", "person-weeks"):
            path = TEMPLATES / f"{kind}.csv"
            if suffix == "xlsx":
                book = openpyxl.Workbook()
                for number_of, cells in enumerate(csv.reader(path.open(encoding="utf-8"))):
                    book.active.append(
                        cells
                        if number_of == 0
                        else [
                            datetime.combine(found, datetime.min.time())
                            if (found := day(cell))
                            else (number(cell) if number(cell) is not None else cell or None)
                            for cell in cells
                        ]
                    )
                path = tmp_path / f"{kind}.xlsx"
                book.save(path)
            bring_in(engine, kind, path)
        held = content(engine)
        held.pop("change_log")
        held.pop("delivery")  # names and fingerprints of the files
        contents.append(held)

    assert contents[0] == contents[1]
    assert len(contents[0]["person_week"]) == 3


def test_a_formula_counts_by_its_stored_result_and_is_refused_without_one(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """A workbook whose formulas were never calculated has no numbers to read, which is not the same as blank cells."""
    path = DATA / "damaged" / "uncalculated-formula.xlsx"
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", path)
    assert {(each.row, each.column) for each in refusal.value.problems} >= {(2, "worked")}


def test_problems_are_gathered_over_the_whole_file_and_given_in_the_order_of_its_rows(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells, rows and the database: all checks of all chunks speak, sorted by row; the first ones are kept, all counted."""
    stock(engine)
    monkeypatch.setattr(staging, "CHUNK_ROWS", 2)
    rows = [
        ("P0999", "2026-03-16", "40", "0"),  # row 2: nobody
        ("P0017", "2026-03-17", "-1", "0"),  # row 3: Tuesday, negative
        ("P0017", "2026-03-16", "many", "0"),  # row 4: text
        ("P0021", "2026-03-16", "40", "0"),
        ("P0021", "2026-03-16", "41", "0"),  # row 6: twice
        ("P0021", "2019-01-07", "41", "0"),  # row 7: before the first day
        ("", "2026-03-16", "41", "200"),  # row 8: blank, too many
    ]
    path = weeks_file(tmp_path, HOURS, rows)
    before = content(engine)

    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, "person-weeks", path)

    assert [(each.row, each.column) for each in refusal.value.problems] == [
        (2, "person_id"),
        (3, "week"),
        (3, "worked"),
        (4, "worked"),
        (6, "person_id"),
        (7, "week"),
        (8, "person_id"),
        (8, "leave"),
    ]
    assert refusal.value.problem_count == 8
    assert str(refusal.value).startswith("Nothing was imported: 8 problems. The first: row 2, person_id: ")
    assert content(engine) == before


def test_a_thousand_problems_are_kept_all_are_counted_and_all_are_written_to_the_errors_file(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """2,500 bad rows: 1,000 come back, 2,500 stand in the file, in order, and no cell of it is a formula."""
    bring_in(sqlite_engine, "people", TEMPLATES / "people.csv")
    rows = [("P0017", "2026-03-16", "=1+1" if place % 2 else "@SUM(A1)", "0") for place in range(2_500)]
    errors = tmp_path / "errors.csv"

    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", weeks_file(tmp_path, HOURS, rows), errors_file=errors)

    duplicates = 2_499
    assert refusal.value.problem_count == 2_500 + duplicates
    assert len(refusal.value.problems) == 1_000
    assert refusal.value.errors_file == errors
    with errors.open(encoding="utf-8", newline="") as stream:
        written = list(csv.DictReader(stream))
    assert len(written) == 2_500 + duplicates
    assert [int(row["row"]) for row in written] == sorted(int(row["row"]) for row in written)
    assert {row["value"] for row in written} == {"'=1+1", "'@SUM(A1)", "P0017"}
    assert {row["file"] for row in written} == {"weeks.csv"}
    assert all(row["problem"] and row["remedy"] for row in written)


def test_no_errors_file_is_written_when_all_is_well(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A file without problems leaves none behind."""
    bring_in(sqlite_engine, "people", TEMPLATES / "people.csv", errors_file=tmp_path / "errors.csv")

    assert not (tmp_path / "errors.csv").exists()


def test_a_file_that_cannot_be_opened_still_gets_its_errors_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Also a problem of the whole file is written, with a blank row number."""
    errors = tmp_path / "errors.csv"
    with pytest.raises(ImportRefused):
        bring_in(sqlite_engine, "people", DATA / "damaged" / "empty.csv", errors_file=errors)
    with errors.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["row"], row["problem"]) == ("", "The file is empty.")


def test_a_wrong_header_gets_its_errors_file_too(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Problems of the header stop the import before the first row, and are written."""
    errors = tmp_path / "errors.csv"
    with pytest.raises(ImportRefused):
        bring_in(sqlite_engine, "people", DATA / "damaged" / "missing-column.csv", errors_file=errors)
    with errors.open(encoding="utf-8", newline="") as stream:
        assert [(row["row"], row["column"]) for row in csv.DictReader(stream)] == [("1", "hired")]


def test_names_of_columns_may_be_spelt_in_many_ways(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Case, blanks, hyphens, underscores and synonyms do not matter; unknown columns are ignored by name."""
    header = "Person ID,E-Mail,UNIT PATH,manager-id,Contracted Hours,hire_date,Shoe size"
    path = people_file(tmp_path, ["P1,a@northwind.example,Northwind,,40,2024-01-08,44"], header)

    summary = bring_in(sqlite_engine, "people", path)

    assert (summary.counts.loaded, summary.as_json()["ignored_columns"]) == (
        1,
        [{"column": "Shoe size", "reason": "not a column of this kind; nothing of it is stored"}],
    )
    assert rows_of(sqlite_engine, select(Person.code, Person.email)) == [("P1", "a@northwind.example")]


def test_a_column_can_be_named_for_one_import(sqlite_engine: Engine, tmp_path: Path) -> None:
    """`columns` says which column of the file stands for which of the kind, also against a synonym."""
    path = people_file(tmp_path, ["1,P1,Northwind,2024-01-08"], "id,Kürzel,unit,hired")

    bring_in(sqlite_engine, "people", path, options=ImportOptions(columns=(("Kürzel", "id"),)))

    assert rows_of(sqlite_engine, select(Person.code)) == [("P1",)]


def test_blank_rows_are_counted_and_skipped_and_rows_keep_their_numbers(sqlite_engine: Engine, tmp_path: Path) -> None:
    """rows = loaded + replaced + unchanged + ignored; a problem below a blank row names the row that a spreadsheet shows."""
    path = people_file(tmp_path, [person("P1"), "", "," * 13, person("P2")])
    summary = bring_in(sqlite_engine, "people", path)
    assert (summary.rows, summary.counts.loaded, summary.ignored) == (4, 2, 2)

    with pytest.raises(ImportRefused) as refusal:
        bring_in(
            sqlite_engine, "people", people_file(tmp_path, [person("P1"), "", "," * 13, person("P2", hired="soon")])
        )
    assert [each.row for each in refusal.value.problems] == [5]


def test_a_cell_with_a_line_break_counts_as_one_row(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Rows are counted as a spreadsheet shows them, not as lines of text; control characters in names are refused."""
    path = people_file(tmp_path, [person("P1", role='"Engineer\nand more"'), person("P2", hired="soon")])
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", path)
    assert [(each.row, each.column) for each in refusal.value.problems] == [(2, "role"), (3, "hired")]


def test_progress_tells_rows_done_and_rows_to_come(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called after every chunk, never backwards, and at the end with all rows."""
    monkeypatch.setattr(staging, "CHUNK_ROWS", 4)
    calls: list[tuple[int, int | None]] = []

    bring_in(
        sqlite_engine,
        "people",
        people_file(tmp_path, [person(f"P{each}") for each in range(10)]),
        progress=lambda done, total: calls.append((done, total)),
    )

    assert calls == [(4, 10), (8, 10), (10, 10), (10, 10)]


def test_sizes_are_limited(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes (also when packed), rows or columns are refused before they fill the memory."""
    path = people_file(tmp_path, [person(f"P{each}") for each in range(40)])
    packed = tmp_path / "people.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    book = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(book)
    refused = {}
    with monkeypatch.context() as limits:
        limits.setattr(staging, "MAX_ROWS", 30)
        with pytest.raises(ImportRefused) as refusal:
            bring_in(sqlite_engine, "people", path)
        refused["rows"] = refusal.value.problems[0].problem
    monkeypatch.setattr(formats, "MAX_BYTES", 1_000)
    monkeypatch.setattr("core.intake.workbook.MAX_BYTES", 1_000)
    for file in (path, packed, book):
        with pytest.raises(ImportRefused) as refusal:
            bring_in(sqlite_engine, "people", file)
        refused[file.name] = refusal.value.problems[0].problem

    assert refused["rows"] == "The file has more than 30 rows."
    assert refused["people.csv"] == refused["people.csv.gz"]
    assert refused["people.csv"].startswith("The file holds more than")
    assert refused["book.xlsx"].startswith("The workbook unpacks to more than")


def test_too_many_columns_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A header of more than 1,000 columns is not read."""
    header = "id,unit,hired," + ",".join(f"c{each}" for each in range(1_000))
    with pytest.raises(ImportRefused, match="more than 1000 columns"):
        bring_in(sqlite_engine, "people", people_file(tmp_path, ["1,2"], header))


def test_an_unknown_kind_is_named_with_those_that_there_are(sqlite_engine: Engine) -> None:
    """Wrong usage, not a refused file."""
    with pytest.raises(UnknownKind, match=r"people, person-weeks, .*viva-person-query"):
        bring_in(sqlite_engine, "salaries", TEMPLATES / "people.csv")


def test_values_of_ignored_columns_never_reach_a_problem(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A row with wrong cells tells about columns of the kind only."""
    path = people_file(tmp_path, ["P1,Northwind,soon,SECRET"], "id,unit,hired,diagnosis")
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", path)
    assert refusal.value.problem_count == 1
    assert "SECRET" not in repr(refusal.value.problems)


@given(st.lists(st.lists(st.integers(2, 40), max_size=6), max_size=6), st.lists(st.integers(2, 40), max_size=12))
def test_the_log_keeps_rows_sorted_whatever_finds_them_first(chunks: list[list[int]], later: list[int]) -> None:
    """Chunks come in the order of the file, later findings in any order: what is kept is sorted by row, all are counted."""
    ordered = sorted(each for chunk in chunks for each in chunk)
    log = ProblemLog("f.csv", None)
    start = 0
    for chunk in chunks:
        log.during(Finding(row, "", "", "early", "") for row in ordered[start : start + len(chunk)])
        start += len(chunk)
    log.afterwards(Finding(row, "", "", "late", "") for row in later)

    if not ordered and not later:
        log.refuse_if_any()
        return
    with pytest.raises(ImportRefused) as refusal:
        log.refuse_if_any()
    assert [each.row for each in refusal.value.problems] == sorted(ordered + later)
    assert refusal.value.problem_count == len(ordered) + len(later)


@given(st.floats(0, 200, allow_nan=False), st.sampled_from(["{:.2f}", "{!r}", "{:e}"]))
def test_a_written_number_is_read_as_written(value: float, style: str) -> None:
    """`number` reads what `float` reads, however it is written."""
    assert number(style.format(value)) == float(style.format(value))


@pytest.mark.parametrize("written", ["nan", "inf", "-Infinity", "1,000", "1_000", "0x10", "12 h", "", "1e999", "٣"])
def test_what_is_not_a_plain_number_is_none(written: str) -> None:
    """Infinity, groups of digits, hexadecimal, units and other scripts are refused."""
    assert number(written) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_date_is_read_as_year_month_day_only(value: date) -> None:
    """ISO dates come back, with midnight too; other ways of writing are refused."""
    assert day(value.isoformat()) == day(f"{value.isoformat()} 00:00:00") == value
    assert day(value.strftime("%d/%m/%Y")) is day(value.strftime("%d.%m.%Y")) is day(value.strftime("%Y%m%d")) is None
    assert day(f"{value.isoformat()} 09:30:00") is None


def test_spellings_of_a_name_are_one() -> None:
    """Case, blanks and punctuation go."""
    assert {plain(name) for name in ("E-Mail", "e_mail", " EMAIL ", "e mail")} == {"email"}


def test_the_header_of_the_tests_is_that_of_the_template() -> None:
    """What the tests write is what people are told to write, less the columns at the end that they do not need."""
    assert (TEMPLATES / "people.csv").read_text(encoding="utf-8").split("\n")[0].startswith(PEOPLE_HEADER)
