"""The page docs/demonstration.md, generated from the knobs and the stories."""

from dataclasses import fields
from datetime import date

from core.demo.accounts import DEMO_ACCOUNTS
from core.demo.generate import generate
from core.demo.goal_stories import QUIETER, STORIES
from core.demo.knobs import Knobs

_ANY_WEEK = date(2026, 3, 2)
TALKS = (
    "Every pair of the roster with its monthly check-ins and quarterly reviews; departments differ in how well they keep it.",
    "One pair of `manager` has not talked for a quarter. The next conversation with `employee` is prepared and shared.",
    "A coach of `employee` from another department, and a step that was taken along from the coach before.",
    "Feedback that was asked for, given, and meant as recognition; one question waits for `employee`.",
)
FINDS = {
    "leader": "Goals that need revisiting in all units, late ones in the worn-down team among them.",
    "hr": "Open goals with their progress, without reasons; no conversation.",
    "manager": "Five goals to revisit, each for another reason, one conversation owed, one prepared, a proposal to answer.",
    "employee": "A proposal to answer, a check-in that is due, a question for feedback, the next conversation.",
    "admin": "No goal and no conversation, by virtue of the role.",
}


def demonstration_page() -> str:
    """The text of docs/demonstration.md; a test compares it with the file."""
    organisation = generate(Knobs(), _ANY_WEEK)
    stories = "\n".join(
        f"- **{story.name}** (`{story.unit}`): {story.sentence} "
        f"Weeks {_before_end(story.from_week)} to {_before_end(story.to_week, inclusive=True)} before the end."
        for story in organisation.stories
    )
    knobs = "\n".join(f"| `{knob.name}` | {knob.default} | {knob.metadata['meaning']} |" for knob in fields(Knobs))
    goals = "\n".join(
        f"- **{story.title}** (`{story.unit}`): {story.sentence} Reasons: {', '.join(f'`{code}`' for code in story.reasons)}."
        for story in STORIES
    )
    quieter = "\n".join(f"- {sentence}" for sentence in (*QUIETER, *TALKS))
    accounts = "\n".join(
        f"| `{account.name}` | {account.meaning} | {FINDS[account.name]} |" for account in DEMO_ACCOUNTS
    )
    return f"""# The demonstration organisation

Generated from the code (`core/demo`) by `make docs`.

`make run` and `make demo` load Northwind, an invented company: {organisation.people["unit"].nunique()} unit paths over
{Knobs().weeks} weeks, with seasons, leave, joiners, leavers, a reorganisation, part-timers, late and missing weeks.
Its last week is the last closed one, so that it never looks stale; `--as-of` chooses another day.
The files it makes go in through the ordinary import.

## Stories to find

{stories}

Everything else is noise, which is the point: most weeks of most teams are ordinary.

## Goals and conversations to find

About 2,700 goals of two years: by the year for company and divisions, by the quarter for departments and teams, graded at the
end. Of those that are open about one in eight needs revisiting; these have a story:

{goals}

And without a reason to worry:

{quieter}

What people wrote to each other is sealed with the key of the installation. Without one (`EVENKEEL_NOTES_KEYS`, or
demonstration mode) the conversations are there and their texts are not.

| account | who it is | what it finds |
|---|---|---|
{accounts}

## Knobs

`python -m core demo load --set NAME=VALUE`, as often as wanted.

| knob | default | meaning |
|---|---|---|
{knobs}
"""


def _before_end(day: date, *, inclusive: bool = False) -> int:
    weeks = (_ANY_WEEK - day).days // 7
    return weeks + 1 if inclusive else weeks
