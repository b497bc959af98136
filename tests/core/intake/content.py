"""Everything that a database holds, for comparing it before and after, and files written on the spot."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text

from core.intake.imports import ImportOptions, ImportSummary, run_import

DATA = Path(__file__).parents[2] / "data"
TEMPLATES = Path(__file__).parents[3] / "data" / "templates"
AT = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
PEOPLE_HEADER = "id,name,email,unit,manager_id,contracted_hours,hired,left,leaving_reason,role,location,grade,from,to"


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables as the database gives them, by name of the table."""
    names = inspect(engine).get_table_names()
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr)
            for name in names
        }


def rows_of(engine: Engine, query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def bring_in(engine: Engine, kind: str, path: Path, **more: Any) -> ImportSummary:
    """Import a file as the tests' actor."""
    return run_import(engine, kind, path, actor="tester", at=AT, **more)


def people_file(folder: Path, rows: Iterable[str], header: str = PEOPLE_HEADER, name: str = "people.csv") -> Path:
    """A people file with these lines."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def person(code: str, unit: str = "Northwind/Engineering", **cells: str) -> str:
    """A line of a people file; cells by column name (`begins` and `ends` for `from` and `to`)."""
    values = {"id": code, "unit": unit, "hired": "2024-01-01", "contracted_hours": "40"}
    values |= {{"begins": "from", "ends": "to"}.get(name, name): text for name, text in cells.items()}
    return ",".join(values.get(name, "") for name in PEOPLE_HEADER.split(","))


def weeks_file(folder: Path, header: Sequence[str], rows: Iterable[Sequence[object]], name: str = "weeks.csv") -> Path:
    """A file of person-weeks (or any other) with these cells."""
    path = folder / name
    lines = [",".join(header), *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def stock(engine: Engine) -> None:
    """Fill an empty database from the templates: three people, three weeks of hours."""
    bring_in(engine, "people", TEMPLATES / "people.csv")
    bring_in(engine, "person-weeks", TEMPLATES / "person-weeks.csv", options=ImportOptions())
