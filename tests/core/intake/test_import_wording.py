"""What *Import* says of a file and of deliveries."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.delivery import Counts
from core.intake import import_wording as wording
from core.intake.deliveries import DeliveryLine
from core.intake.header import IgnoredColumn
from core.intake.imports import OUTSIDE, ImportSummary
from core.intake.kinds import KINDS
from core.metrics.wording import NBSP
from core.workload.release import ReleaseSummary

WEEKS = (date(2026, 3, 2), date(2026, 3, 9))
COUNTS = Counts(loaded=0, replaced=0, unchanged=7, removed=0, people=7, units=1, weeks=WEEKS)
DONE = ImportSummary("person-weeks", "h.csv", 7, 0, False, COUNTS, (), (), False, "x")
LINE = DeliveryLine(
    id=1,
    at=datetime(2026, 3, 17, 9, 5, tzinfo=UTC),
    actor="hr",
    kind="person-weeks",
    file="h.csv",
    rows=7,
    first_week=WEEKS[0],
    last_week=WEEKS[1],
    held=False,
    undone_at=None,
    undone_by=None,
)


def test_what_is_said_after_a_load_does_not_tell_whether_a_closed_week_changed() -> None:
    """Corrected, waiting, or nothing at all: the same words for the same file, of hours or of people."""
    words = ["Two weeks that had been released; changes show where enough people changed."]
    for kind, named, said in (("person-weeks", WEEKS, words), ("people", (), [])):
        done = replace(DONE, kind=kind, counts=replace(COUNTS, weeks=named))
        for what in ({}, {"corrected": WEEKS[:1]}, {"waiting": WEEKS}, {"corrected": WEEKS[:1], "waiting": WEEKS[1:]}):
            assert wording.after_load(done, ReleaseSummary(**what), hold=False, failed=False) == said


def test_a_week_is_said_to_be_released_or_open_and_not_released_again() -> None:
    """Each week of the file is told once, as what became of it."""
    released = ReleaseSummary(released=WEEKS[:1], still_open=WEEKS[1:])

    assert wording.after_load(replace(DONE, can_be_undone=True), released, hold=False, failed=False) == [
        "One week released and shown.",
        "One week still open, shown after closing.",
        "You can undo this delivery below while its weeks are open.",
    ]


def test_of_weeks_whose_release_broke_off_nothing_is_said_here() -> None:
    """The fault says it."""
    assert wording.after_load(DONE, ReleaseSummary(), hold=False, failed=True) == []


@pytest.mark.parametrize(
    ("weeks", "ignored", "said"),
    [
        ((), 0, "7 rows. "),
        (WEEKS[:1], 1, "7 rows for the week of 2 Mar 2026; 1 is blank and left out. "),
        (WEEKS, 2, "7 rows for two weeks from 2 Mar to 9 Mar 2026; 2 are blank and left out. "),
        ((date(2025, 12, 29), date(2026, 1, 5)), 0, "7 rows for two weeks from 29 Dec 2025 to 5 Jan 2026. "),
    ],
)
def test_what_came_in_is_told_by_rows_and_weeks(weeks: tuple[date, ...], ignored: int, said: str) -> None:
    """How many rows, of which weeks, and what a file of the kind replaces; never which of them were on record."""
    done = replace(DONE, counts=replace(COUNTS, weeks=weeks), ignored=ignored)

    assert wording.came_in(done) == said + KINDS["person-weeks"].replaces
    assert wording.came_in(done) == wording.came_in(replace(done, counts=replace(done.counts, loaded=7, unchanged=0)))


def test_a_remark_that_would_answer_a_guess_is_left_out() -> None:
    """Whether hours lie in weeks without an assignment is not told; everything else is."""
    assert wording.remarks(replace(DONE, notes=("Row 4 adds up.", OUTSIDE))) == ("Row 4 adds up.",)


def test_columns_that_are_not_read_are_told_once_for_each_reason() -> None:
    """In the order in which they stand."""
    columns = [IgnoredColumn("a", "no hours"), IgnoredColumn("b", "unknown"), IgnoredColumn("c", "no hours")]

    assert wording.not_read(columns) == {"no hours": ["a", "c"], "unknown": ["b"]}


@pytest.mark.parametrize(
    ("remedy", "said"),
    [
        ("Say --dayfirst or --monthfirst.", "Say 'Day first' or 'Month first'."),
        ("Import the person first (kind people).", "Import the person first (People)."),
        (
            "If it holds them under other names, say so with a map (--suggest-map people drafts one).",
            "If it holds them under other names, say so under 'Where each column is read from'.",
        ),
        ("Write it on one line.", "Write it on one line."),
    ],
)
def test_a_remedy_names_what_the_screen_has(remedy: str, said: str) -> None:
    """No option and no name of a kind as the command line writes it."""
    assert wording.on_screen(remedy) == said


@pytest.mark.parametrize(
    ("stage", "done", "total", "waits_for", "said"),
    [
        ("waiting", 0, None, "", "Waiting for another file"),
        ("waiting", 0, None, "Ada", "Ada is loading a file at the moment. Yours follows."),
        ("reading", 0, None, "", "Reading and checking"),
        ("reading", 1200, None, "", "Reading and checking: 1,200 rows"),
        ("reading", 1200, 5000, "", "Reading and checking: 1,200 of 5,000 rows"),
        ("releasing", 1, 3, "", "Releasing the weeks that are closed: 1 of 3 weeks"),
    ],
)
def test_progress_says_what_is_done_and_how_far(
    stage: str, done: int, total: int | None, waits_for: str, said: str
) -> None:
    """Numbers only where there are some."""
    assert wording.progress(stage, done, total, waits_for) == said


def test_problems_are_counted_in_words_up_to_ten() -> None:
    """One problem is one."""
    assert wording.refused(1) == "One problem, nothing was written"
    assert wording.refused(10) == "Ten problems, nothing was written"
    assert wording.refused(1234) == "1,234 problems, nothing was written"


def test_a_delivery_says_when_it_came_and_for_which_weeks() -> None:
    """Weeks as a span, one as itself, none for a file without weeks; nothing breaks over a line."""
    one, none = replace(LINE, last_week=WEEKS[0]), replace(LINE, first_week=None, last_week=None)

    assert wording.when(LINE).replace(NBSP, " ") == "17 Mar 2026, 09:05"
    assert [wording.weeks_of(line).replace(NBSP, " ") for line in (LINE, one, none)] == [
        "2 Mar to 9 Mar 2026",
        "2 Mar 2026",
        "",
    ]
    assert " " not in wording.when(LINE) + wording.weeks_of(LINE)
