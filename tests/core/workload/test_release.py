"""The week closes: released once, protected, proved by the second method; on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from core.policy import Policy
from core.privacy.lattice import Plan
from core.privacy.tables import PendingRelease, PublishedCell, Release, ReleaseRow
from core.workload import release as release_module
from core.workload.tables import PersonWeek, WorkloadRollup
from tests.organisations import (
    AS_OF,
    FULL_WEEK,
    NOW,
    WEEK,
    audited,
    cells,
    deliver,
    employ,
    everything,
    hours,
    people_in,
    release,
)

PEOPLE = people_in({"Co/A/One": 9, "Co/A/Two": 8, "Co/B/Three": 12, "Co/B/Four": 4, "Co/B/Five": 5, "Co": 1})


def loaded(engine: Engine, *, week: date = WEEK) -> None:
    """The organisation with one delivered week."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE, week))


def test_a_released_week_shows_units_joins_and_nothing_small(engine: Engine) -> None:
    """Teams of enough people are shown, small ones together, and the independent method finds nothing."""
    loaded(engine)

    done = release(engine)

    assert done.released == (WEEK,)
    status = {name: status for (name, _), (status, _) in cells(engine).items()}
    assert status == {
        "Co": "shown",
        "Co/A": "shown",
        "Co/B": "shown",
        "Co/A/One": "shown",
        "Co/A/Two": "shown",
        "Co/B/Three": "shown",
        "Co/B/Four": "hidden",
        "Co/B/Five": "hidden",
        "join: Five and Four together": "shown",
    }
    report = audited(engine)
    assert report.passed
    assert report.recoverable == 0


def test_values_are_sums_over_sums_of_those_who_are_in_a_cell(engine: Engine) -> None:
    """The company's value leaves out its lone head; hours add up over teams and the join."""
    loaded(engine)
    release(engine)

    with engine.connect() as connection:
        rows = {
            row.cell_id: row
            for row in connection.execute(
                select(WorkloadRollup.cell_id, WorkloadRollup.n, WorkloadRollup.numerator).where(
                    WorkloadRollup.measure == "utilisation"
                )
            )
        }
        kinds = {
            row.cell_id: row.name
            for row in connection.execute(select(PublishedCell.cell_id, PublishedCell.name).distinct())
        }
    by_name = {kinds[cell]: row for cell, row in rows.items() if cell in kinds}
    assert by_name["Co"].n == len(PEOPLE) - 1
    assert by_name["Co"].numerator == pytest.approx(by_name["A"].numerator + by_name["B"].numerator)
    assert by_name["B"].numerator == pytest.approx(
        by_name["Three"].numerator + by_name["Five and Four together"].numerator
    )
    everybody = hours(PEOPLE)
    expected = sum(facts["worked"] or 0 for (code, _), facts in everybody.items() if PEOPLE[code] == "Co/A/One")
    assert by_name["One"].numerator == pytest.approx(expected)


def test_an_open_week_changes_facts_and_releases_nothing(engine: Engine) -> None:
    """A week is open until seven days after its Sunday; the day after, the next run releases it."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE))
    last_open_day = WEEK + timedelta(days=12)

    before = release(engine, as_of=last_open_day)
    assert (before.released, before.still_open) == ((), (WEEK,))
    assert cells(engine) == {}

    after = release(engine, as_of=last_open_day + timedelta(days=1))
    assert after.released == (WEEK,)


def test_a_week_is_released_once(engine: Engine) -> None:
    """Running again finds nothing to do."""
    loaded(engine)
    release(engine)
    first = everything(engine)

    again = release(engine)

    assert again.released == again.corrected == ()
    assert everything(engine) == first


def test_a_held_delivery_waits_for_the_order_to_release(engine: Engine) -> None:
    """`--hold` keeps weeks back from ordinary runs; `privacy release` takes them."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE), held=True)

    assert release(engine).released == ()
    assert release(engine, include_held=True).released == (WEEK,)


def test_a_kill_between_weeks_leaves_pending_never_half(engine: Engine) -> None:
    """A run that dies after the first week has released that week whole; the next run does the rest."""
    employ(engine, PEOPLE)
    second = WEEK + timedelta(days=7)
    deliver(engine, PEOPLE, {**hours(PEOPLE), **hours(PEOPLE, second)})

    class Killed(Exception):
        pass

    def die_on_the_second(done: int, _of: int) -> None:
        if done == 1:
            raise Killed

    from core.workload.release import finish_pending
    from tests.organisations import POLICY

    with pytest.raises(Killed):
        finish_pending(engine, policy=POLICY, as_of=AS_OF, at=NOW, actor="test", progress=die_on_the_second)
    with engine.connect() as connection:
        assert connection.scalars(select(PendingRelease.period)).all() == [second]
        assert connection.scalars(select(Release.period)).all() == [WEEK]

    assert release(engine).released == (second,)
    assert audited(engine).passed


def test_a_delivery_during_a_release_is_not_forgotten(engine: Engine) -> None:
    """When new facts arrive between reading and claiming a week, its note is newer and the week stays pending."""
    loaded(engine)
    from core.privacy import ledger

    with engine.connect() as connection:
        (stale,) = ledger.pending(connection, "workload", include_held=False, as_of=AS_OF)
    deliver(engine, PEOPLE, hours(PEOPLE, worked=30.0))

    with engine.begin() as connection:
        assert not ledger.claim(connection, "workload", stale)
        assert connection.scalar(select(func.count()).select_from(PendingRelease)) == 1


