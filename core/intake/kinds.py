"""The kinds of file that can be imported, by name. Each is declared by its area."""

from core.delivery import FileKind
from core.goals.imports import GOALS
from core.goals.update_imports import GOAL_UPDATES
from core.people.imports import PEOPLE
from core.workload.activity_imports import ACTIVITY_EVENTS
from core.workload.imports import PERSON_WEEKS
from core.workload.viva_imports import VIVA_PERSON_QUERY

_EVERY = (PEOPLE, PERSON_WEEKS, ACTIVITY_EVENTS, VIVA_PERSON_QUERY, GOALS, GOAL_UPDATES)
KINDS: dict[str, FileKind] = {kind.name: kind for kind in _EVERY}


class UnknownKind(ValueError):
    """There is no such kind of file; the message names those that there are."""


def title_of(name: str) -> str:
    """What screens call a kind; its name when it is one that this version does not know."""
    return KINDS[name].title if name in KINDS else name


def kind_named(name: str) -> FileKind:
    """The kind with this name.

    Raises:
        UnknownKind: there is none.
    """
    if name not in KINDS:
        raise UnknownKind(f"'{name}' is not a kind of file. Kinds: {', '.join(KINDS)}.")
    return KINDS[name]
