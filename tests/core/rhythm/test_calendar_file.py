"""The calendar file: own conversations to come, in a form that calendars read, without a word of what was written."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from core.access.tables import User
from core.rhythm.cadence import Kind
from core.rhythm.calendar_file import LINE, calendar_file, escaped, folded
from core.rhythm.commands import move
from core.rhythm.pairs import pause
from tests.core.rhythm.talk import AT, DAY, RULES, TODAY, Talk


def unfolded(content: bytes) -> list[str]:
    """The lines of content, put together again as RFC 5545 says."""
    assert content.endswith(b"\r\n")
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def plain(value: str) -> str:
    """A value without its escapes: another implementation, letter by letter."""
    found, letters = "", iter(value)
    for letter in letters:
        found += {"n": "\n"}.get(following := next(letters), following) if letter == "\\" else letter
    return found


def entries(talk: Talk, who: str = "ann", at: datetime = AT) -> list[dict[str, str]]:
    """The entries of the file of an account, by property."""
    with talk.engine.connect() as connection:
        lines = unfolded(calendar_file(connection, talk.viewer(who), rules=RULES, at=at))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    assert lines[1:4] == ["VERSION:2.0", "PRODID:-//Evenkeel//Conversations//EN", "CALSCALE:GREGORIAN"]
    found: list[dict[str, str]] = []
    for line in lines[4:-1]:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif line != "END:VEVENT":
            assert name not in found[-1]
            found[-1][name] = value
    return found


def test_what_is_due_and_what_is_planned_stand_on_their_days(talk: Talk) -> None:
    """Ann: a review that the cadence asks for in 91 days, and a check-in that is planned; each day is whole."""
    conversation = talk.plan()
    found = {each["UID"]: each for each in entries(talk)}

    pair = talk.pair()
    assert set(found) == {f"conversation-{conversation}@evenkeel", f"due-{pair}-review@evenkeel"}
    planned = found[f"conversation-{conversation}@evenkeel"]
    assert planned == {
        "UID": f"conversation-{conversation}@evenkeel",
        "DTSTAMP": "20260302T090000Z",
        "DTSTART;VALUE=DATE": "20260401",
        "DTEND;VALUE=DATE": "20260402",
        "SUMMARY": "Check-in with Max",
        "TRANSP": "TRANSPARENT",
    }
    assert found[f"due-{pair}-review@evenkeel"]["DTSTART;VALUE=DATE"] == "20260601"
    assert len({each["UID"] for each in entries(talk, "max")}) == 6  # Ann, Bo and Lea: check-in and review


def test_a_moved_conversation_keeps_its_identity(small: Talk) -> None:
    """So calendars move it and do not add another."""
    conversation = small.plan(kind=Kind.INFORMAL, due=TODAY + DAY)
    before = {each["UID"]: each["DTSTART;VALUE=DATE"] for each in entries(small)}
    with small.engine.begin() as connection:
        move(connection, small.viewer("max"), conversation, due=TODAY + 9 * DAY, at=AT)
    after = {each["UID"]: each["DTSTART;VALUE=DATE"] for each in entries(small)}
    assert set(before) == set(after)
    assert after[f"conversation-{conversation}@evenkeel"] == "20260311"


def test_what_is_overdue_stands_on_today_and_a_pausing_pair_has_nothing(small: Talk) -> None:
    """A day that has passed helps nobody plan."""
    later = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    assert [each["DTSTART;VALUE=DATE"] for each in entries(small, at=later)] == ["20260504", "20260601"]
    with small.engine.begin() as connection:
        pause(connection, small.viewer("ann"), small.pair(), starts=TODAY, ends=TODAY + 100 * DAY, at=AT)
    assert entries(small, at=later) == []


@pytest.mark.parametrize("who", ["root", "twin"])
def test_without_pairs_the_file_is_empty_and_valid(small: Talk, who: str) -> None:
    """Accounts of nobody, with all roles or with a code that differs by its case."""
    small.plan()
    assert entries(small, who) == []


def test_the_file_holds_no_note_no_step_and_nobody_else(talk: Talk) -> None:
    """Neither what Ann wrote nor what Max has with others; an ended pair is not in it."""
    conversation = talk.plan()
    talk.write(conversation, "quillwort")
    talk.agree(conversation, "larkspur")
    talk.prepare(conversation, progress="kestrel")
    with talk.engine.connect() as connection:
        content = calendar_file(connection, talk.viewer("ann"), rules=RULES, at=AT).decode()
    assert not re.search("quillwort|larkspur|kestrel|Bo|Lea|Mia", content)
    talk.manager_becomes("mia")
    assert {each["SUMMARY"] for each in entries(talk)} == {"Check-in with Mia", "Review with Mia"}


def test_a_name_that_would_add_lines_stays_a_name(small: Talk) -> None:
    """Line breaks, separators and entries of its own are one value."""
    name = "Max\r\nEND:VEVENT\nBEGIN:VEVENT, jr.; \\n"
    with small.engine.begin() as connection:
        connection.execute(update(User).where(User.name == "max").values(display_name=name))
    found = entries(small)
    assert len(found) == 2
    assert plain(found[0]["SUMMARY"]) == "Check-in with Max\nEND:VEVENT\nBEGIN:VEVENT, jr.; \\n"


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r")))
def test_any_text_comes_back_from_a_folded_line(text: str) -> None:
    """At most 75 octets a line, each of them whole letters; escapes undone give the text without control characters."""
    content = folded(f"SUMMARY:{escaped(text)}")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= LINE
        line.decode("utf-8")
    (line,) = unfolded(content)
    kept = "".join(letter for letter in text if letter in "\n\t" or not (ord(letter) < 32 or ord(letter) == 127))
    assert plain(line.removeprefix("SUMMARY:")) == kept


@pytest.mark.parametrize(
    ("letters", "lines"), [("x" * 75, 1), ("x" * 76, 2), ("x" * 74 + "é", 2), ("x" * 149, 2), ("x" * 150, 3)]
)
def test_lines_are_folded_at_seventy_five_octets(letters: str, lines: int) -> None:
    """The blank of a continuation counts: 75, then 74 of content."""
    assert len(folded(letters).removesuffix(b"\r\n").split(b"\r\n")) == lines
