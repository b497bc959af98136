"""Whether a text speaks of somebody on the roster. It answers yes or no, and never says whom."""

import re
import unicodedata

from sqlalchemy import Connection, select

from core.access.tables import User
from core.people.tables import Person

LEAST_DIGITS = 5  # an id of fewer digits is also a year, a ticket, a quantity


def mentions_somebody(connection: Connection, text: str) -> bool:
    """True when `text` holds the full name, id or e-mail of somebody on the roster as whole words, in any case.

    Accounts linked to a person count under the name they show, when it has two words or more. An id of digits alone counts
    from five digits on. A name of one plain word (`May`) counts only as the roster writes it. Nobody on the roster: False.
    """
    read = _folded(text)
    as_written = _tidy(text)
    for name, code, email in connection.execute(select(Person.name, Person.code, Person.email)):
        if any(_holds(read, _folded(each)) for each in (email, _telling(code)) if each):
            return True
        if name and name.strip().isalpha():
            if _holds(as_written, _tidy(name)):
                return True
        elif name and _holds(read, _folded(name)):
            return True
    shown = connection.scalars(select(User.display_name).where(User.person_code.is_not(None)))
    return any(_holds(read, _folded(name)) for name in shown if len(name.split()) > 1)


def _telling(code: str) -> str:
    return "" if code.isdigit() and len(code) < LEAST_DIGITS else code


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _folded(text: str) -> str:
    return _tidy(text).casefold()


def _holds(text: str, words: str) -> bool:
    """Whether `words` stand in `text` with no letter or digit directly before or behind them."""
    return bool(words) and words in text and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
