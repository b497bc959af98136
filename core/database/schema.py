"""Whether a database has the schema that this code needs. Reads one row; loads no migration machinery."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest_revision() -> str:
    """The newest schema this code knows, from the names of the migrations (`0001_first_schema.py` is '0001')."""
    return max(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def stored_revision(connection: Connection) -> str:
    """The schema that the database has; '' when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(select(column("version_num")).select_from(table("alembic_version"))) or ""
