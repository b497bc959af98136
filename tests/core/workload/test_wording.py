"""What the workload screen says: every sentence is one that the cells below it show."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from core.access.viewer import Viewer
from core.metrics.catalogue import UnknownMetric, catalogue
from core.metrics.definition import Metric
from core.policy import Policy
from core.workload.board import WorkloadBoard, WorkloadFilters
from core.workload.standing import Standing
from core.workload.teams import Run, Teams
from core.workload.views import workload_board
from core.workload.wording import (
    alt,
    chosen_metric,
    digits,
    in_words,
    notice,
    sentence,
    support,
)
from tests.conftest import AS_OF
from tests.core.workload.boards import fabricated_board, fabricated_teams, metric_called

NAN = float("nan")
POLICY = Policy()
WEEKS = tuple(date(2026, 1, 5) + timedelta(weeks=i) for i in range(6))
LOAD = metric_called("utilisation")
NBSP = "\u00a0"


def latest(text: str = f"98{NBSP}%", status: str = "shown", **more: Any) -> dict[str, Any]:
    """The unit's own newest cell."""
    return {"status": status, "text": text, "low": 0.92, "high": 1.04, "digits": "98", **more}


def teams(**series: list[float]) -> Teams:
    """Teams by name, with their values by week."""
    return fabricated_teams(WEEKS, series)


# --- numbers in words, digits --------------------------------------------------------------------------------------


def test_counts_are_words_up_to_ten() -> None:
    """None, one, ... ten, then figures; a capital only where a sentence starts."""
    assert [in_words(n) for n in (0, 1, 4, 10, 11)] == ["none", "one", "four", "ten", "11"]
    assert [in_words(n, start=True) for n in (0, 1, 10, 120)] == ["None", "One", "Ten", "120"]


def test_digits_are_short_and_coded_values_have_none() -> None:
    """Per cent without the sign, hours to a tenth below ten; an extreme or a class prints nothing into the cell."""
    hours = metric_called("meeting_hours")
    assert [digits(LOAD, value, "") for value in (0.984, 1.18)] == ["98", "118"]
    assert [digits(hours, value, "") for value in (4.53, 12.4)] == ["4.5", "12"]
    assert digits(LOAD, 0.05, "at most") == ""
    assert digits(LOAD, None, "class") == ""


def told_of(metric: Metric, name: str, found: Teams, latest: dict[str, Any], policy: Policy = POLICY) -> str:
    """The sentence over these teams."""
    return sentence(metric, name, Standing.of(found, metric, policy), latest, WEEKS, policy)


# --- the sentence --------------------------------------------------------------------------------------------------


def test_one_team_under_sustained_load_is_named_with_its_weeks() -> None:
    """Only whole runs that reach the newest shown week count; a hidden week inside does not cut them."""
    found = teams(Platform=[1.0, 1.2, 1.2, NAN, 1.2, 1.2], Billing=[1.2] * 5 + [1.0], Search=[0.9] * 6)
    told = told_of(LOAD, "Northwind", found, latest())
    assert told == f"One of 3 teams has run above 110{NBSP}% for four weeks or more: Platform (four weeks)."


def test_two_teams_are_both_named_the_longer_run_first() -> None:
    """Two names with their weeks; a run that fills the period may be longer than it."""
    found = teams(A=[1.0, 1.0, 1.2, 1.2, 1.2, 1.2], B=[1.2] * 6, C=[1.0] * 6)
    told = told_of(LOAD, "Northwind", found, latest())
    assert told == (
        f"Two of 3 teams have run above 110{NBSP}% for four weeks or more: B (six weeks or more) and A (four weeks)."
    )


def test_of_many_teams_the_one_with_the_longest_run_is_named() -> None:
    """Three or more: how many, and the longest."""
    found = teams(A=[1.0, 1.2, 1.2, 1.2, 1.2, 1.2], B=[1.2] * 6, C=[1.2] * 6, D=[1.0] * 6)
    told = told_of(LOAD, "Northwind", found, latest())
    assert told == f"Three of 4 teams have run above 110{NBSP}% for four weeks or more. B has for six weeks or more."


