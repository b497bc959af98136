"""What is noted of a released week that a delivery changes, or that its file names, or both."""

from datetime import date, timedelta
from itertools import product

import pytest

from core.privacy.ledger import Note, note_of_released

TODAY = date(2026, 2, 3)
LATER = TODAY + timedelta(days=1)
QUARTER = date(2026, 4, 6)  # when corrections of this quarter are tried again
BEFORE = [Note(""), Note("first"), Note("correction"), Note("quiet"), Note("waiting", TODAY), Note("waiting", LATER)]
TOLD = {"correction", "waiting"}  # what `waiting_corrections` counts


@pytest.mark.parametrize(
    ("before", "changed", "named", "noted"),
    [
        (Note(""), True, True, Note("correction")),
        (Note(""), False, True, Note("waiting", QUARTER)),
        (Note(""), True, False, Note("quiet")),
        (Note("quiet"), True, True, Note("correction")),
        (Note("quiet"), False, True, Note("waiting", QUARTER)),
        (Note("quiet"), True, False, Note("quiet")),
        (Note("correction"), False, True, Note("correction")),
        (Note("correction"), True, False, Note("correction")),
        (Note("waiting", LATER), True, True, Note("correction")),
        (Note("waiting", LATER), False, True, Note("waiting", QUARTER)),
        (Note("waiting", LATER), True, False, Note("correction")),
        (Note("waiting", TODAY), True, True, Note("correction")),
        (Note("waiting", TODAY), False, True, Note("correction")),
        (Note("waiting", TODAY), True, False, Note("waiting", TODAY)),
    ],
)
def test_a_released_week_is_noted_as_the_table_says(before: Note, changed: bool, named: bool, noted: Note) -> None:
    """Changed and named: a correction. Only named: as if refused. Only changed: told no more than it was."""
    assert note_of_released(before, changed=changed, named=named, since=TODAY, retry=QUARTER) == noted


@pytest.mark.parametrize("before", BEFORE)
def test_what_is_told_of_a_named_week_does_not_say_whether_it_changed(before: Note) -> None:
    """A named week is told in any case, now and until the next try."""
    for changed, retry in product((True, False), (None, QUARTER)):
        assert note_of_released(before, changed=changed, named=True, since=TODAY, retry=retry).kind in TOLD


@pytest.mark.parametrize("before", BEFORE)
def test_a_week_that_only_changed_is_told_when_it_was_told_before(before: Note) -> None:
    """No file named it, so nothing new is said of it, and what was said stays."""
    note = note_of_released(before, changed=True, named=False, since=TODAY, retry=QUARTER)

    assert (note.kind in TOLD) == (before.kind in TOLD)
