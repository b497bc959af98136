"""Guides for a conversation: prompts to prepare by, GROW, and Notice–Impact–Options. Texts to read, never a form to fill.

GROW (goal, reality, options, will) is by John Whitmore, *Coaching for Performance*, 1992. Notice–Impact–Options is this
product's own form; it owes its order to the Situation–Behavior–Impact model of the Center for Creative Leadership.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from core.policy import RhythmRules

PROMPTS: Mapping[str, str] = MappingProxyType(
    {
        "progress": "What has moved since we last talked, and what made it move?",
        "obstacles": "What stands in the way, and what have you tried?",
        "workload": "How does the work fit into your week? What could stop, wait or be shared?",
        "support": "What support do you want, and from whom?",
        "growth": "What do you want to learn or try next?",
    }
)


@dataclass(frozen=True)
class Part:
    """One step of a guide: its name, and what to ask or say."""

    name: str
    text: str


@dataclass(frozen=True)
class Guide:
    """A guide: name, when it helps, its steps in order, whose idea it is, and an example ('' for none)."""

    name: str
    purpose: str
    parts: tuple[Part, ...]
    credit: str
    example: str = ""


GROW = Guide(
    "GROW",
    "For a conversation about where the work goes.",
    (
        Part("Goal", "What would a sustainable week look like for this team?"),
        Part("Reality", "What do the data and the team say, and what is missing?"),
        Part("Options", "What could we stop, delay, share, automate, or staff?"),
        Part("Will", "Who does what by when? What will we watch, and when do we look again?"),
    ),
    "After John Whitmore, Coaching for Performance, 1992.",
)
NOTICE_IMPACT_OPTIONS = Guide(
    "Notice–Impact–Options",
    "For saying what you see, without judging anybody.",
    (
        Part("Notice", "I notice … Say what anybody could have seen, and when."),
        Part("Impact", "The impact I see or worry about is … On the work, on recovery, on quality. What do you see?"),
        Part(
            "Options",
            "Options I can offer are … At least one takes work away. Which would help, and what would you choose instead?",
        ),
    ),
    "A form of this product, after the Situation–Behavior–Impact model of the Center for Creative Leadership.",
    "I notice the team's utilisation was above 1.10 in three of four weeks. The impact I worry about is rework rising and leave "
    "being postponed. Options: pause goal 3, move the release by two weeks, or borrow one person. What would help?",
)
GUIDES = (GROW, NOTICE_IMPACT_OPTIONS)

SHORT = 20  # characters: less is hardly something that anybody could have seen
_VERDICTS = re.compile(
    r"(?<!\w)(burn(?:ed|t)[\s-]out|burn-?out|resilien(?:t|ce)|attitude|lazy|depress(?:ed|ion)|anxious|toxic|always|never)(?!\w)",
    re.IGNORECASE,
)


def hints(notice: str, impact: str, options: str, about: date, today: date, rules: RhythmRules) -> tuple[str, ...]:
    """What might make feedback more specific and timely. Hints, not rules: it can be sent as it is.

    notice, impact, options: the parts as written. about: the day that it speaks of.
    """
    found = []
    if len(notice.strip()) < SHORT:
        found.append("Say what happened, so that the other can see the moment before them.")
    if not impact.strip():
        found.append("Say what it led to. Without that it is hard to know why it matters.")
    word = _VERDICTS.search(f"{notice}\n{impact}\n{options}")
    if word:
        found.append(f"“{word[0]}” judges more than it describes. Say what anybody could have seen instead.")
    days = (today - about).days
    if days > rules.timely_days:
        found.append(f"It is {days} days ago. Feedback helps most within {rules.timely_days} days.")
    return tuple(found)
