"""Changing the key: every text again or none, nothing lost, nothing overwritten; by the command as an operator runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from core.access.changes import verify
from core.access.tables import ChangeLog
from core.backup.archive import backup
from core.backup.restore import restore
from core.cli import app
from core.database.engine import make_engine
from core.rhythm import places
from core.rhythm.rotation import rotate
from core.rhythm.sealing import KeyRefused, Seals
from core.rhythm.tables import Feedback, NextStep, NotesKeyCheck, Preparation, SharedNote
from core.settings import settings
from tests.core.rhythm.talk import AT, KEY, NEWER, SEALS, TODAY, Talk, code_of
from tests.organisations import codes

TEXTS = (Preparation.sealed, Preparation.shared_sealed, SharedNote.sealed, NextStep.sealed, Feedback.sealed)
NEW = Seals([NEWER])
BOTH = Seals([NEWER, KEY])


def written(talk: Talk) -> int:
    """One text of each kind and some versions; the number of the conversation."""
    conversation = talk.plan()
    talk.prepare(conversation, progress="prepared by Ann")
    talk.share(conversation)
    talk.prepare(conversation, who="max", progress="prepared by Max")
    talk.write(conversation, "first")
    talk.write(conversation, "second", 1, "max")
    talk.agree(conversation, "a step")
    talk.give("ann", "bo", "given to Bo")
    talk.ask("bo", "ann", "asked by Bo")
    return conversation


def sealed(talk: Talk) -> list[str]:
    """Everything sealed, as it lies in the database."""
    with talk.engine.connect() as connection:
        return [
            text
            for column in (*TEXTS, NotesKeyCheck.sealed)
            for text in connection.scalars(select(column))
            if text is not None
        ]


def read(talk: Talk, conversation: int, seals: Seals) -> list[str]:
    """Every text of `written`, by the views."""
    page = talk.page("ann", conversation, seals)
    shown = talk.shown(conversation, seals=seals)
    assert page.note is not None and shown is not None
    notes = [page.note, *page.earlier]
    return [
        *(note.words.text for note in notes),
        *(step.words.text for step in page.steps),
        shown.answers.get("progress", ""),
        *sorted(item.notice + item.question for item in talk.inbox("bo", seals)),
    ]


WRITTEN = ["second", "first", "a step", "prepared by Ann", "asked by Bo", "given to Bo"]


def test_after_rotation_the_new_key_opens_everything_and_the_old_one_nothing(talk: Talk) -> None:
    """Counted by kind, noted in the change log, and written on with the new key alone."""
    conversation = written(talk)
    before = sealed(talk)
    with talk.engine.begin() as connection:
        found = rotate(connection, BOTH, at=AT, actor="operator o")

    assert found.sealed == {
        "preparations": 2, "shared preparations": 1, "shared notes": 2, "next steps": 1, "feedback": 2,
    }  # fmt: skip
    assert set(found.unreadable.values()) == {0}
    assert not set(before) & set(sealed(talk))
    assert read(talk, conversation, NEW) == WRITTEN
    assert read(talk, conversation, SEALS) == [""] * 6
    assert talk.write(conversation, "third", 2, seals=NEW) == 3
    with pytest.raises(KeyRefused):
        talk.write(conversation, "fourth", 3, seals=SEALS)
    with talk.engine.connect() as connection:
        assert verify(connection).broken_at is None
        entry = connection.execute(select(ChangeLog).where(ChangeLog.action == "notes key rotated")).one()
    assert entry.detail["sealed"] == found.sealed


def test_rotating_twice_and_an_empty_database_are_fine(talk: Talk) -> None:
    """Nothing to seal is no error; afterwards the new key is the one in use."""
    with talk.engine.begin() as connection:
        assert sum(rotate(connection, NEW, at=AT, actor="o").sealed.values()) == 0
    with pytest.raises(KeyRefused):
        talk.write(talk.plan(), "x", seals=SEALS)
    with talk.engine.begin() as connection:
        rotate(connection, Seals([KEY, NEWER]), at=AT, actor="o")
    conversation = written(talk)
    for seals in (BOTH, BOTH):
        with talk.engine.begin() as connection:
            rotate(connection, seals, at=AT, actor="o")
    assert read(talk, conversation, NEW) == WRITTEN


def test_without_the_old_key_nothing_is_changed(talk: Talk) -> None:
    """Counted, refused, rolled back."""
    conversation = written(talk)
    before = sealed(talk)
    with pytest.raises(KeyRefused, match="8 of 8 texts cannot be opened"), talk.engine.begin() as connection:
        rotate(connection, NEW, at=AT, actor="o")
    assert sealed(talk) == before
    assert read(talk, conversation, SEALS) == WRITTEN


def test_a_text_that_was_moved_is_not_sealed_into_its_new_place(talk: Talk) -> None:
    """Rotation does not launder it: refused, or with the option left as it is, unreadable there as before."""
    conversation = written(talk)
    with talk.engine.begin() as connection:
        stolen = connection.scalars(select(SharedNote.sealed).where(SharedNote.version == 1)).one()
        connection.execute(update(SharedNote).where(SharedNote.version == 2).values(sealed=stolen))
    with pytest.raises(KeyRefused, match="1 of 8"), talk.engine.begin() as connection:
        rotate(connection, BOTH, at=AT, actor="o")
    with talk.engine.begin() as connection:
        found = rotate(connection, BOTH, at=AT, actor="o", leave_unreadable=True)
    assert found.unreadable["shared notes"] == 1 and found.sealed["shared notes"] == 1
    note = talk.page("ann", conversation, BOTH).note
    assert note is not None and note.words.text == "" and note.words.why


def test_with_a_lost_key_people_can_write_again_and_nothing_is_overwritten(talk: Talk) -> None:
    """The old texts stay as they are, unreadable; new ones go by the new key; the old key, found again, opens the old texts."""
    conversation = written(talk)
    before = sealed(talk)
    with talk.engine.begin() as connection:
        found = rotate(connection, NEW, at=AT, actor="o", leave_unreadable=True)
    assert sum(found.unreadable.values()) == 8 and sum(found.sealed.values()) == 0
    assert sealed(talk)[:-1] == before[:-1]  # all but the check of the key
    second = talk.plan("bo", talk.pair("max", "bo"))
    assert talk.write(second, "after the loss", who="bo", seals=NEW) == 1
    with pytest.raises(KeyRefused):  # what cannot be read is not written over
        talk.write(conversation, "third", 2, seals=NEW)
    assert read(talk, conversation, BOTH) == WRITTEN


def test_a_restored_backup_opens_with_the_key_of_its_day(talk: Talk, tmp_path: Path) -> None:
    """A step that was carried and an answered question refer to rows of their own table; the key is brought by the operator."""
    conversation = written(talk)
    talk.give("ann", "bo", "an answer", answers=next(item.id for item in talk.inbox("ann") if item.open))
    talk.manager_becomes("mia")
    talk.carry(*(step.id for step in talk.steps("ann", talk.pair())), into=talk.pair("mia"))
    file = tmp_path / "backup.zip"
    backup(talk.engine, file, at=AT, actor="o")
    with talk.engine.begin() as connection:
        rotate(connection, BOTH, at=AT, actor="o")

    talk.engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    restore(talk.engine, file, at=AT, actor="o")
    assert read(talk, conversation, NEW)[:3] == [""] * 3
    found = read(talk, conversation, SEALS)
    assert found[:4] == WRITTEN[:4] and "an answer" in found
    assert [step.words.text for step in talk.steps("mia", talk.pair("mia"))] == ["a step"]
    talk.engine.dispose()


def test_many_texts_are_sealed_in_batches(talk: Talk) -> None:
    """1,203 of them: more than fit into two statements."""
    with talk.engine.begin() as connection:
        ids = codes(connection)
        ann, bo = ids[code_of("ann")], ids[code_of("bo")]
        connection.execute(
            insert(Feedback),
            [
                {
                    "id": f"{number:032x}", "from_id": ann, "to_id": bo, "kind": "given", "at": AT,
                    "sealed": SEALS.seal(
                        places.feedback(ann, bo, f"{number:032x}"),
                        json.dumps({"notice": f"number {number}", "about": TODAY.isoformat()}),
                    ),
                }
                for number in range(1_203)
            ],
        )  # fmt: skip
    with talk.engine.begin() as connection:
        assert rotate(connection, BOTH, at=AT, actor="o").sealed["feedback"] == 1_203
    assert {item.notice for item in talk.inbox("bo", NEW)} == {f"number {number}" for number in range(1_203)}


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def command(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`python -m core rhythm rotate-key` on the database of `talk`, with keys in the environment."""

    def run(*arguments: str, keys: str = "", demo: str = "0") -> Any:
        monkeypatch.setenv("EVENKEEL_DATABASE_URL", talk.url)
        monkeypatch.setenv("EVENKEEL_NOTES_KEYS", keys)
        monkeypatch.setenv("EVENKEEL_DEMO", demo)
        monkeypatch.delenv("EVENKEEL_KEY_DIR", raising=False)
        settings.cache_clear()
        try:
            return CliRunner().invoke(app, ["rhythm", "rotate-key", *arguments])
        finally:
            settings.cache_clear()

    return run


