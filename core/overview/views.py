"""What the overview asks: (viewer) -> the few numbers that matter now, what changed, and what needs this viewer."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from core.access.refusals import NoPermission
from core.access.viewer import GROUP_ROLES, Viewer, ancestors
from core.calendar import long_label
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.overview import needs, operations, wording
from core.overview.board import Need, Overview
from core.overview.changes import MOST
from core.overview.numbers import teams_above
from core.overview.places import Asked, Place, own_cell, to_workload
from core.people.views import units_seen
from core.policy import Policy
from core.privacy.views import corrections_waiting, newest_period
from core.workload.area import AREA
from core.workload.changes import ALL_WEEKS, SHOWN_WEEKS
from core.workload.standing import Standing
from core.workload.teams import LOADS, RECENT, Row, reporting_units, within
from core.workload.wording import notice, sentence

CARDS = 6
# What matters, in this order; the first is what teams are read by. Collaboration hours stand in where there are no others.
CANDIDATES = (
    "utilisation", "contract_load", "after_hours_share", "meeting_hours", "focus_hours", "sustained_load",
    "rest_day_share", "recovery_gap", "overtime",
    "viva_collaboration", "viva_after_hours_collaboration", "viva_meeting_and_call", "viva_meeting", "viva_email",
    "viva_chat", "viva_weekend_collaboration", "viva_conflicting_meeting", "viva_large_and_long_meeting",
)  # fmt: skip


def overview(connection: Connection, viewer: Viewer, *, policy: Policy, as_of: date) -> Overview:
    """The overview of a viewer, made of published cells in the viewer's scope.

    Leaders, HR and managers: about the highest unit that they lead, and every team below those they lead. Everybody else on
    the roster: the own unit and the units above. Administrators: the installation, and no group number.

    Raises:
        NoPermission: no role opens the overview.
    """
    if not viewer.may_open("overview"):
        raise NoPermission("Your account has no role that shows an overview. Ask your administrator.")
    seen = units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone)
    last = newest_period(connection, AREA)
    led = _led(viewer, seen)
    own = [unit for unit in seen if unit["path"] in ancestors(viewer.own_unit)][::-1]
    kind = _kind(viewer, led)
    if kind == "admin":
        return _installation(connection, policy, as_of, last)
    if not led and not own:
        found = _without_numbers(viewer, kind, None, None, wording.NOT_OPEN if kind == "employee" else wording.NO_SCOPE)
    elif last is None:
        found = _without_numbers(viewer, kind, (led or own)[0], None, wording.NOTHING_RELEASED)
    else:
        asked = Asked(connection, viewer, policy, as_of, seen, last)
        found = _of_units(asked, kind, led) if led else _of_own_line(asked, own)
    if "admin" in viewer.roles:
        waiting = needs.of_installation(connection, AREA, last, as_of, policy)
        known = {need.id for need in found.needs}
        found = replace(found, needs=(*found.needs, *(need for need in waiting if need.id not in known)))
    return found


def _led(viewer: Viewer, seen: list[Row]) -> list[Row]:
    """The highest units that the viewer's group roles reach, highest first."""
    if not any(role in GROUP_ROLES for role in viewer.roles):
        return []
    every = "hr" in viewer.roles and not viewer.units
    reached = [unit for unit in seen if every or any(within(unit["path"], path) for path in viewer.units)]
    paths = {unit["path"] for unit in reached}
    tops = [unit for unit in reached if not paths & set(ancestors(unit["path"])[:-1])]
    return sorted(tops, key=lambda unit: (unit["depth"], unit["path"]))


def _kind(viewer: Viewer, led: list[Row]) -> str:
    if led:
        return next(role for role in GROUP_ROLES if role in viewer.roles)
    if _on_roster(viewer):
        return "employee"
    return "admin" if "admin" in viewer.roles else "nobody"


def _on_roster(viewer: Viewer) -> bool:
    return bool(viewer.own_unit) and viewer.may_open("my_week")


def _links(viewer: Viewer) -> tuple[Need, ...]:
    """What everybody on the roster can go to, whatever has been released."""
    return (needs.MY_WEEK, needs.WHO_SEES_WHAT) if _on_roster(viewer) else ()


def _without_numbers(viewer: Viewer, kind: str, unit: Row | None, last: date | None, why: str) -> Overview:
    return Overview(
        kind=kind,
        where=wording.where(str(unit["name"]) if unit else "", last),
        unit=str(unit["path"]) if unit else "",
        sentence=why,
        needs=_links(viewer),
        period=wording.period(last),
        empty=why,
    )


def _offered(asked: Asked, units: list[Row]) -> list[Metric]:
    """The candidates that have cells among `units` in the latest four weeks."""
    there = {cell.measure for cell in asked.cells(CANDIDATES, [own_cell(unit) for unit in units], RECENT)}
    if "utilisation" in there:  # the other load stands in for weeks in which leave is not known
        there.discard("contract_load")
    known = catalogue(asked.policy)
    return [known[name] for name in CANDIDATES if name in there]


