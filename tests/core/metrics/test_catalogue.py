"""The one catalogue: every number has its words, its bands and its bounds, and none is a score of a person."""

import importlib
import pkgutil
import re
from itertools import pairwise

import pytest
from sqlalchemy import Table

import core
from core.database.base import Base
from core.metrics.activity import activity_metrics
from core.metrics.catalogue import UnknownMetric, catalogue, metric_named
from core.metrics.definition import Metric, Shape, Speed
from core.metrics.rhythm import rhythm_metrics
from core.metrics.viva import HOURS_COLUMNS, viva_metrics
from core.metrics.workload import workload_metrics
from core.policy import Policy
from core.rhythm.tables import Conversation
from core.workload.tables import ActivityHour, CollaborationWeek, PersonWeek

POLICY = Policy()
METRICS = catalogue(POLICY)
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
TONES = ("low", "within", "watch", "over", "critical")
CLASSES = ("quiet", "light", "steady", "busy")  # of a punch card: one hue, no strain
UNITS = {
    Shape.RATIO: {"ratio", "events"},
    Shape.MEAN: {"hours"},
    Shape.SHARE: {"share", "conversations"},
    Shape.CARD: {"classes"},
}
# A score of a named person for any of these exists nowhere: no column may be called so, no metric either.
PERSONAL_SCORES = re.compile(
    r"burn_?out|flight|attrition|engagement|churn|propensity|resilience|stress|mood|"
    r"(^|_)(score|risk|rating|ranking|rank|performance|index|percentile|probability|prediction)(_|$)",
    re.IGNORECASE,
)

OF_WORK = {"goal.stated_score"}  # what a file says that an objective came to; it scores the goal


def all_tables() -> list[Table]:
    """Every table that any module of core declares."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    return list(Base.metadata.sorted_tables)


def test_ids_are_unique_and_keys_of_the_catalogue() -> None:
    """Nothing is overwritten on the way into the dictionary."""
    listed = [*workload_metrics(POLICY), *activity_metrics(POLICY), *viva_metrics(), *rhythm_metrics(POLICY)]
    assert [metric.id for metric in listed] == list(METRICS)
    assert len({metric.id for metric in listed}) == len(listed)
    assert len({metric.name for metric in listed}) == len(listed)


@every_metric
def test_every_metric_has_all_its_texts(metric: Metric) -> None:
    """Name, question, formula, source, caveat and grain; questions end like questions, names do not."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.id)
    for text in (metric.name, metric.formula, metric.source, metric.caveat, metric.grain):
        assert text.strip()
        assert text == text.strip()
    assert metric.question.endswith("?")
    assert metric.caveat.endswith(".")
    assert metric.source.endswith(".")
    assert not metric.name.endswith((".", "?"))
    assert "!" not in " ".join((metric.name, metric.question, metric.formula, metric.caveat, metric.source))


@every_metric
def test_bands_are_ordered_complete_and_coloured_by_meaning(metric: Metric) -> None:
    """Upper ends rise, only the last is open, tones are known; nothing is stretched to the data."""
    if not metric.bands:
        assert metric.id.startswith("viva_")
        return
    *closed, last = metric.bands
    assert last.upper is None
    uppers = [band.upper for band in closed]
    assert all(lower < upper for lower, upper in pairwise(uppers))
    assert all(upper is not None and upper > 0 for upper in uppers)
    assert len({band.name for band in metric.bands}) == len(metric.bands)
    if metric.shape is Shape.CARD:
        assert tuple(band.tone for band in metric.bands) == CLASSES
        return
    assert all(band.tone in TONES for band in metric.bands)
    order = [TONES.index(band.tone) for band in metric.bands]
    assert order == sorted(order, reverse=metric.direction == "lower")
    assert any(band.tone == "within" for band in metric.bands)


@every_metric
def test_every_value_falls_into_exactly_one_band(metric: Metric) -> None:
    """The band of a value is the first whose upper end it does not pass; no value, no band."""
    assert metric.band(None) is None
    for step in range(601):
        value = step / 200 if metric.unit != "hours" else step / 10
        band = metric.band(value)
        expected = [b for b in metric.bands if b.upper is None or value <= b.upper + 1e-9]
        assert band == (expected[0] if expected else None)
        assert (band is None) == (not metric.bands)


@pytest.mark.parametrize(
    ("percent", "tone"),
    [
        (79, "low"), (80, "within"), (100, "within"), (101, "watch"), (110, "watch"),
        (111, "over"), (120, "over"), (121, "critical"),
    ],
)  # fmt: skip
def test_load_bands_are_the_published_ones(percent: int, tone: str) -> None:
    """Below 80, to 100, to 110, to 120, above: edges belong to the lower band, 80 % is within."""
    for name in ("utilisation", "contract_load"):
        band = METRICS[name].band(percent / 100)
        assert band is not None
        assert band.tone == tone


