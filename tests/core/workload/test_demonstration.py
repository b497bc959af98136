"""The whole demonstration organisation, on both databases. Long: building and proving it twice takes minutes."""

import pytest
from sqlalchemy import Engine

from core.demo.knobs import Knobs
from core.demo.load import load_demo
from core.workload.release import ReleaseSummary
from tests.benchmarks.protection import visibility
from tests.conftest import AS_OF, NOW
from tests.organisations import audited, everything, release

pytestmark = pytest.mark.long


def test_both_databases_publish_the_same_cells(demo_readonly: Engine, demo_on_postgres: Engine) -> None:
    """Every current cell of 78 weeks has the same status, value, interval and band on SQLite and on PostgreSQL."""
    assert everything(demo_readonly) == everything(demo_on_postgres)


@pytest.mark.parametrize("where", ["demo_readonly", "demo_on_postgres"])
def test_the_whole_demonstration_is_proved_by_the_second_method(where: str, request: pytest.FixtureRequest) -> None:
    """Nothing can be worked out from 78 weeks and three quarters of punch cards, and nothing was altered."""
    report = audited(request.getfixturevalue(where))

    assert report.releases == 78 + 3
    assert report.passed, report.problems


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_organisations_of_the_kind_meet_the_targets_too(seed: int, sqlite_engine: Engine) -> None:
    """With other people and other noise: enough is shown, nobody is never seen, and the proof holds."""
    load_demo(sqlite_engine, as_of=AS_OF, at=NOW, knobs=Knobs(seed=seed, weeks=30))

    with sqlite_engine.connect() as connection:
        found = visibility(connection)
    assert found.shown >= 0.80
    assert found.never == ()
    assert found.covered == 1.0
    assert audited(sqlite_engine).passed


def test_releasing_again_finds_nothing_to_do(demo: Engine) -> None:
    """A finished database stays as it is."""
    assert release(demo, as_of=AS_OF) == ReleaseSummary()
