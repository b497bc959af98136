"""What a note may say: the story of the work, with nobody in it who could be found."""

import re
import unicodedata

from core.access.refusals import Refused

LONGEST = 1000
ABOUT_WORK = "A note is read by everybody who sees this number. Write about the work, never about a person."
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_VALUES = {word: value for value, word in enumerate(_NUMBERS)} | {"single": 1, "couple": 2, "pair": 2}
_BETWEEN = (
    "of", "our", "the", "my", "their", "more", "other", "others", "additional", "further", "extra", "new", "fewer", "less",
    "team", "experienced", "senior", "junior", "key", "good", "full-time", "part-time",
)  # fmt: skip
_PEOPLE = "people|persons?|colleagues?|members?|employees?|teammates?|team-mates?|joiners?|leavers?|newcomers?"
_COUNT = re.compile(
    rf"(?<![\w.,])(?P<count>\d+|{'|'.join(_VALUES)})(?:[\s-]+(?:{'|'.join(_BETWEEN)}))*[\s-]+(?:{_PEOPLE})(?!\w)",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """`text` without blanks round it, in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", text).strip()


def counts_few_people(text: str, k: int) -> bool:
    """True when `text` counts fewer than `k` people: `two people`, `3 new colleagues`, `a couple of employees`.

    >>> counts_few_people("One person left.", 5), counts_few_people("Five people joined.", 5)
    (True, False)
    """
    for found in _COUNT.finditer(text):
        word = found["count"].lower()
        if (_VALUES[word] if word in _VALUES else int(word)) < k:
            return True
    return False


def checked(text: str, k: int) -> str:
    """The text as it may be kept.

    Raises:
        Refused: it is empty or longer than 1,000 characters, or it counts fewer than `k` people.
    """
    kept = tidy(text)
    if not kept:
        raise Refused("A note needs words. Write what happened in the work.")
    if len(kept) > LONGEST:
        raise Refused(f"A note holds {LONGEST:,} characters at most; this one has {len(kept):,}. Shorten it.")
    if counts_few_people(kept, k):
        raise Refused(
            f"A note must not count fewer than {k} people: a small count lets colleagues work out who is meant. "
            "Say what changed in the work instead, for example 'the team grew'."
        )
    return kept
