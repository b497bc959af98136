"""What My week says: facts beside the person's own weeks, without praise, blame or alarm."""

from collections.abc import Mapping
from datetime import date
from math import isfinite, nan

import pandas as pd

from core.calendar import WEEK, label, long_label
from core.metrics.viva import HOURS_COLUMNS
from core.metrics.wording import NBSP
from core.policy import Policy
from core.workload.my_week import SHOWN_WEEKS, Compared, OwnNumber

NAMES = {
    "load": "Hours worked",
    "meeting": "Meetings",
    "focus": "Time to focus",
    "after_hours": "Outside working time",
    "rest_day": "On rest days",
}
VIVA_NAMES = {column: name for column, name, _ in HOURS_COLUMNS.values()}
VERDICTS = {
    "higher": f"higher than your last {SHOWN_WEEKS} weeks",
    "lower": f"lower than your last {SHOWN_WEEKS} weeks",
    "as usual": "as usual",
    "too little history": "too little history for a usual range",
    "no data": "no data",
    "away": "not compared, you were away",
    "running": "not compared, the week is not over",
}
NO_PERSON = "Your account is not linked to a person on the roster. Your administrator can link it."
NO_ROWS = "No hours of yours have been received yet. They appear here as soon as they come in."
NO_WEEK = "There is no week of yours to show."
_COLUMNS = {
    "worked": "Worked",
    "available": "Available",
    "leave": "Leave",
    "public_holiday": "Public holiday",
    "sickness": "Sickness",
    "meeting": "Meetings",
    "focus": "To focus",
    "after_hours": "Outside working time",
    "rest_day": "On rest days",
}
_STATUS = {"closed": "", "open": "still open", "missing": "no data"}


def about_number(number: OwnNumber) -> str:
    """The verdict on a number, and its usual range where there is one: `As usual. Usually 36.1–41.0 h.`"""
    said = [VERDICTS[number.compared.verdict], number.usual]
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in said if each)


def hours(value: float) -> str:
    """Hours as people read them: `38.5 h`; 'no data' for NaN, which is not zero."""
    return f"{value:.1f}{NBSP}h" if isfinite(value) else "no data"


def value_words(name: str, value: float, week: Mapping[str, float]) -> str:
    """The number of the week in words; hours worked stand against the hours available, where those are known."""
    if name != "load":
        return hours(value)
    worked, available = week.get("worked", nan), week.get("available", nan)
    of = available if isfinite(available) else week.get("contracted", nan)
    return f"{hours(worked)} of {hours(of)}" if isfinite(worked) and isfinite(of) else hours(worked)


def usual_words(name: str, compared: Compared, *, of: str = "available") -> str:
    """`usually 5.2–9.8 h`, for hours worked `usually 88–104 % of available hours`; '' without a usual range."""
    if not isfinite(compared.high):
        return ""
    low, high = max(0.0, compared.low), max(0.0, compared.high)
    if name == "load":
        return f"usually {low * 100:.0f}–{high * 100:.0f}{NBSP}% of {of} hours"
    return f"usually {low:.1f}–{high:.1f}{NBSP}h"


def sentence(week: Mapping[str, float], away: bool, load: Compared, newest: date, as_of: date, policy: Policy) -> str:
    """The answer on top: how full the newest week was, against the hours that were there."""
    worked, available, share = week["worked"], week["available"], week["load"]
    if away:
        return _away_sentence(week, newest)
    if not isfinite(worked):
        return f"No hours worked were received for the week of {long_label(newest)}."
    if as_of < newest + WEEK:  # the week is not over: its hours are not to be weighed yet
        return f"{_begin(worked)} so far this week" + (f", of {hours(available)} available." if available > 0 else ".")
    if not isfinite(share):
        return f"{_begin(worked)} in the week of {long_label(newest)}."
    return _load_sentence(share, available, week["contracted"], load, policy)


def _away_sentence(week: Mapping[str, float], newest: date) -> str:
    if not isfinite(
        week["available"]
    ):  # leave was not delivered, so that all there is to say is that nothing was worked
        return f"No hours of work in the week of {long_label(newest)}."
    off = week["leave"] + week["public_holiday"] >= week["contracted"] - 1e-9
    if off:
        return "A week off."
    return "A week mostly away from work." if week["available"] > 0 else "A week away from work."


