"""The story behind the number on the screen: read by those who see the number, written in a dialog, never lost."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from core.access.accounts import account_id
from core.access.viewer import Viewer
from core.calendar import WEEK, last_closed_week, now
from core.people.views import load_viewer
from core.policy import Policy
from core.workload.commands import add_note, edit_note
from core.workload.tables import UnitNote, UnitNoteVersion
from tests.organisations import employ, people_in

UNIT, SLUG = "Northwind/Products/Payments", "northwind.products.payments"
TEXT = "The launch took evenings *and* more; it is over."
DAY = date(2026, 3, 18)
NEWEST = last_closed_week(DAY, Policy().close_after_days)


def panel() -> None:
    """The script under test: the part of a page that draws notes."""
    from pages.parts.notes import notes

    notes("Northwind/Products/Payments", "northwind.products.payments")


@pytest.fixture
def people(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A roster; the screen's day stands still."""
    employ(database, people_in({UNIT: 6, "Northwind/Products/Design": 6}))
    monkeypatch.setattr("pages.parts.note_forms.today", lambda: DAY)
    return database


def viewer_of(engine: Engine, name: str) -> Viewer:
    """The account as a viewer."""
    with engine.connect() as connection:
        found = load_viewer(connection, account_id(connection, name), DAY)
    assert found is not None
    return found


def written(engine: Engine, text: str = TEXT, week: date = NEWEST) -> int:
    """A note of the manager's."""
    with engine.begin() as connection:
        viewer = viewer_of(engine, "manager")
        return add_note(connection, viewer, unit=UNIT, week=week, text=text, at=now(), policy=Policy())


@pytest.fixture
def seen_by(people: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AppTest]:
    """Draws the notes for an account."""

    def draw(name: str) -> AppTest:
        viewer = viewer_of(people, name)
        monkeypatch.setattr("pages.parts.session.viewer", lambda: viewer)
        return AppTest.from_function(panel, default_timeout=30).run()

    return draw


def words(at: AppTest) -> str:
    """Everything that is said, as people read it."""
    return " ".join(part.value for part in [*at.subheader, *at.markdown, *at.caption, *at.warning]).replace("\\", "")


def press(at: AppTest, opener: str, *others: str) -> AppTest:
    """Press buttons in one run: the one that opens a dialog, and what is pressed inside it."""
    for key in (opener, *others):
        next(button for button in at.button if button.key == key or key in str(button.key)).set_value(True)
    return at.run()


def texts(engine: Engine) -> list[str]:
    """Every wording on record."""
    with engine.connect() as connection:
        return list(connection.scalars(select(UnitNoteVersion.text).order_by(UnitNoteVersion.id)))


def labels(at: AppTest) -> set[str]:
    """The labels of all buttons."""
    return {button.label for button in at.button}


def test_where_nobody_has_written_the_panel_says_so(seen_by: Callable[[str], AppTest]) -> None:
    """Those who may write are offered to."""
    at = seen_by("manager")
    assert "Nobody has written down why yet." in words(at)
    assert labels(at) == {"Write down why"}


def test_a_note_is_shown_with_week_author_and_day(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """As text: nothing in it becomes a format. Who did not write it can read it, and change nothing."""
    written(people)
    at = seen_by("hr")

    assert TEXT in words(at)
    assert any("\\*and\\*" in part.value for part in at.markdown)
    assert "From the week of 2 Mar" in words(at)
    assert "Manager of Northwind" in words(at)
    assert labels(at) == {"Write down why", "Withdraw"}  # HR answers for notes, too


def test_earlier_wordings_can_be_read(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """Behind a popover, with the day of the edit beside the newest."""
    number = written(people)
    with people.begin() as connection:
        edit_note(
            connection, viewer_of(people, "manager"), number, based_on=1, text="It is over.", at=now(), policy=Policy()
        )
    at = seen_by("leader")

    assert "It is over." in words(at)
    assert TEXT in words(at)
    assert ", edited" in words(at)


def test_who_does_not_see_the_number_sees_no_story(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """Nothing is drawn, not even that there is something."""
    written(people)
    assert words(seen_by("admin")) == ""


def test_a_note_is_written_in_the_dialog(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """For the newest closed week unless another one is chosen; who will read it is said before."""
    at = press(seen_by("manager"), f"note_add_{SLUG}")
    assert at.selectbox[0].value == NEWEST
    assert len(at.selectbox[0].options) == 26
    assert "Everybody who sees this unit's numbers reads it" in words(at)

    at.text_area[0].set_value("The launch.")
    at.selectbox[0].set_value(NEWEST - 3 * WEEK)
    press(at, f"note_add_{SLUG}", f"note_form_{SLUG}")

    assert texts(people) == ["The launch."]
    with people.connect() as connection:
        assert connection.scalar(select(UnitNote.week)) == NEWEST - 3 * WEEK


def test_a_refused_text_is_kept_and_the_reason_said(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """A small count is named with what to write instead."""
    at = press(seen_by("manager"), f"note_add_{SLUG}")
    at.text_area[0].set_value("Two people left.")
    at = press(at, f"note_add_{SLUG}", f"note_form_{SLUG}")

    assert "A note must not count fewer than 5 people" in words(at)
    assert at.text_area[0].value == "Two people left."
    assert texts(people) == []


def test_an_edit_of_what_changed_meanwhile_shows_both_texts(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """Nothing is overwritten by the first save; saving again, with both in view, is a decision."""
    number = written(people)
    opener, form = f"note_edit_{number}", f"note_edit_form_{number}"
    at = press(seen_by("manager"), opener)
    based_on = at.session_state[f"note_based_on_{number}"]
    with people.begin() as connection:
        edit_note(
            connection, viewer_of(people, "manager"), number, based_on=1, text="Theirs.", at=now(), policy=Policy()
        )
    at.text_area[0].set_value("Mine.")
    at = press(at, opener, form)

    assert based_on == 1
    assert "It now reads: Theirs." in words(at)
    assert at.text_area[0].value == "Mine."
    assert texts(people) == [TEXT, "Theirs."]
    press(at, opener, form)
    assert texts(people) == [TEXT, "Theirs.", "Mine."]


def test_withdrawing_asks_first(people: Engine, seen_by: Callable[[str], AppTest]) -> None:
    """Opening the question withdraws nothing; the answer does, and the wording stays on record."""
    number = written(people)
    at = press(seen_by("manager"), f"note_withdraw_{number}")
    assert "It disappears from every screen." in words(at)
    assert TEXT in words(at.run())

    press(press(at, f"note_withdraw_{number}"), f"note_withdraw_{number}", f"note_gone_{number}")
    assert "Nobody has written down why yet." in words(seen_by("leader"))
    assert texts(people) == [TEXT]
