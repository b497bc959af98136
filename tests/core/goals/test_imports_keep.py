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


def test_a_check_of_updates_does_not_tell_what_a_private_goal_has_come_to(engine: Engine, tmp_path: Path) -> None:
    """A right and a wrong guess of a value on record read the same, and so does the load; of an open goal it is told."""
    stock(engine)
    header = "goal_id,date,value,note"
    given(engine, tmp_path, HEADER, [PRIVATE, "B,Answer sooner,P0017,,0,10,days,open"])
    for code in ("A", "B"):
        given(engine, tmp_path, header, [f"{code},2026-03-20,7,all well"], kind="goal-updates")
    for dry_run in (True, False):
        right, wrong = (
            given(engine, tmp_path, header, [f"A,2026-03-20,{value},all well"], kind="goal-updates", dry_run=dry_run)
            for value in (7, 8)
        )
        assert right.counts == wrong.counts and right.changed == wrong.changed
    told = given(engine, tmp_path, header, ["B,2026-03-20,7,all well"], kind="goal-updates", dry_run=True)
    assert told.counts.unchanged == 1


TIMES = "id,kr,title,owner_id,start,due,cadence_days,visibility"


@pytest.mark.parametrize("visibility", ["private", "open"])
def test_a_key_result_takes_no_days_from_an_objective_that_its_bringer_may_not_read(
    engine: Engine, tmp_path: Path, visibility: str
) -> None:
    """Neither into a row of the bringer's own, nor into the words of a refusal; of an open objective both."""
    stock(engine)
    given(engine, tmp_path, TIMES, [f"A,,An objective,P0017,2026-02-03,2026-11-19,17,{visibility}"])
    given(engine, tmp_path, TIMES, [f"A,1,To look,P0021,,,,{visibility}"])
    taken = goal(engine, "A/1")
    assert ("2026-11-19" in str(taken.due), taken.cadence_days == 17) == ((visibility == "open"),) * 2
    wrong = ["A,2,To guess,P0021,,2026-01-01,,"]
    if visibility == "open":
        with pytest.raises(ImportRefused, match="2026-02-03"):
            given(engine, tmp_path, TIMES, wrong, dry_run=True)
    else:
        assert given(engine, tmp_path, TIMES, wrong, dry_run=True).changed


def test_a_key_result_on_record_keeps_its_days_when_its_private_objective_is_not_in_the_file(
    engine: Engine, tmp_path: Path
) -> None:
    """What the file leaves blank is not lost, and the same row again changes nothing."""
    stock(engine)
    both = ["A,,An objective,P0017,2026-02-03,2026-11-19,17,private", "A,1,A part,P0017,,,,"]
    given(engine, tmp_path, TIMES, both)
    before = goal(engine, "A/1")
    given(engine, tmp_path, TIMES, both[1:])
    assert goal(engine, "A/1") == before and before.cadence_days == 17


def test_a_file_counts_the_people_whom_it_names(engine: Engine, tmp_path: Path) -> None:
    """Not those who own what is on record: a count would tell whether a private goal is somebody's in the file."""
    stock(engine)
    given(engine, tmp_path, TIMES, ["A,,An objective,P0017,,,,private"])
    for owner in ("P0017", "P0021"):
        rows = ["A,1,A part,,,,,", f"B,,Another,{owner},,,,"]
        assert given(engine, tmp_path, TIMES, rows, dry_run=True).counts.people == 1