def test_no_team_is_none() -> None:
    """Three weeks are not four."""
    found = teams(A=[1.0, 1.0, 1.0, 1.2, 1.2, 1.2], B=[1.0] * 6)
    told = told_of(LOAD, "Northwind", found, latest())
    assert told == f"None of 2 teams have run above 110{NBSP}% for four weeks or more."


def test_a_single_team_tells_its_own_figure() -> None:
    """Its run when it lasts, its load when it does not, and that it is hidden when it is."""
    worn, well = teams(Platform=[1.0, 1.0, 1.2, 1.2, 1.2, 1.22]), teams(Platform=[1.0] * 6)
    assert told_of(LOAD, "Platform", worn, latest(f"122{NBSP}%")) == (
        f"Platform has run above 110{NBSP}% for four weeks, now at 122{NBSP}%."
    )
    assert told_of(LOAD, "Platform", well, latest(f"100{NBSP}%")) == (
        f"Platform ran at 100{NBSP}% of its available hours in the week of 9 Feb."
    )
    assert told_of(LOAD, "Platform", well, latest("hidden", "hidden")) == (
        "Platform is not shown in the week of 9 Feb, to protect people."
    )


def test_three_weeks_of_data_are_too_few_to_tell() -> None:
    """Before four weeks are shown nobody is said to have run high, and nobody is said not to have."""
    found = teams(A=[NAN, NAN, NAN, 1.2, 1.2, 1.2], B=[NAN, NAN, NAN, 1.0, 1.0, 1.0])
    assert told_of(LOAD, "Northwind", found, latest()) == (
        f"Northwind ran at 98{NBSP}% of its available hours in the week of 9 Feb. "
        "It takes four weeks to tell whether load lasts."
    )


def test_the_line_and_the_weeks_come_from_the_policy() -> None:
    """Another line and another number of weeks: another sentence from the same cells."""
    strict = Policy(utilisation_bands=(0.8, 0.9, 0.95, 1.2), sustained_weeks=2)
    found = teams(A=[1.0] * 6, B=[0.9] * 6)
    assert told_of(LOAD, "Northwind", found, latest(), strict) == (
        f"One of 2 teams has run above 95{NBSP}% for two weeks or more: A (six weeks or more)."
    )


def test_other_measures_say_how_many_teams_leave_the_ordinary_range() -> None:
    """Above where more is strain, below where less is; teams hidden in the newest week are not counted."""
    meetings, focus = metric_called("meeting_hours"), metric_called("focus_hours")
    found = teams(A=[5.0] * 5 + [17.0], B=[17.0] * 5 + [5.0], C=[17.0] * 5 + [NAN])
    assert told_of(meetings, "Northwind", found, latest("9.0 h")) == (
        "One of 2 teams is above the ordinary range of meeting hours in the week of 9 Feb."
    )
    assert told_of(focus, "Northwind", found, latest("9.0 h")) == (
        "One of 2 teams is below the ordinary range of focus hours in the week of 9 Feb."
    )


def test_a_measure_without_bands_and_a_share_tell_the_unit_s_own_figure() -> None:
    """No verdict where no meaning is fixed; a class is told as its word; hidden is said."""
    found = teams(A=[5.0] * 6, B=[6.0] * 6)
    assert told_of(metric_called("viva_email"), "Northwind", found, latest("4.0 h")) == (
        "E-mail hours: 4.0 h per person and week across Northwind in the week of 9 Feb."
    )
    share = metric_called("rest_day_share")
    assert told_of(share, "Platform", found, latest("some")) == (
        "People who worked on a rest day: some across Platform in the week of 9 Feb."
    )
    assert told_of(share, "Platform", found, latest("hidden", "hidden")) == (
        "People who worked on a rest day: Platform is not shown in the latest week, to protect people."
    )


# --- the line under it, notices, the text for a screen reader ------------------------------------------------------


def test_the_support_line_counts_hidden_and_missing_rows_of_the_newest_week_only() -> None:
    """Rows, never people; nothing about earlier weeks."""
    board = fabricated_board()
    own = board.cells[board.cells["key"] == "unit:1"].iloc[-1]
    newest = board.cells[board.cells["week"] == board.weeks[-1]]
    hidden = int((newest["status"] == "hidden").sum())
    told = support(board.metric, "Products", own, board.cells, board.weeks[-1])
    assert hidden == 3
    assert told == (
        f"Products as a whole: 98{NBSP}% in the week of 2 Mar, somewhere between 95 and 101. Two small teams share "
        "rows, to protect people. One row is not shown in the latest week, to protect people; their hours "
        "count in the totals."
    )


