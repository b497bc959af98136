"""Matching the header of a file with the columns of a kind."""

from dataclasses import dataclass
from difflib import get_close_matches

from core.delivery import Column, FileKind, Finding, ImportOptions, plain
from core.intake.formats import Expected
from core.intake.kinds import title_of
from core.intake.recognise import other_kind, seems_to_hold

_CLOSE = 0.85  # similarity (difflib) from which a name is taken for a slip of the pen


@dataclass(frozen=True)
class IgnoredColumn:
    """A column of the file that is not read, and why."""

    column: str
    reason: str


@dataclass(frozen=True)
class Layout:
    """Where the columns of a kind stand in a file. places: (column, index in the record), in the order of the kind."""

    places: tuple[tuple[Column, int], ...]
    ignored: tuple[IgnoredColumn, ...]
    names: dict[str, str]


def is_known(kind: FileKind, options: ImportOptions, name: str) -> bool:
    """Whether a header name would be matched."""
    return plain(name) in _spellings(kind.columns, options)


def fits(kind: FileKind, options: ImportOptions, header: tuple[str, ...]) -> bool:
    """Whether a header has all that the kind requires."""
    columns = kind.columns_for(header, options) if kind.columns_for else kind.columns
    spellings = _spellings(columns, options)
    found = {spellings[plain(name)] for name in header if plain(name) in spellings}
    required = {column.name for column in columns if column.required}
    return required <= found and (not kind.one_of or any(name in found for name in kind.one_of))


def expected(kind: FileKind, options: ImportOptions) -> Expected:
    """What a table of this kind would be known by."""
    spellings = frozenset(_spellings(kind.columns, options))
    return Expected(lambda name: plain(name) in spellings, lambda header: fits(kind, options, header))


def match_header(
    header: tuple[str, ...], kind: FileKind, options: ImportOptions, row: int = 1
) -> tuple[Layout, list[Finding]]:
    """The layout of a file and what is wrong with its header: columns missing, named twice, or misspelt.

    A name that is neither known nor, in files made by hand, close to a known one is ignored and listed with the reason.
    row: where the header stands. A header that fits another kind, or is far from this one, gives one finding that says so.
    """
    columns = kind.columns_for(header, options) if kind.columns_for else kind.columns
    spellings = _spellings(columns, options)
    found: dict[str, int] = {}
    findings: list[Finding] = [
        Finding(row, each.column, each.value, each.problem, each.remedy)
        for each in (kind.refuse_header(header, options) if kind.refuse_header else [])
    ]
    ignored: list[IgnoredColumn] = []
    unknown: list[str] = []
    for index, name in enumerate(header):
        column = spellings.get(plain(name))
        if column is None:
            if name:
                unknown.append(name)
        elif column in found:
            first = header[found[column]]
            findings.append(
                Finding(
                    row,
                    name,
                    name,
                    f"The column '{column}' is there twice: '{first}' and '{name}'.",
                    "Keep one of the two, or rename the other.",
                )
            )
        else:
            found[column] = index
    missing = [column for column in columns if column.name not in found]
    slips = 0
    for name in unknown:
        close = kind.template and get_close_matches(
            plain(name), [plain(column.name) for column in missing], n=1, cutoff=_CLOSE
        )
        if close:
            meant = next(column.name for column in missing if plain(column.name) == close[0])
            slips += 1
            findings.append(
                Finding(
                    row,
                    name,
                    name,
                    f"The column '{name}' is not known, but looks like '{meant}'.",
                    f"Name it '{meant}', or take it out of the file.",
                )
            )
        else:
            ignored.append(IgnoredColumn(name, kind.reason(name)))
    findings.extend(_not_there(header, columns, options, row))
    lacking = _lacking(kind, columns, found, header, row)
    required = [column.name for column in columns if column.required]
    lacks = [name for name in required if name not in found]
    strange = 4 * len(found) < len(header)  # hardly a name is known
    far = lacks if 2 * len(lacks) + strange > len(required) else []
    stranger = _stranger(header, kind, options, far, row) if lacking and not slips and not options.columns else None
    findings = [stranger] if stranger else findings + lacking
    places = tuple((column, found[column.name]) for column in columns if column.name in found)
    return Layout(places, tuple(ignored), {name: header[index] for name, index in found.items()}), findings


