"""One conversation on the screen: prepared in private, shared, noted together, held; and closed to everybody else."""

import logging
from collections.abc import Callable

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.access.reads import looks_at_own
from core.access.tables import AccessLog
from core.calendar import WEEK, monday_of
from core.rhythm.guides import PROMPTS
from core.rhythm.preparing import LOOK, take_back
from pages.parts.plain import lines
from tests.core.rhythm.talk import ACCOUNTS, AT, DAY, TODAY, Talk, code_of
from tests.organisations import deliver, people_in
from tests.pages.talking import NAMES, Enter, Talking, buttons, press, sent, words

ONE = "conversation.py"
SECRETS = ("kestrel", "bramble", "quillwort", "sandpiper", "larkspur")


@pytest.fixture
def number(talking: Talking) -> int:
    """A planned check-in of Ann and Max."""
    return talking.talk.plan()


def write(at: AppTest, number: int, **answers: str) -> None:
    """Fill prompts in."""
    for name, text in answers.items():
        at.text_area(key=f"preparation_{number}_{name}").set_value(text)


def hours_of_ann(talking: Talking) -> None:
    """Twelve weeks of hers."""
    week = {"contracted": 40.0, "leave": 0.0, "public_holiday": 0.0, "sickness": 8.0}
    facts = {(code_of("ann"), monday_of(TODAY) - (i + 1) * WEEK): {**week, "worked": 38.0 + i} for i in range(12)}
    deliver(talking.engine, people_in({"Co/A/One": 4}), facts, as_of=TODAY)


def test_a_draft_is_kept_and_private(talking: Talking, enter: Enter, number: int) -> None:
    """All five prompts; what is kept is there in another tab, and the other sees that there is nothing to see."""
    at = enter("ann", ONE, conversation=str(number))
    assert [each.label for each in at.text_area][:5] == list(PROMPTS.values())
    write(at, number, progress="kestrel", workload="*two* evenings")
    at = press(at, f"preparation_{number}_keep")

    assert not at.exception
    again = enter("ann", ONE, conversation=str(number))
    assert again.text_area(key=f"preparation_{number}_progress").value == "kestrel"
    other = enter("max", ONE, conversation=str(number))
    assert "kestrel" not in words(other)
    assert "Nothing yet." in words(other)


def test_what_is_shared_is_read_by_the_other_and_the_look_is_on_record(
    talking: Talking, enter: Enter, number: int
) -> None:
    """As text, nothing of it becomes a format; what is written afterwards stays private until it is shared again."""
    at = enter("ann", ONE, conversation=str(number))
    write(at, number, progress="kestrel *as written*")
    at = press(at, f"preparation_{number}_share")
    assert not at.exception
    write(at, number, progress="bramble")
    at = press(at, f"preparation_{number}_keep")
    assert "You have changed it since you shared it." in words(at)

    other = enter("max", ONE, conversation=str(number))
    assert "kestrel *as written*" in words(other)
    assert any("\\*as written\\*" in part.value for part in other.markdown)
    assert "bramble" not in words(other)
    with talking.engine.connect() as connection:
        looks = looks_at_own(connection, talking.talk.viewer("ann"))
    assert LOOK in str(looks)


def test_drawing_a_page_again_is_no_new_look(talking: Talking, enter: Enter, number: int) -> None:
    """One look a day and tab; what is shared anew is read anew, and what is taken back is gone on the next run."""
    talking.talk.prepare(number, progress="kestrel")
    talking.talk.share(number)
    at = enter("max", ONE, conversation=str(number)).run().run()
    with talking.engine.connect() as connection:
        assert connection.scalars(select(AccessLog.reads).where(AccessLog.viewer == "max")).all() == [1]
    assert "kestrel" in words(at)

    talking.talk.prepare(number, 1, progress="sandpiper")
    talking.talk.share(number, at=AT + DAY)
    assert "sandpiper" in words(at.run())
    with talking.engine.begin() as connection:
        take_back(connection, talking.talk.viewer("ann"), number, at=AT)
    assert "sandpiper" not in words(at.run())
    with talking.engine.connect() as connection:
        assert connection.scalars(select(AccessLog.reads).where(AccessLog.viewer == "max")).all() == [2]


def test_what_was_shared_is_taken_back(talking: Talking, enter: Enter, number: int) -> None:
    """One click; the draft stays."""
    talking.talk.prepare(number, progress="kestrel")
    talking.talk.share(number)
    at = press(enter("ann", ONE, conversation=str(number)), "take_back")

    assert at.text_area(key=f"preparation_{number}_progress").value == "kestrel"
    assert "kestrel" not in words(enter("max", ONE, conversation=str(number)))