def test_the_command_rotates_and_says_what_to_do_next(talk: Talk, command: Any) -> None:
    """Counts on stdout; with --json one document."""
    conversation = written(talk)
    done = command(keys=f"{NEWER},{KEY}")
    assert done.exit_code == 0, done.output
    assert "2 preparations" in done.stdout and "Older keys may be taken out" in done.stdout
    assert read(talk, conversation, NEW) == WRITTEN
    again = command("--json", keys=NEWER)
    assert json.loads(again.stdout)["sealed"]["feedback"] == 2


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", "EVENKEEL_NOTES_KEYS and start"),
        (NEWER, "8 of 8 texts"),
        ("nonsense", "Key 1 of EVENKEEL_NOTES_KEYS is not a key"),
    ],
)
def test_the_command_refuses_in_words(talk: Talk, command: Any, keys: str, told: str) -> None:
    """Exit 1, the reason on stderr, no key in it, nothing changed."""
    written(talk)
    before = sealed(talk)
    done = command(keys=keys)
    assert done.exit_code == 1
    assert told in done.stderr
    assert NEWER not in done.output and "nonsense" not in done.output
    assert sealed(talk) == before


def test_no_command_and_no_option_reads_a_conversation() -> None:
    """What commands take of conversations, name by name: days, protected shares, keys. Nothing of it opens a text."""
    folder = Path(__file__).parents[3] / "core" / "cli"
    taken: dict[str, set[str]] = {}
    for file in folder.glob("*.py"):
        lines = {line.strip() for line in file.read_text(encoding="utf-8").splitlines() if "core.rhythm" in line}
        if lines:
            taken[file.name] = lines
    assert taken == {
        "rhythm.py": {
            "from core.rhythm.notes_key import seals_of",
            "from core.rhythm.rotation import rotate",
        },
        "conversations.py": {
            "from core.rhythm.shares_views import table",
            "from core.rhythm.views import conversations as view",  # takes no seals, so it knows days alone
            "from core.rhythm.release import finish_quarters",
            "from core.rhythm.shares_views import rhythm_shares",
        },
        "data.py": {  # seals what the demonstration's people write
            "from core.rhythm.notes_key import seals_of",
            "from core.rhythm.sealing import KeyRefused",
        },
        "privacy.py": {"from core.rhythm.release import finish_quarters"},
    }
