"""What people see when the database is not one that the screens may use, or fails: plain words, a way on, no trace."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ENTRY


def words(page: AppTest) -> str:
    """Everything that the screen says."""
    said = (*page.title, *page.header, *page.caption, *page.markdown, *page.code)
    return " ".join(str(element.value) for element in said)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE alembic_version SET version_num = '9001'", "The database is from a newer version"),
        ("DROP TABLE header_map", "The database is half-migrated"),
        ("DELETE FROM alembic_version", "The database is half-migrated"),
        ("UPDATE alembic_version SET version_num = '0002'", "not set up for this release"),
    ],
)
def test_a_database_of_another_schema_is_not_served(
    change: str, told: str, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The screen says which and what to do; there is no sign-in; the log says the same to the operator."""
    with database.begin() as connection:
        connection.execute(text(change))
    page = AppTest.from_file(ENTRY).run()

    assert not page.exception and not page.text_input
    assert "Evenkeel is not ready yet" in words(page) and told in words(page)
    assert "The screens are not served." in caplog.text


def test_a_database_of_something_else_is_left_alone(tmp_path: Path, fresh_settings: Callable[..., None]) -> None:
    """Nobody signs in against another program's tables."""
    import sqlite3

    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE wp_posts (id integer)")
    other.close()
    fresh_settings(database_url=f"sqlite:///{tmp_path / 'other.db'}", demo="0")
    page = AppTest.from_file(ENTRY).run()

    assert not page.exception and not page.text_input
    assert "The database belongs to something else" in words(page)


def test_a_database_that_is_put_aside_is_told_and_found_again(
    database: Engine, sign_in: Callable[..., AppTest], tmp_path: Path
) -> None:
    """While the app runs: first plain words, then, with the file back, the page; nobody restarts anything."""
    page = sign_in("leader")
    path = Path(str(database.url.database))
    database.dispose()
    aside = [(each, each.with_name(f"aside-{each.name}")) for each in path.parent.glob(f"{path.name}*")]
    for each, other in aside:
        each.rename(other)
    page.run()
    gone = words(page)
    buttons = [button.label for button in page.button]
    for each, other in aside:
        other.rename(each)
    page.run()

    assert "The database is not there" in gone and str(path) not in gone and "Try again" in buttons
    assert "The database is not there" not in words(page) and not page.exception


@pytest.mark.parametrize(
    ("code", "told"),
    [(5, "The database is busy"), (13, "The database has no room left"), (8, "The database takes no changes")],
)
def test_a_failure_of_the_database_in_a_page_is_told_for_what_it_is(
    code: int,
    told: str,
    sign_in: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not as a defect with a reference; the log has the reason and the remedy."""

    def broken(*_: object, **__: object) -> None:
        import sqlite3

        error = sqlite3.OperationalError("the secret path")
        error.sqlite_errorcode = code
        raise OperationalError("SELECT secret", None, error)

    monkeypatch.setattr("pages.parts.loaders.workload_board", broken)
    page = sign_in("leader")

    assert not page.exception
    assert told in words(page) and "secret" not in words(page) and "reference" not in words(page).lower()
    assert any(button.label == "Try again" for button in page.button)
    assert "the secret path" in caplog.text