def test_missing_is_not_hidden(engine: Engine) -> None:
    """A team that nobody delivered is missing, one that is too small is hidden, and neither is zero."""
    employ(engine, PEOPLE)
    without_two = {key: facts for key, facts in hours(PEOPLE).items() if PEOPLE[key[0]] != "Co/A/Two"}
    deliver(engine, PEOPLE, without_two)
    release(engine)

    found = cells(engine)
    assert ("Co/A/Two", WEEK) not in found
    assert found["Co/B/Four", WEEK] == ("hidden", None)


def test_people_who_are_away_are_in_no_family(engine: Engine) -> None:
    """Of eight people three are on leave all week: five are left, the team is not shown, for any measure."""
    employ(engine, PEOPLE)
    facts = hours(PEOPLE)
    for code in [code for code, path in PEOPLE.items() if path == "Co/A/Two"][:3]:
        facts[code, WEEK] = {**FULL_WEEK, "leave": 40.0, "worked": 0.0, "meeting": 0.0}
    for key in facts:
        facts[key] = {**facts[key], "meeting": facts[key].get("meeting", 9.0)}
    deliver(engine, PEOPLE, facts)
    release(engine)

    assert cells(engine)["Co/A/Two", WEEK][0] == "hidden"
    assert cells(engine, "meeting_hours")["Co/A/Two", WEEK][0] == "hidden"
    assert audited(engine).passed


def test_without_leave_there_is_load_against_the_contract_and_never_both(engine: Engine) -> None:
    """Weeks whose leave was not delivered show contract load; others show utilisation; no week shows both."""
    employ(engine, PEOPLE)
    second = WEEK + timedelta(days=7)
    bare = {key: {"contracted": 40.0, "worked": facts["worked"]} for key, facts in hours(PEOPLE, second).items()}
    deliver(engine, PEOPLE, {**hours(PEOPLE), **bare})
    release(engine)

    load, contract = cells(engine), cells(engine, "contract_load")
    assert {week for _, week in load} == {WEEK}
    assert {week for _, week in contract} == {second}


def test_every_shown_cell_has_enough_people_in_the_ledger(engine: Engine) -> None:
    """D1: no shown row of the ledger has fewer than k' members, and hidden cells carry no number."""
    loaded(engine)
    release(engine)

    with engine.connect() as connection:
        least = connection.scalar(select(func.min(ReleaseRow.n)).where(ReleaseRow.status == "shown"))
        hidden = connection.execute(
            select(PublishedCell.value, PublishedCell.low, PublishedCell.n_band, PublishedCell.coverage).where(
                PublishedCell.status == "hidden"
            )
        ).all()
    assert least is not None
    assert least >= Policy().k_prime
    assert hidden
    assert all(value is None for row in hidden for value in row)


def test_a_stricter_policy_shows_less(engine: Engine) -> None:
    """With k = 10 a team of nine is not shown any more."""
    loaded(engine)
    release(engine, policy=Policy(k=10))

    assert cells(engine).get(("Co/A/One", WEEK), ("hidden", None))[0] == "hidden"
    assert audited(engine, Policy(k=10)).passed


def test_facts_stay_as_they_came(engine: Engine) -> None:
    """Releasing reads person-weeks and changes none."""
    loaded(engine)
    with engine.connect() as connection:
        before = connection.execute(select(PersonWeek).order_by(PersonWeek.person_id)).all()
    release(engine)
    with engine.connect() as connection:
        assert connection.execute(select(PersonWeek).order_by(PersonWeek.person_id)).all() == before


def test_an_import_takes_its_notes_before_the_change_log(engine: Engine, tmp_path: Path) -> None:
    """As a release does: two of them at once wait for each other and never for ever."""
    from core.access.tables import ChangeLog
    from core.intake.imports import run_import

    file = tmp_path / "people.csv"
    file.write_text("id,name,unit,hired\nP1,Ada,Co/A,2024-01-08\n", encoding="utf-8")
    logged_before: list[int] = []

    def note(connection: Connection, _weeks: set[date]) -> None:
        logged_before.append(connection.scalar(select(func.count()).select_from(ChangeLog)) or 0)

    run_import(engine, "people", file, actor="test", at=NOW, after_load=note)

    assert logged_before == [0]
    with engine.connect() as connection:
        assert connection.scalars(select(ChangeLog.action)).all() == ["import"]


def test_a_week_without_a_single_value_is_no_release(engine: Engine) -> None:
    """Rows with nothing in them are dealt with and published nowhere."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, {(code, WEEK): {} for code in PEOPLE})

    assert release(engine).released == ()
    with engine.connect() as connection:
        assert not connection.scalars(select(Release.id)).all()
        assert not connection.scalars(select(PendingRelease.period)).all()


def test_a_quarter_that_another_process_decides_meanwhile_is_released_by_that_decision(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before either had decided: the later one finds the decision, and draws its week up again by it."""
    loaded(engine)
    decide = release_module._decide_quarter
    asked: list[date | None] = []

    def overtaken(connection: Connection, *more: object) -> object:
        found = decide(connection, *more)  # type: ignore[arg-type]
        asked.append(found.decided_on)
        if len(asked) == 1:
            with engine.begin() as other:
                assert release_module._keep(other, replace(found, plan=Plan()))
        return found

    monkeypatch.setattr(release_module, "_decide_quarter", overtaken)

    done = release(engine)

    assert done.released == (WEEK,)
    assert [day is None for day in asked] == [False, True]
    assert not [name for name, _ in cells(engine) if name.startswith("join")]  # the other decision joins nobody
    assert audited(engine).passed
