"""Published cells by hand: a small company with one series of weeks for each unit and measure, and nothing underneath."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Engine, insert, select

from core.people.tables import OrgUnit
from core.privacy.lattice import join_cell, unit_cell
from core.privacy.tables import PolicyVersion, PublishedCell, Release
from tests.organisations import NOW, POLICY, employ

LAST = date(2026, 3, 2)
AS_OF = date(2026, 3, 18)
WEEKS = tuple(LAST - timedelta(weeks=51 - i) for i in range(52))
HIDDEN, MISSING = "hidden", "missing"
# unit -> its people; only the tree matters here
PEOPLE = {
    f"{path}#0": path for path in ("Co", "Co/A", "Co/A/One", "Co/A/Two", "Co/B", "Co/B/Three", "Co/B/Four", "Co/B/Five")
}
QUIET = [0.94, 0.96] * 26  # mean 0.95, moving range 0.02: limits 0.8968 and 1.0032
Series = Sequence[float | str]
Cells = Mapping[tuple[str, str], Series]


def rising(weeks: int, level: float = 1.2) -> list[float | str]:
    """Quiet, and `level` in the last `weeks` weeks."""
    return [*QUIET[: 52 - weeks], *([level] * weeks)]


def publish(engine: Engine, cells: Cells, *, joins: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, int]:
    """Write units and published cells: (path or join name, measure) -> 52 weeks, each a value, a word for a class, or not shown.

    joins: join name -> paths of its parts, whose hidden weeks point to it. Returns path -> id of the unit.
    """
    employ(engine, PEOPLE)
    parts = {path: name for name, paths in (joins or {}).items() for path in paths}
    with engine.begin() as connection:
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        connection.execute(
            insert(PolicyVersion).values(id=1, fingerprint=POLICY.fingerprint, content={}, first_used=NOW)
        )
        for number, week in enumerate(WEEKS, start=1):
            connection.execute(
                insert(Release).values(
                    id=number, area="workload", kind="first", period=week, policy_version=1, closed_at=NOW,
                    audit_status="passed", variables={}, matrix_hash="m", cells_hash="c",
                )
            )  # fmt: skip
        rows = [
            _row(number, week, place, measure, value, units, joins or {}, parts)
            for (place, measure), series in cells.items()
            for number, (week, value) in enumerate(zip(WEEKS, series, strict=True), start=1)
            if value != MISSING
        ]
        connection.execute(insert(PublishedCell), rows)
    return units


def _join(units: Mapping[str, int], paths: tuple[str, ...]) -> str:
    return join_cell(unit_cell(units[path]) for path in paths)


def _row(
    release: int,
    week: date,
    place: str,
    measure: str,
    value: float | str,
    units: Mapping[str, int],
    joins: Mapping[str, tuple[str, ...]],
    parts: Mapping[str, str],
) -> dict[str, object]:
    shown, word = value != HIDDEN, value if isinstance(value, str) and value != HIDDEN else None
    join = place in joins
    unit = units[joins[place][0].rpartition("/")[0]] if join else units[place]
    return {
        "release_id": release,
        "area": "workload",
        "period": week,
        "cell_id": _join(units, joins[place]) if join else unit_cell(unit),
        "kind": "join" if join else "unit",
        "unit_id": unit,
        "name": place if join else place.rpartition("/")[2],
        "measure": measure,
        "status": "shown" if shown else "hidden",
        "value": value if isinstance(value, float) else None,
        "qualifier": "class" if word else "",
        "share_class": word,
        "low": None,
        "high": None,
        "n_band": "10–19" if shown else None,
        "coverage": "95–100 %" if shown else None,
        "shown_with": _join(units, joins[parts[place]]) if not shown and place in parts else None,
        "current": True,
    }


# A company in which One runs high, Two has come back, Three is quiet, and Four and Five are too small to stand alone.
BACK = [*QUIET[:40], *([1.15] * 6), *([0.95] * 6)]
JOIN = "Five and Four together"
JOINS = {JOIN: ("Co/B/Four", "Co/B/Five")}
COMPANY: Cells = {
    ("Co", "utilisation"): QUIET,
    ("Co/A", "utilisation"): QUIET,
    ("Co/B", "utilisation"): QUIET,
    ("Co/A/One", "utilisation"): rising(9),
    ("Co/A/Two", "utilisation"): BACK,
    ("Co/B/Three", "utilisation"): QUIET,
    ("Co/B/Four", "utilisation"): [HIDDEN] * 52,
    ("Co/B/Five", "utilisation"): [HIDDEN] * 52,
    (JOIN, "utilisation"): rising(1),
    ("Co", "meeting_hours"): [7.0, 7.4] * 26,
    ("Co/A", "meeting_hours"): [7.0, 7.4] * 26,
    ("Co/A/One", "meeting_hours"): [6.0] * 51 + [9.0],
    ("Co/A/One", "sustained_load"): ["few"] * 48 + ["some", "some", "many", "many"],
    ("Co", "sustained_load"): [0.05] * 52,
}
