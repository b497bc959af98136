"""Pairs begin and end with the roster, or as two people agree; nobody else sees that they exist."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, update

from core.access.refusals import NoPermission, Refused
from core.access.tables import ChangeLog
from core.people.lines import names_of, reporting_lines
from core.people.tables import Assignment, OrgUnit, Person
from core.rhythm.cadence import State
from core.rhythm.pairs import Renewed, accept_coaching, end_coaching, pause, propose_coaching, renew_own, renew_pairs
from core.rhythm.tables import Pair
from tests.core.rhythm.talk import ACCOUNTS, AT, DAY, MANAGED, TODAY, Talk, assigned, code_of, manages
from tests.organisations import codes


def test_pairs_are_those_of_the_roster(talk: Talk) -> None:
    """One for each person and their direct manager; both see it from their side, and only they."""
    for who in ACCOUNTS:
        cards = {(card.other.lower(), card.leading) for card in talk.home(who).pairs}
        above = {(MANAGED[who], False)} if who in MANAGED else set()
        assert cards == above | {(person, True) for person, manager in MANAGED.items() if manager == who}


def test_renewing_twice_changes_nothing(talk: Talk) -> None:
    """And writes nothing into the change log."""
    with talk.engine.begin() as connection:
        before = connection.scalar(select(func.count()).select_from(ChangeLog))
        assert renew_pairs(connection, at=AT + DAY, actor="test") == Renewed(0, 0)
        assert connection.scalar(select(func.count()).select_from(ChangeLog)) == before


def test_with_a_new_manager_the_old_pair_ends_and_a_new_one_begins(talk: Talk) -> None:
    """The old one is still listed by its two, as ended; the clock of the new one starts on that day."""
    talk.manager_becomes("mia", at=AT + 3 * DAY)

    ended = talk.card("ann", "max")
    assert (ended.until, ended.check_in, ended.planned) == (TODAY + 3 * DAY, None, ())
    assert talk.card("max", "ann").until == TODAY + 3 * DAY
    begun = talk.card("ann", "mia")
    assert begun.until is None
    assert begun.check_in is not None
    assert begun.check_in.due == TODAY + 33 * DAY


def test_two_who_come_together_again_have_their_pair_again(talk: Talk) -> None:
    """One pair, with its notes; the time apart is not counted against them."""
    first = talk.pair()
    talk.manager_becomes("mia", at=AT + DAY)
    talk.manager_becomes("max", at=AT + 200 * DAY)

    assert talk.pair() == first
    card = talk.card("ann", "max", TODAY + 200 * DAY)
    assert (card.until, card.since) == (None, TODAY)
    assert card.check_in is not None
    assert (card.check_in.due, card.check_in.state) == (TODAY + 230 * DAY, State.AHEAD)


def test_a_mistake_that_is_mended_on_the_same_day_interrupts_nothing(talk: Talk) -> None:
    """The clock of the pair goes on as if nothing had been."""
    talk.manager_becomes("mia", at=AT + 20 * DAY)
    talk.manager_becomes("max", at=AT + 20 * DAY)
    card = talk.card("ann", "max", TODAY + 20 * DAY)
    assert card.check_in is not None
    assert card.check_in.due == TODAY + 30 * DAY
    assert talk.card("ann", "mia", TODAY + 20 * DAY).until == TODAY + 20 * DAY


def test_somebody_who_leaves_has_no_pair_any_more(talk: Talk) -> None:
    """Neither as employee nor as manager; a coach pair ends as well."""
    with talk.engine.begin() as connection:
        propose_coaching(connection, talk.viewer("max"), code_of("mia"), as_coach=True, at=AT)
        accept_coaching(connection, talk.viewer("mia"), talk_pair(talk, connection), at=AT)
        connection.execute(
            update(Assignment)
            .where(Assignment.person_id == codes(connection)[code_of("max")])
            .values(valid_to=TODAY + DAY)
        )
        assert renew_pairs(connection, at=AT, actor="test") == Renewed(0, 0)
        assert renew_pairs(connection, at=AT + DAY, actor="test") == Renewed(0, 4)
    assert talk.home("max").pairs == ()
    assert talk.home("ann").pairs == ()
    assert len(talk.home("max").ended) == 4


def talk_pair(talk: Talk, connection: object) -> int:
    """The one coach pair there is, seen from within the transaction."""
    found = connection.scalars(select(Pair.id).where(Pair.kind == "coach")).one()  # type: ignore[attr-defined]
    return int(found)


def test_own_pairs_are_renewed_without_touching_those_of_others(talk: Talk) -> None:
    """When Ann does something, what changed for Ann is noticed, and what changed for Bo is not hers to change."""
    with talk.engine.begin() as connection:
        manages(connection, "mia", "ann")
        manages(connection, "mia", "bo")
        assert renew_own(connection, talk.viewer("ann"), AT) == Renewed(1, 1)
        assert renew_own(connection, talk.viewer("root"), AT) == Renewed(0, 0)
    assert talk.card("bo", "max").until is None
    with talk.engine.begin() as connection:
        assert renew_own(connection, talk.viewer("mia"), AT) == Renewed(1, 0)
        assert renew_own(connection, talk.viewer("max"), AT) == Renewed(0, 1)


def test_two_who_renew_at_the_same_moment_make_one_pair(talk: Talk) -> None:
    """On a roster with a new line, from two processes."""
    with talk.engine.begin() as connection:
        manages(connection, "mia", "ann")
    together = Barrier(2)

    def renew(_: int) -> Renewed:
        with talk.engine.begin() as connection:
            together.wait(timeout=20)
            return renew_pairs(connection, at=AT, actor="test")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(renew, range(2)))
    assert talk.card("ann", "mia").until is None


def test_the_manager_is_the_one_of_the_home_unit(talk: Talk) -> None:
    """Of two assignments the one with more hours, of equal ones the first by path; nobody manages themselves or after leaving."""
    with talk.engine.begin() as connection:
        units = {row.path: row.id for row in connection.execute(select(OrgUnit.path, OrgUnit.id))}
        ids = {name: codes(connection)[code_of(name)] for name in ("ann", "bo", "max", "mia", "lea")}
        assigned(connection, "ann", units["Co/A/Two"], "mia", 50)
        assigned(connection, "bo", units["Co/A/Two"], "mia", 40)  # as many hours as in Co/A/One
        manages(connection, "max", "max")
        lines = reporting_lines(connection, TODAY)
        assert (ids["ann"], ids["mia"]) in lines and (ids["ann"], ids["max"]) not in lines
        assert (ids["bo"], ids["max"]) in lines and (ids["bo"], ids["mia"]) not in lines
        assert not [line for line in lines if line[0] == ids["max"]]
        for number in ids.values():
            assert reporting_lines(connection, TODAY, about=number) == {line for line in lines if number in line}
        connection.execute(delete(Assignment).where(Assignment.person_id == ids["max"]))
        assert not [line for line in reporting_lines(connection, TODAY) if line[1] == ids["max"]]


def test_names_are_those_of_the_account_then_of_the_roster_then_the_code(small: Talk) -> None:
    """Somebody without either is called by their code."""
    with small.engine.begin() as connection:
        ids = codes(connection)
        connection.execute(update(Person).where(Person.code == "Co/B#3").values(name=None))
        connection.execute(update(Person).where(Person.code == "Co/A/One#3").values(name="Nia Roe"))
        found = names_of(connection, [ids["Co/A/One#0"], ids["Co/A/One#3"], ids["Co/B#3"]])
    assert list(found.values()) == ["Ann", "Nia Roe", "Co/B#3"]


# --- coach and coachee ------------------------------------------------------------------------------------------------


def test_a_coach_pair_begins_when_both_agree(talk: Talk) -> None:
    """Proposed by either side; until then both see a proposal and nobody has a pair."""
    with talk.engine.begin() as connection:
        propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    pair = talk.pair("lea", "ann", "coach")

    (asked,) = talk.home("lea").proposals
    assert (asked.other, asked.mine, asked.as_coach) == ("Ann", False, True)
    (sent,) = talk.home("ann").proposals
    assert (sent.other, sent.mine, sent.as_coach) == ("Lea", True, False)
    assert not [card for card in talk.home("ann").pairs if card.kind == "coach"]
    with pytest.raises(Refused, match="when both of you have agreed"):
        talk.plan("ann", pair)
    for who in ("ann", "max", "root"):
        with talk.engine.begin() as connection, pytest.raises(NoPermission):
            accept_coaching(connection, talk.viewer(who), pair, at=AT)
    with talk.engine.begin() as connection:
        accept_coaching(connection, talk.viewer("lea"), pair, at=AT + 5 * DAY)
    card = talk.card("lea", "ann")
    assert (card.kind, card.leading) == ("coach", True)
    assert card.check_in is not None and card.check_in.due == TODAY + 35 * DAY
    assert talk.home("ann").proposals == ()


def test_a_proposal_can_be_declined_or_taken_back_and_made_again(talk: Talk) -> None:
    """Either of the two ends it; nobody else does; a second one beside it is refused."""
    for ends in ("lea", "ann"):
        with talk.engine.begin() as connection:
            propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
        pair = talk.pair("lea", "ann", "coach")
        with talk.engine.begin() as connection, pytest.raises(Refused, match="already"):
            propose_coaching(connection, talk.viewer("lea"), code_of("ann"), as_coach=True, at=AT)
        with talk.engine.begin() as connection, pytest.raises(NoPermission):
            end_coaching(connection, talk.viewer("max"), pair, at=AT)
        with talk.engine.begin() as connection:
            end_coaching(connection, talk.viewer(ends), pair, at=AT)
        assert talk.home("ann").proposals == talk.home("lea").proposals == ()
        with talk.engine.begin() as connection, pytest.raises(NoPermission):
            accept_coaching(connection, talk.viewer("lea"), pair, at=AT)


def test_an_agreed_pair_that_ended_needs_a_new_yes(talk: Talk) -> None:
    """Proposing again does not bring it back by itself."""
    with talk.engine.begin() as connection:
        propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    pair = talk.pair("lea", "ann", "coach")
    with talk.engine.begin() as connection:
        accept_coaching(connection, talk.viewer("lea"), pair, at=AT)
        end_coaching(connection, talk.viewer("lea"), pair, at=AT)
        propose_coaching(connection, talk.viewer("ann"), code_of("lea"), as_coach=False, at=AT)
    assert not [card for card in talk.home("ann").pairs if card.kind == "coach"]
    with pytest.raises(Refused, match="both of you have agreed"):
        talk.plan("ann", pair)


@pytest.mark.parametrize(
    ("who", "other", "why"),
    [("ann", "ann", "two people"), ("ann", "nobody", "nobody with that id"), ("ann", "twin", "nobody with that id")],
)
def test_a_proposal_needs_somebody_who_is_here(small: Talk, who: str, other: str, why: str) -> None:
    """Letters count as written; whoever left and whoever never was read the same."""
    with small.engine.begin() as connection, pytest.raises(Refused, match=why):
        propose_coaching(connection, small.viewer(who), code_of(other), as_coach=True, at=AT)


def test_an_account_without_a_person_has_no_pairs(small: Talk) -> None:
    """Whatever its roles."""
    home = small.home("root")
    assert (home.pairs, home.ended, home.proposals, home.owed) == ((), (), (), ())
    with small.engine.begin() as connection, pytest.raises(NoPermission, match="belongs to nobody"):
        propose_coaching(connection, small.viewer("root"), code_of("ann"), as_coach=True, at=AT)


def test_a_manager_pair_is_not_ended_by_hand(small: Talk) -> None:
    """It follows the roster."""
    with small.engine.begin() as connection, pytest.raises(Refused, match="follows the roster"):
        end_coaching(connection, small.viewer("ann"), small.pair(), at=AT)


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_either_of_the_two_lets_the_clock_stand_still(talk: Talk) -> None:
    """For days from now on; set again from the same day, its end moves."""
    with talk.engine.begin() as connection:
        pause(connection, talk.viewer("max"), talk.pair(), starts=TODAY + 10 * DAY, ends=TODAY + 20 * DAY, at=AT)
        pause(connection, talk.viewer("ann"), talk.pair(), starts=TODAY + 10 * DAY, ends=TODAY + 15 * DAY, at=AT)
    card = talk.card("ann", "max", TODAY + 11 * DAY)
    assert card.check_in is not None
    assert (card.check_in.due, card.check_in.state) == (TODAY + 35 * DAY, State.PAUSED)
    assert talk.card("bo", "max").check_in is not None
    with talk.engine.begin() as connection, pytest.raises(NoPermission):
        pause(connection, talk.viewer("bo"), talk.pair(), starts=TODAY, ends=TODAY + DAY, at=AT)


@pytest.mark.parametrize(
    ("first", "length", "why"), [(0, 0, "ends after"), (-9, 9, "have passed"), (0, 733, "two years")]
)
def test_a_pause_has_days_to_come(small: Talk, first: int, length: int, why: str) -> None:
    """None, past ones and more than two years are refused; today may be its last day."""
    starts = TODAY + first * DAY
    with small.engine.begin() as connection, pytest.raises(Refused, match=why):
        pause(connection, small.viewer("ann"), small.pair(), starts=starts, ends=starts + timedelta(length), at=AT)
    with small.engine.begin() as connection:
        pause(connection, small.viewer("ann"), small.pair(), starts=TODAY - 9 * DAY, ends=TODAY + DAY, at=AT)
