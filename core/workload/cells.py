"""Published cells as a screen reads them: in words, with the tone of their band, and what stands in for a hidden one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from core.metrics.definition import Metric
from core.metrics.wording import value_text
from core.workload.wording import digits

CLASS_TONES = {"few": "within", "some": "watch", "many": "over"}
CELL_COLUMNS = [
    "key", "week", "status", "value", "text", "digits", "tone", "band",
    "low", "high", "n_band", "coverage", "shown_with", "shown_with_name",
]  # fmt: skip
# texts stay objects: cells are walked one by one far more often than column by column
CELL_DTYPES: dict[str, type] = {name: float if name in ("value", "low", "high") else object for name in CELL_COLUMNS}


def cells_of(rows: pd.DataFrame, frame: pd.DataFrame, weeks: tuple[date, ...], metric: Metric) -> pd.DataFrame:
    """One cell for each of `rows` (columns key, name) and `weeks`, columns CELL_COLUMNS as in `WorkloadBoard.cells`.

    frame: published cells, columns of `core.privacy.views`. A place without a published cell is missing.
    """
    lines = frame[frame["cell_id"].isin(rows["key"])]
    columns = list(frame.columns)
    records = (dict(zip(columns, line, strict=True)) for line in lines.itertuples(index=False, name=None))
    by_place = {(row["cell_id"], row["period"]): row for row in records}
    names = {
        **dict(zip(frame["cell_id"], frame["name"], strict=True)),
        **dict(zip(rows["key"], rows["name"], strict=True)),
    }
    found = [_cell(key, week, by_place.get((key, week)), metric, names) for key in rows["key"] for week in weeks]
    kept: dict[str, pd.Series] = {
        name: pd.Series([cell[name] for cell in found], dtype=CELL_DTYPES[name]) for name in CELL_COLUMNS
    }
    return pd.DataFrame(kept, copy=False)


def _cell(key: str, week: date, row: dict[Any, Any] | None, metric: Metric, names: Mapping[str, str]) -> dict[str, Any]:
    cell = dict.fromkeys(CELL_COLUMNS, "") | {"key": key, "week": week, "value": None, "low": None, "high": None}
    if row is None:
        return cell | {"status": "missing", "text": "no data", "digits": "–"}
    if row["status"] == "hidden":
        stand_in = row["shown_with"] or ""
        stand_in = "" if pd.isna(stand_in) else stand_in
        return cell | {
            "status": "hidden",
            "text": "hidden",
            "shown_with": stand_in,
            "shown_with_name": names.get(stand_in, ""),
        }
    value = None if pd.isna(row["value"]) else float(row["value"])
    share_class = None if pd.isna(row["share_class"]) else row["share_class"]
    band = metric.band(value)
    if share_class:
        band = next((b for b in metric.bands if b.tone == CLASS_TONES[share_class]), None)
    return cell | {
        "status": "shown",
        "value": value,
        "text": value_text(metric, value, row["qualifier"], share_class),
        "digits": digits(metric, value, row["qualifier"]),
        "tone": band.tone if band else "",
        "band": band.name if band else "",
        "low": row["low"],
        "high": row["high"],
        "n_band": row["n_band"],
        "coverage": row["coverage"],
    }
