"""What a file of goals may not do: show a person's goal to more people, or tell about goals that its bringer may not read."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from core.goals.goal import Visibility
from core.goals.tables import GoalRow
from core.intake.imports import ImportRefused
from tests.core.goals.test_imports import given, goal
from tests.core.intake.content import content, stock

HEADER = "id,title,owner_id,owner_unit,baseline,target,unit,visibility"
PRIVATE = "A,Sleep on it,P0017,,0,10,days,private"


@pytest.mark.parametrize(
    ("row", "column", "match"),
    [
        ("A,Sleep on it,P0017,,0,10,days,open", "visibility", "fewer people"),
        ("A,Sleep on it,P0017,,0,10,days,team", "visibility", "fewer people"),
        ("A,Sleep on it,P0021,,0,10,days,private", "owner_id", "its owner alone"),
    ],
)
def test_a_file_shows_a_private_goal_to_nobody_else(
    engine: Engine, tmp_path: Path, row: str, column: str, match: str
) -> None:
    """Refused with row and column; nothing is written."""
    stock(engine)
    given(engine, tmp_path, HEADER, [PRIVATE])
    before = content(engine)["goal"]
    with pytest.raises(ImportRefused) as refused:
        given(engine, tmp_path, HEADER, [row])
    (problem,) = refused.value.problems
    assert (problem.row, problem.column) == (2, column) and match in problem.problem
    assert content(engine)["goal"] == before


def test_a_file_that_says_nothing_of_visibility_keeps_what_its_owner_chose(engine: Engine, tmp_path: Path) -> None:
    """A new one is open; what the owner narrowed since stays narrow."""
    stock(engine)
    plain = "A,Sleep on it,P0017,,0,10,days,"
    given(engine, tmp_path, HEADER, [plain])
    assert goal(engine, "A").visibility is Visibility.OPEN
    with engine.begin() as connection:
        connection.execute(update(GoalRow).values(visibility=Visibility.PRIVATE.value))
    given(engine, tmp_path, HEADER, [plain])
    assert goal(engine, "A").visibility is Visibility.PRIVATE


def test_a_check_of_a_file_does_not_tell_whether_it_says_what_a_private_goal_says(
    engine: Engine, tmp_path: Path
) -> None:
    """A right and a wrong guess of its target read the same; of an open goal it is told."""
    stock(engine)
    given(engine, tmp_path, HEADER, [PRIVATE, "B,Answer sooner,P0017,,0,10,days,open"])
    right = given(engine, tmp_path, HEADER, [PRIVATE], dry_run=True)
    wrong = given(engine, tmp_path, HEADER, [PRIVATE.replace(",10,", ",11,")], dry_run=True)
    assert right.counts == wrong.counts and right.changed == wrong.changed

    assert (
        given(engine, tmp_path, HEADER, ["B,Answer sooner,P0017,,0,10,days,open"], dry_run=True).counts.unchanged == 1
    )


def test_a_stated_total_is_compared_for_goals_that_are_open_to_everyone(engine: Engine, tmp_path: Path) -> None:
    """The parts of a private objective are its owner's; whoever brings the file is not told what they give."""
    stock(engine)
    header = "id,kr,title,owner_id,visibility,stated_total"
    for visibility in ("private", "open"):
        rows = [f"{visibility},,An objective,P0017,{visibility},0.9", f"{visibility},1,A part,P0017,{visibility},"]
        given(engine, tmp_path, header, rows)
        said = given(engine, tmp_path, "goal_id,kr,date,value", [f"{visibility},1,2026-03-20,0.3"], kind="goal-updates")
        assert any("0.90" in note and "0.30" in note for note in said.notes) is (visibility == "open")
