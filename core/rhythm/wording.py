"""Conversations in words: about days and what comes next, never about anybody. Dates in, sentences out."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from core.calendar import label, long_label
from core.rhythm.board import ConversationPage, Conversations, PairCard, Planned
from core.rhythm.cadence import Kind, Standing, State
from core.rhythm.calendar_file import WORDS
from core.workload.wording import in_words

WHO_READS = "The two of you. HR, leaders and administrators cannot read this."
HOW_KEPT = "It is encrypted, and opens for the two of you alone. There is no search over it, and no report of it."
NO_PERSON = "This account belongs to nobody on the roster, so it has no conversations. Your administrator can link it."
NO_PAIRS = (
    "Conversations begin with the roster: as soon as it names your manager, or somebody whose manager you are, the next one "
    "is here. Two people can also agree to be coach and coachee, whatever their roles."
)
NAMED = 3  # names in a sentence; more are not read any more


def kind_name(kind: str) -> str:
    """`Check-in`, `Review` or `Conversation`."""
    return WORDS[Kind(kind)]


def relation(kind: str, *, leading: bool) -> str:
    """What the other is to the viewer, or the viewer to the other."""
    if kind == "coach":
        return "You are the coach" if leading else "Your coach"
    return "You are the manager" if leading else "Your manager"


def names(found: Sequence[str]) -> str:
    """`Ann`, `Ann and Bo`, `Ann, Bo and Cy`; beyond three the rest is `and others`."""
    if len(found) > NAMED:
        return f"{', '.join(found[:NAMED])} and others"
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def next_of(card: PairCard) -> tuple[date, str] | None:
    """(day, kind) of the next conversation: the nearest that is planned, else the one that the cadence asks for; None while
    the pair pauses and nothing is planned."""
    if card.planned:
        return card.planned[0].due, card.planned[0].kind
    asked = [each for each in (card.check_in, card.review) if each is not None and each.state is not State.PAUSED]
    nearest = min(asked, key=lambda each: each.due, default=None)
    return (nearest.due, nearest.kind.value) if nearest else None


def in_order(found: Sequence[PairCard]) -> tuple[PairCard, ...]:
    """Cards as a list shows them: overdue first, then by the day of the next conversation; who pauses comes last."""

    def place(card: PairCard) -> tuple[bool, bool, date, str, int]:
        following = next_of(card)
        pauses = state_of(card) is State.PAUSED
        return not card.overdue, pauses, following[0] if following else date.max, card.other, card.id

    return tuple(sorted(found, key=place))


def sentence(found: Conversations, today: date) -> str:
    """The answer on top: whom the viewer owes a conversation, and with whom the next one is."""
    if not found.pairs:
        return "You have no conversations at the moment." if found.ended else "You have no conversations yet."
    days = [(next_of(card), card) for card in found.pairs]
    ahead = [(when[0], card) for when, card in days if when is not None and when[0] >= today]
    day, first = min(ahead, key=lambda each: (each[0], each[1].other), default=(None, None))
    parts = []
    if found.owed:
        parts.append(f"You owe {names([card.other for card in found.owed])} a conversation.")
        if first is not None and day is not None:
            parts.append(f"The next one is with {first.other} {_on(day, today)}.")
        return " ".join(parts)
    late = sum(card.overdue for card in found.pairs)
    if first is not None and day is not None:
        parts.append(f"Your next conversation is with {first.other} {_on(day, today)}.")
        if late:
            parts.append(f"{in_words(late, start=True)} {'is' if late == 1 else 'are'} overdue.")
        return " ".join(parts)
    passed = sorted((when[0], card.other) for when, card in days if when is not None)
    if passed:
        return f"Your conversation with {passed[0][1]} was due on {label(passed[0][0])}."
    return "Your conversations pause."


def support(found: Conversations) -> str:
    """The line under it: proposals that wait for the viewer, else that nothing is overdue."""
    asked = [proposal for proposal in found.proposals if not proposal.mine]
    if asked:
        wants = "proposes to be coached by you" if asked[0].as_coach else "offers to coach you"
        return f"{asked[0].other} {wants}." + (" More proposals are below." if len(asked) > 1 else "")
    if not found.pairs:
        return ""
    if any(card.overdue for card in found.pairs):
        return "Overdue says that days have passed, not why. Move it to a day that works, or let the pair pause."
    return "Nothing is overdue."


def state_of(card: PairCard) -> State:
    """Where a pair stands with the nearer of its check-in and its review: the one that needs somebody most decides."""
    order = (State.OVERDUE, State.DUE, State.AHEAD, State.PAUSED)
    return min((each.state for each in (card.check_in, card.review) if each), key=order.index, default=State.AHEAD)


def badge(card: PairCard) -> tuple[str, str, str]:
    """(words, icon, colour) of where a pair stands."""
    state = state_of(card)
    if state is State.PAUSED:
        until = card.pauses[0].ends if card.pauses else None
        for one, other in pairwise(card.pauses):  # pauses that touch are one
            if other.starts > one.ends:
                break
            until = max(one.ends, other.ends)
        return (f"Pauses until {label(until)}" if until else "Pauses", "pause_circle", "gray")
    return {
        State.OVERDUE: ("Overdue", "schedule", "orange"),
        State.DUE: ("Due now", "event", "blue"),
        State.AHEAD: ("On time", "check", "gray"),
    }[state]


def planned_line(planned: Planned, today: date) -> str:
    """One conversation that is planned."""
    was = "was planned" if planned.due < today else "planned"
    return f"{kind_name(planned.kind)} {was} for {label(planned.due)}" + (", moved" if planned.moved else "")


def due_line(card: PairCard, today: date) -> str:
    """What the cadence asks for, where it is not planned; '' when nothing is."""
    kinds = {each.kind for each in card.planned}
    return " · ".join(
        _due(stands, today)
        for stands in (card.check_in, card.review)
        if stands is not None and stands.kind.value not in kinds and stands.state is not State.PAUSED
    )


def last_line(card: PairCard) -> str:
    """When the two talked last, and what is open between them."""
    told = f"Last talked {dated(card.last)}" if card.last else "Not talked yet as this pair"
    if card.open_steps:
        told += f" · {in_words(card.open_steps)} open {'step' if card.open_steps == 1 else 'steps'}"
    return told


def title(page: ConversationPage, today: date) -> str:
    """The sentence on top of one conversation."""
    what = f"{kind_name(page.kind)} with {page.other}"
    if page.held_on:
        return f"{what}, held on {dated(page.held_on)}."
    if page.called_off_on:
        return f"{what}, called off."
    if not page.writable:
        return f"{what}, not held."
    return f"{what} {_on(page.due, today)}." if page.due >= today else f"{what}, planned for {label(page.due)}."


def about(page: ConversationPage) -> str:
    """The line under it: why nothing can be added, or that it was moved; '' when there is nothing to say."""
    if not page.writable:
        return "This pair has ended. What you wrote stays readable for the two of you, and nothing is added."
    if page.called_off_on:
        return "What was written for it is kept. Plan it again, and it goes on from here. What is due stays due."
    if not page.held_on and page.due != page.first_due:
        return f"It was planned for {label(page.first_due)} first. Moving it does not change when it was due."
    return ""


def _due(stands: Standing, today: date) -> str:
    word = "was due" if stands.due < today else "due"
    return f"{kind_name(stands.kind.value)} {word} {label(stands.due)}"


def _on(day: date, today: date) -> str:
    if day == today:
        return "today"
    return f"on {label(day)}" if abs((day - today).days) < 300 else f"on {long_label(day)}"


def dated(day: date) -> str:
    """A day with its year, such as `9 Nov 2026`."""
    return f"{label(day)} {day.year}"


def span(card: PairCard) -> str:
    """From when to when an ended pair held."""
    return f"{dated(card.since)} to {dated(card.until)}" if card.until else f"since {dated(card.since)}"