def _of_units(asked: Asked, kind: str, led: list[Row]) -> Overview:
    at, last, policy = led[0], asked.last, asked.policy
    name = str(at["name"])
    offered = _offered(asked, [at])[:CARDS]
    if not offered:
        return _without_numbers(asked.viewer, kind, at, last, f"{name} has no data in the latest weeks.")
    main = offered[0]
    first, *others = places = [Place.of(asked, top, main) for top in led]
    cells = asked.cells([metric.id for metric in offered], [own_cell(at)], ALL_WEEKS)
    numbers = [
        asked.number([cell for cell in cells if cell.measure == metric.id], metric, at, id=metric.id, label=metric.name)
        for metric in offered
    ]
    single = not first.several
    if main.id in LOADS and not single:
        numbers.insert(
            1, teams_above(first.above, asked.weeks, first.runs, policy, way=to_workload(at, main, "See these teams"))
        )
    everything = to_workload(at, main, "See all of them")
    changed = [change for place in places for change in place.changes]
    waiting = [need for place in places for need in place.needs(asked)]
    if kind == "hr":
        waiting += needs.of_data(asked.connection, AREA, last, asked.as_of, policy)
        waiting += (
            [needs.hidden_teams(first.hidden, first.every, to_workload(at, main, "See which"))] if first.hidden else []
        )
    head = {"status": numbers[0].status, "text": numbers[0].text}
    weeks = asked.weeks[-SHOWN_WEEKS:]
    elsewhere = f" You lead {wording.together([str(place.top['name']) for place in others])} as well." if others else ""
    return Overview(
        kind=kind,
        where=wording.where(name, last),
        unit=str(at["path"]),
        sentence=sentence(main, name, first.standing, head, weeks, policy),
        support=wording.support(
            name,
            numbers,
            single=single,
            beyond=0 if single else first.beyond,
            hidden=0 if single else first.hidden,
            every=first.every,
        )
        + elsewhere,
        numbers=tuple(numbers[:CARDS]),
        compares=any(place.several for place in places),
        changed=tuple(changed[:MOST]),
        more_changed=max(
            0, sum(len(place.found) + place.more for place in places if place.several) - len(changed[:MOST])
        ),
        all_changes=everything,
        needs=tuple(waiting),
        notice=notice(last, asked.as_of, policy, corrections_waiting(asked.connection, AREA), False),
        period=wording.period(last),
        release=(release := max(cell.release_id for cell in cells)),
        source=wording.source(last, release),
    )


def _of_own_line(asked: Asked, line: list[Row]) -> Overview:
    """The own unit and those above it, each against its own usual swing. Nothing about anybody else."""
    mine, last = line[0], asked.last
    name, own_key = str(mine["name"]), own_cell(mine)
    offered = _offered(asked, line)
    if not offered:
        return _without_numbers(asked.viewer, "employee", mine, last, f"{name} has no data in the latest weeks.")
    metric = offered[0]
    cells = asked.cells([metric.id], [own_cell(unit) for unit in line], ALL_WEEKS)
    numbers = [
        asked.number(
            cells,
            metric,
            unit,
            id=f"{metric.id}:{unit['slug']}",
            label=f"{unit['name']}, your unit" if unit is mine else str(unit["name"]),
        )
        for unit in line[:CARDS]
    ]
    alone = reporting_units([cell for cell in cells if cell.cell_id == own_key], [mine], mine["id"], asked.weeks)
    standing = Standing.of(alone.now().newest(SHOWN_WEEKS), metric, asked.policy)
    head = {"status": numbers[0].status, "text": numbers[0].text}
    weeks = asked.weeks[-SHOWN_WEEKS:]
    return Overview(
        kind="employee",
        where=wording.where(name, last),
        unit=str(mine["path"]),
        sentence=sentence(metric, name, standing, head, weeks, asked.policy),
        support=wording.support(name, numbers, single=True, beyond=0, hidden=0, every=0),
        measure=metric.name,
        numbers=tuple(numbers),
        needs=(
            *_links(asked.viewer),
            Need("own_unit", name, "Your unit, week by week.", to_workload(mine, metric, "See my unit")),
        ),
        notice=notice(last, asked.as_of, asked.policy, "", False),
        period=wording.period(last),
        release=(release := max(cell.release_id for cell in cells)),
        source=wording.source(last, release),
    )


def _installation(connection: Connection, policy: Policy, as_of: date, last: date | None) -> Overview:
    """Is it fed, and does anything wait? No group number, by design."""
    waiting = needs.of_installation(connection, AREA, last, as_of, policy)
    came = operations.deliveries(connection)
    due, still_open = operations.weeks_waiting(connection, AREA, policy, as_of)
    if last is None:
        said = wording.NOTHING_RELEASED
    elif any(need.id == "old_data" for need in waiting):
        said = f"No hours have come in for {came.days_old(as_of)} days."
    else:
        said = f"Data is up to date: the newest week shown is that of {long_label(last)}."
    facts = [
        ("Newest week shown", long_label(last) if last else "none yet"),
        *((f"Last delivery of {kind}", long_label(at.date())) for kind, at in sorted(came.newest.items())),
        ("Closed weeks waiting for release", str(due) if due else "none"),
        ("Weeks received and still open", str(still_open) if still_open else "none"),
    ]
    return Overview(
        kind="admin",
        where=wording.where("installation", last),
        sentence=said,
        support="Being an administrator opens no hours; how people and teams are doing is not on this page.",
        needs=waiting,
        facts=tuple(facts),
        notice=notice(last, as_of, policy, "", False) if last else "",
        period=wording.period(last),
        empty="" if last else wording.NOTHING_RELEASED,
    )
