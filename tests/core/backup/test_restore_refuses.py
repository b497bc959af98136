"""What cannot be verified is not restored: each way in which a file can be wrong, named, and the database as it was."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from core.access.tables import ChangeLog
from core.backup.manifest import BackupRefused, check_file
from core.backup.restore import restore, try_out
from core.database.engine import make_engine
from core.database.schema import newest_revision
from core.privacy.tables import PublishedCell, ReleaseRow, TenantKey
from tests.conftest import NOW
from tests.core.backup.test_backup import everything

Members = dict[str, bytes]
CELLS, ROWS, KEY, LOG = (f"tables/{t.__tablename__}.jsonl" for t in (PublishedCell, ReleaseRow, TenantKey, ChangeLog))


def rewritten(source: Path, target: Path, change: Callable[[Members, dict[str, Any]], None], *, seal: bool) -> Path:
    """A copy of a backup with other members. seal: with numbers and hashes of the manifest made to fit again."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    if seal:
        for part in manifest["tables"]:
            content = members[f"tables/{part['name']}.jsonl"]
            part |= {"rows": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if manifest:
            archive.writestr("manifest.json", json.dumps(manifest))
    return target


def lines(content: bytes) -> list[Any]:
    """The rows of a member."""
    return [json.loads(line) for line in content.splitlines()]


def joined(rows: list[Any]) -> bytes:
    """Rows as a member."""
    return b"".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for row in rows)


def at(manifest: dict[str, Any], table: str, column: str) -> int:
    """Where a column stands in the rows of a table."""
    (part,) = (part for part in manifest["tables"] if part["name"] == table)
    return [name for name, _ in part["columns"]].index(column)


def edit(member: str, column: str, value: Callable[[Any], Any]) -> Callable[[Members, dict[str, Any]], None]:
    """Another value in one column of the last row of a table where it is not empty."""

    def change(members: Members, manifest: dict[str, Any]) -> None:
        rows, place = lines(members[member]), at(manifest, Path(member).stem, column)
        row = [row for row in rows if row[place] is not None][-1]
        row[place] = value(row[place])
        members[member] = joined(rows)

    return change


def newer(_: Members, manifest: dict[str, Any]) -> None:
    manifest["schema"] = "9001"


def other_format(_: Members, manifest: dict[str, Any]) -> None:
    manifest["format"] = 2


def other_program(_: Members, manifest: dict[str, Any]) -> None:
    manifest["product"] = "another"


def without_manifest(_: Members, manifest: dict[str, Any]) -> None:
    manifest.clear()


def without_member(members: Members, _: dict[str, Any]) -> None:
    del members[CELLS]


def with_stranger(members: Members, _: dict[str, Any]) -> None:
    members["../outside.txt"] = b"x"


def without_table(members: Members, manifest: dict[str, Any]) -> None:
    del members["tables/header_map.jsonl"]
    manifest["tables"] = [part for part in manifest["tables"] if part["name"] != "header_map"]


