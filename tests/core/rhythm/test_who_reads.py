"""Attacks: whoever is not one of the two gets nothing, by any function, by any role, from the database, from a backup."""

import ast
import inspect
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, insert, select, true, update

from core.access.refusals import NoPermission
from core.backup.archive import backup
from core.people.tables import OrgUnit, Person
from core.rhythm import calendar_file, commands, feedback, health, pairs, preparing, steps, views, visibility
from core.rhythm.cadence import Kind
from core.rhythm.sealing import MOVED
from core.rhythm.tables import Conversation, Feedback, NextStep, Pair, Preparation, SharedNote
from tests.core.rhythm.talk import ACCOUNTS, AT, DAY, KEY, POLICY, RULES, SEALS, TODAY, Talk, assigned, code_of
from tests.organisations import codes

ROOT = Path(__file__).parents[3]
OTHERS = sorted(set(ACCOUNTS) - {"ann", "max"})
WORDS = ("kestrel", "bramble", "quillwort", "sandpiper", "larkspur", "nightjar", "toadflax")


@pytest.fixture
def between(talk: Talk) -> dict[str, Any]:
    """What Ann and Max have between them: one text of each kind, each with a word that stands nowhere else."""
    with talk.engine.begin() as connection:  # somebody whose code differs from Ann's by its case
        connection.execute(insert(Person).values(code="co/a/one#0", name="Another"))
        assigned(
            connection, "twin", connection.scalars(select(OrgUnit.id).where(OrgUnit.path == "Co/A/One")).one(), None, 40
        )
    conversation = talk.plan()
    talk.prepare(conversation, progress="kestrel")
    talk.share(conversation)
    talk.prepare(conversation, 1, progress="bramble")
    talk.prepare(conversation, who="max", obstacles="quillwort")
    talk.write(conversation, "sandpiper")
    step = talk.agree(conversation, "larkspur")
    given, question = talk.give("ann", "max", "nightjar"), talk.ask("max", "ann", "toadflax")
    return {
        "talk": talk, "pair": talk.pair(), "conversation": conversation, "step": step, "given": given, "question": question,
    }  # fmt: skip


def calls(between: dict[str, Any]) -> dict[str, Callable[[Any, Any], Any]]:
    """Every public function of the area that takes a viewer and the number of something, by name, as an attacker calls it."""
    pair, conversation, step = between["pair"], between["conversation"], between["step"]
    due = TODAY + DAY
    return {
        "pairs.accept_coaching": lambda c, v: pairs.accept_coaching(c, v, pair, at=AT),
        "pairs.end_coaching": lambda c, v: pairs.end_coaching(c, v, pair, at=AT),
        "pairs.pause": lambda c, v: pairs.pause(c, v, pair, starts=TODAY, ends=due, at=AT),
        "pairs.end_pause": lambda c, v: pairs.end_pause(c, v, pair, starts=TODAY, at=AT),
        "pairs.active_pair": lambda c, v: pairs.active_pair(c, v, pair, AT),
        "commands.plan": lambda c, v: commands.plan(c, v, pair, kind=Kind.INFORMAL, at=AT, rules=RULES),
        "commands.move": lambda c, v: commands.move(c, v, conversation, due=due, at=AT),
        "commands.hold": lambda c, v: commands.hold(c, v, conversation, on=TODAY, at=AT),
        "commands.not_held": lambda c, v: commands.not_held(c, v, conversation, at=AT),
        "commands.call_off": lambda c, v: commands.call_off(c, v, conversation, at=AT),
        "commands.write_note": lambda c, v: commands.write_note(
            c, v, conversation, based_on=1, text="x", at=AT, seals=SEALS
        ),
        "preparing.prepare": lambda c, v: preparing.prepare(
            c, v, conversation, {"progress": "x"}, based_on=0, at=AT, seals=SEALS
        ),
        "preparing.share": lambda c, v: preparing.share(
            c, v, conversation, with_weeks=True, at=AT, seals=SEALS, policy=POLICY
        ),
        "preparing.take_back": lambda c, v: preparing.take_back(c, v, conversation, at=AT),
        "preparing.own_preparation": lambda c, v: preparing.own_preparation(c, v, conversation, SEALS),
        "preparing.read_shared": lambda c, v: preparing.read_shared(c, v, conversation, day=TODAY, seals=SEALS),
        "steps.agree_step": lambda c, v: steps.agree_step(
            c, v, conversation, text="x", mine=True, due=due, at=AT, seals=SEALS
        ),
        "steps.change_step": lambda c, v: steps.change_step(
            c, v, step, based_on=1, text="x", mine=True, due=due, at=AT, seals=SEALS
        ),
        "steps.finish_step": lambda c, v: steps.finish_step(c, v, step, at=AT),
        "steps.drop_step": lambda c, v: steps.drop_step(c, v, step, at=AT),
        "steps.carry_over": lambda c, v: steps.carry_over(c, v, (step,), into=pair, at=AT, seals=SEALS),
        "views.conversation_page": lambda c, v: views.conversation_page(c, v, conversation, seals=SEALS, as_of=TODAY),
        "views.steps_of": lambda c, v: views.steps_of(c, v, pair, seals=SEALS, as_of=TODAY),
        "views.past_conversations": lambda c, v: views.past_conversations(c, v, pair),
        "feedback.decline_feedback": lambda c, v: feedback.decline_feedback(c, v, between["question"], at=AT),
        "feedback.give_feedback": lambda c, v: feedback.give_feedback(
            c, v, code_of("max"), notice="x", impact="", options="", about=TODAY, recognition=False, at=AT, seals=SEALS,
            answers=between["question"],
        ),
    }  # fmt: skip


