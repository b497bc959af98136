"""Files of goals and of their updates: what is taken in, what is refused and where, and totals that do not add up."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select

from core.access.refusals import Refused
from core.access.viewer import Viewer
from core.delivery import ImportOptions
from core.goals.goal import Kind, Measure, Status, Visibility
from core.goals.lines import lines_of
from core.goals.reading import goals_by_id
from core.goals.tables import GoalChange, GoalCheckIn, GoalRow
from core.goals.views import goal_page
from core.intake.history import undo_last, undoable
from core.intake.imports import ImportRefused, ImportSummary
from core.people.tables import Person
from core.policy import Policy
from tests.core.intake.content import TEMPLATES, bring_in, content, stock

FOLDER = Path(__file__).parents[2] / "data" / "goals"
AS_OF = date(2026, 3, 30)
NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
VIEWER = Viewer(1, "v", "V", ("employee",), (), "Northwind", "P0017")
OWNER = "owner_id,title"


def given(
    engine: Engine, folder: Path, header: str, rows: Sequence[str], kind: str = "goals", **more: Any
) -> ImportSummary:
    """Import these lines."""
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return bring_in(engine, kind, path, **more)


def goal(engine: Engine, code: str) -> Any:
    """A goal by its code."""
    with engine.connect() as connection:
        number = connection.scalar(select(GoalRow.id).where(GoalRow.code == code))
        assert number is not None
        return goals_by_id(connection, [number])[number]


def score(engine: Engine, code: str) -> float | None:
    """The score of an objective."""
    with engine.connect() as connection:
        number = connection.scalar(select(GoalRow.id).where(GoalRow.code == code))
        assert number is not None
        return lines_of(connection, VIEWER, [number], policy=Policy(), on=AS_OF)[0].going.score


def test_the_templates_come_in_and_again_change_nothing(engine: Engine) -> None:
    """Objective, key result and KPI, with what the key result takes from its objective; then their check-ins."""
    stock(engine)
    first = bring_in(engine, "goals", TEMPLATES / "goals.csv")
    assert (first.counts.loaded, first.counts.people, first.counts.units) == (3, 1, 1)
    result = goal(engine, "O7/1")
    assert (result.kind, result.measure, result.owner.person) == (Kind.KEY_RESULT, Measure.DECREASE, "P0017")
    assert (result.start, result.due, result.cadence_days) == (date(2026, 1, 5), date(2026, 3, 30), 14)
    assert result.parent_id == goal(engine, "O7").id
    assert goal(engine, "O7").owner.unit == "Northwind/Engineering/Platform"
    assert (goal(engine, "K1").measure, goal(engine, "K1").high) == (Measure.RANGE, 3.0)
    said = bring_in(engine, "goal-updates", TEMPLATES / "goal-updates.csv")
    assert said.counts.loaded == 3
    assert score(engine, "O7") == pytest.approx((60 - 38) / 40)
    before = content(engine)
    for kind in ("goals", "goal-updates"):
        again = bring_in(engine, kind, TEMPLATES / f"{kind}.csv")
        assert not again.changed and again.counts.unchanged == 3
    after = content(engine)
    differ = {table for table in after if after[table] != before[table]}
    assert differ == {"change_log", "delivery"}  # that two files came is known; nothing that they speak of is another


def test_a_file_that_changes_a_goal_is_in_its_history(engine: Engine, tmp_path: Path) -> None:
    """From what to what, by whom; check-ins stay; the day of a changed target is kept for the goals below."""
    stock(engine)
    bring_in(engine, "goals", TEMPLATES / "goals.csv")
    bring_in(engine, "goal-updates", TEMPLATES / "goal-updates.csv")
    text = (TEMPLATES / "goals.csv").read_text(encoding="utf-8").replace(",60,20,", ",60,25,")
    path = tmp_path / "goals.csv"
    path.write_text(text, encoding="utf-8")
    assert bring_in(engine, "goals", path).counts.replaced == 1
    with engine.connect() as connection:
        number = goal(engine, "O7/1").id
        steps = connection.execute(
            select(GoalChange.version, GoalChange.action, GoalChange.by, GoalChange.changes)
            .where(GoalChange.goal_id == number)
            .order_by(GoalChange.id)
        ).all()
        assert connection.scalar(select(GoalRow.target_set_on).where(GoalRow.id == number)) == AS_OF
        assert connection.scalar(select(func.count()).select_from(GoalCheckIn)) == 3
        page = goal_page(connection, VIEWER, number, policy=Policy(), as_of=AS_OF)
    assert [(step.version, step.action) for step in steps] == [(1, "imported"), (2, "imported")]
    assert steps[1].changes == {"target": [20.0, 25.0]}
    assert "tester" in steps[1].by
    assert page.goal.version == 2 and page.history is not None and len(page.history) == 2


# hand-typed scores of four objectives of 2019, as their company published them; in the shape of tests/data/goals
PUBLISHED = {
    "J05": (0.30, [0.0, 0.0, 0.0, 0.5, 1.0]),
    "J06": (0.41, [0.24, 0.40, 0.05, 0.95, None]),
    "J07": (0.75, [1.0, 0.75, 0.5]),
    "J08": (0.66, [1.0, 0.66, 1.0, 0.14, 0.5]),
}


def graded(engine: Engine, folder: Path, *, stated: dict[str, float]) -> ImportSummary:
    """Objectives with a stated total, key results without numbers, and dated grades, under names of the source."""
    objectives = [f"{code},Objective {code},{stated[code]}" for code in PUBLISHED]
    given(engine, folder, "objective_id,objective,published_total", objectives)
    parts = [f"{code},{n + 1},Part {n + 1}" for code, (_, scores) in PUBLISHED.items() for n in range(len(scores))]
    given(engine, folder, "objective_id,kr,text", parts)
    rows = []
    for code, (_, scores) in PUBLISHED.items():
        for n, each in enumerate(scores):
            rows.append(f"{code},2019-06-18,{n + 1},0.1,0.1")
            rows.append(f"{code},2019-07-30,{n + 1},{'' if each is None else each},")
    return given(engine, folder, "objective_id,date,kr,score,raw", rows, "goal-updates")


def test_published_totals_come_out_as_the_mean_of_graded_key_results(engine: Engine, tmp_path: Path) -> None:
    """.30, .41 with the ungraded one left out, .75, .66; nothing to warn of."""
    done = graded(engine, tmp_path, stated={code: total for code, (total, _) in PUBLISHED.items()})
    for code, (total, _) in PUBLISHED.items():
        assert round(score(engine, code) or 0, 2) == total
    assert done.notes == ()
    assert [each.column for each in done.ignored_columns] == ["raw"]


def test_a_total_that_the_parts_do_not_give_is_warned_of_with_both_numbers(engine: Engine, tmp_path: Path) -> None:
    """As if the ungraded one had counted as zero: the parts are kept, and count."""
    stated = {code: total for code, (total, _) in PUBLISHED.items()} | {"J06": 0.33}
    done = graded(engine, tmp_path, stated=stated)
    assert done.notes == (
        "J06 states a total of 0.33; its graded key results give 0.41. The parts are kept and counted.",
    )
    assert round(score(engine, "J06") or 0, 2) == 0.41


def test_a_dry_run_warns_and_writes_nothing(engine: Engine, tmp_path: Path) -> None:
    """The same remark, and the database as it was."""
    graded(engine, tmp_path, stated=dict.fromkeys(PUBLISHED, 0.30))
    before = content(engine)
    rows = ["J05,1,2019-08-06,1.0"]
    tried = given(engine, tmp_path, "id,kr,updated on,score", rows, "goal-updates", dry_run=True)
    assert tried.notes == (
        "J05 states a total of 0.30; its graded key results give 0.50. The parts are kept and counted.",
    )
    assert content(engine) == before


def test_small_graded_files_come_in_under_their_own_names(engine: Engine) -> None:
    """Files kept with the tests, with the traps of real ones: an ungraded key result, a total that does not match, a note in
    another column, dates of four digits in day order."""
    for kind, name in (("goals", "objectives.csv"), ("goals", "key_results.csv"), ("goal-updates", "scores.csv")):
        done = bring_in(engine, kind, FOLDER / name, options=ImportOptions(dayfirst=True))
        assert done.changed
    assert done.notes[1:] == (  # the first says how dates were read
        "S2 states a total of 0.50; its graded key results give 0.65. The parts are kept and counted.",
    )
    assert round(score(engine, "S1") or 0, 2) == 0.45
    assert goal(engine, "S1").due == date(2026, 3, 31)
    assert goal(engine, "S2/3").owner.name == ""


def test_blank_says_what_the_page_says(engine: Engine, tmp_path: Path) -> None:
    """Kinds, measures, cadence, visibility, status without a word about them."""
    rows = [
        "A,,Objective alone,,,,,,",
        "A,1,Graded,,,,,,",
        "A,2,Counted up,,10,20,,,",
        "A,3,Counted down,,20,10,,,",
        "B,,Range,kpi,,,1,2,",
        "C,,Held,key_result,,,,,stay_above",
    ]
    given(engine, tmp_path, "id,kr,title,kind,baseline,target,low,high,measure", rows)
    measures = {code: goal(engine, code).measure for code in ("A", "A/1", "A/2", "A/3", "B", "C")}
    assert measures == {
        "A": Measure.NONE, "A/1": Measure.INCREASE, "A/2": Measure.INCREASE, "A/3": Measure.DECREASE, "B": Measure.RANGE,
        "C": Measure.STAY_ABOVE,
    }  # fmt: skip
    one = goal(engine, "A/1")
    assert (one.baseline, one.target, one.unit) == (0.0, 1.0, "score")
    assert (one.cadence_days, one.visibility, one.status, one.kind) == (
        30, Visibility.OPEN, Status.ACTIVE, Kind.KEY_RESULT,
    )  # fmt: skip


HEADER = "id,kr,title,kind,parent,owner_id,owner_unit,baseline,target,start,due,visibility,measure,low,high"


@pytest.mark.parametrize(
    ("rows", "row", "column", "problem"),
    [
        (["A,,x,,,,,,,,,,,,", "A,,y,,,,,,,,,,,,"], 3, "id", "already given in row 2"),
        (["A,,x,,Z,,,,,,,,,,"], 2, "parent", "neither in the file nor on record"),
        (["A,,x,,A,,,,,,,,,,"], 2, "parent", "in a circle: A → A"),
        (["A,,x,,B,,,,,,,,,,", "B,,y,,C,,,,,,,,,,", "C,,z,,A,,,,,,,,,,"], 2, "parent", "circle: A → B → C → A"),
        (["A,,x,,,P9999,,,,,,,,,"], 2, "owner_id", "nobody with this id"),
        (["A,,x,,,,Nowhere,,,,,,,,"], 2, "owner_unit", "no unit with this path"),
        (["A,,x,,,P0017,Northwind,,,,,,,,"], 2, "owner_unit", "one owner"),
        (["A,,x,,,,,,,2026-03-02,2026-03-02,,,,"], 2, "due", "not after the start"),
        (["A,,x,,,,,5,5,,,,,,"], 2, "target", "equal to the baseline"),
        (["A,,x,,,,,5,9,,,,decrease,,"], 2, "measure", "the other direction"),
        (["A,,x,,,,,1e16,9,,,,,,"], 2, "baseline", "too large"),
        (["A,,x,kpi,,,,,,,,,,3,2"], 2, "low", "ends before it begins"),
        (["A,,x,kpi,,,,,,,,,increase,,"], 2, "measure", "healthy range"),
        (["A,,x,wellbeing,,P0017,,,,,,,,,"], 2, "kind", "by that person alone"),
        (["A,,x,,,,Northwind,,,,,private,,,"], 2, "visibility", "open or for the team"),
        (["A,,x,,,P0017,,,,,,team,,,", "B,,y,,A,,,,,,,open,,,"], 3, "visibility", "fewer people"),
        (["A,,x,dream,,,,,,,,,,,"], 2, "kind", "not one of"),
        (["A,,x,,,,,,,,,,milestones,,"], 2, "measure", "not one of"),
        (["A,," + "x" * 5000 + ",,,,,,,,,,,,"], 2, "title", "300 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_its_place_and_nothing_is_written(
    sqlite_engine: Engine, tmp_path: Path, rows: list[str], row: int, column: str, problem: str
) -> None:
    """Row, column, problem, and a remedy."""
    stock(sqlite_engine)
    before = content(sqlite_engine)
    with pytest.raises(ImportRefused) as refused:
        given(sqlite_engine, tmp_path, HEADER, rows)
    found = refused.value.problems[0]
    assert (found.row, found.column) == (row, column)
    assert problem in found.problem and found.remedy
    assert content(sqlite_engine) == before


@pytest.mark.parametrize(
    ("rows", "row", "column", "problem"),
    [
        (["Z,,2026-02-02,1,,"], 2, "goal_id", "no goal with this id"),
        (["O7,9,2026-02-02,1,,"], 2, "goal_id", "no goal with this id"),
        (["O7,1,2026-02-02,1,,", "O7,1,2026-02-02,2,,"], 3, "date", "Row 2 already speaks"),
        (["O7,1,2026-03-31,1,,"], 2, "date", "not come yet"),
        (["O7,1,2026-02-02,1,11,"], 2, "confidence", "0 to 10"),
        (["O7,1,2026-02-02,1,6.5,"], 2, "confidence", "whole number"),
        (["O7,1,2026-02-02,much,,"], 2, "value", "not a number"),
    ],
)
def test_updates_that_cannot_be_are_refused_in_their_place(
    sqlite_engine: Engine, tmp_path: Path, rows: list[str], row: int, column: str, problem: str
) -> None:
    """Row, column, problem; nothing is written."""
    stock(sqlite_engine)
    bring_in(sqlite_engine, "goals", TEMPLATES / "goals.csv")
    before = content(sqlite_engine)
    with pytest.raises(ImportRefused) as refused:
        given(sqlite_engine, tmp_path, "goal_id,key_result,date,value,confidence,note", rows, "goal-updates")
    found = refused.value.problems[0]
    assert (found.row, found.column) == (row, column)
    assert problem in found.problem and found.remedy
    assert content(sqlite_engine) == before


def test_a_circle_through_goals_on_record_is_found(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A file of one row can close it."""
    given(sqlite_engine, tmp_path, "id,title,parent", ["A,a,", "B,b,A", "C,c,B"])
    with pytest.raises(ImportRefused) as refused:
        given(sqlite_engine, tmp_path, "id,title,parent", ["A,a,C"])
    assert "A → C → B → A" in refused.value.problems[0].problem


