"""Where the header stands, which rows are totals, which names look alike, and what an unknown table seems to be."""

from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.delivery import ImportOptions
from core.intake.formats import Record
from core.intake.headings import find_heading
from core.intake.imports import ImportRefused
from core.intake.kinds import KINDS
from core.intake.names import clean, look, single_blanks
from core.intake.recognise import other_kind, seems_to_hold
from core.intake.totals import is_total_word
from core.people.tables import OrgUnit
from core.workload.tables import PersonWeek
from tests.core.intake.content import bring_in, people_file, person, rows_of, stock, weeks_file

KNOWN = {"id", "week", "worked", "leave", "hours focus"}.__contains__
HOURS = ("person_id", "week", "worked", "leave")


def top(*rows: Iterable[str | None]) -> list[Record]:
    """The first rows of a table."""
    return [Record(number, tuple(cells)) for number, cells in enumerate(rows, start=1)]


@pytest.mark.parametrize(
    ("rows", "names", "last"),
    [
        ([("id", "week", "worked")], ("id", "week", "worked"), 1),
        ([(), ("Report",), (), ("id", "week", "worked")], ("id", "week", "worked"), 4),
        ([("Report",), ("Nummer", "Woche", "Stunden"), ("1", "2026-03-09", "40")], ("Nummer", "Woche", "Stunden"), 2),
        ([("Nummer", "Woche", "Stunden"), ("1", "2026-03-09", "40")], ("Nummer", "Woche", "Stunden"), 1),
        ([("only",), ("a", "b", "c")], ("a", "b", "c"), 2),
        ([("only",), ("1", "2", "3")], ("only",), 1),
        ([("March", "2026"), ("id", "week", "worked")], ("id", "week", "worked"), 2),
        (
            [("id", "week", "Hours", None, None), (None, None, "worked", "leave", "focus")],
            ("id", "week", "worked", "leave", "Hours focus"),
            2,
        ),
        ([("id", "week", "worked"), ("id", "week", "worked"), ("1", "2", "3")], ("id", "week", "worked"), 2),
    ],
)
def test_the_header_is_found_below_titles_and_over_two_rows(
    rows: list[tuple[str | None, ...]], names: tuple[str, ...], last: int
) -> None:
    """The first row unless another is unmistakable; groups stand before names where the kind knows the two together."""
    found = find_heading(top(*rows), lambda name: KNOWN(name.lower()))
    assert found is not None
    assert (found.names, found.last) == (names, last)


def test_blank_rows_have_no_header() -> None:
    """None, not an empty one."""
    assert find_heading(top((), (None, None)), KNOWN) is None


def test_cells_merged_over_several_rows_of_the_table_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A workbook keeps their value in the first row only; the others would be read as missing."""
    book = openpyxl.Workbook()
    for line in (HOURS, ("P0017", "2026-03-23", 30, 8), ("P0021", "2026-03-23", 31, None)):
        book.active.append(line)
    book.active.merge_cells("D2:D3")
    book.save(tmp_path / "merged.xlsx")
    stock(sqlite_engine)
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", tmp_path / "merged.xlsx")
    assert [(each.row, each.column, each.value) for each in refusal.value.problems] == [(2, "leave", "rows 2 to 3")]


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL:", "Grand total", "Summe", "Gesamt", "Total général", "Totaal", "Totale", "Suma", "Somme"]
)
def test_words_for_a_total_are_known(word: str) -> None:
    """In several languages, with punctuation."""
    assert is_total_word(word)


@pytest.mark.parametrize("word", ["P0017", "Totalenergies", "Ada Total", "Summer", "", "12"])
def test_other_words_are_no_totals(word: str) -> None:
    """Also not those that begin alike."""
    assert not is_total_word(word)


@pytest.mark.parametrize(
    ("rows", "stored", "left_out"),
    [
        ([("P0017", 30), ("P0021", 20), ("Total", 50)], 2, 1),
        ([("P0017", 30), ("P0021", 20), ("", 50), ("", 100)], 2, 2),
        ([("P0017", 30), ("Total", 30), ("Total", 60)], 1, 2),
    ],
)
def test_totals_at_the_end_are_left_out_and_said(
    rows: list[tuple[str, int]], stored: int, left_out: int, sqlite_engine: Engine, tmp_path: Path
) -> None:
    """By their word, or because they have no key and add up what stands above; their rows are named."""
    stock(sqlite_engine)
    lines = [(code, "2026-03-23" if code.startswith("P") else "", hours, "") for code, hours in rows]
    summary = bring_in(sqlite_engine, "person-weeks", weeks_file(tmp_path, HOURS, lines))

    assert (summary.counts.loaded, summary.ignored, summary.rows) == (stored, left_out, len(rows))
    assert all(str(row) in summary.notes[-1] for row in range(stored + 2, len(rows) + 2))


def test_a_total_is_found_when_it_alone_is_in_the_last_piece(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also two of them, the first of which ends the piece before."""
    monkeypatch.setattr("core.intake.staging.CHUNK_ROWS", 2)
    stock(sqlite_engine)
    lines = [("P0017", "2026-03-23", 30, ""), ("Total", "", 30, ""), ("", "", 60, "")]
    assert bring_in(sqlite_engine, "person-weeks", weeks_file(tmp_path, HOURS, lines)).ignored == 2
    assert (30.0,) in rows_of(sqlite_engine, select(PersonWeek.worked))


