"""Maps: written as TOML, drafted from a file, remembered by the header's fingerprint, forgotten on demand."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.access.tables import ChangeLog
from core.delivery import ImportOptions
from core.intake.imports import ImportRefused
from core.intake.kinds import KINDS, UnknownKind
from core.intake.maps import (
    ColumnMap,
    MapRefused,
    forget,
    header_fingerprint,
    header_of,
    map_from,
    read_map,
    remember,
    remembered,
    resolve,
)
from core.intake.suggestions import draft, suggest
from core.intake.words import LANGUAGES, words_for
from core.people.tables import Person
from tests.core.intake.content import AT, bring_in, people_file, rows_of

PEOPLE = KINDS["people"]
GERMAN = "Personalnummer;Nachname, Vorname;Organisationseinheit;Eintrittsdatum;Wochenstunden;Hobby"
ROWS = ("P1;Müller, Zoë;Northwind/Büro;15.01.2024;37,5;Rudern",)
MAP = ColumnMap((("Personalnummer", "id"), ("Organisationseinheit", "unit"), ("Eintrittsdatum", "hired")))


@pytest.fixture
def german(tmp_path: Path) -> Path:
    """A people file in German."""
    return people_file(tmp_path, ROWS, GERMAN)


def toml(folder: Path, text: str) -> Path:
    """A map file with this text."""
    path = folder / "map.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_map_is_read_with_its_columns_and_options(tmp_path: Path) -> None:
    """Names of the kind may be spelt in any way; delimiters go by name or sign; a flag that is false is not said."""
    path = toml(
        tmp_path,
        'kind = "people"\n[columns]\n"Personal-Nr." = "ID"\nBereich = "unit"\n'
        '[options]\ndayfirst = true\nmonthfirst = false\ndelimiter = "pipe"\ndecimal = "comma"\nsheet = "März"\n',
    )
    found = read_map(path, "people")
    assert found.columns == (("Personal-Nr.", "id"), ("Bereich", "unit"))
    assert found.applied(ImportOptions()) == ImportOptions(
        columns=found.columns, dayfirst=True, delimiter="|", decimal="comma", sheet="März"
    )


def test_what_is_said_for_one_import_goes_before_the_map() -> None:
    """The order of dates, the sheet and the columns of the options stay."""
    mapped = ColumnMap((("a", "id"),), (("dayfirst", True), ("sheet", "One")))
    said = ImportOptions(monthfirst=True, sheet="Two", columns=(("b", "id"),))
    assert mapped.applied(said) == said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns\n", "not TOML"),
        ("[colums]\n", "'colums' is not part of a map"),
        ('kind = "person-weeks"\n', "for the kind person-weeks"),
        ("columns = 3\n", "are tables"),
        ("[columns]\na = 3\n", "needs the name of a column"),
        ('[columns]\na = "salary"\n', "has no column 'salary'"),
        ('[columns]\na = "id"\nb = "Id"\n', "both stand for 'id'"),
        ("[options]\ndayfirst = 1\n", "dayfirst = 1 is not known"),
        ('[options]\ndelimiter = "x"\n', "is not known"),
        ("[options]\ndelimiter = [1]\n", "is not known"),
        ("[options]\ndayfirst = true\nmonthfirst = true\n", "contradict"),
    ],
)
def test_a_map_that_cannot_be_used_says_where(text: str, message: str, tmp_path: Path) -> None:
    """The name of the file, what is wrong, and what there is."""
    with pytest.raises(MapRefused, match=message) as refusal:
        read_map(toml(tmp_path, text), "people")
    assert "map.toml" in str(refusal.value)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_no_bytes_break_the_reader_of_maps(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """A map, or a refusal in words."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(raw)
    try:
        assert isinstance(read_map(path, "people"), ColumnMap)
    except MapRefused as refusal:
        assert "any.toml" in str(refusal)


def test_a_map_that_is_not_there_and_a_kind_that_is_none_are_told(tmp_path: Path) -> None:
    """A refusal, and wrong usage."""
    with pytest.raises(MapRefused, match="cannot be opened"):
        read_map(tmp_path / "none.toml", "people")
    with pytest.raises(UnknownKind):
        read_map(toml(tmp_path, ""), "salaries")


def test_a_map_may_not_name_what_the_file_does_not_have(sqlite_engine: Engine, german: Path) -> None:
    """The finding says the name and the header."""
    options = ColumnMap((*MAP.columns, ("Telefon", "email"))).applied(ImportOptions())
    with pytest.raises(ImportRefused) as refusal:
        bring_in(sqlite_engine, "people", german, options=options)
    assert "'Telefon', which the file does not have" in refusal.value.problems[0].problem


def test_the_draft_of_a_german_file_is_a_map_that_imports_it(
    sqlite_engine: Engine, german: Path, tmp_path: Path
) -> None:
    """Five columns are known words; the sixth is listed; the draft, untouched, loads the file."""
    text = draft("people", german, ImportOptions())
    path = toml(tmp_path, text)

    assert "German for 'id'" in text
    assert '# "Hobby" = ""' in text
    assert "Still needed" not in text
    summary = bring_in(sqlite_engine, "people", german, options=read_map(path, "people").applied(ImportOptions()))
    assert summary.counts.loaded == 1
    assert rows_of(sqlite_engine, select(Person.code, Person.name)) == [("P1", "Müller, Zoë")]


