"""The list of sustained load: the same teams and weeks as the sentence on top, each read against its own history."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.people.views import units_seen
from core.workload.board import WorkloadFilters
from core.workload.sustained_list import PASSING, WAITING, SustainedList, SustainedRow, sustained_list
from core.workload.views import workload_board
from core.workload.wording import NUMBERS
from tests.conftest import AS_OF
from tests.core.overview.cells import HIDDEN, JOIN, JOINS, LAST, QUIET, publish, rising
from tests.organisations import POLICY, who

PLATFORM = "Northwind/Engineering/Infrastructure/Platform"
Series = Sequence[float | str]


LEADER = who("leader", units=("Co",))


def listed(engine: Engine, viewer: Viewer = LEADER, **filters: object) -> SustainedList:
    """The list of a viewer."""
    with engine.connect() as connection:
        return sustained_list(connection, viewer, WorkloadFilters(**filters), policy=POLICY)  # type: ignore[arg-type]


def made_of(engine: Engine, **teams: Series) -> Engine:
    """Publishes load for teams of the small company; the others are quiet. Names are those of the teams."""
    paths = {"One": "Co/A/One", "Two": "Co/A/Two", "Three": "Co/B/Three", "Four": "Co/B/Four", "Five": "Co/B/Five"}
    series: Mapping[str, Series] = {name: teams.get(name, QUIET) for name in paths}
    cells = {(paths[name], "utilisation"): values for name, values in series.items()}
    publish(engine, cells | {(path, "utilisation"): QUIET for path in ("Co", "Co/A", "Co/B")})
    return engine


def told(found: SustainedList) -> list[tuple[str, str, str]]:
    """Name, how long, against its own history."""
    return [(row.name, row.lasting, row.against) for row in found.rows]


# --- hand-made cells -----------------------------------------------------------------------------------------------


def test_the_longest_come_first_and_names_decide_between_equals(sqlite_engine: Engine) -> None:
    """Nine weeks before five, Five before Three; three weeks are not yet listed; every team is counted."""
    found = listed(made_of(sqlite_engine, One=rising(5), Two=rising(3), Three=rising(9), Five=rising(9)))
    assert told(found) == [
        ("Five", "9 weeks", "Beyond usual swing"),
        ("Three", "9 weeks", "Beyond usual swing"),
        ("One", "5 weeks", "Beyond usual swing"),
    ]
    assert (found.teams, found.line, found.weeks, found.empty) == (5, 1.10, 4, "")
    assert found.metric_name == "Load against available hours"
    assert found.note.startswith("Above 110\u00a0% for four weeks or more, longest first.")


def test_a_row_says_where_the_team_is_and_what_it_shows(sqlite_engine: Engine) -> None:
    """Names below the unit looked at; percent of 26 weeks, None where nothing is shown; the newest shown value."""
    series: Series = [*QUIET[:45], 1.2, HIDDEN, 1.18, 1.2, 1.2, 1.25, HIDDEN]
    found = listed(made_of(sqlite_engine, One=series))
    (row,) = found.rows
    assert row == SustainedRow(
        key=row.key,
        slug="co.a.one",
        name="One",
        trail="A",
        weeks=5,
        or_more=False,
        value_text="125\u00a0%",
        series=(*[round(float(v) * 100, 1) for v in QUIET[26:45]], 120.0, None, 118.0, 120.0, 120.0, 125.0, None),
        against="Beyond usual swing",
        opens_slug="co.a.one",
    )
    assert row.key.startswith("unit:")
    (own,) = listed(sqlite_engine, unit="Co/A").rows
    assert own.trail == ""


def test_a_hidden_week_neither_counts_nor_resets_and_a_low_one_resets(sqlite_engine: Engine) -> None:
    """Four high weeks with gaps between them are listed; three after a week within capacity are not."""
    gaps: Series = [*QUIET[:44], 1.2, HIDDEN, HIDDEN, 1.2, HIDDEN, 1.2, 1.2, HIDDEN]
    reset: Series = [*QUIET[:45], 1.2, 1.2, 1.2, 1.0, 1.2, 1.2, 1.2]
    assert told(listed(made_of(sqlite_engine, One=gaps, Two=reset))) == [("One", "4 weeks", "Beyond usual swing")]


def test_a_week_on_the_line_is_not_above_it(sqlite_engine: Engine) -> None:
    """110 % is stretched; 111 % is above."""
    found = listed(made_of(sqlite_engine, One=rising(6, 1.10), Two=rising(6, 1.11)))
    assert [row.name for row in found.rows] == ["Two"]


def test_a_run_that_fills_everything_shown_may_be_longer(sqlite_engine: Engine) -> None:
    """26 weeks of 26 read as '26 weeks or more'; a young team's five of five as well; with 52 weeks in view 40 are 40."""
    young: Series = [*[HIDDEN] * 47, *[1.2] * 5]
    engine = made_of(sqlite_engine, One=rising(40), Two=young)
    assert [(row.name, row.lasting) for row in listed(engine).rows] == [
        ("One", "26 weeks or more"),
        ("Two", "5 weeks or more"),
    ]
    assert [row.lasting for row in listed(engine, weeks=52).rows] == ["40 weeks", "5 weeks or more"]
    assert [row.lasting for row in listed(engine, weeks=8).rows] == ["26 weeks or more", "5 weeks or more"]


