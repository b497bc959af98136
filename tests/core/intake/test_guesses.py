"""Somebody who may bring in files guesses at what is on record about one person: no screen answers."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from core.access.viewer import Viewer
from core.intake.history import drop_outdated, undoable
from core.intake.imports import ImportSummary
from core.intake.quality import data_quality
from core.openness.freshness import freshness, freshness_facts
from core.overview.operations import weeks_waiting
from core.policy import Policy
from core.privacy.ledger import waiting_corrections
from core.privacy.tables import Release, ReleaseRow
from core.workload.release import ReleaseSummary, finish_pending, note_delivery
from tests.core.intake.content import AT, bring_in, people_file, person, weeks_file

WEEK, DAY, POLICY = date(2026, 3, 2), AT.date(), Policy()
NEXT_QUARTER, ONE_AFTER = DAY + timedelta(days=98), DAY + timedelta(days=196)
HOURS = ("person_id", "week", "contracted", "leave", "public_holiday", "sickness", "worked")


def load(engine: Engine, kind: str, path: Path, *, held: bool = False, day: date = DAY) -> ImportSummary:
    """Bring a file in as the product does: the note in its transaction, then the release, unless it is held."""
    done = bring_in(
        engine,
        kind,
        path,
        held=held,
        policy=POLICY,
        as_of=day,
        after_load=lambda connection, weeks: note_delivery(connection, weeks, held=held, as_of=day),
    )
    if not held:
        release(engine, day)
    return done


def release(engine: Engine, day: date = DAY) -> ReleaseSummary:
    """Whatever is due on the day."""
    return finish_pending(engine, policy=POLICY, as_of=day, at=AT, actor="test", include_held=True)


def released_week(engine: Engine, folder: Path) -> None:
    """Twelve people in a team, one of them ill for two days of a week that is released."""
    load(engine, "people", people_file(folder, [person(f"P{i}") for i in range(12)]))
    rows = [(f"P{i}", WEEK, 40, 0, 0, 16 if i == 3 else 0, 38) for i in range(12)]
    load(engine, "person-weeks", weeks_file(folder, HOURS, rows))


def told(engine: Engine, day: date = DAY) -> tuple[object, ...]:
    """What screens say of weeks that wait and of corrections."""
    with engine.connect() as connection:
        facts = freshness_facts(freshness(connection, policy=POLICY, as_of=day))
        admin = Viewer(1, "ada", "Ada", ("admin",))
        quality = data_quality(connection, admin, policy=POLICY, as_of=day, at=AT)
        waiting = weeks_waiting(connection, "workload", POLICY, day)
    return facts["Closed weeks that wait"], facts["Corrections that wait"], quality.corrections, waiting


@pytest.mark.parametrize("held", [False, True], ids=["released at once", "held"])
def test_notes_do_not_tell_whether_a_guess_at_one_person_was_right(
    fresh_engine: Callable[[], Engine], tmp_path: Path, held: bool
) -> None:
    """Somebody was ill for 16 hours; a row that says 16 and one that says 0 leave the same words, next quarters too."""
    seen = []
    for guess in (16, 0):
        engine = fresh_engine()
        released_week(engine, tmp_path)
        said = [told(engine)]
        file = weeks_file(tmp_path, ("person_id", "week", "sickness"), [("P3", WEEK, guess)], "guess.csv")
        load(engine, "person-weeks", file, held=held)
        said.append(told(engine))
        for day in (DAY, NEXT_QUARTER, ONE_AFTER):
            release(engine, day)
            said.append(told(engine, day))
        seen.append(said)
    assert seen[0] == seen[1]
    assert [words[2] for words in seen[0]] == ["", "fewer than five", "fewer than five", "", ""]


def test_a_week_that_is_named_again_stays_told_when_a_correction_of_others_is_shown(
    fresh_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    """Six other people of another team are corrected with the guess: a refusal beside what is shown is not told."""
    seen = []
    for guess in (16, 0):
        engine = fresh_engine()
        people = [person(f"{unit}{i}", f"Co/{unit}") for unit in "AB" for i in range(8)]
        load(engine, "people", people_file(tmp_path, people))
        rows = [(f"{unit}{i}", WEEK, 40, 0, 0, 16 * (unit + str(i) == "A3"), 38) for unit in "AB" for i in range(8)]
        load(engine, "person-weeks", weeks_file(tmp_path, HOURS, rows))
        again = [("A3", WEEK, 40, 0, 0, guess, 38), *((f"B{i}", WEEK, 40, 0, 0, 0, 44) for i in range(8))]
        load(engine, "person-weeks", weeks_file(tmp_path, HOURS, again, "again.csv"))
        seen.append(told(engine))
    assert seen[0] == seen[1]


def test_the_same_file_again_releases_nothing(engine: Engine, tmp_path: Path) -> None:
    """A released week that is named again waits, and the ledger and what was released are as before."""
    released_week(engine, tmp_path)

    def ledger() -> tuple[object, ...]:
        with engine.connect() as connection:
            return tuple(connection.scalar(select(func.count()).select_from(each)) for each in (Release, ReleaseRow))

    before = ledger()
    rows = [(f"P{i}", WEEK, 40, 0, 0, 16 if i == 3 else 0, 38) for i in range(12)]
    for _ in range(2):
        load(engine, "person-weeks", weeks_file(tmp_path, HOURS, rows))
        with engine.connect() as connection:
            assert waiting_corrections(connection, "workload") == "fewer than five"
    assert release(engine, NEXT_QUARTER) == ReleaseSummary() and ledger() == before
    with engine.connect() as connection:
        assert waiting_corrections(connection, "workload") == ""


def test_a_people_file_does_not_tell_whether_somebody_had_events(
    fresh_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    """A move for one closed week, or from an open one on: with events in them and without, undo and words are the same."""
    next_week, open_week = WEEK + timedelta(days=7), WEEK + timedelta(days=21)
    moves = {
        "closed": [(WEEK, "Northwind/Sales"), (next_week, "Northwind/Engineering")],
        "open": [(open_week, "Northwind/Sales")],
    }
    for which, steps in moves.items():
        seen = []
        for silent in (False, True):
            engine = fresh_engine()
            people = [person(f"P{i}", begins="2024-01-01") for i in range(12)]
            load(engine, "people", people_file(tmp_path, people))
            events = [
                (f"P{i}", f"{week}T14:05+01:00")
                for i in range(12)
                for week in (WEEK, open_week)
                if not (silent and i == 3)
            ]
            load(engine, "activity-events", weeks_file(tmp_path, ("actor", "time"), events, "events.csv"))
            said = [told(engine)]
            rows = [person("P3", begins="2024-01-01"), *(person("P3", unit, begins=str(day)) for day, unit in steps)]
            done = load(engine, "people", people_file(tmp_path, rows, name="move.csv"))
            said += [told(engine), done.can_be_undone, done.counts]
            with engine.begin() as connection:
                said += [undoable(connection, policy=POLICY, as_of=DAY + timedelta(days=7 * i)) for i in range(3)]
                said += [drop_outdated(connection, policy=POLICY, as_of=DAY + timedelta(days=7 * i)) for i in range(3)]
            for day in (DAY, NEXT_QUARTER, ONE_AFTER):
                release(engine, day)
                said.append(told(engine, day))
            assert done.can_be_undone == (which == "open")
            assert bool(done.closed_weeks_touched) != silent
            seen.append(said)
        assert seen[0] == seen[1], which
