"""What a table looks like: which kind of file its header fits, and what it seems to hold when none fits."""

import re

from core.delivery import FileKind, ImportOptions, plain
from core.intake.kinds import KINDS

# What other tables hold that organisations have, by names of their columns (plain spelling) that tell it; at least two have
# to be there, or one in the list of those that tell it alone.
_TOPICS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    (
        "productivity of teams",
        frozenset(
            ("targetedproductivity", "actualproductivity", "smv", "wip", "overtime", "incentive", "idletime", "idlemen",
             "noofworkers", "noofstylechange", "team", "department", "output", "throughput")
        ),
        frozenset(("actualproductivity", "targetedproductivity")),
    ),
    (
        "results of a survey by organisation or group",
        frozenset(
            ("responserate", "ees", "engagementindex", "mwts", "opts", "lmts", "organisationcode", "measure", "label",
             "departmentgroup", "percentpositive", "favourable", "favorable", "question", "score", "respondents")
        ),
        frozenset(("responserate", "ees", "engagementindex", "employeeengagementindex")),
    ),
    (
        "goals and key results",
        frozenset(("objectiveid", "objective", "objectives", "kr", "keyresult", "keyresults", "okr", "okrs", "target", "score")),
        frozenset(("objectiveid", "keyresult", "keyresults", "okr", "kr")),
    ),
    (
        "exits: who stayed, who left, and after how many months",
        frozenset(
            ("left", "attrition", "turnover", "churn", "tenure", "month", "months", "event", "intention", "sentiment",
             "exitreason", "stayed")
        ),
        frozenset(("attrition", "turnover")),
    ),
    (
        "survival estimates",
        frozenset(("nrisk", "nevent", "survival", "stderr", "atrisk")),
        frozenset(("nrisk",)),
    ),
    (
        "meetings",
        frozenset(("meetingid", "attendeemeetinghours", "numberofattendees", "subject", "organizer", "organiser")),
        frozenset(("meetingid",)),
    ),
    (
        "counts by weekday and hour",
        frozenset(("isoweekday", "weekday", "hour", "commits", "events")),
        frozenset(("isoweekday",)),
    ),
    (
        "pay",
        frozenset(("salary", "gross", "net", "grosspay", "netpay", "bonus", "iban", "wage")),
        frozenset(("grosspay", "netpay", "iban")),
    ),
)  # fmt: skip
_YEARS = re.compile(r"(19|20)\d\d")


def other_kind(header: tuple[str, ...], kind: FileKind, options: ImportOptions) -> str | None:
    """The name of another kind whose requirements this header meets; None when there is none."""
    from core.intake.header import fits

    best: tuple[int, str] | None = None
    for name, each in KINDS.items():
        if name == kind.name or not fits(each, options, header):
            continue
        known = {plain(spelling) for column in each.columns for spelling in (column.name, *column.synonyms)}
        score = sum(plain(column) in known for column in header)
        best = max(best or (0, ""), (score, name))
    return best[1] if best else None


def seems_to_hold(header: tuple[str, ...]) -> str | None:
    """What a table that no kind fits seems to be about, in words, when names of its columns tell it."""
    names = {plain(name) for name in header if name}
    found = []
    for topic, together, alone in _TOPICS:
        hits = len(names & (together | alone))
        if hits >= 2 or names & alone:
            found.append((hits + 2 * len(names & alone), topic))
    if found:
        return max(found, key=lambda each: each[0])[1]
    title = " ".join(header[:3]).casefold()
    if "survey" in title or any("engagement" in name for name in names):
        return _TOPICS[1][0]
    if sum(bool(_YEARS.fullmatch(name)) for name in header) >= 3:
        return "figures by year"
    return None
