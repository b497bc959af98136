"""A first look at a file before it is checked: which kind it looks like, its first rows, where each column would be read from."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from core.delivery import Column, FileKind, ImportOptions, plain
from core.intake.formats import Expected, FileRefused, Record, open_source
from core.intake.header import IgnoredColumn, expected, fits, is_known, match_header
from core.intake.kinds import KINDS, kind_named
from core.intake.maps import remembered
from core.intake.suggestions import suggest

FIRST_ROWS = 6
LOOK_AT = 2_000_000  # rows that are passed over at most to find bad ones again


@dataclass(frozen=True)
class Preview:
    """The top of a file. kinds: those that its header fits or comes close to, the best first; empty when none is near.

    sheets: names of the worksheets when there are several. fits: whether the header has all that the best kind requires.
    """

    header: tuple[str, ...]
    header_row: int
    rows: tuple[Record, ...]
    kinds: tuple[str, ...]
    fits: bool
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def preview(path: Path, options: ImportOptions) -> Preview:
    """Look at the header and the first rows.

    Raises:
        FileRefused: no table can be read from the file.
    """
    sheets = sheets_of(path)
    chosen = options
    try:
        source = open_source(path, _any_kind(options), options)
    except FileRefused:
        if len(sheets) < 2 or options.sheet is not None:
            raise
        chosen = replace(options, sheet=sheets[0])  # several could be meant: begin with the first
        source = open_source(path, _any_kind(chosen), chosen)
    ranked = sorted(KINDS.values(), key=lambda kind: _nearness(kind, source.header, options), reverse=True)
    near = tuple(kind.name for kind in ranked if _nearness(kind, source.header, options) > (False, 0.0))
    return Preview(
        header=source.header,
        header_row=source.header_row,
        rows=tuple(islice(source.records, FIRST_ROWS)),
        kinds=near,
        fits=bool(near) and fits(kind_named(near[0]), options, source.header),
        sheets=sheets if len(sheets) > 1 else (),
        notes=source.notes,
    )


def _any_kind(options: ImportOptions) -> Expected:
    """A table that any kind would know."""
    return Expected(
        lambda name: any(is_known(kind, options, name) for kind in KINDS.values()),
        lambda header: any(fits(kind, options, header) for kind in KINDS.values()),
    )


def _nearness(kind: FileKind, header: tuple[str, ...], options: ImportOptions) -> tuple[bool, float]:
    """Whether the header fits, and the share of its columns that the kind knows."""
    named = [name for name in header if name]
    known = sum(is_known(kind, options, name) for name in named)
    return fits(kind, options, header), known / max(1, len(named))


def sheets_of(path: Path) -> tuple[str, ...]:
    """Names of the visible worksheets of a workbook, in order; none for other files, and for a workbook that is damaged."""
    if not path.name.lower().endswith(".xlsx"):
        return ()
    import openpyxl

    from core.intake.workbook import refuse_unsafe

    try:
        refuse_unsafe(path)
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Exception:  # whatever openpyxl raises on a damaged workbook; opening it for its table says what is wrong
        return ()
    try:
        return tuple(sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible")
    finally:
        book.close()


LIKELY = 0.7  # sureness from which a suggestion is taken for granted until somebody says otherwise


@dataclass(frozen=True)
class Start:
    """What to begin with: the map on record for this header, or suggestions. note: about a map on record, '' without one."""

    columns: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str | bool], ...] = ()
    note: str = ""


def start(connection: Connection, kind: str, path: Path, header: tuple[str, ...], options: ImportOptions) -> Start:
    """The map that is remembered for this header; without one, what names and contents of columns suggest."""
    known = remembered(connection, kind, header)
    if known is not None:
        return Start(known.map.columns, known.map.options, known.note)
    natural = mapping(header, kind, options).read
    try:
        found = suggest(kind, path, options)
    except FileRefused:
        return Start()
    return Start(
        tuple(
            (each.in_file, each.in_kind)
            for each in found
            if each.in_kind and each.sureness >= LIKELY and not natural.get(each.in_kind)
        )
    )


def likely_kind(seen: Preview, begun: Callable[[str], Start]) -> str:
    """What a file is by the names of its columns, or by what they resemble: of one kind clearly more than of others; or ''.

    begun: what `start` finds for a kind.
    """
    if seen.kinds:
        return seen.kinds[0]
    placed = {kind: len(begun(kind).columns) for kind in KINDS}
    best, second = sorted(placed, key=lambda kind: placed[kind], reverse=True)[:2]
    return best if placed[best] > max(1, placed[second]) else ""


@dataclass(frozen=True)
class Mapping:
    """From where each column of a kind is read. read: column -> name in the file, '' when it is not there.

    missing: required columns without a place. ignored: columns of the file that are not read, with the reason.
    """

    columns: tuple[Column, ...]
    read: dict[str, str]
    missing: tuple[str, ...]
    ignored: tuple[IgnoredColumn, ...]


def mapping(header: tuple[str, ...], kind: str, options: ImportOptions) -> Mapping:
    """How a header would be read for a kind under these options, whatever is wrong with it."""
    declared = kind_named(kind)
    columns = declared.columns_for(header, options) if declared.columns_for else declared.columns
    layout, _ = match_header(header, declared, options)
    read = {column.name: header[place] for column, place in layout.places}
    missing = tuple(column.name for column in columns if column.required and column.name not in read)
    return Mapping(columns, {column.name: read.get(column.name, "") for column in columns}, missing, layout.ignored)


def chosen_columns(found: Mapping, chosen: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The differences between a choice (column -> name in the file) and what is read anyway, for `ImportOptions.columns`."""
    return tuple(
        (name, column) for column, name in chosen.items() if name and plain(name) != plain(found.read.get(column, ""))
    )


def excerpt(
    path: Path, kind: str, options: ImportOptions, rows: Collection[int]
) -> tuple[tuple[str, ...], dict[int, tuple[str | None, ...]]]:
    """The header, and the rows with these numbers as they stand in the file, for showing what is wrong in its place.

    Nothing where the file cannot be opened; what stands above the place where it breaks off.
    """
    wanted = set(rows)
    found: dict[int, tuple[str | None, ...]] = {}
    header: tuple[str, ...] = ()
    if not wanted:
        return header, found
    last = max(wanted)
    try:
        source = open_source(path, expected(kind_named(kind), options), options)
        header = source.header
        for record in islice(source.records, LOOK_AT):
            row = source.place(record.row).line if source.place is not None else record.row
            if row in wanted:
                found[row] = (*record.cells, *[None] * len(header))[: len(header)]
            if row >= last:
                break
    except FileRefused:
        return header, found
    return header, found
