"""Odd files, as people really have them: read rightly and said so, or refused with place, problem and remedy."""

import contextlib
import csv
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.database.base import Base
from core.database.engine import make_engine
from core.intake.imports import ImportOptions, ImportRefused, ImportSummary
from core.intake.maps import read_map
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.workload.board import neutralise
from core.workload.tables import ActivityHour, CollaborationWeek, PersonWeek
from scripts import write_odd_files
from scripts.odd_files import FILES
from scripts.odd_files.entry import PEOPLE, Accepted, Case, OddFile, Refused
from tests.core.intake.content import DATA, bring_in, content, stock
from tests.databases import RunFolder, Server, built

FOLDER = DATA / "odd"


@dataclass(frozen=True)
class Import:
    """One import of one odd file."""

    file: OddFile
    case: Case

    def __str__(self) -> str:
        said = [*(f"{name}={value}" for name, value in self.case.options.items()), self.case.mapped]
        return " ".join([self.file.name, *filter(None, said)])


IMPORTS = tuple(Import(file, case) for file in FILES for case in file.cases)


@pytest.fixture
def stocked(run_folder: RunFolder, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with three people and three weeks of hours."""
    template = run_folder.once("stocked.db", lambda path: built(f"sqlite:///{path}", stock))
    shutil.copy(template, tmp_path / "stocked.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'stocked.db'}")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("each", IMPORTS, ids=str)
def test_an_odd_file_comes_to_what_is_said_of_it(each: Import, stocked: Engine) -> None:
    """Refused: place, problem and remedy, and nothing is written. Accepted: counts, notes and what is stored."""
    outcome = each.case.outcome
    if isinstance(outcome, Accepted):
        assert_accepted(each, outcome, stocked)
    else:
        before = content(stocked)
        assert_refused(each, outcome, stocked)
        assert content(stocked) == before


def test_odd_files_come_to_the_same_on_postgresql(postgres: Server) -> None:
    """All refusals first, after which the database is as before; then the others, each taken back before the next."""
    with postgres.copy_of("stocked", lambda url: built(url, stock)) as url:
        engine = make_engine(url)
        before = content(engine)
        for each in IMPORTS:
            if isinstance(each.case.outcome, Refused):
                with told_of(each):
                    assert_refused(each, each.case.outcome, engine)
        assert content(engine) == before

        rows = snapshot(engine)
        for each in IMPORTS:
            if isinstance(each.case.outcome, Accepted):
                with told_of(each):
                    assert_accepted(each, each.case.outcome, engine)
                restore(engine, rows)
        engine.dispose()


@contextlib.contextmanager
def told_of(each: Import) -> Iterator[None]:
    """Says of which file of many something was wrong."""
    try:
        yield
    except Exception as wrong:
        wrong.add_note(f"This was {each}.")
        raise


def test_the_folder_holds_what_the_script_writes() -> None:
    """Every file byte for byte, the page too, and nothing else."""
    wanted = {file.name: file.content for file in FILES} | {write_odd_files.PAGE: write_odd_files.page().encode()}

    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == wanted
    assert len({file.name for file in FILES}) == len(FILES)
    assert len(FILES) >= 70


def test_formulas_as_names_are_harmless_once_exported(stocked: Engine, tmp_path: Path) -> None:
    """Stored as they came; in the errors file of a refusal, as in every export, an apostrophe goes before them."""
    file = next(file for file in FILES if file.name == "formulas-as-names.csv")
    names = [str(fields["name"]) for fields in outcome_of(file).stored.values()]
    assert all(neutralise(name).startswith("'") for name in names)

    broken = tmp_path / "formulas.csv"
    broken.write_bytes(file.content.replace(b"2024-01-08", b"=1+1"))
    with pytest.raises(ImportRefused):
        bring_in(stocked, PEOPLE, broken, errors_file=tmp_path / "errors.csv")

    with (tmp_path / "errors.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["value"] for row in csv.DictReader(stream)} == {"'=1+1"}


def outcome_of(file: OddFile) -> Accepted:
    """What comes of a file that is accepted."""
    outcome = file.cases[0].outcome
    assert isinstance(outcome, Accepted)
    return outcome


def attempt(each: Import, engine: Engine) -> ImportSummary:
    """Import the file as its case says."""
    kind, options = each.case.kind, ImportOptions(**each.case.options)
    if each.case.mapped:
        options = read_map(FOLDER / each.case.mapped, kind).applied(options)
    return bring_in(engine, kind, FOLDER / each.file.name, options=options)


def assert_refused(each: Import, outcome: Refused, engine: Engine) -> None:
    """The first problem is the one that was expected, there are as many as there should be, and each has a remedy."""
    with pytest.raises(ImportRefused) as refusal:
        attempt(each, engine)

    problems = refusal.value.problems
    first = problems[0]
    assert (first.file, first.row, first.column) == (each.file.name, outcome.row, outcome.column)
    assert outcome.problem in first.problem
    assert outcome.remedy in first.remedy
    assert outcome.value in first.value
    assert bool(outcome.value) == bool(first.value)
    assert refusal.value.problem_count == len(problems) == outcome.count
    assert all(problem.problem.endswith(".") and problem.remedy.endswith(".") for problem in problems)


def assert_accepted(each: Import, outcome: Accepted, engine: Engine) -> None:
    """Counts, notes, columns that were not read, and what is in the database now."""
    done = attempt(each, engine)

    counts = done.counts
    assert (counts.loaded, counts.replaced, done.ignored) == (outcome.loaded, outcome.replaced, outcome.ignored)
    assert done.rows == counts.loaded + counts.replaced + counts.unchanged + done.ignored
    assert len(done.notes) == len(outcome.notes), done.notes
    assert all(any(fragment in note for note in done.notes) for fragment in outcome.notes), done.notes
    assert tuple(column.column for column in done.ignored_columns) == outcome.ignored_columns
    assert outcome.units in (None, counts.units)
    stored = stored_people(engine) if each.case.kind == PEOPLE else stored_weeks(engine)
    for key, fields in outcome.stored.items():
        assert {name: stored[key][name] for name in fields} == dict(fields), key


def stored_people(engine: Engine) -> dict[str, Mapping[Any, Any]]:
    """Name, unit, hours and days of everybody, by id; days as text. Of several employments the last."""
    query = (
        select(
            Person.code,
            Person.name,
            OrgUnit.path.label("unit"),
            Assignment.contracted_hours.label("hours"),
            EmploymentSpell.hired,
            EmploymentSpell.left,
        )
        .join(Assignment, Assignment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Assignment.unit_id)
        .join(EmploymentSpell, EmploymentSpell.person_id == Person.id)
        .order_by(Assignment.valid_from, EmploymentSpell.hired)
    )
    with engine.connect() as connection:
        found = [row._asdict() for row in connection.execute(query)]
    for row in found:
        row |= {name: row[name] and row[name].isoformat() for name in ("hired", "left")}
    return {row["code"]: row for row in found}


def stored_weeks(engine: Engine) -> dict[str, Mapping[Any, Any]]:
    """Hours by id and Monday, of person-weeks and of collaboration; events by id, Monday, weekday and hour."""
    found: dict[str, Mapping[Any, Any]] = {}
    with engine.connect() as connection:
        for table in (PersonWeek, CollaborationWeek):
            query = select(Person.code, *table.__table__.columns).join(Person, Person.id == table.person_id)
            for row in connection.execute(query).mappings():
                found[f"{row['code']} {row['week'].isoformat()}"] = row
        query = select(Person.code, *ActivityHour.__table__.columns).join(Person, Person.id == ActivityHour.person_id)
        for row in connection.execute(query).mappings():
            found[f"{row['code']} {row['week'].isoformat()} {row['weekday']} {row['hour']}"] = row
    return found


Tables = list[tuple[Any, list[dict[str, Any]]]]


def snapshot(engine: Engine) -> Tables:
    """All tables that imports write, those that others refer to first, with their rows."""
    with engine.connect() as connection:
        return [
            (table, [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key)).mappings()])
            for table in Base.metadata.sorted_tables
        ]


def restore(engine: Engine, tables: Tables) -> None:
    """Bring all tables back to what they held."""
    with engine.begin() as connection:
        for table, _ in reversed(tables):
            connection.execute(table.delete())
        for table, rows in tables:
            if rows:
                connection.execute(table.insert(), rows)
