"""`import activity-events` and `show activity`: events in, the protected card out, every look logged."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.tables import AccessLog
from tests.cli.conftest import TEAMS, CommandLine

LATE = "2026-04-15"  # the quarter of 29 December 2025 to 29 March 2026 is closed
WEEKS = tuple(date(2025, 12, 29) + timedelta(weeks=i) for i in range(13))


@pytest.fixture
def carded(co: CommandLine, tmp_path: Path) -> CommandLine:
    """The small organisation with events of everybody on weekdays at 10 and 15 in one week of each month."""
    lines = ["author,timestamp"]
    for week in WEEKS[::4]:
        for team, size in TEAMS.items():
            for day in range(5):
                at = week + timedelta(days=day)
                lines += [f"{team}#{i},{at}T{hour}:00+01:00" for i in range(size) for hour in (10, 15)]
    path = tmp_path / "commits.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = co.document("import", "activity-events", path, "--as-of", LATE, "--json")
    assert done["kind"] == "activity-events"
    assert done["loaded"] == done["rows"] == len(lines) - 1
    return co


def test_the_document_has_a_class_for_each_hour_and_nothing_exact(carded: CommandLine) -> None:
    """Company by the hour, a team by parts of the day; classes, bands and words, no count and no share."""
    company = carded.document("show", "activity", "--as", "leader", "--as-of", LATE, "--format", "json")
    team = carded.document(
        "show", "activity", "--as", "leader", "--unit", "Co/A/One", "--as-of", LATE, "--format", "json"
    )

    assert company["period"] == {"from": "2025-12-29", "to": "2026-03-29"}
    assert (company["status"], company["n_band"], len(company["hours"])) == ("shown", "20–49", 168)
    assert (team["status"], team["n_band"], len(team["hours"])) == ("shown", "5–9", 42)
    assert {row["class"] for row in company["hours"]} <= {0, 1, 2, 3}
    assert [row["hour"] for row in company["hours"] if row["weekday"] == 2 and row["class"]] == [10, 15]
    assert set(company["hours"][0]) == {"weekday", "hour", "hours", "class", "text"}


def test_table_and_csv_say_the_same(carded: CommandLine) -> None:
    """The sentence, a row for each hour, and one line of the file for each hour."""
    told = carded.done("show", "activity", "--as", "leader", "--as-of", LATE)
    rows = carded.done("show", "activity", "--as", "leader", "--as-of", LATE, "--format", "csv").splitlines()

    assert told.startswith("Most activity lies between 10 and 16 on weekdays.")
    assert "10–11" in told
    assert rows[0] == "unit,quarter,weekday,hour,hours,class,release"
    assert len(rows) == 169


def test_before_the_quarter_has_closed_there_is_no_card(carded: CommandLine) -> None:
    """And without events there is none at all; both are answers and no refusals."""
    earlier = carded.document(
        "show", "activity", "--as", "leader", "--period", "2025-11-01", "--as-of", LATE, "--format", "json"
    )

    assert (earlier["status"], earlier["hours"], earlier["release"]) == ("open", [], None)


def test_a_look_is_logged_also_when_it_is_refused(carded: CommandLine) -> None:
    """The manager of A may not look at B; both looks are on record under the operator's name."""
    carded.done("show", "activity", "--as", "manager", "--unit", "Co/A", "--as-of", LATE)
    reason = carded.refused("show", "activity", "--as", "manager", "--unit", "Co/B", "--as-of", LATE)

    assert "not a unit that you may see" in reason
    with carded.engine().connect() as connection:
        rows = connection.execute(select(AccessLog.viewer, AccessLog.subject, AccessLog.what)).all()
    seen = {(row.viewer.rsplit(" as ", 1)[1], row.subject) for row in rows if row.what == "activity, protected cells"}
    assert {("manager", "unit Co/A"), ("manager", "unit Co/B")} <= seen


def test_the_audit_covers_cards_and_weekly_shares(carded: CommandLine) -> None:
    """Everything released is proved again, the quarter among it, and an export of it can be repeated."""
    audit = carded.document("privacy", "audit", "--json")

    assert audit["recoverable"] == 0
    assert audit["problems"] == []


def test_a_wrong_format_or_day_is_wrong_usage(co: CommandLine) -> None:
    """Exit 2, as everywhere."""
    assert co("show", "activity", "--as", "leader", "--format", "xml").exit_code == 2
    assert co("show", "activity", "--as", "leader", "--period", "spring").exit_code == 2
    assert co.document("show", "activity", "--as", "leader", "--format", "json")["status"] == "none"
