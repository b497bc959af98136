"""My week: hours against a hand table, the usual range against a second reading of it, and nobody else's rows anywhere."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from math import isclose, isfinite, isnan, nan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.metrics import palette
from core.people.tables import OrgUnit
from core.workload.my_week import HOURS, MyWeek, against_own, weeks_since_off, with_own_hours
from core.workload.my_week_figures import own_weeks
from core.workload.my_week_views import my_week
from core.workload.my_week_wording import table
from core.workload.tables import CollaborationWeek, PersonWeek
from tests.organisations import FULL_WEEK, POLICY, codes, deliver, employ, people_in

LAST = date(2026, 3, 2)  # closed on AS_OF; the week of 9 March is over and still open, that of 16 March is running
AS_OF = date(2026, 3, 18)
ME = "Co/A#0"
PEOPLE = people_in({"Co/A": 3, "Co/B": 2})
EMPLOYEE = Viewer(1, "me", "Me", ("employee",), own_unit="Co/A", person_code=ME)


def weeks_to(last: date, count: int) -> list[date]:
    """`count` Mondays up to `last`, oldest first."""
    return [last - timedelta(weeks=i) for i in range(count - 1, -1, -1)]


def rows(
    values: Mapping[date, Mapping[str, float | None]], code: str = ME
) -> dict[tuple[str, date], dict[str, float | None]]:
    """Person-weeks of one person: a full week without absence, and what is said about it."""
    return {(code, week): {**FULL_WEEK, **given} for week, given in values.items()}


def read(engine: Engine, viewer: Viewer = EMPLOYEE, as_of: date = AS_OF) -> MyWeek:
    """What the viewer reads."""
    with engine.connect() as connection:
        return my_week(connection, viewer, as_of=as_of, policy=POLICY)


def plain_year(engine: Engine, newest: Mapping[str, float | None], last: date = LAST) -> None:
    """Twelve weeks of about 38 hours for me, then `newest`; everybody else works other hours."""
    employ(engine, PEOPLE)
    mine = {week: {"worked": 37.0 + 2 * (i % 2), "meeting": 8.0 + i % 3} for i, week in enumerate(weeks_to(last, 13))}
    deliver(engine, PEOPLE, rows({**mine, last: newest}), as_of=AS_OF)
    for number, other in enumerate(code for code in PEOPLE if code != ME):
        deliver(
            engine,
            PEOPLE,
            rows({week: {"worked": 50.0 + number, "meeting": 30.0} for week in mine}, other),
            as_of=AS_OF,
        )


# --- hours against a hand table --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "available", "load", "away"),
    [
        ((38, 40, 8, 0, 0), 32.0, 1.1875, False),  # the published example: 40 hours, a day of leave, 38 worked
        ((40, 40, 0, 0, 0), 40.0, 1.0, False),
        ((0, 40, 32, 8, 0), 0.0, nan, True),
        ((5, 40, 0, 0, 33), 7.0, nan, True),  # less than a fifth is left
        ((6, 40, 0, 0, 32), 8.0, 0.75, False),  # exactly a fifth
        ((0, 40, 40, 8, 0), 0.0, nan, True),  # more absence than contract: never below zero
        ((38, 40, None, 0, 0), nan, nan, False),
        ((None, 40, 0, 0, 0), 40.0, nan, False),
    ],
)
def test_available_hours_and_load_by_hand(
    given: tuple[float | None, ...], available: float, load: float, away: bool
) -> None:
    """worked, contracted, leave, public holiday, sickness -> available, load, away."""
    names = ("worked", "contracted", "leave", "public_holiday", "sickness")
    other = dict(zip(names, (20, 40, 0, 0, 0), strict=True))
    frame = pd.DataFrame([dict(zip(names, given, strict=True)), other], columns=list(HOURS)).astype(float)

    found = with_own_hours(frame).iloc[0]

    assert (found["available"], found["load"]) == pytest.approx((available, load), nan_ok=True)
    assert bool(found["away"]) is away


def test_where_leave_was_never_delivered_load_stands_against_the_contract() -> None:
    """A week without any hours then counts as away."""
    frame = pd.DataFrame({"worked": [42.0, 0.0], "contracted": [40.0, 40.0]}).reindex(columns=list(HOURS)).astype(float)

    found = with_own_hours(frame)

    assert list(found["load"]) == pytest.approx([1.05, 0.0])
    assert list(found["away"]) == [False, True]
    assert found["available"].isna().all()


# --- the usual range -------------------------------------------------------------------------------------------------


def naive(before: list[float], newest: float) -> str:
    """The verdict, written a second time without arrays: mean and 2.66 times the mean step between neighbouring weeks."""
    known = [value for value in before if not isnan(value)]
    steps = [abs(b - a) for a, b in pairwise(before) if not isnan(a) and not isnan(b)]
    if isnan(newest):
        return "no data"
    if len(known) < 6 or not steps:
        return "too little history"
    middle, room = sum(known) / len(known), 2.66 * sum(steps) / len(steps)
    if newest > middle + room + 1e-9:
        return "higher"
    return "lower" if newest < middle - room - 1e-9 else "as usual"


WEEKLY = st.one_of(st.just(nan), st.integers(0, 240).map(lambda quarters: quarters / 4))


@given(before=st.lists(WEEKLY, min_size=12, max_size=12), newest=WEEKLY)
def test_the_verdict_is_that_of_a_second_reading(before: list[float], newest: float) -> None:
    """Over gaps, constants and everything between."""
    assert against_own(before, newest).verdict == naive(before, newest)


def test_the_usual_range_of_a_published_series() -> None:
    """50, 52, 49, 51, 53, 50: limits 44.4493 and 57.2173."""
    found = against_own([nan] * 6 + [50, 52, 49, 51, 53, 50], 57.3)

    assert (found.low, found.high) == pytest.approx((44.4493, 57.2173), abs=1e-4)
    assert (found.verdict, found.known) == ("higher", 6)
    assert against_own([50, 52, 49, 51, 53, 50], 57.2).verdict == "as usual"
    assert against_own([50, 52, 49, 51, 53, 50], 44.4).verdict == "lower"


@given(
    before=st.lists(st.integers(0, 240), min_size=12, max_size=12), newest=st.integers(0, 240), moved=st.integers(0, 99)
)
def test_the_verdict_does_not_depend_on_where_zero_is(before: list[int], newest: int, moved: int) -> None:
    """The same hours more in every week change nothing."""
    shifted = against_own([float(value + moved) for value in before], float(newest + moved))
    assert shifted.verdict == against_own([float(value) for value in before], float(newest)).verdict


# --- what is read ----------------------------------------------------------------------------------------------------


def test_the_newest_week_stands_beside_the_twelve_before_it(engine: Engine) -> None:
    """Load, meetings and their verdicts, on both databases."""
    plain_year(engine, {"worked": 46.0, "meeting": 9.0})

    found = read(engine)

    assert (found.state, found.kind, found.newest, found.status) == ("", "hours", LAST, "closed")
    assert list(found.weeks["week"]) == weeks_to(LAST, 12)
    assert found.weeks["worked"].iloc[-1] == 46.0
    by_id = {number.id: number for number in found.numbers}
    assert list(by_id) == ["load", "meeting"]
    assert (by_id["load"].compared.verdict, by_id["meeting"].compared.verdict) == ("higher", "as usual")
    assert by_id["load"].text.replace("\u00a0", " ") == "46.0 h of 40.0 h"
    assert by_id["load"].compared.known == 12
    assert isclose(by_id["load"].compared.high, 0.95 + 2.66 * 0.05)  # 37 and 39 of 40 in turn
    assert found.sentence == "A week above your agreed hours. That is higher than your last 12 weeks."
    assert (found.unit, found.unit_slug, found.unit_open) == ("A", "co.a", True)


@pytest.mark.parametrize(
    ("newest", "sentence"),
    [
        ({"worked": 38.0}, "A full week, within your agreed hours."),
        ({"worked": 30.4, "leave": 8.0}, "A full week, within your available hours."),
        ({"worked": 41.0}, "A full week, a little above your agreed hours."),
        ({"worked": 25.0}, "A lighter week, within your agreed hours. That is lower than your last 12 weeks."),
        ({"worked": 0.0, "leave": 40.0}, "A week off."),
        ({"worked": 0.0, "leave": 20.0, "sickness": 20.0}, "A week away from work."),
        ({"worked": 3.0, "sickness": 36.0}, "A week mostly away from work."),
        ({"worked": None, "meeting": 5.0}, "No hours worked were received for the week of 2 March 2026."),
        ({"worked": 38.0, "leave": None}, "38.0 hours in the week of 2 March 2026."),
    ],
)
def test_the_sentence_is_a_fact(sqlite_engine: Engine, newest: dict[str, float | None], sentence: str) -> None:
    """How full the week was, without praise, blame or alarm."""
    plain_year(sqlite_engine, newest)
    found = read(sqlite_engine)
    assert found.sentence == sentence
    assert not re.search(
        r"[!]|well done|great|too (much|little)|bad|good", found.sentence + found.support, re.IGNORECASE
    )


def test_absence_is_told_to_the_person(sqlite_engine: Engine) -> None:
    """Leave, public holidays and sickness stand under the sentence and in the table."""
    plain_year(sqlite_engine, {"worked": 20.0, "leave": 8.0, "sickness": 4.0})
    found = read(sqlite_engine)
    behind = table(found.kind, found.weeks)

    assert "Away: 8.0 h leave, 4.0 h sickness." in found.support.replace("\u00a0", " ")
    assert (behind["Week"].iloc[0], behind["Leave"].iloc[0], behind["Sickness"].iloc[0]) == ("2\u00a0Mar", "8.0", "4.0")


def test_a_missing_week_is_no_data_and_not_zero(sqlite_engine: Engine) -> None:
    """It keeps its place in the line, without a number."""
    plain_year(sqlite_engine, {"worked": 38.0})
    gap = LAST - timedelta(weeks=3)
    with sqlite_engine.begin() as connection:
        me = codes(connection)[ME]
        connection.execute(delete(PersonWeek).where(PersonWeek.week == gap, PersonWeek.person_id == me))

    found = read(sqlite_engine)
    missing = found.weeks.set_index("week").loc[gap]

    assert (missing["status"], isnan(missing["worked"]), isnan(missing["available"])) == ("missing", True, True)
    assert "One of the weeks has no data, which is not zero." in found.support
    assert table(found.kind, found.weeks).set_index("Week").loc["9\u00a0Feb", "Note"] == "no data"
    assert found.numbers[0].compared.known == 11


def test_an_open_week_is_shown_at_once_and_said_to_be_open(sqlite_engine: Engine) -> None:
    """The person's own facts wait for nobody."""
    plain_year(sqlite_engine, {"worked": 38.0}, last=LAST + timedelta(weeks=1))
    found = read(sqlite_engine)

    assert (found.newest, found.status) == (LAST + timedelta(weeks=1), "open")
    assert "still open; its hours may change" in found.support
    assert found.numbers[0].compared.verdict == "as usual"


