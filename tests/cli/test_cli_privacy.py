"""`privacy release|audit|export-release`: the proof in numbers, tampering that it finds, and an outsider's own attack."""

import csv
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core.access.tables import ChangeLog
from core.privacy.publish import matrix_hash
from core.privacy.tables import AuditResult, PublishedCell, Release, ReleaseRow
from tests.cli.conftest import AS_OF, CLOSED, CommandLine

K = 6  # five, and one who knows the own number
KEYS = {"releases", "cells_shown", "cells_hidden", "recoverable", "method", "seconds"}
Members = Mapping[str, frozenset[str]]


def test_the_proof_has_the_shape_that_scripts_rely_on(co: CommandLine) -> None:
    """Counts are those of the published cells; nothing is recoverable; the outcome is kept with its time."""
    found = co.document("privacy", "audit", "--json")
    assert set(found) >= KEYS
    with co.engine().connect() as connection:
        counted = dict(
            connection.execute(select(PublishedCell.status, func.count()).group_by(PublishedCell.status)).all()
        )
        kept = connection.execute(select(AuditResult).where(AuditResult.test == "everything")).mappings().all()
    assert (found["cells_shown"], found["cells_hidden"]) == (counted["shown"], counted["hidden"])
    assert (found["releases"], found["recoverable"]) == (len(CLOSED), 0)
    assert isinstance(found["method"], str)
    assert found["seconds"] >= 0
    assert found["cells_shown"] > 0 and found["cells_hidden"] > 0
    assert [(row["passed"], row["checked"]) for row in kept] == [(True, counted["shown"])]
    assert "0 recoverable" in co.done("privacy", "audit")


def test_nothing_released_is_proved_too(empty: CommandLine) -> None:
    """No releases, no cells, exit 0."""
    found = empty.document("privacy", "audit", "--json")
    assert [found[name] for name in ("releases", "cells_shown", "cells_hidden", "recoverable")] == [0, 0, 0, 0]


def hidden_team(line: CommandLine) -> str:
    """The cell of the team of four."""
    with line.engine().connect() as connection:
        (cell,) = set(connection.scalars(select(PublishedCell.cell_id).where(PublishedCell.name == "Four")))
    return str(cell)


def newest(line: CommandLine) -> int:
    """The newest release of a week."""
    with line.engine().connect() as connection:
        return int(connection.scalar(select(func.max(Release.id)).where(Release.area == "workload")) or 0)


def flip_published(line: CommandLine) -> None:
    """Set the hidden cell to shown, with a value, where screens read it."""
    with line.engine().begin() as connection:
        connection.execute(
            update(PublishedCell)
            .where(PublishedCell.cell_id == hidden_team(line), PublishedCell.release_id == newest(line))
            .values(status="shown", value=1.05, n_band="5–9")
        )


def flip_ledger(line: CommandLine) -> None:
    """Set it to shown in the ledger, too, and forge the hash, so that all records agree."""
    release = newest(line)
    names = ("family", "cell_id", "parent_cell", "status", "n", "members", "parts")
    with line.engine().begin() as connection:
        connection.execute(
            update(ReleaseRow)
            .where(ReleaseRow.cell_id == hidden_team(line), ReleaseRow.release_id == release)
            .values(status="shown")
        )
        rows = connection.execute(
            select(*(getattr(ReleaseRow, name) for name in names)).where(ReleaseRow.release_id == release)
        ).mappings()
        forged = matrix_hash([dict(row) for row in rows])
        connection.execute(update(Release).where(Release.id == release).values(matrix_hash=forged))


def alter_members(line: CommandLine) -> None:
    """Take one person out of a leaf of the ledger."""
    with line.engine().begin() as connection:
        row = connection.execute(
            select(ReleaseRow).where(ReleaseRow.release_id == newest(line), ReleaseRow.members != "")
        ).mappings().first()  # fmt: skip
        assert row is not None
        connection.execute(
            update(ReleaseRow)
            .where(
                ReleaseRow.release_id == row["release_id"],
                ReleaseRow.family == row["family"],
                ReleaseRow.cell_id == row["cell_id"],
            )
            .values(members=" ".join(row["members"].split()[1:]))
        )


