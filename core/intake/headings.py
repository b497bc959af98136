"""Finding the header among the first rows of a table: below a title, or over two rows with groups above.

The header is the first row that has something, unless another is unmistakable: what stands above it is a title alone in its
row, or the other row (or two rows read together) has clearly more names that the kind knows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.intake.formats import MAX_COLUMNS, FileRefused, Record

TOP = 30  # rows that are looked at
_SURE = 3  # known names from which another row than the first is taken
_TITLES = 10  # rows with a single cell that may stand above
_VALUE = re.compile(r"[\d.,:/%+\- ]*\d[\d.,:/%+\- ]*")


@dataclass(frozen=True)
class Heading:
    """names: in order, '' where there is none. first, last: rows that it takes, as a spreadsheet counts."""

    names: tuple[str, ...]
    first: int
    last: int
    notes: tuple[str, ...] = ()


def find_heading(top: Sequence[Record], known: Callable[[str], bool]) -> Heading | None:
    """The header among the first rows, or None when all of them are blank.

    Raises:
        FileRefused: it has too many columns.
    """
    rows = [Record(each.row, trimmed(each.cells)) for each in top]
    filled = [place for place, each in enumerate(rows) if each.cells]
    if not filled:
        return None
    plain = _below_titles(rows, filled)
    best = _names(rows[plain])
    last = plain
    fits = _known(best, known)
    if fits < len([name for name in best if name]):
        for place in filled:
            for span in (1, 2):
                names = _together(rows, place, span, known)
                score = _known(names, known)
                if score >= _SURE and score > fits and (span == 1 or _both_needed(rows, place, score, known)):
                    best, fits, plain, last = names, score, place, place + span - 1
    while last + 1 < len(rows) and _repeats(rows[last + 1].cells, best):
        last += 1
    if len(best) > MAX_COLUMNS:
        raise FileRefused(
            rows[last].row,
            "",
            f"The header has more than {MAX_COLUMNS} columns.",
            "Leave out what this kind does not need.",
        )
    return Heading(best, rows[plain].row, rows[last].row, _notes(rows, filled, plain, last))


def trimmed(cells: Sequence[str | None]) -> tuple[str | None, ...]:
    """The cells without the blank ones at the end."""
    last = max((place for place, cell in enumerate(cells) if cell), default=-1)
    return tuple(cells[: last + 1])


def _below_titles(rows: list[Record], filled: list[int]) -> int:
    """The first row that is no title: a title is alone in its row, above a row of at least three names."""
    for count, place in enumerate(filled[:_TITLES]):
        cells = [cell for cell in rows[place].cells if cell]
        if len(cells) > 1:
            names = len(set(cells)) >= _SURE and not any(_VALUE.fullmatch(cell) for cell in cells)
            return place if count == 0 or names else filled[0]
    return filled[0]


def _names(row: Record) -> tuple[str, ...]:
    return tuple(cell or "" for cell in row.cells)


def _known(names: Sequence[str], known: Callable[[str], bool]) -> int:
    return sum(1 for name in dict.fromkeys(names) if name and known(name))


def _together(rows: list[Record], place: int, span: int, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The names of one row, or of two: the lower name, with its group before it where that is what the kind knows."""
    if span == 1 or place + 1 >= len(rows):
        return _names(rows[place])
    upper, lower = rows[place].cells, rows[place + 1].cells
    names: list[str] = []
    group = ""
    for column in range(max(len(upper), len(lower))):
        above = (upper[column] if column < len(upper) else None) or ""
        below = (lower[column] if column < len(lower) else None) or ""
        group = above or group
        both = f"{group} {below}"
        names.append(both if below and not known(below) and known(both) else below or above)
    return tuple(names)


def _both_needed(rows: list[Record], place: int, score: int, known: Callable[[str], bool]) -> bool:
    """Two rows are a header when each gives names that the other has not."""
    if place + 1 >= len(rows):
        return False
    return all(_known(_names(rows[each]), known) < score for each in (place, place + 1))


def _repeats(cells: tuple[str | None, ...], names: tuple[str, ...]) -> bool:
    """Whether a row says the header once more, as cells merged over two rows do."""
    return bool(cells) and all(cell == name for cell, name in zip(cells, names, strict=False) if cell or name)


def _notes(rows: list[Record], filled: list[int], first: int, last: int) -> tuple[str, ...]:
    notes = []
    if last > first:
        notes.append(f"The header was read from row {rows[first].row} to row {rows[last].row}.")
    if first > filled[0]:
        where = f"row {rows[filled[0]].row}"
        above = [place for place in filled if place < first]
        if len(above) > 1:
            where = f"rows {rows[above[0]].row} to {rows[above[-1]].row}"
        notes.append(f"The header is in row {rows[first].row}; what stands above it in {where} was left out.")
    return tuple(notes)