def test_a_week_that_is_not_over_is_not_compared(sqlite_engine: Engine) -> None:
    """Half a week beside whole ones would always be lower."""
    plain_year(sqlite_engine, {"worked": 16.0, "meeting": 3.0}, last=LAST + timedelta(weeks=2))
    found = read(sqlite_engine)

    assert found.sentence.replace("\u00a0", " ") == "16.0 hours so far this week, of 40.0 h available."
    assert {number.compared.verdict for number in found.numbers} == {"running"}


def test_planned_weeks_are_not_weeks(sqlite_engine: Engine) -> None:
    """Leave on record for a later week is not the newest week."""
    plain_year(sqlite_engine, {"worked": 38.0})
    deliver(sqlite_engine, PEOPLE, rows({LAST + timedelta(weeks=5): {"worked": 0.0, "leave": 40.0}}), as_of=AS_OF)
    assert read(sqlite_engine).newest == LAST


def test_weeks_away_do_not_make_a_usual_week(sqlite_engine: Engine) -> None:
    """A fortnight off leaves the range of meetings where the weeks of work put it; in such a week nothing is compared."""
    plain_year(sqlite_engine, {"worked": 38.0, "meeting": 8.0})
    before = read(sqlite_engine).numbers[1].compared
    off = {LAST - timedelta(weeks=i): {"worked": 0.0, "leave": 40.0, "meeting": 0.0} for i in (12, 11)}
    deliver(sqlite_engine, PEOPLE, rows(off), as_of=AS_OF)
    after = read(sqlite_engine).numbers[1].compared

    assert (after.known, before.known) == (10, 12)
    assert after.low > 0
    assert after.verdict == "as usual"
    deliver(sqlite_engine, PEOPLE, rows({LAST: {"worked": 0.0, "leave": 40.0, "meeting": 0.0}}), as_of=AS_OF)
    assert {number.compared.verdict for number in read(sqlite_engine).numbers} == {"away"}


