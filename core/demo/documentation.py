"""The page docs/demonstration.md, generated from the knobs and the stories."""

from dataclasses import fields
from datetime import date

from core.demo.generate import generate
from core.demo.knobs import Knobs

_ANY_WEEK = date(2026, 3, 2)


def demonstration_page() -> str:
    """The text of docs/demonstration.md; a test compares it with the file."""
    organisation = generate(Knobs(), _ANY_WEEK)
    stories = "\n".join(
        f"- **{story.name}** (`{story.unit}`): {story.sentence} "
        f"Weeks {_before_end(story.from_week)} to {_before_end(story.to_week, inclusive=True)} before the end."
        for story in organisation.stories
    )
    knobs = "\n".join(f"| `{knob.name}` | {knob.default} | {knob.metadata['meaning']} |" for knob in fields(Knobs))
    return f"""# The demonstration organisation

Generated from the code (`core/demo`) by `make docs`.

`make run` and `make demo` load Northwind, an invented company: {organisation.people["unit"].nunique()} unit paths over
{Knobs().weeks} weeks, with seasons, leave, joiners, leavers, a reorganisation, part-timers, late and missing weeks.
Its last week is the last closed one, so that it never looks stale; `--as-of` chooses another day.
The files it makes go in through the ordinary import.

## Stories to find

{stories}

Everything else is noise, which is the point: most weeks of most teams are ordinary.

## Knobs

`python -m core demo load --set NAME=VALUE`, as often as wanted.

| knob | default | meaning |
|---|---|---|
{knobs}
"""


def _before_end(day: date, *, inclusive: bool = False) -> int:
    weeks = (_ANY_WEEK - day).days // 7
    return weeks + 1 if inclusive else weeks
