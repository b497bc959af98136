"""Names for what terms and histories hold as codes, paths and numbers: of people, units, and goals that the viewer sees."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from core.access.viewer import Viewer
from core.goals.goal import Goal, Owner
from core.goals.reading import batches
from core.goals.tables import GoalRow
from core.goals.visibility import sees


def names_in(owners: Iterable[Owner]) -> dict[str, str]:
    """Code of a person or path of a unit -> name."""
    return {each.person or each.unit: each.name for each in owners if each.person or each.unit}


def named_in(goal: Goal) -> tuple[Owner, ...]:
    """Everybody whom a goal names."""
    return (goal.owner, *goal.co_owners, *([goal.delegate] if goal.delegate else []))


def titles_of(connection: Connection, viewer: Viewer, ids: Iterable[int | None], on: date) -> dict[int, str]:
    """Titles of the goals among `ids` that the viewer may see."""
    found: dict[int, str] = {}
    for some in batches([each for each in ids if each is not None]):
        rows = connection.execute(select(GoalRow.id, GoalRow.title).where(GoalRow.id.in_(some), sees(viewer, on)))
        found.update((row.id, row.title) for row in rows)
    return found
