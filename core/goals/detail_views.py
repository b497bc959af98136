"""What the page of one goal asks: the goal, titles and names of what its history mentions, and who could take it on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.goals.choices import choices
from core.goals.deciding import hands_over
from core.goals.decisions import comes_back
from core.goals.goal import Goal, Owner
from core.goals.naming import named_in, names_in, titles_of
from core.goals.rescoping import OnPace, on_pace
from core.goals.views import GoalPage, Step, goal_page
from core.people.places import names_of
from core.policy import Policy


@dataclass(frozen=True)
class GoalDetail:
    """One goal for its page, on the day `as_of`.

    titles: of goals that it or its history mentions, as far as the viewer may see them. names: of people by code and of units by
    path. pace: what would be on pace. back_on: the day on which it would be back when it was snoozed now.
    """

    page: GoalPage
    as_of: date
    titles: Mapping[int, str]
    names: Mapping[str, str]
    pace: OnPace
    back_on: date

    @property
    def goal(self) -> Goal:
        """The goal."""
        return self.page.goal


def goal_detail(connection: Connection, viewer: Viewer, goal_id: int, *, policy: Policy, as_of: date) -> GoalDetail:
    """One goal with all that its page says, as far as the viewer may see it.

    Raises:
        NoPermission: the viewer may not see it (one that does not exist reads the same).
    """
    page = goal_page(connection, viewer, goal_id, policy=policy, as_of=as_of)
    steps = page.history or ()
    before = (int(each) for each in _said(steps, ("parent_id", "guardrail_id")))
    goals = [page.goal.parent_id, page.goal.guardrail_id, *before]
    mentioned = {str(each) for each in _said(steps, ("owner", "delegate", "co_owners"))}
    return GoalDetail(
        page=page,
        as_of=as_of,
        titles=titles_of(connection, viewer, goals, as_of),
        names={**names_of(connection, mentioned), **names_in(named_in(page.goal))},
        pace=on_pace(page.goal, page.check_ins, as_of),
        back_on=comes_back(connection, page.goal, as_of),
    )


def successors(connection: Connection, viewer: Viewer, goal: Goal, on: date) -> tuple[Owner, ...]:
    """Whom the viewer may hand the goal to: those who share it or stand in, and whoever the viewer may give a goal to."""
    if not hands_over(viewer, goal):
        return ()
    involved = [*goal.co_owners, *([goal.delegate] if goal.delegate else [])]
    offered = choices(connection, viewer, on=on, goal=goal).owners
    now = (goal.owner.person, goal.owner.unit)
    return tuple(each for each in dict.fromkeys([*involved, *offered]) if (each.person, each.unit) != now)


def _said(steps: Iterable[Step], fields: tuple[str, ...]) -> list[int | str]:
    """Everything that steps of the history say in these fields, before and after."""
    found: list[int | str] = []
    for step in steps:
        for name in fields:
            for value in step.changes.get(name, ()):
                found += value if isinstance(value, list) else [value] if value not in (None, "") else []
    return found
