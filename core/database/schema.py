"""Which schema a database has, and whether this code may work with it. Reads names only; loads no migration machinery."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from core.database.faults import DatabaseRefused

VERSIONS = Path(__file__).parent / "migrations" / "versions"
VERSION_TABLE = "alembic_version"
HALF_COPIED = "_alembic_tmp_"  # how a copy is called while a table of SQLite is being rebuilt
UPGRADE = "python -m core db upgrade"
OURS = frozenset({"org_unit", "change_log", "user_account"})  # of the first schema, and of every one since


class Condition(StrEnum):
    """What a database is to this code."""

    CURRENT = "current"
    EMPTY = "empty"
    BEHIND = "behind"
    NEWER = "newer"
    HALF = "half-migrated"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Schema:
    """The condition of a database; found: its revision ('' for none); needed: that of this code; detail: what is odd."""

    condition: Condition
    found: str
    needed: str
    detail: str = ""

    @property
    def reason(self) -> str:
        """Why it cannot be used as it stands and what to do, for an operator; '' when it can."""
        return {
            Condition.CURRENT: "",
            Condition.EMPTY: f"The database is empty. Run: {UPGRADE}",
            Condition.BEHIND: (
                f"The database is not at the newest schema: it has {self.found}, this code needs {self.needed}. "
                f"Make a backup, then run: {UPGRADE}"
            ),
            Condition.NEWER: (
                f"The database is from a newer version: it has the schema {self.found}, this code knows {self.needed} and "
                "older. Nothing was changed. Update the code, or restore a backup from before the update into an empty "
                "database."
            ),
            Condition.HALF: (
                f"The database is half-migrated: {self.detail}. Nothing was changed. Restore the backup from before the "
                "upgrade: python -m core restore FILE --replace"
            ),
            Condition.FOREIGN: (
                f"The database belongs to something else: {self.detail}. Nothing was changed. "
                "Set EVENKEEL_DATABASE_URL to a database of its own."
            ),
        }[self.condition]


def newest_revision() -> str:
    """The newest schema this code knows, from the names of the migrations (`0001_first_schema.py` is '0001')."""
    return max(known_revisions())


def known_revisions() -> frozenset[str]:
    """Every schema this code knows."""
    return frozenset(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def stored_revision(connection: Connection) -> str:
    """The schema that the database has; '' when it has none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE))) or ""


def condition_of(connection: Connection, declared: Collection[str] = ()) -> Schema:
    """What the database is to this code, from the names of its tables and its revision.

    declared: the tables of the newest schema; with them a database is also found half-migrated when it says that it is current
    and tables are missing. Without, only what would keep the code from starting at all.
    """
    present = set(inspect(connection).get_table_names())
    versions: list[str] = []
    if VERSION_TABLE in present:
        versions = list(connection.scalars(select(column("version_num")).select_from(table(VERSION_TABLE))))
    condition, detail = _judge(present - {VERSION_TABLE}, versions, set(declared))
    return Schema(condition, versions[0] if versions else "", newest_revision(), detail)


def _judge(present: set[str], versions: list[str], declared: set[str]) -> tuple[Condition, str]:
    """The condition and what is odd about it, from the tables and the revisions that are there."""
    ours = bool(present & OURS)
    copies = {name for name in present if name.startswith(HALF_COPIED)}
    missing = declared - present
    rules = (  # the first that holds
        (not versions and not present, Condition.EMPTY, ""),
        (not versions and ours, Condition.HALF, "it has tables of Evenkeel and says no schema"),
        (not versions, Condition.FOREIGN, f"it has tables that are not Evenkeel's ({_some(present)})"),
        (len(versions) > 1, Condition.HALF, f"it says more than one schema ({_some(versions)})"),
        (not ours, Condition.FOREIGN, f"it says the schema {_some(versions)} and has none of Evenkeel's tables"),
        (not known_revisions().issuperset(versions), Condition.NEWER, ""),
        (bool(copies), Condition.HALF, f"a table is there twice ({_some(copies)})"),
        (newest_revision() not in versions, Condition.BEHIND, ""),
        (bool(missing), Condition.HALF, f"it says {_some(versions)} and lacks tables ({_some(missing)})"),
    )
    return next(((condition, detail) for holds, condition, detail in rules if holds), (Condition.CURRENT, ""))


def refuse_unless_current(connection: Connection, declared: Collection[str] = ()) -> None:
    """Let only a database of this code's own schema pass.

    Raises:
        DatabaseRefused: it has another schema, or is none of Evenkeel's; the message says what to do.
    """
    schema = condition_of(connection, declared)
    if schema.condition is not Condition.CURRENT:
        raise DatabaseRefused(schema.reason)


def _some(names: Collection[str]) -> str:
    shown = sorted(names)[:3]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
