"""What *Data quality* says: the sentence on top, a word for each class, the step for each row, the text for a screen reader."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from core.calendar import label
from core.intake.coverage import HIDDEN, IN, MOST, NONE, PART, Covered
from core.workload.wording import in_words

NOTHING = "No data has come in yet."
NO_UNIT = "None of the units of this account is on the roster."
SUPPORT = (
    "A group is a unit, or small units together, large enough to be shown; of smaller ones nothing is told. In part: less than "
    "four fifths of a large group is covered, and who is away counts as not covered."
)
WORDS = {
    IN: "In",
    MOST: "Most in",
    PART: "In part",
    NONE: "Nothing came in",
    HIDDEN: "Not shown, to protect people",
    "waiting": "Waits for its release",
}
OPEN_WORDS = {
    "nearly all": "Hours of nearly all people have come in.",
    "most": "Hours of most people have come in.",
    "part": "A part of the hours has come in.",
    "some": "Hours have come in.",
    "nothing": "Nothing has come in yet.",
    "": "Nothing is told of so small an organisation before the week closes.",
}
_NAMED = 3


class Line(Protocol):
    """A row of the picture."""

    @property
    def name(self) -> str:
        """The unit's name."""

    @property
    def heading(self) -> bool:
        """Whether it is the unit looked at."""

    @property
    def cells(self) -> tuple[Covered, ...]:
        """One for each week."""


def cell_text(cell: Covered) -> str:
    """A cell in words: `In`, `12 of 14 groups`, `2 of 14 groups in part`, `Nothing came in`."""
    if cell.groups > 1 and cell.state in (MOST, PART):
        if cell.missing:
            return f"{cell.groups - cell.missing} of {cell.groups} groups"
        return f"{cell.groups - cell.arrived} of {cell.groups} groups in part"
    return WORDS[cell.state]


def sentence(rows: Sequence[Line], weeks: Sequence[date], outliers: int) -> str:
    """The answer on top: whether the newest closed week is there, and whether anything is worth a look."""
    week = f"the week of {label(weeks[-1])}"
    whole = rows[0].cells[-1]
    short = [row.name for row in rows if not row.heading and row.cells[-1].missing]
    if whole.state == "waiting":
        told = f"Hours for {week} wait for their release."
    elif whole.state == HIDDEN:
        told = f"For {week} nothing can be told, to protect people."
    elif whole.state == NONE:
        told = f"No hours have come in for {week}."
    elif whole.state == IN:
        told = f"Hours for {week} have come in for {_all(whole.groups)}."
    elif whole.groups == 1:
        told = f"Hours for {week} have come in in part."
    elif whole.missing:
        there = f"{in_words(whole.groups - whole.missing)} of {whole.groups} groups"
        told = f"Hours for {week} have come in for {there}{_named(short)}."
    else:
        told = f"Hours for {week} have come in for every group, for {in_words(whole.groups - whole.arrived)} in part."
    if not outliers:
        return told
    return f"{told} {in_words(outliers, start=True)} {'thing is' if outliers == 1 else 'things are'} worth a look."


def _all(groups: int) -> str:
    return "every group" if groups > 1 else "the one group there is"


def _named(names: Sequence[str]) -> str:
    if not names or len(names) > _NAMED:
        return ""
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"; look at {listed}"


def step(cells: Sequence[Covered], weeks: Sequence[date], *, opens: bool, heading: bool) -> str:
    """What to do about a unit, by its newest week; '' when there is nothing to do."""
    state = cells[-1].state
    if state == NONE:
        since = len(cells)
        while since and cells[since - 1].state == NONE:
            since -= 1
        span = f"the week of {label(weeks[-1])}"
        if since < len(cells) - 1:
            span = f"the weeks of {label(weeks[since])} to {label(weeks[-1])}"
        return f"Ask for the hours of {span}, and import them."
    if state in (PART, MOST):
        gap = "missing" if cells[-1].missing else "in part"
        if heading:
            return f"See below which units are {gap}."
        return f"Open it to see which are {gap}." if opens else "Unless many are away: ask whether the file was whole."
    return "Nothing to do: it is released with the next visit." if state == "waiting" else ""


def alt(name: str, rows: Sequence[Line], weeks: Sequence[date]) -> str:
    """One sentence for a screen reader."""
    below = max(0, len(rows) - 1)
    span = f"{in_words(len(weeks))} {'week' if len(weeks) == 1 else 'weeks'} to the week of {label(weeks[-1])}"
    newest = cell_text(rows[0].cells[-1])
    return f"Which hours have come in for {name} and {in_words(below)} units below it, {span}; {newest} in it."
