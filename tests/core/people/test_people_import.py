"""What a people file means: spells, assignments, units, managers, and the home units of hours on record."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from core.delivery import Affected
from core.intake.imports import ImportRefused
from core.people.employments import Row, employments
from core.people.managers import Link, circles
from core.people.tables import EmploymentSpell, OrgUnit, Person
from core.people.unit_paths import lies_in_itself, slug, tidy
from tests.core.intake.content import bring_in, content, people_file, person, rows_of, weeks_file

ASSIGNMENTS = text(
    "SELECT p.code, u.path, a.valid_from, a.valid_to, a.contracted_hours FROM assignment a "
    "JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = a.unit_id ORDER BY p.code, a.valid_from, u.path"
).columns(valid_from=EmploymentSpell.hired.type, valid_to=EmploymentSpell.hired.type)
HOMES = text(
    "SELECT p.code, w.week, u.path FROM person_week w JOIN person p ON p.id = w.person_id "
    "JOIN org_unit u ON u.id = w.unit_id ORDER BY p.code, w.week"
).columns(week=EmploymentSpell.hired.type)


def test_a_later_from_is_a_move_and_ends_the_assignment_before_it(engine: Engine, tmp_path: Path) -> None:
    """Half-open in the database: the day of the move belongs to the new unit, the day after `left` to none."""
    rows = [
        person("P1", "N/A", hired="2024-01-08", left="2025-06-30", leaving_reason="voluntary"),
        person("P1", "N/B", hired="2024-01-08", left="2025-06-30", begins="2024-09-02", contracted_hours="20"),
    ]
    bring_in(engine, "people", people_file(tmp_path, rows))

    assert rows_of(engine, ASSIGNMENTS) == [
        ("P1", "N/A", date(2024, 1, 8), date(2024, 9, 2), 40.0),
        ("P1", "N/B", date(2024, 9, 2), date(2025, 7, 1), 20.0),
    ]
    assert rows_of(
        engine,
        select(EmploymentSpell.hired, EmploymentSpell.left, EmploymentSpell.leaving_reason, EmploymentSpell.source),
    ) == [(date(2024, 1, 8), date(2025, 6, 30), "voluntary", "people")]


def test_another_hired_after_left_is_a_rehire(engine: Engine, tmp_path: Path) -> None:
    """Two spells, two assignments, one person."""
    rows = [person("P1", "N/A", hired="2020-01-01", left="2021-12-31"), person("P1", "N/A", hired="2024-03-04")]
    bring_in(engine, "people", people_file(tmp_path, rows))

    assert rows_of(engine, ASSIGNMENTS) == [
        ("P1", "N/A", date(2020, 1, 1), date(2022, 1, 1), 40.0),
        ("P1", "N/A", date(2024, 3, 4), None, 40.0),
    ]
    assert len(rows_of(engine, select(EmploymentSpell.id))) == 2


def test_rows_with_the_same_from_are_concurrent_and_to_is_the_last_day(engine: Engine, tmp_path: Path) -> None:
    """Two halves from the same day; one of them ends on its own; a `to` may reach beyond the next `from`."""
    rows = [
        person("P1", "N/A", contracted_hours="20", begins="2024-01-01"),
        person("P1", "N/B", contracted_hours="16", begins="2024-01-01", ends="2024-03-31"),
        person("P2", "N/A", contracted_hours="30", begins="2024-01-01", ends="2024-12-31"),
        person("P2", "N/B", contracted_hours="10", begins="2024-06-03"),
    ]
    bring_in(engine, "people", people_file(tmp_path, rows))

    assert rows_of(engine, ASSIGNMENTS) == [
        ("P1", "N/A", date(2024, 1, 1), None, 20.0),
        ("P1", "N/B", date(2024, 1, 1), date(2024, 4, 1), 16.0),
        ("P2", "N/A", date(2024, 1, 1), date(2025, 1, 1), 30.0),
        ("P2", "N/B", date(2024, 6, 3), None, 10.0),
    ]


def test_units_are_made_with_everything_above_them(engine: Engine, tmp_path: Path) -> None:
    """Depth, parent, slug, and the days on which there were people in them or below them."""
    rows = [
        person("P1", " Northwind / Söhne & Töchter / Ops ", left="2024-06-30"),
        person("P2", "Northwind/Söhne & Töchter/Ops/Night", hired="2023-05-01"),
        person("P3", "Northwind/Closed", hired="2020-01-01", left="2021-06-30"),
    ]
    bring_in(engine, "people", people_file(tmp_path, rows))

    units = rows_of(
        engine,
        select(OrgUnit.path, OrgUnit.name, OrgUnit.slug, OrgUnit.depth, OrgUnit.first_day, OrgUnit.last_day).order_by(
            OrgUnit.path
        ),
    )
    assert units == [
        ("Northwind", "Northwind", "northwind", 0, date(2020, 1, 1), None),
        ("Northwind/Closed", "Closed", "northwind.closed", 1, date(2020, 1, 1), date(2021, 6, 30)),
        ("Northwind/Söhne & Töchter", "Söhne & Töchter", "northwind.sohne-tochter", 1, date(2023, 5, 1), None),
        ("Northwind/Söhne & Töchter/Ops", "Ops", "northwind.sohne-tochter.ops", 2, date(2023, 5, 1), None),
        (
            "Northwind/Söhne & Töchter/Ops/Night",
            "Night",
            "northwind.sohne-tochter.ops.night",
            3,
            date(2023, 5, 1),
            None,
        ),
    ]
    parents = rows_of(
        engine, text("SELECT u.path, p.path FROM org_unit u LEFT JOIN org_unit p ON p.id = u.parent_id ORDER BY u.path")
    )
    assert parents[0] == ("Northwind", None)
    assert all(unit.rsplit("/", 1)[0] == parent for unit, parent in parents[1:])


def test_units_whose_names_fold_to_the_same_letters_get_slugs_of_their_own(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """A number is appended; a name without any Latin letter still has a slug."""
    rows = [person("P1", "N/Büro"), person("P2", "N/Buro"), person("P3", "N/東京"), person("P4", "N/Łódź-Ærø")]
    bring_in(sqlite_engine, "people", people_file(tmp_path, rows))

    assert {row[0] for row in rows_of(sqlite_engine, select(OrgUnit.slug))} == {
        "n",
        "n.buro",
        "n.buro-2",
        "n.unit",
        "n.lodz-aero",
    }


def test_the_file_replaces_the_people_it_names_and_leaves_others_alone(engine: Engine, tmp_path: Path) -> None:
    """A corrected history takes the place of the old one; the row of somebody else, and their numbers, stay."""
    bring_in(
        engine,
        "people",
        people_file(tmp_path, [person("P1", "N/A"), person("P2", "N/A"), person("P2", "N/B", begins="2024-05-06")]),
    )
    ids = dict(rows_of(engine, select(Person.code, Person.id)))

    summary = bring_in(engine, "people", people_file(tmp_path, [person("P2", "N/A", name="Bo"), person("P3", "N/C")]))

    assert (summary.counts.loaded, summary.counts.replaced, summary.counts.removed) == (1, 1, 1)
    assert rows_of(engine, ASSIGNMENTS) == [
        ("P1", "N/A", date(2024, 1, 1), None, 40.0),
        ("P2", "N/A", date(2024, 1, 1), None, 40.0),
        ("P3", "N/C", date(2024, 1, 1), None, 40.0),
    ]
    after = dict(rows_of(engine, select(Person.code, Person.id)))
    assert {code: after[code] for code in ids} == ids
    assert rows_of(engine, select(OrgUnit.first_day, OrgUnit.last_day).where(OrgUnit.path == "N/B")) == [(None, None)]


def test_a_column_that_is_absent_keeps_name_and_address_and_a_blank_cell_clears_them(
    engine: Engine, tmp_path: Path
) -> None:
    """Absent is not said; blank is said to be nothing."""
    query = select(Person.name, Person.email)
    bring_in(engine, "people", people_file(tmp_path, [person("P1", name="Ada", email="ada@n.example")]))

    bring_in(engine, "people", people_file(tmp_path, ["P1,Northwind/Sales,2024-01-01"], "id,unit,hired"))
    assert rows_of(engine, query) == [("Ada", "ada@n.example")]

    bring_in(engine, "people", people_file(tmp_path, ["P1,,Northwind/Sales,2024-01-01"], "id,name,unit,hired"))
    assert rows_of(engine, query) == [(None, "ada@n.example")]


def test_a_swap_of_roles_is_no_circle(engine: Engine, tmp_path: Path) -> None:
    """A managed B last year, B manages A this year: no day on which both hold."""
    rows = [
        person("A", begins="2024-01-01"),
        person("B", begins="2024-01-01", manager_id="A"),
        person("A", begins="2025-01-01", manager_id="B"),
        person("B", begins="2025-01-01"),
    ]
    assert bring_in(engine, "people", people_file(tmp_path, rows)).counts.loaded == 4


def test_a_circle_that_the_file_closes_with_people_on_record_is_refused(engine: Engine, tmp_path: Path) -> None:
    """A reports to B on record; a file that lets B report to A is refused at B's row."""
    bring_in(engine, "people", people_file(tmp_path, [person("B"), person("A", manager_id="B")]))
    before = content(engine)

    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, "people", people_file(tmp_path, [person("B", manager_id="A")]))

    (problem,) = refusal.value.problems
    assert (problem.row, problem.column, problem.value) == (2, "manager_id", "A")
    assert content(engine) == before


