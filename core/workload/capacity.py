"""Released utilisation of units in the newest weeks, for areas that ask whether a team has room. Published cells only."""

import math
from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from core.access.viewer import Viewer
from core.calendar import WEEK, monday_of
from core.people.scope import readable_units
from core.policy import Policy
from core.privacy.views import newest_period, published
from core.workload.area import AREA

MEASURE = "utilisation"
OLDEST = 5 * WEEK  # weeks released before say nothing about now


def shown_utilisation(
    connection: Connection, viewer: Viewer, units: Collection[int], weeks: int, *, policy: Policy, on: date
) -> dict[int, tuple[float, ...]]:
    """Utilisation of the newest `weeks` released weeks, oldest first, by unit (id).

    Only units whose cells the viewer may see, and only those shown in every one of these weeks: a hidden week says nothing.
    Nothing when the newest release is older than five weeks on the day `on`.
    """
    last = newest_period(connection, AREA)
    if last is None or not units:
        return {}
    last = min(last, monday_of(on))
    if last < monday_of(on) - OLDEST:
        return {}
    allowed = set(
        connection.scalars(select(readable_units(viewer, own_line_open=policy.unit_means_for_everyone).subquery()))
    )
    wanted = allowed & set(units)
    if not wanted:
        return {}
    frame = published(connection, AREA, MEASURE, wanted, last - (weeks - 1) * WEEK, last + WEEK)
    found: dict[int, dict[date, float]] = {}
    for kind, unit, period, status, value in zip(
        frame["kind"], frame["unit_id"], frame["period"], frame["status"], frame["value"], strict=True
    ):
        if kind == "unit" and status == "shown" and not math.isnan(value):
            found.setdefault(unit, {})[period] = float(value)
    return {
        unit: tuple(value for _, value in sorted(values.items()))
        for unit, values in found.items()
        if len(values) == weeks
    }
