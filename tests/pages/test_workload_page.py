"""The workload screen: what is shown, hidden and missing reads differently, and the address says what is chosen."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.policy import Policy
from core.workload.board import WorkloadBoard, WorkloadFilters, export_frame
from core.workload.sustained_list import SustainedList, SustainedRow
from core.workload.unit_detail import UnitDetail
from pages.parts import heat_table, take_away
from pages.parts.plain import plain
from tests.core.workload.boards import JOIN_NAME, LAST, LONG_NAME, fabricated_board
from tests.core.workload.details import NAUGHTY, RISEN, fabricated_detail


class Asked(list[WorkloadFilters]):
    """The filters that the screen asked the view for, newest last, and the board that it gets."""

    board: WorkloadBoard
    viewers: list[Viewer]
    detail: UnitDetail
    details: list[tuple[Viewer, str, WorkloadFilters]]
    sustained: SustainedList
    lists: list[tuple[Viewer, WorkloadFilters]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Views that answer every question with something fabricated and remember the question."""
    questions = Asked()
    questions.board = fabricated_board()
    questions.viewers, questions.details, questions.lists = [], [], []
    questions.detail = fabricated_detail(["hidden", *[RISEN] * 7])
    questions.sustained = SustainedList((), 4, 1.1, "No team has run above 110 %.", "Load", 4, "That is good to know.")

    def answer(_: object, viewer: Viewer, filters: WorkloadFilters, *, policy: Policy, as_of: object) -> WorkloadBoard:
        questions.append(filters)
        questions.viewers.append(viewer)
        if filters.unit == "elsewhere":
            raise NoPermission("'elsewhere' is not a unit that you may see.")
        return questions.board

    def detail(_: object, viewer: Viewer, key: str, filters: WorkloadFilters, *, policy: Policy) -> UnitDetail:
        questions.details.append((viewer, key, filters))
        return replace(questions.detail, key=key)

    def lasting(_: object, viewer: Viewer, filters: WorkloadFilters, *, policy: Policy) -> SustainedList:
        questions.lists.append((viewer, filters))
        return questions.sustained

    monkeypatch.setattr("pages.parts.loaders.workload_board", answer)
    monkeypatch.setattr("pages.parts.detail_loaders.unit_detail", detail)
    monkeypatch.setattr("pages.parts.sustained_loaders.sustained_list", lasting)
    return questions


def words(at: AppTest) -> str:
    """Everything that the screen says outside charts, tables and buttons."""
    parts = [*at.title, *at.header, *at.caption, *at.markdown]
    return " ".join(part.value for part in parts).replace("\\", "")


def labels(at: AppTest) -> list[str]:
    """The labels of all buttons."""
    return [button.label for button in at.button]


def charts(at: AppTest) -> dict[str, Any]:
    """The charts on the screen by name, without the mode that ends their keys."""
    return {chart.key.rpartition("_")[0]: chart for chart in at.get("plotly_chart")}


