"""`show my-week` and `show notes`: what a person or a unit's readers see, on record before it is printed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.access.accounts import account_id
from core.access.tables import AccessLog
from core.people.views import load_viewer
from core.policy import Policy
from core.workload.commands import add_note, edit_note
from tests.cli.conftest import AS_OF, WEEKS, CommandLine
from tests.conftest import NOW

TEAM = "Co/A/One"


def looks(line: CommandLine, what: str) -> list[tuple[str, str, int]]:
    """The access log: (viewer without the operator's name, subject, reads)."""
    engine = line.engine()
    with engine.connect() as connection:
        found = [
            (row.viewer.split(" as ")[-1], row.subject, row.reads)
            for row in connection.execute(select(AccessLog).where(AccessLog.what == what).order_by(AccessLog.subject))
        ]
    engine.dispose()
    return found


def week(line: CommandLine, who: str = "employee") -> Any:
    """The document of `show my-week`."""
    return line.document("show", "my-week", "--as", who, "--format", "json", "--as-of", AS_OF)


def test_the_document_holds_weeks_and_baseline_and_no_person(co: CommandLine) -> None:
    """Twelve weeks, of which five were received; the newest is open; the person is not in it."""
    document = week(co)
    weeks = {each["week"]: each for each in document["weeks"]}

    assert len(weeks) == 12
    assert [weeks[monday.isoformat()]["status"] for monday in WEEKS] == ["closed"] * 4 + ["open"]
    assert [each["status"] for each in document["weeks"][:7]] == ["missing"] * 7
    newest = weeks[WEEKS[-1].isoformat()]
    assert (newest["worked"], newest["available"], newest["leave"]) == (34 + (4 * 3 + len(TEAM)) % 13, 40.0, 0.0)
    assert document["weeks"][0]["worked"] is None
    (load,) = document["baseline"]
    assert (load["id"], load["verdict"], load["weeks_known"], load["low"]) == ("load", "too little history", 4, None)
    assert document["recovery"] == {"weeks_since_week_off": None, "weeks_on_record": 5}
    assert not any(text in str(document) for text in ("Co/A/One#0", "Person 0", "employee"))


def test_the_look_is_on_record_under_the_person(co: CommandLine) -> None:
    """The subject is the person's id, so that the person can see that it was read."""
    week(co)
    co.done("show", "my-week", "--as", "employee", "--as-of", AS_OF)

    assert looks(co, "my week") == [("employee", "Co/A/One#0", 2)]


def test_the_look_is_on_record_before_anything_is_printed(co: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that cannot be written lets nothing out."""

    def fails(*_: object, **__: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr("core.access.reads.record_read", fails)
    result = co("show", "my-week", "--as", "employee", "--as-of", AS_OF)

    assert isinstance(result.exception, OSError)
    assert result.stdout == ""


def test_a_refused_look_is_on_record_too(co: CommandLine) -> None:
    """An administrator's account has no week; an unknown account has none either."""
    assert "no role that shows a week" in co.refused("show", "my-week", "--as", "admin", "--as-of", AS_OF)
    assert "no active account" in co.refused("show", "my-week", "--as", "ghost", "--as-of", AS_OF)

    assert looks(co, "my week") == [("admin", "account admin", 1), ("ghost", "account ghost", 1)]


def test_an_account_without_a_person_is_told_who_can_link_it(co: CommandLine) -> None:
    """A state with its reason, in both forms."""
    document = week(co, "leader")
    assert (document["state"], document["weeks"], document["baseline"]) == ("no person", [], [])
    assert "Your administrator can link it." in co.done("show", "my-week", "--as", "leader", "--as-of", AS_OF)


def test_the_table_says_the_same(co: CommandLine) -> None:
    """Sentence, numbers and weeks, newest first."""
    text = co.done("show", "my-week", "--as", "employee", "--as-of", AS_OF)

    assert text.startswith(week(co)["sentence"])
    assert "still open" in text
    assert text.index("9\u00a0Mar") < text.index("9\u00a0Feb")


@pytest.mark.parametrize("command", [("my-week",), ("notes", "--unit", TEAM)])
def test_an_unknown_form_is_wrong_usage(co: CommandLine, command: tuple[str, ...]) -> None:
    """Neither command writes CSV."""
    assert co("show", *command, "--as", "leader", "--format", "csv").exit_code == 2


# --- notes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(co: CommandLine) -> CommandLine:
    """The organisation with one note, reworded once."""
    engine = co.engine()
    with engine.begin() as connection:
        leader = load_viewer(connection, account_id(connection, "leader"), date.fromisoformat(AS_OF))
        assert leader is not None
        note = add_note(connection, leader, unit=TEAM, week=WEEKS[1], text="A launch.", at=NOW, policy=Policy())
        edit_note(connection, leader, note, based_on=1, text="A launch, now over.", at=NOW, policy=Policy())
    engine.dispose()
    return co


def notes(line: CommandLine, who: str, unit: str = TEAM) -> Any:
    """The document of `show notes`."""
    return line.document("show", "notes", "--unit", unit, "--as", who, "--format", "json", "--as-of", AS_OF)


def test_notes_come_with_their_earlier_wordings(told: CommandLine) -> None:
    """To everybody who sees the unit's numbers."""
    for who in ("leader", "manager", "employee"):
        document = notes(told, who)
        (note,) = document["notes"]
        assert document["unit"] == TEAM
        assert (note["week"], note["text"], note["version"]) == (WEEKS[1].isoformat(), "A launch, now over.", 2)
        assert [each["text"] for each in note["versions"]] == ["A launch."]
    assert "earlier, 2026-03-18: A launch." in told.done(
        "show", "notes", "--unit", TEAM, "--as", "hr", "--as-of", AS_OF
    )


def test_a_unit_without_notes_says_so(co: CommandLine) -> None:
    """An empty list, and a sentence for people."""
    assert notes(co, "leader")["notes"] == []
    assert "Nobody has written down why yet" in co.done("show", "notes", "--unit", TEAM, "--as", "hr", "--as-of", AS_OF)


@pytest.mark.parametrize("who", ["admin", "nobody-yet", "ghost"])
def test_notes_out_of_scope_are_refused_and_the_look_is_on_record(told: CommandLine, who: str) -> None:
    """Under the unit that was asked for."""
    told.refused("show", "notes", "--unit", TEAM, "--as", who, "--as-of", AS_OF)
    assert looks(told, "notes") == [(who, f"unit {TEAM}", 1)]


def test_the_demonstration_tells_its_stories(northwind: CommandLine) -> None:
    """Platform's rota, Support North's help and the launch in Payments, by the leader and the manager."""
    found = {
        unit: northwind.document(
            "show", "notes", "--unit", unit, "--as", "leader", "--format", "json", "--as-of", AS_OF
        )
        for unit in ("Northwind/Engineering/Infrastructure/Platform", "Northwind/Products/Payments")
    }
    authors = {unit.rsplit("/", 1)[-1]: [note["author"] for note in each["notes"]] for unit, each in found.items()}

    assert authors == {"Platform": ["Mara Lindqvist"], "Payments": ["Dana Okafor"]}
