"""Data quality: what is told is right, and no cell of it lets anybody tell a number of people below the smallest group."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import WEEK as SEVEN_DAYS
from core.calendar import quarter_start
from core.intake import quality_wording
from core.intake.coverage import HIDDEN, IN, MOST, NONE, PART, Covered, Group, covered, groups_of
from core.intake.imports import ImportRefused
from core.intake.outliers import coverage_outlier, measure_outliers, row_outliers
from core.intake.problems import Problem
from core.intake.quality import WAITING, DataQuality, data_quality
from core.intake.quality_figures import FILLS, coverage_figure
from core.intake.refusals import UNKNOWN_PEOPLE, band, note_refusal, refusals
from core.intake.tables import Delivery
from core.metrics import palette
from core.metrics.catalogue import catalogue
from core.metrics.palette import theme_colours
from core.people.headcount import people_in_units
from core.people.tables import OrgUnit
from core.policy import Policy
from core.privacy.coverage import covered_cells
from core.privacy.lattice import unit_cell
from core.privacy.reporting import stored_plan
from core.workload.open_weeks import came_in
from core.workload.release import finish_pending, note_delivery
from tests.core.intake import content as files
from tests.organisations import AS_OF, NOW, deliver, employ, hours, people_in, release

POLICY = Policy()
CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
ADMIN = Viewer(1, "ada", "Ada", ("admin",))
HR = Viewer(2, "ines", "Ines", ("hr",))
NEWEST = date(2026, 2, 2)  # the last week that is closed on AS_OF
AT = datetime(2026, 2, 20, 8, 0, tzinfo=NOW.tzinfo)


def look(engine: Engine, viewer: Viewer = ADMIN, **more: Any) -> DataQuality:
    """The screen of a viewer."""
    with engine.connect() as connection:
        return data_quality(connection, viewer, policy=POLICY, as_of=AS_OF, at=AT, **more)


def states(found: DataQuality, week: date = NEWEST) -> dict[str, str]:
    """Unit -> its class in a week."""
    place = found.weeks.index(week)
    return {row.path: row.cells[place].state for row in found.rows}


def groups(connection: Connection, week: date) -> list[Group]:
    """The reporting groups of a week, as the screen makes them."""
    columns = (OrgUnit.id, OrgUnit.parent_id, OrgUnit.path, OrgUnit.first_day, OrgUnit.last_day)
    units = [dict(row) for row in connection.execute(select(*columns)).mappings()]
    cells = covered_cells(connection, "workload", ("utilisation",), week, week + SEVEN_DAYS)
    people = people_in_units(connection, [unit["id"] for unit in units], week)
    return groups_of(week, units, cells, stored_plan(connection, quarter_start(week)), people, POLICY.k_prime)


@pytest.fixture
def company(sqlite_engine: Engine) -> Engine:
    """Teams that are in, in part, without anything, and small ones that report together; one closed week."""
    people = people_in(
        {"Co/A/Full": 9, "Co/A/Large": 30, "Co/B/Silent": 8, "Co/B/Six": 8, "Co/C/One": 3, "Co/C/Two": 4}
    )
    engine = sqlite_engine
    employ(engine, people)
    there = {
        code: unit
        for code, unit in people.items()
        if not unit.endswith("Silent") and not (unit.endswith("Large") and int(code.split("#")[1]) >= 22)
    }
    deliver(engine, there, hours(there, NEWEST))
    release(engine)
    return engine


def test_each_unit_is_told_by_its_groups(company: Engine) -> None:
    """In, in part, nothing, small ones together; what is above is told by its groups, with a step where one is due."""
    top, below, under = look(company), look(company, unit="Co/B"), look(company, unit="Co/A")

    assert states(top) == {"Co": PART, "Co/A": PART, "Co/B": PART, "Co/C": IN}
    assert states(below) == {"Co/B": PART, "Co/B/Silent": NONE, "Co/B/Six": IN}
    assert states(under) == {"Co/A": PART, "Co/A/Full": IN, "Co/A/Large": PART}
    assert states(look(company, unit="Co/C")) == {"Co/C": IN, "Co/C/One": IN, "Co/C/Two": IN}
    assert top.sentence == "Hours for the week of 2 Feb have come in for four of 5 groups; look at B."
    steps = {row.name: row.step for row in (*top.rows, *below.rows, *under.rows)}
    assert steps["Silent"] == "Ask for the hours of the week of 2 Feb, and import them."
    assert steps["Large"] == "Unless many are away: ask whether the file was whole."
    assert steps["Full"] == steps["C"] == ""


def test_no_text_of_the_screen_holds_a_number_of_people(company: Engine) -> None:
    """Neither the sentence nor a cell nor a step; 22 people of 30 are not told as such anywhere."""
    found = look(company, unit="Co/A")
    said = [found.sentence, found.support, found.alt, *(row.step for row in found.rows)]
    said += [quality_wording.cell_text(cell) for row in found.rows for cell in row.cells]
    assert "people" not in " ".join(said)
    assert not any(number in " ".join(said) for number in ("22", "30", "73", "eight"))


def test_a_week_that_waits_says_so(company: Engine) -> None:
    """A closed week that was held is neither missing nor in."""
    people = people_in({"Co/A/Full": 9})
    deliver(company, people, hours(people, NEWEST - SEVEN_DAYS), held=True)
    assert set(states(look(company, weeks=2)).values()) == {PART, IN}
    deliver(company, people, hours(people, NEWEST + SEVEN_DAYS), held=True)
    with company.connect() as connection:
        later = data_quality(connection, ADMIN, policy=POLICY, as_of=AS_OF + SEVEN_DAYS, at=AT)
    assert {row.cells[-1].state for row in later.rows} == {WAITING}
    assert later.sentence == "Hours for the week of 9 Feb wait for their release."


def test_a_closed_week_without_any_hours_is_missing(company: Engine) -> None:
    """Nothing came in for the week after: groups of the smallest size and more are told, smaller ones are not."""
    with company.connect() as connection:
        later = data_quality(connection, ADMIN, policy=POLICY, as_of=AS_OF + SEVEN_DAYS, at=AT)
    assert states(later, NEWEST + SEVEN_DAYS) == dict.fromkeys(("Co", "Co/A", "Co/B", "Co/C"), NONE)
    assert later.sentence.startswith("No hours have come in for the week of 9 Feb.")


def test_hr_sees_its_units_and_others_see_nothing(company: Engine) -> None:
    """The company without units on the account; with some, those and nothing beside them; no other role anything."""
    assert look(company, HR).unit.path == "Co"
    narrow = Viewer(3, "n", "N", ("hr",), ("Co/B",))
    assert {row.path for row in look(company, narrow).rows} == {"Co/B", "Co/B/Silent", "Co/B/Six"}
    with pytest.raises(NoPermission):
        look(company, narrow, unit="Co/A")
    for role in ("leader", "manager", "employee", ""):
        with pytest.raises(NoPermission):
            look(company, Viewer(4, "x", "X", (role,), ("Co",), "Co/A/Full"))


def test_an_empty_installation_says_so(engine: Engine) -> None:
    """No units, no weeks, no failure."""
    assert look(engine).empty == quality_wording.NOTHING


# --- no cell tells a number of people below the smallest group ------------------------------------------------------------

K = POLICY.k
org = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("pqr")), st.tuples(st.integers(1, 26), st.floats(0, 1)), min_size=2
)


def consistent(state: str, size: int) -> set[int]:
    """What somebody who knows the group's members can think: numbers of people covered that lead to the class."""
    every = range(size + 1)
    told = {
        IN: {n for n in every if n >= POLICY.k_prime and (n < 20 or n >= 0.8 * size)},
        PART: {n for n in every if n >= 20 and n < 0.8 * size},
        NONE: {0},
        HIDDEN: set(every),
    }
    return told[state]


