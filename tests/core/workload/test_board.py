"""The board as a file: the same protected values, safe for spreadsheets."""

import csv
import dataclasses
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workload.board import WorkloadBoard, existing_cells, export_frame, neutralise
from tests.core.workload.boards import fabricated_board

COLUMNS = [
    "unit", "week", "measure", "status", "text", "value", "low", "high", "n_band", "covers", "shown_with", "release",
]  # fmt: skip
FORMULA = re.compile(r"^[=+\-@\t\r]")


def renamed(board: WorkloadBoard, name: str) -> WorkloadBoard:
    """The board with another name for the unit looked at, and as what stands in for hidden cells."""
    rows = board.rows.assign(name=[name, *board.rows["name"].iloc[1:]])
    cells = board.cells.assign(shown_with_name=[name if given else "" for given in board.cells["shown_with"]])
    return dataclasses.replace(board, rows=rows, cells=cells)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    """Every sign that starts a formula; the same sign further on is text."""
    assert neutralise(f"{start}1+1") == f"'{start}1+1"
    assert neutralise(f"Team {start}1") == f"Team {start}1"


def test_plain_text_stays_as_it_is() -> None:
    """Names, figures, signs that are no formula, nothing."""
    for text in ("Platform", "118\u00a0%", "\u22125", "'quoted", ""):
        assert neutralise(text) == text


@given(st.text(max_size=12))
def test_no_text_leaves_as_a_formula_and_none_is_lost(text: str) -> None:
    """Whatever it is, it does not start like a formula, and the text is all there."""
    safe = neutralise(text)
    assert not FORMULA.match(safe)
    assert safe.removeprefix("'") == text.removeprefix("'") or safe == text
    assert neutralise(safe) == safe


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@SUM(A1)", "+49 team", "-2", "\tteam"])
def test_names_of_units_are_neutralised_in_the_file(name: str) -> None:
    """In the column of units and in the one of stand-ins, down to the text of the CSV."""
    board = renamed(fabricated_board(), name)
    text = export_frame(board).to_csv(index=False)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == COLUMNS
    assert any(f"'{name}" in row for row in rows[1:])
    assert not [value for row in rows[1:] for value in row if FORMULA.match(value)]


def test_the_file_has_a_line_for_every_cell_of_the_picture_in_the_same_words() -> None:
    """Row by row: name, week, status and what the cell says; no line for others in a week in which there were none."""
    board = fabricated_board()
    frame = export_frame(board)
    cells = existing_cells(board)
    names = dict(zip(board.rows["key"], board.rows["name"], strict=True))
    assert list(frame.columns) == COLUMNS
    assert len(frame) == len(cells) < len(board.cells) == len(board.rows) * len(board.weeks)
    for line, cell in zip(frame.to_dict("records"), cells.to_dict("records"), strict=True):
        assert (line["unit"], line["week"], line["status"], line["text"]) == (
            names[cell["key"]],
            cell["week"].isoformat(),
            cell["status"],
            cell["text"],
        )
    assert set(frame["measure"]) == {board.metric.id}
    assert set(frame["release"]) == {board.release}


def test_hidden_and_missing_lines_carry_words_and_no_number() -> None:
    """Neither value nor interval nor band; hidden says whose row includes them."""
    frame = export_frame(fabricated_board())
    away = frame[frame["status"] != "shown"]
    assert set(away["text"]) == {"hidden", "no data"}
    assert away[["value", "low", "high"]].isna().all().all()
    assert set(away["n_band"]) == set(away["covers"]) == {""}
    assert "Billing and Checkout together" in set(away["shown_with"])
    assert not away["text"].str.contains(r"\d").any()


def test_an_export_leaves_the_board_as_it_was() -> None:
    """The frames of the board are not changed."""
    board = fabricated_board()
    rows, cells = board.rows.copy(), board.cells.copy()
    export_frame(board)
    assert board.rows.equals(rows)
    assert board.cells.equals(cells)