def test_a_picture_of_the_own_weeks_goes_in_with_one_click(talking: Talking, enter: Enter, number: int) -> None:
    """What exactly is shown stands there before; the other sees hours and that is all, no reason for an absence."""
    hours_of_ann(talking)
    at = enter("ann", ONE, conversation=str(number))
    assert "What exactly is shown of your weeks" in [each.label for each in at.expander]
    assert "No reasons for an absence" in words(at)
    assert len(at.get("plotly_chart")) == 1
    at.checkbox(key=f"preparation_{number}_weeks").set_value(True)
    at = press(at, f"preparation_{number}_share")
    assert not at.exception

    again = enter("ann", ONE, conversation=str(number))
    assert again.checkbox(key=f"preparation_{number}_weeks").value  # sharing again takes nothing out unasked
    assert "sees this as it is now, with a picture of your own weeks." in words(again)

    other = enter("max", ONE, conversation=str(number))
    (chart,) = other.get("plotly_chart")
    assert chart.proto.alt == f"{NAMES['ann']}'s hours worked, week by week over 12 weeks."
    (table,) = [each for each in other.table if len(each.value) == 12]
    assert list(table.value.columns) == ["Worked", "Available", "Note"]


def test_without_the_picture_a_manager_sees_no_hours(talking: Talking, enter: Enter, number: int) -> None:
    """And nothing of theirs is offered to put in: Max has no weeks on record."""
    hours_of_ann(talking)
    talking.talk.prepare(number, progress="kestrel")
    talking.talk.share(number)
    other = enter("max", ONE, conversation=str(number))

    assert not other.get("plotly_chart")
    assert f"preparation_{number}_weeks" not in {each.key for each in other.checkbox}


def test_two_tabs_that_prepare_at_once_lose_nothing(talking: Talking, enter: Enter, number: int) -> None:
    """The second sees both texts; saving again, with both in view, is a decision."""
    at = enter("ann", ONE, conversation=str(number))
    talking.talk.prepare(number, progress="kestrel")
    write(at, number, progress="bramble")
    at = press(at, f"preparation_{number}_keep")

    assert "Nothing is lost." in " ".join(each.proto.title for each in at.warning)
    assert "kestrel" in words(at)
    assert at.text_area(key=f"preparation_{number}_progress").value == "bramble"
    assert talking.talk.prepared(number).answers["progress"] == "kestrel"
    press(at, f"preparation_{number}_keep")
    assert talking.talk.prepared(number).answers["progress"] == "bramble"


def test_both_write_the_shared_note_and_a_conflict_shows_both_texts(
    talking: Talking, enter: Enter, number: int
) -> None:
    """Every version stays readable."""
    mine = enter("ann", ONE, conversation=str(number))
    talking.talk.write(number, "sandpiper", who="max")
    mine.text_area(key=f"note_of_{number}_text").set_value("larkspur")
    mine = press(mine, f"note_of_{number}_save")
    assert "sandpiper" in words(mine)
    assert mine.text_area(key=f"note_of_{number}_text").value == "larkspur"
    mine = press(mine, f"note_of_{number}_save")

    other = enter("max", ONE, conversation=str(number))
    assert other.text_area(key=f"note_of_{number}_text").value == "larkspur"
    assert f"Last changed by {NAMES['ann']}, 2 Mar 2026." in words(other)
    assert "sandpiper" in words(other)


def test_a_text_that_nobody_has_touched_follows_the_newest_version(talking: Talking, enter: Enter, number: int) -> None:
    """What the other saves meanwhile is there on the next run, and saving then is no conflict."""
    mine = enter("ann", ONE, conversation=str(number))
    talking.talk.write(number, "sandpiper", who="max")
    mine = mine.run()
    assert mine.text_area(key=f"note_of_{number}_text").value == "sandpiper"
    mine.text_area(key=f"note_of_{number}_text").set_value("sandpiper and larkspur")
    mine = press(mine, f"note_of_{number}_save")

    assert not mine.warning
    note = talking.talk.page("max", number).note
    assert note is not None and note.words.text == "sandpiper and larkspur"