@pytest.mark.parametrize(("ago", "expected"), [(0, 0), (1, 1), (9, 9), (None, None)])
def test_weeks_since_the_last_week_off(ago: int | None, expected: int | None) -> None:
    """Whole weeks back to the newest week that leave and public holidays fill."""
    mondays = weeks_to(LAST, 20)
    frame = pd.DataFrame({"week": mondays, "contracted": 40.0, "leave": 0.0, "public_holiday": 0.0})
    frame.loc[0, "leave"] = 39.0  # a day short of a week off
    if ago is not None:
        frame.loc[len(mondays) - 1 - ago, ["leave", "public_holiday"]] = [32.0, 8.0]
    frame.loc[3, "leave"] = None

    assert weeks_since_off(frame, LAST) == (expected, 19)


def test_where_there_is_only_collaboration_that_is_what_is_told(engine: Engine) -> None:
    """Viva hours, without agreed hours to stand against, and without the week in which nothing happened."""
    employ(engine, PEOPLE)
    with engine.begin() as connection:
        ids = codes(connection)
        unit = connection.scalar(select(OrgUnit.id).where(OrgUnit.path == "Co/A"))
        connection.execute(
            insert(CollaborationWeek),
            [
                {
                    "person_id": ids[code], "week": week, "unit_id": unit, "source_date": week - timedelta(days=1),
                    "collaboration": 0.0 if i == 4 else 18.0 + i % 2 + (100 if code != ME else 0), "email": 4.0 + i % 2,
                }
                for code in (ME, "Co/A#1")
                for i, week in enumerate(weeks_to(LAST, 13))
            ],
        )  # fmt: skip

    found = read(engine)

    assert (found.kind, found.recovery) == ("collaboration", "")
    assert [number.id for number in found.numbers] == ["collaboration", "email"]
    assert found.numbers[0].compared.known == 11
    assert found.numbers[0].value == 18.0
    assert found.sentence == "18.0 hours of collaboration in the week of 2 March 2026, as usual."
    assert list(found.weeks.columns) == ["week", "status", "collaboration", "email", "away"]


