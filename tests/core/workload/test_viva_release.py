"""Real input: the export of Microsoft Viva Insights (300 people, 35 weeks) through the whole house, proved by both methods."""

import gzip
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, select

from core.database.engine import make_engine
from core.intake.imports import ImportOptions, run_import
from core.people.tables import OrgUnit
from core.policy import Policy
from core.privacy.audit import prove
from core.privacy.ledger import LedgerRow, rows_of
from core.privacy.suppression import violations
from core.workload.release import finish_pending, note_delivery
from tests.databases import RunFolder, Server, built
from tests.organisations import audited

EXPORT = Path(__file__).parents[2] / "data" / "viva" / "pq_data.csv.gz"
AS_OF = date(2025, 1, 6)
NOW = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
UNITS = ("Organization", "LevelDesignation")
K = Policy().k_prime


def imported(engine: Engine) -> None:
    """Import the export as it comes and release its weeks."""
    folder = Path(str(engine.url.database or ".")).resolve().parent
    path = (folder if folder.is_dir() else Path.cwd()) / "pq_data.csv"
    if engine.dialect.name != "sqlite":
        import tempfile

        path = Path(tempfile.mkdtemp()) / "pq_data.csv"
    with gzip.open(EXPORT, "rb") as packed, path.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    run_import(
        engine,
        "viva-person-query",
        path,
        actor="test",
        at=NOW,
        options=ImportOptions(unit_columns=UNITS),
        after_load=lambda connection, weeks: note_delivery(connection, weeks, held=False, as_of=AS_OF),
    )
    path.unlink()
    finish_pending(engine, policy=Policy(), as_of=AS_OF, at=NOW, actor="test")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def viva(request: pytest.FixtureRequest, run_folder: RunFolder) -> Iterator[Engine]:
    """The export, imported and released; for reading."""
    if request.param == "sqlite":
        url = f"sqlite:///{run_folder.once('viva.db', lambda path: built(f'sqlite:///{path}', imported))}"
    else:
        server: Server = request.getfixturevalue("postgres")
        url = server.once("viva", lambda at: built(at, imported))
    engine = make_engine(url, read_only=True)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    """The raw export as a frame."""
    return pd.read_csv(EXPORT)


@cache
def ledger(engine: Engine, family: str = "viva_collaboration") -> dict[date, list[LedgerRow]]:
    """The ledger of one family by week; nothing changes in these databases."""
    with engine.connect() as connection:
        rows = [row for row in rows_of(connection, "workload") if row.family == family]
    weeks: dict[date, list[LedgerRow]] = {}
    for row in rows:
        weeks.setdefault(row.period, []).append(row)
    return weeks


def paths(engine: Engine) -> dict[str, str]:
    """Cell id of a unit -> its path."""
    with engine.connect() as connection:
        return {f"unit:{row.id}": row.path for row in connection.execute(select(OrgUnit.id, OrgUnit.path))}


def test_a_plain_threshold_of_five_gives_every_hidden_cell_away(export: pd.DataFrame) -> None:
    """With units by organisation and level, a threshold of five hides six cells of 14 people, and subtraction finds all six."""
    first = export[export["MetricDate"] == export["MetricDate"].min()]
    cells = {key: frozenset(group["PersonId"]) for key, group in first.groupby(list(UNITS))}
    hidden = {key: members for key, members in cells.items() if len(members) < 5}
    organisations = {name: frozenset(group["PersonId"]) for name, group in first.groupby("Organization")}

    assert (len(hidden), sum(len(members) for members in hidden.values())) == (6, 14)

    shown = {f"{org}/{level}": members for (org, level), members in cells.items() if len(members) >= 5}
    shown |= organisations
    rows = {name: frozenset((person, "") for person in members) for name, members in shown.items()}
    candidates = {f"{key}": frozenset((person, "") for person in members) for key, members in hidden.items()}
    proof = prove(rows, 5, candidates)
    assert len(proof.hidden_recoverable) == 6
    for (org, level), members in hidden.items():
        siblings = [m for (o, other), m in cells.items() if o == org and other != level and len(m) >= 5]
        assert organisations[org] - frozenset().union(*siblings) == members


def test_nothing_can_be_worked_out_from_the_release_by_either_method(viva: Engine) -> None:
    """The lemma's remainders hold k' people or nobody in every week, and row reduction agrees for everything released."""
    report = audited(viva)

    assert report.releases == 35
    assert report.recoverable == 0
    assert report.problems == ()
    for rows in ledger(viva).values():
        shown = [row for row in rows if row.shown]
        for row in shown:
            inside = [other.members for other in shown if other.members < row.members]
            rest = row.members - frozenset().union(*inside)
            assert not rest or len(rest) >= K


def test_no_organisation_is_hidden_and_everybody_with_a_sibling_team_is_in_a_cell(viva: Engine) -> None:
    """In every week each organisation is shown, and everybody stands in some shown cell at or below it."""
    path = paths(viva)
    for rows in ledger(viva).values():
        organisations = [row for row in rows if path.get(row.cell, "").count("/") == 1]
        assert len(organisations) == 7
        assert all(row.shown for row in organisations)
        covered = frozenset().union(*(row.members for row in rows if row.shown and path.get(row.cell) != "Company"))
        assert {person for person, _ in covered} == {person for row in rows for person, _ in row.members}


def test_no_difference_of_two_shown_cells_is_about_few_people(viva: Engine) -> None:
    """The attack everybody tries: subtract any shown cell from any other, in the first and the last week."""
    weeks = ledger(viva)
    for week in (min(weeks), max(weeks)):
        shown = [row.members for row in weeks[week] if row.shown]
        for one, other in combinations(shown, 2):
            if one < other or other < one:
                assert len(one ^ other) >= K


def test_the_ledger_is_a_laminar_family(viva: Engine) -> None:
    """Candidate cells of a week are nested or disjoint, which is what the lemma rests on."""
    rows = ledger(viva)
    week = rows[min(rows)]
    for one, other in combinations(week, 2):
        meet = one.members & other.members
        assert not meet or meet in (one.members, other.members)


def test_violations_would_be_seen() -> None:
    """The closed form is not blind: one more shown team in a finished pattern is reported."""
    from tests.core.privacy.test_suppression import S1_COUNTS, S1_LATTICE, A, B, D

    assert violations(S1_LATTICE, frozenset({D, A, B}), S1_COUNTS, K)