def test_the_screen_says_what_the_board_says(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Sentence, support line, period and notice come from the board, and the trail leads up."""
    at = sign_in("leader")
    board = asked.board

    assert not at.exception
    assert at.title[0].value.replace("\\", "") == board.sentence
    assert all(text in words(at) for text in (board.support, board.notice, f"Products · {board.period}"))
    assert "Northwind" in labels(at)


def test_the_view_is_asked_with_the_scope_and_without_the_person(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The cached question holds roles and units and nothing that names somebody."""
    sign_in("manager")

    assert asked.viewers == [Viewer(id=0, name="", display_name="", roles=("manager",), units=("Northwind/Products",))]


def test_the_address_decides_unit_measure_and_weeks(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """A link reproduces the view."""
    sign_in(
        "leader",
        unit="northwind-products",
        metric="meeting_hours",
        weeks="52",
        until="2026-03-02",
        cell="unit:5.2026-03-02",
    )

    assert asked[-1] == WorkloadFilters(unit="northwind-products", metric="meeting_hours", weeks=52, until=LAST)


@pytest.mark.parametrize(
    "tampered",
    [
        {"metric": "no_such_metric"},
        {"metric": "=cmd|' /C calc'!A0"},
        {"weeks": "27"},
        {"weeks": "-1"},
        {"weeks": "8; drop table release"},
        {"until": "2026-03-03"},
        {"until": "tomorrow"},
        {"view": "<script>alert(1)</script>"},
        {"cell": "unit:5"},
        {"cell": "unit:999.2026-03-02"},
        {"cell": "unit:5.1999-01-04"},
        {"cell": "..."},
        {"unit": ""},
    ],
)
def test_what_an_address_cannot_mean_falls_back_to_the_default(
    tampered: dict[str, str], asked: Asked, sign_in: Callable[..., AppTest]
) -> None:
    """A tampered address raises nothing and asks for nothing but the default."""
    at = sign_in("leader", **tampered)

    assert not at.exception and not at.error
    assert asked[-1] == WorkloadFilters(unit=None, metric=None, weeks=26, until=None)
    assert at.segmented_control(key="workload_view").value == "Picture"
    assert at.header[0].value == "Products"


def test_a_unit_out_of_scope_says_so_and_leads_back(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """A link to somebody else's unit shows why it is closed, and one button leads to what is open."""
    at = sign_in("leader", unit="elsewhere")

    assert not at.get("plotly_chart")
    assert "is not a unit that you may see" in words(at)
    at.button(key="way_back").click().run()
    assert asked[-1].unit is None
    assert at.get("plotly_chart")


def test_choices_write_the_address_as_ids(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Measure, weeks and view go into the address by id, also when they are the default."""
    at = sign_in("leader")
    at.selectbox(key="workload_metric").select("meeting_hours").run()
    at.segmented_control(key="workload_weeks").select(8).run()
    at.segmented_control(key="workload_view").select("Table").run()

    assert {name: at.query_params[name] for name in ("metric", "weeks", "view")} == {
        "metric": "meeting_hours",
        "weeks": "8",
        "view": "Table",
    }
    assert (asked[-1].metric, asked[-1].weeks) == ("meeting_hours", 8)
    assert at.dataframe and not charts(at).get("heat")
    assert charts(at)["legend"]


def test_going_up_keeps_measure_and_weeks(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The trail changes the unit and lets go of the cell; the other choices stay."""
    at = sign_in("leader", unit="northwind-products", weeks="52", cell="unit:5.2026-03-02")
    at.button(key="up_northwind").click().run()

    assert asked[-1] == WorkloadFilters(unit="northwind", metric=None, weeks=52, until=None)
    assert "cell" not in at.query_params


def test_filters_survive_a_change_of_screen(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Coming back from another screen by the navigation, which carries no address, keeps the filters of this tab."""
    at = sign_in("leader", weeks="52", metric="meeting_hours")
    at.query_params.clear()
    at.session_state["screen of the last address"] = "another screen"
    at.run()

    assert (asked[-1].weeks, asked[-1].metric) == (52, "meeting_hours")
    assert at.query_params["weeks"] == "52"


def test_an_emptied_address_starts_over(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Choosing the screen again, or going back to its bare address, shows the default."""
    at = sign_in("leader", weeks="52")
    at.query_params.clear()
    at.run()

    assert asked[-1] == WorkloadFilters(unit=None, metric=None, weeks=26, until=None)


@pytest.mark.parametrize(
    ("cell", "said", "unsaid"),
    [
        ("unit:5.2026-03-02", ["131 % · Critical", "Somewhere between 128 % and 134 %", "10–19 people"], ["No data"]),
        (
            "unit:2.2026-03-02",
            ["Not shown, to protect people", "These hours count in Products"],
            ["76 %", "No data was"],
        ),
        ("unit:2.2026-02-23", ["No data was received. This is not zero."], ["Not shown", "76 %"]),
        ("unit:3.2026-03-02", ["Not shown, to protect people", f"These hours count in {JOIN_NAME}"], ["106 %"]),
        ("join:9.2026-03-02", ["106 % · Stretched", JOIN_NAME], ["Not shown"]),
    ],
)
def test_shown_hidden_missing_and_joined_are_told_apart(
    cell: str, said: list[str], unsaid: list[str], asked: Asked, sign_in: Callable[..., AppTest]
) -> None:
    """The panel says in words what the cell is, and a hidden cell says no number."""
    at = sign_in("leader", cell=cell)
    text = words(at).replace("\u00a0", " ")

    assert not at.exception
    assert all(part in text for part in said)
    assert not any(part in text for part in unsaid)


def test_the_panel_is_asked_for_the_row_of_the_cell_with_the_scope_alone(
    asked: Asked, sign_in: Callable[..., AppTest]
) -> None:
    """Row, unit, measure and weeks are those of the picture; roles and units ask, nobody's name does."""
    address = {"unit": "northwind-products", "metric": "meeting_hours", "weeks": "52", "until": "2026-03-02"}
    sign_in("manager", **address, cell="unit:5.2026-02-23")
    nobody = Viewer(id=0, name="", display_name="", roles=("manager",), units=("Northwind/Products",))
    filters = WorkloadFilters(unit="northwind-products", metric="meeting_hours", weeks=52, until=LAST)

    assert asked.details == [(nobody, "unit:5", filters)]


def test_without_a_cell_the_panel_is_about_the_unit_looked_at(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The heading row is asked for, at company level as anywhere."""
    at = sign_in("leader")

    assert [key for _, key, _ in asked.details] == ["unit:1"]
    assert at.header[0].value == "Products"


def test_the_panel_reads_a_shown_cell_against_its_own_history(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Band and verdict as badges, the sentence with the limits, the trend and the siblings as charts with words."""
    at = sign_in("leader", cell="unit:5.2026-03-02")
    text = words(at)
    drawn = charts(at)

    assert "Beyond usual swing" in text
    assert asked.detail.said in text and asked.detail.siblings_said in text
    assert drawn["trend"].proto.alt.replace("\\", "") == asked.detail.trend_alt
    assert drawn["siblings"].proto.alt.replace("\\", "") == asked.detail.siblings_alt


def test_what_travels_for_a_trend_holds_no_number_of_a_hidden_week(
    asked: Asked, sign_in: Callable[..., AppTest]
) -> None:
    """The hidden week is a gap in the line and a word in the hover."""
    figure = json.loads(charts(sign_in("leader", cell="unit:5.2026-03-02"))["trend"].proto.spec)
    line = next(trace for trace in figure["data"] if trace.get("hovertext"))

    assert line["y"][0] is None
    assert "hidden" in line["hovertext"][0] and "%" not in line["hovertext"][0]


def test_every_chart_has_its_table(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Beside the trend and the siblings their numbers as a table; hidden weeks and siblings in words."""
    tables = [table.value for table in sign_in("leader", cell="unit:5.2026-03-02").table]
    trend = next(table for table in tables if "Load against available hours" in table.columns)
    beside = next(table for table in tables if list(table.index) == ["Calm", NAUGHTY, "Small"])

    assert list(trend.iloc[:, 0])[-1] == "hidden"
    assert beside.loc["Small"].iloc[0] == "" and beside.loc["Small"].iloc[-1].startswith("not shown")


def test_a_row_that_is_never_shown_draws_no_trend(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The panel says that it is hidden and draws no empty axes."""
    asked.detail = fabricated_detail(["hidden"] * 8)
    at = sign_in("leader", cell="unit:2.2026-03-02")

    assert "Not shown, to protect people" in words(at)
    assert "trend" not in charts(at)


def test_lasting_load_is_listed_for_the_unit_and_leads_to_the_team(
    asked: Asked, sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for the same unit and last week whatever the measure; choosing a team writes its address."""
    row = SustainedRow(
        "unit:5", "northwind-products-returns", "Returns", "Products", 9, False, "131 %", (100.0, 131.0),
        "Beyond usual swing", "northwind-products-returns",
    )  # fmt: skip
    asked.sustained = replace(asked.sustained, rows=(row,), empty="")
    monkeypatch.setattr("pages.parts.sustained.phone", lambda: True)
    at = sign_in("leader", metric="meeting_hours", until="2026-03-02", cell="unit:2.2026-03-02")
    _, filters = asked.lists[-1]

    assert (filters.unit, filters.until) == ("northwind-products", LAST)
    assert "Sustained load" in words(at) and "Returns" in words(at)
    at.button(key="sustained_0").click().run()
    assert asked[-1].unit == "northwind-products-returns"
    assert "cell" not in at.query_params or at.query_params["cell"].startswith("unit:5.")


def test_a_hidden_cell_leads_to_where_its_hours_count(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The button in the panel selects the cell that includes these people, in the same week."""
    at = sign_in("leader", cell="unit:3.2026-03-02")
    at.button(key="shown_with").click().run()

    assert at.query_params["cell"] == "join:9.2026-03-02"
    assert at.header[0].value == JOIN_NAME


def test_a_unit_with_others_below_it_can_be_opened(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """The panel of such a unit has a button that goes into it; a unit without any has none."""
    at = sign_in("leader", cell="unit:2.2026-03-02")
    at.button(key="open_northwind-products-design").click().run()

    assert asked[-1].unit == "northwind-products-design"
    assert not any(label.startswith("Open") for label in labels(sign_in_again(at, "unit:5.2026-03-02")))


def sign_in_again(at: AppTest, cell: str) -> AppTest:
    """The same tab at another cell."""
    at.query_params["cell"] = cell
    return at.run()


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ("unit:2", {"unit": "northwind-products-design"}),
        ("unit:5", {"cell": "unit:5.2026-03-02"}),
        ("unit:1", {"cell": "unit:1.2026-03-02"}),
        ("join:9", {"cell": "join:9.2026-03-02"}),
        ("unit:999", {}),
    ],
)
def test_a_click_opens_what_has_units_below_and_selects_the_rest(
    row: str, address: dict[str, str], asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sub-unit that opens is gone into; a leaf, the heading and a join are selected; an unknown address does nothing."""
    from core.workload.figures import Cell
    from pages.parts import workload_choices

    written: dict[str, str | None] = {}
    monkeypatch.setattr("pages.parts.address.change", lambda **changes: written.update(changes))
    workload_choices.choose_cell(asked.board, Cell(row, LAST))

    assert {name: value for name, value in written.items() if value is not None} == address


def test_the_picture_holds_no_value_of_a_hidden_cell(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """What travels to the browser for hidden cells is their address, a hatch and words."""
    at = sign_in("leader")
    chart = charts(at)["heat"]
    figure = json.loads(chart.proto.spec)
    hidden = next(trace for trace in figure["data"] if trace["name"] == "hidden")

    assert hidden["marker"]["pattern"]["shape"] == "/"
    assert set(hidden["text"]) == {""}
    assert chart.proto.alt == asked.board.alt


def test_the_table_says_in_words_what_is_not_a_number(asked: Asked) -> None:
    """Hidden, no data and joined are words; the join has a row of its own and its parts name it; newest week first."""
    frame = heat_table.styled(asked.board, "light").data.set_index("Unit")
    newest, before, oldest = frame.columns[0], frame.columns[1], frame.columns[-1]

    assert (newest, oldest) == ("2 Mar", "12 Jan")
    assert (frame.loc["Design", newest], frame.loc["Design", before]) == ("hidden", "no data")
    assert frame.loc["Billing", newest] == "joined"
    assert frame.loc["Billing", oldest] == "90"
    assert (frame.loc[JOIN_NAME, newest], frame.loc[JOIN_NAME, oldest]) == ("106", "")
    assert list(frame.index)[-1] == "Others in Products"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_table_is_coloured_like_the_picture(mode: str, asked: Asked) -> None:
    """Cells take fill and digits of their band from the theme of the mode."""
    from core.metrics import palette

    colours = palette.theme_colours(heat_table.CONFIG, mode)
    styler = heat_table.styled(asked.board, mode)
    styler._compute()
    critical = dict(styler.ctx[5, 1])

    assert critical["background-color"] == colours[palette.CRITICAL_FILL]
    assert critical["color"].strip() == colours[palette.CRITICAL_TEXT]


def test_the_file_holds_what_the_board_holds(
    asked: Asked, sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The download is the export of the board on the screen, hidden cells in words and formulas disarmed."""
    import io

    import streamlit as st

    sent: dict[str, object] = {}

    def keep(label: str, data: bytes, **rest: object) -> None:
        sent.update(rest, data=data)

    monkeypatch.setattr(take_away.st, "download_button", keep)
    asked.board = replace(asked.board, rows=asked.board.rows.replace({"name": {"Design": "=1+1"}}))
    at = sign_in("leader")
    read = pd.read_csv(io.BytesIO(bytes(sent["data"])), keep_default_na=False, dtype=str)  # type: ignore[call-overload]
    expected = export_frame(asked.board)

    assert st is take_away.st and not at.exception
    assert list(read.columns) == list(expected.columns)
    assert read[["unit", "week", "status", "text"]].equals(expected[["unit", "week", "status", "text"]].astype(str))
    assert "'=1+1" in set(read["unit"])
    assert sent["file_name"] == "workload-northwind-products-utilisation.csv"


def test_the_explanation_is_the_one_of_the_catalogue(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """*How is this computed?* shows formula, unit, source and caveat of the measure."""
    from core.metrics.wording import explanation

    shown = sign_in("leader").table[0].value
    texts = {str(name): str(text).replace("\\", "") for name, text in zip(shown.index, shown.iloc[:, 0], strict=True)}

    assert texts == {name: text.replace("\\", "") for name, text in explanation(asked.board.metric).items()}


def test_a_board_of_hidden_cells_keeps_its_picture_and_leads_up(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """When nothing may be shown the frame stays, hatched, and a button leads to the level above."""
    asked.board = fabricated_board(everything_hidden=True)
    at = sign_in("leader", unit="northwind-products")

    assert {"legend", "heat"} <= set(charts(at))
    at.button(key="above").click().run()
    assert asked[-1].unit == "northwind"


def test_a_name_is_text_wherever_it_is_shown(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """A unit whose name looks like markup is written as it is, in the panel and in the trail."""
    at = sign_in("leader", cell="unit:5.2026-03-02")

    assert at.header[0].value == plain(LONG_NAME)
    assert plain("[a](http://b) :material/x: $y$ <i>") == r"\[a\](http\://b) \:material/x\: \$y\$ \<i\>"


def test_an_empty_database_says_who_can_fill_it(sign_in: Callable[..., AppTest], database: Engine) -> None:
    """With units but no released week the screen says so; with no unit at all it says what to ask for."""
    from sqlalchemy import insert

    from core.people.tables import OrgUnit

    with database.begin() as connection:
        connection.execute(
            insert(OrgUnit).values(path="Northwind", slug="northwind", name="Northwind", parent_id=None, depth=0)
        )
    at = sign_in("leader")

    assert not at.exception
    assert "No data yet" in words(at)
    assert "Your administrator brings the data in." in words(at)


def test_nobody_in_the_database_is_no_error(sign_in: Callable[..., AppTest], database: Engine) -> None:
    """Without any unit the leader reads that nothing has come in yet; nothing fails."""
    at = sign_in("leader")

    assert not at.exception and not at.error
    assert "Nothing has been brought in yet: neither people nor hours." in words(at)


def test_a_choice_without_data_keeps_its_controls(asked: Asked, sign_in: Callable[..., AppTest]) -> None:
    """Where a measure has no data for these weeks, the choices stay on the screen so that others can be made."""
    no_rows = asked.board.rows.iloc[:0], asked.board.cells.iloc[:0]
    asked.board = replace(
        asked.board, weeks=(), rows=no_rows[0], cells=no_rows[1], empty="Meeting hours: no data for these 8 weeks."
    )
    at = sign_in("leader")

    assert not at.exception
    assert at.selectbox(key="workload_metric").options == ["Load against available hours", "Meeting hours"]
    assert "This is not zero" in words(at)
    assert not at.get("plotly_chart")


@pytest.mark.parametrize("name", ["hr", "leader"])
def test_before_anything_is_brought_in_the_page_shows_the_way(
    database: Engine, sign_in: Callable[..., AppTest], name: str
) -> None:
    """No data yet, and for those who may the way to bring it in; nobody is told that it is not part of their view."""
    at = sign_in(name).switch_page("workload.py").run()

    headers = [header.value for header in at.header]
    assert any("No data yet" in each for each in headers) and not any("Not part of" in each for each in headers)
    said = " ".join(caption.value for caption in at.caption)
    assert ("A file can be brought in here" in said) == (name == "hr")
