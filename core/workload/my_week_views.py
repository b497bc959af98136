"""What My week asks: the viewer's own rows and nothing else. The rule stands in the WHERE clause."""

from dataclasses import replace
from datetime import date
from math import isfinite, nan

import pandas as pd
from sqlalchemy import Connection, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK, long_label
from core.metrics.viva import VIVA_HOURS
from core.people.scope import name_and_slug, own_person, readable_unit
from core.policy import Policy
from core.workload import my_week_wording as wording
from core.workload.my_week import (
    HOURS,
    OWN_HOURS,
    SHOWN_WEEKS,
    Compared,
    MyWeek,
    OwnNumber,
    against_own,
    line,
    status_of,
    weeks_since_off,
    with_own_hours,
)
from core.workload.tables import CollaborationWeek, PersonWeek

OFFERED = (
    "collaboration",
    "meeting_and_call",
    "meeting",
    "after_hours_collaboration",
    "weekend_collaboration",
    "email",
)


def my_week(connection: Connection, viewer: Viewer, *, as_of: date, policy: Policy) -> MyWeek:
    """The viewer's newest week, closed or open, beside the viewer's own twelve weeks before it. Nobody else is read.

    Weeks that begin after `as_of` are left out: planned leave is not a week that was. Without a person or without rows the
    result has a `state` and nothing else.

    Raises:
        NoPermission: no role of the viewer opens the screen.
    """
    if not viewer.may_open("my_week"):
        raise NoPermission("Your account has no role that shows a week of its own.")
    if not viewer.person_code:
        return _nothing("no person", wording.NO_PERSON)
    rows = _own_rows(connection, viewer, PersonWeek, HOURS, as_of)
    if len(rows):
        found = _hours(rows, as_of, policy)
    else:
        rows = _own_rows(connection, viewer, CollaborationWeek, VIVA_HOURS, as_of)
        found = _collaboration(rows, as_of, policy) if len(rows) else _nothing("no rows", wording.NO_ROWS)
    name, slug = name_and_slug(connection, viewer.own_unit) if viewer.own_unit else ("", "")
    seen = readable_unit(viewer, viewer.own_unit, own_line_open=policy.unit_means_for_everyone)
    return replace(found, unit=name, unit_slug=slug, unit_open=bool(slug) and connection.scalar(seen) is not None)


def _own_rows(
    connection: Connection,
    viewer: Viewer,
    table: type[PersonWeek] | type[CollaborationWeek],
    names: tuple[str, ...],
    as_of: date,
) -> pd.DataFrame:
    """The viewer's own weeks up to `as_of`, oldest first. Columns: week (date), and `names` (float, NaN missing)."""
    own = own_person(viewer)
    statement = (
        select(table.week, *(getattr(table, name) for name in names))
        .where(table.person_id.in_(own), table.week <= as_of)
        .order_by(table.week)
    )
    frame = pd.DataFrame([tuple(row) for row in connection.execute(statement)], columns=["week", *names])
    return frame.astype(dict.fromkeys(names, float))


def _hours(rows: pd.DataFrame, as_of: date, policy: Policy) -> MyWeek:
    newest = rows["week"].max()
    weeks = with_own_hours(line(rows, newest, SHOWN_WEEKS + 1))
    status = status_of(weeks, as_of, policy.close_after_days, HOURS)
    shown = weeks.iloc[1:].assign(status=status[1:])
    last = {name: float(weeks.iloc[-1][name]) for name in (*HOURS, "available", "load")}
    of = "available" if weeks["available"].notna().any() else "agreed"
    numbers = _numbers(weeks, OWN_HOURS, wording.NAMES, last, of, running=as_of < newest + WEEK)
    load = next((number.compared for number in numbers if number.id == "load"), Compared("no data", nan, nan, 0))
    since, on_record = weeks_since_off(rows, newest)
    missing = status[1:].count("missing")
    table = shown.reset_index()
    return MyWeek(
        state="",
        kind="hours",
        newest=newest,
        status=status[-1],
        weeks=table[["week", "status", *HOURS, "available", "away"]],
        numbers=numbers,
        since_off=since,
        on_record=on_record,
        unit="",
        unit_slug="",
        unit_open=False,
        sentence=wording.sentence(last, bool(weeks["away"].iloc[-1]), load, newest, as_of, policy),
        support=wording.support(last, newest, status[-1], missing),
        period=f"week of {long_label(newest)}",
        alt=wording.alt("hours", table),
        recovery=wording.recovery(since, on_record)[0],
        recovery_note=wording.recovery(since, on_record)[1],
    )


