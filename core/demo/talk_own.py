"""The conversations of the two people behind the accounts `manager` and `employee`, with every word that they wrote.

Sealed with the key of the installation; without one, nothing is written and what is here does not exist.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert

from core.demo import talk_words as words
from core.demo.goal_sheet import DAY, at_nine
from core.demo.roster import Roster
from core.demo.talk import Talks
from core.rhythm import places
from core.rhythm.places import Between
from core.rhythm.rotation import refuse_a_wrong_key
from core.rhythm.sealing import Seals
from core.rhythm.tables import Conversation, Feedback, NextStep, Pair, Preparation, SharedNote

COACH_UNIT = "Northwind/Engineering/Software/Integrations"


class Desk:
    """Writes for two people, on one day."""

    def __init__(self, connection: Connection, roster: Roster, talks: Talks, today: date, seals: Seals) -> None:
        """The accounts `manager` and `employee` belong to people who are a pair."""
        self.connection, self.roster, self.talks, self.today, self.seals = connection, roster, talks, today, seals
        self.lead, self.member = roster.accounts["manager"], roster.accounts["employee"]
        self.pair = Between(talks.pairs[self.lead, self.member], self.lead, self.member)

    def new(self, table: Any, **values: Any) -> int:
        """A row with a number of its own."""
        made = self.connection.execute(insert(table).values(**values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def planned(self, pair: int, kind: str, day: date) -> int:
        """A conversation to come."""
        return self.new(Conversation, pair_id=pair, kind=kind, due=day, first_due=day, held_on=None)

    def note(self, between: Between, conversation: int, day: date, author: int, text: str, version: int = 1) -> None:
        """One version of a shared note."""
        place = places.shared_note(between, conversation, version)
        self.connection.execute(
            insert(SharedNote).values(
                conversation_id=conversation, version=version, sealed=self.seals.seal(place, text), author_id=author,
                at=at_nine(day),
            )
        )  # fmt: skip

    def prepared(
        self, between: Between, conversation: int, person: int, answers: Mapping[str, str], day: date, *, shared: bool
    ) -> None:
        """What a person prepared, and whether the other sees it."""
        own = places.own_preparation(between, conversation, person)
        seen = places.shared_preparation(between, conversation, person)
        shown = self.seals.seal(seen, json.dumps({"answers": dict(answers), "weeks": []})) if shared else None
        self.connection.execute(
            insert(Preparation).values(
                conversation_id=conversation, person_id=person, version=1, edited_at=at_nine(day),
                sealed=self.seals.seal(own, json.dumps(dict(answers))), shared_sealed=shown,
                shared_at=at_nine(day) if shared else None,
            )
        )  # fmt: skip

    def step(
        self, between: Between, conversation: int | None, number: str, said: words.StepWords, agreed: date, **more: Any
    ) -> str:
        """A step that was agreed."""
        done = None if said.done is None else self.today - said.done * DAY
        self.connection.execute(
            insert(NextStep).values(
                id=number, pair_id=between.pair, conversation_id=conversation,
                owner_id=between.member if said.mine else between.lead, due=self.today + said.due * DAY, version=1,
                sealed=self.seals.seal(places.next_step(between, number), said.text), agreed_at=at_nine(agreed),
                done_on=done, **more,
            )
        )  # fmt: skip
        return number

    def feedback(
        self, number: str, sender: int, receiver: int, kind: str, content: dict[str, str], ago: int, answers: str = ""
    ) -> None:
        """A message from one to another."""
        place = places.feedback(sender, receiver, number)
        self.connection.execute(
            insert(Feedback).values(
                id=number, from_id=sender, to_id=receiver, kind=kind, at=at_nine(self.today - ago * DAY),
                sealed=self.seals.seal(place, json.dumps(content)), answers=answers or None,
            )
        )  # fmt: skip


def own_talk(connection: Connection, roster: Roster, talks: Talks, *, today: date, seals: Seals) -> None:
    """Write what the two prepared, noted, agreed and told each other; nothing when they are no pair."""
    two = roster.accounts.get("manager"), roster.accounts.get("employee")
    if None in two or two not in talks.pairs or talks.pairs[two] not in talks.held:
        return
    refuse_a_wrong_key(connection, seals)
    desk = Desk(connection, roster, talks, today, seals)
    _notes(desk)
    _next(desk)
    _coaching(desk)
    _feedback(desk)


def _notes(desk: Desk) -> None:
    held = desk.talks.held[desk.pair.pair]
    for (number, day), text in zip(held[-len(words.NOTES) :], words.NOTES[-len(held) :], strict=True):
        desk.note(desk.pair, number, day, desk.member if len(text) % 2 else desk.lead, text)
    for place, (key, pair) in enumerate(sorted(desk.talks.pairs.items())):
        if key[0] == desk.lead and key[1] != desk.member and pair in desk.talks.held:
            number, day = desk.talks.held[pair][-1]
            desk.note(Between(pair, *key), number, day, key[0], words.TEAM_NOTES[place % len(words.TEAM_NOTES)])
    last, day = held[-1]
    for place, said in enumerate(words.STEPS):
        where, agreed = (last, day) if said.done is None else held[max(0, len(held) - 4)]
        desk.step(desk.pair, where, _number("step", place), said, agreed)


def _next(desk: Desk) -> None:
    """The next conversation: prepared by both, shared by the employee. And a review that only the employee has begun."""
    coming = desk.planned(desk.pair.pair, "check_in", desk.today + 2 * DAY)
    desk.prepared(desk.pair, coming, desk.member, words.SHARED_ANSWERS, desk.today - DAY, shared=True)
    desk.prepared(desk.pair, coming, desk.lead, words.LEAD_ANSWERS, desk.today, shared=False)
    review = desk.planned(desk.pair.pair, "review", desk.today + 33 * DAY)
    desk.prepared(desk.pair, review, desk.member, words.PRIVATE_ANSWERS, desk.today, shared=False)
    silent = desk.talks.pairs.get((desk.lead, desk.talks.silent or 0))
    if silent is not None:
        desk.planned(silent, "check_in", desk.today - 70 * DAY)


def _coaching(desk: Desk) -> None:
    """A coach from another department, and one before, of whom a step was taken along to the manager."""
    place = desk.roster.place(COACH_UNIT)
    coaches = desk.roster.members(place.id, desk.today - 400 * DAY, desk.today)
    if not coaches:
        return
    now, before = coaches[0], coaches[-1]
    begun = desk.today - 82 * DAY
    pair = Between(_coach_pair(desk, now, begun, None), now, desk.member)
    talked = [
        desk.new(Conversation, pair_id=pair.pair, kind="check_in", due=day, first_due=day, held_on=day)
        for day in (desk.today - 52 * DAY, desk.today - 21 * DAY)
    ]
    desk.note(pair, talked[-1], desk.today - 21 * DAY, now, words.COACH_NOTE)
    desk.step(pair, talked[-1], _number("coach", 0), words.COACH_STEP, desk.today - 21 * DAY)
    desk.planned(pair.pair, "check_in", desk.today + 9 * DAY)
    if before == now:
        return
    ended = desk.today - 120 * DAY
    old = Between(_coach_pair(desk, before, desk.today - 300 * DAY, ended), before, desk.member)
    said = words.StepWords(words.CARRIED, True, 20, None)
    first = desk.step(old, None, _number("coach", 1), said, ended - 10 * DAY)
    desk.step(desk.pair, None, _number("carried", 0), said, ended + 5 * DAY, carried_from=first)


def _coach_pair(desk: Desk, coach: int, since: date, until: date | None) -> int:
    return desk.new(
        Pair, kind="coach", lead_id=coach, member_id=desk.member, since=since, until=until, clock_from=since,
        proposed_by_id=desk.member, accepted_on=since,
    )  # fmt: skip


def _feedback(desk: Desk) -> None:
    team = sorted(
        member
        for (lead, member) in desk.talks.pairs
        if lead == desk.lead and member not in (desk.member, desk.talks.silent)
    )
    colleague = next(
        (each for each in team if each in desk.roster.members(_own_unit(desk), desk.today, desk.today)), desk.lead
    )
    asks = _number("feedback", 0)
    desk.feedback(asks, desk.member, desk.lead, "asked", {"question": words.QUESTION_TO_MANAGER}, 16)
    desk.feedback(
        _number("feedback", 1), desk.lead, desk.member, "given", _told(desk, words.ANSWER_TO_EMPLOYEE, 18), 14, asks
    )
    if colleague != desk.lead:
        desk.feedback(
            _number("feedback", 2), colleague, desk.member, "asked", {"question": words.QUESTION_TO_EMPLOYEE}, 2
        )
        desk.feedback(_number("feedback", 3), desk.member, colleague, "given", _told(desk, words.GIVEN, 33), 30)
    desk.feedback(
        _number("feedback", 4), desk.lead, desk.member, "recognition", _told(desk, (*words.RECOGNITION, ""), 8), 6
    )


def _own_unit(desk: Desk) -> int:
    return next(
        unit
        for unit, stays in desk.roster.stays.items()
        for stay in stays
        if stay.person == desk.member and stay.covers(desk.today, desk.today)
    )


def _told(desk: Desk, parts: tuple[str, str, str], ago: int) -> dict[str, str]:
    notice, impact, options = parts
    about = desk.today - ago * DAY
    return {"notice": notice, "impact": impact, "options": options, "about": about.isoformat()}


def _number(kind: str, place: int) -> str:
    """An id of 32 hexadecimal digits, the same in every demonstration."""
    return f"{kind.encode().hex()}{place:02x}".rjust(32, "0")
