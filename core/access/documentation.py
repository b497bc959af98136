"""The page docs/access.md, made from the table of rules that the scope conditions are made from."""

from core.access.grants import LABELS, Relation, Rule
from core.access.rules import RULES


def access_page() -> str:
    """The text of docs/access.md; a test compares it with the file."""
    held = [rule for rule in RULES if rule.held]
    later = [rule for rule in RULES if not rule.held]
    parts = [
        "# Who sees what",
        "",
        "Generated from the rules (`core/access/rules.py`) by `make docs`. Scope conditions, the screen *Who sees what* and "
        "`python -m core show who-sees-what` are made from the same table.",
        "",
        "Whoever works here is also *everyone else* to other people's data. An empty scope means no rows, and two limits "
        "intersect. The role of an administrator grants no people data.",
        "",
        "## What this release holds",
        "",
        *_table(held),
        "",
        "Protected numbers are hours of units that no arithmetic can take apart; [protection.md](protection.md) says how. "
        "The own line (the own unit and the units above it) is open to everyone while the policy field "
        "`unit_means_for_everyone` is on, which is the default.",
        "",
        "## Not in this release",
        "",
        "These rules will hold from the first day. Last days and reasons of leaving that a people file brings are stored and "
        "shown to nobody.",
        "",
        *_table(later),
        "",
        "## What enforces it",
        "",
        "Each function is called by a test for every relation, with somebody whom the rule lets in and with everybody whom it "
        "does not.",
        "",
        "| data | enforced by |",
        "|---|---|",
        *(f"| {_neutral(rule.data)} | {', '.join(f'`{name}`' for name in rule.enforced_by)} |" for rule in held),
        "",
        "Reads of a person's record by somebody else go to the access log, by the command line also when they are then "
        "refused, and the person sees them on *Who sees what*. Whoever runs the server can read its database; "
        "the command line is the way that leaves a trace.",
    ]
    return "\n".join(parts) + "\n"


def _table(rules: list[Rule]) -> list[str]:
    relations = tuple(Relation)
    names = ["the person" if each is Relation.PERSON else LABELS[each] for each in relations]
    names = [name.replace("your manager", "the manager") for name in names]
    return [
        f"| data | {' | '.join(names)} |",
        f"|---{'|---' * len(relations)}|",
        *(f"| {_neutral(rule.data)} | {' | '.join(_cell(rule, each) for each in relations)} |" for rule in rules),
    ]


def _cell(rule: Rule, relation: Relation) -> str:
    words = rule.grant(relation).words
    return "–" if words == "nothing" else _neutral(words)


def _neutral(text: str) -> str:
    """The words of the screen speak to the person; the page speaks about them."""
    for ours, theirs in (("Your ", "Own "), ("your ", "their "), ("you ", "they ")):
        text = text.replace(ours, theirs)
    return text
