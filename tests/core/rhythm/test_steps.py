"""Next steps: agreed, changed, done, brought up again until then, and taken along to a new manager by choice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from core.access.refusals import NoPermission, Refused
from core.rhythm.pairs import accept_coaching, propose_coaching
from core.rhythm.sealing import KeyRefused, Seals
from core.rhythm.steps import change_step, drop_step, finish_step
from core.rhythm.words import LONGEST_STEP, ChangedMeanwhile
from tests.core.rhythm.talk import AT, DAY, NEWER, SEALS, TODAY, Talk, code_of

DUE = TODAY + 14 * DAY


def change(talk: Talk, step: str, text: str, based_on: int = 1, who: str = "ann", **more: Any) -> int:
    """Word it anew."""
    with talk.engine.begin() as connection:
        return change_step(
            connection, talk.viewer(who), step, based_on=based_on, text=text,
            **{"mine": True, "due": DUE, "at": AT, "seals": SEALS, **more},
        )  # fmt: skip


def finish(talk: Talk, step: str, who: str = "ann") -> None:
    """It is done."""
    with talk.engine.begin() as connection:
        finish_step(connection, talk.viewer(who), step, at=AT)


def drop(talk: Talk, step: str, who: str = "ann") -> None:
    """It is not pursued."""
    with talk.engine.begin() as connection:
        drop_step(connection, talk.viewer(who), step, at=AT)


def texts(found: tuple[Any, ...]) -> list[str]:
    """What steps say."""
    return [step.words.text for step in found]


def test_open_steps_come_up_in_every_conversation_until_they_are_done(talk: Talk) -> None:
    """Agreed in the first, seen in the second by both; once done only in the list of all, and where it was agreed."""
    first = talk.plan()
    draft = talk.agree(first, "Write the draft")
    reader = talk.agree(first, "Find a reader", "max", mine=True, due=TODAY + 3 * DAY)
    talk.hold(first, TODAY)
    second = talk.plan()

    for who in ("ann", "max"):
        steps = talk.page(who, second, as_of=TODAY + 10 * DAY).steps
        assert texts(steps) == ["Find a reader", "Write the draft"]  # by day
        assert [(step.owner, step.mine, step.late, step.here) for step in steps] == [
            ("Max", who == "max", True, False),
            ("Ann", who == "ann", False, False),
        ]
        assert talk.card(who, {"ann": "max", "max": "ann"}[who]).open_steps == 2
    finish(talk, draft, "max")  # either of the two says so
    drop(talk, reader)
    assert talk.page("ann", second).steps == ()
    assert [(step.open, step.done_on, step.dropped_on) for step in talk.page("ann", first).steps] == [
        (False, None, TODAY),
        (False, TODAY, None),
    ]
    assert texts(talk.steps("ann", talk.pair())) == ["Find a reader", "Write the draft"]
    assert talk.card("ann", "max").open_steps == 0


def test_a_step_is_changed_by_either_and_closed_once(talk: Talk) -> None:
    """Other words, another day, the other one; a closed step is not changed any more."""
    step = talk.agree(talk.plan(), "Write the draft")
    assert change(talk, step, "Write half of the draft", who="max", mine=True, due=DUE + DAY) == 2
    (found,) = talk.steps("ann", talk.pair())
    assert (found.version, found.words.text, found.mine, found.due) == (2, "Write half of the draft", False, DUE + DAY)
    finish(talk, step)
    for again in (lambda: finish(talk, step), lambda: drop(talk, step), lambda: change(talk, step, "x", 2)):
        with pytest.raises(NoPermission, match="closed, or it is not one of yours"):
            again()


def test_of_two_who_change_a_step_at_once_the_second_is_told(talk: Talk) -> None:
    """With both wordings."""
    step = talk.agree(talk.plan(), "Write the draft")
    together = Barrier(2)

    def edit(who: str) -> object:
        together.wait(timeout=20)
        try:
            return change(talk, step, f"As {who} says", who=who)
        except ChangedMeanwhile as conflict:
            return conflict

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(edit, ("ann", "max")))
    (conflict,) = (each for each in done if isinstance(each, ChangedMeanwhile))
    assert done.count(2) == 1
    assert {conflict.theirs, conflict.yours} == {"As ann says", "As max says"}
    assert texts(talk.steps("max", talk.pair())) == [conflict.theirs]


@pytest.mark.parametrize(
    ("text", "due", "why"),
    [
        ("  ", DUE, "needs words"),
        ("x" * (LONGEST_STEP + 1), DUE, "501"),
        ("A step", TODAY - DAY, "today or later"),
    ],
)
def test_a_step_has_words_and_a_day_to_come(small: Talk, text: str, due: Any, why: str) -> None:
    """Refused when it is agreed and when it is changed."""
    conversation = small.plan()
    with pytest.raises(Refused, match=why):
        small.agree(conversation, text, due=due)
    step = small.agree(conversation, "x" * LONGEST_STEP, due=TODAY)
    with pytest.raises(Refused, match=why):
        change(small, step, text, due=due)


@pytest.mark.parametrize("who", ["bo", "mia", "lea", "hr", "admin", "root", "twin"])
def test_nobody_else_touches_a_step(talk: Talk, who: str) -> None:
    """A colleague of the same manager, leaders, HR, administrators."""
    conversation = talk.plan()
    step = talk.agree(conversation, "Write the draft")
    tries = (
        lambda: talk.agree(conversation, "Another", who),
        lambda: change(talk, step, "Other words", who=who),
        lambda: finish(talk, step, who),
        lambda: drop(talk, step, who),
        lambda: talk.steps(who, talk.pair()),
    )
    for each in tries:
        with pytest.raises(NoPermission):
            each()
    assert texts(talk.steps("ann", talk.pair())) == ["Write the draft"]


# --- carrying over ----------------------------------------------------------------------------------------------------


def test_the_employee_takes_chosen_steps_along(talk: Talk) -> None:
    """Those chosen and no others; they are the employee's own; the old ones stay with the old pair, unread by the new manager."""
    conversation = talk.plan()
    draft = talk.agree(conversation, "Write the draft")
    reader = talk.agree(conversation, "Find a reader", mine=False)
    talk.agree(conversation, "Talk about the doctor's appointments")
    old = talk.pair()
    talk.manager_becomes("mia")
    new = talk.pair("mia")

    made = talk.carry(draft, reader, into=new)

    seen = talk.steps("mia", new)
    assert sorted(texts(seen)) == ["Find a reader", "Write the draft"]
    assert {step.id for step in seen} == set(made)
    assert all(step.carried and step.owner == "Ann" for step in seen)
    assert len(talk.steps("max", old)) == 3
    assert sorted(texts(talk.page("mia", talk.plan("mia", new)).steps)) == ["Find a reader", "Write the draft"]
    for who, pair in (("mia", old), ("max", new)):
        with pytest.raises(NoPermission):
            talk.steps(who, pair)


