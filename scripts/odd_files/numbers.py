"""Numbers as people write them: commas, signs of percent and money, words for nothing, hours that cannot be."""

from scripts.odd_files.entry import Accepted, OddFile, Refused, odd, text, weeks, worked

_HEADER = "person_id,week,worked"
_MONDAYS = ("2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06", "2026-04-13", "2026-04-20", "2026-04-27")
_NO_NUMBER = "not a number"
_RIGHT = "such as 37.5"


def _weeks(*hours: str) -> bytes:
    """Weeks of P0017, one after the other, with these hours."""
    return weeks(*(f"P0017,{monday},{cell}" for monday, cell in zip(_MONDAYS, hours, strict=False)), header=_HEADER)


def _refused(name: str, why: str, cell: str) -> OddFile:
    """One cell that is no number."""
    return odd(name, why, _weeks("36.5", cell), Refused(3, _NO_NUMBER, _RIGHT, "worked", cell.strip('"')))


FILES: tuple[OddFile, ...] = (
    odd(
        "quoted-decimal-comma.csv",
        "A decimal comma, inside quotation marks because commas separate the columns.",
        _weeks('"36,5"'),
        Accepted(1, worked(d16=36.5)),
    ),
    odd(
        "thousands-or-decimal.csv",
        "'1,040' is a thousand and forty in one country and a little more than one in another.",
        _weeks('"1,040"'),
        Refused(2, "sign between thousands", "without a sign between thousands", "worked", "1,040"),
    ),
    odd(
        "thousands-and-decimal.csv",
        "Points between the thousands and a decimal comma.",
        text("person_id;week;worked", "P0017;2026-03-16;1.040,5"),
        Refused(2, "sign between thousands", "without a sign between thousands", "worked", "1.040,5"),
    ),
    odd(
        "thousands-apostrophe.csv",
        "Thousands separated as in Switzerland.",
        _weeks("1'040.5"),
        Refused(2, "sign between thousands", "without a sign between thousands", "worked", "1'040.5"),
    ),
    odd(
        "thousands-blank.csv",
        "Thousands separated by a no-break space, as in France.",
        text("person_id;week;worked", "P0017;2026-03-16;1\u00a0040,5"),
        Refused(2, "sign between thousands", "without a sign between thousands", "worked", "1\u00a0040,5"),
    ),
    odd(
        "unusual-numbers.csv",
        "A sign, no digit before or after the point, a power of ten, a minus before zero: unusual, and numbers.",
        _weeks("+36.5", ".5", "40.", "4e1", "-0", "1e2", "0036.50"),
        Accepted(
            7,
            {
                f"P0017 {monday}": {"worked": hours}
                for monday, hours in zip(_MONDAYS, (36.5, 0.5, 40.0, 40.0, 0.0, 100.0, 36.5), strict=True)
            },
        ),
    ),
    _refused("percent.csv", "A share of the contract in place of hours.", "95 %"),
    _refused("money.csv", "An amount of money in place of hours.", "€ 36.50"),
    _refused("with-unit.csv", "The unit of measurement in the cell.", "36.5 h"),
    _refused("clock.csv", "Hours and minutes, as a time recorder writes them.", "36:30"),
    _refused("real-minus.csv", "The minus sign of a typesetter.", "−5"),
    _refused("other-digits.csv", "Digits of another script.", "٣٦"),
    _refused("wide-digits.csv", "Digits as wide as Chinese characters.", "３６"),
    _refused("too-large.csv", "So large that it is infinite to a computer.", "1e999"),
    _refused("underscore.csv", "An underscore between digits, as programmers write it.", "3_6"),
    odd(
        "words-for-nothing.csv",
        "Seven ways to say that there is no value, none of them a blank cell.",
        _weeks("-", "n.a.", "NaN", "NULL", "none", "k.A.", "?"),
        Refused(2, _NO_NUMBER, "leave the cell blank", "worked", "-", count=7),
    ),
    odd(
        "error-texts.csv",
        "Errors of formulas, saved as text.",
        _weeks("#N/A", "36.5", "#DIV/0!", "#REF!"),
        Refused(2, "error of a formula", "Correct the formula", "worked", "#N/A", count=3),
    ),
    odd(
        "hour-169.csv",
        "168 hours, which is all of a week, and a minute more.",
        _weeks("168", "168.02"),
        Refused(3, "A week has 168 hours", "from 0 to 168", "worked", "168.02"),
    ),
    odd(
        "minutes.csv",
        "All in minutes.",
        _weeks("2190", "2250", "2400"),
        Refused(2, "A week has 168 hours", "hours and not minutes", "worked", "2190", count=3),
    ),
    odd(
        "negative-hours.csv",
        "A correction of last week, booked as negative hours.",
        _weeks("36.5", "-2.5"),
        Refused(3, "cannot be negative", "0 or more", "worked", "-2.5"),
    ),
)
