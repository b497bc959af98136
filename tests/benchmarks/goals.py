"""The queue of goals at 50,000 goals with 12 check-ins each among 5,000 people: a manager's, and that of the whole company."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text

from core.access.viewer import Viewer
from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.delivery import ImportOptions
from core.goals.loading import write_check_ins
from core.goals.queue_views import queue
from core.goals.tables import GoalRow
from core.people.tables import Assignment, OrgUnit, Person
from core.policy import Policy

PEOPLE, TEAMS, GOALS, CHECK_INS = 5_000, 400, 50_000, 12
START, TODAY = date(2026, 1, 5), date(2026, 6, 15)
NOW = datetime(2026, 6, 15, tzinfo=UTC)
LEADER = Viewer(1, "leader", "Leader", ("leader",), ("Co",), "Co/T0", "P1")
MANAGER = Viewer(2, "manager", "Manager", ("manager", "employee"), ("Co/T5",), "Co/T5", "P6")
AT_ONCE = 2_000


def measure(folder: Path) -> None:
    """Build, ask, and print seconds and their ratio to one plain count over the same rows."""
    engine = make_engine(f"sqlite:///{folder / 'goals.db'}")
    upgrade(engine)
    build(engine)
    policy = Policy()
    plain = _best(
        engine, lambda c: c.scalar(select(func.count()).select_from(GoalRow).where(GoalRow.status == "active"))
    )
    print(f"Goals: {GOALS:,} with {CHECK_INS} check-ins each; one plain count over them takes {plain * 1000:.1f} ms")
    for who, viewer in (("a manager of 12", MANAGER), (f"a leader of {PEOPLE:,}", LEADER)):
        seconds = _best(engine, lambda c, v=viewer: queue(c, v, policy=policy, as_of=TODAY))
        print(f"  queue of {who}: {seconds * 1000:.0f} ms, {seconds / plain:.0f} times the count")
    engine.dispose()


def _best(engine: Engine, ask: Callable[[Connection], object]) -> float:
    times = []
    for _ in range(4):
        with engine.connect() as connection:
            start = perf_counter()
            ask(connection)
            times.append(perf_counter() - start)
    return min(times)


def build(engine: Engine) -> None:
    """Units, people and managers; goals in a tree of objectives and key results, nine of ten open; check-ins."""
    chance = random.Random(1)  # noqa: S311  a fixed seed makes every run the same
    with engine.begin() as connection:
        unit: dict[str, Any] = {"depth": 1, "first_day": date(2020, 1, 6), "last_day": None, "parent_id": 1}
        connection.execute(
            insert(OrgUnit).values(
                **{**unit, "id": 1, "path": "Co", "slug": "co", "name": "Co", "depth": 0, "parent_id": None}
            )
        )
        teams = [{**unit, "id": 2 + n, "path": f"Co/T{n}", "slug": f"co.t{n}", "name": f"T{n}"} for n in range(TEAMS)]
        connection.execute(insert(OrgUnit), teams)
        people = [{"id": n + 1, "code": f"P{n + 1}", "name": f"Name {n + 1}", "email": None} for n in range(PEOPLE)]
        connection.execute(insert(Person), people)
        same = {"valid_from": date(2020, 1, 6), "valid_to": None, "contracted_hours": 40.0, "source": "people"}
        places = [
            {**same, "person_id": n + 1, "unit_id": 2 + n % TEAMS, "manager_id": n % TEAMS + 1 if n >= TEAMS else None}
            for n in range(PEOPLE)
        ]
        connection.execute(insert(Assignment), places)
        for some in _pieces(goals(chance)):
            connection.execute(insert(GoalRow), some)
        said = [
            {
                "goal_id": goal + 1,
                "day": START + timedelta(days=13 * (n + 1)),
                "value": float(chance.randrange(100)),
                "confidence": chance.randrange(4, 10),
                "note": "",
            }
            for goal in range(GOALS)
            for n in range(CHECK_INS)
        ]
        write_check_ins(connection, said, (), ImportOptions(actor="bench", at=NOW))
        connection.execute(text("ANALYZE"))


def goals(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Rows of goals: one objective, then three key results under it, and so on."""
    nothing = dict.fromkeys(column.name for column in GoalRow.__table__.columns)
    for n in range(GOALS):
        objective = n % 4 == 0
        yield {
            **nothing, "id": n + 1, "code": f"G{n}", "kind": "objective" if objective else "key_result", "title": f"Goal {n}",
            "owner_id": chance.randrange(PEOPLE) + 1, "parent_id": None if objective else n // 4 * 4 + 1, "standalone": objective,
            "measure": "none" if objective else "increase", "metric": f"metric {n % 9000}", "metric_key": f"metric {n % 9000}",
            "direction": 0 if objective else 1, "unit": "u", "baseline": 0.0, "target": 100.0, "weight": 1.0, "start": START,
            "due": START + timedelta(days=chance.randrange(100, 360)), "cadence_days": 14, "pace": "linear",
            "ambition": "aspirational", "acceptance": "", "visibility": "open" if n % 10 else "private", "status": "active",
            "version": 1, "created_at": NOW, "active_since": START, "same_values": 0,
        }  # fmt: skip


def _pieces(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some