LINKS = st.lists(
    st.builds(
        lambda person, manager, start, length: Link(
            f"P{person}",
            f"P{manager}",
            date(2024, 1, 1) + timedelta(days=start),
            None if length is None else date(2024, 1, 1) + timedelta(days=start + length),
            2,
        ),
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(1, 15)),
    ).filter(lambda link: link.person != link.manager),
    max_size=14,
)


@given(LINKS)
def test_circles_are_found_exactly_when_somebody_manages_themselves_on_some_day(links: list[Link]) -> None:
    """Against a naive search: walk up from everybody on every day."""

    def naive() -> bool:
        for offset in range(60):
            on = date(2024, 1, 1) + timedelta(days=offset)
            active = [link for link in links if link.starts <= on and (link.ends is None or on < link.ends)]
            for start in {link.person for link in active}:
                reached: set[str] = set()
                frontier = {start}
                while frontier:
                    frontier = {link.manager for link in active if link.person in frontier} - reached
                    reached |= frontier
                if start in reached:
                    return True
        return False

    found = circles(links)
    assert bool(found) == naive()
    for circle in found:
        assert [link.manager for link in circle] == [link.person for link in (*circle[1:], circle[0])]


def _row(number: int, unit: str, starts: int | None, ends: int | None, left: int | None) -> Row:
    def on(offset: int | None) -> date | None:
        return None if offset is None else date(2024, 1, 1) + timedelta(days=offset)

    return Row(
        number,
        "P1",
        None,
        None,
        unit,
        None,
        40.0,
        date(2024, 1, 1),
        on(left),
        None,
        None,
        None,
        None,
        on(starts),
        on(ends),
        True,
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 12))),
        min_size=1,
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    st.one_of(st.none(), st.integers(45, 60)),
)
def test_assignments_cover_the_days_that_the_rows_say(pieces: list[tuple[int, int | None]], left: int | None) -> None:
    """Day by day: a row covers a day from its start to its `to`, or until a later row starts, or the spell ends."""
    rows = [
        _row(place + 2, f"N/U{place}", start, None if length is None else start + length, left)
        for place, (start, length) in enumerate(pieces)
    ]
    roster, findings = employments(rows, "people")

    assert findings == []
    for row in rows:
        assert row.starts is not None
        assignment = roster.placed[row.row][1]
        for offset in range(70):
            today = date(2024, 1, 1) + timedelta(days=offset)
            later = any(other.starts is not None and row.starts < other.starts <= today for other in rows)
            covered = today >= row.starts and (today <= row.ends if row.ends else not later)
            covered = covered and (left is None or offset <= left)
            assert (assignment.starts <= today and (assignment.ends is None or today < assignment.ends)) == covered


