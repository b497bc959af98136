"""`import` with what people may say about a file: maps, the order of dates, the worksheet."""

from pathlib import Path

import openpyxl
from sqlalchemy import func, select

from core.people.tables import EmploymentSpell, Person
from tests.cli.conftest import CommandLine

HEADER = "Personalnummer;Organisationseinheit;Eintrittsdatum"
MAP = '[columns]\n"Personalnummer" = "id"\n"Organisationseinheit" = "unit"\n"Eintrittsdatum" = "hired"\n'


def german(path: Path, *codes: str) -> Path:
    """A people file in German."""
    path.write_text("\n".join([HEADER, *(f"{code};Co;15.01.2024" for code in codes)]) + "\n", encoding="utf-8")
    return path


def people(line: CommandLine) -> int:
    """How many people are on record."""
    with line.engine().connect() as connection:
        return connection.scalar(select(func.count()).select_from(Person)) or 0


def first_problem(line: CommandLine, path: Path, *more: str) -> str:
    """What the refusal of a people file says first."""
    problem: str = line.document("import", "people", path, *more, "--json", exit_code=1)["problems"][0]["problem"]
    return problem


def test_a_map_is_drafted_used_remembered_left_aside_and_forgotten(empty: CommandLine, tmp_path: Path) -> None:
    """The whole life of a map, by the commands alone."""
    first, second = german(tmp_path / "first.csv", "P1"), german(tmp_path / "second.csv", "P2")
    draft = tmp_path / "draft.toml"
    assert '"Personalnummer" = "id"' in empty.done("import", "--suggest-map", "people", first)
    assert "--map" in empty.done("import", "--suggest-map", "people", first, "--out", draft)
    assert "exists already" in empty.refused("import", "--suggest-map", "people", first, "--out", draft)
    assert people(empty) == 0

    assert "suggest-map" in empty.refused("import", "people", first)
    assert "The map is kept" in empty.done("import", "people", first, "--map", draft)
    assert "Read with the map saved on" in empty.done("import", "people", second)
    assert people(empty) == 2

    assert "the header lacks" in first_problem(empty, second, "--no-map")
    assert "is forgotten" in empty.done("import", "--forget-map", "people", second)
    assert "No map is kept" in empty.done("import", "--forget-map", "people", second)
    assert empty("import", "people", second).exit_code == 1


def test_a_dry_run_and_a_refused_file_leave_no_map(empty: CommandLine, tmp_path: Path) -> None:
    """A map is kept with the rows that it led to, or not at all."""
    path, wrong = german(tmp_path / "people.csv", "P1"), tmp_path / "wrong.csv"
    wrong.write_text(HEADER + "\nP1;Co;soon\n", encoding="utf-8")
    map_ = tmp_path / "map.toml"
    map_.write_text(MAP, encoding="utf-8")

    empty.done("import", "people", path, "--map", map_, "--dry-run")
    assert empty("import", "people", wrong, "--map", map_).exit_code == 1

    assert "No map is kept" in empty.done("import", "--forget-map", "people", path)


def test_the_order_of_dates_is_asked_for_and_taken(empty: CommandLine, tmp_path: Path) -> None:
    """Refused without, another day with each answer; both at once are wrong usage."""
    path = tmp_path / "people.csv"
    path.write_text("id,unit,hired\nP1,Co,02/03/2024\n", encoding="utf-8")
    assert "--dayfirst" in empty.refused("import", "people", path)
    assert empty("import", "people", path, "--dayfirst", "--monthfirst").exit_code == 2

    days = []
    for order in ("--dayfirst", "--monthfirst"):
        empty.done("import", "people", path, order)
        with empty.engine().connect() as connection:
            days += [day.isoformat() for day in connection.scalars(select(EmploymentSpell.hired))]
    assert days == ["2024-03-02", "2024-02-03"]


def test_a_worksheet_is_asked_for_and_taken(empty: CommandLine, tmp_path: Path) -> None:
    """Two worksheets fit: the refusal names them, and --sheet chooses."""
    book = openpyxl.Workbook()
    for title, code in (("North", "P1"), ("South", "P2")):
        sheet = book.create_sheet(title)
        sheet.append(["id", "unit", "hired"])
        sheet.append([code, "Co", "2024-01-08"])
    book.save(tmp_path / "people.xlsx")

    assert "'North', 'South'" in first_problem(empty, tmp_path / "people.xlsx")
    assert "'South'" in empty.done("import", "people", tmp_path / "people.xlsx", "--sheet", "South")
    with empty.engine().connect() as connection:
        assert connection.scalars(select(Person.code)).all() == ["P2"]


def test_options_that_do_not_go_together_are_wrong_usage(empty: CommandLine, tmp_path: Path) -> None:
    """Exit 2, and nothing is done."""
    path = german(tmp_path / "people.csv", "P1")
    map_ = tmp_path / "map.toml"
    map_.write_text(MAP, encoding="utf-8")
    for wrong in (
        ("--map", map_, "--no-map"),
        ("--suggest-map", "--forget-map"),
        ("--out", tmp_path / "draft.toml"),
    ):
        assert empty("import", "people", path, *wrong).exit_code == 2
    map_.write_text("[columns]\na = 1\n", encoding="utf-8")
    assert "map.toml" in empty.refused("import", "people", path, "--map", map_)
    assert people(empty) == 0
