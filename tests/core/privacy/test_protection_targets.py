"""The demonstration organisation meets the targets of protection: most is shown, nobody is never seen."""

import pytest
from sqlalchemy import Engine

from tests.benchmarks.protection import visibility


@pytest.mark.parametrize("months", [(), (7, 8)], ids=["all weeks", "July and August"])
def test_most_reporting_units_are_shown_and_none_never(demo_readonly: Engine, months: tuple[int, ...]) -> None:
    """At k' = 6: at least 80 % of reporting-unit-weeks, no unit never visible, all contributors in a cell below division."""
    with demo_readonly.connect() as connection:
        found = visibility(connection, months=months)

    assert found.weeks >= 8
    assert found.shown >= 0.80
    assert found.never == ()
    assert found.covered == 1.0