def number_in_hidden(line: CommandLine) -> None:
    """Leave the cell hidden and put its number beside it."""
    with line.engine().begin() as connection:
        connection.execute(update(PublishedCell).where(PublishedCell.cell_id == hidden_team(line)).values(value=1.05))


@pytest.mark.parametrize(
    ("tamper", "recoverable", "told"),
    [
        (flip_published, False, "is shown without 6 people behind it"),
        (alter_members, False, "was altered after it was written"),
        (number_in_hidden, False, "is hidden but carries a number"),
        (lambda line: (flip_published(line), flip_ledger(line)), True, "is shown without 6 people behind it"),
    ],
)  # fmt: skip
def test_an_unsafe_or_altered_release_fails_the_proof(
    co: CommandLine, tamper: object, recoverable: bool, told: str
) -> None:
    """Exit 1, still one document, with what is wrong; where everything agrees, arithmetic finds it all the same."""
    tamper(co)  # type: ignore[operator]
    found = co.document("privacy", "audit", "--json", exit_code=1)
    assert set(found) >= KEYS
    assert any(told in problem for problem in found["problems"]), found["problems"]
    assert (found["recoverable"] > 0) is recoverable
    if recoverable:
        assert all(certificate["people"] < K for certificate in found["certificates"] if "people" in certificate)
        assert any(hidden_team(co) in str(certificate) for certificate in found["certificates"])
    with co.engine().connect() as connection:
        assert connection.scalar(select(AuditResult.passed).order_by(AuditResult.id.desc()).limit(1)) is False
    told_to_people = co("privacy", "audit")
    assert told_to_people.exit_code == 1
    assert told in told_to_people.stdout


# --- what an outsider can do with the export -----------------------------------------------------------------------


