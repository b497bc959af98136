"""Feedback on the screen: asked for as easily as given, in any direction, declined without a reason, read by two people."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.core.rhythm.talk import DAY, TODAY
from tests.pages.talking import NAMES, Enter, Talking, buttons, press, sent, words

LIST = "conversations.py"
SEND = "FormSubmitter:give_new"


def view(enter: Enter, name: str) -> AppTest:
    """The view, by its address."""
    return enter(name, LIST, view="feedback")


def choose(at: AppTest, key: str, who: str) -> None:
    """Type somebody's whole name: there is no directory to choose from."""
    box = at.selectbox(key=key)
    if who not in box.options:
        box.options.append(who)
    box.set_value(who)


def give(at: AppTest, to: str, **parts: str) -> AppTest:
    """Open the form, fill it in and send it once."""
    at = press(at, "give_feedback")
    choose(at, "give_whom", to)
    for name, text in parts.items():
        at.text_area(key=f"give_{name}_new").set_value(text)
    return press(at, "give_feedback", SEND)


def test_an_empty_view_says_how_to_begin(talking: Talking, enter: Enter) -> None:
    """Two buttons of equal size, who reads it, and the guides."""
    at = view(enter, "ann")

    assert not at.exception
    said = words(at)
    for text in (
        "No feedback yet",
        "One sentence is enough to begin",
        "The two of you. HR, leaders",
        "Notice–Impact–Options",
    ):
        assert text in said, text
    assert {"Give feedback", "Ask for feedback"} <= buttons(at)


def test_feedback_is_given_to_somebody_who_was_typed_and_both_read_it(talking: Talking, enter: Enter) -> None:
    """Specific and timely it goes at once; the one who gets it reads every part, as text."""
    at = give(
        view(enter, "ann"), NAMES["lea"], notice="On Monday the plan came *before* the meeting.", impact="We decided at once.",
        options="Keep it so.",
    )  # fmt: skip
    assert not at.exception
    assert f"To {NAMES['lea']}" in words(at)

    got = view(enter, "lea")
    for text in (f"From {NAMES['ann']}", "before the meeting", "We decided at once.", "Keep it so.", "2 Mar 2026"):
        assert text in words(got).replace("*before*", "before"), text
    assert any("\\*before\\*" in each.value for each in got.markdown)
    for other in ("max", "hr", "admin", "root"):
        assert "We decided at once." not in words(view(enter, other))


def test_hints_are_shown_once_and_never_stand_in_the_way(talking: Talking, enter: Enter) -> None:
    """What might help is told; the same words sent again go as they are."""
    at = give(view(enter, "ann"), NAMES["max"], notice="You are always late.")
    assert "judges more than it describes" in words(at)
    assert talking.talk.inbox("max") == ()
    at = press(at, "give_feedback", SEND)

    assert not at.exception
    (item,) = talking.talk.inbox("max")
    assert (item.notice, item.recognition if hasattr(item, "recognition") else item.kind) == (
        "You are always late.",
        "given",
    )


def test_old_news_is_hinted_at_by_its_day(talking: Talking, enter: Enter) -> None:
    """Feedback helps most within the days of the policy."""
    at = press(view(enter, "ann"), "give_feedback")
    choose(at, "give_whom", NAMES["max"])
    at.date_input(key="give_about_new").set_value(TODAY - 30 * DAY)
    at.text_area(key="give_notice_new").set_value("The review of January came after the release.")
    at.text_area(key="give_impact_new").set_value("It was of no use any more.")
    at = press(at, "give_feedback", SEND)
    assert "It is 30 days ago. Feedback helps most within 14 days." in words(at)


def test_recognition_offers_no_options(talking: Talking, enter: Enter) -> None:
    """What stood in that field stays here."""
    at = press(view(enter, "ann"), "give_feedback")
    choose(at, "give_whom", NAMES["max"])
    at.text_area(key="give_notice_new").set_value("You took the call on Sunday so that nobody else had to.")
    at.text_area(key="give_impact_new").set_value("The team slept.")
    at.text_area(key="give_options_new").set_value("typed by mistake")
    at.checkbox(key="give_thanks_new").set_value(True)
    at = press(at, "give_feedback", SEND)

    (item,) = talking.talk.inbox("max")
    assert (item.kind, item.options) == ("recognition", "")
    assert "Recognition" in words(at)


@pytest.mark.parametrize("typed", ["", "Nobody Known", "of Co", "%"])
def test_whoever_is_not_known_is_refused_with_what_was_written_kept(talking: Talking, enter: Enter, typed: str) -> None:
    """Nobody chosen, half a name, a pattern: the same sentence, and the text is still there."""
    at = press(view(enter, "ann"), "ask_feedback")
    if typed:
        choose(at, "ask_whom", typed)
    at.text_area(key="ask_question").set_value("How did the hand-over read?")
    at = press(at, "ask_feedback", "FormSubmitter:ask")

    assert "Nobody who works here today goes by exactly that." in words(at)
    assert at.text_area(key="ask_question").value == "How did the hand-over read?"


def test_a_question_is_asked_answered_and_closed(talking: Talking, enter: Enter) -> None:
    """Asking takes one sentence; the answer is given with the question in view, and the question is answered for both."""
    at = press(view(enter, "max"), "ask_feedback")
    choose(at, "ask_whom", NAMES["ann"])
    at.text_area(key="ask_question").set_value("What should I *stop*?")
    at = press(at, "ask_feedback", "FormSubmitter:ask")
    assert ", open" in words(at)

    at = view(enter, "ann")
    assert f"{NAMES['max']} asks you" in [each.value.replace("\\", "") for each in at.header]
    (item,) = talking.talk.inbox("ann")
    at = press(at, f"answer_{item.id}")
    assert "What should I *stop*?" in words(at)
    at.text_area(key=f"give_notice_{item.id}").set_value("I notice that the Monday meeting ends half an hour late.")
    at.text_area(key=f"give_impact_{item.id}").set_value("Lunch is short.")
    at = press(at, f"answer_{item.id}", f"FormSubmitter:give_{item.id}")
    assert not at.exception
    assert f"answer_{item.id}" not in {each.key for each in at.button}
    assert ", answered" in words(view(enter, "max"))


def test_a_question_is_declined_kindly(talking: Talking, enter: Enter) -> None:
    """One click and no reason; the one who asked sees that it was declined, and nothing else."""
    number = talking.talk.ask("max", "ann")
    at = press(view(enter, "ann"), f"decline_{number}")

    assert not at.exception
    assert "asks you" not in " ".join(each.value for each in at.header)
    assert ", declined 2 Mar" in words(view(enter, "max"))


def test_without_a_key_nothing_is_offered_that_would_fail(
    talking: Talking, enter: Enter, fresh_settings: Callable[..., None]
) -> None:
    """What was sent before says that it cannot be opened; a question can still be declined."""
    number = talking.talk.ask("max", "ann", "nightjar")
    fresh_settings(notes_keys="")
    at = view(enter, "ann")

    assert not at.exception
    assert not {"Give feedback", "Ask for feedback", "Answer"} & buttons(at)
    assert "nightjar" not in sent(at)
    assert f"decline_{number}" in {each.key for each in at.button}
