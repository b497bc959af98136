"""Who sees which units and whose rows: decided in the WHERE clause, both sides of every line asserted."""

from datetime import date

import pytest
from sqlalchemy import Engine, insert, select, update

from core.access.viewer import ROLES, Viewer, ancestors, narrowed, only_own, units_in_scope
from core.people.tables import Assignment, OrgUnit, Person
from core.people.views import load_viewer, units_seen
from tests.organisations import NOW, codes, employ

TREE = (
    "Company",
    "Company/Eng",
    "Company/Eng/Platform",
    "Company/Eng/Web",
    "Company/Engineering",
    "Company/Engineering/Core",
    "company/eng/Shadow",
    "Company/E%",
    "Company/E%/Rates",
    "Company/E_g",
    "Company/E_g/Under",
    "Company/Sales",
    "Company/Sales/Sales",
    "Company\\Eng/Back",
    "Company/Süd",
    "Company/Süd/Ost",
)
ON = date(2026, 3, 2)


@pytest.fixture
def units(engine: Engine) -> Engine:
    """The tree above, with every trap for a prefix in it."""
    with engine.begin() as connection:
        connection.execute(
            insert(OrgUnit),
            [
                {"path": path, "slug": f"u{i}", "name": path.rsplit("/", 1)[-1], "depth": path.count("/")}
                for i, path in enumerate(TREE)
            ],
        )
    return engine


def viewer(*roles: str, units: tuple[str, ...] = (), own: str = "", code: str = "") -> Viewer:
    """Somebody with these roles."""
    return Viewer(1, "v", "V", roles, units, own, code)


def seen(engine: Engine, who: Viewer, *, own_line_open: bool = True) -> set[str]:
    """The paths that pass the condition."""
    with engine.connect() as connection:
        return {row["path"] for row in units_seen(connection, who, own_line_open=own_line_open)}


def assert_sees_exactly(engine: Engine, who: Viewer, expected: set[str], *, own_line_open: bool = True) -> None:
    """What is seen, and that everything else is not: `expected` is a proper, existing part of the tree."""
    assert expected <= set(TREE)
    found = seen(engine, who, own_line_open=own_line_open)
    assert found == expected
    assert not found & (set(TREE) - expected)


