"""How people are protected, in words made from the policy in force, and what the proofs of it have found."""

from core.calendar import long_label
from core.metrics.wording import NBSP
from core.policy import Policy
from core.privacy.views import LastAudit, ReleaseProofs
from core.workload.wording import in_words

AUDIT_COMMAND = "python -m core privacy audit"
_TESTS = {
    "D2": "nothing that is shown isolates too few people",
    "D7": "a correction replaced only what enough people changed",
}


def ten_sentences(policy: Policy) -> tuple[str, ...]:
    """Protection in ten sentences, with the numbers of `policy`."""
    return (
        _arithmetic(policy),
        "That holds for everything ever released about a week, for every role and every export together, not for each table "
        "by itself.",
        "Small units are put together with their siblings first, once a quarter, and shown as one; only what still cannot be "
        "shown is hidden.",
        "Which cells are hidden follows from the organisation and from who contributed, by an algorithm that is written down; "
        "it never looks at how high a figure is.",
        "A second program, with other mathematics, proves all releases again, and you can repeat the proof with a short script "
        "of your own.",
        "Numbers of people are told as bands, shares of small groups as words, and figures are rounded by the size of the "
        "group.",
        f"A week is released once, {_after(policy)}; later corrections replace a cell only where enough people changed.",
        _roles(policy),
        "Hidden does not mean zero, and missing does not mean hidden: the screen and the exports tell all three apart.",
        "It protects against arithmetic, not against guessing, and whoever operates the database can read the hours in it.",
    )


def headline(policy: Policy) -> str:
    """The promise in one sentence."""
    return f"No sum or difference of released figures concerns fewer than {in_words(policy.k)} people."


def _arithmetic(policy: Policy) -> str:
    if not policy.insiders:
        return headline(policy)
    said = headline(policy).removesuffix(".")
    who = "one member of a group subtracts their own hours"
    if policy.insiders > 1:
        who = f"{in_words(policy.insiders)} members of a group subtract their own hours"
    return f"{said}, even when {who}; so {in_words(policy.k_prime)} is the size that counts."


def _after(policy: Policy) -> str:
    days = policy.close_after_days
    if not days:
        return "on the Sunday that ends it"
    return f"{in_words(days)} {'day' if days == 1 else 'days'} after it has ended"


def _roles(policy: Policy) -> str:
    person = "A person sees the cells of their own unit and the units above"
    if not policy.unit_means_for_everyone:
        person = "A person sees their own hours and no cells"
    return (
        f"{person}; a manager, a leader and HR see the units of their scope; an administrator sees none by that role."
    )


def policy_in_words(policy: Policy) -> dict[str, str]:
    """The numbers of the policy that matter to whoever is counted: what it is -> what it is here."""
    pact = {0: "nobody is assumed to", 1: "one member of a group is assumed to"}
    assumed = pact.get(policy.insiders, f"{in_words(policy.insiders)} members of a group are assumed to")
    facts = {
        "Smallest number of people": f"{in_words(policy.k)}: no sum or difference of what is shown concerns fewer",
        "Colleagues who compare notes": f"{assumed}; groups of {in_words(policy.k_prime)} are the smallest shown",
        "A week is shown": _after(policy),
        "Numbers of the own unit": (
            "open to everyone, with the units above" if policy.unit_means_for_everyone else "for those who lead only"
        ),
    }
    return {name: text[0].upper() + text[1:] for name, text in facts.items()}


def proof_sentence(audit: LastAudit | None, proofs: ReleaseProofs, *, operates: bool) -> str:
    """What the proofs have found, in plain words. `operates`: the reader may run the second proof, and reads how."""
    if not proofs.releases:
        return "Nothing has been released yet, so there is nothing to prove."
    own = f"Each release was proved when it was made ({proofs.passed:,} of {proofs.releases:,} passed)."
    if audit is None:
        how = f"run {AUDIT_COMMAND}" if operates else "ask your administrator for it"
        return f"{own} The second, independent proof has not been run here yet; {how}."
    when = f"{long_label(audit.at)}, {audit.at:%H:%M}{NBSP}UTC"
    if audit.passed:
        return f"{own} The second, independent proof last ran on {when}: nothing hidden can be worked out."
    return (
        f"{own} The second, independent proof of {when} did not pass. Your administrator should look at it before anything "
        "more is shown."
    )


def proof_facts(audit: LastAudit | None, proofs: ReleaseProofs) -> dict[str, str]:
    """The proofs as a table: what was looked at, and what came out. Empty when nothing is released."""
    if not proofs.releases:
        return {}
    said = "; ".join(_TESTS.get(test, test) for test in proofs.tests)
    facts = {
        "Releases that passed their own check": f"{proofs.passed:,} of {proofs.releases:,}",
        "Checked before the newest was written": said[:1].upper() + said[1:],
    }
    if audit is None:
        return {name: text for name, text in facts.items() if text} | {"Second proof": "Not run yet"}
    outcome = "Passed" if audit.passed else "Did not pass"
    hidden = "" if audit.cells_hidden is None else f", {audit.cells_hidden:,} hidden"
    releases = "" if audit.releases is None else f"{audit.releases:,} releases, "
    facts |= {
        "Second proof": f"{outcome}, {long_label(audit.at)}",
        "It looked at": f"{releases}{audit.cells_shown:,} cells shown{hidden}",
        "Hidden figures that can be worked out": f"{audit.recoverable:,}" if audit.recoverable else "None",
        "Method": audit.method[:1].upper() + audit.method[1:],
    }
    return {name: text for name, text in facts.items() if text}
