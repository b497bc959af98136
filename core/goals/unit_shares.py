"""How many open goals of units have which reason, and how visible goals are kept: for whoever leads the units, and nobody else.

A unit's leader may read every goal that is counted here with its reasons, so no number tells more than its goals do. Private
and team goals, and those for development or wellbeing, are never counted. Units whose goals have few owners are not told as
shares: few goals of few owners are looked at one by one, in the queue.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.goals.goal import Kind
from core.goals.judging import Judged, judged
from core.goals.reasons import CODES, LABELS
from core.goals.scan import open_and_active
from core.goals.sieve import Bools, Ints, needs_revisiting
from core.goals.tables import GoalRow
from core.goals.visibility import among_goals_led
from core.people.scope import units_of_role
from core.people.views import units_seen
from core.policy import Policy
from core.workload.wording import in_words

COUNTED = (Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.KPI)
KEPT = {
    "reviewed": "Looked at within its cadence",
    "aligned": "Serves a goal, or stands alone",
    "measurable": "Measurable",
    "owned": "Has an active owner",
}
_LACKS = {"aligned": "unaligned", "measurable": "not_measurable", "owned": "no_active_owner"}
_NONE = "No unit that you lead has this address. Shares of goals are told to whoever leads or manages the unit."


@dataclass(frozen=True)
class UnitLine:
    """The open goals at and below one unit, or right at it.

    path, slug, name: of the unit. direct: only goals right at it, beside those of the units below. opens: there are units below
    to look into. few: fewer owners than the smallest group; then nothing is counted, and what follows is empty or 0.
    goals: how many are counted; revisit: of these need revisiting; reasons: code -> how many have it, in the order of CODES, all
    of them; kept: 'reviewed', 'aligned', 'measurable', 'owned' -> how many are.
    """

    path: str
    slug: str
    name: str
    direct: bool
    opens: bool
    few: bool
    goals: int
    revisit: int
    reasons: Mapping[str, int]
    kept: Mapping[str, int]


@dataclass(frozen=True)
class UnitShares:
    """The shares of one level: the unit first, then what lies below it. trail: (slug, name) of led units above, top first.

    sentence: the answer in words. codes: reasons that any line has, the most frequent first.
    """

    lines: tuple[UnitLine, ...]
    trail: tuple[tuple[str, str], ...]
    sentence: str
    codes: tuple[str, ...]


def unit_shares(
    connection: Connection, viewer: Viewer, unit: str | None = None, *, policy: Policy, as_of: date
) -> UnitShares:
    """Shares over open goals of a unit (slug or path; None: the first that the viewer leads) and the units below it.

    Counted are active goals marked open: objectives, key results and KPIs; each at its owning unit, or at its owner's home.

    Raises:
        NoPermission: the viewer leads no unit, or not this one (a unit that does not exist reads the same).
    """
    led = set(connection.scalars(units_of_role(viewer)))
    every = [each for each in units_seen(connection, viewer, own_line_open=False) if each["id"] in led]
    asked = (each for each in every if unit is None or unit in (each["slug"], each["path"]))
    at = min(asked, key=lambda each: (each["depth"], each["path"]), default=None)
    if at is None:
        raise NoPermission(_NONE)
    counted = and_(among_goals_led(viewer, as_of), open_and_active(GoalRow), GoalRow.kind.in_(COUNTED))
    found = judged(connection, viewer, counted, policy=policy, on=as_of)
    where = _units_of(found)
    below = [each for each in every if _under(each["path"], at["path"])]
    lines = [_line(at, _ids(below), below, found, where, policy, as_of)]
    parts = []
    for child in below:
        if child["parent_id"] == at["id"]:
            under = [each for each in below if _under(each["path"], child["path"])]
            parts.append(_line(child, _ids(under), under, found, where, policy, as_of))
    parts = [line for line in parts if line.few or line.goals]
    if parts and np.isin(where, [at["id"]]).any():
        parts.append(_line(at, {at["id"]}, [], found, where, policy, as_of, direct=True))
    lines += parts
    totals = {code: sum(line.reasons.get(code, 0) for line in lines) for code in CODES}
    codes = sorted((code for code in CODES if totals[code]), key=lambda code: (-totals[code], CODES.index(code)))
    above = [each for each in every if _under(at["path"], each["path"]) and each["path"] != at["path"]]
    trail = tuple((each["slug"], each["name"]) for each in sorted(above, key=lambda each: int(each["depth"])))
    return UnitShares(tuple(lines), trail, _sentence(lines[0], policy), tuple(codes))


def table(found: UnitShares) -> pd.DataFrame:
    """One row a line: unit, path, direct, goals, revisit, then a column for each reason and each of KEPT; empty where few own."""
    rows = []
    for line in found.lines:
        numbers = {"goals": line.goals, "revisit": line.revisit, **line.reasons, **line.kept}
        row = {name: None if line.few else number for name, number in numbers.items()}
        rows.append({"unit": line.name, "path": line.path, "direct": line.direct, **row})
    return pd.DataFrame(rows, columns=["unit", "path", "direct", "goals", "revisit", *CODES, *KEPT]).astype(
        dict.fromkeys(("goals", "revisit", *CODES, *KEPT), "Int64")
    )


def _line(
    unit: Mapping[str, Any],
    ids: Collection[int],
    under: Collection[Mapping[str, Any]],
    found: Judged,
    where: Ints,
    policy: Policy,
    on: date,
    *,
    direct: bool = False,
) -> UnitLine:
    here: Bools = np.isin(where, list(ids))
    owners = np.unique((found.goals.person - found.goals.unit)[here])
    few = 0 < len(owners) < policy.k
    goals = 0 if few else int(here.sum())
    has = found.table[here] > 0
    at = found.goals
    since = np.fmax(at.reviewed, at.start)[here]
    kept = {"reviewed": int((on.toordinal() - since <= at.cadence[here]).sum())}
    kept |= {name: int((~has[:, CODES.index(code)]).sum()) for name, code in _LACKS.items()}
    return UnitLine(
        path=str(unit["path"]),
        slug=str(unit["slug"]),
        name=str(unit["name"]),
        direct=direct,
        opens=len(under) > 1,
        few=few,
        goals=goals,
        revisit=0 if few else int(needs_revisiting(found.table[here], policy.goals).sum()),
        reasons={} if few else {code: int(has[:, place].sum()) for place, code in enumerate(CODES)},
        kept={} if few else kept,
    )


def _units_of(found: Judged) -> Ints:
    """The unit of each goal: the one that owns it, or where its owner belongs; 0 for none."""
    homes = {person: home.unit_id for person, home in found.around.home.items()}
    belongs = np.array([homes.get(person, 0) for person in found.goals.person.tolist()], dtype=np.int64)
    where: Ints = np.where(found.goals.unit > 0, found.goals.unit, belongs)
    return where


def _under(path: str, top: str) -> bool:
    return path == top or path.startswith(top + "/")


def _ids(units: Collection[Mapping[str, Any]]) -> set[int]:
    return {int(each["id"]) for each in units}


def _sentence(line: UnitLine, policy: Policy) -> str:
    if line.few:
        return f"Fewer than {in_words(policy.k)} people own open goals in {line.name}, so there are no shares."
    if not line.goals:
        return f"{line.name} has no open goal that is under way."
    if not line.revisit:
        return f"None of the {line.goals:,} open goals in {line.name} needs revisiting."
    most = max(CODES, key=lambda code: line.reasons[code])
    need = "needs" if line.revisit == 1 else "need"
    many = in_words(line.revisit, start=True) if line.revisit <= 10 else f"{line.revisit:,}"
    told = f"{many} of {line.goals:,} open goals in {line.name} {need} revisiting."
    return f"{told} The most frequent reason: {LABELS[most].lower()}."
