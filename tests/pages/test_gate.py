"""Nothing is seen before sign-in, and afterwards only what the role opens."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from core.access.accounts import change_user
from core.access.viewer import SCREENS
from core.calendar import now
from core.database.migrate import head
from core.database.schema import newest_revision
from pages.parts import navigation
from tests.core.workload.boards import fabricated_board
from tests.pages.conftest import ENTRY

PAGES = ENTRY.parent
SCRIPTS = sorted(path.name for path in PAGES.glob("*.py") if not path.name.startswith("_"))
WELCOME = "How the work is going, and how people are. On one page."


@pytest.fixture(autouse=True)
def board(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may see workload sees a fabricated board."""
    monkeypatch.setattr("pages.parts.loaders.workload_board", lambda *_, **__: fabricated_board())


def shows_only_sign_in(at: AppTest) -> bool:
    """Whether the run shows the sign-in screen and nothing of a page."""
    nothing_else = not (at.exception or at.dataframe or at.get("plotly_chart") or at.page_link or at.menu_button)
    return [title.value for title in at.title] == [WELCOME] and nothing_else and len(at.text_input) == 2


def test_every_page_script_is_a_screen_and_the_reverse() -> None:
    """The scripts in the folder, the screens of the navigation and those that roles open are the same."""
    assert sorted(f"{screen.id}.py" for screen in navigation.SCREENS) == SCRIPTS
    assert {screen.id for screen in navigation.SCREENS} == set(SCREENS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_page_renders_before_sign_in(script: str, signed_out: AppTest) -> None:
    """A direct address on a fresh server shows the sign-in form and nothing else."""
    at = signed_out.switch_page(str(PAGES / script)).run()

    assert shows_only_sign_in(at)


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_page_renders_behind_the_entry_script_before_sign_in(script: str, signed_out: AppTest) -> None:
    """Once the pages are registered, a deep link of somebody who is signed out still shows only sign-in."""
    at = signed_out.run().switch_page(str(PAGES / script)).run()

    assert shows_only_sign_in(at)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_first_statement_of_every_page_is_its_guard(script: str) -> None:
    """After the imports a page calls `guard` with its own name before anything else."""
    statements = ast.parse((PAGES / script).read_text(encoding="utf-8")).body
    first = next(
        node
        for node in statements
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )

    assert ast.unparse(first) == f"viewer = guard('{Path(script).stem}')"


def test_no_page_allows_html() -> None:
    """`unsafe_allow_html` and `unsafe_allow_javascript` occur in no page and no part."""
    for path in PAGES.rglob("*.py"):
        assert "unsafe_allow" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize(
    ("name", "opens"), [("leader", True), ("hr", True), ("manager", True), ("employee", True), ("admin", False)]
)
def test_roles_decide_who_opens_workload(name: str, opens: bool, sign_in: Callable[..., AppTest]) -> None:
    """Leader, HR, manager and employee see the board; an administrator reads why not, and has no link to it."""
    at = sign_in(name)

    assert not at.exception
    assert bool(at.get("plotly_chart")) is opens
    assert ("Workload" in [link.label for link in at.page_link]) is opens
    assert any("Not part of your view" in header.value for header in at.header) is not opens
    assert any("Being an administrator does not open it." in caption.value for caption in at.caption) is not opens


def test_a_deactivated_account_is_out_at_the_next_run(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """The account is read again: once it is inactive, the next run shows sign-in and the tab has forgotten it."""
    at = sign_in("leader")
    with database.begin() as connection:
        change_user(connection, "leader", at=now(), actor="test", action="deactivated", active=False)

    assert shows_only_sign_in(at.run())
    assert "account of this tab" not in at.session_state


def test_a_lost_role_closes_the_screen_at_the_next_run(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Changed roles end the session; the next one opens only what the new roles open."""
    at = sign_in("leader")
    with database.begin() as connection:
        change_user(connection, "leader", at=now(), actor="test", action="roles changed", roles="admin", units="")
    at.run()

    assert shows_only_sign_in(at)

    again = sign_in("leader")
    assert not again.get("plotly_chart")
    assert any("Not part of your view" in header.value for header in again.header)


def test_signing_out_leaves_nothing_behind(sign_in: Callable[..., AppTest]) -> None:
    """Sign out in the person menu ends the session and forgets what was chosen."""
    at = sign_in("leader", metric="meeting_hours")
    at.menu_button(key="person").click(navigation.SIGN_OUT).run()

    assert shows_only_sign_in(at)
    assert not at.query_params
    assert not [key for key in at.session_state.to_dict() if "workload" in str(key) or "account" in str(key)]


def test_session_state_of_another_making_signs_nobody_in(signed_out: AppTest) -> None:
    """What streamlit-authenticator would write into session state opens nothing."""
    for key, value in {
        "authentication_status": True,
        "username": "leader",
        "name": "Leader",
        "roles": ["leader"],
    }.items():
        signed_out.session_state[key] = value

    assert shows_only_sign_in(signed_out.run())


def test_a_database_without_tables_says_what_to_run(tmp_path: Path, fresh_settings: Callable[..., None]) -> None:
    """Before migration the screen names the commands, and shows neither sign-in nor a trace."""
    fresh_settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}", demo="0")
    at = AppTest.from_file(ENTRY).run()

    assert not at.exception
    assert "python -m core db upgrade" in at.code[0].value
    assert not at.text_input


def test_the_newest_schema_is_known_without_the_migration_machinery() -> None:
    """What the screens compare with is the head of the migrations."""
    assert newest_revision() == head()


def test_a_failure_shows_words_and_a_reference_but_no_trace(
    sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong in a page, people read a reference; the log has the same reference with the cause."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is zebra")

    monkeypatch.setattr("pages.parts.loaders.workload_board", broken)
    at = sign_in("leader")
    words = " ".join([*(header.value for header in at.header), *(caption.value for caption in at.caption)])
    found = re.search(r"\b[0-9A-F]{6}\b", words)
    assert found, words
    reference = found.group()

    assert not at.exception
    assert "could not be drawn" in words
    assert "zebra" not in words
    assert any(button.label == "Try again" for button in at.button)
    assert reference in caplog.text
    assert "the secret is zebra" in caplog.text
