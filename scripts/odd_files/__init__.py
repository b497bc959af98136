"""The odd files of tests/data/odd: what each holds, what is odd about it, and what must come of importing it."""

from scripts.odd_files import (
    calendars,
    containers,
    dates,
    encodings,
    events,
    headers,
    layouts,
    names,
    numbers,
    rules,
    workbooks,
)
from scripts.odd_files.entry import OddFile

GROUPS = (encodings, containers, layouts, headers, dates, numbers, workbooks, names, rules, events, calendars)
FILES: tuple[OddFile, ...] = tuple(file for group in GROUPS for file in group.FILES)
