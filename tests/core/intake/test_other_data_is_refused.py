"""Real data of other kinds, and each kind's own files: refused by every kind that they are not, and told what they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.intake.imports import ImportRefused
from core.intake.kinds import KINDS
from tests.core.intake.content import DATA, TEMPLATES, bring_in, content

# Goals as small companies keep them: a key result that nobody graded, a stated total that is not the mean of its parts,
# dates with two-digit years, separators and quotation marks inside the text.
GOALS = {
    "objectives.csv": """\
objective_id,period,section,objective,active_from,deadline,tracked,published_total,final_date
O1,Q2-26,Quarterly OKRs,Ship the new scheduler,06.04.26,29.06.26,Every other Tuesday,0.70,2026-07-07
O2,Q2-26,Personal OKRs,Fewer surprises on Mondays,06.04.26,29.06.26,Every other Tuesday,0.35,2026-07-07
""",
    "key_results.csv": """\
objective_id,kr,text
O1,1,"Get 20 teams to ""go live"", not 5 (n)"
O1,2,Write the module|interface that replaces cron (ewd)
O2,1,Halve the pages at night; none before 6 (n)
""",
    "tracking.csv": """\
objective_id,date,kr,score,raw
O1,2026-04-21,1,0.3,0.30
O1,2026-04-21,2,0.0,0
O1,2026-05-05,1,0.5,0.5
O2,2026-05-05,1,,
""",
    "final_scores.csv": """\
objective_id,date,kr,score,raw
O1,2026-07-07,1,0.9,0.9
O1,2026-07-07,2,0.4,0.40
O2,2026-07-07,1,,
""",
}
REAL = {
    "job_retention.csv": "exits",
    "garments.csv": "productivity",
    "csps_organisations_2016.csv": "survey",
    "csps_benchmarks_2016.csv": "survey",
    "csps_demographic_groups_2016.csv": "",
}
OWN = {
    "people": TEMPLATES / "people.csv",
    "person-weeks": TEMPLATES / "person-weeks.csv",
    "activity-events": TEMPLATES / "activity-events.csv",
    "viva-person-query": DATA / "viva" / "pq_cut.csv",
    "goals": TEMPLATES / "goals.csv",
    "goal-updates": TEMPLATES / "goal-updates.csv",
}
READS = {
    "objectives.csv": "goals",
    "key_results.csv": "goals",
    "tracking.csv": "goal-updates",
    "final_scores.csv": "goal-updates",
}


@pytest.fixture
def empty(sqlite_engine: Engine) -> Iterator[Engine]:
    """An empty database, which is as empty afterwards."""
    before = content(sqlite_engine)
    yield sqlite_engine
    assert content(sqlite_engine) == before


def told(engine: Engine, kind: str, path: Path) -> str:
    """Everything that a refusal says about the whole header."""
    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, kind, path)
    return " ".join(f"{each.problem} {each.remedy}" for each in refusal.value.problems if each.row in (None, 1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", REAL)
def test_real_data_of_another_kind_is_refused_and_told_apart(file: str, kind: str, empty: Engine) -> None:
    """No kind takes it; the message says that no kind fits yet and, where that can be told, what the file seems to hold."""
    said = told(empty, kind, DATA / "real" / file)

    assert "fits yet" in said
    assert REAL[file] in said
    assert "looks like" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", GOALS)
def test_goals_of_small_companies_are_told_their_kind_by_every_other(
    file: str, kind: str, empty: Engine, tmp_path: Path
) -> None:
    """Objectives with dates of two-digit years are refused for these, by the kind that reads them; parts name their goals."""
    path = tmp_path / file
    path.write_text(GOALS[file], encoding="utf-8")

    if kind != READS[file]:
        assert READS[file] in told(empty, kind, path)
    else:
        wanted = "date" if file == "objectives.csv" else "no goal with this id"
        assert wanted in rows_told(empty, kind, path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("owner", OWN)
def test_a_kinds_own_file_is_refused_by_all_others_which_name_the_kind(kind: str, owner: str, empty: Engine) -> None:
    """People are told which kind their file looks like; the kind itself reads it."""
    if kind == owner and kind in ("person-weeks", "activity-events", "goals"):
        assert "nobody with this id" in rows_told(empty, kind, OWN[owner])
    elif kind == owner == "goal-updates":
        assert "no goal with this id" in rows_told(empty, kind, OWN[owner])
    elif kind == owner:
        assert bring_in(empty, kind, OWN[owner], dry_run=True).counts.loaded > 0
    else:
        assert owner in told(empty, kind, OWN[owner])


def rows_told(engine: Engine, kind: str, path: Path) -> str:
    """Everything that a refusal says about rows."""
    with pytest.raises(ImportRefused) as refusal:
        bring_in(engine, kind, path)
    return " ".join(each.problem for each in refusal.value.problems if each.row not in (None, 1))


def test_every_kind_has_a_file_of_its_own_here() -> None:
    """A kind that is added is held against all others."""
    assert OWN.keys() == KINDS.keys()


def test_every_file_says_where_it_comes_from_and_under_which_licence() -> None:
    """SOURCE.txt names each file of the folder; the Open Government Licence lies beside it."""
    source = (DATA / "real" / "SOURCE.txt").read_text(encoding="utf-8")
    licence = (DATA / "real" / "LICENSE-OGL").read_text(encoding="utf-8")

    for path in (DATA / "real").iterdir():
        assert path.name == "SOURCE.txt" or path.name in source
    assert all(words in source for words in ("MIT", "Open Government", "CC BY 4.0"))
    assert licence.startswith("# Open Government Licence 3.0")
