"""The list of sustained load on the screen: a table, cards on a phone, and kind words when there is nothing to list."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.access.refusals import NoPermission
from core.workload.sustained_list import PASSING, WAITING, SustainedList, SustainedRow
from pages.parts import sustained, sustained_loaders, sustained_table
from tests.core.overview.cells import COMPANY, JOINS, publish

NBSP = "\u00a0"


def a_row(name: str, weeks: int, against: str, **other: Any) -> SustainedRow:
    """A row whose first two weeks are not shown."""
    series = (None, None, 97.0, 118.0, 122.0)
    return SustainedRow(
        name, name, name, other.pop("trail", ""), weeks, weeks == 3, f"122{NBSP}%", series, against, name
    )


ROWS = (
    a_row("Platform", 9, "Beyond usual swing", trail="Engineering · Infra_structure"),
    a_row("Ops [north]", 3, "Improved"),
)
FULL = SustainedList(ROWS, 24, 1.1, "", "Load against available hours", 4)
QUIET = SustainedList(
    (), 24, 1.1, f"No team has run above 110{NBSP}% for four weeks or more.", "Load", 4, PASSING, settled=True
)
EARLY = SustainedList((), 3, 1.1, "It takes four weeks to tell whether load lasts.", "Load", 4, WAITING, settled=False)


def screen() -> None:
    """The part alone, on what the test has put into the session."""
    import streamlit as st

    from pages.parts import sustained

    sustained.show(st.session_state["found"], lambda row: st.session_state.update(chosen=row.name))


def shown(found: SustainedList) -> AppTest:
    """The part drawn with a list."""
    at = AppTest.from_function(screen, default_timeout=30)
    at.session_state["found"] = found
    at.run()
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    """Captions and paragraphs, unescaped."""
    return " | ".join(part.value for part in [*at.caption, *at.markdown]).replace("\\", "").replace(NBSP, " ")


@pytest.fixture
def on_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser calls itself a phone."""
    monkeypatch.setattr(sustained, "phone", lambda: True)


def test_the_table_says_team_place_length_value_and_history() -> None:
    """One line a team, longest first; the line holds shown weeks only; words for screen readers."""
    at = shown(FULL)
    (table,) = at.dataframe
    assert at.header[0].value == "Sustained load"
    assert list(table.value.columns) == [
        "Team", "In", f"Above 110{NBSP}%", "Latest shown", "Shown weeks", "Against its own history",
    ]  # fmt: skip
    first, second = table.value.to_dict("records")
    assert (first["Team"], first["In"], first["Latest shown"]) == (
        "Platform",
        "Engineering · Infra_structure",
        f"122{NBSP}%",
    )
    assert (first[f"Above 110{NBSP}%"], second[f"Above 110{NBSP}%"]) == ("9 weeks", "3 weeks or more")
    assert list(first["Shown weeks"]) == [97.0, 118.0, 122.0]
    assert list(second["Against its own history"]) == ["Improved"]
    assert "Above 110 % for four weeks or more, longest first. “Beyond usual swing” means outside" in texts(at)
    assert table.proto.alt.startswith("Teams with sustained load. Above 110")


def test_the_column_of_places_is_left_out_where_all_stand_directly_below() -> None:
    """At the level just above the teams there is nothing to say."""
    at = shown(SustainedList((a_row("Platform", 9, "Too little history"),), 2, 1.1, "", "Load", 4))
    assert "In" not in at.dataframe[0].value.columns


def test_a_ticked_row_is_chosen_once_and_does_not_stay_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row at the place that the browser names goes to the caller; the table is drawn anew, nothing ticked; none is none."""
    held: dict[str, Any] = {}
    state: dict[str, Any] = {}
    monkeypatch.setattr(sustained_table.st, "session_state", state)
    monkeypatch.setattr(sustained_table.st, "dataframe", lambda _, **asked: held.update(asked))
    chosen: list[str] = []
    sustained_table.table(FULL, lambda row: chosen.append(row.name))
    first = held["key"]
    state[first] = SimpleNamespace(selection=SimpleNamespace(rows=[]))
    held["on_select"]()
    assert chosen == []
    state[first] = SimpleNamespace(selection=SimpleNamespace(rows=[1]))
    held["on_select"]()
    assert chosen == ["Ops [north]"]
    sustained_table.table(FULL, lambda row: chosen.append(row.name))
    assert held["key"] != first


def test_on_a_phone_each_team_is_a_card_with_a_way_on(on_phone: None) -> None:
    """No wide table; name, place, length and verdict; names are text; the arrow chooses the row of its card."""
    at = shown(FULL)
    assert not at.dataframe
    assert "**Platform**" in texts(at)
    assert "Above 110 % for 9 weeks, now at 122 %." in texts(at)
    assert "Above 110 % for 3 weeks or more, now at 122 %." in texts(at)
    assert "**Ops \\[north\\]**" in [part.value for part in at.markdown]
    assert ":orange-badge[:material/north_east: Beyond usual swing]" in texts(at)
    at.button(key="sustained_1").click().run()
    assert at.session_state["chosen"] == "Ops [north]"


@pytest.mark.parametrize(("found", "icon"), [(QUIET, "check"), (EARLY, "hourglass_empty")])
def test_an_empty_list_is_a_card_that_says_what_that_means(found: SustainedList, icon: str) -> None:
    """Good news and too early have their own icon and words; no table, no note about one."""
    at = shown(found)
    assert not at.dataframe
    assert f":material/{icon}: **{found.empty.replace(NBSP, ' ')}**" in texts(at)
    assert found.meaning in texts(at)
    assert "longest first" not in texts(at)


def test_every_verdict_has_its_badge() -> None:
    """Orange for strain, blue for better, grey for the rest: whatever the list may say."""
    from core.workload.sustained_list import AGAINST

    assert set(sustained.BADGES) == set(AGAINST.values())
    assert {words: colour for words, (colour, _) in sustained.BADGES.items() if colour != "gray"} == {
        "Beyond usual swing": "orange",
        "Improved": "blue",
    }


@pytest.fixture
def company(sqlite_engine: Engine, fresh_settings: Callable[..., None]) -> Iterator[Engine]:
    """The loader reads a company of published cells, in which One has run high for nine weeks."""
    publish(sqlite_engine, COMPANY, joins=JOINS)
    fresh_settings(database_url=str(sqlite_engine.url), demo="1")
    yield sqlite_engine


def test_the_cache_keeps_scopes_apart(company: Engine) -> None:
    """Leader of all, manager of B, employee of Two, asked in turn and again: each gets the list of the own scope."""
    asked = {
        "leader": {"roles": ("leader",), "units": ("Co",), "own_unit": ""},
        "manager": {"roles": ("manager",), "units": ("Co/B",), "own_unit": ""},
        "employee": {"roles": ("employee",), "units": (), "own_unit": "Co/A/Two"},
    }
    for _ in range(2):
        names = {
            who: [row.name for row in sustained_loaders.sustained(**scope, unit=None, until=None).rows]  # type: ignore[arg-type]
            for who, scope in asked.items()
        }
        assert names == {"leader": ["One"], "manager": [], "employee": []}
    with pytest.raises(NoPermission):
        sustained_loaders.sustained(roles=("manager",), units=("Co/B",), own_unit="", unit="Co/A", until=None)
