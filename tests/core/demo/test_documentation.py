"""The page about the demonstration says what the generator does."""

from pathlib import Path

import pytest

from core.demo.documentation import demonstration_page
from core.demo.knobs import KNOB_MEANINGS, knobs_from

PAGE = Path(__file__).parents[3] / "docs" / "demonstration.md"


def test_the_page_is_up_to_date() -> None:
    """`make docs` would change nothing."""
    assert PAGE.read_text(encoding="utf-8") == demonstration_page()


def test_every_knob_is_on_the_page() -> None:
    """Name and meaning of each knob."""
    text = PAGE.read_text(encoding="utf-8")
    for name, meaning in KNOB_MEANINGS.items():
        assert f"`{name}`" in text
        assert meaning in text


def test_knobs_are_read_from_text_in_their_own_type() -> None:
    """Numbers, shares and switches."""
    knobs = knobs_from(["people=900", "sickness=0.05", "reorganisation=false"])

    assert (knobs.people, knobs.sickness, knobs.reorganisation) == (900, 0.05, False)


@pytest.mark.parametrize("text", ["colour=red", "people", "people=many", "people=3", "sickness=2"])
def test_a_knob_that_cannot_be_served_is_refused(text: str) -> None:
    """Unknown names, missing and wrong values are refused in words."""
    with pytest.raises(ValueError, match=r"knob|people|sickness"):
        knobs_from([text])
