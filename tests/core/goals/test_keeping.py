"""A goal is shown to more people by its owner alone."""

from dataclasses import replace
from typing import Any

import pytest

from core.access.refusals import NoPermission, Refused
from core.goals.decisions import Decision
from core.goals.goal import Owner, Visibility
from tests.core.goals.desk import TERMS, Desk
from tests.databases import EngineOf


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """The organisation of the desk, once on SQLite and once on PostgreSQL."""
    return Desk.on(engine_of("desk", Desk))


@pytest.mark.parametrize("narrow", [Visibility.PRIVATE, Visibility.TEAM])
def test_a_manager_shows_the_goal_of_a_report_to_nobody_else(desk: Desk, narrow: Visibility) -> None:
    """Neither by an edit nor by re-scoping; the owner does, and it stands as it was until then."""
    goal = desk.settled(narrow)
    desk.check_in(goal, note="between the two of us")
    with pytest.raises(Refused, match="for its owner to change"):
        desk.edit(goal, "boss", visibility=Visibility.OPEN)
    with pytest.raises(Refused, match="for its owner to change"):
        desk.decide(goal, Decision.RE_SCOPE, terms=replace(TERMS, visibility=Visibility.OPEN))
    assert desk.goal(goal).visibility is narrow

    desk.edit(goal, "emp", visibility=Visibility.OPEN)
    assert desk.page(goal, "far").goal.visibility is Visibility.OPEN


@pytest.mark.parametrize(
    "others",
    [{"owner": Owner(person="peer")}, {"co_owners": ("peer",)}, {"delegate": "peer"}],
    ids=lambda each: next(iter(each)),
)
def test_a_private_goal_is_given_to_nobody_else_by_the_manager(desk: Desk, others: dict[str, Any]) -> None:
    """A new owner, a co-owner or a stand-in would read its notes."""
    goal = desk.settled(Visibility.PRIVATE)
    with pytest.raises(Refused, match="its owner alone"):
        desk.edit(goal, "boss", visibility=Visibility.PRIVATE, **others)
    with pytest.raises(NoPermission):
        desk.page(goal, "peer")

    desk.edit(goal, "emp", visibility=Visibility.PRIVATE, co_owners=("peer",))
    assert desk.page(goal, "peer").goal.id == goal


def test_an_open_goal_is_handed_over_by_the_manager(desk: Desk) -> None:
    """Everybody sees it anyway; a private one is handed over by its owner."""
    opened, private = desk.settled(Visibility.OPEN), desk.settled(Visibility.PRIVATE)
    desk.decide(opened, Decision.HAND_OVER, owner=Owner(person="peer"))
    assert desk.goal(opened).owner.person == "peer"

    with pytest.raises(Refused, match="its owner alone"):
        desk.decide(private, Decision.HAND_OVER, owner=Owner(person="peer"))
    assert desk.goal(private).owner.person == "emp"