def test_a_thousand_key_results_under_one_objective_come_in_and_are_read(sqlite_engine: Engine, tmp_path: Path) -> None:
    """All of them, and the objective's score is their mean."""
    given(sqlite_engine, tmp_path, "id,kr,title", ["A,,a", *(f"A,{n},part" for n in range(1000))])
    grades = [f"A,{n},2026-03-02,{n % 2}" for n in range(1000)]
    given(sqlite_engine, tmp_path, "id,kr,date,grade", grades, "goal-updates")
    assert score(sqlite_engine, "A") == pytest.approx(0.5)


def test_what_a_file_corrects_replaces_what_a_file_said_and_not_what_people_said(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """For the same day both stand; the newest of the day counts."""
    stock(sqlite_engine)
    bring_in(sqlite_engine, "goals", TEMPLATES / "goals.csv")
    bring_in(sqlite_engine, "goal-updates", TEMPLATES / "goal-updates.csv")
    header = "goal_id,key_result,date,value"
    assert given(sqlite_engine, tmp_path, header, ["O7,1,2026-02-16,40"], "goal-updates").counts.replaced == 1
    assert score(sqlite_engine, "O7") == pytest.approx(0.5)


def test_a_delivery_of_goals_is_not_undone(sqlite_engine: Engine) -> None:
    """It keeps its own history; the reason says what to do instead. People whom goals name are not taken back either."""
    stock(sqlite_engine)
    done = bring_in(sqlite_engine, "goals", TEMPLATES / "goals.csv", policy=Policy())
    assert not done.can_be_undone
    with sqlite_engine.connect() as connection:
        found = undoable(connection, policy=Policy(), as_of=AS_OF)
    assert not found.possible and "Deliver a corrected file" in found.reason
    with pytest.raises(Refused, match="Deliver a corrected file"):
        undo_last(sqlite_engine, actor="t", at=NOW, policy=Policy(), as_of=AS_OF)


def test_people_whom_goals_name_are_not_taken_back_from_under_them(sqlite_engine: Engine) -> None:
    """The delivery that brought them stands, and says why; without the goal it is undone."""
    done = bring_in(sqlite_engine, "people", TEMPLATES / "people.csv", policy=Policy())
    assert done.can_be_undone
    with sqlite_engine.begin() as connection:
        person = connection.scalar(select(Person.id).where(Person.code == "P0017"))
        column_values = {
            column.name: None for column in GoalRow.__table__.columns if column.nullable and column.name != "owner_id"
        }
        connection.execute(
            insert(GoalRow).values(
                **column_values, kind="objective", title="t", owner_id=person, standalone=True, measure="none", metric="",
                metric_key="", direction=0, unit="", weight=1.0, cadence_days=30, pace="linear", ambition="committed",
                acceptance="", visibility="open", status="active", version=1, created_at=NOW, same_values=0,
            )
        )  # fmt: skip
    with pytest.raises(Refused, match="Goals speak of people"):
        undo_last(sqlite_engine, actor="t", at=NOW, policy=Policy(), as_of=AS_OF)
    with sqlite_engine.begin() as connection:
        connection.execute(delete(GoalRow))
    assert undo_last(sqlite_engine, actor="t", at=NOW, policy=Policy(), as_of=AS_OF).kind == "people"