# --- nobody else -----------------------------------------------------------------------------------------------------


def same(one: MyWeek, other: MyWeek) -> bool:
    """Whether two results say the same, numbers, words and all."""
    assert one.weeks.equals(other.weeks)
    return repr((one.numbers, one.sentence, one.support, one.since_off)) == repr(
        (other.numbers, other.sentence, other.support, other.since_off)
    )


@settings(max_examples=12)  # each is two databases' worth of rows
@given(others=st.permutations([code for code in PEOPLE if code != ME]), moved=st.integers(1, 12))
def test_what_others_worked_changes_nothing(fresh_engine: Callable[[], Engine], others: list[str], moved: int) -> None:
    """Their rows changed hands and hours; mine read the same to the last character."""
    engine = fresh_engine()
    plain_year(engine, {"worked": 38.0, "meeting": 9.0})
    before = read(engine)
    for number, code in enumerate(others):
        changed = {week: {"worked": 20.0 + number + moved, "meeting": 1.0} for week in weeks_to(LAST, 13)}
        deliver(engine, PEOPLE, rows(changed, code), as_of=AS_OF)

    assert same(before, read(engine))


@pytest.mark.parametrize(
    "roles", [("employee",), ("leader",), ("hr",), ("manager", "employee"), ("leader", "hr", "admin")]
)
def test_no_role_reaches_another_persons_week(sqlite_engine: Engine, roles: tuple[str, ...]) -> None:
    """Whatever the scope: the rows are those of the own person, or there are none."""
    plain_year(sqlite_engine, {"worked": 38.0, "meeting": 9.0})
    wide = Viewer(2, "x", "X", roles, units=("Co",), own_unit="Co/A", reports=(ME,))
    mine = {37.0, 38.0, 39.0}

    for viewer in (wide, Viewer(3, "y", "Y", roles, person_code="Co/Nobody", reports=(ME,))):
        found = read(sqlite_engine, viewer)
        assert (len(found.weeks), found.numbers, found.state != "") == (0, (), True)
    for code in PEOPLE:
        found = read(sqlite_engine, Viewer(4, "z", "Z", roles, person_code=code))
        values = set(found.weeks["worked"])
        assert values <= mine if code == ME else not values & mine
        assert all(isfinite(value) for value in values)


