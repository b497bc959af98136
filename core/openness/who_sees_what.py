"""What *Who sees what* asks: the table of rules in words, what a viewer's roles reach, what the manager sees, who looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from core.access.grants import LABELS, NEVER, Grant, Reach, Relation, Rule
from core.access.reads import Look, looks_at_own, looks_at_unit
from core.access.refusals import NoPermission
from core.access.rules import GROUP_NUMBERS, OWN_HOURS, RULES, reaches
from core.access.viewer import Viewer
from core.calendar import label
from core.people.scope import name_and_slug, readable_unit
from core.people.views import own_manager
from core.policy import Policy
from core.workload.board import WorkloadBoard, WorkloadFilters
from core.workload.views import workload_board

PREVIEW_WEEKS = 8
ROLE_NAMES = {"leader": "Leader", "hr": "HR", "manager": "Manager", "employee": "Employee", "admin": "Administrator"}
SERVER = "Whoever runs the server can read its database. A look by the command line is written down here."


@dataclass(frozen=True)
class Line:
    """One rule in words: the data, who reaches any of it, and how far."""

    data: str
    who: str
    how: str


@dataclass(frozen=True)
class WhoSeesWhat:
    """The screen for one viewer.

    lines: rules for what this release holds; later: those for what it does not. mine: role or relation -> what it reaches.
    own_looks, unit_looks: who read the own record, and whose view of the own unit was taken, newest first.
    """

    sentence: str
    support: str
    lines: tuple[Line, ...]
    later: tuple[Line, ...]
    mine: Mapping[str, str]
    own_looks: tuple[Look, ...]
    unit_looks: tuple[Look, ...]


@dataclass(frozen=True)
class Preview:
    """What the direct manager sees of the viewer's own unit.

    sentence: always there. board: the unit's own row (and that of its join), 8 weeks; None when there is nothing to show here.
    """

    sentence: str
    board: WorkloadBoard | None = None


def who_sees_what(connection: Connection, viewer: Viewer, *, policy: Policy, as_of: date) -> WhoSeesWhat:
    """The rules as they are for this viewer under this policy, and the log of looks at the viewer's record.

    Raises:
        NoPermission: no role of the viewer opens the screen.
    """
    if not viewer.may_open("who_sees_what"):
        raise NoPermission("Your account has no role yet. Ask your administrator for one.")
    unit, _ = name_and_slug(connection, viewer.own_unit)
    manager = own_manager(connection, viewer, as_of)
    return WhoSeesWhat(
        sentence=_sentence(viewer, unit),
        support=_support(viewer, unit, manager),
        lines=tuple(line(rule, policy) for rule in RULES if rule.held),
        later=tuple(line(rule, policy) for rule in RULES if not rule.held),
        mine=own_reach(viewer, policy),
        own_looks=looks_at_own(connection, viewer),
        unit_looks=looks_at_unit(connection, viewer),
    )


def _sentence(viewer: Viewer, unit: str) -> str:
    if not viewer.person_code:
        return "This account holds no hours. What it shows follows from its roles."
    alone = all(OWN_HOURS.grant(each).reach is Reach.NONE for each in (Relation.MANAGER, Relation.LEADER, Relation.HR))
    assert alone, "the rule for a person's own hours and this sentence must agree"
    said = "Your hours are seen by you alone."
    return f"{said} Your manager sees your team as a group." if unit else said


def _support(viewer: Viewer, unit: str, manager: str) -> str:
    if not viewer.person_code:
        return SERVER
    if not unit:
        return f"The roster has no unit for you today. {SERVER}"
    named = f"Your manager is {manager}. " if manager else "The roster names no manager for you. "
    return f"Your unit is {unit}. {named}{SERVER}"


def line(rule: Rule, policy: Policy) -> Line:
    """A rule in words, under a policy."""
    grants = rule.grants(policy)
    groups: dict[str, list[Relation]] = {}
    for relation, grant in grants.items():
        if grant.words != NEVER.words:
            groups.setdefault(grant.words, []).append(relation)
    if len(groups) == 1 and set(*groups.values()) == set(Relation):
        (words,) = groups
        return Line(rule.data, "Everyone", f"{_start(words)}.")
    if list(groups.values()) == [[Relation.PERSON]]:
        return Line(rule.data, "Only you", f"{_start(next(iter(groups)))}.")
    how = " ".join(f"{_start(_listed(who))}: {words}." for words, who in groups.items())
    return Line(rule.data, _who(grants), how)


def _who(grants: Mapping[Relation, Grant]) -> str:
    """Who finds anything of it. Who may only write finds nothing."""
    finds = [each for each, grant in grants.items() if grant.reach not in (Reach.NONE, Reach.WRITE_ONLY)]
    if finds == [Relation.PERSON]:
        return "Only you"
    if {Relation.PERSON, Relation.EVERYONE} <= set(finds):
        return "Everyone, each within their reach"
    return _start(_listed(finds)) if finds else "Nobody"


def _listed(relations: Sequence[Relation]) -> str:
    words = [LABELS[relation] for relation in relations]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _start(text: str) -> str:
    return text[0].upper() + text[1:]


def own_reach(viewer: Viewer, policy: Policy) -> dict[str, str]:
    """What the viewer's roles reach of group numbers: role -> words, then the own unit. From the rule that makes the scope."""
    units = "; ".join(trail(path) for path in viewer.units)
    found = {}
    for role in viewer.roles:
        reach = reaches(GROUP_NUMBERS, (role,))
        if Reach.COMPANY in reach and not viewer.units:
            text = "Group numbers of the whole company"
        elif reach & {Reach.UNITS, Reach.COMPANY}:
            text = f"Group numbers of {units}, with all below" if units else "No unit is set on the account"
        elif reach:
            text = (
                "Your own hours, and the group numbers of your own unit" if viewer.person_code else "Nothing by itself"
            )
        else:
            text = "Accounts and imports. No people data by virtue of the role"
        found[ROLE_NAMES.get(role, role)] = text
    if Reach.OWN_LINE in reaches(GROUP_NUMBERS, viewer.roles):
        found["Your own unit"] = _own_line(viewer, policy)
    return found


