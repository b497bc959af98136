"""The tree of goals as screens ask for it: filters, the way up, the weakest, what serves nothing, and the map that is drawn."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.access.refusals import NoPermission
from core.goals.commands import share
from core.goals.goal import Kind, Measure, Status, Visibility
from core.goals.map_figures import MOST_ROWS, alt, cut, goal_map, rows_needed
from core.goals.tree_board import Branch, TreeBoard, span, tree_board
from core.goals.tree_views import TreeFilters
from core.metrics.palette import SLOTS
from tests.core.goals.desk import BEYOND, NOW, ONE, POLICY, TODAY, Desk
from tests.databases import EngineOf


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """An organisation with people who set goals."""
    return Desk.on(engine_of("desk", Desk))


@pytest.fixture
def tree(desk: Desk) -> dict[str, int]:
    """Company, unit, key results (one far behind, one on its way), and a goal of another unit."""
    plain = {"kind": Kind.OBJECTIVE, "measure": Measure.NONE}
    company = desk.active(title="Company", owner="Co", **plain)
    unit = desk.active(title="Unit", owner=ONE, parent_id=company, standalone=False, **plain)
    late = desk.active(title="Late", owner="emp", parent_id=unit, standalone=False)
    fine = desk.active(title="Fine", owner="peer", parent_id=unit, standalone=False)
    other = desk.active(title="Other", owner=BEYOND, standalone=False, **plain)
    desk.check_in(late, "emp", value=1.0)
    desk.check_in(fine, "peer", value=60.0)
    return {"company": company, "unit": unit, "late": late, "fine": fine, "other": other}


def board(desk: Desk, who: str = "emp", **filters: Any) -> TreeBoard:
    """The tree as an account sees it."""
    with desk.engine.connect() as connection:
        found = replace(TreeFilters(depth=4), **filters)
        return tree_board(connection, desk.viewer(who), found, policy=POLICY, as_of=TODAY)


def titles(found: TreeBoard) -> list[str]:
    """Titles in order, with a dot for each level."""
    return ["." * each.line.depth + each.line.goal.title for each in found.branches]


def of(found: TreeBoard, title: str) -> Branch:
    """The goal with this title."""
    return next(each for each in found.branches if each.line.goal.title == title)


def test_the_tree_goes_from_the_company_to_the_person(desk: Desk, tree: dict[str, int]) -> None:
    """Each goal stands right after what it serves."""
    assert titles(board(desk)) == ["Company", ".Unit", "..Late", "..Fine", "Other"]
    tops = board(desk).tops()
    assert [(top.line.goal.title, [each.line.goal.title for each in below]) for top, below in tops] == [
        ("Company", ["Unit"]),
        ("Other", []),
    ]


def test_from_a_root_it_tells_the_way_up_and_what_is_below(desk: Desk, tree: dict[str, int]) -> None:
    """The root itself ends the trail; what is below it begins at depth 0."""
    found = board(desk, root=tree["unit"])
    assert [goal.title for goal in found.trail] == ["Company", "Unit"]
    assert titles(found) == ["Late", "Fine"]


def test_an_objective_takes_the_weakest_below_it(desk: Desk, tree: dict[str, int]) -> None:
    """By its key results where it has some; without any by what is below, and it says so."""
    found = board(desk)
    assert {each.line.goal.title: (each.tone, each.from_below) for each in found.branches} == {
        "Company": ("watch", True),
        "Unit": ("watch", False),
        "Late": ("watch", False),
        "Fine": ("within", False),
        "Other": ("", False),
    }
    assert found.sentence == "One of two objectives is behind the pace, by the weakest key result."


def test_filters_narrow_the_tree(desk: Desk, tree: dict[str, int]) -> None:
    """By unit, by kind, and by time; an unknown unit shows nothing."""
    desk.active(title="Long ago", start=date(2024, 1, 1), due=date(2024, 12, 31))
    assert titles(board(desk, unit=BEYOND)) == ["Other"]
    assert titles(board(desk, unit="Co/Nowhere")) == []
    assert titles(board(desk, kind=Kind.OBJECTIVE)) == ["Company", ".Unit", "Other"]
    assert "Long ago" not in titles(board(desk, period=span("year", TODAY)))
    assert "Long ago" in titles(board(desk))
    assert span("quarter", TODAY) == (date(2025, 12, 29), date(2026, 3, 30))
    assert span("next-year", TODAY) == (date(2027, 1, 1), date(2028, 1, 1))
    assert span("ever", TODAY) is None


def test_what_serves_nothing_is_told_to_who_may_know(desk: Desk, tree: dict[str, int]) -> None:
    """A goal without one above it, and one whose goal above is closed; to its owner and who manages, and to nobody else."""
    desk.active(title="Alone", owner="emp", standalone=False)
    closed = desk.active(title="Over", owner="emp", status=Status.DONE, closed_on=TODAY)
    desk.active(title="Orphan", owner="emp", standalone=False, parent_id=closed)

    told = {who: {each.line.goal.title for each in board(desk, who).orphans} for who in ("emp", "boss", "other", "hr")}
    assert told == {"emp": {"Alone", "Orphan"}, "boss": {"Alone", "Orphan"}, "other": set(), "hr": set()}
    assert of(board(desk, "other"), "Late").revisit is None
    assert of(board(desk, "boss"), "Late").revisit is True


def test_private_goals_are_on_nobody_elses_tree_and_a_look_is_named(desk: Desk, tree: dict[str, int]) -> None:
    """A wellbeing goal that is shared is seen by who it is shared with when they ask for that kind, and the look is named."""
    goal = desk.draft(kind=Kind.WELLBEING, visibility=Visibility.PRIVATE, title="Leave on time").goal_id
    desk.propose(goal)
    with desk.engine.begin() as connection:
        share(connection, desk.viewer("emp"), goal, at=NOW)

    assert "Leave on time" not in titles(board(desk, "boss", personal=False))
    found = board(desk, "boss", kind=Kind.WELLBEING)
    assert (titles(found), found.about) == (["Leave on time"], ("emp",))
    for who in ("peer", "chief", "other", "hr", "admin"):
        assert titles(board(desk, who, kind=Kind.WELLBEING)) == [], who


def test_a_root_that_is_not_to_be_seen_and_one_that_is_not_there_read_the_same(desk: Desk) -> None:
    """The same refusal, so that nothing can be concluded from an id."""
    private = desk.active(title="Private", visibility=Visibility.PRIVATE)
    said = set()
    for root in (private, 999_999):
        with pytest.raises(NoPermission) as refused:
            board(desk, "other", root=root)
        said.add(str(refused.value))
    assert len(said) == 1


def test_the_map_has_a_bar_a_goal_beside_what_it_serves(desk: Desk, tree: dict[str, int]) -> None:
    """Depth is the column, a goal is as high as all below it, and no colour but the palette's is named."""
    branches = board(desk).branches
    figure = goal_map(branches).to_plotly_json()
    bars = {
        number[0]: (base, y, width)
        for trace in figure["data"]
        for number, base, y, width in zip(trace["customdata"], trace["base"], trace["y"], trace["width"], strict=True)
    }

    assert bars[tree["company"]] == (0.006, 1.0, 1.88)
    assert bars[tree["unit"]] == (1.006, 1.0, 1.88)
    assert bars[tree["late"]] == (2.006, 0.5, 0.88)
    assert bars[tree["other"]] == (0.006, 2.5, 0.88)
    assert {trace["marker"]["color"] for trace in figure["data"]} <= set(SLOTS)
    assert alt(branches).startswith("Map of 5 goals")


