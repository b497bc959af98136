"""What the views *Tree* and *Map* of goals ask: a part of the tree with how each goal goes, and what of it needs revisiting."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, select

from core.access.viewer import Viewer
from core.calendar import WEEK, monday_of, quarter_start
from core.goals.goal import Goal, Kind, Measure, Status, Visibility
from core.goals.judging import judged
from core.goals.lines import Line
from core.goals.progress import Standing
from core.goals.reading import goals_by_id
from core.goals.reasons import CODES
from core.goals.sieve import needs_revisiting
from core.goals.tables import GoalRow
from core.goals.tree_views import Tree, TreeFilters, goal_tree
from core.goals.visibility import sees, sees_reasons
from core.people.places import units_named
from core.policy import Policy
from core.workload.wording import NUMBERS

PERIODS = ("quarter", "year", "next-year")
_DEEPEST = 20


@dataclass(frozen=True)
class Branch:
    """A goal in the tree. revisit: whether it needs revisiting; None where that is not for the viewer to know.

    tone: how it stands: 'critical' at risk, 'watch' behind (or out of its range), 'within', '' when unknown. An objective
    without key results of its own takes the weakest tone of the goals below it that are read with it; then from_below is set.
    serves_nothing: it has no goal above it, or a closed one, and is not marked as standing alone; told with the reasons only.
    """

    line: Line
    tone: str
    from_below: bool
    revisit: bool | None
    serves_nothing: bool


@dataclass(frozen=True)
class TreeBoard:
    """A part of the tree. trail: the goals above the root that the viewer sees, from the top, and the root itself.

    branches: goals below the root (or from the top), each after what it serves, depth from 0. units: (path, name) of units that
    own goals seen here, for the filter. about: codes of others whose goals are shown that are not open, for the log of looks.
    """

    trail: tuple[Goal, ...]
    branches: tuple[Branch, ...]
    complete: bool
    units: tuple[tuple[str, str], ...]
    sentence: str
    about: tuple[str, ...]

    @property
    def orphans(self) -> tuple[Branch, ...]:
        """Goals that serve nothing."""
        return tuple(each for each in self.branches if each.serves_nothing)

    def to_depth(self, depth: int) -> tuple[Branch, ...]:
        """The goals of the first `depth` levels."""
        return tuple(each for each in self.branches if each.line.depth < depth)

    def tops(self) -> tuple[tuple[Branch, tuple[Branch, ...]], ...]:
        """Each goal at depth 0 with those right below it."""
        found: list[tuple[Branch, list[Branch]]] = []
        for each in self.branches:
            if each.line.depth == 0:
                found.append((each, []))
            elif each.line.depth == 1:
                found[-1][1].append(each)
        return tuple((top, tuple(below)) for top, below in found)


def span(period: str | None, on: date) -> tuple[date, date] | None:
    """The days [from, to) that a named period means on a day; None for no period, or one that there is not."""
    if period == "quarter":
        start = quarter_start(monday_of(on))
        return start, start + 13 * WEEK
    if period in ("year", "next-year"):
        year = on.year + (period == "next-year")
        return date(year, 1, 1), date(year + 1, 1, 1)
    return None


def tree_board(
    connection: Connection, viewer: Viewer, filters: TreeFilters, *, policy: Policy, as_of: date
) -> TreeBoard:
    """A part of the tree as far as the viewer sees it.

    Raises:
        NoPermission: the root is not a goal that the viewer may see.
    """
    tree = goal_tree(connection, viewer, filters, policy=policy, as_of=as_of)
    revisits, alone = _judged(connection, viewer, tree, policy, as_of)
    lines: Sequence[Line] = tree.lines
    trail: tuple[Goal, ...] = ()
    if filters.root is not None:
        trail = (*_above(connection, viewer, lines[0].goal, as_of), lines[0].goal)
        lines = [Line(line.goal, line.going, line.depth - 1, line.children) for line in lines[1:]]
    tones = _tones(lines)
    branches = tuple(
        Branch(
            line,
            tone=tones[line.goal.id],
            from_below=_tone(line) == "" != tones[line.goal.id],
            revisit=revisits.get(line.goal.id),
            serves_nothing=line.goal.id in alone,
        )
        for line in lines
    )
    shown = [each.line.goal for each in branches] + list(trail)
    others = {goal.owner.person for goal in shown if goal.visibility is not Visibility.OPEN}
    return TreeBoard(
        trail=trail,
        branches=branches,
        complete=tree.complete,
        units=_units(connection, viewer, as_of),
        sentence=_sentence(branches, trail),
        about=tuple(sorted(others - {"", viewer.person_code})),
    )


_OF_STANDING = {Standing.ON_TRACK: "within", Standing.BEHIND: "watch", Standing.AT_RISK: "critical"}
_WEAKEST = ("critical", "watch", "within")


def _tone(line: Line) -> str:
    """How a goal stands by itself, as a tone."""
    going = line.going
    if going.healthy is not None:
        return "within" if going.healthy else "watch"
    return _OF_STANDING[going.standing] if going.standing is not None else ""


def _tones(lines: Sequence[Line]) -> dict[int, str]:
    """Goal -> tone; what is unknown of an objective without a value of its own is the weakest of what is below it."""
    found: dict[int, str] = {}
    below: dict[int, list[str]] = {}  # depth -> tones of the goals of that depth since the last one above them
    for line in reversed(lines):
        under = below.pop(line.depth + 1, [])
        tone = _tone(line)
        if not tone and line.goal.kind is Kind.OBJECTIVE and line.goal.measure is Measure.NONE:
            tone = next((each for each in _WEAKEST if each in under), "")
        found[line.goal.id] = tone
        below.setdefault(line.depth, []).append(tone)
    return found


def _judged(
    connection: Connection, viewer: Viewer, tree: Tree, policy: Policy, on: date
) -> tuple[dict[int, bool], set[int]]:
    """Which of the goals need revisiting, and which serve nothing; only those whose reasons the viewer may see."""
    ids = [line.goal.id for line in tree.lines]
    found = judged(connection, viewer, and_(GoalRow.id.in_(ids), sees_reasons(viewer, on)), policy=policy, on=on)
    revisits = needs_revisiting(found.table, policy.goals)
    column = found.table[:, CODES.index("unaligned")]
    numbers = found.goals.id.tolist()
    return (
        {number: bool(revisits[place]) for place, number in enumerate(numbers)},
        {number for place, number in enumerate(numbers) if column[place] > 0},
    )


def _above(connection: Connection, viewer: Viewer, goal: Goal, on: date) -> tuple[Goal, ...]:
    found: list[Goal] = []
    at = goal.parent_id
    while at is not None and at not in [each.id for each in found] and len(found) < _DEEPEST:
        seen = connection.scalars(select(GoalRow.id).where(GoalRow.id == at, sees(viewer, on))).all()
        if not seen:
            break
        found.append(goals_by_id(connection, seen)[at])
        at = found[-1].parent_id
    return tuple(reversed(found))


def _units(connection: Connection, viewer: Viewer, on: date) -> tuple[tuple[str, str], ...]:
    owning = select(GoalRow.owner_unit_id).where(
        GoalRow.owner_unit_id.is_not(None),
        GoalRow.archived_at.is_(None),
        GoalRow.status.in_([Status.ACTIVE, Status.PAUSED]),
        sees(viewer, on),
    )
    ids = [each for each in connection.scalars(owning.distinct()) if each is not None]
    return tuple(sorted(units_named(connection, ids).values()))


def _sentence(branches: Sequence[Branch], trail: Sequence[Goal]) -> str:
    """How the goals at the top of what is shown stand."""
    tops = [each for each in branches if each.line.depth == 0]
    if not tops:
        return "Nothing is below this goal yet." if trail else "There is no goal here yet."
    tones = Counter(each.tone for each in tops)
    noun = "objective" if all(each.line.goal.kind is Kind.OBJECTIVE for each in tops) else "goal"
    many = f"{_number(len(tops))} {noun}{'' if len(tops) == 1 else 's'}"
    if tones["critical"]:
        return f"{_of(tones['critical'], many, len(tops))} at risk, by the weakest key result."
    if tones["watch"]:
        return f"{_of(tones['watch'], many, len(tops))} behind the pace, by the weakest key result."
    known = tones["within"]
    if not known:
        return f"{many.capitalize()}, and no progress is known yet."
    return "It is on its way." if len(tops) == 1 else f"{many.capitalize()}, and none is behind its pace."


def _of(count: int, many: str, total: int) -> str:
    if total == 1:
        return f"The one {many.rsplit(maxsplit=1)[-1]} here is"
    return f"{_number(count).capitalize()} of {many} {'is' if count == 1 else 'are'}"


def _number(count: int) -> str:
    return NUMBERS[count].lower() if count < len(NUMBERS) else f"{count:,}"
