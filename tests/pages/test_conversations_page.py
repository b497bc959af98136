"""Conversations on the screen: whom one talks with, what is due, and what can be done about it, in every state."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.access.tables import ChangeLog
from core.rhythm.pairs import pause, propose_coaching
from pages.parts import talk_loaders
from tests.core.rhythm.talk import AT, DAY, NEWER, TODAY, code_of
from tests.pages.talking import NAMES, Enter, Talking, buttons, press, words

LIST = "conversations.py"


def choose(at: AppTest, key: str, option: str) -> AppTest:
    """Choose from the menu of a card."""
    next(each for each in at.menu_button if each.key == key).click(option)
    return at.run()


def test_an_employee_reads_with_whom_the_next_one_is(talking: Talking, enter: Enter) -> None:
    """The sentence, a card with badge and days, the ways on, who reads what is written; no figure of a manager."""
    at = enter("ann", LIST)

    assert not at.exception
    assert at.title[0].value == f"Your next conversation is with {NAMES['max']} on 1 Apr."
    said = words(at)
    for text in (
        "Your manager", "On time", "Check-in due 1 Apr", "Review due 1 Jun", "Nothing is overdue.",
        "The two of you. HR, leaders and administrators cannot read this.", "There is no search over it",
    ):  # fmt: skip
        assert text in said, text
    assert {"Prepare", "Plan", "We talked", "Download calendar file", "Propose it to somebody"} <= buttons(at)
    assert "Your own rhythm" not in said


def test_a_manager_reads_whom_they_owe_a_conversation(talking: Talking, enter: Enter) -> None:
    """By name, first of all; and their own rhythm, which nobody else gets."""
    talking.the_day_is(TODAY + 50 * DAY)
    at = enter("max", LIST)

    assert at.title[0].value.replace("\\", "") == f"You owe {NAMES['ann']} and {NAMES['bo']} a conversation."
    said = words(at)
    assert said.count("Overdue") >= 2
    assert "Of 2 conversations that were due in the last 13 weeks, none were on time." in said
    assert "Only you see this" in said


def test_preparing_plans_what_is_due_and_opens_it(talking: Talking, enter: Enter) -> None:
    """One click: it is planned for the day of the cadence, and its number is in the address."""
    at = press(enter("ann", LIST), f"prepare_{talking.pair()}")

    assert not at.exception
    ((number, due, _, _),) = talking.conversations()
    assert due == TODAY + 30 * DAY
    assert at.query_params["conversation"] == str(number)
    assert at.title[0].value == f"Check-in with {NAMES['max']} on 1 Apr."


def test_a_conversation_is_planned_and_moved_from_its_card(talking: Talking, enter: Enter) -> None:
    """Each in a dialog, for the day that the cadence gives unless another one is chosen."""
    pair = talking.pair()
    at = press(enter("max", LIST), f"plan_{pair}")
    assert [each.label for each in at.selectbox] == ["Kind"]
    at = press(at, f"plan_{pair}", "Plan it")
    ((number, due, _, _),) = talking.conversations()
    assert due == TODAY + 30 * DAY
    assert "Check-in planned for 1 Apr" in words(at)

    at = press(at, f"move_{pair}")
    at.date_input(key=f"move_to_{number}").set_value(TODAY + 7 * DAY)
    at = press(at, f"move_{pair}", "Move it")
    assert "Check-in planned for 9 Mar, moved" in words(at)


def test_talking_is_marked_as_held_and_opens_for_the_note(talking: Talking, enter: Enter) -> None:
    """What nobody had planned is planned and held at once."""
    pair = talking.pair()
    talking.the_day_is(TODAY + 2 * DAY)
    at = press(enter("max", LIST), f"held_{pair}")
    at = press(at, f"held_{pair}", "Mark as held")

    ((number, _, held, _),) = talking.conversations()
    assert held == TODAY + 2 * DAY
    assert at.query_params["conversation"] == str(number)
    assert at.title[0].value.replace("\\", "") == f"Check-in with {NAMES['ann']}, held on 4 Mar 2026."


def test_what_core_refuses_is_said_in_words_and_nothing_is_written(talking: Talking, enter: Enter) -> None:
    """The dialog stays open with what was chosen, and says what to do instead."""
    pair = talking.pair()
    menu = f"more_{pair}"
    at = choose(enter("ann", LIST), menu, "Let it pause")
    at.date_input(key=f"pause_ends_{pair}").set_value(TODAY - DAY)
    next(each for each in at.menu_button if each.key == menu).click("Let it pause")
    at = press(at, f"pause_{pair}")

    assert not at.exception
    assert "A pause ends after it has begun." in words(at)
    assert at.date_input(key=f"pause_ends_{pair}").value == TODAY - DAY
    assert "Pauses until" not in words(enter("max", LIST))


def test_a_pair_pauses_and_runs_again(talking: Talking, enter: Enter) -> None:
    """No reason is asked; the badge says until when, and the way back is in the same menu."""
    pair = talking.pair()
    with talking.engine.begin() as connection:
        pause(connection, talking.talk.viewer("ann"), pair, starts=TODAY, ends=TODAY + 14 * DAY, at=AT)
    at = enter("max", LIST)
    assert "Pauses until 16 Mar" in words(at)

    at = choose(at, f"more_{pair}", "Let it run again")
    assert not at.exception
    assert "Pauses until" not in words(at)


def test_coach_and_coachee_agree_and_end(talking: Talking, enter: Enter) -> None:
    """Proposed by one, accepted by the other, ended by either; what they wrote stays under earlier pairs."""
    at = press(enter("ann", LIST), "propose_coaching")
    with_whom = at.selectbox(key="propose_with")
    with_whom.options.append("Lea of Co")  # typed: there is no directory to choose from
    with_whom.set_value("Lea of Co")
    at = press(at, "propose_coaching", "FormSubmitter:propose-Propose")
    assert f"You have asked {NAMES['lea']} to coach you." in words(at)

    at = enter("lea", LIST)
    assert f"{NAMES['ann']} asks you to be their coach." in words(at)
    pair = talking.pair("lea", "ann", "coach")
    at = press(at, f"accept_{pair}")
    assert "You are the coach" in words(at)

    at = enter("ann", LIST)
    assert "Your coach" in words(at)
    at = choose(at, f"more_{pair}", "End this pair")
    assert "stop being coach and coachee" in words(at)
    next(each for each in at.menu_button if each.key == f"more_{pair}").click("End this pair")
    at = press(at, f"end_pair_{pair}")
    assert "Earlier pairs" in [each.label for each in at.expander]
    assert f"read_{pair}" in {each.key for each in at.button}


def test_a_proposal_is_declined_without_a_reason(talking: Talking, enter: Enter) -> None:
    """It is gone for both."""
    with talking.engine.begin() as connection:
        propose_coaching(connection, talking.talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    pair = talking.pair("lea", "ann", "coach")
    press(enter("lea", LIST), f"decline_{pair}")

    assert "coach you" not in words(enter("ann", LIST))


def test_a_new_manager_and_the_old_notes(talking: Talking, enter: Enter) -> None:
    """The old pair is readable for its two; the employee takes an open step along, step by step as chosen."""
    number = talking.talk.plan()
    step = talking.talk.agree(number, "Hand the *call* over")
    talking.talk.manager_becomes("mia")
    old = talking.pair()

    at = press(enter("ann", LIST), f"carry_{old}")
    assert "Hand the *call* over (by 16 Mar)" in [each.label.replace("\\", "") for each in at.checkbox]
    at.checkbox(key=f"carry_step_{step}").set_value(True)
    at = press(at, f"carry_{old}", "Take along")
    assert not at.exception
    assert "one open step" in words(at)

    at = enter("max", LIST)
    assert "Take open steps along" not in buttons(at)
    assert f"read_{old}" in {each.key for each in at.button}


def test_an_account_without_a_person_is_told_kindly(talking: Talking, enter: Enter) -> None:
    """All roles and no person: nothing of anybody, and who can help."""
    talking.talk.plan()
    at = enter("root", LIST)

    assert not at.exception
    assert at.title[0].value == "There are no conversations of yours."
    assert "Your administrator can link it." in words(at)
    assert not {"Prepare", "Download calendar file", "Give feedback"} & buttons(at)


def test_a_person_whom_the_roster_does_not_know_has_none(talking: Talking, enter: Enter) -> None:
    """A code that differs from Ann's by its case alone opens nothing of hers; the page says how conversations begin."""
    talking.talk.plan()
    at = enter("twin", LIST)

    assert not at.exception
    assert at.title[0].value == "You have no conversations yet."
    assert "Conversations begin with the roster" in words(at)
    assert "Prepare" not in buttons(at)


