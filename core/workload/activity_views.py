"""What the panel *When work happens* asks: (viewer, unit, day) -> the punch card of a quarter, from published cells."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, long_label, monday_of, quarter_start
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.cards import is_by_part
from core.privacy.views import measures_with_data, published, released_periods
from core.workload import activity_card as words
from core.workload.activity_card import ActivityCard
from core.workload.activity_imports import ACTIVITY_EVENTS
from core.workload.activity_loading import AREA
from core.workload.activity_rollup import CARD, quarter_end
from core.workload.area import AREA as WEEKS_AREA
from core.workload.board import UnitRef
from core.workload.views import chosen_unit

SMALL_BANDS = ("5–9", "10–19")
OUTSIDE = "activity_after_hours"


def punch_card(
    connection: Connection, viewer: Viewer, unit: str | None, day: date | None, *, policy: Policy, as_of: date
) -> ActivityCard:
    """The punch card of a unit (slug or path; None: the highest in scope) for the quarter of `day`, or the newest before it.

    Without a day: the newest quarter released. A unit that is shown together with others gets the card of them all.

    Raises:
        NoPermission: the viewer has no scope, or the unit is not in it (a unit that does not exist reads the same).
    """
    if not viewer.may_open("workload"):
        raise NoPermission("Your account has no role that shows workload. Being an administrator does not open it.")
    at = chosen_unit(units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone), unit)
    ids = {int(at["id"])}
    metric = catalogue(policy)[CARD]
    every = released_periods(connection, AREA)
    quarters = tuple(quarter for quarter in every if day is None or quarter <= monday_of(day))
    if not quarters:
        delivered = every or OUTSIDE in measures_with_data(connection, WEEKS_AREA, ids)
        return _open(at, metric, day or as_of, policy) if delivered else _without(at, metric, "none", NONE)
    quarter, end = quarters[0], quarter_end(quarters[0])
    frame = published(connection, AREA, CARD, ids, quarter, quarter + WEEK)
    rows = {row["cell_id"]: row for row in frame.to_dict("records")}
    row = rows.get(f"unit:{at['id']}")
    period = words.span(quarter, end)
    last = end - WEEK / 7
    if row is None:
        why = f"No events were received for {at['name']}, {period}. This is not zero."
        return _without(at, metric, "missing", why, first=quarter, last=last, quarters=every)
    together = rows.get(_text(row["shown_with"])) if row["status"] == "hidden" else None
    row = together if together is not None and together["status"] == "shown" else row
    if row["status"] != "shown":
        return _without(at, metric, "hidden", HIDDEN, first=quarter, last=last, quarters=every)
    classes, band = str(row["share_class"]), str(row["n_band"])
    hours = words.hours_of(classes, by_part=band in SMALL_BANDS and is_by_part(classes))
    weeks = published(connection, WEEKS_AREA, OUTSIDE, ids, quarter, end)
    own = weeks[(weeks["cell_id"] == row["cell_id"]) & weeks["value"].notna()]
    return ActivityCard(
        state="shown",
        unit=_ref(at),
        name=str(row["name"]),
        metric=metric,
        first=quarter,
        last=last,
        quarters=every,
        hours=hours,
        n_band=band,
        coverage="" if band in SMALL_BANDS else str(row["coverage"]),
        sentence=words.sentence(hours),
        support=words.outside(list(zip(own["value"].astype(float), own["qualifier"], strict=True))),
        note=_note(row, together is not None, late=day is not None and day > last),
        alt=words.alt(str(row["name"]), period, hours),
        release=int(row["release_id"]),
    )


NONE = (
    "No events have been delivered yet. Commits, tickets, calls or calendars show here when they are brought in "
    f"as {ACTIVITY_EVENTS.title}."
)
HIDDEN = "Not shown, to protect people."


def _open(at: Mapping[str, Any], metric: Metric, day: date, policy: Policy) -> ActivityCard:
    end = quarter_end(quarter_start(monday_of(day)))
    opens = end + (policy.close_after_days - 1) * (WEEK / 7)
    why = f"The card of a quarter is shown when its last week is closed. This one: from {long_label(opens)}."
    return _without(at, metric, "open", why)


def _without(
    at: Mapping[str, Any],
    metric: Metric,
    state: str,
    why: str,
    *,
    first: date | None = None,
    last: date | None = None,
    quarters: tuple[date, ...] = (),
) -> ActivityCard:
    nothing = pd.DataFrame(columns=words.COLUMNS)
    name = str(at["name"])
    return ActivityCard(
        state, _ref(at), name, metric, first, last, quarters, nothing, "", "", why, "", "", f"{name}: {why}", None
    )


def _note(row: Mapping[str, Any], joined: bool, *, late: bool) -> str:
    parts = ["This is the newest complete quarter."] if late else []
    if joined:
        parts.append(f"Shown as {row['name']}.")
    if row["n_band"] in SMALL_BANDS:
        parts.append("Groups below 20 people are told by parts of the day.")
    if row["n_band"] not in SMALL_BANDS and row["coverage"] == "below 80 %":  # of few people, a share is a count
        share = str(row["coverage"]).replace("below", "less than")
        parts.append(f"Covers {share} of the people; of the others no events were received.")
    return " ".join(parts)


def _ref(unit: Mapping[str, Any]) -> UnitRef:
    return UnitRef(unit["path"], unit["slug"], unit["name"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