def exported(line: CommandLine, release: int, out: Path) -> tuple[list[dict[str, str]], Members]:
    """The two files: rows of cells.csv, and cell -> pseudonyms."""
    line.done("privacy", "export-release", release, "--out", out)
    assert {path.name for path in out.iterdir()} == {"cells.csv", "members.csv"}
    with (out / "cells.csv").open(newline="", encoding="utf-8") as file:
        cells = list(csv.DictReader(file))
    members: dict[str, set[str]] = {cell["cell"]: set() for cell in cells}
    with (out / "members.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            members[row["cell"]].add(row["pseudonym"])
    return cells, {cell: frozenset(people) for cell, people in members.items()}


def isolated(shown: Members) -> set[frozenset[str]]:
    """Groups under k that a patient colleague gets: a cell itself, one less another, one less all that lie within it."""
    sets = sorted(set(shown.values()), key=lambda people: (len(people), sorted(people)))
    found = set(sets)
    for one, other in combinations(sets, 2):
        found.add(one ^ other if one <= other else one)
    for whole in sets:
        within = [part for part in sets if part < whole]
        largest = [part for part in within if not any(part < other for other in within)]
        left = whole
        for part in largest:
            left = left - part if part <= left else left
        found.add(left)
        found.update(a - b for a in (left, whole) for b in within if b <= a)
    return {people for people in found if 0 < len(people) < K}


def by_family(cells: list[dict[str, str]], members: Members, status: str) -> dict[str, Members]:
    """Family -> its cells of that status."""
    return {
        family: {cell["cell"]: members[cell["cell"]] for cell in cells if (cell["family"], cell["status"]) == (family, status)}
        for family in sorted({cell["family"] for cell in cells})
    }  # fmt: skip


def test_the_export_holds_every_candidate_cell_and_no_name(co: CommandLine, tmp_path: Path) -> None:
    """Hidden cells, too; counts agree with members; pseudonyms are neither ids nor names nor ledger tokens."""
    release = newest(co)
    cells, members = exported(co, release, tmp_path / "out")
    assert list(cells[0]) == ["cell", "unit", "period", "family", "status", "n"]
    assert "Co/A" in {cell["unit"] for cell in cells}
    with co.engine().connect() as connection:
        ledger = connection.execute(select(ReleaseRow).where(ReleaseRow.release_id == release)).mappings().all()
    assert {cell["cell"]: cell["status"] for cell in cells} == {
        f"{row['family']}/{row['cell_id']}": row["status"] for row in ledger
    }
    assert {cell["status"] for cell in cells} == {"shown", "hidden"}
    assert all(int(cell["n"]) == len(members[cell["cell"]]) for cell in cells)
    assert {cell["period"] for cell in cells} == {CLOSED[-1].isoformat()}
    text = (tmp_path / "out" / "members.csv").read_text(encoding="utf-8")
    tokens = {item.split(":")[0] for row in ledger for item in row["members"].split()}
    assert not [token for token in tokens if token in text]
    assert "#" not in text
    assert "Person" not in text


def test_two_exports_cannot_be_joined(co: CommandLine, tmp_path: Path) -> None:
    """The salt is thrown away: the same release has other pseudonyms the next time, in the same pattern."""
    release = newest(co)
    first, second = (exported(co, release, tmp_path / name)[1] for name in ("one", "two"))
    assert {cell: len(people) for cell, people in first.items()} == {
        cell: len(people) for cell, people in second.items()
    }
    assert not frozenset().union(*first.values()) & frozenset().union(*second.values())


def test_an_export_is_written_to_the_change_log_and_an_unknown_release_is_refused(
    co: CommandLine, tmp_path: Path
) -> None:
    """Who took out what; a refusal names the newest and writes nothing."""
    exported(co, 1, tmp_path / "out")
    with co.engine().connect() as connection:
        actions = connection.execute(select(ChangeLog.action, ChangeLog.subject)).all()
    assert [tuple(row) for row in actions if row.action == "release exported"] == [("release exported", "1")]
    told = co.refused("privacy", "export-release", 99, "--out", tmp_path / "none")
    assert told == f"There is no release 99. The newest is {newest(co)}."
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("week", range(len(CLOSED)))
def test_subtracting_shown_cells_recovers_nobody_in_the_small_organisation(
    co: CommandLine, tmp_path: Path, week: int
) -> None:
    """Every pair, every cell less all within it: no group under six people, in any family."""
    cells, members = exported(co, week + 1, tmp_path / "out")
    for shown in by_family(cells, members, "shown").values():
        assert isolated(shown) == set()


def test_subtracting_shown_cells_recovers_nobody_in_the_demonstration(northwind: CommandLine, tmp_path: Path) -> None:
    """1,200 people, every family of the newest week; hidden cells under six people are there to be found, and are not."""
    cells, members = exported(northwind, newest(northwind), tmp_path / "out")
    shown = by_family(cells, members, "shown")
    small = [
        people
        for cell in by_family(cells, members, "hidden").values()
        for people in cell.values()
        if 0 < len(people) < K
    ]
    assert sum(map(len, shown.values())) > 500
    assert len(small) > 20
    for family, published in shown.items():
        assert isolated(published) == set(), family


def test_the_attack_finds_a_group_as_soon_as_there_is_one(co: CommandLine, tmp_path: Path) -> None:
    """With the hidden cells published as well it gets the team of four, and the four from the join less the five."""
    cells, members = exported(co, newest(co), tmp_path / "out")
    shown = by_family(cells, members, "shown")["hours"]
    hidden = by_family(cells, members, "hidden")["hours"]
    four, five = sorted(hidden, key=lambda cell: len(hidden[cell]))
    assert (len(hidden[four]), len(hidden[five])) == (4, 5)
    assert hidden[four] in isolated({**shown, four: hidden[four]})
    assert hidden[four] in isolated({**shown, five: hidden[five]})


def test_a_release_needs_nothing_but_the_date(co: CommandLine) -> None:
    """Run again on any day it finds nothing to do until a week has closed, and the proof still holds."""
    for day in (AS_OF, "2026-03-20", "2026-03-22"):
        co.done("privacy", "release", "--as-of", day)
    assert newest(co) == len(CLOSED) + 1
    assert co.document("privacy", "audit", "--json")["recoverable"] == 0
