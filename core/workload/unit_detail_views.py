"""What the panel beside the heatmap asks: (viewer, row, filters) -> the row's trend, own swing, companions and siblings."""

from datetime import date
from math import nan

import pandas as pd
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.views import measures_with_data, newest_period, published
from core.workload import unit_wording as wording
from core.workload.area import AREA, LONGEST
from core.workload.board import WorkloadFilters
from core.workload.cells import cells_of
from core.workload.comparison import compare
from core.workload.figures import interval_texts
from core.workload.swing import BASELINE_WEEKS, beyond, read, usual_swing
from core.workload.teams import LOADS, LOOKBACK, Row, under
from core.workload.unit_detail import Companion, UnitDetail
from core.workload.views import chosen_unit, newest_shown
from core.workload.wording import chosen_metric

COMPANIONS = (
    "utilisation",
    "contract_load",
    "meeting_hours",
    "focus_hours",
    "after_hours_share",
    "rest_day_share",
    "viva_meeting_and_call",
    "viva_after_hours_collaboration",
    "viva_collaboration",
)
MOST_COMPANIONS = 3
COMPARED_WEEKS = 4


def unit_detail(
    connection: Connection, viewer: Viewer, key: str, filters: WorkloadFilters, *, policy: Policy
) -> UnitDetail:
    """The row `key` ('unit:41', 'direct:3', 'join:...', 'others:3') of the board that `filters` describe.

    The limits come from the 26 weeks before the weeks shown, so that what is shown cannot widen them.

    Raises:
        NoPermission: the unit, or the row, is not in the viewer's scope (one that does not exist reads the same).
        core.metrics.catalogue.UnknownMetric: no metric of that id.
    """
    if not viewer.may_open("workload"):
        raise NoPermission("Your account has no role that shows workload. Being an administrator does not open it.")
    seen = units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone)
    at = chosen_unit(seen, filters.unit)
    subject = _subject(seen, key)
    last = newest_period(connection, AREA)
    if subject is None or last is None:
        raise NoPermission("That row is not part of what you may see.")
    beside = _beside(seen, subject, key)
    ids = {int(unit["id"]) for unit in (*beside, subject)}
    below = {int(unit["id"]) for unit in under(seen, at)}
    offered = measures_with_data(connection, AREA, below)  # as the board does, so that both choose the same measure
    every = catalogue(policy)
    metric = chosen_metric(filters.metric, tuple(m for m in every.values() if m.id in offered), every)
    last = newest_shown(last, filters.until)
    count = max(1, min(filters.weeks, LONGEST))
    weeks = tuple(last - i * WEEK for i in reversed(range(count)))
    first = weeks[0] - BASELINE_WEEKS * WEEK
    frame = published(connection, AREA, metric.id, ids, first, last + WEEK)
    own = frame[frame["cell_id"] == key]
    if own.empty and not key.startswith("unit:"):
        raise NoPermission("That row is not part of what you may see.")
    name = str(subject["name"]) if key.startswith("unit:") else str(own["name"].iloc[-1])
    trend = _trend(key, name, own, weeks, metric)
    values = _series(own)
    swing = usual_swing(values, weeks[0])
    reading = read([float(v) for v in trend["value"]], swing, metric.direction)
    if swing.limits is not None:
        trend["side"] = [beyond(float(value), swing.limits) for value in trend["value"]]
    siblings = _siblings(key, name, beside, frame, weeks, metric)
    text = wording.swing_text(metric, swing)
    is_unit = key.startswith("unit:")
    return UnitDetail(
        key=key,
        name=name,
        kind=key.split(":", maxsplit=1)[0],
        path=str(subject["path"]) if is_unit else "",
        slug=str(subject["slug"]) if is_unit else "",
        metric=metric,
        weeks=weeks,
        trend=trend,
        swing=swing,
        reading=reading,
        swing_text=text,
        badge=wording.BADGES[reading.tone],
        said=wording.said(metric, list(trend["value"]), swing, reading, policy, _lookback(values, weeks)),
        companions=_companions(connection, key, _own_ids(key, subject, beside), metric, every, offered, weeks),
        siblings=siblings,
        siblings_said=wording.siblings_said(name, siblings),
        trend_alt=wording.trend_alt(metric, name, trend, text),
        siblings_alt=wording.siblings_alt(metric, name, siblings),
    )


def _subject(seen: list[Row], key: str) -> Row | None:
    """The unit in scope that a row belongs to: itself, the parent of its direct people or others, a part of a join."""
    kind, _, rest = key.partition(":")
    by_id = {str(unit["id"]): unit for unit in seen}
    if kind == "join":
        return next((by_id[part] for part in _parts(key) if part in by_id), None)
    return by_id.get(rest) if kind in ("unit", "direct", "others") else None


