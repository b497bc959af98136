"""Maps: which column of a file is which of the kind, written as TOML, and remembered for files with the same header.

    kind = "people"

    [columns]
    "Personalnummer" = "id"

    [options]
    dayfirst = true

A map that led to a load is kept with the fingerprint of the header; the next file with that header is read with it.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from core import calendar
from core.access.changes import record
from core.access.refusals import Refused
from core.delivery import FileKind, ImportOptions, plain
from core.intake.formats import DELIMITERS, FileRefused, fingerprint, open_source
from core.intake.header import expected
from core.intake.kinds import kind_named
from core.intake.tables import HeaderMap

_LARGEST = 1024**2
_FLAGS = ("dayfirst", "monthfirst")
_DECIMALS = ("comma", "point")
_DELIMITERS = {name: sign for sign, name in DELIMITERS.items()} | {sign: sign for sign in DELIMITERS}


class MapRefused(Refused):
    """A map that cannot be used; the message says where and what would be right."""


@dataclass(frozen=True)
class ColumnMap:
    """columns: (name in the file, name in the kind). options: what the map says besides, by name of the import option."""

    columns: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str | bool], ...] = ()

    def applied(self, options: ImportOptions) -> ImportOptions:
        """The options with what the map says, where they do not say it themselves."""
        said = {name: value for name, value in self.options if not getattr(options, name)}
        if options.dayfirst or options.monthfirst:
            said = {name: value for name, value in said.items() if name not in _FLAGS}
        return replace(options, columns=options.columns or self.columns, **said)  # type: ignore[arg-type]

    def content(self) -> dict[str, Any]:
        """As its file holds it."""
        return {"columns": dict(self.columns), "options": dict(self.options)}


@dataclass(frozen=True)
class Remembered:
    """A map on record, when it was saved, and by whom."""

    map: ColumnMap
    saved_at: datetime
    saved_by: str

    @property
    def note(self) -> str:
        """The remark for the summary of an import that uses it."""
        return f"Read with the map saved on {calendar.long_label(self.saved_at.date())} by {self.saved_by}."


def read_map(path: Path, kind: str) -> ColumnMap:
    """The map in a TOML file.

    Raises:
        MapRefused: the file cannot be read, or something in it is not a map of this kind.
        UnknownKind: there is no such kind.
    """
    declared = kind_named(kind)
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST + 1)
        document = tomllib.loads(text.decode("utf-8-sig"))
    except OSError as error:
        raise MapRefused(f"The map {path.name} cannot be opened: {error.strerror or 'unknown reason'}.") from error
    except UnicodeDecodeError as error:
        raise MapRefused(f"The map {path.name} is not in UTF-8. Save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MapRefused(f"The map {path.name} is not TOML: {error}. Names stand in quotation marks.") from error
    if len(text) > _LARGEST:
        raise MapRefused(f"The map {path.name} is larger than 1 MB.")
    return map_from(document, declared, path.name)


def map_from(document: dict[str, Any], kind: FileKind, where: str) -> ColumnMap:
    """The map in a document of tables, as TOML gives it. where: the name of its file, for messages.

    Raises:
        MapRefused: something in it is not a map of this kind.
    """
    unknown = sorted(document.keys() - {"kind", "columns", "options"})
    if unknown:
        raise MapRefused(f"{where}: '{unknown[0]}' is not part of a map. It has kind, [columns] and [options].")
    if document.get("kind", kind.name) != kind.name:
        raise MapRefused(f"{where}: this map is for the kind {document['kind']}, not for {kind.name}.")
    columns, options = document.get("columns", {}), document.get("options", {})
    if not isinstance(columns, dict) or not isinstance(options, dict):
        raise MapRefused(f"{where}: [columns] and [options] are tables, with one name = value on each line.")
    return ColumnMap(_columns(columns, kind, where), _options(options, where))


def _columns(table: dict[str, Any], kind: FileKind, where: str) -> tuple[tuple[str, str], ...]:
    targets = {plain(column.name): column.name for column in kind.columns}
    found: dict[str, str] = {}
    for in_file, in_kind in table.items():
        if not isinstance(in_kind, str):
            raise MapRefused(f'{where}: [columns] "{in_file}" needs the name of a column, in quotation marks.')
        target = targets.get(plain(in_kind))
        if target is None and kind.columns_for is None:
            raise MapRefused(
                f'{where}: [columns] "{in_file}" = "{in_kind}": the kind {kind.name} has no column \'{in_kind}\'. '
                f"It has: {', '.join(targets.values())}."
            )
        target = target or in_kind
        if target in found.values():
            first = next(name for name, other in found.items() if other == target)
            raise MapRefused(
                f"{where}: [columns] '{first}' and '{in_file}' both stand for '{target}'. Keep one of the two."
            )
        found[in_file] = target
    return tuple(found.items())


def _options(table: dict[str, Any], where: str) -> tuple[tuple[str, str | bool], ...]:
    found: dict[str, str | bool] = {}
    for name, value in table.items():
        text = value if isinstance(value, str) else ""
        if (name in _FLAGS and isinstance(value, bool)) or (name == "sheet" and text):
            found[name] = value
        elif name == "delimiter" and text in _DELIMITERS:
            found[name] = _DELIMITERS[text]
        elif name == "decimal" and text in _DECIMALS:
            found[name] = text
        else:
            raise MapRefused(
                f"{where}: [options] {name} = {json.dumps(value, default=str)} is not known. There are dayfirst and monthfirst "
                f"(true or false), sheet (a name), delimiter ({', '.join(DELIMITERS.values())}), decimal (comma or point)."
            )
    if found.get("dayfirst") and found.get("monthfirst"):
        raise MapRefused(f"{where}: [options] dayfirst and monthfirst contradict each other. Keep one of the two.")
    return tuple((name, value) for name, value in found.items() if value is not False)


def header_of(kind: str, path: Path, options: ImportOptions) -> tuple[str, ...] | None:
    """The header of a file as it is found without a map; None when no table can be read."""
    bare = replace(options, columns=())
    try:
        fingerprint(path)  # a file that cannot be opened is refused here
        return open_source(path, expected(kind_named(kind), bare), bare).header
    except FileRefused:
        return None


def resolve(database: Engine | Connection, kind: str, path: Path, options: ImportOptions) -> ImportOptions:
    """The options with the map that is remembered for the header of this file, and a remark about it.

    Options that name columns themselves stay as they are, and so do those of a file whose header is not on record.
    """
    if options.columns:
        return options
    header = header_of(kind, path, options)
    if header is None:
        return options
    if isinstance(database, Engine):
        with database.connect() as connection:
            found = remembered(connection, kind, header)
    else:
        found = remembered(database, kind, header)
    if found is None:
        return options
    return replace(found.map.applied(options), notes=(*options.notes, found.note))


def header_fingerprint(header: tuple[str, ...]) -> str:
    """SHA-256 of the names of a header, in order, without case, blanks and punctuation."""
    return hashlib.sha256("".join(f"{plain(name)}\x1f" for name in header).encode()).hexdigest()


def remembered(connection: Connection, kind: str, header: tuple[str, ...]) -> Remembered | None:
    """The map on record for this kind and header."""
    found = connection.execute(
        select(HeaderMap.content, HeaderMap.saved_at, HeaderMap.saved_by).where(
            HeaderMap.kind == kind, HeaderMap.fingerprint == header_fingerprint(header)
        )
    ).one_or_none()
    if found is None:
        return None
    return Remembered(map_from(found.content, kind_named(kind), "the map on record"), found.saved_at, found.saved_by)


def remember(
    connection: Connection, kind: str, header: tuple[str, ...], map_: ColumnMap, *, actor: str, at: datetime
) -> None:
    """Keep the map for files with this header, in the caller's transaction; one on record is replaced."""
    forget_quietly(connection, kind, header)
    connection.execute(
        insert(HeaderMap).values(
            kind=kind,
            fingerprint=header_fingerprint(header),
            content=map_.content(),
            saved_at=at,
            saved_by=actor,
        )
    )


def forget(connection: Connection, kind: str, header: tuple[str, ...], *, actor: str, at: datetime) -> bool:
    """Take the map for this header off the record, with an entry in the change log; False when there is none."""
    if not forget_quietly(connection, kind, header):
        return False
    detail = {"fingerprint": header_fingerprint(header)}
    record(connection, at=at, actor=actor, action="forget map", subject=kind, detail=detail)
    return True


def forget_quietly(connection: Connection, kind: str, header: tuple[str, ...]) -> bool:
    """Take the map off the record."""
    done = connection.execute(
        delete(HeaderMap).where(HeaderMap.kind == kind, HeaderMap.fingerprint == header_fingerprint(header))
    )
    return bool(done.rowcount)
