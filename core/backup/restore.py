"""`restore`: a backup into an empty database, in one transaction; and the trial of it that `backup --verify` makes."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    StaticPool,
    Table,
    bindparam,
    create_engine,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from core.access.changes import record, verify
from core.access.refusals import Refused
from core.backup.archive import LEFT_OUT, Progress
from core.backup.copying import copy_rows
from core.backup.manifest import Manifest, TablePart, check_file, lines_of, opened, read_manifest, refused
from core.backup.rows import Unreadable, kind_of, row_of
from core.database.faults import DatabaseRefused
from core.database.migrate import apply, make_file, whole
from core.database.schema import HALF_COPIED, VERSION_TABLE, Condition, condition_of
from core.declared import declared, declared_names
from core.privacy.tables import Release, TenantKey
from core.workload.partitions import ensure_partitions, partitions

AT_ONCE = 2_000


@dataclass(frozen=True)
class RestoreSummary:
    """The manifest of what was restored, and the schema that the database has now."""

    manifest: Manifest
    schema: str


def restore(
    engine: Engine, path: Path, *, at: datetime, actor: str, replace: bool = False, progress: Progress | None = None
) -> RestoreSummary:
    """Take a backup back, all of it or nothing: read once in full and compared with its manifest, then loaded and proved.

    Proved, before anything is committed: rows refer to rows that are there; the change log is a chain from its first entry to
    the head that the manifest names; the ledger and the published cells of every release hash to what was sealed; the key of
    the ledger is there. An older schema is loaded as it was, and upgraded. A file of SQLite goes into PostgreSQL, and the
    other way round. Nobody is signed in afterwards. `replace` does away with what is in the database.

    Raises:
        BackupRefused: the file cannot be verified.
        Refused: the database holds data and `replace` was not asked for.
        DatabaseRefused: the database is another program's, or from a newer version.
    """
    manifest = check_file(path)
    make_file(engine)
    with engine.connect() as connection, whole(connection):
        _make_room(connection, replace=replace)
        schema = _fill(connection, path, manifest, progress)
        record(
            connection,
            at=at,
            actor=actor,
            action="restored",
            subject=path.name,
            detail={"taken": manifest.at, "head": manifest.head, "schema": manifest.schema},
        )
    return RestoreSummary(manifest, schema)


def try_out(path: Path, progress: Progress | None = None) -> RestoreSummary:
    """Restore into a scratch database that is nowhere to be found and gone afterwards, also after a kill; prove it; forget it.

    Raises:
        BackupRefused: the file cannot be verified.
    """
    manifest = check_file(path)
    # SQLite makes a nameless database in a temporary file that it has already removed
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)
    try:
        with engine.connect() as connection, whole(connection):
            schema = _fill(connection, path, manifest, progress)
    finally:
        engine.dispose()
    return RestoreSummary(manifest, schema)


def _make_room(connection: Connection, *, replace: bool) -> None:
    schema = condition_of(connection, declared_names())
    if schema.condition in (Condition.FOREIGN, Condition.NEWER):
        raise DatabaseRefused(schema.reason)
    if schema.condition is Condition.EMPTY:
        return
    metadata = MetaData()
    metadata.reflect(
        connection,
        only=lambda name, _: name in declared_names() or name == VERSION_TABLE or name.startswith(HALF_COPIED),
    )
    kept = [table for table in metadata.sorted_tables if table.name in declared_names() - _left_out()]
    if not replace and any(connection.execute(select(1).select_from(table).limit(1)).first() for table in kept):
        raise Refused(
            "The database holds data already, and nothing was changed. Restore into an empty one, "
            "or add --replace to do away with what it holds."
        )
    metadata.drop_all(connection, checkfirst=False)


def _fill(connection: Connection, path: Path, manifest: Manifest, progress: Progress | None) -> str:
    """Make the schema of the backup, load it, bring it to the newest schema, prove it; returns the schema."""
    apply(connection, manifest.schema)
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name in declared_names())
    parts = {part.name: part for part in manifest.tables}
    _refuse_other_tables(path, metadata, manifest)
    with opened(path) as archive:
        if read_manifest(archive, path) != manifest:
            raise refused(path, "it was changed while it was being read")
        for table in metadata.sorted_tables:
            if table.name in parts:
                if _is_partitioned(connection, table):
                    ensure_partitions(connection, _weeks_of(archive, parts[table.name], path))
                _load(connection, archive, path, table, parts[table.name], progress)
    apply(connection)
    _prove(connection, path, manifest)
    return condition_of(connection).found


def _is_partitioned(connection: Connection, table: Table) -> bool:
    """Whether the rows of this table go to partitions by week here: on PostgreSQL, and not in older schemas."""
    options = declared().tables[table.name].dialect_options["postgresql"]
    return bool(options["partition_by"]) and bool(partitions(connection))


def _weeks_of(archive: ZipFile, part: TablePart, path: Path) -> set[date]:
    """The weeks of a table that is partitioned by them, so that its partitions can be there before the rows are."""
    at = [name for name, _ in part.columns].index("week")
    return {row_of(line, part.kinds)[at] for line in lines_of(archive, part, path)}


def _left_out() -> frozenset[str]:
    return frozenset(table.__tablename__ for table in LEFT_OUT)


def _refuse_other_tables(path: Path, metadata: MetaData, manifest: Manifest) -> None:
    expected = {
        table.name: {column.name: kind_of(column) for column in table.columns}
        for table in metadata.tables.values()
        if table.name not in _left_out()
    }
    found = {part.name: dict(part.columns) for part in manifest.tables}
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            raise refused(path, f"the table {name} is missing from it")
        if name not in expected:
            raise refused(path, f"it has a table {name} that the schema {manifest.schema} does not have")
        if expected[name] != found[name]:
            raise refused(path, f"the columns of {name} are not those of the schema {manifest.schema}")


def _load(
    connection: Connection, archive: ZipFile, path: Path, table: Table, part: TablePart, progress: Progress | None
) -> None:
    """Write the rows of a table. Columns that refer to the table itself are set when all its rows are there."""
    names = [name for name, _ in part.columns]
    key = [column.name for column in table.primary_key.columns]
    later = [c.name for c in table.columns if any(each.column.table is table for each in c.foreign_keys)]
    links: list[dict[str, Any]] = []

    def rows() -> Iterator[list[Any]]:
        for done, line in enumerate(lines_of(archive, part, path)):
            try:
                row = row_of(line, part.kinds)
            except Unreadable as wrong:
                raise refused(path, f"{part.member}, row {done + 1}: {wrong}") from None
            if later:
                values = dict(zip(names, row, strict=True))
                if any(values[name] is not None for name in later):
                    links.append({f"at_{name}": values[name] for name in (*key, *later)})
                row = [None if name in later else value for name, value in zip(names, row, strict=True)]
            if progress and done % AT_ONCE == 0:
                progress(table.name, done, part.rows)
            yield row

    try:
        if connection.dialect.name == "postgresql":
            copy_rows(connection, table, names, part.kinds, rows())
            _continue_numbers(connection, table)
        else:
            _insert(connection, table, names, rows())
        if links:
            _link(connection, table, key, later, links)
    except (IntegrityError, DataError) as wrong:
        cause = str(wrong.orig).splitlines()[0]
        raise refused(path, f"{part.member} has rows that the schema does not allow ({cause})") from None
    except StatementError as wrong:
        if wrong.orig is None or type(wrong) is not StatementError:
            raise
        raise refused(path, f"{part.member} has values that the schema does not allow ({wrong.orig})") from None
    if progress:
        progress(table.name, part.rows, part.rows)


def _insert(connection: Connection, table: Table, names: Sequence[str], rows: Iterator[list[Any]]) -> None:
    for column in table.columns:
        if kind_of(column) == "json":
            column.type.none_as_null = True  # type: ignore[attr-defined]  # NULL comes back as NULL, not as JSON's null
    while some := list(islice(rows, AT_ONCE)):
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in some])


def _link(
    connection: Connection, table: Table, key: Sequence[str], later: Sequence[str], links: list[dict[str, Any]]
) -> None:
    statement = (
        update(table)
        .where(*(table.c[name] == bindparam(f"at_{name}") for name in key))
        .values({name: bindparam(f"at_{name}") for name in later})
    )
    for start in range(0, len(links), AT_ONCE):
        connection.execute(statement, links[start : start + AT_ONCE])


def _continue_numbers(connection: Connection, table: Table) -> None:
    """PostgreSQL counts apart from the rows: let the next number follow the greatest."""
    name = connection.dialect.identifier_preparer.format_table(table)
    for column in table.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(name, column.name)))
        if sequence:
            greatest = connection.scalar(select(func.max(column)))
            connection.execute(select(func.setval(sequence, greatest or 1, greatest is not None)))


def _prove(connection: Connection, path: Path, manifest: Manifest) -> None:
    from core.privacy.proof import unaltered

    chain = verify(connection)
    if chain.broken_at is not None:
        raise refused(path, f"the change log in it was altered at its entry {chain.broken_at}", "Use another backup.")
    if (chain.entries, chain.head) != (manifest.entries, manifest.head):
        raise refused(path, "the change log in it does not end as its manifest says", "Use another backup.")
    areas = connection.scalars(select(Release.area).distinct().order_by(Release.area)).all()
    if areas and connection.scalar(select(TenantKey.key).where(TenantKey.id == 1)) is None:
        raise refused(path, "it has releases and not the key of the ledger", "Use another backup.")
    problems = [problem for area in areas for problem in unaltered(connection, area)]
    if problems:
        raise refused(
            path, f"its releases are not as they were sealed: {problems[0].rstrip('.')}", "Use another backup."
        )
