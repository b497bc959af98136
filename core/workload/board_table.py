"""The board as a table to look at: a row a unit, the newest week first, words where there is no number, and a look a cell."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.calendar import label
from core.metrics import palette
from core.metrics.wording import SHARE_CLASSES
from core.workload.board import WorkloadBoard

UNIT_COLUMN = "Unit"


def board_table(board: WorkloadBoard, colours: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Texts, and the CSS of each: one row for each of `board.rows`, columns Unit and the weeks as dates, newest first.

    colours: slot -> hex, as `core.metrics.palette.theme_colours` gives them. Cells of a part of a join read "joined"; the join
    has a row of its own right under its parts.
    """
    joins = set(board.rows.loc[board.rows["kind"] == "join", "key"])
    weeks = list(reversed(board.weeks))
    by_place = {(cell["key"], cell["week"]): cell for cell in board.cells.to_dict("records")}
    texts: list[dict[str, str]] = []
    looks: list[dict[str, str]] = []
    for row in board.rows.itertuples():
        text = {UNIT_COLUMN: row.name}
        look = {UNIT_COLUMN: "font-weight: 600" if row.heading else ""}
        for week in weeks:
            cell = by_place.get((row.key, week))
            if row.kind in ("others", "join") and cell is not None and cell["status"] == "missing":
                text[label(week)], look[label(week)] = "", ""  # there is no such group that week
                continue
            text[label(week)], look[label(week)] = _words(cell, joins), _look(cell, colours)
        texts.append(text)
        looks.append(look)
    columns = [UNIT_COLUMN, *(label(week) for week in weeks)]
    return pd.DataFrame(texts, columns=columns), pd.DataFrame(looks, columns=columns)


def _words(cell: Mapping[Any, Any] | None, joins: set[str]) -> str:
    if cell is None or cell["status"] == "missing":
        return "no data"
    if cell["status"] == "shown":
        return str(cell["digits"] or cell["text"]).replace(SHARE_CLASSES["few"], "few")
    return "joined" if cell["shown_with"] in joins else "hidden"


def _look(cell: Mapping[Any, Any] | None, colours: Mapping[str, str]) -> str:
    if cell is None or cell["status"] == "missing":
        fill, ink = palette.NODATA, palette.INK
    elif cell["status"] == "hidden":
        fill, ink = palette.PANEL, palette.MUTED
    else:
        fill, ink = palette.CELLS[cell["tone"]]
    return f"background-color: {colours[fill]}; color: {colours[ink]}"