@pytest.mark.parametrize(
    ("name", "value", "tone"),
    [
        ("after_hours_share", 0.10, "within"), ("after_hours_share", 0.11, "watch"), ("after_hours_share", 0.21, "over"),
        ("meeting_hours", 16.0, "within"), ("meeting_hours", 16.1, "watch"), ("meeting_hours", 22.1, "over"),
        ("focus_hours", 7.9, "watch"), ("focus_hours", 8.0, "within"),
        ("rest_day_share", 0.14, "within"), ("rest_day_share", 0.15, "watch"), ("rest_day_share", 0.30, "over"),
    ],
)  # fmt: skip
def test_the_other_bands_are_the_published_ones(name: str, value: float, tone: str) -> None:
    """10 and 20 % outside working time, 40 and 55 % of a 40-hour week in meetings, 8 hours of focus, 15 and 30 % of people."""
    band = METRICS[name].band(value)
    assert band is not None
    assert band.tone == tone


def test_bands_come_from_the_policy_and_from_nothing_else() -> None:
    """Another policy moves them; the same policy gives the same ones."""
    other = catalogue(Policy(utilisation_bands=(0.7, 0.9, 1.0, 1.1)))
    assert [band.upper for band in other["utilisation"].bands] == [0.6999, 0.9, 1.0, 1.1, None]
    assert catalogue(Policy()) == METRICS
    assert other["meeting_hours"] == METRICS["meeting_hours"]


@every_metric
def test_what_the_rounding_needs_is_there(metric: Metric) -> None:
    """Unit fits shape, spread is positive, a floor is never negative, the direction is one that can be named."""
    assert metric.unit in UNITS[metric.shape]
    assert metric.fallback_spread > 0 or metric.shape is Shape.CARD
    assert metric.floor >= 0
    assert metric.direction in ("higher", "lower", "")
    assert isinstance(metric.speed, Speed)
    quarterly = metric.shape is Shape.CARD or metric.family == "rhythm"
    assert metric.grain == ("unit and quarter of 13 ISO weeks" if quarterly else "unit and ISO week")


@every_metric
def test_inputs_are_columns_that_exist(metric: Metric) -> None:
    """A metric names the base variables (of a person-week, of events, of conversations) that it is computed from."""
    table: type = CollaborationWeek if metric.id.startswith("viva_") else PersonWeek
    if metric.unit in ("events", "classes"):
        table = ActivityHour
    if metric.unit == "conversations":
        table = Conversation
    assert metric.inputs
    assert set(metric.inputs) <= set(table.__table__.columns.keys())


def test_one_more_fact_about_a_variable_is_for_large_groups_only() -> None:
    """In the family of hours, beside load and one share class, everything waits for 20 people; elsewhere beside one figure."""
    hours = [metric for metric in METRICS.values() if metric.family == "hours"]
    assert {metric.id for metric in hours if not metric.whole_population_only} == {
        "utilisation",
        "contract_load",
        "sustained_load",
    }
    others = [metric for metric in METRICS.values() if metric.family != "hours" and not metric.whole_population_only]
    assert len({metric.family for metric in others}) == len(others)


def test_every_hours_column_of_viva_is_a_metric_and_no_count_is() -> None:
    """Hours are taken in; messages, surveys and anything else in such a file are not."""
    assert [metric.id for metric in viva_metrics()] == [f"viva_{column}" for column, _, _ in HOURS_COLUMNS.values()]
    assert all("hours" in name.lower() for name in HOURS_COLUMNS)
    assert all(f"sum of {name} / people" == METRICS[f"viva_{c}"].formula for name, (c, _, _) in HOURS_COLUMNS.items())


def test_an_unknown_metric_is_refused_with_those_there_are() -> None:
    """The message lists the ids; a known one comes back."""
    assert metric_named("overtime", catalogue(POLICY)).id == "overtime"
    with pytest.raises(UnknownMetric, match=r"no metric 'burnout'.*utilisation.*viva_collaboration"):
        metric_named("burnout", catalogue(POLICY))


def test_no_metric_scores_a_person() -> None:
    """Every metric is about a unit and a week; none is called for what it would make of somebody."""
    for metric in METRICS.values():
        assert not PERSONAL_SCORES.search(metric.id)
        assert not PERSONAL_SCORES.search(metric.name.replace(" ", "_"))
        assert "person" not in metric.grain


def test_no_table_has_a_column_for_a_score_of_a_person() -> None:
    """Not even in the database: walked over every table of the house, with the pattern proved first."""
    for name in ("burnout", "burn_out", "flight_risk", "engagement_score", "risk", "person_rank", "attrition"):
        assert PERSONAL_SCORES.search(name)
    tables = all_tables()
    assert {"person", "person_week", "published_cell", "user_account"} <= {table.name for table in tables}
    for table in tables:
        assert not PERSONAL_SCORES.search(table.name)
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            assert name in OF_WORK or not PERSONAL_SCORES.search(column.name), name


def test_person_weeks_hold_hours_and_nothing_derived() -> None:
    """What is stored of a person's week is what the employer delivered: no flag, no ratio, no status."""
    delivered = {
        "contracted", "leave", "public_holiday", "sickness", "worked", "after_hours", "rest_day", "meeting", "focus",
    }  # fmt: skip
    assert set(PersonWeek.__table__.columns.keys()) == {"person_id", "week", "unit_id"} | delivered
    viva = {column for column, _, _ in HOURS_COLUMNS.values()}
    assert set(CollaborationWeek.__table__.columns.keys()) == {"person_id", "week", "unit_id", "source_date"} | viva
