"""Notes about units: who reads, who writes, what may be said, and that no wording is ever lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from core.access.accounts import add_user
from core.access.changes import verify
from core.access.refusals import NoPermission, Refused
from core.access.tables import ChangeLog
from core.access.viewer import Viewer
from core.people.mentions import mentions_somebody
from core.people.tables import Person
from core.policy import Policy
from core.workload.commands import ChangedMeanwhile, add_note, edit_note, withdraw_note
from core.workload.note_text import ABOUT_WORK, LONGEST, checked, counts_few_people
from core.workload.notes_views import may_write, notes_of
from core.workload.tables import UnitNote, UnitNoteVersion
from tests.organisations import NOW, POLICY, WEEK, employ, people_in

UNIT = "Co/A/One"
TEXT = "The launch took evenings; it is over."


class Desk:
    """Accounts and shorthands on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        employ(engine, people_in({"Co/A/One": 6, "Co/A/Two": 6, "Co/B/Three": 6}))
        roles: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
            "leader": (("leader",), ("Co",), ""),
            "hr": (("hr",), (), ""),
            "manager": (("manager", "employee"), ("Co/A/One",), "Co/A/Two"),
            "other": (("manager",), ("Co/B",), ""),
            "employee": (("employee",), (), "Co/A/One"),
            "admin": (("admin",), (), ""),
        }
        self.viewers: dict[str, Viewer] = {}
        for name, (held, units, own) in roles.items():
            with engine.begin() as connection:
                number = add_user(
                    connection, name=name, display_name=f"The {name}", password_hash="-", roles=held, units=units,
                    at=NOW, actor="test",
                )  # fmt: skip
            self.viewers[name] = Viewer(number, name, f"The {name}", held, units, own)

    def add(
        self, who: str = "manager", text: str = TEXT, unit: str = UNIT, week: date = WEEK, at: datetime = NOW
    ) -> int:
        with self.engine.begin() as connection:
            return add_note(connection, self.viewers[who], unit=unit, week=week, text=text, at=at, policy=POLICY)

    def edit(self, note: int, text: str, based_on: int = 1, who: str = "manager", at: datetime = NOW) -> int:
        with self.engine.begin() as connection:
            return edit_note(connection, self.viewers[who], note, based_on=based_on, text=text, at=at, policy=POLICY)

    def withdraw(self, note: int, who: str = "manager") -> None:
        with self.engine.begin() as connection:
            withdraw_note(connection, self.viewers[who], note, at=NOW)

    def read(self, who: str = "leader", unit: str = UNIT, policy: Policy = POLICY) -> tuple[Any, ...]:
        with self.engine.connect() as connection:
            return notes_of(connection, self.viewers[who], unit, policy)

    def wordings(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(select(UnitNoteVersion.text).order_by(UnitNoteVersion.id)))


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """A small company on SQLite and on PostgreSQL."""
    return Desk(engine)


@pytest.fixture
def small(sqlite_engine: Engine) -> Desk:
    """The same on SQLite only, where the database does not matter."""
    return Desk(sqlite_engine)


def test_a_note_is_read_by_whoever_sees_the_number(desk: Desk) -> None:
    """Leader, HR, manager and the unit's own people read it; another manager and the administrator do not."""
    number = desk.add(text="  The launch took evenings; it is over.\n")

    for who in ("leader", "hr", "manager", "employee"):
        (note,) = desk.read(who)
        assert (note.id, note.week, note.text, note.author) == (number, WEEK, TEXT, "The manager")
        assert (note.written_at, note.edited_at, note.versions, note.version) == (NOW, None, (), 1)
        assert note.mine == note.may_edit == (who == "manager")
    for who in ("other", "admin"):
        with pytest.raises(NoPermission, match="not a unit that you may see"):
            desk.read(who)


def test_the_own_line_reads_only_while_the_policy_opens_it(desk: Desk) -> None:
    """With `unit_means_for_everyone` off an employee reads no note; the unit above is open with it on."""
    desk.add("leader", unit="Co/A")
    closed = POLICY.model_copy(update={"unit_means_for_everyone": False})

    assert len(desk.read("employee", "Co/A")) == 1
    with pytest.raises(NoPermission):
        desk.read("employee", "Co/A", closed)


