"""A database as it looks after a year of releases, made quickly: one week is released in full, the others are its copies.

What screens read is released cells, so their number, sizes and texts matter and who stood behind them does not. Copies carry
the same cells under their own week and release, with values that swing a little; they have no ledger and prove nothing.
"""

from datetime import date

import numpy as np
from sqlalchemy import Connection, Engine, func, insert, literal, select

from core.access.accounts import add_user, hash_password
from core.calendar import WEEK
from core.policy import Policy
from core.privacy.tables import PublishedCell, PublishedSpread, Release
from core.workload.counting import count_teams, reopen
from core.workload.release import finish_pending, note_delivery
from tests.benchmarks.synthetic import AS_OF, AT, LAST_WEEK, Organisation

ACCOUNTS: dict[str, tuple[str, ...]] = {
    "leader": ("leader", "employee"),
    "hr": ("hr", "employee"),
    "manager": ("manager", "employee"),
    "employee": ("employee",),
    "admin": ("admin",),
}


def release_of(engine: Engine, organisation: Organisation, weeks: int) -> None:
    """Write the organisation with one week of hours, release that week, and copy its cells to the weeks before."""
    newest = Organisation(organisation.people, 1, organisation.seed)
    newest.build(engine)
    with engine.begin() as connection:
        note_delivery(connection, [LAST_WEEK], held=False, as_of=AS_OF)
    done = finish_pending(engine, policy=Policy(), as_of=AS_OF, at=AT, actor="bench")
    assert done.released == (LAST_WEEK,)
    fill_back(engine, organisation, weeks)
    count_teams(engine, Policy())


def fill_back(engine: Engine, organisation: Organisation, weeks: int) -> None:
    """Copy the newest release to the `weeks` - 1 before it, which then await their count, and add an account for each role."""
    with engine.begin() as connection:
        source = connection.scalar(select(func.max(Release.id)))
        assert source is not None
        for back in range(1, weeks):
            _copy(connection, source, LAST_WEEK - back * WEEK, 1 + 0.04 * float(np.sin(back)))
        _accounts(connection, organisation)
        reopen(connection, LAST_WEEK - (weeks - 1) * WEEK)


def _copy(connection: Connection, source: int, week: date, swing: float) -> None:
    kept = [column.name for column in Release.__table__.columns if column.name not in ("id", "period")]
    row = connection.execute(select(*(getattr(Release, name) for name in kept)).where(Release.id == source)).one()
    made = connection.execute(insert(Release).values(period=week, **dict(zip(kept, row, strict=True))))
    assert made.inserted_primary_key is not None
    release = int(made.inserted_primary_key[0])
    given = {
        "release_id": literal(release),
        "period": literal(week),
        "value": func.round(PublishedCell.value * 1000 * swing) / 1000,
    }
    names = [column.name for column in PublishedCell.__table__.columns if column.name != "id"]
    columns = [given.get(name, getattr(PublishedCell, name)) for name in names]
    connection.execute(
        insert(PublishedCell).from_select(names, select(*columns).where(PublishedCell.release_id == source))
    )
    spreads = select(literal(release), PublishedSpread.measure, PublishedSpread.spread, PublishedSpread.source).where(
        PublishedSpread.release_id == source
    )
    connection.execute(insert(PublishedSpread).from_select(["release_id", "measure", "spread", "source"], spreads))


def _accounts(connection: Connection, organisation: Organisation) -> None:
    """One account for each role, as in the demonstration; the manager heads the last team."""
    team = organisation.units()[-1]["path"]
    units: dict[str, tuple[str, ...]] = {"leader": ("Co",), "manager": (team,)}
    secret = hash_password("a password of the bench")
    for place, (name, roles) in enumerate(ACCOUNTS.items()):
        add_user(
            connection,
            name=name,
            display_name=name.title(),
            password_hash=secret,
            roles=roles,
            units=units.get(name, ()),
            person_code=None if name == "admin" else f"P{organisation.people - place:07}",
            at=AT,
            actor="bench",
        )