def _collaboration(rows: pd.DataFrame, as_of: date, policy: Policy) -> MyWeek:
    newest = rows["week"].max()
    weeks = line(rows, newest, SHOWN_WEEKS + 1)
    weeks = weeks.assign(away=weeks["collaboration"] == 0)
    status = status_of(weeks, as_of, policy.close_after_days, VIVA_HOURS)
    delivered = [name for name in VIVA_HOURS if weeks[name].notna().any()]
    table = weeks.iloc[1:].assign(status=status[1:]).reset_index()
    last = {name: float(weeks.iloc[-1][name]) for name in VIVA_HOURS}
    numbers = _numbers(weeks, OFFERED, wording.VIVA_NAMES, last, "", running=as_of < newest + WEEK)
    missing = status[1:].count("missing")
    whole = next((number for number in numbers if number.id == "collaboration"), None)
    compared = whole.compared if whole else Compared("no data", nan, nan, 0)
    return MyWeek(
        state="",
        kind="collaboration",
        newest=newest,
        status=status[-1],
        weeks=table[["week", "status", *delivered, "away"]],
        numbers=numbers,
        since_off=None,
        on_record=0,
        unit="",
        unit_slug="",
        unit_open=False,
        sentence=wording.collaboration_sentence(last["collaboration"], compared, newest),
        support=wording.collaboration_support(status[-1], missing),
        period=f"week of {long_label(newest)}",
        alt=wording.alt("collaboration", table),
        recovery="",
        recovery_note="",
    )


def _numbers(
    weeks: pd.DataFrame,
    names: tuple[str, ...],
    titles: dict[str, str],
    last: dict[str, float],
    of: str,
    *,
    running: bool,
) -> tuple[OwnNumber, ...]:
    """One number for each column with data. Weeks away count neither as the newest nor as what is usual.

    running: the newest week is not over, so its hours so far are not compared with whole weeks.
    """
    away = weeks["away"].to_numpy(dtype=bool)
    found = []
    for name in names:
        values = weeks[name].to_numpy(dtype=float)
        if not any(isfinite(value) for value in values) and not (name == "load" and isfinite(last["worked"])):
            continue
        there = [nan if gone else float(value) for value, gone in zip(values, away, strict=True)]
        compared = against_own(there[:-1], there[-1])
        if away[-1] or running:
            compared = replace(compared, verdict="away" if away[-1] else "running")
        found.append(
            OwnNumber(
                id=name,
                name=titles[name],
                text=wording.value_words(name, float(values[-1]), last),
                usual=wording.usual_words(name, compared, of=of),
                value=float(values[-1]),
                compared=compared,
                values=tuple(there[1:]),
            )
        )
    return tuple(found)


def _nothing(state: str, reason: str) -> MyWeek:
    return MyWeek(
        state=state,
        kind="",
        newest=None,
        status="",
        weeks=pd.DataFrame({"week": [], "status": []}),
        numbers=(),
        since_off=None,
        on_record=0,
        unit="",
        unit_slug="",
        unit_open=False,
        sentence=wording.NO_WEEK,
        support="",
        period="",
        alt=wording.NO_WEEK,
        recovery="",
        recovery_note="",
        reason=reason,
    )