def test_a_unit_that_does_not_exist_reads_like_one_out_of_scope(desk: Desk) -> None:
    """Nothing tells the two apart."""
    messages = []
    for unit in ("Co/B/Three", "Co/B/Never"):
        with pytest.raises(NoPermission) as refused:
            desk.read("manager", unit)
        messages.append(str(refused.value).replace(unit, "UNIT"))
    assert messages[0] == messages[1]


@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("employee", "Co/A/One"),
        ("admin", "Co/A/One"),
        ("other", "Co/A/One"),
        ("manager", "Co/A/Two"),
        ("manager", "Co/A"),
    ],
)
def test_writing_needs_a_role_that_covers_the_unit(small: Desk, who: str, unit: str) -> None:
    """An own line (as of a manager in another team) lets nobody write."""
    with pytest.raises(NoPermission, match="written by those who lead"):
        small.add(who, unit=unit)
    with small.engine.connect() as connection:
        assert not may_write(connection, small.viewers[who], unit)
        assert may_write(connection, small.viewers["hr"], unit)


def test_only_the_author_rewords_and_hr_may_withdraw(desk: Desk) -> None:
    """Not the leader above; HR answers for what is left on the screens, and rewords nothing."""
    number = desk.add()

    for who in ("leader", "hr"):
        with pytest.raises(NoPermission, match="only its author"):
            desk.edit(number, "Another story.", who=who)
    with pytest.raises(NoPermission, match="only its author"):
        desk.withdraw(number, who="leader")
    assert desk.read()[0].text == TEXT
    assert [desk.read(who)[0].may_withdraw for who in ("manager", "leader", "hr", "employee")] == [
        True,
        False,
        True,
        False,
    ]
    desk.withdraw(number, who="hr")
    assert desk.read() == ()


def test_an_author_who_lost_the_unit_changes_nothing_any_more(small: Desk) -> None:
    """Authorship alone is not enough; the role must still cover the unit."""
    number = small.add()
    small.viewers["manager"] = replace(small.viewers["manager"], units=("Co/B",), own_unit="Co/A/One")

    assert (small.read("manager")[0].mine, small.read("manager")[0].may_edit) == (True, False)
    with pytest.raises(NoPermission):
        small.edit(number, "Another story.")


def test_every_wording_is_kept_and_shown(desk: Desk) -> None:
    """The newest stands in front; the older ones follow with author and time, oldest first."""
    number = desk.add()
    later = NOW + timedelta(hours=3)
    assert desk.edit(number, "The launch is over.", at=later) == 2
    assert desk.edit(number, "The launch is over and done.", based_on=2, at=later) == 3

    (note,) = desk.read("employee")
    assert (note.text, note.version, note.written_at, note.edited_at) == ("The launch is over and done.", 3, NOW, later)
    assert [(each.version, each.text, each.author, each.at) for each in note.versions] == [
        (1, TEXT, "The manager", NOW),
        (2, "The launch is over.", "The manager", later),
    ]


def test_the_same_words_again_are_no_new_wording(small: Desk) -> None:
    """Nothing is written, nothing is logged."""
    number = small.add()
    assert small.edit(number, f" {TEXT} ") == 1
    assert small.wordings() == [TEXT]
    with small.engine.connect() as connection:
        actions = list(connection.scalars(select(ChangeLog.action)))
    assert actions.count("note added") == 1
    assert "note changed" not in actions


def test_an_edit_of_an_old_wording_is_refused_with_both_texts(desk: Desk) -> None:
    """What was to be saved and what stands now are both in hand, and nothing was overwritten."""
    number = desk.add()
    desk.edit(number, "First come.")

    with pytest.raises(ChangedMeanwhile, match="Your text is kept; compare before saving") as refused:
        desk.edit(number, "Second come.", based_on=1)

    assert (refused.value.theirs.text, refused.value.theirs.version) == ("First come.", 2)
    assert refused.value.yours == "Second come."
    assert desk.wordings() == [TEXT, "First come."]
    assert desk.edit(number, "Second come.", based_on=2) == 3


