"""Who sees what: the one table. Scope conditions, the screen *Who sees what* and docs/access.md are all made from it.

A rule says for one kind of data what each relation to it reaches. `core.access.viewer` turns reaches into SQL conditions;
the functions named in `enforced_by` put those conditions into their statements.
"""

from collections.abc import Iterable

from core.access.grants import NEVER, RELATIONS_OF, Grant, Reach, Rule

_OWN_LINE = "unit_means_for_everyone"


def _open_to_all(rule_id: str, data: str, words: str, enforced_by: tuple[str, ...] = ()) -> Rule:
    grant = Grant(Reach.ALL, words)
    return Rule(
        rule_id, data, grant, grant, grant, grant, grant, grant, held=bool(enforced_by), enforced_by=enforced_by
    )


def _own_only(rule_id: str, data: str, words: str, enforced_by: tuple[str, ...]) -> Rule:
    own, others = Grant(Reach.OWN_ROWS, words), Grant(Reach.NONE, "never by row")
    return Rule(rule_id, data, own, others, others, others, others, held=True, enforced_by=enforced_by)


OWN_HOURS = _own_only(
    "own_hours",
    "Your hours and leave",
    "every week, as it came in",
    ("core.access.viewer.only_own", "core.people.scope.own_person", "core.workload.my_week_views.my_week"),
)
OWN_EVENTS = _own_only(
    "own_events",
    "Your events (commits, tickets, calls, meetings), counted by hour",
    "week by week, with those outside your hours and on days off",
    ("core.people.scope.own_person", "core.workload.own_events.own_events"),
)
ROSTER_ENTRY = _own_only(
    "roster_entry",
    "Your entry on the roster",
    "your unit, and who your manager is",
    ("core.people.views.own_manager",),
)
GROUP_NUMBERS = Rule(
    id="group_numbers",
    data="Protected numbers of units",
    person=Grant(Reach.OWN_LINE, "your own unit and the units above", _OWN_LINE),
    manager=Grant(Reach.UNITS, "the units they manage, with all below"),
    leader=Grant(Reach.UNITS, "the units they lead, with all below"),
    hr=Grant(Reach.COMPANY, "the company, or the units set on the account"),
    everyone=Grant(Reach.OWN_LINE, "their own unit and the units above", _OWN_LINE),
    held=True,
    enforced_by=(
        "core.access.viewer.units_in_scope",
        "core.people.views.units_seen",
        "core.workload.views.workload_board",
        "core.privacy.views.published",
    ),
)
_WITH_NUMBERS = "with the numbers that they see"
NOTES = Rule(
    id="notes",
    data="Notes about a unit, the story behind a number",
    person=Grant(Reach.OWN_LINE, "with the numbers that you see", _OWN_LINE),
    manager=Grant(Reach.UNITS, _WITH_NUMBERS),
    leader=Grant(Reach.UNITS, _WITH_NUMBERS),
    hr=Grant(Reach.COMPANY, _WITH_NUMBERS),
    everyone=Grant(Reach.OWN_LINE, _WITH_NUMBERS, _OWN_LINE),
    held=True,
    enforced_by=("core.people.scope.readable_unit", "core.workload.notes_views.notes_of"),
)
_WRITES = "about the units of their role; only the author changes a note"
WRITING_NOTES = Rule(
    id="writing_notes",
    data="Writing a note about a unit",
    person=NEVER,
    manager=Grant(Reach.UNITS, _WRITES),
    leader=Grant(Reach.UNITS, _WRITES),
    hr=Grant(Reach.COMPANY, _WRITES),
    everyone=NEVER,
    held=True,
    enforced_by=(
        "core.people.scope.led_unit",
        "core.workload.notes_views.may_write",
        "core.workload.commands.add_note",
        "core.workload.commands.edit_note",
        "core.workload.commands.withdraw_note",
    ),
)
ACCOUNT = Rule(
    id="account",
    data="Your account and where you are signed in",
    person=Grant(Reach.OWN_ROWS, "all of it; nobody else sees where you are signed in"),
    manager=NEVER,
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    administrator=Grant(Reach.ADMINISTERED, "name, roles, units, and whether the account is active"),
    held=True,
    enforced_by=(
        "core.access.sessions.sessions_of",
        "core.access.sessions.end_own",
        "core.access.accounts.list_users",
    ),
)
ACCESS_LOG = Rule(
    id="access_log",
    data="Who looked at your records",
    person=Grant(Reach.OWN_ROWS, "every look at your own record and at your unit, with name and day"),
    manager=NEVER,
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    held=True,
    enforced_by=("core.access.reads.looks_at_own", "core.access.reads.looks_at_unit"),
)
HOW_IT_WORKS = _open_to_all(
    "how_it_works",
    "Policy, thresholds, formulas, and this table",
    "everything",
    ("core.access.viewer.Viewer.may_open", "core.policy.read_policy", "core.metrics.catalogue.catalogue"),
)
_FILES = "what came in, when, by whom; bringing files in and taking the last one back"
DELIVERIES = Rule(
    id="deliveries",
    data="Deliveries of files",
    person=NEVER,
    manager=NEVER,
    leader=NEVER,
    hr=Grant(Reach.COMPANY, f"{_FILES}, unless the account is narrowed to units"),
    everyone=NEVER,
    administrator=Grant(Reach.ADMINISTERED, f"{_FILES}; rows only of a file that they upload, while they check it"),
    held=True,
    enforced_by=(
        "core.intake.deliveries.history",
        "core.intake.deliveries.may_import",
        "core.intake.deliveries.actor_of",
    ),
)
DATA_QUALITY = Rule(
    id="data_quality",
    data="Which units have delivered, as classes",
    person=NEVER,
    manager=NEVER,
    leader=NEVER,
    hr=Grant(
        Reach.COMPANY,
        "the company, or the units set on the account; measures outside their usual swing, gaps of the newest week and refused "
        "files only for the whole company; of open weeks a class for the company, and how many weeks files named again, always",
    ),
    everyone=NEVER,
    administrator=Grant(Reach.ADMINISTERED, "the company; no hours, and no number of people"),
    held=True,
    enforced_by=("core.access.viewer.units_delivering", "core.intake.quality.data_quality"),
)
CONVERSATIONS = Rule(
    id="conversations",
    data="Notes, next steps and feedback between two people",
    person=Grant(Reach.OWN_ROWS, "your own, with the other person of a pair alone"),
    manager=Grant(Reach.SHARED, "what you write to each other, and what you share of a preparation"),
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    administrator=NEVER,
    held=True,
    enforced_by=(
        "core.rhythm.visibility.own_pairs",
        "core.rhythm.visibility.own_conversations",
        "core.rhythm.visibility.own_feedback",
        "core.rhythm.views.conversations",
        "core.rhythm.views.conversation_page",
        "core.rhythm.views.steps_of",
        "core.rhythm.views.past_conversations",
        "core.rhythm.preparing.read_shared",
        "core.rhythm.feedback.feedback_of",
    ),
)
PREPARATION = Rule(
    id="preparation",
    data="What you prepare for a conversation, until you share it",
    person=Grant(Reach.OWN_ROWS, "you alone; what you shared can be taken back"),
    manager=NEVER,
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    administrator=NEVER,
    held=True,
    enforced_by=(
        "core.people.scope.own_person",
        "core.rhythm.preparing.own_preparation",
        "core.rhythm.preparing.take_back",
    ),
)
OWN_RHYTHM = Rule(
    id="own_rhythm",
    data="Whether your own conversations as a manager are on time",
    person=Grant(Reach.OWN_ROWS, "you alone, as the manager of your own team"),
    manager=NEVER,
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    administrator=NEVER,
    held=True,
    enforced_by=("core.rhythm.health.own_team",),
)