def test_an_account_without_a_person_reads_nothing(sqlite_engine: Engine) -> None:
    """It is told who can link it."""
    plain_year(sqlite_engine, {"worked": 38.0})
    found = read(sqlite_engine, Viewer(5, "l", "L", ("leader",), units=("Co",)))

    assert found.state == "no person"
    assert found.reason == "Your account is not linked to a person on the roster. Your administrator can link it."
    assert (len(found.weeks), found.numbers, found.newest) == (0, (), None)


def test_a_person_without_rows_is_told_so(sqlite_engine: Engine) -> None:
    """Nothing has come in yet."""
    employ(sqlite_engine, PEOPLE)
    assert read(sqlite_engine).state == "no rows"


def test_an_administrator_has_no_week_by_virtue_of_the_role(sqlite_engine: Engine) -> None:
    """Not even with a person."""
    plain_year(sqlite_engine, {"worked": 38.0})
    with pytest.raises(NoPermission):
        read(sqlite_engine, Viewer(6, "a", "A", ("admin",), person_code=ME))


def test_the_way_to_the_unit_is_closed_with_the_policy(sqlite_engine: Engine) -> None:
    """No link to numbers that the person may not see."""
    plain_year(sqlite_engine, {"worked": 38.0})
    closed = POLICY.model_copy(update={"unit_means_for_everyone": False})
    with sqlite_engine.connect() as connection:
        found = my_week(connection, EMPLOYEE, as_of=AS_OF, policy=closed)
    assert (found.unit, found.unit_open) == ("A", False)


# --- the picture -----------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(sqlite_engine: Engine) -> MyWeek:
    """Weeks with leave, a gap and an open newest week."""
    plain_year(sqlite_engine, {"worked": 61.0}, last=LAST + timedelta(weeks=1))
    off = {
        LAST - timedelta(weeks=2): {"worked": 0.0, "leave": 40.0},
        LAST - timedelta(weeks=4): {"worked": 30.0, "leave": 8.0},
    }
    deliver(sqlite_engine, PEOPLE, rows(off), as_of=AS_OF)
    found = read(sqlite_engine)
    weeks = found.weeks.copy()
    weeks.loc[5, ["worked", "available"]] = nan
    weeks.loc[5, "status"] = "missing"
    return MyWeek(**{**vars(found), "weeks": weeks})


@pytest.mark.parametrize("phone", [False, True])
def test_the_picture_draws_what_the_rows_say(drawn: MyWeek, phone: bool) -> None:
    """A bar a week, a line over it, words for a week away, a dash where nothing came, a paler open week."""
    figure = own_weeks(drawn.weeks, "worked", phone=phone).to_plotly_json()
    bars, over = figure["data"]
    words = [note["text"] for note in figure["layout"]["annotations"]]

    assert [value for value in bars["y"] if value is not None] == list(drawn.weeks["worked"].dropna())
    assert bars["y"][5] is None
    assert list(bars["marker"]["opacity"]) == [1.0] * 11 + [0.55]
    assert [value for value in over["y"] if value is not None][-2:] == [40.0, 40.0]
    assert len(over["y"]) == 3 * 10  # neither over the gap nor over the week off
    assert (words.count("–"), words.count("away"), any("available" in word for word in words)) == (1, 1, not phone)
    assert figure["layout"]["yaxis"]["range"] == [0, 61.0 * 1.05]
    assert figure["layout"]["xaxis"]["ticktext"][-1] == "9\u00a0Mar"
    assert "no data" in bars["customdata"][5]
    assert "still open" in bars["customdata"][11]


def test_the_picture_names_no_colour_of_its_own(drawn: MyWeek) -> None:
    """Meanings only; the theme decides the rest."""
    found = set(re.findall(r"#[0-9a-fA-F]{6}|rgba?\([^)]*\)", own_weeks(drawn.weeks, "worked").to_json()))
    assert found <= {*palette.SLOTS, palette.CLEAR}