LISTS = {
    "health.own_team",
    "preparing.own_picture",
    "calendar_file.calendar_file",
    "views.conversations",
    "feedback.feedback_of",
    "pairs.renew_own",
    "pairs.propose_coaching",
    "feedback.ask_for_feedback",
}


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_gets_in_by_any_function(between: dict[str, Any], who: str) -> None:
    """A colleague, the next manager, the leader above, HR and administrators who work here too, one with all roles and no
    person, and one whose code differs by its case: refused everywhere, with one and the same sentence as for nothing at all."""
    talk: Talk = between["talk"]
    viewer = talk.viewer(who)
    for name, call in calls(between).items():
        with talk.engine.connect() as connection:
            with pytest.raises(NoPermission) as refused:
                call(connection, viewer)
            assert not any(word in str(refused.value) for word in WORDS), name
            connection.rollback()
    home = talk.home(who)
    assert not [card for card in (*home.pairs, *home.ended) if card.id == between["pair"]]
    assert talk.inbox(who) == ()
    nothing = {**between, "pair": 10**6, "conversation": 10**6, "step": "0" * 32, "question": "0" * 32}
    for name, call in calls(nothing).items():
        with talk.engine.connect() as connection:
            told = []
            for attempt in (call, calls(between)[name]):
                with pytest.raises(NoPermission) as refused:
                    attempt(connection, viewer)
                told.append(str(refused.value))
                connection.rollback()
            assert told[0] == told[1], name