def test_steps_are_agreed_changed_done_and_dropped(talking: Talking, enter: Enter, number: int) -> None:
    """Each by either of the two; open ones come up in the next conversation."""
    at = press(enter("max", ONE, conversation=str(number)), "add_step")
    at.text_area(key="step_new_text").set_value("Hand the call over")
    at.radio(key="step_new_mine").set_value(False)
    at = press(at, "add_step", "FormSubmitter:step_new")
    assert not at.exception
    assert f"{NAMES['ann']}, by 16 Mar" in words(at)

    (step,) = talking.talk.page("ann", number).steps
    at = press(enter("ann", ONE, conversation=str(number)), f"change_{step.id}")
    at.text_area(key=f"step_text_{step.id}").set_value("Hand the Thursday call over")
    at = press(at, f"change_{step.id}", f"step_change_{step.id}")
    assert "Hand the Thursday call over" in words(at)

    talking.talk.hold(number, TODAY)
    later = talking.talk.plan()
    at = enter("max", ONE, conversation=str(later))
    assert "From an earlier conversation" in words(at)
    at = press(at, f"done_{step.id}")
    assert "Hand the Thursday call over" not in words(at)
    assert "Done 2 Mar" in words(enter("ann", ONE, conversation=str(number)))

    other = talking.talk.agree(later, "Ask again")
    press(enter("ann", ONE, conversation=str(later)), f"drop_{other}")
    assert "Dropped 2 Mar" in words(enter("max", ONE, conversation=str(later)))


def test_it_is_held_moved_and_called_off_where_it_stands(talking: Talking, enter: Enter, number: int) -> None:
    """Called off it keeps what was written and can be planned again; held it says when, and its day can be corrected."""
    talking.talk.write(number, "sandpiper")
    at = press(enter("ann", ONE, conversation=str(number)), "call_off_here")
    at = press(at, "call_off_here", f"call_off_{number}")
    assert at.title[0].value == f"Check-in with {NAMES['max']}, called off."
    assert "sandpiper" in words(at)
    assert "What is due stays due." in words(at)

    at = press(at, "plan_again")
    at.date_input(key=f"move_to_{number}").set_value(TODAY + DAY)
    at = press(at, "plan_again", f"FormSubmitter:move_{number}")
    assert at.title[0].value == f"Check-in with {NAMES['max']} on 3 Mar."

    at = press(at, "held_here")
    at = press(at, "held_here", f"held_here_{number}")
    assert at.title[0].value == f"Check-in with {NAMES['max']}, held on 2 Mar 2026."
    assert "Correct the day" in buttons(at)

    at = press(at, "held_here")
    at = press(at, "held_here", f"not_held_{number}")
    assert at.title[0].value == f"Check-in with {NAMES['max']} on 3 Mar."


def test_after_it_was_held_a_preparation_is_read_and_not_written(talking: Talking, enter: Enter, number: int) -> None:
    """What was shared can still be taken back; who has prepared nothing is offered nothing."""
    talking.talk.prepare(number, progress="kestrel")
    talking.talk.share(number)
    talking.talk.hold(number, TODAY)
    at = enter("ann", ONE, conversation=str(number))
    assert "kestrel" in words(at)
    assert [each.key for each in at.text_area] == [f"note_of_{number}_text"]
    assert "Take it back" in buttons(at)
    assert "Your preparation" not in [each.value for each in enter("max", ONE, conversation=str(number)).header]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Done\n---\nnext", "Done  \n\\---  \nnext"),
        ("Done\n===", "Done  \n\\==="),
        ("- one\n+ two\n3. three\n4) four", "\\- one  \n\\+ two  \n3\\. three  \n4\\) four"),
        ("    four blanks", "\u00a0\u00a0\u00a0\u00a0four blanks"),
        ("# no heading, <b>no</b> [link](x)", "\\# no heading, \\<b\\>no\\</b\\> \\[link\\](x)"),
    ],
)
def test_what_people_write_stays_as_they_wrote_it(written: str, kept: str) -> None:
    """No heading, list, code or link comes of it."""
    assert lines(written) == kept


def test_without_the_key_an_employee_reads_no_word_about_the_server(
    talking: Talking, enter: Enter, number: int, fresh_settings: Callable[..., None]
) -> None:
    """Each text says that it is kept; dates are still there to move, and nothing is offered that would fail."""
    talking.talk.prepare(number, progress="kestrel")
    talking.talk.share(number)
    talking.talk.write(number, "sandpiper")
    talking.talk.agree(number, "larkspur")
    fresh_settings(notes_keys="")
    for name in ("ann", "max"):
        at = enter(name, ONE, conversation=str(number))
        assert not at.exception
        assert "opens again as soon as this server has its key" in words(at)
        assert "EVENKEEL" not in sent(at)
        assert not any(word in sent(at) for word in SECRETS)
        assert {"Move", "We talked", "Call off"} <= buttons(at)
        assert not {"Add a step", "Save the note", "Done"} & buttons(at)


