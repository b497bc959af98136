"""Corrections to a closed week go through the ledger: they replace cells only where nobody is singled out."""

from datetime import timedelta

from sqlalchemy import Engine, select

from core.calendar import quarter_start
from core.privacy.audit import prove
from core.privacy.corrections import replaceable
from core.privacy.tables import PendingRelease, Release
from tests.organisations import AS_OF, WEEK, audited, cells, deliver, employ, hours, people_in, release

PEOPLE = people_in({"Co/A/One": 9, "Co/A/Two": 8, "Co/B/Three": 12, "Co/B/Four": 14})


def released(engine: Engine) -> None:
    """One released week of the organisation."""
    employ(engine, PEOPLE)
    deliver(engine, PEOPLE, hours(PEOPLE))
    release(engine)


def changed(team: str, count: int, by: float = 8.0) -> dict[tuple[str, object], dict[str, float | None]]:
    """New facts for `count` people of a team; eight hours more take each of them over 110 %, so that flags change with hours."""
    everybody = hours(PEOPLE)
    codes = [code for code, path in PEOPLE.items() if path == team][:count]
    return {
        (code, WEEK): {**everybody[code, WEEK], "worked": (everybody[code, WEEK]["worked"] or 0) + by} for code in codes
    }


def test_s4_one_late_person_would_be_singled_out() -> None:
    """S4: published with 8, issued again with 9: the difference is the late one. With six late ones it is safe."""
    eight = frozenset((f"p{i}", "") for i in range(8))
    nine = eight | {("late", "")}
    fourteen = eight | {(f"late{i}", "") for i in range(6)}

    proof = prove({"first": eight, "again": nine}, 6)
    assert not proof.safe
    assert proof.violations[0].persons == ("late",)
    assert prove({"first": eight, "again": fourteen}, 6).safe

    assert replaceable({"c": eight}, {"c": nine}, {"c": None}, {"c": None}, 6) == (frozenset(), {"c"})
    assert replaceable({"c": eight}, {"c": fourteen}, {"c": None}, {"c": None}, 6) == ({"c"}, frozenset())


def test_a_correction_of_few_people_waits_and_the_first_release_stands(engine: Engine) -> None:
    """Three changed people would be told apart from the rest; nothing is replaced and the week waits for the quarter's end."""
    released(engine)
    before = cells(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 3))

    done = release(engine)

    assert (done.corrected, done.waiting) == ((), (WEEK,))
    assert cells(engine) == before
    with engine.connect() as connection:
        row = connection.execute(select(PendingRelease.kind, PendingRelease.not_before)).one()
    assert row.kind == "waiting"
    assert row.not_before > AS_OF
    assert row.not_before == quarter_start(row.not_before)
    assert audited(engine).passed


def test_a_correction_of_enough_people_replaces_their_cells(engine: Engine) -> None:
    """Seven changed people of one team: the team and the units above are issued again, the other teams are not."""
    released(engine)
    before = cells(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 7))

    done = release(engine)

    assert (done.corrected, done.waiting) == ((WEEK,), ())
    after = cells(engine)
    assert {name for (name, _) in after if after[name, WEEK] != before[name, WEEK]} == {"Co", "Co/A", "Co/A/One"}
    assert after["Co/A/One", WEEK][1] > before["Co/A/One", WEEK][1]
    assert audited(engine).passed


def test_a_correction_may_pass_in_one_team_and_wait_in_another(engine: Engine) -> None:
    """The team with seven changes is replaced; the one with two, and the units above both, keep their first release."""
    released(engine)
    before = cells(engine)
    deliver(engine, PEOPLE, {**changed("Co/A/One", 7), **changed("Co/B/Three", 2)})

    done = release(engine)

    assert done.waiting == (WEEK,)
    after = cells(engine)
    assert {name for (name, _) in after if after[name, WEEK] != before[name, WEEK]} == {"Co/A", "Co/A/One"}
    assert audited(engine).passed


def test_waiting_corrections_are_tried_together_at_the_end_of_the_quarter(engine: Engine) -> None:
    """Three changes wait, three more people change; together they are six, and the next quarter replaces the cells."""
    released(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 3))
    assert release(engine).waiting == (WEEK,)
    assert release(engine).waiting == ()  # not tried again before its day

    deliver(engine, PEOPLE, changed("Co/A/One", 6))
    assert release(engine, as_of=AS_OF + timedelta(days=1)).corrected == (WEEK,)
    assert audited(engine).passed


def test_a_refused_correction_is_tried_again_by_itself_next_quarter(engine: Engine) -> None:
    """On its day the same three changes are refused again, and wait for the quarter after."""
    released(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 3))
    release(engine)
    with engine.connect() as connection:
        day = connection.scalar(select(PendingRelease.not_before))
    assert day is not None

    assert release(engine, as_of=day).waiting == (WEEK,)
    with engine.connect() as connection:
        assert connection.scalar(select(PendingRelease.not_before)) > day