def test_of_two_edits_at_the_same_moment_one_is_told(desk: Desk) -> None:
    """Both are based on the first wording; one is saved, the other is refused with its text kept."""
    number = desk.add()
    together = Barrier(2)

    def edit(text: str) -> object:
        together.wait(timeout=20)
        try:
            return desk.edit(number, text)
        except ChangedMeanwhile as conflict:
            return conflict

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(edit, ("One way.", "Another way.")))

    assert done.count(2) == 1
    (conflict,) = (each for each in done if isinstance(each, ChangedMeanwhile))
    assert {conflict.theirs.text, conflict.yours} == {"One way.", "Another way."}
    assert desk.wordings() == [TEXT, conflict.theirs.text]


def test_a_withdrawn_note_leaves_the_screens_and_stays_on_record(desk: Desk) -> None:
    """It can neither be read nor changed; its wordings are still in SQL."""
    number = desk.add()
    desk.withdraw(number)

    assert desk.read() == ()
    with pytest.raises(NoPermission):
        desk.edit(number, "Again.")
    with pytest.raises(NoPermission):
        desk.withdraw(number)
    assert desk.wordings() == [TEXT]


def test_the_change_log_says_that_a_note_changed_and_not_what_it_says(desk: Desk) -> None:
    """One entry each, chained, without a word of the text."""
    number = desk.add()
    desk.edit(number, "Something about evenings.")
    desk.withdraw(number)

    with desk.engine.connect() as connection:
        entries = connection.execute(
            select(ChangeLog).where(ChangeLog.action.like("note%")).order_by(ChangeLog.id)
        ).all()
        assert verify(connection).broken_at is None
    assert [(each.action, each.actor, each.subject) for each in entries] == [
        (action, "manager", f"unit {UNIT}") for action in ("note added", "note changed", "note withdrawn")
    ]
    assert entries[0].detail == {"note": number, "week": WEEK.isoformat(), "version": 1}
    assert not any("evenings" in str(each.detail) for each in entries)


def test_a_refused_note_leaves_nothing_behind(desk: Desk) -> None:
    """One transaction: no note without words, no entry in the log."""
    for text in ("", "Two people left.", "Ask Co/A/One#0."):
        with pytest.raises(Refused):
            desk.add(text=text)
    with desk.engine.connect() as connection:
        assert connection.execute(select(UnitNote)).all() == []
        assert "note added" not in connection.scalars(select(ChangeLog.action)).all()


@pytest.mark.parametrize(
    ("week", "why"), [(WEEK + timedelta(days=1), "named by its Monday"), (date(2026, 2, 23), "has not begun")]
)
def test_a_note_speaks_of_a_week_that_has_begun(small: Desk, week: date, why: str) -> None:
    """Mondays up to the current week."""
    with pytest.raises(Refused, match=why):
        small.add(week=week)


def test_notes_come_newest_week_first(small: Desk) -> None:
    """Within a week the one written last."""
    for week, text in ((WEEK, "one"), (WEEK - timedelta(weeks=3), "old"), (WEEK, "again")):
        small.add(text=text, week=week)
    assert [note.text for note in small.read()] == ["again", "one", "old"]


# --- what may be said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_a_note_needs_words(text: str) -> None:
    """Blanks are none."""
    with pytest.raises(Refused, match="needs words"):
        checked(text, 5)


def test_a_note_holds_a_thousand_characters_after_trimming() -> None:
    """One more is refused; composed and decomposed letters count alike."""
    assert checked(f"  {'x' * LONGEST}  ", 5) == "x" * LONGEST
    assert checked("e\u0301" * LONGEST, 5) == "\u00e9" * LONGEST
    with pytest.raises(Refused, match="1,001"):
        checked("x" * (LONGEST + 1), 5)