def test_guides_are_there_to_read_and_credited(talking: Talking, enter: Enter, number: int) -> None:
    """GROW and Notice–Impact–Options, with whose idea they are."""
    said = words(enter("max", ONE, conversation=str(number)))
    assert "After John Whitmore, Coaching for Performance, 1992." in said
    assert "Center for Creative Leadership" in said


def test_an_ended_pair_is_readable_and_nothing_is_added(talking: Talking, enter: Enter, number: int) -> None:
    """For both; the new manager sees none of it."""
    talking.talk.write(number, "sandpiper")
    talking.talk.hold(number, TODAY)
    talking.talk.manager_becomes("mia")
    for name in ("ann", "max"):
        at = enter(name, ONE, conversation=str(number))
        assert not at.exception
        assert "sandpiper" in words(at)
        assert "This pair has ended." in words(at)
        assert not at.text_area
        assert not {"We talked", "Correct the day", "Add a step", "Save the note"} & buttons(at)
    assert "sandpiper" not in words(enter("mia", ONE, conversation=str(number)))


# --- attacks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(talking: Talking, number: int) -> int:
    """One text of each kind between Ann and Max, each with a word that stands nowhere else."""
    talk: Talk = talking.talk
    talk.prepare(number, progress="kestrel")
    talk.share(number)
    talk.prepare(number, 1, progress="bramble")
    talk.prepare(number, who="max", obstacles="quillwort")
    talk.write(number, "sandpiper")
    talk.agree(number, "larkspur")
    return number


@pytest.mark.parametrize("name", sorted(set(ACCOUNTS) - {"ann", "max"}))
def test_for_everybody_else_it_looks_as_if_there_were_none(
    talking: Talking, enter: Enter, written: int, name: str
) -> None:
    """A colleague, another manager, the leader, HR, administrators: word for word the same screen as for an unknown number."""
    told = []
    for asked in (str(written), str(written + 999)):
        at = enter(name, ONE, conversation=asked)
        assert not at.exception
        told.append((words(at), sorted(buttons(at))))
        assert not at.text_area
        assert not any(word in sent(at) for word in (*SECRETS, NAMES["ann"]))
    assert told[0] == told[1]
    assert "There is no such conversation of yours." in told[0][0]
    assert not any(word in told[0][0] for word in (*SECRETS, NAMES["ann"]))


@pytest.mark.parametrize("asked", ["", "0", "-1", "1e3", "9" * 30, "2147483648", "²", "1 OR 1=1", "<b>1</b>", "None"])
def test_whatever_stands_in_the_address_is_the_same_calm_screen(
    talking: Talking, enter: Enter, written: int, asked: str
) -> None:
    """No number, none that can be, and text."""
    at = enter("ann", ONE, conversation=asked)
    assert not at.exception
    assert at.title[0].value == "There is no such conversation of yours."


def test_no_word_of_it_reaches_the_log_or_an_exception(
    talking: Talking, enter: Enter, written: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawn, saved with a conflict, and failing in the middle: the screen has a reference, the log has no text."""
    caplog.set_level(logging.DEBUG)
    at = enter("ann", ONE, conversation=str(written))
    talking.talk.write(written, "changed meanwhile", based_on=1, who="max")
    at.text_area(key=f"note_of_{written}_text").set_value("larkspur again")
    press(at, f"note_of_{written}_save")

    def fails(*_: object) -> None:
        raise RuntimeError("the screen breaks")

    monkeypatch.setattr("pages.parts.talk_steps.show", fails)
    broken = enter("ann", ONE, conversation=str(written))
    assert "This page could not be drawn" in words(broken)
    logged = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert "the screen breaks" in logged
    assert not any(word in logged for word in (*SECRETS, "changed meanwhile"))


def test_what_the_other_has_not_shared_is_in_no_part_of_the_page(talking: Talking, enter: Enter, written: int) -> None:
    """Not in hidden elements either: the whole tree that the browser is sent is looked through."""
    for name, private, own in (("max", "bramble", "kestrel"), ("ann", "quillwort", "bramble")):
        at = enter(name, ONE, conversation=str(written))
        assert private not in sent(at)
        assert all(word in sent(at) for word in ("sandpiper", "larkspur", own))