def test_each_team_is_read_against_its_own_year_before(sqlite_engine: Engine) -> None:
    """Always high: usual for it. High of late: beyond. Coming down from higher: improved. Eleven weeks before: too little."""
    usual = [1.18, 1.20] * 26
    down = [*[1.40, 1.42] * 22, *[1.2] * 8]
    young: Series = [*[HIDDEN] * 15, *[0.94, 0.96] * 5, 0.94, *[1.2] * 26]
    enough: Series = [*[HIDDEN] * 14, *[0.94, 0.96] * 6, *[1.2] * 26]
    found = listed(made_of(sqlite_engine, One=usual, Two=down, Three=young, Four=enough, Five=rising(7)))
    assert {row.name: row.against for row in found.rows} == {
        "One": "Within usual swing",
        "Two": "Improved",
        "Three": "Too little history",
        "Four": "Beyond usual swing",
        "Five": "Beyond usual swing",
    }


def test_a_join_is_one_team_and_opens_at_its_parent(sqlite_engine: Engine) -> None:
    """Its parts are hidden and not counted; outside the parent's scope it opens where the viewer stands."""
    cells = {("Co/B/Four", "utilisation"): [HIDDEN] * 52, ("Co/B/Five", "utilisation"): [HIDDEN] * 52}
    publish(sqlite_engine, {**cells, (JOIN, "utilisation"): rising(6), ("Co", "utilisation"): QUIET}, joins=JOINS)
    found = listed(sqlite_engine)
    (row,) = found.rows
    assert (row.name, row.slug, row.trail, row.opens_slug, found.teams) == (JOIN, "", "B", "co.b", 1)
    assert row.against == "Beyond usual swing"
    (own,) = listed(sqlite_engine, who("employee", own="Co/B/Four"), unit="Co/B/Four").rows
    assert (own.name, own.opens_slug, own.trail) == (JOIN, "co.b.four", "")


def test_a_unit_without_units_below_is_its_own_list(sqlite_engine: Engine) -> None:
    """Looked at by itself: listed by its name when load has lasted, named in the sentence when it has not."""
    made_of(sqlite_engine, One=rising(6))
    (row,) = listed(sqlite_engine, unit="Co/A/One").rows
    assert (row.name, row.opens_slug) == ("One", "co.a.one")
    quiet = listed(sqlite_engine, unit="Co/A/Two")
    assert quiet.empty == "Two has not run above 110\u00a0% for four weeks or more."


def test_an_empty_list_says_whether_that_is_good_news_or_too_early(sqlite_engine: Engine) -> None:
    """Looked at and quiet; three weeks of data; nobody shown; nothing received: each in its own words."""
    quiet = listed(made_of(sqlite_engine))
    assert (quiet.empty, quiet.meaning) == ("No team has run above 110\u00a0% for four weeks or more.", PASSING)
    assert (quiet.settled, quiet.teams, quiet.rows) == (True, 5, ())


@pytest.mark.parametrize(
    ("series", "empty", "teams"),
    [
        ([*[HIDDEN] * 49, 1.2, 1.2, 1.2], "It takes four weeks to tell whether load lasts.", 1),
        (
            [*QUIET[:48], *[HIDDEN] * 4],
            "No team is shown in the latest weeks, to protect people or for want of data.",
            0,
        ),
    ],
)
def test_too_little_to_tell_is_not_good_news(sqlite_engine: Engine, series: Series, empty: str, teams: int) -> None:
    """Unsettled, with what would change it."""
    publish(sqlite_engine, {("Co/A/One", "utilisation"): series})
    found = listed(sqlite_engine)
    assert (found.empty, found.settled, found.meaning, found.teams) == (empty, False, WAITING, teams)


def test_contracted_hours_stand_in_where_leave_is_not_known(sqlite_engine: Engine) -> None:
    """Load against available hours when there is any, else against contracted hours, else none; never another measure."""
    publish(sqlite_engine, {("Co/A/One", "contract_load"): rising(5), ("Co/A/Two", "meeting_hours"): [9.0] * 52})
    found = listed(sqlite_engine, metric="meeting_hours")
    assert found.metric_name == "Load against contracted hours"
    assert [row.name for row in found.rows] == ["One"]
    none = listed(sqlite_engine, unit="Co/A/Two")
    assert (none.empty, none.settled) == ("No hours were received for these weeks.", False)


def test_nothing_released_says_so(sqlite_engine: Engine) -> None:
    """Units and no cells."""
    publish(sqlite_engine, {("Co", "utilisation"): ["missing"] * 51 + [1.0]})
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM published_cell")
    assert listed(sqlite_engine).empty == "No week has been released yet."


