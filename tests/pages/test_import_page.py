"""Import on the screen: who may open it, what it offers, what it says at each step. Uploads are put on the desk directly."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from core.access.refusals import NoPermission
from core.access.viewer import Viewer
from core.calendar import monday_of, now, today
from core.delivery import ImportOptions
from core.intake.formats import FileRefused
from core.intake.preview import Preview
from core.intake.tables import Delivery, HeaderMap
from core.workload.release import ReleaseSummary
from core.workload.tables import PersonWeek
from pages.parts import import_upload, loaders
from pages.parts.import_desk import desk
from server.desk import LONGEST_NAME, Desk, Parcel, file_name
from server.leftovers import KEPT
from server.work import Work
from tests.organisations import employ, people_in

PAGE = "data_import.py"
TEAM = people_in({"Northwind/Sales": 7})
HEADER = "person_id,week,contracted,leave,public_holiday,sickness,worked"


@pytest.fixture
def stocked(database: Engine) -> Iterator[Engine]:
    """Seven people and no hours; whatever lies on the desk is removed at the end."""
    employ(database, TEAM)
    yield database
    desk().clear()


def opened(sign_in: Callable[..., AppTest], name: str) -> AppTest:
    """The page as an account opens it."""
    return sign_in(name).switch_page(PAGE).run()


def week() -> str:
    """The week that runs, which is open."""
    return monday_of(today()).isoformat()


def sheet(rows: int = 7, header: str = HEADER, worked: str = "38") -> bytes:
    """A file of hours of the first people."""
    lines = [f"{code},{week()},40,0,0,0,{worked}" for code in list(TEAM)[:rows]]
    return "\n".join([header, *lines, ""]).encode()


def upload(database: Engine, name: str, content: bytes, account: str = "hr") -> None:
    """What the browser and the uploader do: the file lies on the server, in the account's own folder."""
    from core.access.accounts import account_id
    from core.people.views import load_viewer

    with database.connect() as connection:
        viewer = load_viewer(connection, account_id(connection, account), today())
    assert viewer is not None
    desk().take(viewer, name, memoryview(content))


def settled(at: AppTest) -> AppTest:
    """The page after its work is done."""
    for _ in range(200):
        if not any(parcel.work and parcel.work.running for parcel in desk()._parcels.values()):
            return at.run()
        time.sleep(0.05)
    raise AssertionError("the work does not end")


def words(at: AppTest) -> str:
    """Everything said outside tables."""
    parts = [*at.title, *at.header, *at.caption, *at.markdown, *at.error, *at.success, *at.warning]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def tables(at: AppTest) -> str:
    """All that stands in tables."""
    return " ".join(str(table.value.to_csv()) for table in at.table).replace("\\", "").replace("\u00a0", " ")


def stored(database: Engine) -> int:
    """Person-weeks on record."""
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(PersonWeek)) or 0


@pytest.mark.parametrize("name", ["leader", "manager", "employee"])
def test_who_brings_no_files_in_is_told_so(stocked: Engine, sign_in: Callable[..., AppTest], name: str) -> None:
    """The card of no permission, and no uploader; nor does the desk take anything of theirs."""
    at = opened(sign_in, name)
    assert "Not part of your view" in words(at) and not at.get("file_uploader")
    with pytest.raises(NoPermission):
        desk().take(Viewer(9, name, name, (name,)), "hours.csv", memoryview(b"x"))


