"""A small company in which people talk: pairs by the roster, an account for everybody, and shorthands for what they do."""

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Connection, Engine, insert, select, update

from core.access.accounts import account_id, add_user
from core.access.viewer import Viewer
from core.people.tables import Assignment
from core.people.views import load_viewer
from core.policy import Policy
from core.rhythm import commands, feedback, pairs, preparing, steps, views
from core.rhythm.board import ConversationPage, Conversations, PairCard
from core.rhythm.cadence import Kind
from core.rhythm.sealing import Seals
from core.rhythm.tables import Pair
from tests.organisations import codes, employ, people_in

KEY, NEWER = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SEALS = Seals([KEY])
POLICY = Policy()
RULES = POLICY.rhythm
TODAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
# name of the account -> (roles, units of the account, person). Ann is managed by Max, later by Mia; Bo by Max too.
ACCOUNTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str | None]] = {
    "ann": (("employee",), (), "Co/A/One#0"),
    "bo": (("employee",), (), "Co/A/One#1"),
    "max": (("manager", "employee"), ("Co/A/One",), "Co/A/One#2"),
    "mia": (("manager", "employee"), ("Co/A/Two",), "Co/A/Two#0"),
    "lea": (("leader", "employee"), ("Co",), "Co/B#0"),
    "hr": (("hr", "employee"), (), "Co/B#1"),
    "admin": (("admin", "employee"), ("Co",), "Co/B#2"),
    "root": (("admin", "hr", "leader", "manager"), ("Co",), None),
    "twin": (("employee",), (), "co/a/one#0"),  # a code that differs from Ann's by its case; nobody on the roster
}
MANAGED = {"ann": "max", "bo": "max", "max": "lea", "mia": "lea", "lea": "hr"}


