"""The own upcoming conversations as a calendar file (iCalendar, RFC 5545): days, and the name of the other person; no note."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.policy import RhythmRules
from core.rhythm.board import PairCard
from core.rhythm.cadence import Kind, State
from core.rhythm.views import conversations

LINE = 75  # octets, without the line break (RFC 5545, 3.1)
WORDS = {Kind.CHECK_IN: "Check-in", Kind.REVIEW: "Review", Kind.INFORMAL: "Conversation"}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # what a text in a calendar may not hold; a line feed is escaped


def calendar_file(connection: Connection, viewer: Viewer, *, rules: RhythmRules, at: datetime) -> bytes:
    """The file, in UTF-8: one all-day entry for each conversation that is planned, and for each that the cadence asks for.

    What is due already stands at the day of `at`; a pair that pauses has nothing that is not planned. An entry that was moved
    keeps its identity, so that calendars move it too. Without a person, or without pairs, the file is empty and valid.
    """
    today = at.date()
    found = conversations(connection, viewer, rules=rules, as_of=today)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Evenkeel//Conversations//EN", "CALSCALE:GREGORIAN"]
    for card in found.pairs:
        for identity, kind, day in _entries(card, today):
            lines += [
                "BEGIN:VEVENT",
                f"UID:{identity}@evenkeel",
                f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
                f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
                f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{escaped(f'{WORDS[kind]} with {card.other}')}",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
            ]
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """A text as a value: backslash, comma, semicolon and line breaks are escaped, other control characters left out."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line of content with its line break, folded after at most 75 octets and never within a letter.

    Halves of surrogate pairs, which UTF-8 has no form for, become question marks.
    """
    pieces, size = [""], 0
    for letter in line.encode("utf-8", "replace").decode():
        width = len(letter.encode())
        if size + width > LINE:
            pieces.append(" ")  # the blank that marks a continuation counts
            size = 1
        pieces[-1] += letter
        size += width
    return "\r\n".join(pieces).encode() + b"\r\n"


def _entries(card: PairCard, today: date) -> Iterator[tuple[str, Kind, date]]:
    """(identity, kind, day) of what is planned, and of what is due and not planned."""
    for each in card.planned:
        yield f"conversation-{each.id}", Kind(each.kind), max(each.due, today)
    kinds = {each.kind for each in card.planned}
    for stands in (card.check_in, card.review):
        if stands is not None and stands.kind.value not in kinds and stands.state is not State.PAUSED:
            yield f"due-{card.id}-{stands.kind.value}", stands.kind, max(stands.due, today)