def _own_line(viewer: Viewer, policy: Policy) -> str:
    if not viewer.own_unit:
        return "None: the account is linked to nobody on today's roster"
    if GROUP_NUMBERS.grant(Relation.EVERYONE).under(policy).reach is Reach.NONE:
        return f"{trail(viewer.own_unit)}. Its numbers are for those who lead only"
    return f"Group numbers of {trail(viewer.own_unit)}, and of the units above"


def trail(path: str) -> str:
    """A unit's path as people read it: `A/B` -> `A › B`."""
    return " › ".join(path.split("/"))


def manager_preview(connection: Connection, scope: Viewer, *, policy: Policy, as_of: date) -> Preview:
    """What the direct manager of the own unit of `scope` sees of that unit: the newest eight weeks of its load.

    Computed as the manager's own screen is, with a scope of exactly that unit, then cut to the unit's own row: what lies below
    is not the viewer's to see. When the viewer may not see the unit's numbers, the board is left out and the sentence says so.
    """
    unit, _ = name_and_slug(connection, scope.own_unit)
    if not unit:
        return Preview("The roster has no unit for you today, so no manager sees you in a group number.")
    readable = readable_unit(scope, scope.own_unit, own_line_open=policy.unit_means_for_everyone)
    if connection.scalar(readable) is None:
        return Preview(f"Your manager sees protected numbers of {unit}. They are for those who lead only.")
    manager = Viewer(id=0, name="", display_name="", roles=("manager",), units=(scope.own_unit,))
    filters = WorkloadFilters(unit=scope.own_unit, weeks=PREVIEW_WEEKS)
    board = workload_board(connection, manager, filters, policy=policy, as_of=as_of)
    if board.empty:
        return Preview(f"Nothing is released about {unit} yet, so your manager sees nothing either.")
    return _preview(only_heading(board), unit)


def only_heading(board: WorkloadBoard) -> WorkloadBoard:
    """The board with the row of the unit looked at, and that of the join that stands for it; nothing of the level below."""
    heading = board.rows[board.rows["heading"]].iloc[:1]
    keys = {str(heading.iloc[0]["key"]), str(heading.iloc[0]["joined_with"])} - {""}
    rows = board.rows[board.rows["key"].isin(keys)].assign(opens=False).reset_index(drop=True)
    cells = board.cells[board.cells["key"].isin(keys)].reset_index(drop=True)
    return replace(board, rows=rows, cells=cells, sentence="", support="", notice="", alt="")


def _preview(board: WorkloadBoard, unit: str) -> Preview:
    key = board.rows[board.rows["heading"]].iloc[0]["key"]
    last = board.weeks[-1]
    newest = board.cells[board.cells["week"] == last].set_index("key")
    own = newest.loc[key]
    week = f"in the week of {label(last)}"
    if own["status"] == "shown":
        said = f"Your manager sees {unit} at {own['text']} {week}."
    elif own["status"] == "missing":
        said = f"No data was received for {unit} {week}. This is not zero."
    elif own["shown_with"] in newest.index and newest.loc[own["shown_with"], "status"] == "shown":
        together = newest.loc[own["shown_with"]]
        name = own["shown_with_name"]
        said = f"{unit} is not shown by itself, to protect people. Your manager sees {name}: {together['text']}."
    else:
        said = f"{unit} is not shown {week}, to protect people. Your manager does not see it either."
    alt = f"{board.metric.name} of {unit}, {board.period}, as your manager sees it. {said}"
    return Preview(said, replace(board, sentence=said, alt=alt))