def tells(possible: set[int]) -> bool:
    """Whether all that is possible is a number of people between one and one less than the smallest group."""
    return bool(possible) and all(0 < n < K for n in possible)


def leaks(found: list[Group], sizes: dict[str, int]) -> list[str]:
    """Groups, and pairs of groups, of which a small number of people covered or not covered can be told."""
    known = {group.cell: consistent(group.state, sizes[group.cell]) for group in found}
    bad = [cell for cell, n in known.items() if tells(n) or tells({sizes[cell] - each for each in n})]
    for one, other in combinations(known, 2):
        both = {a + b for a in known[one] for b in known[other]}
        rest = {sizes[one] + sizes[other] - n for n in both}
        if tells(both) or tells(rest):
            bad.append(f"{one} and {other}")
    return bad


def test_the_attack_finds_a_leak_where_there_is_one() -> None:
    """A class that told 'most' of a team of nine would tell that one person is missing."""
    assert tells({9 - n for n in range(10) if 0.8 <= n / 9 < 0.95})
    assert leaks([Group("x", NONE, frozenset())], {"x": 3}) == ["x"]


# 50 organisations take half a minute (each is imported and released): 10 in the quick run, 50 in the long one
@settings(max_examples=10)
@given(org)
def test_no_class_tells_how_few_are_missing_or_there(fresh_engine: Callable[[], Engine], drawn: dict[Any, Any]) -> None:
    """For any organisation and any delivery: not by a group, not by two together, and units above add nothing to their groups."""
    no_class_tells(fresh_engine(), drawn)


