"""How the house is built, read from its own source: what may import what, who reads which table, who reads the clock."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = sorted(path for path in (ROOT / "core").rglob("*.py") if "versions" not in path.parts)
PAGES = sorted((ROOT / "pages").rglob("*.py"))
SERVER = sorted((ROOT / "server").rglob("*.py"))
PRODUCT = [*CORE, *PAGES, *SERVER, ROOT / "app.py"]

HEAVY = ("icalendar", "lifelines", "statsmodels", "scipy.stats", "pandera", "alembic", "pptx", "openpyxl")
LONGEST = 400

# The one way out. Which modules may name these tables at all; nobody else reads or writes them.
GROUP_NUMBERS = {
    "PublishedCell": {
        "core.privacy.tables",
        "core.privacy.publish",  # writes them
        "core.privacy.corrections",  # replaces them
        "core.privacy.proof",  # proves them again
        "core.privacy.reading",  # reads them, for the two ways out
        "core.privacy.views",  # the way out
        "core.privacy.trends",  # the same cells as rows, of several measures at once
        "core.privacy.coverage",  # status and classes of the same cells, without values
    },
    "ReleaseRow": {
        "core.privacy.tables",
        "core.privacy.publish",
        "core.privacy.ledger",
        "core.privacy.proof",
        "core.privacy.export",
    },
    "WorkloadRollup": {"core.workload.tables", "core.workload.release"},
}
# Facts of single people: who may name these tables, and what for.
PERSON_GRAIN = {
    "PersonWeek": {
        "core.workload.tables",
        "core.workload.imports",  # takes them in
        "core.workload.loading",  # compares and writes
        "core.workload.partitions",  # keeps them by month on PostgreSQL; reads none
        "core.workload.rollup",  # adds them up
        "core.workload.lookback",  # what the rules of sustained load need from the weeks before, for the roll-up
        "core.workload.my_week_views",  # a person's own rows, to that person
        "core.workload.undo",  # puts back what a delivery replaced; selects nothing
        "core.workload.open_weeks",  # one class for the whole company, for weeks that are not closed
        "core.workload.absence",  # who has been away for whole weeks, for a conclusion that never says why
    },
    "CollaborationWeek": {
        "core.workload.tables",
        "core.workload.viva_imports",
        "core.workload.loading",
        "core.workload.rollup",
        "core.workload.my_week_views",  # the same, where there is nothing else
        "core.workload.undo",  # puts back what a delivery replaced; selects nothing
        "core.workload.open_weeks",  # one class for the whole company, for weeks that are not closed
    },
}
PERSON_GRAIN["ActivityHour"] = {
    "core.workload.tables",
    "core.workload.activity_loading",  # compares and writes
    "core.workload.activity_rollup",  # adds them up
    "core.workload.undo",  # keeps what a delivery replaced, so that it can be taken back
    "core.workload.own_events",
}
# the views among them: their rule is `own_person`, in every WHERE clause
OWN_ROWS = {"core.workload.my_week_views", "core.workload.own_events"}
PERSON_TABLES = ("Person", "PersonWeek", "CollaborationWeek", "ActivityHour", "Assignment", "EmploymentSpell")
TABLE_NAMES = ("published_cell", "release_row", "workload_rollup", "person_week", "collaboration_week", "activity_hour")
CLOCKS = {
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow", "Timestamp.now", "Timestamp.today",
    "Timestamp.utcnow", "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "time.process_time",
    "func.now", "func.current_date", "func.current_timestamp", "func.localtimestamp",
}  # fmt: skip
CLOCK_NAMES = {"time", "time_ns", "perf_counter", "monotonic", "localtime", "gmtime", "process_time"}


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The dotted name of a module of the product."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in the file, also within functions, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports here are absolute"
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def names(path: Path) -> set[str]:
    """Every name and attribute that the module speaks of."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias | ast.ClassDef):
            found.add(node.name)
    return found


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute; '' for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the module, by what is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def strings(path: Path) -> Iterator[str]:
    """Every text constant of the module that is not a docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_the_walk_finds_the_house() -> None:
    """The rules below look at something: every area, every page, also imports within functions."""
    found = {name_of(path) for path in PRODUCT}
    assert {"core.workload.views", "core.privacy.publish", "core.cli", "pages._main", "server.gate", "app"} <= found
    assert len(CORE) > 50
    late = {name for name, _ in imports(ROOT / "core" / "database" / "migrate.py")}
    assert "alembic.command" in late or "alembic" in late


# --- what may import what ------------------------------------------------------------------------------------------


def test_core_never_imports_streamlit_or_the_pages() -> None:
    """Nowhere, not even late: what is computed can be had without the screens."""
    for path in CORE:
        for module, line in imports(path):
            assert module.split(".")[0] not in ("streamlit", "streamlit_authenticator", "pages", "app", "tests"), (
                f"{path}:{line} imports {module}"
            )


def test_heavy_libraries_are_imported_where_they_compute_and_nowhere_at_start() -> None:
    """At the top of a module only in packages that themselves are imported late."""
    for path in PRODUCT:
        if name_of(path).startswith("core.intake"):  # imported by the command that takes a file in
            continue
        for node in tree(path).body:
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            if "migrations" not in path.parts:
                assert not [m for m in modules if m in HEAVY or m.split(".")[0] in HEAVY], f"{path}: {modules}"


def heavy_after(code: str, **environment: str) -> list[str]:
    """Which heavy libraries a fresh Python has loaded after running `code`."""
    ending = f"\nimport sys\nprint('LOADED', *[m for m in {HEAVY!r} if m in sys.modules])\n"
    done = subprocess.run(
        [sys.executable, "-c", code + ending],
        cwd=ROOT,
        env={**os.environ, "EVENKEEL_DEMO": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert len(lines) == 1, done.stderr
    return lines[0].split()[1:]


def test_the_check_for_heavy_libraries_sees_one() -> None:
    """Proved on a line that imports two of them."""
    assert heavy_after("import openpyxl, alembic") == ["alembic", "openpyxl"]


def test_help_loads_no_heavy_library() -> None:
    """`python -m core --help` and the help of a command come at once."""
    code = (
        "import runpy, sys\n"
        "for arguments in (['--help'], ['show', 'workload', '--help'], ['import', '--help']):\n"
        "    sys.argv = ['core', *arguments]\n"
        "    try:\n"
        "        runpy.run_module('core', run_name='__main__')\n"
        "    except SystemExit as ended:\n"
        "        assert not ended.code, ended.code\n"
    )
    assert heavy_after(code) == []


def test_a_signed_out_page_loads_no_heavy_library(sqlite_template: Path, tmp_path: Path) -> None:
    """The entry script, run to the sign-in form on a migrated database."""
    database = tmp_path / "empty.db"
    shutil.copy(sqlite_template, database)
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('pages/_main.py', default_timeout=60).run()\n"
        "assert page.text_input(key='sign_in_name') is not None\n"
        "assert not page.exception\n"
    )
    assert heavy_after(code, EVENKEEL_DATABASE_URL=f"sqlite:///{database}") == []


# --- the clock -----------------------------------------------------------------------------------------------------


def clock_readings(path: Path) -> list[str]:
    """Calls that read a clock."""
    found = []
    from_time = {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
    }
    for called, node in calls(path):
        ending = ".".join(called.split(".")[-2:])
        if ending in CLOCKS or (called in from_time and called in CLOCK_NAMES):
            found.append(f"{name_of(path)}:{node.lineno} {called}")
    return found


def test_only_the_calendar_reads_the_clock() -> None:
    """Time is an argument. The command line may time a proof, the server a screen, and that is all."""
    assert clock_readings(ROOT / "core" / "calendar.py")  # the rule sees the two readings there are
    for path in CORE:
        if name_of(path) == "core.calendar":
            continue
        readings = [text for text in clock_readings(path) if not text.endswith(" perf_counter")]
        assert not readings
        if clock_readings(path):
            assert name_of(path).startswith("core.cli")
    for path in [*SERVER, ROOT / "app.py"]:
        readings = clock_readings(path)
        assert not readings or (
            name_of(path) == "server.counters" and all(text.endswith(" perf_counter") for text in readings)
        ), readings


def test_only_the_command_line_asks_the_calendar_for_now() -> None:
    """`today` and `now` are called at the edges; in core that is `core.cli`."""
    readers = {"core.calendar.today", "core.calendar.now"}
    askers = set()
    for path in CORE:
        taken = {name for name, _ in imports(path)} & readers
        asked = {f"core.{called.removeprefix('core.')}" for called, _ in calls(path)} & readers
        if taken or asked:
            askers.add(name_of(path))
    assert askers
    assert all(name.startswith("core.cli.") for name in askers)


def test_no_column_takes_its_time_from_the_database() -> None:
    """No server default and no default that would be a clock."""
    for path in CORE:
        for called, node in calls(path):
            if called.endswith(("mapped_column", "Column")):
                assert not {keyword.arg for keyword in node.keywords} & {
                    "server_default",
                    "onupdate",
                    "default_factory",
                }


# --- size and names ------------------------------------------------------------------------------------------------


def test_modules_are_short() -> None:
    """At most 400 lines; migrations are written once and may be longer."""
    for path in PRODUCT:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST, path


def test_no_module_is_a_drawer() -> None:
    """A module is named for what is in it."""
    for path in PRODUCT:
        assert not {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"} & {
            part.lower() for part in path.relative_to(ROOT).with_suffix("").parts
        }, path


def test_every_module_and_every_public_function_of_core_and_server_says_what_it_is() -> None:
    """A docstring each."""
    for path in [*CORE, *SERVER]:
        assert ast.get_docstring(tree(path)), path
        for node in tree(path).body:
            public = isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not node.name.startswith("_")
            if public and "migrations" not in path.parts:
                assert ast.get_docstring(node), f"{path}: {node.name}"


# --- what is never written -----------------------------------------------------------------------------------------


def test_nothing_is_executed_unpickled_or_put_into_a_page_as_markup() -> None:
    """No eval, exec, pickle, marshal, shell or unsafe HTML anywhere in the product."""
    for path in PRODUCT:
        text = path.read_text(encoding="utf-8")
        assert "unsafe_allow_html" not in text, path
        assert not {"pickle", "marshal", "shelve", "dill", "joblib"} & {m.split(".")[0] for m, _ in imports(path)}, path
        for called, node in calls(path):
            assert called not in ("eval", "exec", "compile", "__import__", "os.system", "os.popen"), f"{path}:{called}"
            assert not called.endswith(("read_pickle", "to_pickle", "yaml.load", ".unsafe_load")), f"{path}:{called}"
            assert "allow_pickle" not in {keyword.arg for keyword in node.keywords}
            if called.startswith("subprocess."):
                raise AssertionError(f"{path}:{node.lineno} starts a process")


def test_no_statement_is_put_together_from_strings() -> None:
    """`text()` is given a constant, never an f-string, a sum or a formatted one."""
    for path in PRODUCT:
        for called, node in calls(path):
            if called in ("text", "sqlalchemy.text") or called.endswith(("exec_driver_sql", ".text")):
                first = node.args[0] if node.args else None
                if called == "text" or called.endswith("exec_driver_sql"):
                    assert isinstance(first, ast.Constant), f"{path}:{node.lineno}"


# --- one way out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", GROUP_NUMBERS)
def test_group_numbers_are_read_within_protection_and_leave_by_its_views_only(table: str) -> None:
    """Whoever names the table is on the list, and everybody on the list exists."""
    users = {name_of(path) for path in PRODUCT if table in names(path)}
    assert users <= GROUP_NUMBERS[table], f"{table} is named by {sorted(users - GROUP_NUMBERS[table])}"
    assert len(users) > 1  # the walk sees the table and somebody who uses it


def test_roll_ups_are_written_and_never_read() -> None:
    """Exact sums and counts: `insert` is the only thing that is done with them."""
    path = ROOT / "core" / "workload" / "release.py"
    uses = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Name) and node.id == "WorkloadRollup"]
    inserted = [
        argument
        for called, node in calls(path)
        if called == "insert"
        for argument in node.args
        if isinstance(argument, ast.Name) and argument.id == "WorkloadRollup"
    ]
    assert uses
    assert len(uses) == len(inserted)


@pytest.mark.parametrize("table", PERSON_GRAIN)
def test_facts_of_single_people_are_named_by_a_short_list_of_modules(table: str) -> None:
    """Taken in, compared, added up: no view, no page, no command."""
    users = {name_of(path) for path in PRODUCT if table in names(path)}
    assert users == PERSON_GRAIN[table]
    others = users - OWN_ROWS
    assert not [name for name in others if name.endswith("views") or name.startswith(("core.cli", "pages", "app"))]


def test_own_rows_are_read_by_the_own_person_only() -> None:
    """Every statement of the view of own rows is narrowed by `own_person(viewer)`."""
    for path in (path for path in CORE if name_of(path) in OWN_ROWS):
        statements = [node for called, node in calls(path) if called == "select"]
        narrowed = [
            node
            for _, node in calls(path)
            if isinstance(node.func, ast.Attribute)
            and node.func.attr == "in_"
            and [argument.id for argument in node.args if isinstance(argument, ast.Name)] == ["own"]
        ]
        assert statements
        assert len(narrowed) == len(statements)
        assert [ast.unparse(node) for called, node in calls(path) if called == "own_person"] == ["own_person(viewer)"]


def test_no_table_is_reached_by_its_name_in_a_string() -> None:
    """Only the tables themselves and the migrations write these names, so that the lists above are complete."""
    for path in PRODUCT:
        if path.name == "tables.py":
            continue
        for text in strings(path):
            assert not [name for name in TABLE_NAMES if name in text.lower()], f"{path}: {text[:60]}"


def test_table_modules_are_imported_by_name_not_as_a_whole() -> None:
    """`from core.x.tables import Y` and no other way, so that naming a table is visible."""
    for path in PRODUCT:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                assert not [alias for alias in node.names if alias.name.endswith(".tables")], path
            if isinstance(node, ast.ImportFrom):
                assert not [alias for alias in node.names if alias.name in ("tables", "*")], path


def test_pages_and_commands_import_no_table_of_facts() -> None:
    """Screens, routes and commands speak to views, commands and releases; the account commands may look up a unit's path."""
    for path in [*PAGES, *SERVER, ROOT / "app.py", *(p for p in CORE if name_of(p).startswith("core.cli"))]:
        taken = {name for name, _ in imports(path) if ".tables" in name and not name.endswith(".tables")}
        assert taken <= ({"core.people.tables.OrgUnit"} if name_of(path) == "core.cli.accounts" else set()), path


