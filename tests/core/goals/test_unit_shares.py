"""Shares of open goals by unit: what is counted, for whom, and that no number says more than goals the reader may open."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select

from core.access.refusals import NoPermission
from core.goals.goal import Kind, Measure, Status, Visibility
from core.goals.queue_views import QueueFilters, queue
from core.goals.reasons import CODES
from core.goals.tables import GoalRow
from core.goals.unit_shares import KEPT, UnitShares, table, unit_shares
from core.goals.visibility import sees_reasons
from tests.core.goals.desk import ACCOUNTS, ONE, POLICY, TODAY, TWO, Desk
from tests.databases import EngineOf


def build(engine: Engine) -> None:
    """Goals of five people in Co/A, on pace and reviewed but for what the title says; and goals that are never counted."""
    desk = Desk(engine)
    fine = {"last_on": TODAY, "last_value": 90.0, "reviewed_on": TODAY, "last_confidence": 8}
    for owner in ("emp", "peer", "boss", "far", "chief"):
        desk.active(owner=owner, title=f"fine {owner}", **fine)
    desk.active(owner="emp", title="no unit of measure", **{**fine, "unit": ""})
    desk.active(owner="peer", title="serves nothing", **{**fine, "standalone": False})
    desk.active(owner="far", title="forgotten", kind=Kind.OBJECTIVE, measure=Measure.NONE, acceptance="Shown.")
    desk.active(owner=ONE, title="of the team", **{**fine, "kind": Kind.KPI, "measure": Measure.RANGE, "low": 1.0})
    for title, terms in {
        "private": {"visibility": Visibility.PRIVATE},
        "team": {"visibility": Visibility.TEAM},
        "development": {"kind": Kind.DEVELOPMENT},
        "wellbeing": {"kind": Kind.WELLBEING, "owner": TWO},
        "paused": {"status": Status.PAUSED},
        "done": {"status": Status.DONE},
        "elsewhere": {"owner": "other"},
        "nobody's": {"owner": "no such person"},
    }.items():
        desk.active(title=title, unit="", **terms)


@pytest.fixture
def desk(engine_of: EngineOf) -> Desk:
    """That organisation, on both databases."""
    return Desk.on(engine_of("goals-by-unit", build))


def shares(desk: Desk, who: str, unit: str | None = None, on: date = TODAY) -> UnitShares:
    """What an account is told."""
    with desk.engine.connect() as connection:
        return unit_shares(connection, desk.viewer(who, on), unit, policy=POLICY, as_of=on)


def test_open_goals_under_way_are_counted_by_reason_and_nothing_else_is(desk: Desk) -> None:
    """Nine goals of Co/A: private, team, development, wellbeing, paused, closed ones and those elsewhere are not among them."""
    found = shares(desk, "chief")
    top = found.lines[0]
    assert (top.path, top.goals, top.few) == ("Co/A", 9, False)
    told = {code: number for code, number in top.reasons.items() if number}
    assert told == {"not_measurable": 1, "unaligned": 1, "stale": 1}
    assert top.kept == {"reviewed": 8, "aligned": 8, "measurable": 8, "owned": 9}
    assert tuple(top.kept) == tuple(KEPT) and tuple(top.reasons) == CODES
    assert top.revisit == 1  # the others weigh one each
    assert found.sentence == "One of 9 open goals in A needs revisiting. The most frequent reason: no check-in."
    assert found.codes == ("stale", "not_measurable", "unaligned")


def test_a_unit_of_few_owners_is_not_told_as_shares(desk: Desk) -> None:
    """Not its counts, not in words, not in the table; the level above is told when five own goals there."""
    found = shares(desk, "chief")
    below = {line.path: line for line in found.lines[1:] if not line.direct}
    assert set(below) == {ONE, TWO} and all(line.few for line in below.values())
    assert all(
        (line.goals, line.revisit, dict(line.reasons), dict(line.kept)) == (0, 0, {}, {}) for line in below.values()
    )
    own = shares(desk, "boss")
    assert own.lines[0].few and own.sentence == "Fewer than five people own open goals in One, so there are no shares."
    frame = table(found)
    assert frame.loc[frame["path"] == ONE, "goals"].isna().all() and frame["goals"].iloc[0] == 9


def test_no_number_counts_a_goal_whose_reasons_the_reader_may_not_see(desk: Desk) -> None:
    """For every account: refused, or counted among goals that the same reader could open with their reasons."""
    told = set()
    for who in ACCOUNTS:
        try:
            found = shares(desk, who)
        except NoPermission:
            continue
        told.add(who)
        with desk.engine.connect() as connection:
            viewer = desk.viewer(who)
            readable = connection.scalar(
                select(func.count()).where(sees_reasons(viewer, TODAY), GoalRow.visibility == Visibility.OPEN)
            )
            listed = queue(connection, viewer, QueueFilters(), policy=POLICY, as_of=TODAY)
        assert found.lines[0].goals <= (readable or 0)
        assert all(number <= listed.looked_at for number in found.lines[0].reasons.values())
    assert told == {"boss", "chief", "otherboss"}


def test_units_that_are_not_led_read_like_units_that_do_not_exist(desk: Desk) -> None:
    """By path and by slug, for a leader, HR and an administrator with a unit on the account."""
    for who, unit in (("chief", "Co/B/Three"), ("chief", "Co"), ("chief", "Co/No"), ("hr", "Co/A"), ("admin", "Co")):
        with pytest.raises(NoPermission, match="whoever leads or manages the unit"):
            shares(desk, who, unit)
    assert shares(desk, "chief", ONE).trail == (("co.a", "A"),)


def test_a_review_counts_until_the_cadence_has_passed(desk: Desk) -> None:
    """On the last day of the cadence of 14 days it does, on the day after it does not."""
    last = TODAY + timedelta(days=14)
    assert shares(desk, "chief", on=last).lines[0].kept["reviewed"] == 8
    assert shares(desk, "chief", on=last + timedelta(days=1)).lines[0].kept["reviewed"] == 0
