"""Reading text files: the quick way and the careful way agree, wherever the pieces are cut, and numbers are read for certain."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.delivery import ImportOptions
from core.intake import encoding
from core.intake.decimals import with_point
from core.intake.delimited import _Feed
from core.intake.formats import Columns, Expected, FileRefused, Record, Source, open_source
from core.intake.imports import ImportRefused
from tests.core.intake.content import bring_in, people_file, stock, weeks_file

ANY = Expected(lambda name: name in ("id", "b"), bool)
CELL = st.text(st.sampled_from('ab0 ,;|\t"\n\r\u00e9\u200b\u00a0'), max_size=4)


def rows(source: Source, size: int, places: tuple[int, ...]) -> list[tuple[int, tuple[str | None, ...]]]:
    """Row numbers and trimmed cells of these places, whichever way they were read; blank rows left out."""
    found: list[tuple[int, tuple[str | None, ...]]] = []
    for piece in source.read(size, places):
        if isinstance(piece, Columns):
            columns = [piece.cells[place].objects() for place in places]
            found += [(piece.first + at, tuple(cells)) for at, cells in enumerate(zip(*columns, strict=True))]
        else:
            found += [(each.row, tuple((each.cells + (None,) * 9)[place] for place in places)) for each in piece]
    trimmed = [(row, tuple(without_blanks(cell) for cell in cells)) for row, cells in found]
    return [(row, cells) for row, cells in trimmed if any(cells)]


def without_blanks(cell: str | None) -> str | None:
    """A cell without blanks around it."""
    return (cell or "").strip() or None


@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12),
    st.integers(1, 5),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_both_ways_of_reading_give_what_was_written(
    table: list[tuple[str, str, str]], size: int, quoting: int, end: str, delimiter: str
) -> None:
    """A table written by `csv` comes back cell by cell with its row numbers, in pieces of any size."""
    if quoting == csv.QUOTE_MINIMAL:  # the writer forgets to quote a line end that is not its own
        table = [tuple(cell.translate({10: None, 13: None}) for cell in row) for row in table]  # type: ignore[misc]
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=end, delimiter=delimiter)  # type: ignore[arg-type]
    writer.writerow(("id", "b", "c"))
    writer.writerows(table)
    wanted = [(row, tuple(map(without_blanks, cells))) for row, cells in enumerate(table, start=2)]
    wanted = [(row, cells) for row, cells in wanted if any(cells)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(text.getvalue().encode())

        source = open_source(path, ANY, ImportOptions())

        assert rows(source, size, (0, 1, 2)) == wanted
        assert [each.row for each in source.records if any(map(without_blanks, each.cells))] == [
            row for row, _ in wanted
        ]


@given(
    st.text(st.sampled_from("ab,\n\r\u00e9"), max_size=60), st.integers(1, 9), st.lists(st.integers(0, 3), max_size=20)
)
def test_a_feed_loses_nothing_whatever_is_taken_from_it(text: str, block: int, turns: list[int]) -> None:
    """Blocks of lines and single lines, taken in any turn, put together again, are the text."""
    raw = text.encode()
    feed = _Feed(iter([raw[at : at + block] for at in range(0, len(raw), block)]))
    taken = []
    for turn in turns:
        if turn:
            taken.append(feed.block(turn))
        else:
            lines = feed.lines()
            taken.append(next(lines, "").encode())
            lines.close()
    taken += [line.encode() for line in feed.lines()]

    assert b"".join(taken) == raw


def test_clean_rows_are_read_by_columns_and_a_quotation_mark_changes_only_its_own_piece(tmp_path: Path) -> None:
    """Three pieces of two rows: the second is read line by line, the others the quick way."""
    path = tmp_path / "t.csv"
    path.write_text('id,b\n1,x\n2,x\n3,"x, y"\n4,x\n5,x\n6,x\n', encoding="utf-8")

    pieces = list(open_source(path, ANY, ImportOptions()).read(2, (0, 1)))

    assert [type(piece) for piece in pieces] == [Columns, list, Columns]
    assert pieces[1] == [Record(4, ("3", "x, y")), Record(5, ("4", "x"))]


def test_leading_zeros_and_words_that_look_like_numbers_stay_text(tmp_path: Path) -> None:
    """007, 1e5, nan and NA are texts until a kind reads them."""
    path = tmp_path / "t.csv"
    path.write_text("id,b\n007,1e5\n08,nan\nNA,NULL\n", encoding="utf-8")
    source = open_source(path, ANY, ImportOptions())
    assert rows(source, 10, (0, 1)) == [(2, ("007", "1e5")), (3, ("08", "nan")), (4, ("NA", "NULL"))]


def test_a_line_without_an_end_and_a_file_that_unpacks_to_too_much_are_refused_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is held in memory; the first is told before the limit of the whole file."""
    monkeypatch.setattr(encoding, "_BLOCK", 1000)
    monkeypatch.setattr("core.intake.formats.MAX_LINE", 5_000)
    path = tmp_path / "t.csv"
    path.write_text("id,b\n" + "x" * 20_000, encoding="utf-8")
    with pytest.raises(FileRefused, match="longer than any table"):
        open_source(path, ANY, ImportOptions())


