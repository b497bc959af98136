"""A small organisation in which every number that must stay hidden is unmistakable, and an account for every way in.

Two teams are far from everybody else (one above, one below), so that their true values are nobody else's at any precision, and
so are the hours of one person. They are computed here from the facts, without the product's own arithmetic.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import bcrypt
from sqlalchemy import Engine, select, update

from core.access.accounts import add_user, change_user
from core.access.sessions import Limits, exchange, issue_code
from core.access.tables import User
from core.people.tables import Assignment, OrgUnit, Person
from core.workload.tables import UnitNote, UnitNoteVersion
from tests.organisations import FULL_WEEK, NOW, codes, deliver, employ, people_in, release

SECRET = "Zq3-kV8w_Lm2xT9bR4nHs7YdUe1PgJc5"
PASSWORD = "a long enough password"
LIMITS = Limits(SECRET, timedelta(hours=12), timedelta(hours=1))
WEEKS = [date(2025, 12, 29) + i * timedelta(days=7) for i in range(6)]
TEAMS = {
    "Acorn/North/Alder": 12,
    "Acorn/North/Birch": 11,
    "Acorn/South/=Dogwood": 14,  # a spreadsheet would run this name
    "Acorn/South/Elm": 4,  # together with Fir, never alone
    "Acorn/South/Fir": 4,
}
FAR = {"Acorn/South/Elm": 65.37, "Acorn/South/Fir": 17.23}  # hours that nobody else comes near
EVE = "Acorn/North/Alder#3"
EVES_HOURS = [52.13, 52.29, 52.37, 52.41, 52.59, 52.67]
MANAGER = "Acorn/North/Alder#0"
ACCOUNTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str | None]] = {
    "lena": (("leader",), ("Acorn",), None),
    "hanna": (("hr",), (), None),
    "nora": (("hr",), ("Acorn/South",), None),
    "max": (("manager", "employee"), ("Acorn/North/Alder",), MANAGER),
    "sofia": (("leader",), ("Acorn/South",), None),
    "eve": (("employee",), (), EVE),
    "emil": (("employee",), (), "Acorn/South/=Dogwood#2"),
    "ada": (("admin",), (), None),
    "gone": (("leader",), ("Acorn",), None),
}
STORY = "The heron of the south pond moved in, and twelve releases came at once."


@dataclass(frozen=True)
class Truth:
    """What must not be seen: true utilisation of hidden teams by week, and the hours of one person."""

    hidden: dict[str, list[float]]
    eve: list[float]


def hours_of(people: dict[str, str]) -> dict[tuple[str, date], dict[str, float | None]]:
    """Full weeks for everybody; the far teams and Eve apart from all others."""
    facts: dict[tuple[str, date], dict[str, float | None]] = {}
    for place, (code, unit) in enumerate(people.items()):
        for at, week in enumerate(WEEKS):
            worked = FAR[unit] + 0.11 * (place % 4) + 0.07 * at if unit in FAR else 38.0 + (place % 5) * 0.5
            if code == EVE:
                worked = EVES_HOURS[at]
            facts[code, week] = {**FULL_WEEK, "worked": round(worked, 4), "meeting": 9.0 + place % 3}
    return facts


def build(engine: Engine) -> None:
    """Fill an empty database."""
    people = people_in(TEAMS)
    employ(engine, people)
    deliver(engine, people, hours_of(people))
    release(engine)
    quick = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with engine.begin() as connection:
        boss = codes(connection)[MANAGER]
        alder = select(OrgUnit.id).where(OrgUnit.path == "Acorn/North/Alder")
        connection.execute(
            update(Assignment)
            .where(Assignment.unit_id.in_(alder), Assignment.person_id != boss)
            .values(manager_id=boss)
        )
        for name, (roles, units, code) in ACCOUNTS.items():
            add_user(
                connection,
                name=name,
                email=f"{name}@acorn.example",
                display_name=f"{name.title()} of Acorn",
                password_hash=quick,
                roles=roles,
                units=units,
                person_code=code,
                at=NOW,
                actor="test",
            )
        change_user(connection, "gone", at=NOW, actor="test", action="deactivated", active=False)
        south = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Acorn/South"))
        author = connection.scalar(select(User.id).where(User.name == "sofia"))
        note = UnitNote.__table__.insert().values(
            unit_id=south, week=WEEKS[-1], author_id=author, created_at=NOW, withdrawn_at=None
        )
        key = connection.execute(note).inserted_primary_key
        assert key is not None
        connection.execute(
            UnitNoteVersion.__table__.insert().values(note_id=key[0], version=1, text=STORY, author="Sofia", at=NOW)
        )


def truth() -> Truth:
    """What the facts come to for the hidden teams: hours worked over hours available, summed by hand."""
    people = people_in(TEAMS)
    facts = hours_of(people)
    hidden: dict[str, list[float]] = {}
    for unit in FAR:
        mine = [code for code, home in people.items() if home == unit]
        hidden[unit] = [sum(facts[code, week]["worked"] or 0 for code in mine) / (40.0 * len(mine)) for week in WEEKS]
    return Truth(hidden, EVES_HOURS)


def user_id(engine: Engine, name: str) -> int:
    """The id of an account."""
    with engine.connect() as connection:
        found = connection.scalar(select(User.id).where(User.name == name))
    assert found is not None
    return int(found)


def session_for(engine: Engine, name: str) -> str:
    """The id of a new session, as a browser gets it after the right password."""
    from core.calendar import now

    user = user_id(engine, name)
    with engine.begin() as connection:
        code = issue_code(connection, user, "browser", LIMITS, now())
        held = exchange(connection, code, "browser", LIMITS, now(), browser="Test")
    assert held is not None
    return held


def everybody(engine: Engine) -> list[str]:
    """Codes of all people."""
    with engine.connect() as connection:
        return list(connection.scalars(select(Person.code)))