def test_hours_without_a_key_that_add_up_nothing_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    """They may be somebody's."""
    stock(sqlite_engine)
    lines = [("P0017", "2026-03-23", 30, ""), ("", "", 29, "")]
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", weeks_file(tmp_path, HOURS, lines))
    assert {each.row for each in refusal.value.problems} == {3}


@given(st.text(max_size=20))
def test_clean_text_stays_as_it_is(text: str) -> None:
    """Cleaning and single blanks are done once and for all, and never leave a blank around."""
    once = clean(text)
    if once is not None:
        assert clean(once) == once
        assert once == once.strip() != ""
        assert single_blanks(single_blanks(once)) == single_blanks(once)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Engineering", "engineering "),
        ("Research", "Rеsеarch"),
        ("R-D", "R–D"),
        ("Cafe\u0301", "Café"),
        ("Plat\u00adform", "Platform"),
        ("Sales  North", "Sales\u00a0North"),
        ("ＨＲ", "HR"),
        ("O'Neill", "O’Neill"),
    ],
)
def test_names_that_print_alike_look_alike(one: str, other: str) -> None:
    """Case, blanks, dashes, quotation marks, invisible signs, letters of other scripts."""
    assert look(one) == look(other)


@pytest.mark.parametrize(("one", "other"), [("Team 1", "Team I"), ("Buro", "Büro"), ("HR", "H.R."), ("Ops", "Dev Ops")])
def test_names_that_may_be_two_do_not_look_alike(one: str, other: str) -> None:
    """Digits and accents tell names apart."""
    assert look(one) != look(other)


def test_two_spellings_of_a_unit_are_told_once_at_the_level_that_differs(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Teams below the other spelling are not told again."""
    units = ("Northwind/Eng/A", "Northwind/Eng/B", "Northwind/eng/A", "Northwind/eng/C")
    path = people_file(tmp_path, [person(f"P{at}", unit) for at, unit in enumerate(units)])
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", path)
    assert [(each.row, each.column) for each in refusal.value.problems] == [(4, "unit")]
    assert "'eng' looks like 'Eng' in row 2" in refusal.value.problems[0].problem


def test_a_unit_like_one_on_record_is_said_and_runs_of_blanks_are_one(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The spelling with two blanks is the same unit; the one in other letters is another, and the summary says so."""
    bring_in(sqlite_engine, "people", people_file(tmp_path, [person("P1", "Northwind/North  Sea")]))
    again = bring_in(sqlite_engine, "people", people_file(tmp_path, [person("P2", "Northwind/North\u00a0Sea")]))
    other = bring_in(sqlite_engine, "people", people_file(tmp_path, [person("P3", "Northwind/NORTH SEA")]))

    assert again.notes == ()
    assert "looks like 'North Sea', which is on record" in other.notes[0]
    assert ("Northwind/North Sea",) in rows_of(sqlite_engine, select(OrgUnit.path))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_header_of_a_kind_is_recognised_by_all_others(kind) -> None:
    """Its own columns, in any kind's place, look like the kind itself."""
    header = tuple(column.name for column in kind.columns)
    if kind.name == "viva-person-query":
        header += ("Organization",)
    for other in KINDS.values():
        if other is not kind:
            assert other_kind(header, other, ImportOptions()) == kind.name
    assert other_kind(header, kind, ImportOptions()) is None


@pytest.mark.parametrize(
    ("header", "topic"),
    [
        (("gender", "field", "sentiment", "intention", "left", "month"), "exits"),
        (("date", "team", "targeted_productivity", "actual_productivity"), "productivity"),
        (("Organisation", "Response_rate", "EES"), "survey"),
        (("objective_id", "kr", "text"), "goals"),
        (("employee", "gross pay", "iban"), "pay"),
        (("x", "y", "z"), None),
        ((), None),
    ],
)
def test_what_a_table_seems_to_hold_is_told_by_its_names(header: tuple[str, ...], topic: str | None) -> None:
    """Nothing is guessed where nothing tells."""
    found = seems_to_hold(header)
    assert found is None if topic is None else found is not None and topic in found


def test_a_column_without_a_name_that_has_values_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    """With its place and its first row, in quick and in careful reading; one without values is not."""
    path = tmp_path / "people.csv"
    rows = "id,,unit,,hired\nP1,,Acorn,,2024-01-01\nP2,\u00a0,Acorn,,2024-01-01\nP3,seven,Acorn,,2024-01-01\n"
    for text in (rows, rows.replace("seven", '"seven"')):
        path.write_text(text, encoding="utf-8")
        notes = bring_in(sqlite_engine, "people", path).notes
        assert [note for note in notes if "no name" in note] == [
            "Column 2 has no name, but values (first in row 4). It is not read; name it if it should be."
        ]