def test_the_rows_of_a_workbook_end_where_excel_does(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A row number that no worksheet has does not make the reader count up to it."""
    import zipfile

    import openpyxl

    plain, odd = tmp_path / "plain.xlsx", tmp_path / "odd.xlsx"
    book = openpyxl.Workbook()
    for line in (("id", "unit", "hired"), ("P1", "Northwind", "2024-01-08")):
        book.active.append(line)
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<c r="C2"', b'<c r="XFC2"'))
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", odd)
    assert "beyond column 1000" in refusal.value.problems[0].problem


@pytest.mark.parametrize(
    ("text", "commas", "read"),
    [
        ("37,5", None, "37.5"),
        ("0,125", None, "0.125"),
        (",5", None, ".5"),
        ("37.5", True, "37.5"),
        ("1,234", True, "1.234"),
        ("1,234", None, "1,234"),
        ("1.234", None, "1.234"),
        ("1.234", True, "1,234"),
        ("37,5", False, "37,5"),
        ("1.234,5", True, "1.234,5"),
        ("many", None, "many"),
    ],
)
def test_a_comma_is_decimal_only_where_that_is_certain(text: str, commas: bool | None, read: str) -> None:
    """What may be a sign between thousands is left in a form that is no number, and so refused."""
    assert with_point(text, commas) == read


def test_one_certain_comma_decides_for_the_numbers_that_could_be_either(sqlite_engine: Engine, tmp_path: Path) -> None:
    """In a file with 37,5 the point of 1.250 stands between thousands; in one without it is a decimal point."""
    stock(sqlite_engine)
    header = ("person_id", "week", "worked", "leave")
    sure = weeks_file(tmp_path, header, [("P0017", "2026-03-23", '"37,5"', "1.250")], "sure.csv")
    open_ = weeks_file(tmp_path, header, [("P0017", "2026-03-23", "37.5", "1.250")], "open.csv")

    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "person-weeks", sure)
    assert (refusal.value.problems[0].value, refusal.value.problem_count) == ("1.250", 1)
    assert "between thousands" in refusal.value.problems[0].problem
    assert bring_in(sqlite_engine, "person-weeks", open_).counts.loaded == 1


@pytest.mark.parametrize("path", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_a_line_that_names_the_separator_is_no_row(path: str, sqlite_engine: Engine, tmp_path: Path) -> None:
    """Spreadsheet programs hide it, so rows are counted without it."""
    file = people_file(tmp_path, ["P1;Northwind;soon"], f"{path}id;unit;hired")
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", file)
    assert [(each.row, each.column) for each in refusal.value.problems] == [(2, "hired")]