def _lacking(
    kind: FileKind, columns: tuple[Column, ...], found: dict[str, int], header: tuple[str, ...], row: int
) -> list[Finding]:
    """What the kind requires and the header does not have."""
    findings = [
        Finding(
            row,
            column.name,
            "",
            f"The required column '{column.name}' is missing. The header has: {_listed(header)}.",
            column.when_missing or f"Add a column '{column.name}': {column.meaning[0].lower()}{column.meaning[1:]}",
        )
        for column in columns
        if column.required and column.name not in found
    ]
    if kind.one_of and not any(name in found for name in kind.one_of):
        findings.append(
            Finding(
                row,
                "",
                "",
                "There is no column of hours in this file.",
                f"Add at least one of these columns: {', '.join(kind.one_of)}.",
            )
        )
    return findings


def _listed(header: tuple[str, ...]) -> str:
    return ", ".join(name[:60] for name in header[:12] if name) + (", …" if len(header) > 12 else "")


def _stranger(
    header: tuple[str, ...], kind: FileKind, options: ImportOptions, lacks: list[str], row: int
) -> Finding | None:
    """One finding for a file of another kind, or of none; None for one that is nearly of this kind.

    lacks: what the kind requires and is not there, when that is more than half (half, when hardly a name is known); else empty.
    """
    other = other_kind(header, kind, options)
    if other is not None:
        return Finding(
            row,
            "",
            "",
            f"This is not a file of the kind '{kind.title}': it looks like one of '{title_of(other)}'. "
            f"The header has: {_listed(header)}.",
            f"Import it as what it is (kind {other}).",
        )
    if not lacks:
        return None
    topic = seems_to_hold(header)
    named = ", ".join(f"'{name}'" for name in lacks)
    what = f"It seems to hold {topic}, and no kind of file fits yet." if topic else "No kind of file fits yet."
    return Finding(
        row,
        "",
        "",
        f"This is not a file of the kind '{kind.title}': the header lacks {named}. {what} The header has: {_listed(header)}.",
        f"If it holds them under other names, say so with a map (--suggest-map {kind.name} drafts one).",
    )


def _not_there(header: tuple[str, ...], columns: tuple[Column, ...], options: ImportOptions, row: int) -> list[Finding]:
    """Findings about a map that names columns which the file or the kind does not have."""
    there = {plain(name) for name in header}
    targets = {plain(column.name) for column in columns}
    findings = []
    for in_file, in_kind in options.columns:
        if plain(in_kind) not in targets:
            findings.append(
                Finding(
                    row,
                    in_kind,
                    in_kind,
                    f"The map gives '{in_file}' the name '{in_kind}', which is not a column of this kind.",
                    f"Choose one of: {', '.join(column.name for column in columns)}.",
                )
            )
        elif plain(in_file) not in there:
            findings.append(
                Finding(
                    row,
                    in_kind,
                    in_file,
                    f"The map names a column '{in_file}', which the file does not have. The header has: {_listed(header)}.",
                    "Correct the name in the map, or take the line out of it.",
                )
            )
    return findings


def _spellings(columns: tuple[Column, ...], options: ImportOptions) -> dict[str, str]:
    """Plain spelling -> name of the column. What the options say goes before names and synonyms."""
    known = {plain(name): column.name for column in columns for name in (column.name, *column.synonyms)}
    targets = {plain(column.name): column.name for column in columns}
    for in_file, in_kind in options.columns:
        target = targets.get(plain(in_kind))
        if target is not None:
            known = {spelling: name for spelling, name in known.items() if name != target}
            known[plain(in_file)] = target
    return known