def test_the_attacks_see_a_rule_that_is_broken(between: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the conditions taken away the same calls succeed for a colleague, so it is the conditions that refuse."""
    for module in (visibility, views, preparing, steps, commands, feedback):
        for condition in ("own_pairs", "own_conversations", "own_feedback"):
            if hasattr(module, condition):
                monkeypatch.setattr(module, condition, lambda _: true())
    talk: Talk = between["talk"]
    note = talk.page("bo", between["conversation"]).note
    assert note is not None and note.words.text == "sandpiper"
    shown = talk.shown(between["conversation"], "bo")
    assert shown is not None  # found, though the seal, which knows the two people, may still not open
    assert len(talk.inbox("bo")) == 2
    assert len(talk.steps("bo", between["pair"])) == 1


def test_the_table_of_attacks_is_whole() -> None:
    """Every public function of the area that takes a viewer is attacked above, or lists what is the viewer's own."""
    named = set(calls({"pair": 1, "conversation": 1, "step": "", "question": ""})) | LISTS
    found = set()
    for module in (pairs, commands, preparing, steps, views, feedback, health, calendar_file):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and "viewer" in inspect.signature(function).parameters:
                found.add(f"{module.__name__.rpartition('.')[2]}.{name}")
    assert found == named


def test_the_two_get_in_where_the_others_do_not(between: dict[str, Any]) -> None:
    """The same table of calls, by Ann: views answer, so that the refusals above mean something."""
    talk: Talk = between["talk"]
    for name in ("views.conversation_page", "views.steps_of", "views.past_conversations", "preparing.own_preparation"):
        with talk.engine.connect() as connection:
            assert calls(between)[name](connection, talk.viewer("ann")) is not None


def test_of_the_two_neither_reads_what_the_other_keeps_private(between: dict[str, Any]) -> None:
    """Max sees what Ann shared, not what she wrote afterwards; Ann sees nothing of what Max has not shared."""
    talk: Talk = between["talk"]
    everything = repr(
        [
            talk.page("max", between["conversation"]),
            talk.shown(between["conversation"], "max"),
            talk.prepared(between["conversation"], "max"),
            talk.home("max"),
        ]
    )
    assert "kestrel" in everything and "quillwort" in everything and "bramble" not in everything
    for_ann = repr([talk.page("ann", between["conversation"]), talk.shown(between["conversation"], "ann")])
    assert "quillwort" not in for_ann


def test_the_former_manager_keeps_the_old_notes_and_sees_nothing_new(between: dict[str, Any]) -> None:
    """And the new one sees nothing old, in either direction."""
    talk: Talk = between["talk"]
    talk.manager_becomes("mia")
    new = talk.plan("ann", talk.pair("mia"))
    talk.write(new, "wholly new")
    assert talk.page("max", between["conversation"]).note is not None
    with pytest.raises(NoPermission):
        talk.page("max", new)
    with pytest.raises(NoPermission):
        talk.page("mia", between["conversation"])
    assert talk.card("max", "ann").planned == ()


# --- from the database ------------------------------------------------------------------------------------------------


def test_neither_database_nor_backup_holds_a_word_or_the_key(between: dict[str, Any], tmp_path: Path) -> None:
    """Every column of every row, the file itself with its log, and the backup: none of the words, no key."""
    talk: Talk = between["talk"]
    needles = [*(word.encode() for word in WORDS), KEY.encode()]
    with talk.engine.connect() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert len(rows) > 50
    assert not any(needle in repr(tuple(row)).encode() for row in rows for needle in needles)

    file = tmp_path / "backup.zip"
    backup(talk.engine, file, at=AT, actor="test")
    with zipfile.ZipFile(file) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert b"shared_note" in held
    assert not any(needle in held for needle in needles)
    path = talk.engine.url.database
    if talk.url.startswith("sqlite") and path:
        raw = b"".join(each.read_bytes() for each in Path(path).parent.glob(Path(path).name + "*"))
        assert b"Co/A/One" in raw
        assert not any(needle in raw for needle in needles)


def test_rows_that_somebody_moves_in_the_database_do_not_open(between: dict[str, Any]) -> None:
    """An administrator of the database who gives Ann's texts to Bo: each opens for Ann, and for nobody else anywhere else."""
    talk: Talk = between["talk"]
    bo_pair = talk.pair("max", "bo")
    mine = talk.plan("bo", bo_pair)
    talk.write(mine, "of Bo", who="bo")
    talk.prepare(mine, who="bo", progress="of Bo")
    with talk.engine.begin() as connection:
        ann, bo = (codes(connection)[code_of(name)] for name in ("ann", "bo"))
        note = connection.scalars(
            select(SharedNote.sealed).where(SharedNote.conversation_id == between["conversation"])
        ).one()
        private = connection.scalars(select(Preparation.sealed).where(Preparation.person_id == ann)).one()
        connection.execute(update(SharedNote).where(SharedNote.conversation_id == mine).values(sealed=note))
        connection.execute(update(Preparation).where(Preparation.person_id == bo).values(sealed=private))
        connection.execute(update(NextStep).values(pair_id=bo_pair))
        connection.execute(update(Feedback).where(Feedback.id == between["given"]).values(to_id=bo))
    page = talk.page("bo", mine)
    assert page.note is not None
    assert [page.note.words.why, talk.prepared(mine, "bo").why] == [MOVED, MOVED]
    assert [step.words.why for step in page.steps] == [MOVED]
    assert [(item.notice, item.why) for item in talk.inbox("bo")] == [("", MOVED)]

    with talk.engine.begin() as connection:  # the private text put where the shared one stands
        connection.execute(update(Preparation).where(Preparation.person_id == ann).values(shared_sealed=private))
    shown = talk.shown(between["conversation"], "max")
    assert shown is not None
    assert (dict(shown.answers), shown.why) == ({}, MOVED)


def test_a_pair_or_a_conversation_given_to_somebody_else_does_not_open(between: dict[str, Any]) -> None:
    """The manager of the pair is exchanged in the database, or the conversation is hung under another pair."""
    talk: Talk = between["talk"]
    with talk.engine.begin() as connection:
        mia = codes(connection)[code_of("mia")]
        connection.execute(update(Pair).where(Pair.id == between["pair"]).values(lead_id=mia))
    page = talk.page("mia", between["conversation"])
    assert page.note is not None and page.note.words.why == MOVED
    shown = talk.shown(between["conversation"], "mia")
    assert shown is not None and shown.why == MOVED
    with talk.engine.begin() as connection:
        connection.execute(
            update(Conversation)
            .where(Conversation.id == between["conversation"])
            .values(pair_id=talk.pair("max", "bo"))
        )
    page = talk.page("bo", between["conversation"])
    assert page.note is not None and page.note.words.why == MOVED


# --- by construction --------------------------------------------------------------------------------------------------

TABLES = {"Pair", "PairPause", "Conversation", "Preparation", "SharedNote", "NextStep", "Feedback"}
CONDITIONS = {
    "own_pairs",
    "own_conversations",
    "own_feedback",
    "own_person",
    "_own",
    "_own_step",
    "_of_own_conversation",
}
READS_FOR_NOBODY = {
    "core.rhythm.pairs._renew",  # brings pairs up to the roster; returns how many
    "core.rhythm.pairs._begin",
    "core.rhythm.pairs.let_go",  # removes empty pairs of people whose delivery is taken back; says only whether it may
    "core.rhythm.pairs.propose_coaching",  # asks whether the viewer's own pair with that person exists
    "core.rhythm.pairs.pause",  # days of a pair that `active_pair` has found to be the viewer's
    "core.rhythm.pairs.end_pause",  # the same
    "core.rhythm.commands.plan",
    "core.rhythm.rotation._all_texts",  # seals again
    "core.rhythm.rotation.refuse_a_wrong_key",
    "core.rhythm.clock.rhythms",  # under the conditions of its callers: own pairs, or counts that are then protected
    "core.rhythm.release._due",  # the first day of any pair: which quarters there are
    "core.rhythm.quarter._slots",  # days of all manager pairs, for the shares of units, which leave core protected
    "core.rhythm.views._last_held",
}
OF_NO_VIEWER = {("release.py", "rosters.week(week).units")}  # where the people of a protected share are
WRITES_THE_DEMONSTRATION = {"core/demo/talk.py", "core/demo/talk_own.py"}


def statements(function: ast.FunctionDef) -> list[ast.Call]:
    """Calls of `select` and `update` in a function."""
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("select", "update")
    ]


