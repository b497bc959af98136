"""Looks of an operator in the view of an account (`--as`): each is on record, also one that is refused."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import calendar
from core.access.refusals import Refused
from core.cli import console


@dataclass
class Look:
    """A look at units, while it lasts. about: what goes on record; whoever looks says it exactly once that is known."""

    connection: Any
    viewer: Any
    about: str


def on_record(engine: Any, as_user: str, about: str | Sequence[str], what: str) -> None:
    """Write to the access log that the operator read `what` about a person (id), a unit (`unit PATH`), an account; or several."""
    from core.access.reads import record_read

    with engine.begin() as connection:
        record_read(
            connection,
            viewer=f"{console.operator()} as {as_user}"[:100],
            subjects=[each[:200] for each in ([about] if isinstance(about, str) else about)],
            what=what,
            day=calendar.now().date(),
        )


def viewer_of(connection: Any, as_user: str, day: date) -> Any:
    """The `Viewer` behind an account on a day.

    Raises:
        Refused: there is no such account, or it is deactivated.
    """
    from core.access.accounts import account_id
    from core.people.views import load_viewer

    viewer = load_viewer(connection, account_id(connection, as_user), day)
    if viewer is None:
        raise Refused(f"The account '{as_user}' is deactivated.")
    return viewer


def at_person(engine: Any, as_user: str, day: date, what: str) -> Any:
    """The `Viewer` of somebody whose own record is to be read; that it is read is on record before anything is.

    Under the person's id, so that the person can see it; under the account's name where it is nobody's or refused.

    Raises:
        Refused: as `viewer_of`.
    """
    about = f"account {as_user}"
    try:
        with engine.connect() as connection:
            viewer = viewer_of(connection, as_user, day)
        about = viewer.person_code or about
    finally:
        on_record(engine, as_user, about, what)
    return viewer


@contextmanager
def at_units(engine: Any, as_user: str, day: date, *, policy: Any, about: str, what: str) -> Iterator[Look]:
    """A look at released cells; it goes on record at its end, whatever that is, and before anything is printed.

    A release that a killed import left pending is finished first.

    Raises:
        Refused: as `viewer_of`.
    """
    from core.workload.release import finish_pending

    at = calendar.now()
    # a look into the future must not close weeks that are still open
    finish_pending(engine, policy=policy, as_of=min(day, at.date()), at=at, actor=console.operator())
    look = Look(None, None, about)
    try:
        with engine.connect() as look.connection:
            look.viewer = viewer_of(look.connection, as_user, day)
            yield look
    finally:
        on_record(engine, as_user, look.about, what)
