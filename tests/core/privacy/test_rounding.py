"""How a protected number is written: bands, bases, coded extremes, classes, dominance, intervals."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.policy import Policy
from core.privacy import rounding
from core.privacy.rounding import CellColumns, CellSums, Written, share_class, wilson, write_all

POLICY = Policy()
METRICS = catalogue(POLICY)
LOAD, MEETINGS, RESTDAY = METRICS["utilisation"], METRICS["meeting_hours"], METRICS["rest_day_share"]


def even(value: float, n: int, *, per_person: float = 1.0) -> CellSums:
    """Sums of a cell in which everybody contributes the same."""
    return CellSums(n, value * n * per_person, n * per_person, value * per_person, value * per_person)


def write(metric: Metric, sums: CellSums, *, fast: bool, spread: float, policy: Policy) -> Written | None:
    """How one cell reads."""
    columns = CellColumns(*(np.array([value]) for value in sums))
    return write_all(metric, columns, fast=fast, spread=spread, policy=policy)[0]


def test_counts_are_told_as_bands_only() -> None:
    """5–9, 10–19, 20–49, 50+."""
    assert [rounding.n_band(n) for n in (6, 9, 10, 19, 20, 49, 50, 1200)] == [
        "5–9", "5–9", "10–19", "10–19", "20–49", "20–49", "50+", "50+",
    ]  # fmt: skip


def test_d8_every_slow_base_hides_a_leaver() -> None:
    """D8: base x (2 n + 1) reaches the policy's width at the lower edge of every band, and half the base would not."""
    for bases, width in ((rounding.SLOW_HOURS, POLICY.hours_width), (rounding.SLOW_RATIO, POLICY.ratio_width)):
        for band, base in bases.items():
            assert rounding.joiner_rule_holds(base, band, width)
            assert not rounding.joiner_rule_holds(base / 2, band, width)


@pytest.mark.parametrize(
    ("base", "low", "high"), [(0.1, 19.2, 20.4), (1.0, 12.5, 23.5), (5.0, 2.5, 57.5), (10.0, 0.0, 55.0)]
)
def test_s7_what_a_leaver_gives_away_at_a_rounding_base(base: float, low: float, high: float) -> None:
    """S7: five with a mean of 60 stay, one with 20 leaves; both published means bound the leaver to the printed interval."""
    before, after = _round(320 / 6, base), _round(300 / 5, base)
    lowest = 6 * (before - base / 2) - 5 * (after + base / 2)
    highest = 6 * (before + base / 2) - 5 * (after - base / 2)

    assert max(0.0, lowest) == pytest.approx(low, abs=0.051)
    assert highest == pytest.approx(high, abs=0.051)
    assert highest - lowest == pytest.approx(base * (2 * 5 + 1))


def _round(value: float, base: float) -> float:
    return round(value / base) * base


def test_fast_and_slow_by_the_companys_own_swing() -> None:
    """s_w sqrt(2 (k' - 1)) >= W / 2: at k' = 6 that is 0.0791 utilisation and 3.162 hours."""
    assert rounding.is_fast(0.0791, "ratio", POLICY)
    assert not rounding.is_fast(0.0790, "ratio", POLICY)
    assert rounding.is_fast(3.163, "hours", POLICY)
    assert not rounding.is_fast(3.16, "hours", POLICY)


def test_a_fast_value_is_written_to_the_percent_and_a_slow_one_by_its_band() -> None:
    """0.987 is 0.99 when fast; when slow it is 1.00 (6 people), 0.975 (12), 0.98 (25), 0.985 (60)."""
    fast = write(LOAD, even(0.987, 6), fast=True, spread=0.1, policy=POLICY)
    assert fast is not None
    assert fast.value == 0.99

    slow = [write(LOAD, even(0.987, n), fast=False, spread=0.1, policy=POLICY) for n in (6, 12, 25, 60)]
    assert [w.value for w in slow if w] == [1.0, 0.975, 0.98, 0.985]


def test_an_interval_uses_only_what_is_published() -> None:
    """Six and nine people give the same interval: the value, the coarsest base, the lower edge of the band, the spread."""
    six = write(LOAD, even(1.0, 6), fast=True, spread=0.12, policy=POLICY)
    nine = write(LOAD, even(1.004, 9), fast=True, spread=0.12, policy=POLICY)

    assert six is not None
    assert six == nine
    half = 1.959963984540054 * sqrt(0.12**2 / 5 + 0.05**2 / 12)
    assert six.low == pytest.approx(1.0 - half, abs=1e-4)
    assert six.high == pytest.approx(1.0 + half, abs=1e-4)


def test_a_value_near_nothing_is_coded() -> None:
    """D6: a mean that would show everybody near zero is `at most`, with the same text for everything below."""
    nothing = write(MEETINGS, even(0.0, 12), fast=False, spread=5.0, policy=POLICY)
    little = write(MEETINGS, even(0.4, 12), fast=False, spread=5.0, policy=POLICY)

    assert nothing is not None
    assert nothing == little
    assert (nothing.value, nothing.qualifier, nothing.low) == (1.0, "at most", 0.0)