def test_changing_back_and_forth_never_tells_few_people_apart(engine: Engine) -> None:
    """Seven people change, then one of them changes again: the second correction waits, and everything stays proved."""
    released(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 7))
    release(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 1, by=9.5))

    assert release(engine).waiting == (WEEK,)
    assert audited(engine).passed


def test_going_back_to_the_first_version_for_some_is_refused(engine: Engine) -> None:
    """Six change and are replaced; then five of them go back: the sixth would stand out between the versions."""
    released(engine)
    deliver(engine, PEOPLE, changed("Co/A/One", 6))
    assert release(engine).corrected == (WEEK,)
    everybody = hours(PEOPLE)
    back = {key: everybody[key] for key in list(changed("Co/A/One", 6))[:5]}  # type: ignore[index]
    deliver(engine, PEOPLE, back)

    assert release(engine).waiting == (WEEK,)
    assert audited(engine).passed


def test_the_same_facts_again_change_nothing(engine: Engine) -> None:
    """A week delivered again with the same values makes no new release; like a refused correction, it is said to wait."""
    released(engine)
    before = cells(engine)
    deliver(engine, PEOPLE, hours(PEOPLE))
    done = release(engine)

    assert (done.corrected, done.waiting) == ((), (WEEK,))
    assert cells(engine) == before
    with engine.connect() as connection:
        assert connection.scalars(select(Release.kind)).all() == ["first"]


def test_a_change_of_leave_does_not_hide_one_changed_person(engine: Engine) -> None:
    """Six corrections of leave and one of hours: by hours alone only one person changed, so the team's load waits."""
    released(engine)
    before = cells(engine)
    everybody = hours(PEOPLE)
    team = [code for code, path in PEOPLE.items() if path == "Co/A/One"]
    facts = {(code, WEEK): {**everybody[code, WEEK], "leave": 0.1} for code in team[:6]}
    facts[team[6], WEEK] = {**everybody[team[6], WEEK], "worked": 60.0}
    deliver(engine, PEOPLE, facts)

    assert release(engine).waiting == (WEEK,)
    assert cells(engine)["Co/A/One", WEEK] == before["Co/A/One", WEEK]
    assert audited(engine).passed


def test_leave_that_comes_later_never_stands_beside_load_against_the_contract(engine: Engine) -> None:
    """A week first told against contracted hours stays so: both together would give absence away."""
    employ(engine, PEOPLE)
    bare = {key: {"contracted": 40.0, "worked": facts["worked"]} for key, facts in hours(PEOPLE).items()}
    deliver(engine, PEOPLE, bare)
    release(engine)
    deliver(engine, PEOPLE, hours(PEOPLE))
    release(engine)

    assert cells(engine) == {}
    assert cells(engine, "contract_load")["Co", WEEK][0] == "shown"


def test_a_family_that_is_withdrawn_altogether_goes(engine: Engine) -> None:
    """Meeting hours delivered by mistake and blanked for everybody are not shown any more."""
    employ(engine, PEOPLE)
    with_meetings = {key: {**facts, "meeting": 9.0} for key, facts in hours(PEOPLE).items()}
    deliver(engine, PEOPLE, with_meetings)
    release(engine)
    assert cells(engine, "meeting_hours")
    deliver(engine, PEOPLE, hours(PEOPLE))

    assert release(engine).corrected == (WEEK,)
    assert cells(engine, "meeting_hours") == {}
    assert audited(engine).passed


def test_a_team_withdrawn_by_a_correction_can_come_back(engine: Engine) -> None:
    """Blanked for all nine people it goes; delivered again for all nine it is shown again."""
    released(engine)
    everybody = hours(PEOPLE)
    team = [code for code, path in PEOPLE.items() if path == "Co/A/One"]
    deliver(engine, PEOPLE, {(code, WEEK): {"worked": None} for code in team})
    assert release(engine).corrected == (WEEK,)
    assert ("Co/A/One", WEEK) not in cells(engine)

    deliver(engine, PEOPLE, {(code, WEEK): everybody[code, WEEK] for code in team})
    assert release(engine).corrected == (WEEK,)
    assert cells(engine)["Co/A/One", WEEK][0] == "shown"
    assert audited(engine).passed


def test_a_small_team_that_comes_late_is_hidden_and_not_missing(engine: Engine) -> None:
    """A team of four delivered after the release cannot be shown; it reads hidden, because its hours have come."""
    people = {**PEOPLE, **people_in({"Co/B/Tiny": 4})}
    employ(engine, people)
    deliver(engine, people, hours(PEOPLE))
    release(engine)
    assert ("Co/B/Tiny", WEEK) not in cells(engine)
    everybody = hours(people)
    deliver(engine, people, {key: everybody[key] for key in everybody if people[key[0]] == "Co/B/Tiny"})
    release(engine)

    assert cells(engine)["Co/B/Tiny", WEEK] == ("hidden", None)
    assert audited(engine).passed