def _parts(key: str) -> list[str]:
    """The ids that the key of a join names."""
    return [part for part in key.replace("+", ":").split(":") if part.isdigit()]


def _beside(seen: list[Row], subject: Row, key: str) -> list[Row]:
    """The units that stand beside a row, itself among them, all of them in scope: the children of the same parent."""
    own_children = key.split(":", maxsplit=1)[0] in ("direct", "others")
    parent = subject["id"] if own_children else subject["parent_id"]
    return [unit for unit in seen if parent is not None and unit["parent_id"] == parent] or [subject]


def _series(own: pd.DataFrame) -> pd.Series:
    """Published numbers of a row by week; a class has none."""
    shown = own[own["status"] == "shown"]
    return pd.Series(shown["value"].astype(float).to_numpy(), index=list(shown["period"]))


def _lookback(values: pd.Series, weeks: tuple[date, ...]) -> list[float]:
    """The published values of the weeks in which the sentence on top counts a run, NaN where nothing is shown."""
    known = dict(zip(values.index, values, strict=True))
    count = max(len(weeks), LOOKBACK)
    return [float(known.get(weeks[-1] - i * WEEK, nan)) for i in reversed(range(count))]


def _trend(key: str, name: str, own: pd.DataFrame, weeks: tuple[date, ...], metric: Metric) -> pd.DataFrame:
    row = pd.DataFrame({"key": [key], "name": [name]})
    cells = cells_of(row, own[own["period"] >= weeks[0]], weeks, metric)
    texts = [interval_texts(metric, low, high) for low, high in zip(cells["low"], cells["high"], strict=True)]
    cells["interval"] = [f"{low} and {high}" if low else "" for low, high in texts]
    return cells[["week", "status", "value", "low", "high", "text", "interval", "tone"]].assign(side=0)


def _siblings(
    key: str, name: str, beside: list[Row], frame: pd.DataFrame, weeks: tuple[date, ...], metric: Metric
) -> pd.DataFrame:
    """The row among those beside it; parts of a join stand as the join. Columns of `compare`, and text, words."""
    recent = weeks[-1] - (COMPARED_WEEKS - 1) * WEEK
    newest = frame[frame["period"] >= recent]
    names = {f"unit:{unit['id']}": str(unit["name"]) for unit in beside}
    joined = newest[newest["cell_id"].isin(names) & newest["shown_with"].fillna("").str.startswith("join:")]
    stands_for = dict(zip(joined["cell_id"], joined["shown_with"], strict=True))
    join_names = dict(zip(newest["cell_id"], newest["name"], strict=True))
    keys = {stands_for.get(each, each): names[each] for each in names if each in set(newest["cell_id"])}
    keys = {each: (join_names.get(each, told) if each.startswith("join:") else told) for each, told in keys.items()}
    if key not in keys:
        keys[key] = name
    cells = newest[newest["cell_id"].isin(keys)].rename(columns={"cell_id": "key", "period": "week"})
    cells = cells.assign(name=[keys[each] for each in cells["key"]])
    found = compare(cells[["key", "name", "week", "status", "value", "low", "high"]], key, weeks=COMPARED_WEEKS)
    texts = [wording.value_words(metric, value) for value in found["value"]]
    return found.assign(text=texts, words=found["relation"].replace({"not shown": "not shown, to protect people"}))


def _own_ids(key: str, subject: Row, beside: list[Row]) -> set[int]:
    """The units whose cells hold the row: its own; for a join, those beside it, its parts among them."""
    return {int(unit["id"]) for unit in (beside if key.startswith("join:") else [subject])}


def _companions(
    connection: Connection,
    key: str,
    ids: set[int],
    metric: Metric,
    every: dict[str, Metric],
    offered: set[str],
    weeks: tuple[date, ...],
) -> tuple[Companion, ...]:
    """The first measures of COMPANIONS, other than the picture's, that have a cell of this row."""
    found: list[Companion] = []
    for other in COMPANIONS:
        same = other == metric.id or (other in LOADS and metric.id in LOADS)
        if len(found) == MOST_COMPANIONS or same or other not in offered or other not in every:
            continue
        cells = published(connection, AREA, other, ids, weeks[0] - BASELINE_WEEKS * WEEK, weeks[-1] + WEEK)
        own = cells[cells["cell_id"] == key]
        if own.empty:
            continue
        trend = _trend(key, "", own, weeks, every[other])
        swing = usual_swing(_series(own), weeks[0])
        values = tuple(float(value) for value in trend["value"])
        reading = read(values, swing, every[other].direction)
        shown = trend[trend["status"] == "shown"]
        text = str(shown["text"].iloc[-1]) if len(shown) else ""
        told = wording.against(every[other], values, swing, reading)
        texts = tuple(str(each) for each in trend["text"])
        found.append(Companion(every[other], values, texts, text, swing, reading, told))
    return tuple(found)
