"""What people write about goals is text on every screen: no link, picture, formula or icon comes of it."""

from typing import Any

import pytest
from sqlalchemy import Engine, insert, update
from streamlit.testing.v1 import AppTest

from core.goals.decisions import Decision
from core.goals.goal import Kind, Measure
from core.goals.tables import GoalEvidence, GoalMilestone
from core.people.tables import OrgUnit, Person
from tests.core.goals.desk import NOW, ONE, Desk
from tests.pages.conftest import Jar
from tests.pages.goal_desk import desk_on, opened_as, sound

HOSTILE = "[tap](https://elsewhere.example) ![pic](https://elsewhere.example/p) $x$ :material/bolt: <b>b</b>"
MEANING = ("[tap](", "![pic](", " $x$ ", " :material/bolt: ")
TYPED = {
    "text_input",
    "text_area",
    "selectbox",
    "multiselect",
    "dataframe",
    "arrow_data_frame",
    "plotly_chart",
}  # no Markdown


@pytest.fixture
def desk(database: Engine) -> Desk:
    """Goals whose every text is hostile, of people and a unit with such names."""
    made = desk_on(database)
    with database.begin() as connection:
        connection.execute(update(Person).values(name=Person.code + " " + HOSTILE))
        connection.execute(update(OrgUnit).values(name=HOSTILE))
    words: dict[str, Any] = {"title": HOSTILE, "metric": HOSTILE, "unit": HOSTILE[:60], "acceptance": HOSTILE}
    above = made.active(owner=ONE, kind=Kind.OBJECTIVE, measure=Measure.NONE, title=HOSTILE, acceptance="")
    goal = made.active(**words, parent_id=above, last_value=3.0)
    steps = made.active(**words, measure=Measure.MILESTONES, guardrail_id=goal, standalone=False)
    with database.begin() as connection:
        step = {"goal_id": steps, "place": 1, "title": HOSTILE, "due": None, "done_on": None, "weight": 1.0}
        connection.execute(insert(GoalMilestone).values(step))
        for link in ("https://[", "javascript:alert(1)", "https://board.example/7"):
            shown = {"goal_id": goal, "label": HOSTILE, "link": link, "by": HOSTILE, "at": NOW}
            connection.execute(insert(GoalEvidence).values(shown))
    for number in (goal, steps):
        made.check_in(number, value=3.0, note=HOSTILE, confidence=2)
    made.decide(goal, Decision.KEEP, reason=HOSTILE)
    made.propose(made.draft(**words).goal_id)
    made.draft(**words)
    return made


def elements(at: AppTest) -> list[tuple[str, str]]:
    """(kind, what it holds) of every element of the page; the words for screen readers, which are never Markdown, left out."""
    found, waiting = [], list(at.main.children.values())
    while waiting:
        each = waiting.pop()
        waiting += list(getattr(each, "children", {}).values())
        if (proto := getattr(each, "proto", None)) is not None:
            lines = str(proto).replace("\\\\", "\\").splitlines()
            found.append((each.type, "\n".join(line for line in lines if not line.startswith("alt: "))))
    return found


def read_as_markdown(at: AppTest) -> list[str]:
    """Elements that Streamlit reads as Markdown and that hold what means something to it. The page names the goal at all."""
    every = elements(at)
    assert any("elsewhere" in said for _, said in every)
    return [f"{kind}: {said}" for kind, said in every if kind not in TYPED and any(each in said for each in MEANING)]


SCREENS = [
    ("boss", "goals.py", {}),
    ("boss", "goals.py", {"view": "tree"}),
    ("boss", "goals.py", {"view": "map"}),
    ("boss", "goals.py", {"view": "team"}),
    ("emp", "my_goals.py", {}),
    ("boss", "my_goals.py", {}),
    ("emp", "overview.py", {}),
    ("boss", "overview.py", {}),
]


@pytest.mark.parametrize(("who", "page", "address"), SCREENS)
def test_no_text_about_a_goal_is_read_as_anything_but_text(
    desk: Desk, jar: Jar, who: str, page: str, address: dict[str, str]
) -> None:
    """Lists, tree, map, team view, own goals, what waits."""
    at = opened_as(desk.engine, jar, who, page, **address)
    assert read_as_markdown(at) == []


def test_nor_on_the_page_of_a_goal_or_in_the_form_that_changes_it(desk: Desk, jar: Jar) -> None:
    """A link that cannot be read, or is no link to a web page, is text as well."""
    goals = [each.goal.id for each in desk.own("emp").goals]
    assert len(goals) == 2
    at = opened_as(desk.engine, jar, "emp", "goal.py", goal=str(goals[0]))
    for number in goals:
        at.query_params["goal"] = str(number)
        assert read_as_markdown(sound(at.run())) == []
    for number in goals:
        assert read_as_markdown(opened_as(desk.engine, jar, "boss", "my_goals.py", edit=str(number))) == []
