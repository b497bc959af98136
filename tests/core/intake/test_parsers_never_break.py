"""Any bytes at all: read as a whole, or refused with nothing written. Never a trace, never half a file."""

import gzip
import io
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from core.database.engine import make_engine
from core.intake.imports import ImportOptions, ImportRefused
from core.intake.kinds import KINDS
from core.intake.maps import MapRefused, read_map
from scripts.odd_files import FILES
from scripts.odd_files.entry import Accepted
from tests.core.intake.content import TEMPLATES, bring_in, content, stock
from tests.databases import RunFolder, built

SOON = 20  # seconds, on a busy machine; what takes quadratic time takes minutes here
PEOPLE = (TEMPLATES / "people.csv").read_bytes()
HOURS = (TEMPLATES / "person-weeks.csv").read_bytes()
VIVA = b"""\
PersonId,MetricDate,Organization,Collaboration_hours,Email_hours,Meeting_and_call_hours,eSat,Emails_sent
bf361ad4-fc29-432f-95f3-837e689f4ac4,2024-03-31,IT,17.45,7.52,11.77,3,25
bf361ad4-fc29-432f-95f3-837e689f4ac4,2024-04-07,IT,19.02,6.11,13.40,3,31
0500f22c-2910-4154-b6e2-66864898d848,2024-03-31,Legal,22.75,8.08,,5,18
"""
EVENTS = (TEMPLATES / "activity-events.csv").read_bytes()
CALENDARS = [
    file.content for file in FILES if file.name.endswith(".ics") and isinstance(file.cases[0].outcome, Accepted)
]
BOOKS = {file.name: file.content for file in FILES if file.name.endswith(".xlsx")}
SIGNS = st.sampled_from(
    [",", ";", "\t", "|", '"', "'", "\r", "\n", "\x00", "\x1a", "\ufeff", "\u200b", "\u202e", "\u2028"]
)
LETTERS = st.characters(codec="utf-8")
CELLS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.sampled_from(
        [
            "",
            " ",
            "P0017",
            "P0021",
            "2026-03-16",
            "16/03/2026",
            "03/16/2026",
            "16.3.26",
            "46097",
            "Northwind/Ops",
            "/",
            "Total",
        ]
    ),
    st.sampled_from(
        ["36,5", "1,000.5", "1e3", "1e-400", "nan", "inf", "-0", "#N/A", "=1+1", "Ä\u0308", "٣", "𝟛", "½", "١٦/٠٣/٢٠٢٦"]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
)


MAP_LINES = st.one_of(
    st.sampled_from(
        [
            "[columns]",
            "[options]",
            '"Woche" = "week"',
            '"Stunden" = "worked"',
            '"x" = 1',
            '"y" = "nothing"',
            "dayfirst = true",
        ]
    ),
    st.sampled_from(
        [
            "monthfirst = true",
            'delimiter = "semicolon"',
            'decimal = "comma"',
            "sheet = []",
            'kind = "people"',
            "a.b = 1",
        ]
    ),
    st.text(max_size=20),
)


class Desk:
    """Where files are delivered: a stocked database that is laid out anew after whatever changed it, and a folder."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        self._template = template
        self._engine: Engine | None = None
        self._before: dict[str, list[tuple[Any, ...]]] = {}
        self._compiled: dict[object, object] = {}

    def clear(self) -> None:
        """Forget what was written."""
        if self._engine is not None:
            self._engine.dispose()
        self._engine = None

    def deliver(self, kind: str, name: str, data: bytes, **options: Any) -> bool:
        """Import these bytes under this name; whether they were read.

        Only a refusal may come back: with problems that say what and what to do, every table as it was. What is read is
        counted row by row, and the same bytes again change nothing.
        """
        if self._engine is None:
            database = self.folder / f"{uuid4().hex}.db"
            shutil.copy(self._template, database)
            # statements are compiled once for all examples, which is most of the work of a small one
            self._engine = make_engine(f"sqlite:///{database}").execution_options(compiled_cache=self._compiled)
            self._before = content(self._engine)
        path = self.folder / name
        path.write_bytes(data)
        said = ImportOptions(company="Northwind", **options)
        try:
            done = bring_in(self._engine, kind, path, options=said)
        except ImportRefused as refused:
            assert content(self._engine) == self._before
            assert refused.problem_count >= len(refused.problems) > 0
            assert all(each.problem and each.remedy for each in refused.problems)
            return False
        counts = done.counts
        assert done.rows == counts.loaded + counts.replaced + counts.unchanged + done.ignored
        again = bring_in(self._engine, kind, path, options=said)
        assert (again.changed, again.rows) == (False, done.rows)
        self.clear()
        return True


@pytest.fixture(scope="module")
def desk(run_folder: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all examples of this module."""
    template = run_folder.once("stocked.db", lambda path: built(f"sqlite:///{path}", stock))
    made = Desk(template, tmp_path_factory.mktemp("fuzz"))
    yield made
    made.clear()


