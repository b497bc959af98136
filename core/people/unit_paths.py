"""Paths of org units, such as `Northwind/Engineering/Platform`: their parts, their rules, their slugs."""

import re
import unicodedata
from collections.abc import Collection, Iterable

SEPARATOR = "/"
LONGEST_NAME = 120
LONGEST_PATH = 600
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})


def parts(path: str) -> tuple[str, ...]:
    """The names from the company down, without blanks around them."""
    return tuple(part.strip() for part in path.split(SEPARATOR))


def tidy(path: str) -> str:
    """The path as it is stored: one separator between names, no blanks around them."""
    return SEPARATOR.join(parts(path))


def ancestors(path: str) -> tuple[str, ...]:
    """The path itself and all above it, the company first."""
    names = parts(path)
    return tuple(SEPARATOR.join(names[: depth + 1]) for depth in range(len(names)))


def company(path: str) -> str:
    """The first name of the path."""
    return parts(path)[0]


def has_every_name(path: str) -> bool:
    """True when no name of the path is empty."""
    return all(parts(path))


def has_short_names(path: str) -> bool:
    """True when every name fits (120 characters) and so does the whole path (600)."""
    return len(tidy(path)) <= LONGEST_PATH and all(len(name) <= LONGEST_NAME for name in parts(path))


def lies_in_itself(path: str) -> bool:
    """True when a name comes back further down with something else between, as in `A/B/A`.

    `Sales/Sales` is fine: a department may have a team of its own name.
    """
    names = [name.casefold() for name in parts(path)]
    return any(name in names[: place - 1] for place, name in enumerate(names) if place >= 2)


def slug(path: str, taken: Collection[str] = ()) -> str:
    """The path for addresses: lower case, ASCII, names joined by dots; a number is appended when it is taken.

    >>> slug("Northwind/Research & Design/Süd")
    'northwind.research-design.sud'
    """
    plain = ".".join(_ascii(name) for name in parts(path))[: LONGEST_PATH - 10]
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    return found


def _ascii(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or "unit"


def with_ancestors(paths: Iterable[str]) -> list[str]:
    """All paths and everything above them, each once, upper levels first, then by name."""
    return sorted(
        {above for path in paths for above in ancestors(path)}, key=lambda path: (path.count(SEPARATOR), path)
    )
