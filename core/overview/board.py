"""What the overview shows: one frozen result, made by `views` and drawn by pages and the command line."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Way:
    """The way on: `label` for a button, `screen` (core.access.viewer.SCREENS) and the parts of its address."""

    label: str
    screen: str
    address: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class KeyNumber:
    """One number that matters now, with its trend and its verdict. All of it comes from published cells.

    id: catalogue id, `teams_above`, or catalogue id and unit (`utilisation:co.a`). status: 'shown', 'hidden', 'missing' (of
    the newest week). value: NaN unless a number is shown; text: what to print ('98 %', 'some', '3 of 120', 'Not shown').
    delta: the difference to four weeks before, as text, or ''; for a word, the word of four weeks before. beside: the words
    next to it.
    verdict: 'no clear change', 'improved', 'beyond usual swing', 'too little history' or '' (a word has no swing).
    tone: 'over' (towards strain), 'improved', 'beyond', 'usual', 'unknown'. weeks_beyond: shown weeks outside, in a row.
    weeks: Mondays of the shown period, oldest first; series: values, NaN where nothing is shown; texts: the same in words.
    lower, upper: the usual swing, NaN when there is too little history.
    """

    id: str
    label: str
    status: str
    value: float
    text: str
    delta: str
    beside: str
    verdict: str
    tone: str
    weeks_beyond: int
    sentence: str
    weeks: tuple[date, ...]
    series: tuple[float, ...]
    texts: tuple[str, ...]
    lower: float
    upper: float
    way: Way


@dataclass(frozen=True)
class Change:
    """A reporting unit against its own usual swing. `trail`: the units above it, within the unit looked at.

    word: 'beyond usual swing', 'improved' or 'usual swing'; tone and direction as in core.workload.swing.Reading.
    """

    unit: str
    trail: str
    word: str
    tone: str
    direction: str
    weeks: int
    sentence: str
    way: Way


@dataclass(frozen=True)
class Need:
    """Something that waits for the viewer: what it is, why, and where to go. `id` names the kind of thing."""

    id: str
    title: str
    sentence: str
    way: Way | None


@dataclass(frozen=True)
class Overview:
    """The answer to 'what matters now' for one viewer.

    kind: whose overview it is: 'leader', 'hr', 'manager', 'employee', 'admin', or 'nobody' (no role reaches a unit).
    where: the place and the week, for above the sentence. unit: path of the unit it is about, '' without one.
    sentence, support: the answer and the line under it.
    measure: what all numbers are, when they are one measure of several units, else ''. numbers: at most six.
    compares: whether there are several teams to look at. changed: at most six, with `more_changed` counting those left
    out; all_changes leads to them.
    needs: in the order in which they matter. facts: (label, text), about the installation; administrators only.
    notice: '' or a line about open weeks, old data and waiting corrections. period: words such as 'week of 2 March 2026'.
    source: the last day that the numbers cover, and where they come from. release: id of the newest release among the
    cells, None without any. empty: '' or why there are no numbers.
    """

    kind: str
    where: str
    sentence: str
    unit: str = ""
    support: str = ""
    measure: str = ""
    numbers: tuple[KeyNumber, ...] = ()
    compares: bool = False
    changed: tuple[Change, ...] = ()
    more_changed: int = 0
    all_changes: Way | None = None
    needs: tuple[Need, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    period: str = ""
    source: str = ""
    release: int | None = None
    empty: str = ""