def test_the_support_line_says_nothing_about_a_hidden_or_coded_figure() -> None:
    """No interval for what has no value; one row is singular; missing rows are named as missing."""
    board = fabricated_board()
    week = board.weeks[-2]  # Design has no data there
    assert support(LOAD, "Products", latest("hidden", "hidden", low=NAN), board.cells, week) == (
        "Two small teams share rows, to protect people. One row has no data in the latest week."
    )
    coded = latest(f"at most 5{NBSP}%", digits="")
    assert "somewhere" not in support(LOAD, "Products", coded, board.cells, week)


def test_a_notice_tells_open_weeks_old_data_and_waiting_corrections() -> None:
    """Open until eight days after its Sunday; then data are old; a narrowed view says neither."""
    last = date(2026, 3, 2)
    assert notice(last, date(2026, 3, 18), POLICY, "", False) == (
        "The week of 9 Mar is still open; it is shown from 22 Mar on."
    )
    assert notice(last, date(2026, 3, 22), POLICY, "", False) == (
        "Data is 14 days old. What you see is right for the weeks up to 8 March 2026."
    )
    assert notice(last, date(2026, 3, 18), POLICY, "", True) == ""
    assert notice(last, date(2026, 3, 8), POLICY, "", False) == ""
    assert notice(last, date(2026, 3, 8), POLICY, "fewer than five", False) == (
        "Files have named fewer than five released weeks again: changes are shown where enough people changed."
    )


def test_the_text_for_a_screen_reader_counts_what_the_picture_shows() -> None:
    """Rows below the unit, high and hidden cells of the newest week."""
    board = fabricated_board()
    newest = board.cells[board.cells["week"] == board.weeks[-1]]
    high = int(newest["tone"].isin(["over", "critical"]).sum())
    assert high == 2
    assert alt(board.metric, "Products", board.rows, board.cells, board.weeks) == (
        "Heatmap of load against available hours for Products and 5 rows below it, weeks of 12 Jan to 2 Mar; "
        "in the last week 2 high or critical, 3 not shown."
    )


# --- which measure, which rows -------------------------------------------------------------------------------------


def test_the_measure_asked_for_wins_then_the_first_with_data_then_the_first_of_the_catalogue() -> None:
    """An unknown one is refused with those there are."""
    known = catalogue(POLICY)
    offered = (known["meeting_hours"], known["focus_hours"])
    assert chosen_metric("overtime", offered, known).id == "overtime"
    assert chosen_metric(None, offered, known).id == "meeting_hours"
    assert chosen_metric(None, (), known).id == "utilisation"
    with pytest.raises(UnknownMetric, match=r"no metric 'mood'.*utilisation"):
        chosen_metric("mood", offered, known)


# --- the whole demonstration, screen by screen ---------------------------------------------------------------------