def test_nothing_uploaded_yet_offers_templates_and_the_order(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """A calm page: where to drop a file, what to bring first, an empty history."""
    at = opened(sign_in, "admin")
    assert not at.exception
    assert at.title[0].value == "Bring people and their hours in from a file."
    assert "What to bring, in this order" in words(at) and "Nothing has been delivered yet." in words(at)
    labels = [button.proto.label for button in at.get("download_button")]
    assert {"Template for people", "Template for hours", "Template for events"} == set(labels)
    assert "person-weeks" not in words(at) and "activity-events" not in words(at)
    assert len(at.get("file_uploader")) == 1


def test_a_file_is_looked_at_checked_loaded_and_undone(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Every step by its sentence; nothing is written before the load, and nothing is left of it after the undo."""
    upload(stocked, "hours.csv", sheet())
    at = opened(sign_in, "hr")
    assert at.title[0].value == "Is hours.csv read as it is meant?"
    assert at.session_state["import_kind"] == "person-weeks"
    assert "Hours: seven of" in words(at) and "person-weeks" not in words(at)

    at.button(key="import_check").click().run()
    at = settled(at)
    assert at.title[0].value == "hours.csv can be loaded." and stored(stocked) == 0
    assert "7 rows for the week of" in words(at)

    at.button(key="import_load").click().run()
    at = settled(at)
    assert at.title[0].value == "hours.csv is loaded." and stored(stocked) == 7
    assert "7 rows for the week of" in words(at) and "Loaded" in tables(at)

    at.button(key="undo").click().run()
    at.button(key="undo_confirmed").click().run()
    assert not at.exception and stored(stocked) == 0
    assert "hours.csv was undone." in words(at) and "Undone by hr" in tables(at)
    assert at.title[0].value == "Bring people and their hours in from a file."


@pytest.mark.parametrize(
    ("name", "content", "replaced"),
    [
        ("who.csv", "id,unit,hired\nP1,Northwind/Sales,2024-01-01\n", "about the people whom the file names"),
        (
            "log.csv",
            "actor,time,source\nNorthwind/Sales#0,2026-03-03T08:15:00+01:00,calls\n",
            "person, week and source",
        ),
    ],
)
def test_each_kind_says_what_it_replaces(
    stocked: Engine, sign_in: Callable[..., AppTest], name: str, content: str, replaced: str
) -> None:
    """Not every file replaces by person and week: neither before it is chosen nor after the check is that said of it."""
    at = opened(sign_in, "hr")
    assert replaced in words(at)
    upload(stocked, name, content.encode())
    at = at.run()
    at.button(key="import_check").click().run()
    at = settled(at)
    assert at.title[0].value == f"{name} can be loaded."
    assert replaced in words(at) and "the same person and week is" not in words(at)


def test_problems_stand_in_their_place(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Row, column, value, what is wrong and what would be right; the bad cell is marked in its row; all of it as CSV."""
    content = sheet().replace(list(TEAM)[2].encode() + b",", b"NOBODY,").replace(b",38\n", b",=forty\n", 1)
    upload(stocked, "hours.csv", content)
    at = opened(sign_in, "hr")
    at.button(key="import_check").click().run()
    at = settled(at)

    assert at.title[0].value == "hours.csv cannot be loaded as it is."
    assert "Two problems, nothing was written" in words(at)
    assert "This is not a number." in tables(at) and "There is nobody with this id on record." in tables(at)
    assert "Import the person first (People)" in tables(at) and "(kind " not in tables(at)
    assert ":red-badge[✕ =forty]" in tables(at) and ":red-badge[✕ NOBODY]" in tables(at)
    parcel = next(iter(desk()._parcels.values()))
    assert "'=forty" in parcel.errors.read_text()
    assert stored(stocked) == 0 and "import_load" not in [button.key for button in at.button]


def test_a_guess_at_somebody_s_hours_is_not_answered(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """A dry run says the same whether there are hours on record, those of the file, or others."""
    said: list[str] = []
    at = opened(sign_in, "hr")
    for worked in ("38", "38", "41"):
        upload(stocked, "hours.csv", sheet(worked=worked))
        at = at.run()
        at.button(key="import_check").click().run()
        at = settled(at)
        said.append(next(str(part.value) for part in at.markdown if "What is on record" in str(part.value)))
        if len(said) == 1:
            at.button(key="import_load").click().run()
            at = settled(at)
    assert said[0] == said[1] == said[2]


def test_columns_with_other_names_are_placed_by_hand_and_remembered(
    stocked: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """What has no place yet keeps the check closed; once loaded, the next file with this header is read the same way."""
    other = HEADER.replace("person_id", "Wer").replace("worked", "Geleistet")
    upload(stocked, "stunden.csv", sheet(header=other))
    at = opened(sign_in, "hr")
    assert "Say where these are: person_id." in words(at) and at.button(key="import_check").disabled
    at.selectbox(key="import_column_person-weeks_person_id").set_value("Wer").run()
    at.selectbox(key="import_column_person-weeks_worked").set_value("Geleistet").run()
    at.button(key="import_check").click().run()
    at = settled(at)
    at.button(key="import_load").click().run()
    at = settled(at)
    assert stored(stocked) == 7
    with stocked.connect() as connection:
        assert connection.scalar(select(HeaderMap.saved_by)) == "hr"

    at.button(key="import_again").click().run()
    upload(stocked, "wieder.csv", sheet(header=other, worked="40"))
    at = at.run()
    assert not at.button(key="import_check").disabled
    assert "map" in words(at).lower()


def test_a_file_of_another_kind_says_which_it_looks_like(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The kind is found from the header; another choice is questioned."""
    upload(stocked, "who.csv", b"id,unit,hired\nP1,Northwind/Sales,2024-01-01\n")
    at = opened(sign_in, "hr")
    assert at.session_state["import_kind"] == "people"
    at.session_state["import_kind"] = "person-weeks"
    assert "This looks like another kind: People." in words(at.run())


@pytest.mark.parametrize(
    ("name", "content"), [("empty.csv", b""), ("a.xlsx", b"PK\x03\x04broken"), ("x.pdf", b"%PDF-1.7")]
)
def test_what_is_no_table_is_refused_on_the_page(
    stocked: Engine, sign_in: Callable[..., AppTest], name: str, content: bytes
) -> None:
    """In plain words with the remedy, and a way to another file; no trace."""
    upload(stocked, name, content)
    at = opened(sign_in, "hr")
    assert not at.exception and "No table can be read from this file" in words(at)
    at.button(key="discard").click().run()
    assert at.title[0].value == "Bring people and their hours in from a file."
    assert not desk()._parcels


def test_hr_narrowed_to_units_sees_history_and_brings_nothing_in(
    stocked: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """A file concerns the whole company."""
    from sqlalchemy import update

    from core.access.tables import User

    with stocked.begin() as connection:
        connection.execute(update(User).where(User.name == "hr").values(units="Northwind/Sales"))
    at = opened(sign_in, "hr")
    assert "limited to some units" in words(at) and not at.get("file_uploader")
    assert "Deliveries" in words(at)


def test_a_file_lies_privately_and_is_removed(stocked: Engine) -> None:
    """Readable by the server's account alone, one for each person, gone with the next one, with leaving, and after an hour."""
    viewer = Viewer(1, "hr", "HR", ("hr",))
    first = desk().take(viewer, "../../etc/a.csv", memoryview(b"one"))
    assert first.path.name == "a.csv" and first.path.parent.parent == first.folder
    assert first.folder.stat().st_mode & 0o077 == 0 and first.path.stat().st_mode & 0o077 == 0
    second = desk().take(viewer, "b.csv", memoryview(b"two"))
    assert not first.folder.exists() and second.path.read_bytes() == b"two"
    assert desk().parcel(Viewer(2, "other", "Other", ("hr",))) is None
    second.at -= KEPT * 2
    assert desk().parcel(viewer) is None and not second.folder.exists()


def test_a_file_is_removed_without_a_visit(stocked: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within an hour by the server's own looking; one that is being worked on stays until that is done."""
    own = Desk(loaders.writing, loaders.policy, every=timedelta(milliseconds=20))
    idle = own.take(Viewer(1, "hr", "HR", ("hr",)), "a.csv", memoryview(b"one"))
    busy = own.take(Viewer(2, "other", "Other", ("hr",)), "b.csv", memoryview(b"two"))
    busy.work = Work("load", ImportOptions(), "people", stage="reading")
    time.sleep(0.1)
    assert idle.folder.exists()

    monkeypatch.setattr("server.desk.now", lambda: idle.at + timedelta(minutes=56))
    gone(idle.folder)
    assert busy.folder.exists()
    busy.work.stage = "done"
    gone(busy.folder)


def gone(folder: Path) -> None:
    """Wait until a folder is not there any more."""
    for _ in range(200):
        if not folder.exists():
            return
        time.sleep(0.02)
    raise AssertionError("the folder stays")


def test_a_large_upload_keeps_nobody_waiting(stocked: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a file is written, others look at their own, and the one before is there until the new one is whole."""
    own, viewer = Desk(loaders.writing, loaders.policy), Viewer(1, "hr", "HR", ("hr",))
    before = own.take(viewer, "a.csv", memoryview(b"one"))
    write, seen = Path.write_bytes, []

    def look() -> None:
        seen.append(own.parcel(viewer))

    def slowly(path: Path, content: bytes) -> int:
        other = Thread(target=look, daemon=True)
        other.start()
        other.join(5)
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", slowly)
    after = own.take(viewer, "b.csv", memoryview(b"two"))
    assert seen == [before] and own.parcel(viewer) is after
    assert not before.folder.exists()
    own.clear()


def test_an_upload_that_cannot_be_written_leaves_the_one_before(
    stocked: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: nothing of the new file stays."""
    own, viewer, folders = Desk(loaders.writing, loaders.policy), Viewer(1, "hr", "HR", ("hr",)), []
    before = own.take(viewer, "a.csv", memoryview(b"one"))

    def full(path: Path, _content: bytes) -> int:
        folders.append(path.parent.parent)
        raise OSError("no room")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no room"):
        own.take(viewer, "b.csv", memoryview(b"two"))
    assert own.parcel(viewer) is before and not folders[0].exists()
    own.clear()


@pytest.mark.parametrize("fault", [RuntimeError("a defect"), OSError(28, "No space left on device")])
def test_a_fault_while_releasing_says_that_the_file_is_loaded(
    stocked: Engine, sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """The file is on record and its weeks wait; nothing is said of a load that broke off."""

    def broken(*_: object, **__: object) -> ReleaseSummary:
        raise fault

    monkeypatch.setattr("core.intake.receiving.finish_pending", broken)
    upload(stocked, "hours.csv", sheet())
    at = opened(sign_in, "hr")
    at.button(key="import_check").click().run()
    at = settled(at)
    at.button(key="import_load").click().run()
    at = settled(at)

    assert stored(stocked) == 7 and at.title[0].value == "hours.csv is loaded."
    assert "Its closed weeks wait for their release" in words(at)
    assert "halfway" not in words(at) and "had been released" not in words(at) and "was changed" not in words(at)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("C:\\Users\\x\\h.csv", "h.csv"), ("", "upload.csv"), ("..", "upload.csv"), ("a\x00b\n.csv", "ab.csv")],
)
def test_names_of_files_are_harmless(given: str, kept: str) -> None:
    """No folder, no control character, never nothing, never too long for history, the ending kept."""
    assert file_name(given) == kept
    long = file_name("x" * 500 + ".csv.gz")
    assert len(long) == LONGEST_NAME and long.endswith(".csv.gz")


def test_the_deliveries_of_the_page_are_those_on_record(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """A delivery of four rows is told as fewer than five."""
    upload(stocked, "four.csv", sheet(4))
    at = opened(sign_in, "hr")
    at.button(key="import_check").click().run()
    at = settled(at)
    at.button(key="import_load").click().run()
    at = settled(at)
    assert "fewer than 5" in tables(at)
    with stocked.connect() as connection:
        assert connection.scalar(select(Delivery.first_week)) == date.fromisoformat(week())


def test_what_was_said_of_a_file_holds_for_the_corrected_one(stocked: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Columns placed by hand stay placed after a check that found problems, and in the next file with the same header."""
    other = HEADER.replace("person_id", "Wer")
    upload(stocked, "stunden.csv", sheet(header=other, worked="=forty"))
    at = opened(sign_in, "hr")
    at.selectbox(key="import_column_person-weeks_person_id").set_value("Wer").run()
    at.button(key="import_check").click().run()
    at = settled(at)
    assert at.title[0].value == "stunden.csv cannot be loaded as it is."
    assert at.selectbox(key="import_column_person-weeks_person_id").value == "Wer"

    upload(stocked, "stunden.csv", sheet(header=other))
    at = at.run()
    assert at.selectbox(key="import_column_person-weeks_person_id").value == "Wer"
    assert not at.button(key="import_check").disabled


def test_a_kind_is_taken_for_granted_only_where_the_columns_resemble_it(
    stocked: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """Names in German are enough to propose hours; of names that say nothing it is asked, and nothing can be checked."""
    upload(stocked, "stunden.csv", sheet(header="Wer;Woche;Vertrag;Urlaub;Feiertag;Krank;Stunden".replace(";", ",")))
    at = opened(sign_in, "hr")
    assert at.session_state["import_kind"] == "person-weeks"

    at.button(key="discard").click().run()
    upload(stocked, "what.csv", sheet(header="q1,q2,q3,q4,q5,q6,q7"))
    at = at.run()
    assert "The columns do not tell what this file is." in words(at)
    assert at.button(key="import_check").disabled


def test_a_file_that_the_server_does_not_have_is_told_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab that names an upload of its own making gets words, and a new place to drop a file."""
    from streamlit.runtime.uploaded_file_manager import DeletedFile

    state: dict[str, object] = {"upload_0": DeletedFile("made-up")}
    monkeypatch.setattr(import_upload.st, "session_state", state)

    import_upload._take(Viewer(1, "hr", "HR", ("hr",)), "upload_0")

    assert state["why the upload was refused"] == "The file did not arrive. Choose it again."
    assert state["uploads so far"] == 1


def test_a_refusal_is_not_worked_out_again_each_time_the_page_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is opened once; what was said of it is said again."""
    opened_files: list[Path] = []

    def refuse(path: Path, _options: ImportOptions) -> Preview:
        opened_files.append(path)
        raise FileRefused(3, "value", "It is not a table.", "Send a table.")

    monkeypatch.setattr("server.desk.preview", refuse)
    parcel = Parcel(1, tmp_path, tmp_path / "c.ics", 1, now())
    told = []
    for _ in range(3):
        with pytest.raises(FileRefused, match="not a table") as refused:
            parcel.preview(None)
        told.append(refused.value.finding)

    assert len(opened_files) == 1
    assert told[0] == told[1] == told[2]