Change = Callable[[bytes], bytes]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """One thing that goes wrong with a text file on its way."""
    at, length = draw(st.floats(0, 1, exclude_max=True)), draw(st.integers(1, 40))
    other = draw(st.floats(0, 1, exclude_max=True))
    inserted = draw(st.one_of(st.binary(max_size=6), SIGNS.map(str.encode), CELLS.map(lambda cell: cell.encode())))
    old, new = (
        draw(st.sampled_from([",", "-", ".", "/", "\n", "0"])),
        draw(st.sampled_from([";", "\t", "|", ",", "/", "\r\n", "\r", "\u00a0"])),
    )
    encoding = draw(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32", "utf-7"]))
    bit = draw(st.integers(0, 7))

    def place(data: bytes) -> int:
        return int(at * len(data))

    def lines(data: bytes) -> list[bytes]:
        return data.split(b"\n")

    def swap(data: bytes) -> bytes:
        rows = lines(data)
        one, two = int(at * len(rows)), int(other * len(rows))
        rows[one], rows[two] = rows[two], rows[one]
        return b"\n".join(rows)

    def again(data: bytes) -> bytes:
        rows = lines(data)
        return b"\n".join([*rows, rows[int(at * len(rows))]])

    def cell(data: bytes) -> bytes:
        rows = [row.split(b",") for row in lines(data)]
        row = rows[int(at * len(rows))]
        row[int(other * len(row))] = inserted
        return b"\n".join(b",".join(each) for each in rows)

    def flipped(data: bytes) -> bytes:
        return (
            b"" if not data else data[: place(data)] + bytes([data[place(data)] ^ 1 << bit]) + data[place(data) + 1 :]
        )

    def recoded(data: bytes) -> bytes:
        return data.decode("utf-8", "replace").encode(encoding, "replace")

    possible: list[Change] = [
        lambda data: data[: place(data)],
        lambda data: data[: place(data)] + data[place(data) + length :],
        lambda data: data[: place(data)] + inserted + data[place(data) :],
        flipped,
        lambda data: data.replace(old.encode(), new.encode()),
        lambda data: inserted + data,
        swap,
        again,
        cell,
        recoded,
    ]
    return draw(st.sampled_from(possible))


def spoilt(data: bytes, all_changes: list[Change]) -> bytes:
    """The bytes after these changes, one after the other."""
    for change in all_changes:
        data = change(data)
    return data


KIND = st.sampled_from(sorted(KINDS))
TEXT_NAME = st.sampled_from(["some.csv", "some.tsv", "some.txt", "some.csv.gz"])


@given(data=st.binary(max_size=400), kind=KIND, name=st.one_of(TEXT_NAME, st.just("some.xlsx")))
@example(data=b"", kind="people", name="some.csv.gz")
@example(data=b"\x1f\x8b", kind="people", name="some.csv.gz")
@example(data=b"PK\x03\x04", kind="people", name="some.xlsx")
@example(data=b"\xff\xfe", kind="person-weeks", name="some.csv")
@example(data=b"\xff\xfe\x00", kind="person-weeks", name="some.csv")
@example(data=b"id\n", kind="people", name="some.csv")
@example(data=b"id,unit,hired\r", kind="people", name="some.csv")
@example(data=b"sep=;", kind="people", name="some.csv")
@example(data=b"sep=\nid", kind="people", name="some.csv")
@example(data=b'"' * 399, kind="people", name="some.csv")
@example(data=b"," * 399, kind="people", name="some.csv")
def test_random_bytes_are_refused(desk: Desk, data: bytes, kind: str, name: str) -> None:
    """Whatever they are called and taken for: no random bytes make a file of a kind."""
    assert not desk.deliver(kind, name, data)


@given(spoiling=st.lists(changes(), max_size=3))
def test_a_spoilt_people_file_is_read_or_refused(desk: Desk, spoiling: list[Change]) -> None:
    """Cut, flipped, re-coded, with lines swapped and cells replaced: all of it or nothing; unspoilt it is read."""
    read = desk.deliver("people", "people.csv", spoilt(PEOPLE, spoiling))

    assert read or spoiling


@given(spoiling=st.lists(changes(), max_size=3), name=TEXT_NAME, dayfirst=st.booleans())
def test_a_spoilt_file_of_hours_is_read_or_refused(
    desk: Desk, spoiling: list[Change], name: str, dayfirst: bool
) -> None:
    """The same for hours, packed too, and with what the person who imports may say."""
    data = spoilt(HOURS, spoiling)
    packed = gzip.compress(data, mtime=0) if name.endswith(".gz") else data

    assert desk.deliver("person-weeks", name, packed, dayfirst=dayfirst) or spoiling


@given(spoiling=st.lists(changes(), min_size=1, max_size=2))
def test_a_spoilt_person_query_is_read_or_refused(desk: Desk, spoiling: list[Change]) -> None:
    """The same for the export of another tool, with columns that may not be read."""
    desk.deliver("viva-person-query", "pq.csv", spoilt(VIVA, spoiling))


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=6), min_size=1, max_size=8),
    header=st.permutations(["person_id", "week", "worked", "leave", "remark"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_random_table_of_hours_is_read_or_refused(
    desk: Desk, rows: list[list[str]], header: list[str], delimiter: str, quoted: bool, encoding: str
) -> None:
    """The right header over cells of any kind, in every separator."""

    def written(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if quoted else cell

    lines = [delimiter.join(header), *(delimiter.join(written(cell) for cell in row) for row in rows)]
    desk.deliver("person-weeks", "table.csv", "\n".join(lines).encode(encoding))


@given(spoiling=st.lists(changes(), max_size=3))
def test_a_spoilt_file_of_events_is_read_or_refused(desk: Desk, spoiling: list[Change]) -> None:
    """The same for events with their times, offsets and zones."""
    assert desk.deliver("activity-events", "events.csv", spoilt(EVENTS, spoiling)) or spoiling


@given(calendar=st.sampled_from(CALENDARS), spoiling=st.lists(changes(), max_size=3), packed=st.booleans())
def test_a_spoilt_calendar_is_read_or_refused(
    desk: Desk, calendar: bytes, spoiling: list[Change], packed: bool
) -> None:
    """The same for calendars, their zones and their rules of repetition."""
    data = spoilt(calendar, spoiling)
    name, data = ("c.ics.gz", gzip.compress(data, mtime=0)) if packed else ("c.ics", data)

    assert desk.deliver("activity-events", name, data) or spoiling


@given(
    lines=st.lists(
        st.builds(
            "{}{}:{}".format,
            st.sampled_from(
                ["DTSTART", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "ORGANIZER", "ATTENDEE", "UID", "END"]
            ),
            st.sampled_from(["", ";TZID=Europe/Lisbon", ";VALUE=DATE", ";TZID=", ";PARTSTAT=ACCEPTED", ";", ';CN="'])
            | st.text(LETTERS, max_size=6),
            st.sampled_from(
                [
                    *(
                        "20260316T090000",
                        "20260316T090000Z/PT1H",
                        "20260316",
                        "00010101T000000Z",
                        "99991231T235959Z",
                        "PT1H",
                    ),
                    *("FREQ=YEARLY;BYDAY=5MO;BYMONTH=2", "FREQ=DAILY;COUNT=99999999999", "FREQ=WEEKLY;UNTIL=x"),
                    *("FREQ=MONTHLY;BYMONTHDAY=-31,31;BYSETPOS=-1", "FREQ=WEEKLY;INTERVAL=99999999999"),
                    *(
                        "FREQ=DAILY;UNTIL=00010101",
                        "FREQ=DAILY;BYHOUR=1,2",
                        "mailto:ada.moreau@northwind.example",
                        "VEVENT",
                    ),
                ]
            )
            | st.text(LETTERS, max_size=12),
        ),
        max_size=5,
    )
)
def test_a_random_event_of_a_calendar_is_read_or_refused(desk: Desk, lines: list[str]) -> None:
    """Lines that events may have, with values of any kind, in any order."""
    whole = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260316T140500Z", *lines, "END:VEVENT", "END:VCALENDAR"]
    desk.deliver("activity-events", "c.ics", "\r\n".join(whole).encode())


@given(
    document=st.one_of(
        st.binary(max_size=80), st.lists(MAP_LINES, max_size=6).map(lambda rows: "\n".join(rows).encode())
    )
)
def test_any_map_is_read_or_refused_with_its_name(desk: Desk, document: bytes) -> None:
    """No bytes in the place of a map break anything: a map of known columns, or a message that names the file."""
    path = desk.folder / "some.toml"
    path.write_bytes(document)
    try:
        read = read_map(path, "person-weeks")
    except MapRefused as refused:
        assert "some.toml" in str(refused)
    else:
        assert {name for _, name in read.columns} <= {column.name for column in KINDS["person-weeks"].columns}


VALUES = st.one_of(
    CELLS.filter(lambda text: openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.search(text) is None),
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.times(),
)


@given(
    rows=st.lists(st.lists(VALUES, max_size=5), max_size=6),
    header=st.permutations(["id", "unit", "hired", "name"]),
    above=st.integers(0, 2),
    merged=st.sampled_from(["", "A1:B1", "A1:A2", "A2:D2", "B1:C3"]),
)
def test_a_random_workbook_is_read_or_refused(
    desk: Desk, rows: list[list[Any]], header: list[str], above: int, merged: str
) -> None:
    """A header, perhaps below a title and with merged cells, over values of every type that a worksheet knows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(above):
        sheet.append(["People"])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    stream = io.BytesIO()
    book.save(stream)

    desk.deliver("people", "table.xlsx", stream.getvalue())


@given(name=st.sampled_from(sorted(BOOKS)), spoiling=st.lists(changes(), min_size=1, max_size=2), kind=KIND)
def test_a_spoilt_workbook_is_read_or_refused(desk: Desk, name: str, spoiling: list[Change], kind: str) -> None:
    """Bytes of a workbook change anywhere, in the archive's own structures too."""
    desk.deliver(kind, name, spoilt(BOOKS[name], spoiling))


@given(at=st.floats(0, 1), byte=st.binary(min_size=1, max_size=3), cut=st.booleans())
def test_a_spoilt_gzip_file_is_read_or_refused(desk: Desk, at: float, byte: bytes, cut: bool) -> None:
    """The packed bytes themselves are cut, or bytes are put between them."""
    packed = gzip.compress(HOURS, mtime=0)
    place = int(at * len(packed))

    desk.deliver("person-weeks", "some.csv.gz", packed[:place] + byte + (b"" if cut else packed[place:]))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"id,unit,hired\nP1,Northwind/Ops," + b"2" * 200_000, id="a cell of 200,000 characters"),
        pytest.param(b"id,unit,hired\n" + b"," * 300_000, id="a row of 300,000 cells"),
        pytest.param(b"," * 300_000, id="a header of 300,000 columns"),
        pytest.param(b"id,unit,hired\n" + b'"' * 300_001, id="300,001 quotation marks"),
        pytest.param(b"\n" * 100_000, id="100,000 blank lines"),
        pytest.param(b"id,unit,hired\n" + b"\n" * 100_000, id="100,000 blank lines under a header"),
    ],
)
def test_a_file_that_is_odd_on_a_large_scale_is_refused(desk: Desk, data: bytes) -> None:
    """Lengths that no table has: refused like everything else, and in seconds."""
    begun = time.perf_counter()

    assert not desk.deliver("people", "large.csv", data)

    assert time.perf_counter() - begun < SOON
