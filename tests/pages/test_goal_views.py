"""The views Tree, Map and Team of Goals, drawn for an account: levels, filters, thousands of goals, and every calm state."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, insert, select, update
from streamlit.testing.v1 import AppTest

from core.access.tables import AccessLog
from core.calendar import now, today
from core.goals.goal import Kind, Measure, Visibility
from core.goals.tables import GoalRow
from core.people.tables import Assignment, Person
from tests.core.goals.desk import ONE, Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, hold_session, press, sound, widget, words

PLAIN = {"kind": Kind.OBJECTIVE, "measure": Measure.NONE}


def tree() -> None:
    """The script under test: the view Tree for whoever is signed in."""
    from pages.parts import goal_tree, session

    goal_tree.show(session.still(), ("tree", "map", "team"))


def picture() -> None:
    """The script under test: the view Map for whoever is signed in."""
    from pages.parts import goal_map, session

    goal_map.show(session.still(), ("tree", "map", "team"))


def team() -> None:
    """The script under test: the view Team for whoever is signed in."""
    from pages.parts import goal_room, session

    goal_room.show(session.still(), ("tree", "map", "team"))


@pytest.fixture
def desk(database: Engine) -> Desk:
    """An organisation with people who set goals, on the database of the pages."""
    return desk_on(database)


@pytest.fixture
def seen(desk: Desk, jar: Jar) -> Callable[..., AppTest]:
    """A view as an account sees it, with an address."""

    def draw(script: Callable[[], None], name: str = "emp", **address: str) -> AppTest:
        hold_session(desk.engine, jar, name)
        at = AppTest.from_function(script, default_timeout=30)
        for part, value in address.items():
            at.query_params[part] = value
        return sound(at.run())

    return draw


@pytest.fixture
def goals(desk: Desk) -> dict[str, int]:
    """An objective of the company, one of a unit below it, and a key result of a person."""
    company = desk.active(title="Company", owner="Co", **PLAIN)
    unit = desk.active(title="Unit", owner=ONE, parent_id=company, standalone=False, **PLAIN)
    result = desk.active(title="Result", parent_id=unit, standalone=False, due=today() + timedelta(days=30))
    desk.check_in(result, value=1.0, at=now())
    return {"company": company, "unit": unit, "result": result}


def test_the_tree_is_walked_level_by_level(seen: Callable[..., AppTest], goals: dict[str, int]) -> None:
    """From the company down and back up by the trail; the address holds the level."""
    at = seen(tree)
    assert "by what is below" in words(at)
    labels = [button.label for button in at.button]
    assert {"**Company**", "Unit", "What is below"} <= set(labels)
    assert "Result" not in labels

    at = press(at, f"root_{goals['company']}")
    assert at.query_params["root"] == str(goals["company"])
    assert {"All goals", "**Unit**", "Result"} <= {button.label for button in at.button}

    at = press(press(at, f"root_{goals['unit']}"), f"up_{goals['company']}")
    assert at.query_params["root"] == str(goals["company"])


def test_a_thousand_key_results_under_one_objective_are_paged(desk: Desk, seen: Callable[..., AppTest]) -> None:
    """The card shows a few and how many more; the level of the objective has pages, and each is drawn."""
    objective = desk.active(title="Objective", owner="Co", **PLAIN)
    first = desk.active(title="Key result", parent_id=objective, standalone=False)
    with desk.engine.begin() as connection:
        row = dict(connection.execute(select(GoalRow.__table__).where(GoalRow.id == first)).one()._mapping)
        row.pop("id")
        connection.execute(insert(GoalRow), [{**row, "title": f"Key result {place}"} for place in range(2, 1001)])

    at = seen(tree)
    assert at.button(key=f"root_{objective}").label == "and 994 more below"
    at = press(at, f"root_{objective}")
    assert "1–10 of 1,000" in words(at)
    assert "991–1000 of 1,000" in words(seen(tree, root=str(objective), place="100"))
    drawn = seen(picture, root=str(objective)).get("plotly_chart")[0]  # a picture has a bar a goal that it can hold
    assert drawn.proto.spec.count("customdata") == 1


def test_the_filters_stand_in_the_address(seen: Callable[..., AppTest], goals: dict[str, int]) -> None:
    """What is chosen is written there, what there is not is taken as nothing, and no fit is told with its reason."""
    at = seen(tree)
    widget(at, "selectbox", "kind").set_value("kpi").run()
    assert at.query_params["kind"] == "kpi"
    assert "No goal that you see is of this unit, time and kind." in words(sound(at))
    assert "Company" in str([button.label for button in seen(tree, kind="no such kind", period="ever").button])


@pytest.mark.parametrize("script", [tree, picture])
@pytest.mark.parametrize("root", ["999999", "0", "-1", "x", "9" * 40])
def test_a_root_that_there_is_not_is_calm(
    script: Callable[[], None], root: str, seen: Callable[..., AppTest], goals: dict[str, int]
) -> None:
    """A number of no goal that one sees: the same state as for one that is not there; what is no number is the top."""
    at = seen(script, root=root)
    if root in ("999999", "0"):
        assert [header.value for header in at.header] == ["Not part of your view"]
        at = press(at, "way_back")
    assert at.title[0].value.endswith("by the weakest key result.")


def test_the_map_has_the_same_as_a_table(seen: Callable[..., AppTest], goals: dict[str, int]) -> None:
    """The twin for who does not see the picture: indented titles, whose, how it stands."""
    at = seen(picture)
    assert len(at.get("plotly_chart")) == 1
    at = sound(at.segmented_control(key="map_form").set_value("Table").run())
    frame = at.dataframe[0].value
    assert list(frame["Goal"]) == ["Company", "\u2003Unit", "\u2003\u2003Result"]
    assert set(frame["How it stands"]) <= {"At risk", "Behind its pace"}


def test_a_look_at_a_private_goal_of_a_report_is_recorded(desk: Desk, seen: Callable[..., AppTest]) -> None:
    """On the tree as everywhere; at goals that are open to everyone nothing is recorded."""
    desk.active(title="Open")
    seen(tree, "boss")
    with desk.engine.connect() as connection:
        assert connection.execute(select(AccessLog.viewer)).all() == []
    desk.settled(Visibility.PRIVATE)
    seen(tree, "boss")
    with desk.engine.connect() as connection:
        assert connection.execute(select(AccessLog.viewer, AccessLog.subject)).all() == [("boss", "emp")]


@pytest.mark.parametrize("script", [tree, picture])
def test_no_goals_yet_is_told_kindly(script: Callable[[], None], seen: Callable[..., AppTest]) -> None:
    """Nothing is there, and it says when something will be."""
    assert "Goals appear here as soon as two have agreed on one." in words(seen(script))


def test_a_goal_whose_owner_left_is_still_there(
    desk: Desk, seen: Callable[..., AppTest], goals: dict[str, int]
) -> None:
    """It stays on the tree, and needs revisiting for who manages it."""
    with desk.engine.begin() as connection:
        emp = connection.scalar(select(Person.id).where(Person.code == "emp"))
        connection.execute(update(Assignment).where(Assignment.person_id == emp).values(valid_to=date(2026, 1, 31)))
    at = seen(tree, "boss", root=str(goals["unit"]))
    assert "**Result**" in {button.label for button in at.button}
    assert "Needs revisiting" in words(at)
    room = seen(team, "boss")
    assert "No active owner" in words(room)


def test_the_team_view_is_shown_by_who_leads_a_team(seen: Callable[..., AppTest], goals: dict[str, int]) -> None:
    """To others it says who shows it; the screen names nobody."""
    at = seen(team, "boss")
    assert {header.value for header in at.header} == {"Since last time", "Needs revisiting", "Decided"}
    assert "emp" not in words(at).split()
    assert "This view is shown by who leads or manages a team" in words(seen(team, "emp"))
    assert "This is not a team that you lead or manage." in words(seen(team, "boss", team="Co/B"))
