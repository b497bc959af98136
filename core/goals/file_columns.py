"""The columns of files of goals and of their updates, with the rules for their cells."""

from core.delivery import DATE, IS_NUMBER, NO_CONTROL, Column, Rule, at_most, number
from core.goals.goal import CLOSED, Ambition, Kind, Measure, Pace, Status, Visibility

_LARGEST = 1e15


def _one_of(name: str, values: list[str]) -> Rule:
    listed = ", ".join(values)
    return Rule(name, lambda text: word(text) in values, f"This is not one of: {listed}.", f"Write one of: {listed}.")


def word(text: str) -> str:
    """A word of a list as the code writes it: `Key Result` -> `key_result`."""
    return "_".join(text.casefold().replace("-", " ").split())


def _between(name: str, least: float, most: float, problem: str, remedy: str) -> Rule:
    return Rule(name, lambda text: least <= (number(text) or 0.0) <= most, problem, remedy)


_REACHABLE = _between(
    "reachable", -_LARGEST, _LARGEST, "This number is too large to be a goal.", "Write it in a larger unit of measure."
)
_WHOLE = Rule(
    "whole",
    lambda text: number(text) is not None and float(number(text) or 0).is_integer(),
    "This is not a whole number.",
    "Write a whole number.",
)
_SHARE = _between("share", 0.0, 1.0, "A score lies between 0 and 1.", "Write a score such as 0.7.")
_YES = ("yes", "true", "1", "y")
_NO = ("no", "false", "0", "n")
_SHORT = (NO_CONTROL, at_most(100))
STATUSES = [each.value for each in (Status.ACTIVE, Status.PAUSED, *sorted(CLOSED))]


def is_yes(text: str) -> bool:
    """Whether a cell says yes."""
    return text.casefold() in _YES


def _number(name: str, meaning: str, example: str, *synonyms: str, rules: tuple[Rule, ...] = ()) -> Column:
    return Column(
        name,
        "number",
        meaning,
        example,
        synonyms=synonyms,
        rules=(IS_NUMBER, _REACHABLE, *rules),
        refused="Text; numbers beyond 1e15.",
    )