@pytest.mark.parametrize("name", ["hr", "admin", "lea", "bo"])
def test_nobody_else_sees_a_pair_of_others(talking: Talking, enter: Enter, name: str) -> None:
    """HR, administrators, the leader above and a colleague: their own pairs and nothing of Ann's, calendar file included."""
    talking.talk.plan()
    at = enter(name, LIST)

    assert not at.exception
    assert NAMES["ann"] not in words(at)


def test_the_calendar_file_is_of_whoever_is_signed_in(
    talking: Talking, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made for the viewer of the run; no part of the address names anybody else."""
    talking.talk.plan()
    made: list[tuple[str, bytes]] = []
    whole = talk_loaders.dates
    monkeypatch.setattr(
        "pages.parts.talk_loaders.dates", lambda viewer: made.append((viewer.name, whole(viewer))) or made[-1][1]
    )
    for name in ("ann", "bo"):
        enter(name, LIST, pair=str(talking.pair()), person=code_of("ann"), view="pairs")
    (ann, anns), (bo, bos) = made
    assert (ann, bo) == ("ann", "bo")
    assert b"SUMMARY:Check-in with Max of Co" in anns and b"DTSTART;VALUE=DATE:20260401" in anns
    assert NAMES["ann"].encode() not in bos and b"conversation-" not in bos


@pytest.mark.parametrize(("name", "sees"), [("ann", False), ("admin", True)])
def test_without_a_key_dates_work_and_administrators_read_what_to_set(
    talking: Talking, enter: Enter, fresh_settings: Callable[..., None], name: str, sees: bool
) -> None:
    """A calm card above the pairs; nobody else is shown a variable of the server."""
    fresh_settings(notes_keys="")
    at = enter(name, LIST)

    assert not at.exception
    assert "Conversations need a key" in [each.value for each in at.header]
    assert ("EVENKEEL_NOTES_KEYS" in words(at)) is sees
    if name == "ann":
        at = press(at, f"plan_{talking.pair()}")
        press(at, f"plan_{talking.pair()}", "Plan it")
        assert len(talking.conversations()) == 1


def test_with_another_key_nothing_opens_and_nothing_is_overwritten(
    talking: Talking, enter: Enter, fresh_settings: Callable[..., None]
) -> None:
    """Plainly; the place of every text says that it cannot be opened."""
    number = talking.talk.plan()
    talking.talk.write(number, "sandpiper")
    fresh_settings(notes_keys=NEWER)

    assert "This server has another key" in [each.value for each in enter("ann", LIST).header]
    at = enter("ann", "conversation.py", conversation=str(number))
    assert not at.exception
    assert "This text cannot be opened" in words(at)
    assert not at.text_area
    assert "sandpiper" not in words(at)


def test_demonstration_mode_makes_its_own_key(
    talking: Talking, enter: Enter, fresh_settings: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nobody has to set anything to look at it."""
    folder = tmp_path_factory.mktemp("keys")
    folder.chmod(0o700)
    fresh_settings(notes_keys="", demo="1", key_dir=str(folder))
    at = enter("ann", LIST)

    assert "Conversations need a key" not in [each.value for each in at.header]
    assert (folder / "notes.key").exists()


def test_the_change_log_knows_what_happened_by_numbers_alone(talking: Talking, enter: Enter) -> None:
    """Who clicked and which pair; no name of the other, no word."""
    press(enter("ann", LIST), f"prepare_{talking.pair()}")
    with talking.engine.connect() as connection:
        rows = connection.execute(select(ChangeLog.action, ChangeLog.subject).where(ChangeLog.actor == "ann")).all()

    assert [tuple(row) for row in rows] == [("conversation planned", f"pair {talking.pair()}")]