@pytest.mark.long
@settings(max_examples=50)
@given(org)
def test_no_class_of_many_organisations_tells_it(fresh_engine: Callable[[], Engine], drawn: dict[Any, Any]) -> None:
    """The same, for more of them."""
    no_class_tells(fresh_engine(), drawn)


def no_class_tells(engine: Engine, drawn: dict[Any, Any]) -> None:
    """Deliver hours of some of the people of an organisation, and look whether a class leaks."""
    teams = {f"Co/{division}/{team}": size for (division, team), (size, _) in drawn.items()}
    people = people_in(teams)
    employ(engine, people)
    shares = {f"Co/{division}/{team}": share for (division, team), (_, share) in drawn.items()}
    there = {c: u for c, u in people.items() if int(c.split("#")[1]) < round(shares[u] * teams[u])}
    if not there:
        return
    deliver(engine, there, hours(there, NEWEST))
    release(engine)

    with engine.connect() as connection:
        paths = {row.id: row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}
        found = groups(connection, NEWEST)
    if not look(engine).weeks:
        return
    sizes = {group.cell: sum(teams[paths[unit]] for unit in group.units) for group in found}
    assert leaks(found, sizes) == []
    shown = look(engine)
    for row in shown.rows:
        inside = {unit for unit, path in paths.items() if (path + "/").startswith(row.path + "/")}
        if NEWEST in shown.weeks:
            assert row.cells[shown.weeks.index(NEWEST)] == covered(found, inside)


def test_no_class_of_the_demonstration_tells_it_either(demo_readonly: Engine) -> None:
    """Every group of the newest weeks of the demonstration organisation."""
    with demo_readonly.connect() as connection:
        week = date(2026, 3, 2)
        found = groups(connection, week)
        people = people_in_units(connection, [unit for group in found for unit in group.units], week)
    sizes = {group.cell: sum(people.get(unit, 0) for unit in group.units) for group in found}
    told = [group for group in found if group.state != HIDDEN and sizes[group.cell] >= POLICY.k_prime]
    assert len(told) > 50
    assert leaks(told[:60], sizes) == []


