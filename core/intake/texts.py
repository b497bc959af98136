"""A column of text by its distinct values, so that what is done with text is done once for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

REMEMBERED = 500_000  # distinct texts of a column of which a step keeps what it has found; then it begins anew


@dataclass(frozen=True)
class Texts:
    """codes: for each row the place in `distinct`, -1 when blank. distinct: the texts, each once."""

    codes: NDArray[np.intp]
    distinct: list[str]

    def mapped(self, change: Callable[[str], str | None]) -> "Texts":
        """Every text changed; None makes the cell blank."""
        changed = [change(text) for text in self.distinct]
        if changed == self.distinct:
            return Texts(self.codes, [text for text in changed if text is not None])
        places, distinct = pd.factorize(np.array([*changed, None], dtype=object))
        return Texts(places[self.codes], distinct.tolist())

    def at(self, place: int) -> str | None:
        """The text of one row."""
        code = self.codes[place]
        return None if code < 0 else self.distinct[code]

    def rows(self, kept: NDArray[Any]) -> "Texts":
        """Some of the rows, by mask or places."""
        return Texts(self.codes[kept], self.distinct)

    def objects(self) -> NDArray[np.object_]:
        """One str or None for each row."""
        values = np.array([*self.distinct, None], dtype=object)
        found: NDArray[np.object_] = values[self.codes]
        return found

    def categorical(self) -> pd.Categorical:
        """As pandas holds distinct text."""
        return pd.Categorical.from_codes(self.codes, categories=pd.Index(self.distinct, dtype=object))

    def each(self, parse: Callable[[str], Any], missing: Any, dtype: Any) -> NDArray[Any]:
        """`parse` of every cell, run once for each distinct text; `missing` for blank cells."""
        values = np.array([*map(parse, self.distinct), missing], dtype=dtype)
        found: NDArray[Any] = values[self.codes]
        return found


def texts_of(cells: Sequence[str | None] | NDArray[Any]) -> Texts:
    """A column from its cells; None and NaN are blank."""
    values = np.empty(len(cells), dtype=object)
    values[:] = cells
    codes, distinct = pd.factorize(values)
    return Texts(codes, distinct.tolist())
