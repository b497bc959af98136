"""What *Import* says: the sentence for the step that a file is at, what came in, what was released, and deliveries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from core.calendar import label
from core.intake.deliveries import DeliveryLine
from core.intake.header import IgnoredColumn
from core.intake.imports import OUTSIDE, ImportSummary
from core.intake.kinds import KINDS
from core.metrics.wording import NBSP
from core.workload.release import ReleaseSummary
from core.workload.wording import in_words

FILES = (
    "Bring people and their hours in from a file.",
    "A file is loaded as a whole or not at all, and the last one can be undone while its weeks are open.",
)
STAGES = {
    "waiting": "Waiting for another file",
    "reading": "Reading and checking",
    "releasing": "Releasing the weeks that are closed",
    "done": "Done",
}
# what remedies call by the names of the command line -> what the screen calls it
_ON_SCREEN = {
    "--dayfirst or --monthfirst": "'Day first' or 'Month first'",
    "--sheet NAME": "'Worksheet'",
    "--dayfirst": "'Day first'",
    "--monthfirst": "'Month first'",
    "--unit-columns": "'Columns that name the unit'",
    "--company": "'Company'",
    **{f"(kind {kind.name})": f"({kind.title})" for kind in KINDS.values()},
    **{
        f"with a map (--suggest-map {kind.name} drafts one)": "under 'Where each column is read from'"
        for kind in KINDS.values()
    },
}


def on_screen(remedy: str) -> str:
    """A remedy that names options and kinds of the command line, as the screen calls them."""
    for option, words in _ON_SCREEN.items():
        remedy = remedy.replace(option, words)
    return remedy


def step(file: str, verb: str, state: str) -> tuple[str, str]:
    """The sentence on top and the line under it. verb: checked or loaded. state: as in `server.work.Work`, '' before it."""
    return {
        "": (f"Is {file} read as it is meant?", "Look at the first rows and the columns, then let it be checked."),
        "running": (f"{file} is being {verb}.", ""),
        "loaded": (f"{file} is loaded.", ""),
        "refused": (f"{file} cannot be loaded as it is.", "Each problem says what would be right."),
        "failed": (f"{file} could not be {verb}.", ""),
        "ready": (f"{file} can be loaded.", "Nothing is written yet."),
    }[state]


def progress(stage: str, done: int, total: int | None, waits_for: str) -> str:
    """How far the work is. stage: one of STAGES. total: None where it is not known. waits_for: who is loading, or ''."""
    if stage == "waiting":
        return f"{waits_for} is loading a file at the moment. Yours follows." if waits_for else STAGES[stage]
    if not done:
        return STAGES[stage]
    noun = "weeks" if stage == "releasing" else "rows"
    return f"{STAGES[stage]}: {done:,} of {total:,} {noun}" if total else f"{STAGES[stage]}: {done:,} {noun}"


def refused(problems: int) -> str:
    """How many problems a file has: `Three problems, nothing was written`."""
    told = in_words(problems, start=True) if problems < 11 else f"{problems:,}"
    return f"{told} {'problem' if problems == 1 else 'problems'}, nothing was written"


def came_in(done: ImportSummary) -> str:
    """How many rows. Which of them are on record is not told: a row about one person would be answered."""
    blank = f"; {done.ignored:,} {'is' if done.ignored == 1 else 'are'} blank and left out"
    rows = f"{done.rows:,} {'row' if done.rows == 1 else 'rows'}"
    return f"{rows}{_span(done.counts.weeks)}{blank * bool(done.ignored)}. {KINDS[done.kind].replaces}"


def _span(weeks: Sequence[date]) -> str:
    """The weeks of a file, short: ` for the week of 16 Nov 2026`."""
    if not weeks:
        return ""
    first, last = weeks[0], weeks[-1]
    if len(weeks) == 1:
        return f" for the week of {label(first)} {first.year}"
    began = f" {first.year}" if first.year != last.year else ""
    return f" for {in_words(len(weeks))} weeks from {label(first)}{began} to {label(last)} {last.year}"


def remarks(done: ImportSummary) -> tuple[str, ...]:
    """What else was noticed; not whether hours lie in weeks without an assignment: a file about one person would ask that."""
    return tuple(note for note in done.notes if note != OUTSIDE)


def not_read(columns: Iterable[IgnoredColumn]) -> dict[str, list[str]]:
    """Columns of a file that are not read, by reason, so that many of them stay short."""
    reasons: dict[str, list[str]] = {}
    for each in columns:
        reasons.setdefault(each.reason, []).append(each.column)
    return reasons


def after_load(done: ImportSummary, released: ReleaseSummary, *, hold: bool, failed: bool) -> list[str]:
    """What becomes of the weeks of a loaded file, and whether it can be taken back.

    It is not told whether a closed week changed: that would answer a guess at what is on record. failed: whether the release
    broke off; the fault then says what becomes of weeks that are not released.
    """
    told = {*released.released, *released.still_open}
    again = () if failed else tuple(week for week in done.counts.weeks if week not in told)
    lines = ["Held: its closed weeks are released with the next file."] if hold else []
    lines += _weeks("released and shown", released.released)
    lines += _weeks("that had been released; changes show where enough people changed", again)
    lines += _weeks("still open, shown after closing", released.still_open)
    if done.can_be_undone:
        lines.append("You can undo this delivery below while its weeks are open.")
    return lines


def _weeks(words: str, weeks: Collection[date]) -> list[str]:
    noun = "week" if len(weeks) == 1 else "weeks"
    return [f"{in_words(len(weeks), start=True)} {noun} {words}."] if weeks else []


def when(line: DeliveryLine) -> str:
    """When a delivery came in, on one line: `16 Nov 2026, 09:30`."""
    return f"{label(line.at)} {line.at.year}, {line.at:%H:%M}".replace(" ", NBSP)


def weeks_of(line: DeliveryLine) -> str:
    """The weeks of a delivery, on one line: `2 Nov to 16 Nov 2026`; '' for files without weeks."""
    if line.first_week is None or line.last_week is None:
        return ""
    first = label(line.first_week)
    if line.weeks > 1:
        first += f" to {label(line.last_week)}"
    return f"{first} {line.last_week.year}".replace(" ", NBSP)