@given(st.integers(0, 400), st.floats(0, 1))
def test_the_class_of_an_open_week_tells_no_small_number(people: int, share: float) -> None:
    """Of all numbers of people that lead to the same word, not all are small, neither there nor missing."""
    delivered = round(share * people)
    word = said(people, delivered)
    if word in ("", "nothing"):
        return
    alike = [n for n in range(people + 1) if said(people, n) == word]
    assert not tells(set(alike)) and not tells({people - n for n in alike})


def said(people: int, delivered: int) -> str:
    """The word of `came_in`, by arithmetic."""
    if people < 10:
        return ""
    if not delivered:
        return "nothing"
    if people < 100:
        return "some"
    return "nearly all" if delivered >= 0.95 * people else "most" if delivered >= 0.8 * people else "part"


@pytest.mark.parametrize(("size", "there"), [(9, 5), (12, 0), (12, 3), (120, 119), (120, 100), (120, 20)])
def test_an_open_week_is_told_for_the_company_alone(sqlite_engine: Engine, size: int, there: int) -> None:
    """The word that arithmetic gives, on the screen as well."""
    people = people_in({"Co/A": size})
    employ(sqlite_engine, people)
    some = dict(list(people.items())[:there])
    week = NEWEST + SEVEN_DAYS
    if some:
        deliver(sqlite_engine, some, hours(some, week))
    with sqlite_engine.connect() as connection:
        assert came_in(connection, week) == said(size, there)
    assert {each.week: each.came_in for each in look(sqlite_engine).open_weeks}[week] == said(size, there)


# --- what is worth a look ---------------------------------------------------------------------------------------------


@pytest.fixture
def history(sqlite_engine: Engine) -> Iterator[tuple[Engine, date]]:
    """Thirty closed weeks of 24 people whose hours hardly move; the newest is for each test to write."""
    people = people_in({"Co/A": 12, "Co/B": 12})
    employ(sqlite_engine, people)
    for back in range(30, 0, -1):
        facts = hours(people, NEWEST - back * SEVEN_DAYS, worked=38.0 + back % 3)
        deliver(
            sqlite_engine,
            people,
            {key: {**cells, "focus": 12.0 + back % 2, "meeting": 10.0} for key, cells in facts.items()},
        )
    yield sqlite_engine, NEWEST


def write(engine: Engine, worked: float, **more: float) -> list[str]:
    """Write the newest week, release everything; what is then worth a look."""
    people = people_in({"Co/A": 12, "Co/B": 12})
    deliver(engine, people, {key: {**cells, **more} for key, cells in hours(people, NEWEST, worked=worked).items()})
    release(engine)
    with engine.connect() as connection:
        top = connection.scalar(select(OrgUnit.id).where(OrgUnit.parent_id.is_(None)))
        assert top is not None
        found = measure_outliers(connection, "workload", unit_cell(top), catalogue(POLICY), NEWEST)
    assert all(str(worked) not in each.sentence for each in found)
    return sorted(f"{each.what} {each.metric}" for each in found)


def test_an_ordinary_week_is_not_worth_a_look(history: tuple[Engine, date]) -> None:
    """Within the usual swing, with every column."""
    assert write(history[0], 39.0, focus=12.0, meeting=10.0) == []


def test_a_jump_a_vanished_column_and_zeros_are_found(history: tuple[Engine, date]) -> None:
    """Hours half as high again, no focus hours, meetings of zero."""
    found = write(history[0], 58.0, meeting=0.0)
    assert {"jump utilisation", "vanished focus_hours", "zero meeting_hours"} <= set(found)


def test_fewer_groups_than_usual_are_found() -> None:
    """Against the weeks before; not with too few of them, and not for a group or two."""
    full = [Group(f"u{i}", IN, frozenset((i,))) for i in range(10)]
    gaps = [Group(f"u{i}", IN if i < 6 else NONE, frozenset((i,))) for i in range(10)]
    before = {NEWEST - i * SEVEN_DAYS: full for i in range(1, 6)}
    found = coverage_outlier(before | {NEWEST: gaps}, NEWEST)
    assert found is not None and found.sentence.startswith("6 of 10 groups have come in for the week of 2 Feb")
    assert coverage_outlier(before | {NEWEST: full}, NEWEST) is None
    assert coverage_outlier({NEWEST: gaps}, NEWEST) is None
    assert covered([], ()) == Covered(HIDDEN, 0, 0)