def selects_people(function: ast.FunctionDef) -> bool:
    """Whether a function selects columns of a table of people."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and dotted(node.func) == "select":
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Name) and part.id in PERSON_TABLES:
                        return True
    return False


def test_every_view_that_reads_people_takes_the_viewer() -> None:
    """Reads of single people take a `Viewer` and put the rule into the WHERE clause; `load_viewer` makes one."""
    found = []
    views = [path for path in CORE if path.name.endswith("views.py")]
    assert len(views) >= 3
    for path in views:
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and selects_people(node):
                found.append(node.name)
                arguments = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
                assert node.name == "load_viewer" or "viewer" in arguments, f"{path}: {node.name}"
    assert "load_viewer" in found


def test_the_way_out_returns_published_columns_and_nothing_exact() -> None:
    """What leaves protection has no count, no sum, no member, no spread of a unit."""
    from core.privacy.views import COLUMNS

    assert set(COLUMNS) == {
        "release_id", "period", "cell_id", "kind", "unit_id", "name", "status", "value", "qualifier", "share_class",
        "low", "high", "n_band", "coverage", "shown_with",
    }  # fmt: skip
    spoken = names(ROOT / "core" / "privacy" / "views.py")
    assert not spoken & {"ReleaseRow", "WorkloadRollup", "PublishedSpread", "numerator", "denominator", "members", "n"}


def test_formulas_and_figures_know_neither_sql_nor_screens() -> None:
    """Frames and numbers in, frames and figures out."""
    for path in CORE:
        if "measures" in path.parts or path.name in ("figures.py", "palette.py", "legend.py", "wording.py"):
            modules = {module.split(".")[0] for module, _ in imports(path)}
            assert not modules & {"sqlalchemy", "streamlit", "typer"}, path


def test_every_package_can_be_found() -> None:
    """The walk goes over files; each is a module that Python finds under that name."""
    for path in (*CORE, *PAGES, *SERVER):
        if path.name != "env.py":
            assert importlib.util.find_spec(name_of(path)) is not None, path


def test_every_fragment_and_dialog_asks_for_the_session_first() -> None:
    """Streamlit runs them without the entry script: whoever has been signed out meanwhile must not act in one."""
    found = 0
    for path in PAGES:
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.FunctionDef):
                continue
            marks = [dotted(mark.func if isinstance(mark, ast.Call) else mark) for mark in node.decorator_list]
            if not {"st.fragment", "st.dialog"} & set(marks):
                continue
            found += 1
            body = [
                part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            ]
            assert {"session.still", "current"} & {
                dotted(c.func) for c in ast.walk(body[0]) if isinstance(c, ast.Call)
            }, f"{path}: {node.name}"
    assert found >= 4
