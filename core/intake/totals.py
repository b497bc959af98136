"""Rows of totals at the end of a table: left out, and said. A row of totals in the middle is refused like any wrong row."""

import re
from collections.abc import Iterable, Iterator

import numpy as np

from core.delivery import Column, number
from core.intake.chunks import Chunk

_TOLERANCE = 0.051  # a total may be rounded to one decimal
_WORDS = frozenset(
    (
        "total", "totals", "sum", "sums", "overall", "gesamt", "gesamtsumme", "gesamtergebnis", "summe", "insgesamt",
        "totaal", "eindtotaal", "totale", "somme", "suma", "soma", "totales", "totais", "totaux", "subtotal",
    )
)  # fmt: skip
_PHRASES = frozenset(("grand", "all"))


def is_total_word(text: str) -> bool:
    """Whether the text says that its row adds up the others: Total, Summe, Total général, Grand total, Totaal."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if words and words[0] in _PHRASES:
        words = words[1:]
    return bool(words) and words[0] in _WORDS


class Totals:
    """Adds up the columns of numbers, and finds the rows of totals at the end. Shapes: chunks as `core.intake.chunks` makes
    them, with decimal points."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._keys = [column.name for column in columns if column.required]
        self._numbers = [column.name for column in columns if column.is_number]
        self._sums = dict.fromkeys(self._numbers, 0.0)
        self._above = 0
        self.rows: list[int] = []

    def cut(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The same chunks, the last two of them without rows of totals at the end of the table."""
        before: Chunk | None = None
        last: Chunk | None = None
        for chunk in chunks:
            if before is not None:
                self._add(before, 1)
                yield before
            before, last = last, chunk
        if before is not None:
            self._add(before, 1)
        if last is not None:
            last = self.trimmed(last)
            if before is not None and not len(last.index):
                self._add(before, -1)
                before = self.trimmed(before)
        yield from (each for each in (before, last) if each is not None)

    def _add(self, chunk: Chunk, sign: int) -> None:
        self._above += sign * len(chunk.index)
        for name in self._numbers:
            self._sums[name] += sign * float(_values(chunk, name).sum())

    def trimmed(self, chunk: Chunk) -> Chunk:
        """The chunk without rows of totals at its end; `rows` gets their numbers. All earlier chunks were added."""
        while len(chunk.index):
            last = len(chunk.index) - 1
            if not (self._says_total(chunk, last) or self._adds_up(chunk, last)):
                break
            self.rows.append(int(chunk.index[last]))
            chunk = chunk.without(last)
        return chunk

    def _says_total(self, chunk: Chunk, place: int) -> bool:
        """A word for a total in the first column or a key, and nothing else among the keys."""
        keys = [text for name in self._keys if (text := chunk.cells[name].at(place)) is not None]
        first = chunk.first.at(place)
        if first is not None and is_total_word(first):
            return all(text == first for text in keys)
        return len(keys) == 1 and len(self._keys) > 1 and is_total_word(keys[0])

    def _adds_up(self, chunk: Chunk, place: int) -> bool:
        """No key, and every number is the sum of its column."""
        if any(chunk.cells[name].at(place) is not None for name in self._keys):
            return False
        given = [name for name in self._numbers if chunk.cells[name].at(place) is not None]
        if not given or self._above + place == 0:
            return False
        for name in given:
            values = _values(chunk, name)
            total = self._sums[name] + float(values[:place].sum())
            if abs(float(values[place]) - total) > _TOLERANCE:
                return False
        return True

    def note(self) -> tuple[str, ...]:
        """The remark that says which rows were left out."""
        if not self.rows:
            return ()
        rows = sorted(self.rows)
        if len(rows) == 1:
            return (f"Left out as a row of totals: row {rows[0]}.",)
        return (f"Left out as rows of totals: rows {', '.join(map(str, rows))}.",)


def _values(chunk: Chunk, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return chunk.cells[name].each(lambda text: number(text) or 0.0, 0.0, np.float64)
