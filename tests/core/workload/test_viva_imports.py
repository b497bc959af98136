"""Viva person queries: hours only, weeks that start on Sunday, people without names, everything else ignored by name."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from core.intake.imports import ImportOptions, ImportRefused
from core.metrics.viva import HOURS_COLUMNS
from core.people.tables import Assignment, EmploymentSpell, OrgUnit, Person
from core.workload.tables import CollaborationWeek, PersonWeek
from tests.core.intake.content import DATA, bring_in, content, people_file, person, rows_of, weeks_file

KIND = "viva-person-query"
FULL = DATA / "viva" / "pq_data.csv.gz"
CUT = DATA / "viva" / "pq_cut.csv"
HEADER = ("PersonId", "MetricDate", "Collaboration_hours", "Organization")
ASSIGNMENTS = text(
    "SELECT p.code, u.path, a.valid_from, a.valid_to FROM assignment a JOIN person p ON p.id = a.person_id "
    "JOIN org_unit u ON u.id = a.unit_id ORDER BY p.code, a.valid_from"
).columns(valid_from=EmploymentSpell.hired.type, valid_to=EmploymentSpell.hired.type)
HOMES = text(
    "SELECT p.code, c.week, u.path, c.collaboration FROM collaboration_week c JOIN person p ON p.id = c.person_id "
    "JOIN org_unit u ON u.id = c.unit_id ORDER BY p.code, c.week"
).columns(week=EmploymentSpell.hired.type)


def sunday(number: int) -> date:
    """The Sunday that starts week `number` of the little files; its Monday is 4 March 2024 plus as many weeks."""
    return date(2024, 3, 3) + timedelta(7 * number)


def monday(number: int) -> date:
    """The Monday of that week."""
    return sunday(number) + timedelta(1)


def exported() -> Iterator[dict[str, str]]:
    """Rows of the full export."""
    with gzip.open(FULL, "rt", encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def test_the_whole_export_is_loaded_with_every_column_accounted_for(engine: Engine) -> None:
    """300 people, 35 weeks, 10,500 rows; of 73 columns 18 are hours, three are keys and unit, and 52 are ignored by name."""
    document = bring_in(engine, KIND, FULL).as_json()

    assert (document["rows"], document["loaded"], document["people"], document["units"]) == (10_500, 10_500, 300, 7)
    assert document["weeks"] == {"from": "2024-04-01", "to": "2024-11-25", "count": 35}
    ignored = [each["column"] for each in document["ignored_columns"]]
    read = {"PersonId", "MetricDate", "Organization", *HOURS_COLUMNS}
    header = next(exported()).keys()
    assert (len(header), len(read), len(ignored)) == (73, 21, 52)
    assert set(ignored) == set(header) - read
    assert bring_in(engine, KIND, FULL).as_json()["unchanged"] == 10_500


def test_sums_by_unit_and_week_equal_those_of_the_file(sqlite_engine: Engine) -> None:
    """Every hours column, summed in the database, equals a plain sum over the export."""
    bring_in(sqlite_engine, KIND, FULL)
    expected: dict[tuple[str, date, str], float] = {}
    for row in exported():
        week = date.fromisoformat(row["MetricDate"]) + timedelta(1)
        for name in HOURS_COLUMNS:
            key = (f"Company/{row['Organization']}", week, name)
            expected[key] = expected.get(key, 0.0) + float(row[name])

    sums = [func.sum(getattr(CollaborationWeek, column)) for column, _, _ in HOURS_COLUMNS.values()]
    query = (
        select(OrgUnit.path, CollaborationWeek.week, *sums)
        .join(OrgUnit, OrgUnit.id == CollaborationWeek.unit_id)
        .group_by(OrgUnit.path, CollaborationWeek.week)
    )
    found = {
        (path, week, name): value
        for path, week, *values in rows_of(sqlite_engine, query)
        for name, value in zip(HOURS_COLUMNS, values, strict=True)
    }
    assert found == pytest.approx(expected)
    assert len(found) == 7 * 35 * 18


def test_each_ignored_column_has_the_reason_of_its_kind(sqlite_engine: Engine) -> None:
    """Survey items, counts, Copilot, networks, attributes: each says why it is left out."""
    reasons = {
        each["column"]: each["reason"] for each in bring_in(sqlite_engine, KIND, CUT).as_json()["ignored_columns"]
    }
    survey = "a named person's survey answer or wellbeing score has no place in this database"
    counts = "counts of messages are not hours and are never collected"
    copilot = "use of a tool by a named person is not workload"
    by_reason: dict[str, set[str]] = {}
    for column, why in reasons.items():
        by_reason.setdefault(why, set()).add(column)

    assert by_reason[survey] == {
        "Barriers_to_Execution",
        "Change_Adaptation",
        "Collaboration",
        "Communication_Flow",
        "Continuous_Improvement",
        "eSat",
        "Initiative",
        "Manager_Recommend",
        "Resources",
        "Speak_My_Mind",
        "Wellbeing",
        "Work_Life_Balance",
        "Workload",
    }
    assert by_reason[counts] == {"Emails_read", "Emails_sent", "Channel_message_posts", "Calls", "Meetings"}
    assert by_reason[copilot] == {column for column in reasons if "Copilot" in column}
    assert by_reason["the size of a person's network is not workload"] == {
        "Internal_network_size",
        "External_network_size",
        "Network_outside_company",
        "Network_outside_organisation",
    }
    assert by_reason["kept out: not needed for workload"] == {
        "FunctionType",
        "SupervisorIndicator",
        "Level",
        "LevelDesignation",
    }
    assert by_reason["not a column of hours that Evenkeel knows"] == {"Collaboration_span", "Time_with_leadership"}
    assert len(by_reason) == 6


def test_nothing_but_ids_units_and_hours_reaches_the_database(sqlite_engine: Engine) -> None:
    """People have no name and no address, spells no day of hire, assignments no attributes."""
    bring_in(sqlite_engine, KIND, CUT)

    held = content(sqlite_engine)
    assert {row[2:] for row in held["person"]} == {(None, None)}
    assert {row[2:] for row in held["employment_spell"]} == {(None, None, None, KIND)}
    assert rows_of(
        sqlite_engine,
        select(Assignment.contracted_hours, Assignment.role, Assignment.location, Assignment.grade).distinct(),
    ) == [(None, None, None, None)]
    with CUT.open(encoding="utf-8", newline="") as stream:
        people = {row["PersonId"] for row in csv.DictReader(stream)}
    assert {row[0] for row in rows_of(sqlite_engine, select(Person.code))} == people
    assert held["person_week"] == []


def test_a_sunday_belongs_to_the_monday_after_it_and_a_monday_to_itself(engine: Engine, tmp_path: Path) -> None:
    """The date of the file is kept beside the week."""
    rows = [("a", sunday(0), 10, "Legal"), ("b", monday(0), 11, "Legal")]
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, rows))

    query = select(CollaborationWeek.week, CollaborationWeek.source_date, CollaborationWeek.collaboration)
    assert sorted(rows_of(engine, query)) == [(monday(0), sunday(0), 10.0), (monday(0), monday(0), 11.0)]


def test_units_are_built_from_the_columns_named_under_the_company(engine: Engine, tmp_path: Path) -> None:
    """From the top down; the columns are then no longer ignored."""
    header = ("PersonId", "MetricDate", "Collaboration_hours", "Level", "Organization", "FunctionType")
    path = weeks_file(
        tmp_path, header, [("a", sunday(0), 10, "L1", "Legal", "Law"), ("b", sunday(0), 9, "L2", "IT", "Dev")]
    )
    options = ImportOptions(unit_columns=("organization", "Function Type"), company="Acme")

    summary = bring_in(engine, KIND, path, options=options)

    assert [row[0] for row in rows_of(engine, select(OrgUnit.path).order_by(OrgUnit.path))] == [
        "Acme",
        "Acme/IT",
        "Acme/IT/Dev",
        "Acme/Legal",
        "Acme/Legal/Law",
    ]
    assert [each.column for each in summary.ignored_columns] == ["Level"]


@pytest.mark.parametrize(
    "column", ["Wellbeing", "Emails_sent", "Copilot_actions_taken_in_Word", "PersonId", "Email_hours"]
)
def test_a_column_that_must_not_be_stored_cannot_name_a_unit_either(column: str, sqlite_engine: Engine) -> None:
    """Nobody is grouped by their survey answer, their messages or their hours."""
    before = content(sqlite_engine)
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, KIND, CUT, options=ImportOptions(unit_columns=(column,)))
    assert refusal.value.problems[0].column == column
    assert "cannot name a unit" in refusal.value.problems[0].problem
    assert content(sqlite_engine) == before


def test_names_as_microsoft_writes_them_with_blanks_are_known(engine: Engine, tmp_path: Path) -> None:
    """`Meeting and call hours with manager 1:1` is the same column."""
    header = (
        "PersonId",
        "MetricDate",
        "Collaboration hours",
        "Meeting and call hours with manager 1:1",
        "Organization",
    )
    bring_in(engine, KIND, weeks_file(tmp_path, header, [("a", sunday(0), 10, 0.5, "Legal")]))

    query = select(CollaborationWeek.collaboration, CollaborationWeek.meeting_and_call_with_manager_1_1)
    assert rows_of(engine, query) == [(10.0, 0.5)]


def test_consecutive_weeks_in_a_unit_make_one_assignment(engine: Engine, tmp_path: Path) -> None:
    """A change of unit and a missing week each begin a new one; the end is the Monday after the last week."""
    units = {0: "Legal", 1: "Legal", 2: "IT", 4: "IT"}
    rows = [("a", sunday(week), 10, unit) for week, unit in units.items()]
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, rows))

    assert rows_of(engine, ASSIGNMENTS) == [
        ("a", "Company/Legal", monday(0), monday(2)),
        ("a", "Company/IT", monday(2), monday(3)),
        ("a", "Company/IT", monday(4), monday(5)),
    ]
    assert rows_of(engine, select(OrgUnit.first_day, OrgUnit.last_day).where(OrgUnit.path == "Company")) == [
        (monday(0), monday(5) - timedelta(1))
    ]


def test_a_later_file_replaces_its_own_weeks_and_extends_assignments(engine: Engine, tmp_path: Path) -> None:
    """Weeks that the file does not name stay as they are, and so do other people."""
    first = [(code, sunday(week), 10, "Legal") for code in ("a", "b") for week in range(3)]
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, first))

    later = [("a", sunday(2), 12, "IT"), ("a", sunday(3), 13, "IT")]
    summary = bring_in(engine, KIND, weeks_file(tmp_path, HEADER, later))

    assert (summary.counts.loaded, summary.counts.replaced) == (1, 1)
    assert summary.closed_weeks_touched == (monday(2), monday(3))
    assert rows_of(engine, ASSIGNMENTS) == [
        ("a", "Company/Legal", monday(0), monday(2)),
        ("a", "Company/IT", monday(2), monday(4)),
        ("b", "Company/Legal", monday(0), monday(3)),
    ]
    assert [row[3] for row in rows_of(engine, HOMES)] == [10.0, 10.0, 12.0, 13.0, 10.0, 10.0, 10.0]


def test_who_is_on_record_by_a_people_file_keeps_those_assignments(engine: Engine, tmp_path: Path) -> None:
    """The week belongs to the unit given there; a week outside the employment is refused."""
    bring_in(engine, "people", people_file(tmp_path, [person("a", "Company/Sales", hired="2024-03-01", name="Ada")]))
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, [("a", sunday(0), 10, "Legal"), ("b", sunday(0), 11, "Legal")]))

    assert rows_of(engine, HOMES) == [
        ("a", monday(0), "Company/Sales", 10.0),
        ("b", monday(0), "Company/Legal", 11.0),
    ]
    assert rows_of(engine, select(Person.name).where(Person.code == "a")) == [("Ada",)]
    before = content(engine)
    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, KIND, weeks_file(tmp_path, HEADER, [("a", sunday(-9), 10, "Legal")]))
    assert (refusal.value.problems[0].row, refusal.value.problems[0].column) == (2, "MetricDate")
    assert content(engine) == before


def test_a_people_file_takes_over_from_the_export_and_moves_its_weeks(engine: Engine, tmp_path: Path) -> None:
    """What the employer's own records say goes before the attributes of a tool."""
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, [("a", sunday(0), 10, "Legal"), ("a", sunday(1), 10, "Legal")]))

    summary = bring_in(
        engine, "people", people_file(tmp_path, [person("a", "Company/Sales", hired="2024-03-11", name="Ada")])
    )

    assert summary.closed_weeks_touched == (monday(1),)
    assert [row[2] for row in rows_of(engine, HOMES)] == ["Company/Legal", "Company/Sales"]
    assert rows_of(engine, select(EmploymentSpell.source)) == [("people",)]


def test_hours_of_people_known_by_an_export_find_their_home_unit(engine: Engine, tmp_path: Path) -> None:
    """Person-weeks and person queries may name the same people; a change of unit moves both."""
    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, [("a", sunday(0), 10, "Legal")]))
    bring_in(engine, "person-weeks", weeks_file(tmp_path, ("person_id", "week", "worked"), [("a", monday(0), 40)]))

    bring_in(engine, KIND, weeks_file(tmp_path, HEADER, [("a", sunday(0), 10, "IT")]))

    query = select(OrgUnit.path).join(PersonWeek, PersonWeek.unit_id == OrgUnit.id)
    assert rows_of(engine, query) == [("Company/IT",)]