LEADER = Viewer(1, "leader", "Leader", ("leader",), ("Northwind",))
COUNT_OF_PEOPLE = re.compile(
    r"\b(\d+|one|two|three|four|five)\s+(person|people|members?|employees|colleagues|joiners?|leavers?|contributors?)\b",
    re.IGNORECASE,
)
BLAME = re.compile(
    r"!|\b(burnout|burnt|bad|worst|best|fail\w*|poor|guilty|lazy|great|congratulations)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def screens(demo_readonly: Engine) -> list[WorkloadBoard]:
    """The company, a division, a department and a team, for measures of every shape."""
    units = (
        "Northwind",
        "Northwind/Engineering",
        "Northwind/Engineering/Infrastructure",
        "Northwind/Engineering/Infrastructure/Platform",
        "Northwind/Corporate/Legal",
    )
    measures = ("utilisation", "sustained_load", "meeting_hours", "overtime", "recovery_gap")
    with demo_readonly.connect() as connection:
        return [
            workload_board(connection, LEADER, WorkloadFilters(unit=unit, metric=measure), policy=POLICY, as_of=AS_OF)
            for unit in units
            for measure in measures
        ]


def told(board: WorkloadBoard) -> str:
    """Everything that the screen says beside the picture."""
    return " ".join((board.sentence, board.support, board.notice, board.alt, board.period, board.empty))


def test_no_sentence_counts_people_and_none_blames_or_cheers(screens: list[WorkloadBoard]) -> None:
    """A count of people below k is a leak in words; the patterns themselves are proved on examples first."""
    assert COUNT_OF_PEOPLE.search("Two people took leave")
    assert COUNT_OF_PEOPLE.search("after one person joined")
    assert BLAME.search("Well done!")
    for board in screens:
        assert not COUNT_OF_PEOPLE.search(told(board)), told(board)
        assert not BLAME.search(told(board)), told(board)


def test_the_number_of_high_cells_and_of_hidden_ones_is_that_of_the_cells(screens: list[WorkloadBoard]) -> None:
    """Counted again from the frame that the picture is drawn from."""
    for board in screens:
        newest = board.cells[board.cells["week"] == board.weeks[-1]]
        high = int(newest["tone"].isin(["over", "critical"]).sum())
        hidden = int((newest["status"] == "hidden").sum())
        assert f"{high} high or critical, {hidden} not shown" in board.alt
        joined = newest["shown_with"].astype(str).str.startswith("join:") & (newest["status"] == "hidden")
        own_rows = newest["key"].str.startswith(("unit:", "direct:"))
        alone = int((newest["status"].eq("hidden") & own_rows & ~joined).sum())
        assert (f"{in_words(alone, start=True)} row" in board.support) == bool(alone)
        assert (f"{in_words(int(joined.sum()), start=True)} small team" in board.support) == bool(joined.sum())


def test_the_unit_s_own_figure_in_the_text_is_the_one_in_its_row(screens: list[WorkloadBoard]) -> None:
    """Value and interval are printed as the newest cell of the first row has them, and nothing when it is hidden."""
    checked = 0
    for board in screens:
        own = board.cells[(board.cells["week"] == board.weeks[-1]) & (board.cells["key"] == board.rows["key"].iloc[0])]
        (cell_,) = own.to_dict("records")
        if cell_["status"] == "shown" and cell_["digits"]:
            assert f"{board.unit.name} as a whole: {cell_['text']} in the week of" in board.support
            checked += 1
        else:
            assert "as a whole" not in board.support
    assert checked >= 10


def test_the_demonstration_s_worn_team_is_found_at_every_level(screens: list[WorkloadBoard]) -> None:
    """Platform is named by the company, its division and its department, with the run that its own row shows."""
    loads_of = {board.unit.path: board for board in screens if board.metric.id == "utilisation"}
    team = loads_of["Northwind/Engineering/Infrastructure/Platform"]
    run = Run.of(list(team.cells["value"]), 1.10).weeks
    assert run >= 4
    for path in ("Northwind", "Northwind/Engineering", "Northwind/Engineering/Infrastructure"):
        assert f"Platform ({in_words(run)} weeks)" in loads_of[path].sentence
    assert f"for {in_words(run)} weeks" in team.sentence


def test_hidden_rows_carry_no_number_in_any_column(screens: list[WorkloadBoard]) -> None:
    """Neither value, digits, interval, band of n nor colour."""
    for board in screens:
        away = board.cells[board.cells["status"] != "shown"]
        assert away[["value", "low", "high"]].isna().all().all()
        assert not away[["tone", "band", "n_band", "coverage"]].astype(bool).any().any()
        assert set(away["text"]) <= {"hidden", "no data"}
        assert not away["digits"].str.contains(r"\d").any()


def test_an_empty_screen_says_why(demo_readonly: Engine) -> None:
    """A measure without data: no weeks, no cells, one plain reason in every place that says something."""
    with demo_readonly.connect() as connection:
        board = workload_board(connection, LEADER, WorkloadFilters(metric="viva_email"), policy=POLICY, as_of=AS_OF)
    assert board.empty == board.sentence == board.alt == "E-mail hours: no data for these 26 weeks."
    assert board.cells.empty
    assert board.release is None
