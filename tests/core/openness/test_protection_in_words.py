"""Protection in words: every number comes from the policy, and nothing is claimed that was not proved."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.openness.protection import policy_in_words, proof_facts, proof_sentence, ten_sentences
from core.policy import Policy
from core.privacy.views import LastAudit, ReleaseProofs

AT = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
NONE = ReleaseProofs(0, 0, (), None)
PROOFS = ReleaseProofs(78, 78, ("D2", "D7"), AT)
PASSED = LastAudit(AT, True, 78, 12345, 678, 0, "row reduction modulo two primes; exact")
README = Path(__file__).parents[3] / "README.md"


def test_the_sentences_are_those_of_the_readme() -> None:
    """Under the policy as it comes, the README and the screen say the same ten sentences."""
    section = README.read_text(encoding="utf-8").split("## Protection, in ten sentences")[1].split("\n## ")[0]
    listed = re.findall(r"^\d+\. (.+)$", section, flags=re.MULTILINE)
    assert listed == list(ten_sentences(Policy()))
    assert len(listed) == 10


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(), "fewer than five people, even when one member of a group subtracts their own hours; so six is"),
        (Policy(k=9, insiders=2), "fewer than nine people, even when two members of a group subtract their own hours"),
        (Policy(k=12, insiders=0), "concerns fewer than 12 people."),
    ],
)
def test_the_first_sentence_has_the_numbers_of_the_policy(policy: Policy, said: str) -> None:
    """k, insiders and their sum, in words up to ten."""
    assert said in ten_sentences(policy)[0]


@pytest.mark.parametrize(
    ("days", "said"), [(7, "seven days after it has ended"), (1, "one day after"), (0, "on the Sunday that ends it")]
)
def test_when_a_week_is_shown_follows_the_policy(days: int, said: str) -> None:
    """The sentence and the table of the policy agree."""
    policy = Policy(close_after_days=days)
    assert said in ten_sentences(policy)[6]
    assert said in policy_in_words(policy)["A week is shown"].replace("On", "on").replace("Seven", "seven").replace(
        "One", "one"
    )


def test_who_sees_units_follows_the_switch() -> None:
    """With the own line closed no sentence promises it."""
    closed = Policy(unit_means_for_everyone=False)
    assert "the cells of their own unit" in ten_sentences(Policy())[7]
    assert "no cells" in ten_sentences(closed)[7]
    assert policy_in_words(closed)["Numbers of the own unit"] == "For those who lead only"


def test_a_proof_that_was_not_run_is_not_claimed() -> None:
    """Each release's own check is told with its count; who may run the second proof reads how, others whom to ask."""
    people, operator = (proof_sentence(None, PROOFS, operates=operates) for operates in (False, True))
    assert "(78 of 78 passed)" in people and "has not been run here yet; ask your administrator" in people
    assert "python -m core privacy audit" in operator and "python" not in people
    assert proof_facts(None, PROOFS)["Second proof"] == "Not run yet"


def test_a_proof_that_passed_is_told_with_its_day_and_what_it_looked_at() -> None:
    """Also without the counts that an older result does not hold."""
    assert proof_sentence(PASSED, PROOFS, operates=False).endswith(
        "last ran on 18 March 2026, 09:30\u00a0UTC: nothing hidden can be worked out."
    )
    facts = proof_facts(PASSED, PROOFS)
    assert facts["It looked at"] == "78 releases, 12,345 cells shown, 678 hidden"
    assert facts["Hidden figures that can be worked out"] == "None"
    older = proof_facts(LastAudit(AT, True, None, 5, None, 0, "m"), PROOFS)
    assert older["It looked at"] == "5 cells shown"


def test_a_proof_that_failed_is_not_hidden() -> None:
    """The sentence, the outcome and the count say so."""
    failed = LastAudit(AT, False, 78, 12345, 678, 3, "row reduction")
    assert "did not pass" in proof_sentence(failed, PROOFS, operates=False)
    facts = proof_facts(failed, PROOFS)
    assert facts["Second proof"].startswith("Did not pass")
    assert facts["Hidden figures that can be worked out"] == "3"


def test_without_a_release_nothing_is_told_to_be_proved() -> None:
    """No table, one sentence."""
    assert proof_sentence(PASSED, NONE, operates=True).startswith("Nothing has been released yet")
    assert proof_facts(PASSED, NONE) == {}