RHYTHM_SHARES = Rule(
    id="rhythm_shares",
    data="Whether conversations of a unit are on time",
    person=NEVER,
    manager=NEVER,
    leader=Grant(Reach.UNITS, "protected shares of a quarter, of units with three managers or more"),
    hr=Grant(Reach.COMPANY, "protected shares of a quarter, of units with three managers or more"),
    everyone=NEVER,
    held=True,
    enforced_by=("core.access.viewer.units_for_rhythm", "core.rhythm.shares_views.rhythm_shares"),
)

_GOALS_SEEN = ("core.goals.visibility.sees", "core.goals.views.goal_page", "core.goals.tree_board.tree_board")
_ALL_GOALS = Grant(Reach.ALL, "goal and progress")
OPEN_GOALS = Rule(
    id="open_goals",
    data="Goals marked open",
    person=_ALL_GOALS,
    manager=_ALL_GOALS,
    leader=_ALL_GOALS,
    hr=_ALL_GOALS,
    everyone=_ALL_GOALS,
    held=True,
    enforced_by=("core.access.viewer.sees_open_goals", *_GOALS_SEEN),
)
TEAM_GOALS = Rule(
    id="team_goals",
    data="Goals marked for the team",
    person=Grant(Reach.OWN_ROWS, "your own, and those of your unit"),
    manager=Grant(Reach.UNITS, "of their direct reports and of the units they manage, with all below"),
    leader=Grant(Reach.UNITS, "of the units they lead, with all below"),
    hr=NEVER,
    everyone=NEVER,
    held=True,
    enforced_by=("core.access.viewer.units_led", *_GOALS_SEEN),
)
OWN_GOALS = Rule(
    id="own_goals",
    data="Your private goals, development, wellbeing",
    person=Grant(Reach.OWN_ROWS, "all; of drafts and proposals only the two who agree see anything"),
    manager=Grant(Reach.SHARED, "private goals of their direct reports; of wellbeing, only what you share"),
    leader=NEVER,
    hr=NEVER,
    everyone=NEVER,
    held=True,
    enforced_by=(*_GOALS_SEEN, "core.goals.mine_views.my_goals"),
)
GOAL_REASONS = Rule(
    id="goal_reasons",
    data="Why a goal needs revisiting, its history, notes of check-ins",
    person=Grant(Reach.OWN_ROWS, "of goals that you own or share; notes of check-ins also of those where you stand in"),
    manager=Grant(Reach.UNITS, "of goals of their direct reports and of the units they manage"),
    leader=Grant(Reach.UNITS, "of open and team goals of the units they lead, with all below"),
    hr=NEVER,
    everyone=NEVER,
    held=True,
    enforced_by=(
        "core.access.viewer.units_led",
        "core.goals.visibility.sees_reasons",
        "core.goals.visibility.among_reasons_seen",
        "core.goals.queue_views.queue",
        "core.goals.room_views.team_room",
        "core.goals.views.goal_page",
        "core.goals.commands.check_in",
        "core.goals.decisions.decide",
    ),
)

