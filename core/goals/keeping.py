"""What of an agreed goal its owner alone changes: who sees it."""

from collections.abc import Collection

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.goals.goal import AGREED, Goal, Visibility

_WHO_READS = frozenset({"owner", "co_owners", "delegate"})


def refuse_showing(viewer: Viewer, goal: Goal, changed: Collection[str]) -> None:
    """Let nobody but the owner show a person's goal to others than those who saw it when it was agreed.

    changed: names of the fields that would be others. The visibility is the owner's; of a private goal also whose it is, who
    shares it and who stands in, as they read its notes. Drafts and proposals are shown by agreeing.

    Raises:
        Refused: the viewer is not the owner.
    """
    owner = goal.owner.person
    if not owner or goal.status not in AGREED or viewer.person_code == owner:
        return
    names = set(changed)
    if "visibility" in names:
        raise Refused("Who sees this goal is for its owner to change.")
    if goal.visibility is Visibility.PRIVATE and names & _WHO_READS:
        raise Refused("This goal is private, so its owner alone hands it over or shares it with others.")