def test_the_list_ends_with_the_last_week_asked_for(sqlite_engine: Engine) -> None:
    """As of three weeks earlier the run of nine weeks was six weeks long."""
    made_of(sqlite_engine, One=rising(9))
    (row,) = listed(sqlite_engine, until=LAST - timedelta(weeks=3)).rows
    assert row.weeks == 6


def test_nobody_sees_a_team_outside_the_scope(sqlite_engine: Engine) -> None:
    """A manager of A reads A; asked for B, or by a role that opens nothing, the refusal is the board's."""
    made_of(sqlite_engine, One=rising(9), Three=rising(9))
    manager = who("manager", units=("Co/A",))
    assert [row.name for row in listed(sqlite_engine, manager).rows] == ["One"]
    assert [row.name for row in listed(sqlite_engine, who("employee", own="Co/A/Two")).rows] == []
    for viewer, unit in ((manager, "Co/B"), (manager, "Co"), (who("admin"), None), (who("leader"), None)):
        with sqlite_engine.connect() as connection:
            with pytest.raises(NoPermission) as of_list:
                sustained_list(connection, viewer, WorkloadFilters(unit=unit), policy=POLICY)
            with pytest.raises(NoPermission) as of_board:
                workload_board(connection, viewer, WorkloadFilters(unit=unit), policy=POLICY, as_of=AS_OF)
        assert str(of_list.value) == str(of_board.value)


# --- the demonstration ---------------------------------------------------------------------------------------------


def sentence_of(found: SustainedList, name: str) -> str:
    """What the sentence on top must begin with, rebuilt from the list alone."""
    percent = f"{found.line * 100:.0f}\u00a0%"
    long = [(row.name, f"{_word(row.weeks)} weeks" + (" or more" if row.or_more else "")) for row in found.rows]
    if found.teams <= 1:
        return "".join(f"{team} has run above {percent} for {weeks}" for team, weeks in long if team == name)
    verb = "has" if len(long) == 1 else "have"
    head = f"{_word(len(long)).capitalize()} of {found.teams} teams {verb} run above {percent} for four weeks or more"
    if not long:
        return head + "."
    if len(long) <= 2:
        return f"{head}: " + " and ".join(f"{team} ({weeks})" for team, weeks in long) + "."
    return f"{head}. {long[0][0]} has for {long[0][1]}."


def _word(count: int) -> str:
    return NUMBERS[count].lower() if count < len(NUMBERS) else str(count)


@pytest.mark.long
def test_page_sentence_and_list_agree_at_every_unit_of_the_demonstration(demo_readonly: Engine) -> None:
    """Number of teams, which of them, how long: rebuilt from the list, the sentence is the one on top. Over 8 and 52 weeks."""
    leader = who("leader", units=("Northwind",))
    found_any, single = 0, 0
    with demo_readonly.connect() as connection:
        units = units_seen(connection, leader, own_line_open=True)
        for unit in units:
            weeks = 52 if PLATFORM.startswith(unit["path"]) else 8
            filters = WorkloadFilters(unit=unit["path"], metric="utilisation", weeks=weeks)
            board = workload_board(connection, leader, filters, policy=POLICY, as_of=AS_OF)
            if board.empty:
                continue
            found = sustained_list(connection, leader, filters, policy=POLICY)
            if found.settled or found.rows:
                assert board.sentence.startswith(sentence_of(found, unit["name"])), (unit["path"], board.sentence)
            else:
                assert "It takes four weeks" in board.sentence or found.teams == 0
            found_any += bool(found.rows)
            single += found.teams == 1
    assert len(units) > 100
    assert found_any >= 4  # the company, Engineering, Infrastructure, Platform
    assert single > 50


def test_platform_is_found_and_beyond_its_usual_swing(demo_readonly: Engine) -> None:
    """The demonstration's story: by leader, by the manager above it and by its own people; never by the manager of others."""
    viewers = [
        who("leader", units=("Northwind",)),
        who("manager", units=("Northwind/Engineering/Infrastructure",)),
        who("employee", own=PLATFORM),
    ]
    for viewer in viewers:
        (row,) = [row for row in listed(demo_readonly, viewer).rows if row.name == "Platform"]
        assert row.against == "Beyond usual swing"
        assert row.weeks >= 4
        assert row.opens_slug == "northwind.engineering.infrastructure.platform"
        shown = [value for value in row.series if value is not None]
        assert len(row.series) == 26
        assert f"{shown[-1]:.0f}\u00a0%" == row.value_text
        assert all(value > 110 for value in shown[-row.weeks :])
    others = listed(demo_readonly, who("manager", units=("Northwind/Products",)))
    assert "Platform" not in {row.name for row in others.rows}


def test_trails_name_what_lies_between(demo_readonly: Engine) -> None:
    """From the company two names, from Engineering one, from Infrastructure none."""
    expected = {"Northwind": "Engineering · Infrastructure", "Northwind/Engineering": "Infrastructure"}
    expected["Northwind/Engineering/Infrastructure"] = ""
    for unit, trail in expected.items():
        rows = listed(demo_readonly, who("leader", units=("Northwind",)), unit=unit).rows
        assert {row.name: row.trail for row in rows}["Platform"] == trail