def test_shares_of_fewer_than_twenty_are_classes_without_a_number() -> None:
    """Few, some, many; the edges need two and three people, so that no class is about one person."""
    assert [share_class(people, 8, POLICY) for people in range(5)] == ["few", "few", "some", "many", "many"]
    assert share_class(2, 6, POLICY) == "some"
    assert share_class(1, 6, POLICY) == "few"
    assert share_class(2, 19, POLICY) == "few"

    written = write(RESTDAY, CellSums(8, 2, 8, 1, 1), fast=False, spread=0.4, policy=POLICY)
    assert written is not None
    assert (written.value, written.low, written.high, written.share_class) == (None, None, None, "some")


def test_shares_of_twenty_and_more_are_coded_at_their_ends() -> None:
    """D6: none and one of 30 read the same; so do all and all but one."""
    none, one = (write(RESTDAY, CellSums(30, x, 30, 1, 1), fast=False, spread=0.4, policy=POLICY) for x in (0, 1))
    assert none == one
    assert none is not None
    assert (none.value, none.qualifier) == (0.1, "at most")

    all_, but_one = (write(RESTDAY, CellSums(30, x, 30, 1, 1), fast=False, spread=0.4, policy=POLICY) for x in (30, 29))
    assert all_ == but_one
    assert all_ is not None
    assert (all_.value, all_.qualifier) == (0.9, "at least")


def test_no_count_can_be_read_off_a_rounded_share() -> None:
    """From 20 people on every written share stands for at least two neighbouring counts."""
    for n in (20, 33, 49, 50, 80):
        texts = [write(RESTDAY, CellSums(n, x, n, 1, 1), fast=False, spread=0.4, policy=POLICY) for x in range(n + 1)]
        assert min(texts.count(text) for text in texts) >= 2


def test_a_second_distribution_fact_is_told_from_twenty_people_on() -> None:
    """Overtime and long weeks are further facts about the same hours: below twenty people they are not told."""
    overtime, long_hours = METRICS["overtime"], METRICS["long_hours"]

    assert write(overtime, even(4.0, 19), fast=False, spread=5, policy=POLICY) is None
    assert write(long_hours, CellSums(19, 5, 19, 1, 1), fast=False, spread=0.4, policy=POLICY) is None
    assert write(overtime, even(4.0, 20), fast=False, spread=5, policy=POLICY) is not None


def test_one_dominant_person_makes_the_value_coarser() -> None:
    """Over half of a sum of hours from one person, or three quarters from two: written to the coarsest base."""
    metric = METRICS["viva_chat"]
    shared = write(metric, CellSums(60, 240, 60, 6, 6), fast=True, spread=5, policy=POLICY)
    one = write(metric, CellSums(60, 240, 60, 130, 10), fast=True, spread=5, policy=POLICY)
    two = write(metric, CellSums(60, 240, 60, 100, 90), fast=True, spread=5, policy=POLICY)

    assert shared is not None
    assert shared.value == 4.0
    assert {w.value % 2.0 for w in (one, two) if w and w.value is not None} == {0.0}
    assert rounding.is_dominated(CellSums(60, 240, 60, 120, 118), POLICY)
    assert not rounding.is_dominated(CellSums(6, 240, 6, 60, 50), POLICY)


def test_the_p_percent_rule_catches_a_rest_that_says_nothing() -> None:
    """When all others together are below a tenth of the largest, the second largest could work the largest out."""
    assert rounding.is_dominated(CellSums(6, 100.0, 6, 49.0, 26.2), POLICY)
    assert rounding.is_dominated(CellSums(6, 100.0, 6, 48.0, 48.0), POLICY)


@given(st.floats(0, 1), st.integers(20, 500))
def test_wilson_lies_in_the_unit_interval_and_holds_the_share(share: float, n: int) -> None:
    """The interval is ordered, inside 0..1, and contains the share it is about (to four digits)."""
    low, high = wilson(share, n)

    assert 0 <= low <= share + 1e-4
    assert share - 1e-4 <= high <= 1


@given(st.floats(0, 3, allow_nan=False), st.integers(6, 400), st.booleans())
def test_the_written_value_depends_on_the_value_only_through_its_base(value: float, n: int, fast: bool) -> None:
    """Invariant: what is written is a multiple of the base, within half a base of the truth unless coded."""
    written = write(LOAD, even(value, n), fast=fast, spread=0.12, policy=POLICY)
    assert written is not None
    base = rounding.base_of(LOAD, rounding.n_band(n), fast=fast)
    assert written.value is not None
    steps = written.value / base
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert abs(written.value - value) <= (base / 2 + 1e-6 if not written.qualifier else inf)


def test_coverage_is_a_class() -> None:
    """How much of a unit a cell covers is told in three classes, never as a count."""
    assert [rounding.coverage_class(n, 20) for n in (20, 19, 18, 16, 15)] == [
        "95–100 %", "95–100 %", "80–95 %", "80–95 %", "below 80 %",
    ]  # fmt: skip
    assert rounding.coverage_class(6, 0) == "below 80 %"
