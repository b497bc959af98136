"""Matching the header of a file with the columns of a kind."""

from dataclasses import dataclass
from difflib import get_close_matches

from core.delivery import Column, FileKind, Finding, ImportOptions, plain

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


def match_header(header: tuple[str, ...], kind: FileKind, options: ImportOptions) -> tuple[Layout, list[Finding]]:
    """The layout of a file and what is wrong with its header: columns missing, named twice, or misspelt.

    A name that is neither known nor, in files made by hand, close to a known one is ignored and listed with the reason.
    """
    columns = kind.columns_for(header, options) if kind.columns_for else kind.columns
    spellings = _spellings(columns, options)
    found: dict[str, int] = {}
    findings: list[Finding] = list(kind.refuse_header(header, options)) if kind.refuse_header else []
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
                    1,
                    name,
                    name,
                    f"The column '{column}' is there twice: '{first}' and '{name}'.",
                    "Keep one of the two, or rename the other.",
                )
            )
        else:
            found[column] = index
    missing = [column for column in columns if column.name not in found]
    for name in unknown:
        close = kind.template and get_close_matches(
            plain(name), [plain(column.name) for column in missing], n=1, cutoff=_CLOSE
        )
        if close:
            meant = next(column.name for column in missing if plain(column.name) == close[0])
            findings.append(
                Finding(
                    1,
                    name,
                    name,
                    f"The column '{name}' is not known, but looks like '{meant}'.",
                    f"Name it '{meant}', or take it out of the file.",
                )
            )
        else:
            ignored.append(IgnoredColumn(name, kind.reason(name)))
    findings.extend(_missing(missing, header))
    if kind.one_of and not any(name in found for name in kind.one_of):
        findings.append(
            Finding(
                1,
                "",
                "",
                "There is no column of hours in this file.",
                f"Add at least one of these columns: {', '.join(kind.one_of)}.",
            )
        )
    places = tuple((column, found[column.name]) for column in columns if column.name in found)
    return Layout(places, tuple(ignored), {name: header[index] for name, index in found.items()}), findings


def _missing(columns: list[Column], header: tuple[str, ...]) -> list[Finding]:
    there = ", ".join(name for name in header[:12] if name) + (", …" if len(header) > 12 else "")
    return [
        Finding(
            1,
            column.name,
            "",
            f"The required column '{column.name}' is missing. The header has: {there}.",
            column.when_missing or f"Add a column '{column.name}': {column.meaning[0].lower()}{column.meaning[1:]}",
        )
        for column in columns
        if column.required
    ]


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
