"""What needs the viewer: computed from what is shown, what has been written about it, and the state of the data."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from core.access.viewer import Viewer
from core.calendar import WEEK, label
from core.metrics.definition import Metric
from core.overview import operations, wording
from core.overview.board import Need, Way
from core.policy import Policy
from core.privacy.views import corrections_waiting
from core.workload.notes_views import may_write, notes_of
from core.workload.teams import Run
from core.workload.wording import in_words

EXPLAINED_FOR = 8 * WEEK  # a note holds for so long; then somebody is asked again
MOST = 3
LOOKED_THROUGH = 12
FRESHNESS = Way("See how fresh it is", "how_it_works", (("about", "freshness"),))
MY_WEEK = Need(
    "my_week",
    "Your own week",
    "Your hours against your own weeks before. Only you see them.",
    Way("See my week", "my_week"),
)
WHO_SEES_WHAT = Need(
    "who_sees_what",
    "What others see of you",
    "Your hours count in a group. No screen shows them to anybody else.",
    Way("See who sees what", "who_sees_what"),
)


def of_teams(
    connection: Connection,
    viewer: Viewer,
    metric: Metric,
    runs: tuple[Run, ...],
    *,
    path: Callable[[str], str],
    way: Callable[[str], Way],
    everything: Way,
    policy: Policy,
    as_of: date,
) -> tuple[Need, ...]:
    """Units under lasting load, longest first: those about which nobody has written for eight weeks, then the others.

    At most three by name. path: key -> path of the unit, '' for a join (which has no notes of its own). everything: where all
    of them can be seen.
    """
    line = policy.utilisation_bands[2]
    waiting: list[Need] = []
    explained: list[Need] = []
    for run in runs[:LOOKED_THROUGH]:
        unit, on = path(run.key), way(run.key)
        says = wording.lasting(metric, line, run)
        if unit and _explained(connection, viewer, unit, policy, as_of):
            says = f"{says} Somebody has written down why."
            explained.append(Need("explained_load", run.name, says, replace(on, label="Read why")))
            continue
        writes = bool(unit) and may_write(connection, viewer, unit)
        label_of_way = "Write down why" if writes else on.label
        waiting.append(Need("lasting_load", run.name, says, replace(on, label=label_of_way)))
    found = [*waiting, *explained][:MOST]
    more = len(runs) - len(found)
    if more:
        title = f"{in_words(more, start=True)} more {'team' if more == 1 else 'teams'} under lasting load"
        found.append(Need("more_lasting_load", title, "Which they are, and how long it has lasted.", everything))
    return tuple(found)


def _explained(connection: Connection, viewer: Viewer, unit: str, policy: Policy, as_of: date) -> bool:
    since = as_of - EXPLAINED_FOR
    return any(
        (note.edited_at or note.written_at).date() >= since for note in notes_of(connection, viewer, unit, policy)
    )


def of_data(connection: Connection, area: str, last: date, as_of: date, policy: Policy) -> tuple[Need, ...]:
    """What HR and administrators should know about the data: its age, corrections that wait, weeks still open."""
    found = []
    days = operations.deliveries(connection).days_old(as_of)
    if days is not None and days > operations.OLD_AFTER:
        found.append(Need("old_data", f"Data is {days} days old", wording.days_old(days, last), FRESHNESS))
    waiting = corrections_waiting(connection, area)
    if waiting:
        found.append(
            Need(
                "corrections",
                "Weeks were delivered again",
                f"Files have named {waiting} released weeks again; changes are shown where enough people changed.",
                FRESHNESS,
            )
        )
    still_open = operations.open_weeks(last, as_of, policy)
    if still_open:
        closes = still_open[0] + (6 + policy.close_after_days) * (WEEK / 7)
        count = len(still_open)
        title = "One week is still open" if count == 1 else f"{in_words(count, start=True)} weeks are still open"
        says = (
            wording.open_weeks(still_open[0], closes)
            if count == 1
            else (f"The first of them, that of {label(still_open[0])}, is shown from {label(closes)} on.")
        )
        found.append(Need("open_weeks", title, says, FRESHNESS))
    return tuple(found)


def of_installation(
    connection: Connection, area: str, last: date | None, as_of: date, policy: Policy
) -> tuple[Need, ...]:
    """What an administrator can do something about. Nothing of it says anything about hours."""
    found = []
    due, _ = operations.weeks_waiting(connection, area, policy, as_of)
    if due:
        title = f"{in_words(due, start=True)} closed {'week waits' if due == 1 else 'weeks wait'} for release"
        found.append(
            Need(
                "releases", title, "They are released by themselves, unless an import was told to hold them.", FRESHNESS
            )
        )
    if last is not None:
        found += [need for need in of_data(connection, area, last, as_of, policy) if need.id != "open_weeks"]
    nowhere = operations.accounts_reaching_nothing(connection)
    if nowhere:
        named = ", ".join(nowhere[:MOST]) + (" and others" if len(nowhere) > MOST else "")
        found.append(Need("accounts", "Accounts without a unit in scope", f"They reach no unit yet: {named}.", None))
    return tuple(found)


def hidden_teams(hidden: int, every: int, way: Way) -> Need:
    """How many teams have no row of their own in the newest week."""
    verb = "is" if hidden == 1 else "are"
    return Need(
        "hidden",
        f"{in_words(hidden, start=True)} of {every} teams {verb} not shown on {'its' if hidden == 1 else 'their'} own",
        "They share a row with others or count one level up, to protect people.",
        way,
    )
