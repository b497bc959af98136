"""What *My goals* loads. Nothing here is cached: it is one's own, and read anew on every run."""

from core.access.reads import record_read
from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import today
from core.goals.choices import Choices, choices
from core.goals.goal import Goal
from core.goals.mine_views import MyGoals, my_goals
from core.goals.naming import titles_of
from core.goals.views import goal_page
from pages.parts.loaders import policy, reading, writing

LOOK = "goals"
NOT_YOURS = (
    "This is not a goal that you may change. Its owner, co-owners, their manager and who leads the unit change it."
)


def mine(viewer: Viewer) -> tuple[MyGoals, dict[int, str]]:
    """The viewer's own goals, and titles of the goals that they name. A look at what is another person's is recorded."""
    on = today()
    with reading().connect() as connection:
        found = my_goals(connection, viewer, policy=policy(), as_of=on)
        named = [each.goal for each in (*found.proposals, *found.drafts)]
        before = [
            value
            for each in found.proposals
            for step in each.steps
            for field, both in step.changes.items()
            if field in ("parent_id", "guardrail_id")
            for value in both
        ]
        ids = [*(goal.parent_id for goal in named), *(goal.guardrail_id for goal in named), *before]
        titles = titles_of(connection, viewer, ids, on)
    if found.about:
        with writing().begin() as connection:
            record_read(connection, viewer=viewer.name, subjects=found.about, what=LOOK, day=on)
    return found, titles


def offered(viewer: Viewer, goal: Goal | None) -> Choices:
    """What the form offers."""
    with reading().connect() as connection:
        return choices(connection, viewer, on=today(), goal=goal)


def to_change(viewer: Viewer, asked: str) -> Goal:
    """The goal that an address asks to change.

    Raises:
        NoPermission: there is none such that the viewer may change; which of the two is not told.
    """
    on = today()
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 18:
        raise NoPermission(NOT_YOURS)
    with writing().begin() as connection:
        try:
            page = goal_page(connection, viewer, int(asked), policy=policy(), as_of=on)
        except NoPermission:
            raise NoPermission(NOT_YOURS) from None
        if not page.may_edit:
            raise NoPermission(NOT_YOURS)
        if page.about:
            record_read(connection, viewer=viewer.name, subjects=[page.about], what=LOOK, day=on)
    return page.goal
