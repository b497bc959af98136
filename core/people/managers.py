"""Who manages whom: finding circles, at any moment."""

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Link(NamedTuple):
    """`person` is managed by `manager` in `[starts, ends)`; `row` of the file that says so (None: on record)."""

    person: str
    manager: str
    starts: date
    ends: date | None
    row: int | None


def circles(links: Iterable[Link]) -> list[tuple[Link, ...]]:
    """Circles of people who manage each other at one and the same time, each once, as the links that form it.

    A swap of roles is no circle: links must hold on the same day. A circle begins on the first day of one of its links,
    so only those days are looked at, and only among people who are part of a circle over all of time.
    """
    candidates = _core(list(links))
    found: dict[frozenset[str], tuple[Link, ...]] = {}
    for on in sorted({link.starts for link in candidates}):
        active = _core([link for link in candidates if link.starts <= on and (link.ends is None or on < link.ends)])
        while active:
            circle = _one_circle(active)
            members = frozenset(link.person for link in circle)
            found.setdefault(members, circle)
            active = _core([link for link in active if link.person not in members])
    return list(found.values())


def _core(links: list[Link]) -> list[Link]:
    """The links that are left when people without a manager and people without reports are taken away repeatedly."""
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    for link in links:
        up[link.person].append(link.manager)
        down[link.manager].append(link.person)
    everyone = set(up) | set(down)
    above = {person: len(up[person]) for person in everyone}
    below = {person: len(down[person]) for person in everyone}
    gone: set[str] = set()
    ends = deque(person for person in everyone if above[person] == 0 or below[person] == 0)
    while ends:
        person = ends.popleft()
        if person in gone:
            continue
        gone.add(person)
        for other in down[person]:
            above[other] -= 1
            if above[other] == 0:
                ends.append(other)
        for other in up[person]:
            below[other] -= 1
            if below[other] == 0:
                ends.append(other)
    return [link for link in links if link.person not in gone and link.manager not in gone]


def _one_circle(links: list[Link]) -> tuple[Link, ...]:
    """A circle among links of which everybody has at least one upwards."""
    upwards: dict[str, Link] = {}
    for link in sorted(links, key=lambda link: (link.person, link.manager)):
        upwards.setdefault(link.person, link)
    person = min(upwards)
    place: dict[str, int] = {}
    path: list[Link] = []
    while person not in place:
        place[person] = len(path)
        path.append(upwards[person])
        person = upwards[person].manager
    return tuple(path[place[person] :])