def _load_sentence(share: float, available: float, contracted: float, load: Compared, policy: Policy) -> str:
    low, full, above, _ = policy.utilisation_bands
    whole = not isfinite(available) or abs(available - contracted) < 1e-9
    kind = "agreed" if whole else "available"
    if share > above + 1e-9:
        said = f"A week above your {kind} hours"
    elif share > full + 1e-9:
        said = f"A full week, a little above your {kind} hours"
    elif share >= low - 1e-9:
        said = f"A full week, within your {kind} hours"
    else:
        said = f"A lighter week, within your {kind} hours"
    beyond = f" That is {VERDICTS[load.verdict]}." if load.verdict in ("higher", "lower") else ""
    return f"{said}.{beyond}"


def support(week: Mapping[str, float], newest: date, status: str, missing: int) -> str:
    """The line under the sentence: the newest week in figures, absence, and what may still change."""
    parts = []
    worked, available = week["worked"], week["available"]
    if isfinite(worked):
        against = f" of {hours(available)} available" if isfinite(available) else ""
        parts.append(f"{hours(worked)} worked{against} in the week of {long_label(newest)}.")
    absent = {"leave": "leave", "public_holiday": "public holiday", "sickness": "sickness"}
    away = [f"{hours(week[name])} {word}" for name, word in absent.items() if week[name] > 0]
    if away:
        parts.append(f"Away: {', '.join(away)}.")
    return " ".join([*parts, *_afterwards(status, missing)])


def collaboration_sentence(value: float, compared: Compared, newest: date) -> str:
    """The answer where only collaboration hours come in, which have no agreed hours to stand against."""
    if not isfinite(value):
        return f"No collaboration hours were received for the week of {long_label(newest)}."
    ending = f", {VERDICTS[compared.verdict]}" if compared.verdict in ("higher", "lower", "as usual") else ""
    return f"{_begin(value)} of collaboration in the week of {long_label(newest)}{ending}."


def collaboration_support(status: str, missing: int) -> str:
    """What these hours are, and what may still change."""
    what = "Collaboration is meetings, calls, mail and chat with others; it is not the whole of the work."
    return " ".join([what, *_afterwards(status, missing)])


def recovery(since: int | None, on_record: int) -> tuple[str, str]:
    """Weeks since the last week off, and what that means; two empty texts when leave was never delivered.

    It is not set beside a usual range: it grows by a week every week, which says nothing about any of them.
    """
    if not on_record:
        return "", ""
    meaning = "A week off is one that leave and public holidays fill."
    if since is None:
        return "none yet", f"No week off in the {_weeks(on_record)} on record. {meaning}"
    return ("this week" if since == 0 else _weeks(since)), meaning


def alt(kind: str, weeks: pd.DataFrame) -> str:
    """One sentence for a screen reader: what is drawn, and how many weeks have no data."""
    what = "Your hours worked, with your available hours" if kind == "hours" else "Your collaboration hours"
    missing = int((weeks["status"] == "missing").sum())
    return f"{what}, week by week over {len(weeks)} weeks" + (f"; {_weeks(missing)} without data." if missing else ".")


def table(kind: str, weeks: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind the pictures as people read them, newest week first; columns nobody delivered are left out."""
    titles = _COLUMNS if kind == "hours" else {name: VIVA_NAMES[name] for name in weeks.columns if name in VIVA_NAMES}
    newest_first = weeks.iloc[::-1]
    columns = {"Week": [label(day).replace(" ", NBSP) for day in newest_first["week"]]}
    for name, title in titles.items():
        if newest_first[name].notna().any():
            columns[title] = ["–" if pd.isna(value) else f"{value:.1f}" for value in newest_first[name]]
    columns["Note"] = [_STATUS[status] for status in newest_first["status"]]
    return pd.DataFrame(columns)


def _begin(value: float) -> str:
    return f"{value:.1f} hours"


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _afterwards(status: str, missing: int) -> list[str]:
    parts = []
    if status == "open":
        parts.append("The week is still open; its hours may change.")
    if missing:
        where = "One of the weeks has" if missing == 1 else f"{missing} of the weeks have"
        parts.append(f"{where} no data, which is not zero.")
    return parts
