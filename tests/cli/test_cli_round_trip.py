"""The whole way, from an empty database to a proved release, on both databases; and what a real process prints."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from core.workload.tables import PersonWeek
from tests.cli.conftest import AS_OF, CLOSED, WEEKS, CommandLine, add_accounts, people_csv, weeks_csv

ROOT = Path(__file__).parents[2]


def test_from_files_to_a_proved_release_and_back(
    database_url: str, command_line: Callable[[str], CommandLine], tmp_path: Path
) -> None:
    """People, hours, release, look, correction, proof, log: the same answers on SQLite and PostgreSQL."""
    line = command_line(database_url)
    assert line.document("import", "people", people_csv(tmp_path / "people.csv"), "--json")["loaded"] == 46
    hours = weeks_csv(tmp_path / "weeks.csv")
    loaded = line.document("import", "person-weeks", hours, "--hold", "--json", "--as-of", AS_OF)
    assert (loaded["loaded"], loaded["released"]) == (45 * len(WEEKS), [])
    assert "Released 4 weeks" in line.done("privacy", "release", "--as-of", AS_OF)
    engine = line.engine()
    add_accounts(engine)

    show = ("show", "workload", "--as", "leader", "--unit", "Co/B", "--as-of", AS_OF, "--format", "json")
    before = line.document(*show)
    newest = {cell["unit"]: cell for cell in before["cells"] if cell["week"] == CLOSED[-1].isoformat()}
    assert {unit for unit, cell in newest.items() if cell["status"] == "hidden"} == {"Co/B/Four", "Co/B/Five"}
    with engine.connect() as connection:
        worked = connection.scalars(select(PersonWeek.worked).where(PersonWeek.week == CLOSED[-1])).all()
    company = line.document("show", "workload", "--as", "leader", "--as-of", AS_OF, "--format", "json")
    (own,) = [c for c in company["cells"] if (c["unit"], c["week"]) == ("Co", CLOSED[-1].isoformat())]
    assert abs(own["value"] - sum(map(float, filter(None, worked))) / (40 * len(worked))) <= 0.01

    other = weeks_csv(tmp_path / "other.csv", CLOSED[:1], {"Co/B/Three": 12}, lambda _team, person, _week: 50 + person)
    assert "corrected 1" in line.done("import", "person-weeks", other, "--as-of", AS_OF)
    after = line.document(*show)
    moved = {
        (b["unit"], b["week"])
        for b, a in zip(before["cells"], after["cells"], strict=True)
        if (b["status"], b["value"]) != (a["status"], a["value"])
    }
    assert moved == {("Co/B", CLOSED[0].isoformat()), ("Co/B/Three", CLOSED[0].isoformat())}

    assert line.document("privacy", "audit", "--json")["recoverable"] == 0
    assert line.document("audit-log", "verify", "--json")["intact"] is True
    line.refused("show", "workload", "--as", "employee", "--unit", "Co/B", "--as-of", AS_OF)
    engine.dispose()


def run(line: CommandLine, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A real process, with the environment that an operator would set."""
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "EVENKEEL_DATABASE_URL": line.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_process_prints_one_document_and_nothing_else(co: CommandLine) -> None:
    """Standard output can be piped as it is; standard error is empty when there is nobody to watch progress."""
    done = run(co, "show", "workload", "--as", "leader", "--as-of", AS_OF, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["unit"] == "Co"
    assert done.stdout.startswith("{")
    assert done.stdout.endswith("}\n")


def test_a_process_prints_csv_and_nothing_else(co: CommandLine) -> None:
    """Header first, rows of one length."""
    done = run(co, "show", "workload", "--as", "hr", "--as-of", AS_OF, "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0][0] == "unit"
    assert {len(row) for row in rows} == {12}


def test_a_process_that_refuses_exits_1_with_one_line_and_wrong_usage_exits_2(co: CommandLine) -> None:
    """Nothing on standard output in either case, and no trace."""
    refused = run(co, "show", "workload", "--as", "admin", "--as-of", AS_OF)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    wrong = run(co, "import", "salaries", "file.csv")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Traceback" not in refused.stderr + wrong.stderr