_ID = Column(
    "id",
    "text",
    "The id of the goal in your own system; of a key result with a number, that of its objective.",
    "O7",
    required=True,
    synonyms=("goal id", "objective id", "code"),
    rules=_SHORT,
    refused="Blank; twice in one file.",
)
_KEY_RESULT = Column(
    "key_result",
    "text",
    "The number of a key result within its objective; blank for everything else.",
    "2",
    synonyms=("kr", "key result number"),
    rules=(NO_CONTROL, at_most(40)),
)
GOAL_COLUMNS = (
    _ID,
    _KEY_RESULT,
    Column(
        "title",
        "text",
        "What is to be reached, in a sentence.",
        "Recover from an incident in twenty minutes",
        required=True,
        synonyms=("goal", "objective", "text"),
        rules=(NO_CONTROL, at_most(300)),
        refused="Blank, more than 300 characters.",
    ),
    Column(
        "kind",
        "text",
        f"One of {', '.join(Kind)}. Blank: key_result when it has a number, else objective.",
        "key_result",
        rules=(_one_of("kind", [each.value for each in Kind]),),
        refused="A wellbeing goal of a person: only that person can set it.",
    ),
    Column(
        "parent",
        "text",
        "The id of the goal above (`O7`, or `O7/2` for a key result). A key result with a number lies under its objective.",
        "O1",
        synonyms=("parent id", "aligned to"),
        rules=_SHORT,
        refused="A goal that is neither in the file nor on record; itself, also through others.",
    ),
    Column(
        "owner_id",
        "text",
        "The employer's own id of the person who owns it.",
        "P0017",
        synonyms=("owner", "person id"),
        rules=_SHORT,
        refused="Nobody on record.",
    ),
    Column(
        "owner_unit",
        "text",
        "The path of the unit that owns it, when it is not a person's.",
        "Northwind/Engineering/Platform",
        synonyms=("owning unit", "team"),
        rules=(NO_CONTROL, at_most(600)),
        refused="A unit that is not on record; a unit and a person.",
    ),
    Column(
        "measure",
        "text",
        f"One of {', '.join(Measure)}, without milestones. Blank: see below.",
        "decrease",
        rules=(_one_of("measure", [each.value for each in Measure if each is not Measure.MILESTONES]),),
    ),
    Column("metric", "text", "The name of what is measured.", "Minutes to recover", rules=(NO_CONTROL, at_most(200))),
    Column(
        "unit",
        "text",
        "What it is counted in.",
        "minutes",
        synonyms=("unit of measure", "counted in"),
        rules=(NO_CONTROL, at_most(60)),
    ),
    _number("baseline", "The value at the start.", "60", "start value"),
    _number("target", "The value to be reached, or the line to be held.", "20", "target value"),
    _number("low", "The lower end of a KPI's healthy range.", "2"),
    _number("high", "The upper end of a KPI's healthy range.", "5"),
    _number(
        "weight",
        "Its share among the key results of one objective. Blank: 1.",
        "1",
        rules=(
            _between("weight", 1e-6, 1000.0, "A weight is more than 0 and at most 1000.", "Write 1 for equal shares."),
        ),
    ),
    Column("start", "date", "The first day.", "2026-01-05", synonyms=("active from", "start date"), rules=(DATE,)),
    Column(
        "due",
        "date",
        "The day on which it is to be reached.",
        "2026-03-30",
        synonyms=("deadline", "due date"),
        rules=(DATE,),
        refused="A day that is not after the start.",
    ),
    Column(
        "cadence_days",
        "number",
        "Days from one check-in to the next. Blank: 30.",
        "14",
        synonyms=("cadence",),
        rules=(IS_NUMBER, _WHOLE, _between("cadence", 1, 366, "A cadence is 1 to 366 days.", "Write 7, 14 or 30.")),
    ),
    Column(
        "pace",
        "text",
        "How much is expected when: linear (blank) or back_loaded.",
        "linear",
        rules=(_one_of("pace", [Pace.LINEAR.value, Pace.BACK_LOADED.value]),),
    ),
    Column(
        "ambition",
        "text",
        "A stretch (aspirational, blank) or a promise (committed).",
        "committed",
        rules=(_one_of("ambition", [each.value for each in Ambition]),),
    ),
    Column(
        "acceptance",
        "text",
        "How one will tell that it is reached.",
        "Two drills in a row stay below twenty minutes",
        synonyms=("acceptance test",),
        rules=(NO_CONTROL, at_most(2000)),
    ),
    Column(
        "visibility",
        "text",
        "open (blank), team or private.",
        "open",
        rules=(_one_of("visibility", [each.value for each in Visibility]),),
        refused="Private for a unit's goal; more open than the goal above.",
    ),
    Column(
        "status",
        "text",
        f"One of {', '.join(STATUSES)}. Blank: active.",
        "active",
        rules=(_one_of("status", STATUSES),),
    ),
    Column(
        "standalone",
        "text",
        "yes when it needs no goal above it.",
        "no",
        rules=(
            Rule(
                "yes-no",
                lambda text: text.casefold() in (*_YES, *_NO),
                "This is neither yes nor no.",
                "Write yes or no.",
            ),
        ),
    ),
    Column(
        "stated_total",
        "number",
        "The score that the source states for the objective, to be compared with its key results.",
        "0.41",
        synonyms=("published total", "total", "total score"),
        rules=(IS_NUMBER, _SHARE),
    ),
)
UPDATE_COLUMNS = (
    Column(
        "goal_id",
        "text",
        "The id of the goal; of a key result with a number, that of its objective.",
        "O7",
        required=True,
        synonyms=("id", "objective id", "goal", "code"),
        rules=_SHORT,
        refused="A goal that is not on record.",
    ),
    _KEY_RESULT,
    Column(
        "date",
        "date",
        "The day of which it speaks.",
        "2026-02-16",
        required=True,
        synonyms=("check-in date", "updated on"),
        rules=(DATE,),
        refused="The same goal and day twice.",
    ),
    _number(
        "value",
        "The value on that day, or the grade between 0 and 1.",
        "38",
        "score",
        "current",
        "current value",
        "grade",
    ),
    Column(
        "confidence",
        "number",
        "Confidence that it will be reached, 0 to 10.",
        "7",
        rules=(
            IS_NUMBER,
            _WHOLE,
            _between("ten", 0, 10, "Confidence goes from 0 to 10.", "Write a whole number from 0 to 10."),
        ),
    ),
    Column(
        "note",
        "text",
        "What there is to say.",
        "Two drills held",
        synonyms=("comment", "remark"),
        rules=(NO_CONTROL, at_most(2000)),
    ),
)
