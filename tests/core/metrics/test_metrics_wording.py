"""How values and catalogue entries read, and the page that is made of them."""

from pathlib import Path

import pytest

from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.metrics.wording import SHARE_CLASSES, explanation, metrics_page, value_text
from core.policy import Policy
from scripts.write_docs import DOCS, PAGES

METRICS = catalogue(Policy())
PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
NBSP = "\u00a0"
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))


@pytest.mark.parametrize(
    ("name", "value", "qualifier", "share_class", "text"),
    [
        ("utilisation", 1.18, "", None, f"118{NBSP}%"),
        ("utilisation", 0.5, "at most", None, f"at most 50{NBSP}%"),
        ("meeting_hours", 4.5, "", None, f"4.5{NBSP}h"),
        ("meeting_hours", 0.6, "at most", None, f"at most 0.6{NBSP}h"),
        ("rest_day_share", 0.95, "at least", None, f"at least 95{NBSP}%"),
        ("rest_day_share", None, "class", "some", "some"),
        ("rest_day_share", None, "class", "few", "few or none"),
        ("rest_day_share", None, "class", None, "few or none"),
        ("rest_day_share", None, "", None, ""),
    ],
)
def test_values_read_as_people_write_them(
    name: str, value: float | None, qualifier: str, share_class: str | None, text: str
) -> None:
    """A blank that does not break before the unit, a qualifier in front, a class as its word, nothing for nothing."""
    assert value_text(METRICS[name], value, qualifier, share_class) == text


def test_share_classes_name_no_number() -> None:
    """Below 20 people a share is one of three words."""
    assert set(SHARE_CLASSES) == {"few", "some", "many"}
    assert not any(sign.isdigit() for word in SHARE_CLASSES.values() for sign in word)


@every_metric
def test_an_explanation_tells_everything_in_reading_order(metric: Metric) -> None:
    """Question and formula first, caveat and bound last; every text of the entry is in it, none is empty."""
    rows = explanation(metric)
    assert list(rows)[:2] == ["Question", "Formula"]
    assert ("Shown for" in rows) == metric.whole_population_only
    assert all(text.strip() for text in rows.values())
    for text in (metric.question, metric.formula, metric.source, metric.caveat, metric.grain):
        assert text in rows.values()
    for band in metric.bands:
        assert band.name in rows["Bands"]


@every_metric
def test_the_page_says_what_the_screen_says(metric: Metric) -> None:
    """The section of a metric holds exactly the rows that stand behind *How is this computed?*."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {metric.id}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("- ")]
    assert lines == [f"- *{label}*: {text}" for label, text in explanation(metric).items()]
    assert f"**{metric.name}**" in section


def test_the_page_in_the_repository_is_the_one_that_the_catalogue_writes() -> None:
    """`make docs` was run after the last change; the table lists every metric once."""
    text = metrics_page(METRICS)
    assert PAGE.read_text(encoding="utf-8") == text
    assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| [`")] == list(METRICS)


def test_make_docs_writes_this_page_to_this_place() -> None:
    """The script and the test speak of the same file and the same text."""
    assert DOCS / "metrics.md" == PAGE
    assert PAGES["metrics.md"]() == metrics_page(METRICS)
