"""Text as it is taken in, and names that look alike: other letters, other dashes, other capitals."""

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from core.delivery import Finding
from core.people.unit_paths import SEPARATOR, parts

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_AROUND = (
    _INVISIBLE
    + " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)
_BLANKS = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Letters that print like Latin ones, from Unicode Technical Standard 39 (confusables.txt): Cyrillic and Greek only, as other
# scripts share no shapes with words of ours. Digits are left alone: "Team 1" and "Team I" may be two teams.
_CYRILLIC = dict(zip("АВЕЗІЈКМНОРСТУХЅҮԚԜаеіјорсухѕһԛԝѵгкмнтв", "ABE3IJKMHOPCTYXSYQWaeijopcyxshqwvrkmhtb", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγ", "ABEZHIKMNOPTYXaikvoptuxy", strict=True))
_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00b7\u2043", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u0060\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2044\u2215\u29f8", "/"),
    "ı": "i",
}
_ALIKE = str.maketrans(_CYRILLIC | _GREEK | _SIGNS | dict.fromkeys(_INVISIBLE))
_SHOWN = 5


def clean(text: str) -> str | None:
    """The text in Unicode's composed form (NFC) without blanks and invisible signs around it; None when nothing is left."""
    if text.isascii():
        return text.strip() or None
    return unicodedata.normalize("NFC", text).strip(_AROUND) or None


def single_blanks(text: str) -> str:
    """The text with every run of blanks inside (no-break and thin ones too) as one blank."""
    return _BLANKS.sub(" ", text)


def look(name: str) -> str:
    """What a reader sees of a name: names that look alike are equal here.

    Without case, width, invisible signs and runs of blanks; dashes, quotation marks and letters of Cyrillic and Greek as the
    Latin signs that print alike.
    """
    text = unicodedata.normalize("NFKC", name).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFKC", text.casefold()).split())


class Names:
    """Names of units and people seen in a file, with the first row of each."""

    def __init__(self) -> None:
        self._units: dict[str, int] = {}
        self._people: dict[str, tuple[str, int]] = {}
        self._alike: dict[tuple[int, int], None] = {}
        self._more = False

    def add(self, typed: pd.DataFrame) -> None:
        """Take in the next rows of a typed frame: columns `unit` (path) and `name` with `code`, where it has them."""
        if "unit" in typed:
            new = typed["unit"].dropna().drop_duplicates()
            for row, path in new.items():
                self._units.setdefault(path, int(row))
        if "name" in typed and "code" in typed:
            named = typed[["code", "name"]].dropna().drop_duplicates()
            for row, code, name in zip(named.index, named["code"], named["name"], strict=True):
                known, first = self._people.setdefault(look(name), (code, int(row)))
                if known != code:
                    if len(self._alike) < _SHOWN:
                        self._alike.setdefault((first, int(row)))
                    else:
                        self._more = True

    def unit_findings(self, column: str) -> list[Finding]:
        """Units of the file that look alike and are spelt in two ways, each told once, at the level that differs."""
        findings = []
        for row, name, path, before, first in _spelt_twice(self._units.items(), {}):
            findings.append(
                Finding(
                    row,
                    column,
                    path,
                    f"'{name}' looks like '{before}' in row {first}, but is written in another way.",
                    "Write the unit in the same way in every row: letters, capitals, dashes and blanks.",
                )
            )
        return findings

    def unit_notes(self, stored: Iterable[str]) -> list[str]:
        """Remarks about units of the file that look like one on record (paths) and are spelt otherwise."""
        known = dict.fromkeys(stored, 0)
        found = [each for each in _spelt_twice(self._units.items(), known) if each[4] == 0]
        notes = [
            f"The unit '{name}' (row {row}) looks like '{before}', which is on record, but is written in another way. "
            "It is taken for another unit."
            for row, name, _, before, _ in found[:_SHOWN]
        ]
        return [*notes, "More units look like others on record."] if len(found) > _SHOWN else notes

    def people_notes(self) -> list[str]:
        """A remark when the same name stands under several ids: people may share a name, or be there twice."""
        if not self._alike:
            return []
        rows = ", ".join(f"{first} and {row}" for first, row in self._alike) + (", and others" if self._more else "")
        return [
            f"Names that look the same stand under different ids in rows {rows}. If they are one person, use one id for them."
        ]


def _spelt_twice(paths: Iterable[tuple[str, int]], known: dict[str, int]) -> list[tuple[int, str, str, str, int]]:
    """(row, name, path, other spelling, its row) for every level that was met before in another spelling."""
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    for path, row in known.items():
        names = parts(path)
        for depth in range(1, len(names) + 1):
            seen.setdefault(tuple(map(look, names[:depth])), (names[depth - 1], row))
    found = []
    told: set[tuple[str, ...]] = set()
    for path, row in sorted(paths, key=lambda each: each[1]):
        names = parts(path)
        for depth in range(1, len(names) + 1):
            before, first = seen.setdefault(tuple(map(look, names[:depth])), (names[depth - 1], row))
            if before != names[depth - 1]:
                if names[:depth] not in told:
                    told.add(names[:depth])
                    found.append((row, names[depth - 1], SEPARATOR.join(names), before, first))
                break
    return found
