"""What people can be told of the proofs: the newest second proof, and the releases' own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, update

from core.privacy.proof import AuditReport, keep_result
from core.privacy.tables import AuditResult, PublishedCell, Release
from core.privacy.views import last_audit, release_proofs
from tests.databases import CopyOf
from tests.organisations import audited, deliver, employ, hours, people_in, release

AT = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
REPORT = AuditReport(3, 120, 7, 0, "row reduction", (), ())


def keep(engine: Engine, report: AuditReport, at: datetime = AT) -> None:
    """Keep the outcome of a proof."""
    with engine.begin() as connection:
        keep_result(connection, report, at)


def released(engine: Engine) -> None:
    """Two teams with hours, one released week."""
    people = people_in({"Co/A": 8, "Co/B": 9})
    employ(engine, people)
    deliver(engine, people, hours(people))
    release(engine)


def test_before_any_proof_there_is_none(engine: Engine) -> None:
    """Neither results nor releases: nothing is claimed."""
    with engine.connect() as connection:
        assert last_audit(connection) is None
        proofs = release_proofs(connection, "workload")
    assert (proofs.releases, proofs.passed, proofs.tests, proofs.at) == (0, 0, (), None)


def test_the_newest_proof_counts_also_when_it_failed(engine: Engine) -> None:
    """By the time it was made, not by the order of writing; of two at one moment the later written."""
    keep(engine, REPORT, AT)
    keep(engine, replace(REPORT, recoverable=2), AT + timedelta(days=1))
    keep(engine, REPORT, AT - timedelta(days=1))
    with engine.connect() as connection:
        found = last_audit(connection)
    assert found is not None
    assert (found.at, found.passed, found.recoverable) == (AT + timedelta(days=1), False, 2)
    keep(engine, replace(REPORT, problems=("altered",)), AT + timedelta(days=2))
    keep(engine, REPORT, AT + timedelta(days=2))
    with engine.connect() as connection:
        newest = last_audit(connection)
    assert newest is not None
    assert newest.passed
    assert (newest.releases, newest.cells_shown, newest.cells_hidden, newest.method) == (3, 120, 7, "row reduction")


def test_a_result_that_says_less_is_read_without_making_anything_up(engine: Engine) -> None:
    """Counts that were not kept are unknown, not zero."""
    with engine.begin() as connection:
        connection.execute(
            insert(AuditResult).values(
                release_id=None,
                test="everything",
                passed=True,
                checked=5,
                certificate={"recoverable": 0, "problems": [], "method": "m"},
                code_version="0",
                at=AT,
            )
        )
        found = last_audit(connection)
    assert found is not None
    assert (found.releases, found.cells_hidden, found.cells_shown) == (None, None, 5)


def test_what_the_proof_of_a_real_release_counted_is_what_is_told(engine: Engine) -> None:
    """The numbers are those of the published cells, counted here another way."""
    released(engine)
    keep(engine, audited(engine))
    with engine.connect() as connection:
        found, proofs = last_audit(connection), release_proofs(connection, "workload")
        counted = dict(
            connection.execute(select(PublishedCell.status, func.count()).group_by(PublishedCell.status)).all()
        )
    assert found is not None
    assert found.passed
    assert (found.releases, found.cells_shown, found.cells_hidden) == (1, counted["shown"], counted.get("hidden", 0))
    assert (proofs.releases, proofs.passed, proofs.tests) == (1, 1, ("D2",))
    assert proofs.at is not None


@pytest.mark.parametrize("fault", ["test", "status"])
def test_a_release_with_a_failed_check_is_not_counted_as_passed(copy_of: CopyOf, fault: str) -> None:
    """Either its status or one of its own results says so. Another area's releases do not count at all."""
    from core.database.engine import make_engine

    engine = make_engine(copy_of("last_audit", released))
    with engine.begin() as connection:
        if fault == "test":
            connection.execute(update(AuditResult).values(passed=False))
        else:
            connection.execute(update(Release).values(audit_status="failed"))
        here, elsewhere = release_proofs(connection, "workload"), release_proofs(connection, "pulse")
    engine.dispose()
    assert (here.releases, here.passed) == (1, 0)
    assert (elsewhere.releases, elsewhere.passed, elsewhere.tests) == (0, 0, ())


def test_a_failed_second_proof_does_not_fail_a_release_of_its_own(fresh_engine: Callable[[], Engine]) -> None:
    """The second proof belongs to no single release."""
    engine = fresh_engine()
    released(engine)
    keep(engine, replace(REPORT, recoverable=1))
    with engine.connect() as connection:
        proofs = release_proofs(connection, "workload")
    assert (proofs.releases, proofs.passed) == (1, 1)


def test_the_demonstration_is_proved_release_by_release(demo_readonly: Engine) -> None:
    """A fresh demonstration has no second proof yet, and says so instead of claiming one."""
    with demo_readonly.connect() as connection:
        proofs = release_proofs(connection, "workload")
        weeks = connection.scalar(select(func.count()).where(Release.area == "workload"))
        assert last_audit(connection) is None
    assert proofs.releases == proofs.passed == weeks
    assert Path(demo_readonly.url.database or "").exists()