def test_a_step_is_taken_along_once_and_from_there_again(talk: Talk) -> None:
    """The second time is refused; into a third pair it goes from the second; all or none of a choice."""
    conversation = talk.plan()
    first, second = talk.agree(conversation, "One"), talk.agree(conversation, "Two")
    talk.manager_becomes("mia")
    (carried,) = talk.carry(first, into=talk.pair("mia"))
    with pytest.raises(NoPermission):
        talk.carry(second, first, into=talk.pair("mia"))
    assert len(talk.steps("ann", talk.pair("mia"))) == 1
    talk.manager_becomes("lea")
    with pytest.raises(NoPermission):
        talk.carry(first, into=talk.pair("lea"))
    talk.carry(carried, into=talk.pair("lea"))
    assert texts(talk.steps("lea", talk.pair("lea"))) == ["One"]


def test_of_two_tabs_that_take_a_step_along_one_does(talk: Talk) -> None:
    """Into two pairs at the same moment: it arrives in one of them."""
    step = talk.agree(talk.plan(), "One")
    with talk.engine.begin() as connection:
        propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    coach = talk.pair("lea", "ann", "coach")
    with talk.engine.begin() as connection:
        accept_coaching(connection, talk.viewer("lea"), coach, at=AT)
    talk.manager_becomes("mia")
    together = Barrier(2)

    def carry(into: int) -> int:
        together.wait(timeout=20)
        try:
            return len(talk.carry(step, into=into))
        except NoPermission:
            return 0

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(carry, (coach, talk.pair("mia")))) == [0, 1]


def test_only_the_employee_carries_and_only_from_a_pair_that_ended(talk: Talk) -> None:
    """Neither manager moves it, nor a colleague; not while the pair holds, not when done, and not into the old pair."""
    conversation = talk.plan()
    step, done = talk.agree(conversation, "One"), talk.agree(conversation, "Two")
    finish(talk, done)
    with talk.engine.begin() as connection:
        propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    coach = talk.pair("lea", "ann", "coach")
    with talk.engine.begin() as connection:
        accept_coaching(connection, talk.viewer("lea"), coach, at=AT)
    with pytest.raises(NoPermission):
        talk.carry(step, into=coach)  # the manager pair still holds
    old = talk.pair()
    talk.manager_becomes("mia")
    new = talk.pair("mia")

    with pytest.raises(NoPermission):
        talk.carry(done, into=new)
    with pytest.raises(Refused, match="has ended"):
        talk.carry(step, into=old)
    with pytest.raises(Refused, match="by the employee"):
        talk.carry(step, into=new, who="mia")
    with pytest.raises(NoPermission):
        talk.carry(step, into=talk.pair("max", "bo"), who="bo")
    with pytest.raises(NoPermission):
        talk.carry(step, into=new, who="max")
    assert talk.steps("mia", new) == ()


def test_a_manager_does_not_take_along_what_was_agreed_with_an_employee(talk: Talk) -> None:
    """Max was Ann's manager; into his own pair with his manager he cannot put what the two of them agreed."""
    step = talk.agree(talk.plan(), "One", "max")
    talk.manager_becomes("mia")
    with pytest.raises(NoPermission):
        talk.carry(step, into=talk.pair("lea", "max"), who="max")


def test_without_the_key_nothing_is_carried(small: Talk) -> None:
    """An unreadable step is not copied as an empty one."""
    step = small.agree(small.plan(), "One")
    small.manager_becomes("mia")
    with pytest.raises(KeyRefused):
        small.carry(step, into=small.pair("mia"), seals=Seals([NEWER]))
    assert small.steps("ann", small.pair("mia")) == ()
