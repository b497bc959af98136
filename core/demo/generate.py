"""The demonstration organisation: seeded, believable, and placed so that its last week is the one that is asked for."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from core.demo.activity import events_frame
from core.demo.careers import careers, posts
from core.demo.hours import hours_frame
from core.demo.knobs import Knobs
from core.demo.organisation import units
from core.demo.people import people_frame, staff
from core.demo.stories import Story, stories


@dataclass(frozen=True)
class Organisation:
    """Three frames in the formats that the import reads, and what there is to find in them.

    people: one row for each assignment, sorted by id and `from`. Columns id, name, email, unit (path from the company
    down, separated by "/"), manager_id, contracted_hours, hired, left (last day of employment, inclusive),
    leaving_reason (voluntary, involuntary, other), role, location, grade, from, to, schedule, zone. Dates are `datetime.date`
    or None. The same id and `hired` with a later `from` is the next assignment of the spell; a later `hired` is a re-hire.

    person_weeks: one row for each person and week, sorted by week and person. Columns person_id, week (Monday),
    contracted, leave, public_holiday, sickness, worked, after_hours, rest_day, meeting, focus; hours, NaN = missing.

    events: one row for each event of the last weeks, columns actor, time, source, see `core.demo.activity.events_frame`.

    stories: the windows in which something is different, see `core.demo.stories.Story`.
    """

    people: pd.DataFrame
    person_weeks: pd.DataFrame
    events: pd.DataFrame
    stories: tuple[Story, ...]


def generate(knobs: Knobs, last_week: date) -> Organisation:
    """The organisation over `knobs.weeks` weeks, of which the one that begins on `last_week` is the last.

    The same knobs and week give identical frames. Another week gives the same people, teams and swing, moved by whole
    weeks, in the seasons of their new place in the calendar. Raises ValueError when `last_week` is not a Monday.
    """
    if last_week.weekday() != 0:
        raise ValueError(f"The last week is named by its Monday; {last_week.isoformat()} is not a Monday.")
    first_week = last_week - timedelta(weeks=knobs.weeks - 1)
    all_units = units(knobs)
    all_posts = posts(all_units, knobs)
    tenures, spells = careers(all_units, all_posts, knobs)
    everybody = staff(all_posts, tenures, knobs)
    people = people_frame(all_units, all_posts, tenures, spells, everybody, knobs=knobs, first_week=first_week)
    hours = hours_frame(all_units, all_posts, tenures, everybody, knobs=knobs, last_week=last_week)
    events = events_frame(people, hours, knobs=knobs, last_week=last_week)
    return Organisation(people, hours, events, stories(all_units, knobs, last_week))