@pytest.mark.parametrize("role", ["leader", "manager"])
def test_a_head_sees_the_own_subtree_and_no_unit_that_only_begins_alike(units: Engine, role: str) -> None:
    """`Company/Eng` is neither `Company/Engineering` nor `company/eng`, nor what a wildcard would make of it."""
    assert_sees_exactly(
        units, viewer(role, units=("Company/Eng",)), {"Company/Eng", "Company/Eng/Platform", "Company/Eng/Web"}
    )


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("Company/E%", {"Company/E%", "Company/E%/Rates"}),
        ("Company/E_g", {"Company/E_g", "Company/E_g/Under"}),
        ("Company\\Eng", {"Company\\Eng/Back"}),
        ("Company/Süd", {"Company/Süd", "Company/Süd/Ost"}),
        ("%", set()),
        ("Company/", set()),
        ("", set()),
        ("company", {"company/eng/Shadow"}),
        ("Company/Nowhere", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_signs_with_a_meaning_in_patterns_are_letters_in_names(units: Engine, unit: str, expected: set[str]) -> None:
    """Per cent, underscore, backslash and quotation mark; an empty path reaches nothing."""
    assert_sees_exactly(units, viewer("leader", units=(unit,)), expected)


def test_several_units_are_seen_each_with_what_lies_below(units: Engine) -> None:
    """Two heads' worth; the units above them are not seen by role."""
    expected = {"Company/Eng/Web", "Company/Sales", "Company/Sales/Sales"}
    assert_sees_exactly(units, viewer("manager", units=("Company/Eng/Web", "Company/Sales")), expected)


def test_hr_sees_the_company_unless_narrowed(units: Engine) -> None:
    """Without a unit everything; with one that one and what lies below."""
    assert seen(units, viewer("hr")) == set(TREE)
    assert_sees_exactly(units, viewer("hr", units=("Company/Sales",)), {"Company/Sales", "Company/Sales/Sales"})


def test_a_leader_s_unit_narrows_hr_held_by_the_same_account(units: Engine) -> None:
    """Units of an account hold for all its roles."""
    who = viewer("leader", "hr", units=("Company/Eng",))
    assert_sees_exactly(units, who, {"Company/Eng", "Company/Eng/Platform", "Company/Eng/Web"})


def test_an_employee_sees_the_own_line_upwards_and_no_sibling(units: Engine) -> None:
    """Own unit and those above it; not what lies beside or below them; nothing when the policy closes it."""
    who = viewer("employee", own="Company/Eng/Platform")
    assert_sees_exactly(units, who, {"Company", "Company/Eng", "Company/Eng/Platform"})
    assert_sees_exactly(units, who, set(), own_line_open=False)
    above = viewer("employee", own="Company/Eng")
    assert_sees_exactly(units, above, {"Company", "Company/Eng"})


def test_units_written_on_an_employee_s_account_open_nothing(units: Engine) -> None:
    """A unit reaches as far as a role that leads; an employee has none."""
    assert_sees_exactly(units, viewer("employee", units=("Company/Eng",)), set())


def test_an_administrator_sees_nothing_by_that_role(units: Engine) -> None:
    """Neither with a unit nor with an own line; a second role opens what that role opens."""
    assert_sees_exactly(units, viewer("admin", units=("Company",), own="Company/Eng"), set())
    assert not viewer("admin").may_open("workload")
    both = viewer("admin", "employee", own="Company/Sales")
    assert_sees_exactly(units, both, {"Company", "Company/Sales"})


@pytest.mark.parametrize("roles", [(), ("leader",), ("manager",), ("employee",), ("admin",), ("nonsense",)])
def test_an_empty_scope_sees_no_rows(units: Engine, roles: tuple[str, ...]) -> None:
    """No unit and no own line: no rows, whatever the role (HR alone reaches the company without a unit)."""
    assert_sees_exactly(units, viewer(*roles), set())


def test_two_limits_intersect_and_none_widens_the_other(units: Engine) -> None:
    """Two conditions at once give what both allow; with one empty, nothing; without any, all."""
    eng = units_in_scope(viewer("leader", units=("Company/Eng",)), OrgUnit.path)
    web = units_in_scope(viewer("leader", units=("Company/Eng/Web", "Company/Sales")), OrgUnit.path)
    nobody = units_in_scope(viewer("admin"), OrgUnit.path)
    statement = select(OrgUnit.path)
    with units.connect() as connection:
        assert set(connection.scalars(narrowed(statement, eng, web))) == {"Company/Eng/Web"}
        assert set(connection.scalars(narrowed(statement, web, eng))) == {"Company/Eng/Web"}
        assert set(connection.scalars(narrowed(statement, eng, nobody))) == set()
        assert set(connection.scalars(narrowed(statement))) == set(TREE)


def test_own_rows_are_those_of_the_own_person_only(engine: Engine) -> None:
    """The code must be equal to the letter; an account without a person owns nothing, not even rows without a code."""
    employ(engine, {"P1": "Co", "P10": "Co", "p1": "Co", "P%": "Co"})
    with engine.begin() as connection:
        connection.execute(update(Person).where(Person.code == "p1").values(code=""))
        own = {
            code: set(connection.scalars(narrowed(select(Person.code), only_own(viewer(code=code), Person.code))))
            for code in ("P1", "P%", "p10", "")
        }
    assert own == {"P1": {"P1"}, "P%": {"P%"}, "p10": set(), "": set()}


def test_a_path_has_itself_and_all_above_it_as_its_line() -> None:
    """Top first; nothing for no unit."""
    assert ancestors("A/B/C") == ("A", "A/B", "A/B/C")
    assert ancestors("") == ()


def test_roles_open_the_screen_of_workload_all_but_one() -> None:
    """An administrator administers. Screens that do not exist are opened by nobody."""
    assert {role for role in ROLES if viewer(role).may_open("workload")} == set(ROLES) - {"admin"}
    assert not any(viewer(role).may_open("salaries") for role in ROLES)


# --- from the account and the roster to the viewer -----------------------------------------------------------------


def account(engine: Engine, **values: object) -> int:
    """An account, straight into its table."""
    from core.access.accounts import add_user

    with engine.begin() as connection:
        return add_user(
            connection,
            **{"name": "mara", "password_hash": "x", "roles": ("employee",), "at": NOW, "actor": "t"} | values,
        )  # type: ignore[arg-type]


def test_a_viewer_is_made_of_the_account_and_the_roster_of_the_day(engine: Engine) -> None:
    """Own unit and direct reports by assignments valid on that day; others' reports and past ones are not there."""
    employ(engine, {"P1": "Co/A", "P2": "Co/A", "P3": "Co/B", "P4": "Co/B"})
    with engine.begin() as connection:
        ids = codes(connection)
        for code in ("P2", "P3"):
            connection.execute(update(Assignment).where(Assignment.person_id == ids[code]).values(manager_id=ids["P1"]))
        connection.execute(update(Assignment).where(Assignment.person_id == ids["P3"]).values(valid_to=ON))
    user = account(engine, person_code="P1")
    with engine.connect() as connection:
        found = load_viewer(connection, user, ON)
        before = load_viewer(connection, user, date(2026, 3, 1))
        never = load_viewer(connection, user, date(2019, 1, 1))
    assert found is not None and before is not None and never is not None
    assert (found.own_unit, found.reports, found.person_code) == ("Co/A", ("P2",), "P1")
    assert before.reports == ("P2", "P3")
    assert (never.own_unit, never.reports) == ("", ())


def test_who_has_left_keeps_no_own_line_and_a_closed_account_is_nobody(engine: Engine) -> None:
    """The last day of an assignment is exclusive; deactivation makes the viewer None."""
    employ(engine, {"P1": "Co/A"})
    user = account(engine, person_code="P1")
    with engine.begin() as connection:
        connection.execute(update(Assignment).values(valid_to=ON))
    with engine.connect() as connection:
        day_before, day = (load_viewer(connection, user, on) for on in (date(2026, 3, 1), ON))
    assert day_before is not None and day is not None
    assert seen(engine, day_before) == {"Co", "Co/A"}
    assert seen(engine, day) == set()
    from core.access.accounts import change_user

    with engine.begin() as connection:
        change_user(connection, "mara", at=NOW, actor="t", action="user deactivated", active=False)
        assert load_viewer(connection, user, ON) is None
        assert load_viewer(connection, user + 1, ON) is None