def test_titles_on_the_map_are_text(desk: Desk) -> None:
    """A picture reads a little HTML; nothing in a title is any."""
    desk.active(title="<b>bold</b> & <a href='https://example.org'>link</a>")
    figure = goal_map(board(desk).branches).to_plotly_json()
    (words,) = [each["text"] for each in figure["layout"]["annotations"]]
    assert "<b>" not in words
    assert "&lt;b&gt;bold" in words
    assert "<a" not in figure["data"][0]["hovertext"][0]


def test_a_picture_holds_no_more_than_can_be_read(desk: Desk) -> None:
    """A thousand key results under one objective: the deeper level goes first, the objective stays."""
    objective = desk.active(title="Objective", owner="Co", kind=Kind.OBJECTIVE, measure=Measure.NONE)
    for place in range(MOST_ROWS + 5):
        desk.active(title=f"Key result {place}", parent_id=objective, standalone=False)
    branches = board(desk).branches

    assert rows_needed(branches) == MOST_ROWS + 5
    assert [each.line.goal.title for each in cut(branches)] == ["Objective"]
    assert len(cut(branches, most=MOST_ROWS + 5)) == MOST_ROWS + 6


def test_goals_that_stand_alone_leave_a_full_picture_to_those_that_are_a_tree(desk: Desk) -> None:
    """What serves nothing and has nothing below it is in the tree's list; the picture shows what belongs together."""
    objective = desk.active(title="Objective", owner="Co", kind=Kind.OBJECTIVE, measure=Measure.NONE)
    below = {f"Key result {place}" for place in range(3)}
    for title in sorted(below):
        desk.active(title=title, parent_id=objective, standalone=False)
    for place in range(MOST_ROWS):
        desk.active(title=f"Alone {place}")

    assert {each.line.goal.title for each in cut(board(desk).branches)} == {"Objective", *below}
    assert len(cut(board(desk).branches, most=MOST_ROWS + 3)) == MOST_ROWS + 4