def test_every_function_that_reads_these_tables_names_the_condition() -> None:
    """A new function fails here until its statement is narrowed to the viewer's person, or it is listed with a reason."""
    seen = set()
    for path in sorted((ROOT / "core" / "rhythm").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not statements(node):
                continue
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            name = f"core.rhythm.{path.stem}.{node.name}"
            if names & TABLES:
                seen.add(name)
                assert names & CONDITIONS or name in READS_FOR_NOBODY, name
    assert {"core.rhythm.views.conversations", "core.rhythm.steps._open_step"} <= seen


def test_nobody_else_names_these_tables() -> None:
    """No page, no command and no other area; what declares the schema names one of them, and the demonstration writes them."""
    namers = set()
    for folder in ("core", "pages", "server"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "core.rhythm.tables" in text and path.parent.name != "rhythm":
                namers.add(path.relative_to(ROOT).as_posix())
    assert namers == {"core/declared.py"} | WRITES_THE_DEMONSTRATION


def test_no_function_of_the_area_asks_for_a_role() -> None:
    """What is between two people does not depend on what else they are."""
    for path in sorted((ROOT / "core" / "rhythm").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            asks = isinstance(node, ast.Attribute) and node.attr in ("roles", "units", "reports")
            assert not asks or (path.name, ast.unparse(node)) in OF_NO_VIEWER, path


def test_dates_of_the_shared_picture_are_only_the_author_s(between: dict[str, Any]) -> None:
    """The area imports the view of own weeks, and calls it with the viewer that it was given."""
    source = inspect.getsource(import_module("core.rhythm.preparing"))
    called = [
        ast.unparse(node.args[1])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "my_week"
    ]
    assert called == ["viewer"]