def test_a_file_with_far_fewer_rows_than_usual_is_found(sqlite_engine: Engine) -> None:
    """By rows a week; undone deliveries do not count, and neither do small files."""
    row = {
        "actor": "x", "kind": "person-weeks", "sha256": "0", "loaded": 0, "replaced": 0, "unchanged": 0, "removed": 0,
        "people": 0, "units": 0, "held": False, "undone_by": None, "undone_at": None, "first_week": NEWEST, "last_week": NEWEST,
    }  # fmt: skip
    with sqlite_engine.begin() as connection:
        for day, rows in enumerate((1000, 1010, 990, 1005)):
            connection.execute(
                insert(Delivery).values(row | {"rows": rows, "file": "w.csv", "at": AT + timedelta(days=day)})
            )
        assert row_outliers(connection, ("person-weeks",), AT) == []
        connection.execute(
            insert(Delivery).values(row | {"rows": 300, "file": "cut.csv", "at": AT + timedelta(days=5)})
        )
        (found,) = row_outliers(connection, ("person-weeks", "people"), AT)
    assert found.sentence == "cut.csv: clearly fewer rows a week than files of this kind (Hours) usually have."


# --- refusals, the picture ----------------------------------------------------------------------------------------------


def test_a_refusal_keeps_kinds_of_problems_and_nothing_of_the_rows(engine: Engine) -> None:
    """Bands instead of numbers, no id and no value; once for the same; gone with the next delivery of the kind."""
    problems = [
        Problem("w.csv", row, "person_id", f"P{row}", "There is nobody with this id on record.", "")
        for row in range(2, 9)
    ]
    problems.append(Problem("w.csv", 9, "worked", "forty", "This is not a number.", ""))
    refused = ImportRefused(tuple(problems), len(problems))
    with engine.begin() as connection:
        for _ in range(2):
            note_refusal(connection, kind="person-weeks", file="w.csv", refused=refused, actor="ines", at=AT)
        (found,) = refusals(connection, ("person-weeks", "people"))
    assert dict(found.problems) == {UNKNOWN_PEOPLE: "5–19", "cells in the column worked": "fewer than five"}
    assert "P2" not in str(found) and "forty" not in str(found)
    assert [band(n) for n in (1, 4, 5, 19, 20, 100, 5000)] == [
        "fewer than five", "fewer than five", "5–19", "5–19", "20–99", "100–999", "1,000 or more",
    ]  # fmt: skip


def test_the_picture_draws_every_cell_once(company: Engine) -> None:
    """A bar for each unit and week; words stand in cells that are not simply in."""
    import plotly.graph_objects as go

    found = look(company, weeks=3)
    figure = coverage_figure(found)
    go.Figure(figure.to_dict())
    assert sum(len(trace.y) for trace in figure.data) == len(found.rows) * len(found.weeks)
    assert {note.text for note in figure.layout.annotations} == {"part"}


def test_administrators_read_nothing_about_hours(history: tuple[Engine, date]) -> None:
    """HR reads that a measure of the company jumped or is zero; an administrator that one is not there; HR of a unit nothing."""
    engine = history[0]
    write(engine, 58.0, meeting=0.0)

    told = {
        viewer.name: {each.what for each in look(engine, viewer).outliers}
        for viewer in (ADMIN, HR, replace(HR, name="narrowed", units=("Co/A",)))
    }

    assert {"jump", "zero", "vanished"} <= told["ines"]
    assert "vanished" in told["ada"] and not {"jump", "zero"} & told["ada"]
    assert not told["narrowed"]