class Talk:
    """Accounts, pairs and shorthands on one database. Whatever is done is its own transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        employ(engine, people_in({"Co/A/One": 4, "Co/A/Two": 3, "Co/B": 4}))
        with engine.begin() as connection:
            for name, (roles, units, person) in ACCOUNTS.items():
                add_user(
                    connection, name=name, display_name=name.title(), password_hash="-", roles=roles, units=units,
                    person_code=person, at=AT, actor="test",
                )  # fmt: skip
            for person, manager in MANAGED.items():
                manages(connection, manager, person)
            pairs.renew_pairs(connection, at=AT, actor="test")

    @classmethod
    def on(cls, engine: Engine) -> Self:
        """On a database in which this company is already."""
        made = cls.__new__(cls)
        made.engine = engine
        return made

    @property
    def url(self) -> str:
        """The URL of the database."""
        return self.engine.url.render_as_string(hide_password=False)

    def viewer(self, who: str, on: date = TODAY) -> Viewer:
        """The viewer behind an account, as it signs in."""
        with self.engine.connect() as connection:
            found = load_viewer(connection, account_id(connection, who), on)
        assert found is not None
        return found

    def manager_becomes(self, manager: str, of: str = "ann", at: datetime = AT) -> None:
        """The roster says so from now on, and pairs follow."""
        with self.engine.begin() as connection:
            manages(connection, manager, of)
            pairs.renew_pairs(connection, at=at, actor="test")

    def pair(self, lead: str = "max", member: str = "ann", kind: str = "manager") -> int:
        """The number of their pair."""
        with self.engine.connect() as connection:
            ids = codes(connection)
            return connection.scalars(
                select(Pair.id).where(
                    Pair.kind == kind, Pair.lead_id == ids[code_of(lead)], Pair.member_id == ids[code_of(member)]
                )
            ).one()

    def home(self, who: str, as_of: date = TODAY) -> Conversations:
        """The screen of an account."""
        with self.engine.connect() as connection:
            return views.conversations(connection, self.viewer(who), rules=RULES, as_of=as_of)

    def card(self, who: str, other: str, as_of: date = TODAY) -> PairCard:
        """One pair on it."""
        home = self.home(who, as_of)
        (found,) = [card for card in (*home.pairs, *home.ended) if card.other == other.title()]
        return found

    def page(self, who: str, conversation: int, seals: Seals = SEALS, as_of: date = TODAY) -> ConversationPage:
        """A conversation as the account sees it."""
        with self.engine.connect() as connection:
            return views.conversation_page(connection, self.viewer(who), conversation, seals=seals, as_of=as_of)

    def plan(self, who: str = "ann", pair: int | None = None, kind: Kind = Kind.CHECK_IN, **more: Any) -> int:
        with self.engine.begin() as connection:
            return commands.plan(
                connection, self.viewer(who), pair or self.pair(), kind=kind, rules=RULES, **{"at": AT, **more}
            )

    def hold(self, conversation: int, on: date, who: str = "ann", at: datetime | None = None) -> None:
        with self.engine.begin() as connection:
            moment = at or datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
            commands.hold(connection, self.viewer(who), conversation, on=on, at=moment)

    def write(
        self, conversation: int, text: str, based_on: int = 0, who: str = "ann", at: datetime = AT, seals: Seals = SEALS
    ) -> int:
        with self.engine.begin() as connection:
            return commands.write_note(
                connection, self.viewer(who), conversation, based_on=based_on, text=text, at=at, seals=seals
            )

    def prepare(
        self, conversation: int, based_on: int = 0, who: str = "ann", seals: Seals = SEALS, at: datetime = AT,
        **answers: str,
    ) -> int:  # fmt: skip
        with self.engine.begin() as connection:
            return preparing.prepare(
                connection, self.viewer(who), conversation, answers, based_on=based_on, at=at, seals=seals
            )

    def share(self, conversation: int, who: str = "ann", with_weeks: bool = False, at: datetime = AT) -> None:
        with self.engine.begin() as connection:
            preparing.share(
                connection, self.viewer(who), conversation, with_weeks=with_weeks, at=at, seals=SEALS, policy=POLICY
            )

    def prepared(self, conversation: int, who: str = "ann") -> preparing.OwnPreparation:
        with self.engine.connect() as connection:
            return preparing.own_preparation(connection, self.viewer(who), conversation, SEALS)

    def shown(self, conversation: int, who: str = "max", seals: Seals = SEALS) -> preparing.SharedPreparation | None:
        with self.engine.begin() as connection:
            return preparing.read_shared(connection, self.viewer(who), conversation, day=TODAY, seals=seals)

    def agree(self, conversation: int, text: str, who: str = "ann", mine: bool = True, **more: Any) -> str:
        with self.engine.begin() as connection:
            return steps.agree_step(
                connection, self.viewer(who), conversation, text=text, mine=mine,
                **{"due": TODAY + 14 * DAY, "at": AT, "seals": SEALS, **more},
            )  # fmt: skip

    def carry(self, *chosen: str, into: int, who: str = "ann", seals: Seals = SEALS) -> tuple[str, ...]:
        with self.engine.begin() as connection:
            return steps.carry_over(connection, self.viewer(who), chosen, into=into, at=AT, seals=seals)

    def steps(self, who: str, pair: int, as_of: date = TODAY) -> tuple[Any, ...]:
        with self.engine.connect() as connection:
            return views.steps_of(connection, self.viewer(who), pair, seals=SEALS, as_of=as_of)

    def ask(self, who: str, of: str, question: str = "How did the talk go?", **more: Any) -> str:
        with self.engine.begin() as connection:
            return feedback.ask_for_feedback(
                connection, self.viewer(who), code_of(of), question, **{"at": AT, "seals": SEALS, **more}
            )

    def give(self, who: str, to: str, notice: str = "I notice three late nights.", **more: Any) -> str:
        chosen: dict[str, Any] = {
            "impact": "", "options": "", "about": TODAY, "recognition": False, "at": AT, "seals": SEALS, **more,
        }  # fmt: skip
        with self.engine.begin() as connection:
            return feedback.give_feedback(connection, self.viewer(who), code_of(to), notice=notice, **chosen)

    def inbox(self, who: str, seals: Seals = SEALS) -> tuple[feedback.FeedbackItem, ...]:
        with self.engine.connect() as connection:
            return feedback.feedback_of(connection, self.viewer(who), seals)


def code_of(name: str) -> str:
    """The person's code behind an account; other texts as they are."""
    return (ACCOUNTS[name][2] or "") if name in ACCOUNTS else name


def manages(connection: Connection, manager: str | None, person: str) -> None:
    """Put it on the roster, for all time."""
    ids = codes(connection)
    connection.execute(
        update(Assignment)
        .where(Assignment.person_id == ids[code_of(person)])
        .values(manager_id=ids[code_of(manager)] if manager else None)
    )


def assigned(connection: Connection, person: str, unit: int, manager: str | None, hours: float) -> None:
    """One more assignment, open-ended."""
    ids = codes(connection)
    connection.execute(
        insert(Assignment).values(
            person_id=ids[code_of(person)], unit_id=unit, manager_id=ids[code_of(manager)] if manager else None,
            valid_from=date(2020, 1, 6), contracted_hours=hours, source="people",
        )
    )  # fmt: skip