GOAL_SHARES = Rule(
    id="goal_shares",
    data="How many open goals of a unit have which reason, or are looked after",
    person=NEVER,
    manager=Grant(Reach.UNITS, "of the units they manage: counts over goals that they may read"),
    leader=Grant(Reach.UNITS, "of the units they lead, with all below: counts over goals that they may read"),
    hr=NEVER,
    everyone=NEVER,
    held=True,
    enforced_by=("core.goals.visibility.among_goals_led", "core.goals.unit_shares.unit_shares"),
)

# What this release does not hold, or holds and shows to nobody.
PULSE = Rule(
    id="pulse",
    data="Your pulse answers and comments",
    person=Grant(Reach.WRITE_ONLY, "written only; nobody can find an answer again"),
    manager=Grant(Reach.NONE, "never"),
    leader=Grant(Reach.UNITS, "protected numbers; comments at a higher bar, once, shuffled, undated"),
    hr=Grant(Reach.COMPANY, "protected numbers; comments at a higher bar, once, shuffled, undated"),
    everyone=Grant(
        Reach.OWN_LINE, "protected numbers of their own unit and the units above, from the same day as leaders"
    ),
)
EXITS = Rule(
    id="exits",
    data="Exits and their reasons",
    person=NEVER,
    manager=Grant(Reach.COUNTS, "counts, protected"),
    leader=Grant(Reach.UNITS, "protected numbers"),
    hr=Grant(Reach.COMPANY, "protected numbers; the text of exit interviews"),
    everyone=NEVER,
)
CONCERNS = Rule(
    id="concerns",
    data="A concern raised in confidence",
    person=Grant(Reach.OWN_ROWS, "your own"),
    manager=Grant(Reach.NONE, "never"),
    leader=Grant(Reach.NONE, "never"),
    hr=Grant(Reach.CHANNEL, "the named channel only"),
    everyone=NEVER,
)
RESULTS = _open_to_all("published_results", "Published results", "all")

RULES: tuple[Rule, ...] = (
    OWN_HOURS,
    OWN_EVENTS,
    ROSTER_ENTRY,
    GROUP_NUMBERS,
    NOTES,
    WRITING_NOTES,
    ACCOUNT,
    ACCESS_LOG,
    HOW_IT_WORKS,
    DELIVERIES,
    DATA_QUALITY,
    CONVERSATIONS,
    PREPARATION,
    OWN_RHYTHM,
    RHYTHM_SHARES,
    OPEN_GOALS,
    TEAM_GOALS,
    OWN_GOALS,
    GOAL_REASONS,
    GOAL_SHARES,
    PULSE,
    EXITS,
    CONCERNS,
    RESULTS,
)


def reaches(rule: Rule, roles: Iterable[str]) -> frozenset[Reach]:
    """How far roles reach together, before the policy: the union over the relations of each. Unknown roles reach nothing."""
    found = {rule.grant(relation).reach for role in roles for relation in RELATIONS_OF.get(role, ())}
    return frozenset(found - {Reach.NONE})


def roles_reaching(rule: Rule, *wanted: Reach) -> tuple[str, ...]:
    """The roles that reach one of `wanted`, in the order in which roles are listed."""
    return tuple(role for role in RELATIONS_OF if reaches(rule, (role,)) & set(wanted))