def test_hr_of_some_units_reads_nothing_about_whole_files(fresh_engine: Callable[[], Engine], tmp_path: Path) -> None:
    """Two of four departments are missing in the newest week, and a file was refused: only the whole company's HR reads it."""
    engine, policy = fresh_engine(), Policy()
    day, newest = files.AT.date(), date(2026, 3, 16)

    def load(kind: str, path: Path) -> None:
        files.bring_in(
            engine,
            kind,
            path,
            policy=policy,
            as_of=day,
            after_load=lambda connection, weeks: note_delivery(connection, weeks, held=False, as_of=day),
        )
        finish_pending(engine, policy=policy, as_of=day, at=files.AT, actor="test", include_held=True)

    people = [files.person(f"{name}{i}", f"Co/{name}") for name in "ABCD" for i in range(9)]
    load("people", files.people_file(tmp_path, people))
    for back in range(8, -1, -1):
        there = "ABCD" if back else "AB"
        rows = [(f"{name}{i}", newest - timedelta(weeks=back), 40, 38) for name in there for i in range(9)]
        load("person-weeks", files.weeks_file(tmp_path, ("person_id", "week", "contracted", "worked"), rows))
    bad = files.weeks_file(tmp_path, ("person_id", "week", "worked"), [("D3", newest, "maternity")], "D3 sick.csv")
    with pytest.raises(ImportRefused) as refused:
        files.bring_in(engine, "person-weeks", bad)
    with engine.begin() as connection:
        note_refusal(connection, kind="person-weeks", file=bad.name, refused=refused.value, actor="ines", at=files.AT)

    def looked(viewer: Viewer) -> DataQuality:
        with engine.connect() as connection:
            return data_quality(connection, viewer, policy=policy, as_of=day, at=files.AT)

    whole, narrowed = looked(HR), looked(replace(HR, units=("Co/A",)))
    assert "2 of 4 groups" in whole.outliers[0].sentence and [each.file for each in whole.refusals] == [bad.name]
    assert [row.path for row in narrowed.rows] == ["Co/A"]
    assert (narrowed.outliers, narrowed.refusals, narrowed.narrowed) == ((), (), True)
    both = looked(replace(HR, roles=("hr", "admin"), units=("Co/A",)))
    assert (both.refusals, both.narrowed) == (whole.refusals, False)


def test_the_more_has_come_in_the_paler_the_cell() -> None:
    """In, most and part in this order on the paper of both themes, most nearer to in; the words on them can be read."""
    for mode in ("light", "dark"):
        colours = theme_colours(CONFIG, mode)
        ground = rgb(colours[palette.PAPER])
        looks = [tuple(on(colours, colour, ground) for colour in FILLS[state]) for state in (IN, MOST, PART)]
        all_in, most, part = (math.dist(seen(fill), seen(ground)) for fill, _ in looks)
        assert all_in < most < (all_in + part) / 2, mode
        assert all(contrast(fill, text) >= 4.5 for fill, text in looks), mode


def on(colours: dict[str, str], colour: str, ground: tuple[float, ...]) -> tuple[float, ...]:
    """Red, green and blue of a slot, translucent ones mixed with the ground."""
    share = int(colour[7:], 16) / 255 if len(colour) == 9 else 1.0
    return tuple(share * a + (1 - share) * b for a, b in zip(rgb(colours[colour[:7]]), ground, strict=True))


def rgb(text: str) -> tuple[float, ...]:
    """Red, green and blue from 0 to 1."""
    return tuple(int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))


def linear(colour: tuple[float, ...]) -> list[float]:
    """sRGB without its gamma (IEC 61966-2-1)."""
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance (WCAG 2)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def seen(colour: tuple[float, ...]) -> tuple[float, ...]:
    """CIE L*a*b* under D65, in which distance is about how different two colours look."""
    red, green, blue = linear(colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, luminance(colour), z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Contrast ratio (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
