"""An organisation with people who set goals: accounts, managers, and shorthands for what they do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Engine, insert, select, update

from core.access.accounts import account_id, add_user
from core.access.viewer import Viewer
from core.goals.commands import Saved, agree, check_in, draft, edit, propose
from core.goals.decisions import Decision, decide
from core.goals.goal import Goal, Kind, Measure, Owner, Status, Visibility
from core.goals.queue_views import Queue, QueueFilters, queue
from core.goals.reading import goals_by_id
from core.goals.tables import GoalRow
from core.goals.terms import Terms
from core.goals.views import GoalPage, OwnGoals, goal_page, own_goals
from core.people.tables import Assignment, OrgUnit
from core.people.views import load_viewer
from core.policy import Policy
from tests.organisations import codes, employ

POLICY = Policy()
START, TODAY = date(2026, 1, 5), date(2026, 2, 20)
NOW = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)
ONE, TWO, BEYOND = "Co/A/One", "Co/A/Two", "Co/B/Three"
PEOPLE = {
    "emp": ONE,
    "peer": ONE,
    "boss": ONE,
    "far": TWO,
    "chief": "Co/A",
    "other": BEYOND,
    "otherboss": BEYOND,
    "hrp": BEYOND,
}
MANAGER = {"emp": "boss", "peer": "boss", "boss": "chief", "far": "chief", "other": "otherboss", "hrp": "otherboss"}
ACCOUNTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "emp": (("employee",), (), "emp"),
    "peer": (("employee",), (), "peer"),
    "boss": (("manager", "employee"), (ONE,), "boss"),
    "far": (("employee",), (), "far"),
    "chief": (("leader",), ("Co/A",), "chief"),
    "other": (("employee",), (), "other"),
    "otherboss": (("manager",), (BEYOND,), "otherboss"),
    "hr": (("hr",), (), "hrp"),
    "admin": (("admin",), ("Co",), ""),
}
TERMS = Terms(
    title="Recover from an incident in twenty minutes",
    kind=Kind.KEY_RESULT,
    measure=Measure.DECREASE,
    owner=Owner(person="emp"),
    standalone=True,
    metric="Minutes to recover",
    unit="minutes",
    baseline=60.0,
    target=20.0,
    start=START,
    due=date(2026, 6, 29),
    cadence_days=14,
)


class Desk:
    """Accounts and shorthands on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        employ(engine, PEOPLE)
        with engine.begin() as connection:
            ids = codes(connection)
            for person, manager in MANAGER.items():
                connection.execute(
                    update(Assignment).where(Assignment.person_id == ids[person]).values(manager_id=ids[manager])
                )
            for name, (roles, units, person) in ACCOUNTS.items():
                add_user(
                    connection, name=name, display_name=f"The {name}", password_hash="-", roles=roles, units=units,
                    person_code=person or None, at=NOW, actor="test",
                )  # fmt: skip

    @classmethod
    def on(cls, engine: Engine) -> Self:
        """On a database in which these people and accounts are already."""
        made = cls.__new__(cls)
        made.engine = engine
        return made

    def viewer(self, name: str, on: date = TODAY) -> Viewer:
        with self.engine.connect() as connection:
            found = load_viewer(connection, account_id(connection, name), on)
        assert found is not None
        return found

    def draft(self, who: str = "emp", at: datetime = NOW, **terms: Any) -> Saved:
        with self.engine.begin() as connection:
            return draft(connection, self.viewer(who), replace(TERMS, **terms), at=at, policy=POLICY)

    def propose(self, goal: int, who: str = "emp", based_on: int = 1, at: datetime = NOW) -> Status:
        with self.engine.begin() as connection:
            return propose(connection, self.viewer(who), goal, based_on=based_on, at=at)

    def agree(self, goal: int, who: str = "boss", based_on: int = 1, at: datetime = NOW) -> Status:
        with self.engine.begin() as connection:
            return agree(connection, self.viewer(who), goal, based_on=based_on, at=at)

    def edit(self, goal: int, who: str, based_on: int = 1, reason: str = "It changed.", **terms: Any) -> Saved:
        with self.engine.begin() as connection:
            return edit(
                connection,
                self.viewer(who),
                goal,
                replace(TERMS, **terms),
                based_on=based_on,
                reason=reason,
                at=NOW,
                policy=POLICY,
            )

    def check_in(self, goal: int, who: str = "emp", at: datetime = NOW, **said: Any) -> None:
        with self.engine.begin() as connection:
            check_in(connection, self.viewer(who), goal, at=at, **said)

    def decide(self, goal: int, decision: Decision, who: str = "boss", at: datetime = NOW, **said: Any) -> Saved:
        said = {"reason": "We looked at it together.", "based_on": 1, **said}
        with self.engine.begin() as connection:
            return decide(connection, self.viewer(who), goal, decision, at=at, policy=POLICY, **said)

    def active(self, **terms: Any) -> int:
        """An active goal, written straight into the table as a file would bring it."""
        owner = terms.pop("owner", "emp")
        values = {
            "code": None, "kind": Kind.KEY_RESULT, "title": "A goal", "owner_unit_id": None, "delegate_id": None,
            "parent_id": None, "standalone": True, "measure": Measure.INCREASE, "metric": "", "metric_key": "", "direction": 1,
            "unit": "teams", "baseline": 0.0, "target": 100.0, "low": None, "high": None, "weight": 1.0, "start": START,
            "due": date(2026, 6, 29), "cadence_days": 14, "pace": "linear", "ambition": "aspirational", "acceptance": "",
            "guardrail_id": None, "visibility": Visibility.OPEN, "status": Status.ACTIVE, "version": 1, "author_id": None,
            "partner_id": None, "created_at": NOW, "active_since": START, "closed_on": None, "archived_at": None,
            "target_set_on": None, "context_set_on": None, "reviewed_on": None, "last_on": None, "last_value": None,
            "last_confidence": None, "before_confidence": None, "same_values": 0,
        } | terms  # fmt: skip
        with self.engine.begin() as connection:
            if ("/" in owner and "#" not in owner) or owner == "Co":
                values |= {
                    "owner_id": None,
                    "owner_unit_id": connection.scalar(select(OrgUnit.id).where(OrgUnit.path == owner)),
                }
            else:
                values["owner_id"] = codes(connection).get(owner)
            made = connection.execute(insert(GoalRow).values(**values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def settled(self, visibility: Visibility, **terms: Any) -> int:
        """A goal of `emp` that both have agreed to."""
        saved = self.draft(visibility=visibility, **terms)
        assert self.propose(saved.goal_id) is Status.PROPOSED
        assert self.agree(saved.goal_id) is Status.ACTIVE
        return saved.goal_id

    def page(self, goal: int, who: str = "emp", on: date = TODAY) -> GoalPage:
        with self.engine.connect() as connection:
            return goal_page(connection, self.viewer(who, on), goal, policy=POLICY, as_of=on)

    def goal(self, goal: int) -> Goal:
        with self.engine.connect() as connection:
            return goals_by_id(connection, [goal])[goal]

    def queue(self, who: str = "boss", on: date = TODAY, **filters: Any) -> Queue:
        with self.engine.connect() as connection:
            return queue(connection, self.viewer(who, on), QueueFilters(**filters), policy=POLICY, as_of=on)

    def own(self, who: str = "emp", on: date = TODAY) -> OwnGoals:
        with self.engine.connect() as connection:
            return own_goals(connection, self.viewer(who, on), policy=POLICY, as_of=on)


def later(days: int) -> datetime:
    """So many days after NOW."""
    return NOW + timedelta(days=days)