@pytest.mark.parametrize(
    ("header", "row", "in_file", "in_kind", "sure"),
    [
        ("id,unit,hired", "P1,Co,2024-01-08", "id", "id", "sure"),
        ("Matricule,Service,Embauche", "P1,Co,2024-01-08", "Matricule", "id", "sure"),
        ("Emplyee numbr,unit,hired", "P1,Co,2024-01-08", "Emplyee numbr", "id", "likely"),
        ("id,unit,hired,Anschrift", "P1,Co,2024-01-08,a@b", "Anschrift", "email", "likely"),
        ("id,Pfad,hired", "P1,Co/A,2024-01-08", "Pfad", "unit", "a guess"),
        ("id,unit,Tag", "P1,Co,08.01.2024", "Tag", "hired", "a guess"),
        ("id,unit,hired,Schuhe", "P1,Co,2024-01-08,44", "Schuhe", None, "a guess"),
    ],
)
def test_a_suggestion_says_why_and_how_sure(
    header: str, row: str, in_file: str, in_kind: str | None, sure: str, tmp_path: Path
) -> None:
    """By name, by a word of another language, by closeness, by what the cells hold; nothing where nothing tells."""
    found = {each.in_file: each for each in suggest("people", people_file(tmp_path, [row], header), ImportOptions())}
    assert (found[in_file].in_kind, found[in_file].how_sure) == (in_kind, sure)
    assert found[in_file].why


def test_two_columns_of_dates_are_not_guessed_between(tmp_path: Path) -> None:
    """Either could be the day of hire."""
    path = people_file(tmp_path, ["P1,Co,2024-01-08,2024-01-09"], "id,unit,Tag,Termin")
    assert {each.in_kind for each in suggest("people", path, ImportOptions())} == {"id", "unit", None}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8), min_size=1, max_size=6))
def test_every_draft_is_toml(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Whatever stands in the header: quotation marks, control characters, emoji."""
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ("id", *names))
    path = tmp_path_factory.getbasetemp() / "odd.csv"
    path.write_bytes(f"{header}\nP1\n".encode())
    map_from(tomllib.loads(draft("people", path, ImportOptions())), PEOPLE, "draft")


def test_no_word_stands_for_two_columns_of_a_kind() -> None:
    """Besides a few that are ambiguous in the language itself, a known word suggests one column."""
    for kind in KINDS.values():
        owners: dict[str, set[str]] = {}
        for column in kind.columns:
            for word, language in words_for(column).items():
                assert language in LANGUAGES
                owners.setdefault(word, set()).add(column.name)
        assert {word for word, names in owners.items() if len(names) > 1} <= {"arbeitszeit"}, kind.name


def test_a_remembered_map_is_used_for_the_same_header_and_said(engine: Engine, german: Path, tmp_path: Path) -> None:
    """Another file with that header is read with it; other headers and kinds are not; options with columns stay."""
    header = header_of("people", german, ImportOptions())
    assert header is not None
    with engine.begin() as connection:
        remember(connection, "people", header, MAP, actor="ada", at=AT)
    again = people_file(tmp_path, ["P2;Groß, J;Northwind/Büro;22.01.2024;40;"], GERMAN.upper(), "again.csv")

    options = resolve(engine, "people", again, ImportOptions())

    assert options.columns == MAP.columns
    assert options.notes == ("Read with the map saved on 30 March 2026 by ada.",)
    assert options.notes[0] in bring_in(engine, "people", again, options=options).notes
    assert resolve(engine, "person-weeks", again, ImportOptions()) == ImportOptions()
    own = ImportOptions(columns=(("Hobby", "id"),))
    assert resolve(engine, "people", again, own) == own
    assert resolve(engine, "people", tmp_path / "none.csv", ImportOptions()) == ImportOptions()


def test_remembering_again_replaces_and_forgetting_is_logged(engine: Engine) -> None:
    """One map for a kind and header; forgetting what is not there says so and writes nothing."""
    header = ("Nr", "Bereich")
    with engine.begin() as connection:
        remember(connection, "people", header, MAP, actor="ada", at=AT)
        remember(connection, "people", header, ColumnMap((("Nr", "id"),)), actor="ben", at=AT)
        found = remembered(connection, "people", ("nr ", "BEREICH"))
        assert found is not None
        assert (found.map.columns, found.saved_by) == ((("Nr", "id"),), "ben")

        assert forget(connection, "people", header, actor="ada", at=AT)
        assert not forget(connection, "people", header, actor="ada", at=AT)
        assert remembered(connection, "people", header) is None
        assert connection.scalars(select(ChangeLog.action)).all() == ["forget map"]


@given(st.lists(st.text(max_size=5), max_size=5), st.lists(st.text(max_size=5), max_size=5))
def test_headers_have_one_fingerprint_when_their_names_are_the_same_in_order(one: list[str], other: list[str]) -> None:
    """Case and punctuation do not matter, order and number do."""
    from core.delivery import plain

    same = list(map(plain, one)) == list(map(plain, other))
    assert (header_fingerprint(tuple(one)) == header_fingerprint(tuple(other))) == same
    shouted: list[Any] = [f" {name.upper()}-" for name in one if name.isascii()]
    assert header_fingerprint(tuple(shouted)) == header_fingerprint(tuple(name for name in one if name.isascii()))
