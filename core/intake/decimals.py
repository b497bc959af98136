"""Numbers with a decimal comma, wherever that is certain. A sign between thousands is never guessed away."""

import re

_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_THREE = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def shows_comma(text: str) -> bool:
    """Whether the comma of this text can only be a decimal one: 37,5 or 0,125, but not 1,234."""
    return _COMMA.fullmatch(text) is not None and _THREE.fullmatch(text) is None


def may_be_thousands(text: str) -> bool:
    """Whether the sign in this text may stand between thousands: 1,234 or 1.234."""
    return _THREE.fullmatch(text) is not None


def with_point(text: str, commas: bool | None) -> str:
    """The number with a decimal point; text that is no number, or cannot be read for certain, is no number afterwards.

    commas: whether the file has decimal commas (None: not known). 37,5 is read in any case but where there are none; 1,234
    only in a file with decimal commas, and 1.234 only in one without.
    """
    if may_be_thousands(text):
        if commas:
            return text.replace(",", ".") if "," in text else text.replace(".", ",")
        return text
    return text.replace(",", ".") if commas is not False and shows_comma(text) else text