@pytest.mark.parametrize(
    "text",
    [
        "two people", "One person left.", "3 colleagues", "Four new employees joined", "a couple of people", "1 member",
        "THREE PERSONS", "two of our people", "a single colleague", "2 team members", "one-person rota", "0 employees",
        "in 3\u00a0people's hands", "a pair of colleagues", "3-4 people", "two\npeople",
    ],
)  # fmt: skip
def test_a_small_count_of_people_is_seen(text: str) -> None:
    """In digits and in words, with a word or two between."""
    assert counts_few_people(text, 5)
    with pytest.raises(Refused, match="fewer than 5 people"):
        checked(text, 5)


@pytest.mark.parametrize(
    "text",
    [
        "five people", "12 people", "104 colleagues", "1,200 employees", "two teams", "four weeks", "someone", "people",
        "one service, people on call", "two weeks of people working late", "phase 14 people", "the team grew",
        "1.5 hours a person", "two peoples",
    ],
)  # fmt: skip
def test_other_counts_are_not(text: str) -> None:
    """From five people on, and of anything that is not people."""
    assert not counts_few_people(text, 5)


def test_the_bar_of_counts_follows_the_policy() -> None:
    """Under a k of 8, seven people are too few to name."""
    assert counts_few_people("seven people", 8)
    assert counts_few_people("7 people", 8)
    assert not counts_few_people("eight people", 8)


@given(count=st.integers(0, 40), k=st.integers(5, 20), between=st.sampled_from(["", "new ", "of our "]))
def test_a_count_is_seen_exactly_below_k(count: int, k: int, between: str) -> None:
    """An independent reading: the number itself against k."""
    assert counts_few_people(f"After {count} {between}colleagues joined", k) == (count < k)


@pytest.fixture
def mentions(sqlite_engine: Engine) -> Callable[[str], bool]:
    """Whether a text speaks of one of six people with ordinary and awkward names."""
    people = (
        ("E-1007", "Zoë Müller", "zoe.mueller@example.org"),
        ("12", "Ann Lee", None),
        ("20417", "Jean-Luc  Picard", None),
        ("bf361ad4-fc29", None, None),
        ("E-1011", "May", "may@example.org"),
        ("E-1012", "O.", "o@example.org"),
    )
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Person), [{"code": c, "name": n, "email": e} for c, n, e in people])
        add_user(
            connection, name="ann", display_name="Annie Lee-Smith", password_hash="-", roles=("employee",),
            person_code="12", at=NOW, actor="test",
        )  # fmt: skip
        add_user(
            connection,
            name="boss",
            display_name="Head of Products",
            password_hash="-",
            roles=("hr",),
            at=NOW,
            actor="t",
        )

    def asked(text: str) -> bool:
        with sqlite_engine.connect() as connection:
            return mentions_somebody(connection, text)

    return asked


@pytest.mark.parametrize(
    "text",
    [
        "Ask Zoë Müller.", "ZOE\u0308 MU\u0308LLER", "zoë  müller's rota", "zoë\nmüller", "(e-1007)", "Zoe.Mueller@Example.org",
        "Ann Lee, on call", "jean-luc picard", "20417", "BF361AD4-FC29", "May is away", "annie lee-smith",
    ],
)  # fmt: skip
def test_somebody_on_the_roster_is_recognised(mentions: Callable[[str], bool], text: str) -> None:
    """Full name, id or e-mail, in any case and either form of Unicode."""
    assert mentions(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "12 weeks of it", "Annabel Leeds", "Joann Lee's", "Ann Leeson", "120417", "it may pass", "Zoë", "Müller",
        "E-10071", "Head of Products decided", "the rota has grown",
    ],
)  # fmt: skip
def test_parts_of_words_and_everyday_words_are_nobody(mentions: Callable[[str], bool], text: str) -> None:
    """A first name alone, a longer word, a short number, a month, a title."""
    assert not mentions(text)


def test_a_note_about_somebody_is_refused_without_naming_them(small: Desk) -> None:
    """The rule is named, the person is not; nobody learns from the answer who is on the roster by another name."""
    with pytest.raises(Refused) as refused:
        small.add(text="It was co/a/two#3 again.")
    assert str(refused.value) == ABOUT_WORK
    assert "#3" not in str(refused.value)