def with_table(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/salary.jsonl"] = b""
    manifest["tables"].append({"name": "salary", "columns": [["id", "integer"]], "rows": 0, "sha256": ""})


def with_column(_: Members, manifest: dict[str, Any]) -> None:
    manifest["tables"][0]["columns"].append(["more", "text"])


def with_kind(_: Members, manifest: dict[str, Any]) -> None:
    manifest["tables"][0]["columns"][0][1] = "pickle"


def without_key(members: Members, _: dict[str, Any]) -> None:
    members[KEY] = b""


def without_end(members: Members, _: dict[str, Any]) -> None:
    members[LOG] = joined(lines(members[LOG])[:-1])


def without_middle(members: Members, _: dict[str, Any]) -> None:
    rows = lines(members[LOG])
    members[LOG] = joined(rows[:1] + rows[2:])


def twice(members: Members, _: dict[str, Any]) -> None:
    members[KEY] += members[KEY]


def stray(members: Members, _: dict[str, Any]) -> None:
    members["tables/person.jsonl"] = joined(lines(members["tables/person.jsonl"])[1:])


def not_a_row(members: Members, _: dict[str, Any]) -> None:
    members["tables/person.jsonl"] += b"not a row\n"


# name: (what is done to the file, whether the manifest is made to fit again, what the refusal says)
WRONG = {
    "a newer schema": (newer, True, "it has the schema 9001.* Update the code"),
    "another format": (other_format, True, "it has the format 2"),
    "another program's": (other_program, True, "no readable manifest"),
    "no manifest": (without_manifest, False, "no readable manifest"),
    "a member is gone": (without_member, False, "its members are not those of its manifest"),
    "a member too many": (with_stranger, True, "its members are not those of its manifest"),
    "a table is gone": (without_table, True, "the table header_map is missing from it"),
    "a table too many": (with_table, True, "a table salary that the schema"),
    "a column too many": (with_column, True, "the columns of .* are not those of the schema"),
    "an unknown kind": (with_kind, True, "columns of a kind that this code does not know"),
    "a number was changed": (edit(CELLS, "value", lambda v: v + 1), False, "its SHA-256 differs"),
    "a published number was changed": (edit(CELLS, "value", lambda v: v + 1), True, "published cells .* altered"),
    "a row of the ledger was changed": (edit(ROWS, "n", lambda n: n + 1), True, "ledger .* altered"),
    "the log was changed": (edit(LOG, "actor", lambda _: "nobody"), True, "change log in it was altered at its entry"),
    "the log lacks its end": (without_end, True, "does not end as its manifest says"),
    "the log lacks an entry": (without_middle, True, "change log in it was altered at its entry 3"),
    "the key is gone": (without_key, True, "releases and not the key of the ledger"),
    "a row is there twice": (twice, True, "rows that the schema does not allow"),
    "a row refers to nothing": (stray, True, "refers to a row of person that is not there|schema does not allow"),
    "a line is no row": (not_a_row, True, ": not a row"),
    "a date is no date": (edit(CELLS, "period", lambda _: "soon"), True, "not a row"),
    "a number is a text": (edit(CELLS, "value", lambda _: "much"), True, "not a row"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_wrong_is_refused_by_what_is_wrong_with_it(
    name: str, written: Path, tmp_path: Path, sqlite_template: Path
) -> None:
    """Named in the message; the database it was meant for stays as it was, and so does a trial."""
    change, seal, told = WRONG[name]
    file = rewritten(written, tmp_path / "wrong.zip", change, seal=seal)
    shutil.copy(sqlite_template, tmp_path / "target.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'target.db'}")
    before = everything(engine)

    with pytest.raises(Exception, match=told) as refused:
        restore(engine, file, at=NOW, actor="test")
    assert "othing was changed" in str(refused.value)
    with pytest.raises(type(refused.value), match=told):
        try_out(file)
    assert everything(engine) == before
    engine.dispose()


@pytest.mark.parametrize("name", ["a published number was changed", "a row refers to nothing", "the key is gone"])
def test_postgresql_refuses_the_same_and_keeps_what_it_had(
    name: str, written: Path, tmp_path: Path, empty: Callable[[str], Engine]
) -> None:
    """The transaction in which tables were made and filled is given up as a whole."""
    change, seal, told = WRONG[name]
    file = rewritten(written, tmp_path / "wrong.zip", change, seal=seal)
    engine = empty("postgresql")
    restore(engine, written, at=NOW, actor="test")
    before = everything(engine)

    with pytest.raises(BackupRefused, match=told):
        restore(engine, file, at=NOW, actor="test", replace=True)
    assert everything(engine) == before


def test_a_file_of_the_right_shape_is_taken(written: Path, tmp_path: Path) -> None:
    """Written anew without a change, so that the refusals above are for what was changed."""
    file = rewritten(written, tmp_path / "same.zip", lambda _members, _manifest: None, seal=True)

    assert try_out(file).schema == newest_revision()


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_whatever_byte_is_flipped_the_file_is_refused_or_says_the_same(
    place: float, flip: int, written: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No damage passes as data: what is read is what was written, or nothing."""
    content = bytearray(written.read_bytes())
    content[int(place * len(content))] ^= flip
    file = tmp_path_factory.getbasetemp() / "flipped.zip"
    file.write_bytes(content)

    try:
        found = check_file(file)
    except BackupRefused as refused:
        assert "Nothing was changed" in str(refused)
    else:
        assert found == check_file(written)


@pytest.mark.long
def test_every_single_byte_of_the_directory_and_a_share_of_the_rest(written: Path, tmp_path: Path) -> None:
    """Each of the last 4,000 bytes, where the ZIP keeps its list of members, and every 37th before them."""
    content = written.read_bytes()
    intact, file, refused = check_file(written), tmp_path / "flipped.zip", 0
    for place in [*range(0, len(content) - 4000, 37), *range(max(0, len(content) - 4000), len(content))]:
        damaged = bytearray(content)
        damaged[place] ^= 0x5A
        file.write_bytes(damaged)
        try:
            assert check_file(file) == intact
        except BackupRefused:
            refused += 1
    assert refused > 500


@given(left=st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_short_is_refused(
    left: float, written: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At any length; an empty one as well."""
    content = written.read_bytes()
    file = tmp_path_factory.getbasetemp() / "cut.zip"
    file.write_bytes(content[: int(left * len(content))])

    with pytest.raises(BackupRefused, match="damaged, cut short, or no backup"):
        check_file(file)


def test_a_refused_file_is_named_without_a_trace_of_its_content(written: Path, tmp_path: Path) -> None:
    """The message names members and rows; nothing of what stands in them."""
    file = rewritten(written, tmp_path / "wrong.zip", edit(CELLS, "period", lambda _: "soon"), seal=True)

    with pytest.raises(BackupRefused) as refused:
        try_out(file)
    assert CELLS in str(refused.value) and "Co/A" not in str(refused.value)


def test_the_chain_of_the_restored_log_goes_on(written: Path, empty: Callable[[str], Engine]) -> None:
    """The restore is its newest entry, by whom and of which file."""
    engine = empty("sqlite")
    restore(engine, written, at=NOW, actor="operator ada")
    with engine.connect() as connection:
        last = connection.execute(
            select(ChangeLog.action, ChangeLog.actor, ChangeLog.subject).order_by(ChangeLog.id)
        ).all()
    assert tuple(last[-1]) == ("restored", "operator ada", "backup.zip")
    assert last[-2].action == "backup"
