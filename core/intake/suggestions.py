"""A draft of a map: which column of a file may be which of the kind, why, and how sure that is."""

import json
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from pathlib import Path

from core.delivery import Column, FileKind, ImportOptions, number, plain
from core.intake.dates import read_date
from core.intake.decimals import with_point
from core.intake.formats import Source, fingerprint, open_source
from core.intake.header import expected
from core.intake.kinds import kind_named
from core.intake.names import clean
from core.intake.words import words_for

SAMPLE = 200  # rows that are looked at
_SURE, _LIKELY = 0.9, 0.7
_CLOSE = 0.8  # similarity (difflib) from which two names may be one
_SHORT, _LONG = 3, 60  # characters of a name between which closeness tells something


@dataclass(frozen=True)
class Suggestion:
    """A column of the file and the one of the kind that it may be (None: nothing was found). why: in words.

    sureness: 1 the same name, 0.95 a known word, below 0.9 likely, below 0.7 a guess.
    """

    in_file: str
    in_kind: str | None
    why: str
    sureness: float

    @property
    def how_sure(self) -> str:
        """In a word."""
        return "sure" if self.sureness >= _SURE else "likely" if self.sureness >= _LIKELY else "a guess"


@dataclass(frozen=True)
class _Look:
    """What a draft is made from: the header, the columns of the kind, and the first cells of each column of the file."""

    kind: FileKind
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: list[list[str]]


def suggest(kind: str, path: Path, options: ImportOptions) -> tuple[Suggestion, ...]:
    """A suggestion for every named column of the file, in its order. No column of the kind is suggested twice.

    Raises:
        UnknownKind: there is no such kind.
        FileRefused: no table can be read from the file.
    """
    return _suggested(_look(kind, path, options))


def _look(kind: str, path: Path, options: ImportOptions) -> _Look:
    declared = kind_named(kind)
    fingerprint(path)
    source = open_source(path, expected(declared, options), options)
    columns = declared.columns_for(source.header, options) if declared.columns_for else declared.columns
    return _Look(declared, source.header, columns, _sample(source))


def _suggested(look: _Look) -> tuple[Suggestion, ...]:
    candidates: list[tuple[float, int, int, str]] = []
    for place, name in enumerate(look.header):
        for order, column in enumerate(look.columns):
            found = (_by_name(name, column) or _by_content(look.cells[place], column)) if name else None
            if found is not None:
                candidates.append((found[0], place, order, found[1]))
    taken: dict[int, Suggestion] = {}
    given: set[int] = set()
    for sureness, place, order, why in sorted(candidates, key=lambda each: (-each[0], each[1], each[2])):
        if place not in taken and order not in given and not _rivals(candidates, sureness, place, order, given):
            taken[place] = Suggestion(look.header[place], look.columns[order].name, why, sureness)
            given.add(order)
    return tuple(
        taken.get(place, Suggestion(name, None, "nothing was found for it", 0.0))
        for place, name in enumerate(look.header)
        if name
    )


def _sample(source: Source) -> list[list[str]]:
    cells: list[list[str]] = [[] for _ in source.header]
    for record in islice(source.records, SAMPLE):
        for place, cell in enumerate(record.cells[: len(cells)]):
            text = clean(cell) if cell else None
            if text is not None:
                cells[place].append(text)
    return cells


def _by_name(name: str, column: Column) -> tuple[float, str] | None:
    spelling = plain(name)
    if spelling == plain(column.name):
        return 1.0, "the same name"
    if spelling in {plain(each) for each in column.synonyms}:
        return 0.99, f"another name for '{column.name}'"
    words = words_for(column)
    if spelling in words:
        return 0.95, f"{words[spelling]} for '{column.name}'"
    if len(spelling) <= _SHORT:
        return None
    others = [each for each in (plain(column.name), *map(plain, column.synonyms), *words) if len(each) > _SHORT]
    close = get_close_matches(spelling[:_LONG], others, n=1, cutoff=_CLOSE)
    if not close:
        return None
    ratio = SequenceMatcher(None, close[0], spelling[:_LONG]).ratio()
    return 0.5 + ratio * 0.4, f"close to '{close[0]}'"


def _by_content(cells: list[str], column: Column) -> tuple[float, str] | None:
    """What the cells tell when the name tells nothing."""
    if not cells:
        return None
    if column.name == "email" and all("@" in cell for cell in cells):
        return 0.8, "all cells are addresses"
    if column.name == "unit" and all("/" in cell for cell in cells) and not all(map(_is_date, cells)):
        return 0.6, "all cells are paths with slashes"
    if column.format in ("date", "week") and column.required and all(map(_is_date, cells)):
        return 0.5, "all cells are dates"
    return None


def _is_date(text: str) -> bool:
    return read_date(text, "day").iso is not None or read_date(text, "month").iso is not None


def _rivals(
    candidates: list[tuple[float, int, int, str]], sureness: float, place: int, order: int, given: set[int]
) -> bool:
    """Whether a guess from content fits another column of the file, or of the kind, as well."""
    if sureness > _LIKELY:
        return False
    return any(
        each[0] == sureness and (each[1] == place) != (each[2] == order) and each[2] not in given for each in candidates
    )


def draft(kind: str, path: Path, options: ImportOptions) -> str:
    """The draft of a map as TOML, with a comment on every line. A guess is commented out.

    Raises:
        UnknownKind: there is no such kind.
        FileRefused: no table can be read from the file.
    """
    look = _look(kind, path, options)
    found = _suggested(look)
    lines = [
        f"# A draft, made from {_on_one_line(path.name)}: check each line, then use it with --map.",
        f"kind = {_quoted(kind)}",
        "",
        "[columns]",
    ]
    named = [each for each in found if each.in_kind is not None]
    for each in named:
        mark = "# " if each.sureness < _LIKELY else ""
        lines.append(f"{mark}{_quoted(each.in_file)} = {_quoted(each.in_kind or '')}  # {each.how_sure}: {each.why}")
    lacking = _lacking(look, {each.in_kind for each in named if each.sureness >= _LIKELY})
    if lacking:
        lines += ["", f"# Still needed: {', '.join(lacking)}."]
    rest = [each.in_file for each in found if each.in_kind is None]
    if rest:
        lines += ["", "# Nothing was found for these; without a line they are not read:"]
        lines += [f'# {_quoted(name)} = ""{_holds(look.cells[look.header.index(name)])}' for name in rest]
    return "\n".join([*lines, "", "[options]", *_option_lines(look, options)]) + "\n"


def _lacking(look: _Look, named: set[str | None]) -> list[str]:
    lacking = [column.name for column in look.columns if column.required and column.name not in named]
    if look.kind.one_of and not named.intersection(look.kind.one_of):
        lacking.append(f"one of {', '.join(look.kind.one_of)}")
    return lacking


def _holds(cells: list[str]) -> str:
    """What a column without a suggestion holds, where that helps."""
    if cells and all(number(with_point(cell, True)) is not None for cell in cells):
        return "  # numbers"
    return "  # dates" if cells and all(map(_is_date, cells)) else ""


def _option_lines(look: _Look, options: ImportOptions) -> list[str]:
    """Options that the file may need."""
    lines = []
    if any(read_date(cell, None).either for column in look.cells for cell in column):
        lines.append("# dayfirst = true  # or monthfirst = true, when the file does not show the order of its dates")
    if options.sheet is not None:
        lines.append(f"sheet = {_quoted(options.sheet)}")
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _on_one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)
