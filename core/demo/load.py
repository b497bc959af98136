"""Load the demonstration organisation the way anybody's data comes in: as files, through the import."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, func, select

from core.access.refusals import Refused
from core.calendar import last_closed_week
from core.demo.accounts import add_demo_accounts
from core.demo.generate import generate
from core.demo.history import add_history
from core.demo.knobs import Knobs
from core.demo.notes import add_demo_notes
from core.intake.imports import ImportOptions, run_import
from core.people.tables import Person
from core.policy import Policy, read_policy
from core.rhythm.release import finish_quarters
from core.rhythm.sealing import Seals
from core.workload.release import finish_pending, note_delivery

ACTOR = "demonstration"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class DemoSummary:
    """What was loaded: people and person-weeks imported, weeks released, the newest of them, and goals."""

    people: int
    person_weeks: int
    weeks: int
    newest: date
    goals: int


def is_empty(engine: Engine) -> bool:
    """True when the database holds nobody."""
    with engine.connect() as connection:
        return not connection.scalar(select(func.count()).select_from(Person))


def load_demo(
    engine: Engine,
    *,
    as_of: date,
    at: datetime,
    knobs: Knobs | None = None,
    policy: Policy | None = None,
    progress: Progress | None = None,
    seals: Seals | None = None,
) -> DemoSummary:
    """Generate, import and release the organisation so that its last week is the last closed one on `as_of`; add accounts.

    Goals and conversations of two years follow, up to `as_of`. progress: called with (what is being done, done, total or None).
    seals: for what people wrote to each other; without them nobody wrote anything.

    Raises:
        Refused: the database holds people already.
    """
    if not is_empty(engine):
        raise Refused("The database holds people already. The demonstration goes into an empty one only.")
    rules = policy or read_policy()
    newest = last_closed_week(as_of, rules.close_after_days)
    chosen = knobs or Knobs()
    organisation = generate(chosen, newest)

    def report(what: str, done: int, total: int | None) -> None:
        if progress:
            progress(what, done, total)

    with tempfile.TemporaryDirectory(prefix="evenkeel-demo-") as folder:
        people, weeks, events = (Path(folder) / f"{name}.csv" for name in ("people", "person-weeks", "activity-events"))
        organisation.people.to_csv(people, index=False)
        _plain_dates(organisation.person_weeks).to_csv(weeks, index=False)
        organisation.events.to_csv(events, index=False)
        loaded = run_import(
            engine, "people", people, actor=ACTOR, at=at, options=ImportOptions(), progress=partial(report, "People")
        )
        hours = run_import(
            engine,
            "person-weeks",
            weeks,
            actor=ACTOR,
            at=at,
            options=ImportOptions(),
            progress=partial(report, "Hours"),
            after_load=lambda connection, touched: note_delivery(connection, touched, held=False, as_of=as_of),
        )
        if len(organisation.events):
            run_import(
                engine,
                "activity-events",
                events,
                actor=ACTOR,
                at=at,
                options=ImportOptions(),
                progress=partial(report, "Events"),
                after_load=lambda connection, touched: note_delivery(connection, touched, held=False, as_of=as_of),
            )
    done = finish_pending(
        engine, policy=rules, as_of=as_of, at=at, actor=ACTOR, progress=partial(report, "Weeks proved and released")
    )
    with engine.begin() as connection:
        add_demo_accounts(connection, at=at, on=newest)
        add_demo_notes(connection, organisation.stories, at=at, on=newest, policy=rules)
        report("Goals and conversations", 0, None)
        goals = add_history(connection, seed=chosen.seed, today=as_of, at=at, actor=ACTOR, seals=seals)
    finish_quarters(engine, policy=rules, as_of=as_of, at=at, actor=ACTOR)
    return DemoSummary(loaded.counts.people, hours.rows, len(done.released), newest, goals)


def _plain_dates(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(week=[day.isoformat()[:10] for day in frame["week"]])