def test_new_assignments_move_the_hours_on_record_to_their_new_home_unit(engine: Engine, tmp_path: Path) -> None:
    """Only the named person's weeks from the move on are touched; those of others and earlier ones are not."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1", "N/A"), person("P2", "N/A")]))
    hours = [(code, week, 40) for code in ("P1", "P2") for week in ("2024-03-04", "2024-03-11", "2024-03-18")]
    bring_in(engine, "person-weeks", weeks_file(tmp_path, ("person_id", "week", "worked"), hours))
    touched: list[set[date]] = []

    rows = [person("P1", "N/A"), person("P1", "N/B", begins="2024-03-11", contracted_hours="40")]
    summary = bring_in(
        engine, "people", people_file(tmp_path, rows), after_load=lambda _connection, weeks: touched.append(weeks)
    )

    assert summary.closed_weeks_touched == (date(2024, 3, 11), date(2024, 3, 18))
    assert touched == [Affected(frozenset({date(2024, 3, 11), date(2024, 3, 18)}))]
    assert rows_of(engine, HOMES) == [
        ("P1", date(2024, 3, 4), "N/A"),
        ("P1", date(2024, 3, 11), "N/B"),
        ("P1", date(2024, 3, 18), "N/B"),
        ("P2", date(2024, 3, 4), "N/A"),
        ("P2", date(2024, 3, 11), "N/A"),
        ("P2", date(2024, 3, 18), "N/A"),
    ]


def test_hours_that_fall_out_of_an_employment_keep_their_unit_and_the_summary_says_so(
    engine: Engine, tmp_path: Path
) -> None:
    """A person left earlier than was known: the hours stay, and somebody is told."""
    bring_in(engine, "people", people_file(tmp_path, [person("P1", "N/A")]))
    weeks = [("P1", "2024-03-04", 40), ("P1", "2024-03-11", 40)]
    bring_in(engine, "person-weeks", weeks_file(tmp_path, ("person_id", "week", "worked"), weeks))

    summary = bring_in(engine, "people", people_file(tmp_path, [person("P1", "N/A", left="2024-03-08")]))

    assert summary.notes == (
        "Some hours on record lie in weeks without an assignment now; they keep the unit that they had.",
    )
    assert summary.closed_weeks_touched == ()
    assert [row[2] for row in rows_of(engine, HOMES)] == ["N/A", "N/A"]


@pytest.mark.parametrize(
    ("path", "cyclic"),
    [
        ("A/B/A", True),
        ("A/B/C/b", True),
        ("A/A", False),
        ("A/A/A", True),
        ("A/B/B", False),
        ("A/B/C", False),
        ("A", False),
    ],
)
def test_a_unit_lies_in_itself_when_a_name_returns_further_down(path: str, cyclic: bool) -> None:
    """Directly below, the same name is a team named like its department."""
    assert lies_in_itself(path) is cyclic


@given(st.text(min_size=1, max_size=30))
def test_a_slug_is_fit_for_an_address(name: str) -> None:
    """Lower-case ASCII letters, digits, hyphens and dots, never empty, never taken twice."""
    first = slug(f"N/{name.replace('/', ' ')}")
    second = slug(f"N/{name.replace('/', ' ')}", {first})
    assert set(first) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert first.startswith("n.")
    assert len(first) > 2
    assert second == f"{first}-2"


def test_blanks_around_names_of_a_path_do_not_matter() -> None:
    """`N / A` and `N/A` are one unit."""
    assert tidy(" N / A ") == "N/A"
