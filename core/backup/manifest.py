"""What a backup says of itself, and the reading of a file that may be damaged: all of it is as it was written, or refused."""

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.backup.rows import Unreadable, known_kinds
from core.database.faults import DatabaseRefused
from core.database.schema import known_revisions, newest_revision

FORMAT = 1
PRODUCT = "evenkeel"
MANIFEST = "manifest.json"
LONGEST_LINE = 1 << 30  # no row comes near
LARGEST_MANIFEST = 1 << 24
# whatever reading a damaged ZIP may raise: none of it is a defect of ours
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a method of compression that nobody writes
    RuntimeError,  # marked as encrypted
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    RecursionError,
    struct.error,
    OSError,  # sent to a place that does not exist, or the disk itself
)


class BackupRefused(DatabaseRefused):
    """The file cannot be verified, or does not fit the database; nothing was changed. The message says what and what to do."""


@dataclass(frozen=True)
class TablePart:
    """One table in the file: its columns as (name, kind), how many rows, and the SHA-256 of its lines."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    sha256: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the columns, in order."""
        return tuple(kind for _, kind in self.columns)

    @property
    def member(self) -> str:
        """Its name in the file."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """schema: the revision. code: version of the program. at: ISO instant. database: where it came from. left_out: tables whose
    rows are not in the file. entries, head: length and newest hash of the change log."""

    schema: str
    code: str
    at: str
    database: str
    tables: tuple[TablePart, ...]
    left_out: tuple[str, ...]
    entries: int
    head: str

    @property
    def rows(self) -> int:
        """Over all tables."""
        return sum(part.rows for part in self.tables)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "product": PRODUCT,
            "format": FORMAT,
            "schema": self.schema,
            "code": self.code,
            "at": self.at,
            "database": self.database,
            "left_out": list(self.left_out),
            "change_log": {"entries": self.entries, "head": self.head},
            "tables": [
                {
                    "name": part.name,
                    "columns": [list(each) for each in part.columns],
                    "rows": part.rows,
                    "sha256": part.sha256,
                }
                for part in self.tables
            ],
        }

    def as_bytes(self) -> bytes:
        """The same, as its member holds it."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1).encode()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file as a ZIP.

    Raises:
        BackupRefused: it is none, or its list of members is damaged.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as wrong:
            raise refused(path, f"it is damaged, cut short, or no backup ({_brief(wrong)})") from None
        with archive:
            yield archive


def read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """What the file says of itself, checked in form and against the list of its members.

    Raises:
        BackupRefused: no manifest, another format, a schema that this code does not know, members too many or too few.
    """
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise ValueError("the manifest is too large")
        document = json.loads(archive.read(MANIFEST))
        if document["product"] != PRODUCT:
            raise ValueError("another program's")
        version = document["format"]
    except _DAMAGED as wrong:
        raise refused(path, f"it has no readable manifest ({_brief(wrong)})") from None
    if version != FORMAT:
        raise refused(
            path, f"it has the format {version!r}, this code reads {FORMAT}", "Restore it with the code that wrote it."
        )
    try:
        manifest = Manifest(
            schema=str(document["schema"]),
            code=str(document["code"]),
            at=str(document["at"]),
            database=str(document["database"]),
            tables=tuple(
                TablePart(
                    str(each["name"]),
                    tuple((str(name), str(kind)) for name, kind in each["columns"]),
                    int(each["rows"]),
                    str(each["sha256"]),
                )
                for each in document["tables"]
            ),
            left_out=tuple(map(str, document["left_out"])),
            entries=int(document["change_log"]["entries"]),
            head=str(document["change_log"]["head"]),
        )
    except _DAMAGED as wrong:
        raise refused(path, f"its manifest is not as it was written ({_brief(wrong)})") from None
    if manifest.schema not in known_revisions():
        raise refused(
            path,
            f"it has the schema {manifest.schema}, this code knows {newest_revision()} and older",
            "Update the code, then restore.",
        )
    members, expected = sorted(archive.namelist()), sorted([MANIFEST, *(part.member for part in manifest.tables)])
    if members != expected:
        odd = sorted(set(members) ^ set(expected)) or members
        raise refused(path, f"its members are not those of its manifest ({', '.join(odd[:3])})")
    if not all(known_kinds(part.kinds) for part in manifest.tables):
        raise refused(
            path, "it has columns of a kind that this code does not know", "Restore it with the code that wrote it."
        )
    return manifest


def lines_of(archive: zipfile.ZipFile, part: TablePart, path: Path) -> Iterator[bytes]:
    """The lines of a table; at the end their number and hash are compared with the manifest.

    Raises:
        BackupRefused: they differ, or the member is damaged. Whoever takes lines must go on to the end, or give up what it did.
    """
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(part.member) as member:
            while line := member.readline(LONGEST_LINE):
                digest.update(line)
                rows += 1
                if rows > part.rows:
                    break
                yield line
    except _DAMAGED as wrong:
        if isinstance(wrong, BackupRefused | Unreadable):
            raise
        raise refused(path, f"{part.member} is damaged ({_brief(wrong)})") from None
    if rows != part.rows:
        raise refused(path, f"{part.member} has {rows} rows or more, its manifest says {part.rows}")
    if digest.hexdigest() != part.sha256:
        raise refused(path, f"{part.member} is not what was written: its SHA-256 differs from the manifest's")


def check_file(path: Path) -> Manifest:
    """Read all of the file once, change nothing: every member is there, whole, and hashes to what the manifest says.

    Raises:
        BackupRefused: something does not.
        OSError: the file cannot be opened.
    """
    with opened(path) as archive:
        manifest = read_manifest(archive, path)
        for part in manifest.tables:
            for _ in lines_of(archive, part, path):
                pass
    return manifest


def refused(path: Path, what: str, remedy: str = "Take another backup.") -> BackupRefused:
    """The refusal of a file, for a reason."""
    return BackupRefused(f"{path.name} is not restored: {what}. Nothing was changed. {remedy}")


def _brief(wrong: BaseException) -> str:
    return f"{type(wrong).__name__}: {wrong}"[:120]
