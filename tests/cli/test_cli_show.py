"""`show workload`: the screen as a document, under the same rules, and every look logged."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.access.tables import AccessLog
from core.people.tables import OrgUnit
from core.privacy.tables import PublishedCell
from tests.cli.conftest import AS_OF, CLOSED, TEAMS, CommandLine
from tests.conftest import NOW

KEYS = {"unit", "metric", "period", "release", "cells"}
CELL = {"unit", "week", "status", "value", "low", "high", "n_band", "shown_with"}
JOIN = "Five and Four together"
PLATFORM = "Northwind/Engineering/Infrastructure/Platform"


def shown(line: CommandLine, user: str = "leader", *more: object) -> Any:
    """The JSON document of an account."""
    return line.document("show", "workload", "--as", user, "--as-of", AS_OF, "--format", "json", *more)


def looks(line: CommandLine) -> list[tuple[str, str, int]]:
    """The access log: (account looked as, subject, reads)."""
    with line.engine().connect() as connection:
        rows = connection.execute(select(AccessLog).order_by(AccessLog.viewer, AccessLog.subject)).all()
    assert all(row.day == NOW.date() for row in rows)
    return [(row.viewer.rsplit(" as ", 1)[1], row.subject, row.reads) for row in rows]


def assert_honest(document: Any) -> None:
    """Shape, statuses, and nothing numeric beside a cell that is not shown."""
    assert set(document) >= KEYS
    assert set(document["metric"]) >= {"id", "name", "unit"}
    assert set(document["period"]) >= {"from", "to"}
    for cell in document["cells"]:
        assert set(cell) >= CELL
        assert cell["status"] in ("shown", "hidden", "missing")
        if cell["status"] != "shown":
            assert [cell[name] for name in ("value", "low", "high", "n_band")] == [None] * 4
            assert not re.search(r"\d", cell["text"])
            assert cell["covers"] is None
        else:
            assert cell["n_band"] in ("5–9", "10–19", "20–49", "50+")
            assert cell["shown_with"] is None


def status(document: Any, week: date = CLOSED[-1]) -> dict[str, str]:
    """Unit (path, or the name of a join or of others) -> status in one week."""
    return {cell["unit"]: cell["status"] for cell in document["cells"] if cell["week"] == week.isoformat()}


def test_the_document_has_the_shape_that_scripts_rely_on(co: CommandLine) -> None:
    """The unit, its children, the join across the small ones; one cell for each row and week."""
    found = shown(co, "leader", "--unit", "Co/B", "--metric", "utilisation", "--from", CLOSED[0], "--to", CLOSED[-1])
    assert_honest(found)
    assert (found["unit"], found["metric"]["id"], found["metric"]["unit"]) == ("Co/B", "utilisation", "ratio")
    assert found["period"] == {"from": CLOSED[0].isoformat(), "to": (CLOSED[-1] + timedelta(days=6)).isoformat()}
    assert status(found) == {
        "Co/B": "shown",
        "Co/B/Three": "shown",
        "Co/B/Eight [north]": "shown",
        "Co/B/Four": "hidden",
        "Co/B/Five": "hidden",
        JOIN: "shown",
    }
    assert len(found["cells"]) == 6 * len(CLOSED)
    keys = {cell["unit"]: cell["cell"] for cell in found["cells"]}
    assert {cell["shown_with"] for cell in found["cells"] if cell["status"] == "hidden"} == {keys[JOIN]}


def test_values_are_the_published_ones(co: CommandLine) -> None:
    """Number by number as the released cells have them, with their release."""
    found = shown(co, "leader", "--unit", "Co/A")
    with co.engine().connect() as connection:
        rows = connection.execute(
            select(PublishedCell.cell_id, PublishedCell.period, PublishedCell.value, PublishedCell.low, PublishedCell.high)
            .where(PublishedCell.measure == "utilisation", PublishedCell.status == "shown", PublishedCell.current)
        ).all()  # fmt: skip
        newest = max(connection.scalars(select(PublishedCell.release_id)))
    published = {(row.cell_id, row.period.isoformat()): (row.value, row.low, row.high) for row in rows}
    told = {
        (cell["cell"], cell["week"]): (cell["value"], cell["low"], cell["high"])
        for cell in found["cells"]
        if cell["status"] == "shown"
    }
    assert len(told) == 3 * len(CLOSED)
    assert all(published[place] == pytest.approx(values) for place, values in told.items())
    assert found["release"] == newest


def test_missing_is_a_week_that_nobody_delivered_and_not_a_hidden_one(co: CommandLine) -> None:
    """Weeks before the first delivery."""
    found = shown(co, "leader", "--from", CLOSED[0] - timedelta(weeks=2))
    assert_honest(found)
    assert set(status(found, CLOSED[0] - timedelta(weeks=1)).values()) == {"missing"}
    assert set(status(found, CLOSED[0]).values()) <= {"shown", "hidden"}


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (CLOSED[1], CLOSED[2], CLOSED[1:3]),
        (CLOSED[1] + timedelta(days=3), CLOSED[2] + timedelta(days=3), CLOSED[1:3]),  # any day of a week
        (CLOSED[2], date(2027, 1, 4), CLOSED[2:]),  # an end beyond the data does not move the beginning
        (CLOSED[2], None, CLOSED[2:]),
        (CLOSED[3], CLOSED[3], CLOSED[3:]),
    ],
)
def test_the_period_is_the_one_asked_for(
    co: CommandLine, first: date, last: date | None, expected: tuple[date, ...]
) -> None:
    """From the week of the first day to that of the last, as far as weeks are released."""
    found = shown(co, "leader", "--from", first, *(("--to", last) if last else ()))
    assert sorted({cell["week"] for cell in found["cells"]}) == [week.isoformat() for week in expected]
    assert found["period"]["from"] == expected[0].isoformat()


def test_a_period_after_the_newest_release_is_refused(co: CommandLine) -> None:
    """Not answered with other weeks than those asked for."""
    told = co.refused("show", "workload", "--as", "leader", "--as-of", AS_OF, "--from", "2026-03-09")
    assert told == "Nothing is released from 2026-03-09 on; the newest week is that of 2 March 2026."


def test_csv_holds_the_same_cells_as_the_document(co: CommandLine) -> None:
    """Row by row; the header of the download; nothing else on standard output."""
    text = co.done("show", "workload", "--as", "leader", "--as-of", AS_OF, "--unit", "Co/B", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    document = shown(co, "leader", "--unit", "Co/B")
    assert list(rows[0]) == [
        "unit", "week", "measure", "status", "text", "value", "low", "high", "n_band", "covers", "shown_with", "release",
    ]  # fmt: skip
    assert [(row["week"], row["status"], row["text"]) for row in rows] == [
        (cell["week"], cell["status"], cell["text"]) for cell in document["cells"]
    ]
    assert all(row["low"] == row["high"] == row["n_band"] == "" for row in rows if row["status"] != "shown")


def test_a_table_can_be_read_by_people_also_when_it_is_piped(co: CommandLine) -> None:
    """Whole names, brackets in them included, each value on its line; the sentence on top."""
    text = co.done("show", "workload", "--as", "leader", "--as-of", AS_OF, "--unit", "Co/B")
    document = shown(co, "leader", "--unit", "Co/B")
    assert text.startswith(document["sentence"])
    for name in ("Eight [north]", "Three", JOIN):
        (line,) = [row for row in text.splitlines() if name in row]
        own = [cell for cell in document["cells"] if cell["unit"].endswith(name)]
        printed = [part.strip() for part in line.split("│")[2:-1]]
        short = {"missing": "–", "hidden": "hidden"}
        expected = [short.get(cell["status"]) or cell["text"].removesuffix("\u00a0%") for cell in own]
        assert len(printed) >= 8
        assert (told := [text for text in printed if text])
        assert told == expected[-len(told) :]
    assert "…" not in text


def test_a_unit_called_like_markup_does_not_break_the_table(co: CommandLine) -> None:
    """A name is text."""
    with co.engine().begin() as connection:
        connection.execute(update(OrgUnit).where(OrgUnit.name == "Three").values(name="[/bold]Three"))
    assert "[/bold]Three" in co.done("show", "workload", "--as", "leader", "--as-of", AS_OF, "--unit", "Co/B")


# --- who sees what -------------------------------------------------------------------------------------------------

EVERY_UNIT = {"Co", "Co/A", "Co/B", *TEAMS}


def visible(line: CommandLine, user: str) -> set[str]:
    """Every unit path that an account can get to see, asked for one by one."""
    found = set()
    for unit in sorted(EVERY_UNIT):
        result = line("show", "workload", "--as", user, "--as-of", AS_OF, "--unit", unit, "--format", "json")
        assert result.exit_code in (0, 1)
        if result.exit_code == 0:
            found.add(unit)
    return found


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("leader", EVERY_UNIT),
        ("hr", EVERY_UNIT),
        ("manager", {"Co/A", "Co/A/One", "Co/A/Two"}),
        ("employee", {"Co", "Co/A", "Co/A/One"}),
        ("admin", set()),
        ("nobody-yet", set()),
    ],
)
def test_each_role_sees_its_units_and_no_other(co: CommandLine, user: str, expected: set[str]) -> None:
    """Asked unit by unit: exit 0 within the scope, exit 1 outside it."""
    assert visible(co, user) == expected


@pytest.mark.parametrize("user", ["manager", "employee"])
def test_no_row_of_a_sibling_outside_the_scope_comes_along(co: CommandLine, user: str) -> None:
    """Neither as a child nor as a part of a join nor among the names that stand in for hidden cells."""
    allowed = {"manager": {"Co/A", "Co/A/One", "Co/A/Two"}, "employee": {"Co", "Co/A", "Co/A/One"}}[user]
    for unit in allowed:
        found = shown(co, user, "--unit", unit)
        paths = {cell["unit"] for cell in found["cells"] if cell["cell"].startswith("unit:")}
        assert paths <= allowed
        assert unit in paths
        names = {str(cell["shown_with_name"]) for cell in found["cells"]}
        assert not [name for name in names if "Four" in name or "Five" in name]


def test_a_unit_outside_the_scope_reads_like_one_that_does_not_exist(co: CommandLine) -> None:
    """The refusal gives nothing away, whatever is tried with path, slug, case or wildcard; each try is logged."""
    asked = ("Co/B", "Co/Nowhere", "co.b", "Co/%", "Co/A/../B", "Co/A/", "", "unit:3", "CO/A")
    told = {
        unit: co.refused("show", "workload", "--as", "manager", "--as-of", AS_OF, "--unit", unit).replace(
            f"'{unit}'", "UNIT"
        )
        for unit in asked
    }
    assert len(set(told.values())) == 1
    assert "not a unit that you may see" in told["Co/B"]
    assert {("manager", f"unit {unit}", 1) for unit in asked if unit} <= set(looks(co))
    assert sum(reads for _, _, reads in looks(co)) == len(asked)


def test_an_administrator_is_told_that_the_role_opens_nothing(co: CommandLine) -> None:
    """With or without a unit; that it was tried is logged."""
    for more in ((), ("--unit", "Co")):
        told = co.refused("show", "workload", "--as", "admin", "--as-of", AS_OF, *more)
        assert "administrator does not open it" in told
    assert "No unit is in your scope" in co.refused("show", "workload", "--as", "nobody-yet", "--as-of", AS_OF)
    assert [user for user, _, _ in looks(co)] == ["admin", "admin", "nobody-yet"]


def test_an_account_that_is_unknown_or_closed_sees_nothing(co: CommandLine) -> None:
    """Exit 1 with where to look; wildcards are letters."""
    co.done("user", "deactivate", "leader")
    for user in ("ghost", "leader", "%", ""):
        assert f"no active account '{user}'" in co.refused("show", "workload", "--as", user, "--as-of", AS_OF)
    assert {user for user, _, _ in looks(co)} == {"ghost", "leader", "%", ""}


def test_an_unknown_measure_is_refused_with_those_there_are(co: CommandLine) -> None:
    """Exit 1; a measure without data is a document without cells, and says why."""
    told = co.refused("show", "workload", "--as", "leader", "--as-of", AS_OF, "--metric", "burnout")
    assert "no metric 'burnout'" in told
    assert "utilisation" in told
    nothing = shown(co, "leader", "--metric", "meeting_hours")
    assert_honest(nothing)
    assert nothing["cells"] == []
    assert nothing["release"] is None
    assert "no data" in nothing["sentence"]


def test_every_look_is_logged_once_for_account_unit_and_day(co: CommandLine) -> None:
    """Who stood behind the operator, what was looked at, how often; in every format."""
    shown(co, "leader", "--unit", "Co")
    shown(co, "leader", "--unit", "Co", "--metric", "overtime")
    co.done("show", "workload", "--as", "leader", "--as-of", AS_OF, "--unit", "Co", "--format", "csv")
    shown(co, "leader", "--unit", "Co/A")
    shown(co, "employee", "--unit", "Co")
    assert looks(co) == [("employee", "unit Co", 1), ("leader", "unit Co", 3), ("leader", "unit Co/A", 1)]
    shown(co, "hr")
    assert [(user, reads) for user, _, reads in looks(co) if user == "hr"] == [("hr", 1)]


def test_nothing_released_is_a_document_that_says_so(empty: CommandLine, co: CommandLine) -> None:
    """Every cell taken away: no weeks, no cells, a reason."""
    with co.engine().begin() as connection:
        connection.execute(PublishedCell.__table__.delete())  # type: ignore[attr-defined]
    found = CommandLine(co.url).document("show", "workload", "--as", "leader", "--as-of", AS_OF, "--format", "json")
    assert_honest(found)
    assert (found["cells"], found["sentence"]) == ([], "No week has been released yet.")
    assert found["period"] == {"from": None, "to": None}


# --- the demonstration ---------------------------------------------------------------------------------------------


def test_the_demonstration_can_be_had_as_documents_by_every_role(northwind: CommandLine) -> None:
    """Leader, HR, manager and employee each get an honest document of their own top unit; the admin gets none."""
    tops = {user: shown(northwind, user) for user in ("leader", "hr", "manager", "employee")}
    for document in tops.values():
        assert_honest(document)
        assert len({cell["week"] for cell in document["cells"]}) == 26
    assert {user: document["unit"] for user, document in tops.items()} == dict.fromkeys(tops, "Northwind")
    assert {cell["unit"] for cell in tops["employee"]["cells"]} == {"Northwind", "Northwind/Engineering"}
    assert len({cell["unit"] for cell in tops["leader"]["cells"]}) == 6
    team = shown(northwind, "employee", "--unit", PLATFORM)
    assert "Platform has run above 110" in team["sentence"]
    northwind.refused("show", "workload", "--as", "admin", "--as-of", AS_OF)


def test_the_document_lists_the_teams_whose_load_has_lasted(northwind: CommandLine) -> None:
    """Platform, by its path, with how long and against its own history, whatever measure is asked for; not to its outsiders."""
    for more in ((), ("--metric", "meeting_hours")):
        found = shown(northwind, "leader", *more)["sustained"]
        assert [set(row) for row in found] == [
            {"unit", "cell", "weeks", "or_more", "value_text", "against_own_swing"}
        ] * len(found)
        (platform,) = [row for row in found if row["unit"] == PLATFORM]
        assert platform["weeks"] >= 4
        assert platform["or_more"] is False
        assert platform["against_own_swing"] == "Beyond usual swing"
        assert re.fullmatch("1[1-9][0-9]\u00a0%", platform["value_text"])
        assert [row["weeks"] for row in found] == sorted((row["weeks"] for row in found), reverse=True)
    assert PLATFORM not in {
        row["unit"] for row in shown(northwind, "leader", "--unit", "Northwind/Products")["sustained"]
    }
    assert {row["unit"] for row in shown(northwind, "employee")["sustained"]} <= {PLATFORM}


def test_without_lasting_load_the_list_is_empty_and_never_missing(co: CommandLine) -> None:
    """Four ordinary weeks; a team that was never high; nothing released at all."""
    assert shown(co)["sustained"] == []
    with co.engine().begin() as connection:
        connection.execute(PublishedCell.__table__.delete())  # type: ignore[attr-defined]
    assert shown(co)["sustained"] == []


def test_two_accounts_see_the_same_number_or_none(northwind: CommandLine) -> None:
    """One global release: a cell that two roles see is the same for both."""
    department = PLATFORM.rsplit("/", 1)[0]
    by_role = {
        user: {(cell["cell"], cell["week"]): (cell["status"], cell["value"], cell["low"]) for cell in document["cells"]}
        for user in ("leader", "employee")
        if (document := shown(northwind, user, "--unit", department))
    }
    both = by_role["leader"].keys() & by_role["employee"].keys()
    assert len(both) >= 26
    assert all(by_role["leader"][place] == by_role["employee"][place] for place in both)
    assert by_role["leader"].keys() - by_role["employee"].keys()


def test_a_unit_is_read_against_its_own_usual_swing(northwind: CommandLine) -> None:
    """Limits, verdict and sentence of the unit asked for, as the panel of the screen has them."""
    swing = shown(northwind, "leader", "--unit", PLATFORM)["swing"]

    assert swing["verdict"] == "beyond usual swing" and swing["weeks_beyond"] >= 4
    assert 0.8 < swing["low"] < swing["high"] < 1.1 and swing["weeks_shown_before"] >= 20
    assert swing["text"].replace("\u00a0", " ").endswith(" %") and swing["text"] in swing["sentence"]
