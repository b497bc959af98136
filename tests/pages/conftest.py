"""Pages are run by AppTest from the entry script, on a database of their own, with empty caches."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import bcrypt
import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.access.accounts import account_id, add_user
from core.access.sessions import exchange, issue_code, limits_of
from core.calendar import now
from core.database.engine import make_engine
from core.settings import settings
from tests.core.rhythm.talk import KEY
from tests.pages.talking import Talking

ENTRY = Path(__file__).parents[2] / "pages" / "_main.py"
PASSWORD = "a long enough password"
SECRET = "Zq3-kV8w_Lm2xT9bR4nHs7YdUe1PgJc5"
ACCOUNTS = {
    "leader": (("leader",), ("Northwind",)),
    "hr": (("hr",), ()),
    "manager": (("manager",), ("Northwind/Products",)),
    "employee": (("employee",), ()),
    "admin": (("admin",), ()),
}
# Every AppTest looks through all installed packages for components, which takes longer than the page that it runs.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets environment variables of the product, with nothing remembered from before or afterwards."""

    def forget() -> None:
        settings.cache_clear()
        st.cache_data.clear()
        st.cache_resource.clear()

    def choose(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"EVENKEEL_{name.upper()}", value)
        forget()

    yield choose
    forget()


@pytest.fixture
def database(
    sqlite_template: Path, tmp_path: Path, fresh_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A migrated database with one account for each role and nothing else; the pages use it."""
    path = tmp_path / "pages.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.setattr("pages.parts.device.network_address", lambda: "192.0.2.1")
    fresh_settings(database_url=f"sqlite:///{path}", demo="0", secret_key=SECRET)
    engine = make_engine(f"sqlite:///{path}")
    quick = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    with engine.begin() as connection:
        for name, (roles, units) in ACCOUNTS.items():
            add_user(
                connection,
                name=name,
                display_name=f"{name.title()} of Northwind",
                password_hash=quick,
                roles=roles,
                units=units,
                at=now(),
                actor="test",
            )
    yield engine
    engine.dispose()


@dataclass
class Jar:
    """The cookies of the browser that a test plays."""

    browser: str = "the browser of the test"
    session: str = ""


@pytest.fixture
def jar(monkeypatch: pytest.MonkeyPatch) -> Jar:
    """The browser's cookies, which pages read in place of those of a connection."""
    held = Jar()
    monkeypatch.setattr("pages.parts.device.session_cookie", lambda: held.session)
    monkeypatch.setattr("pages.parts.device.browser_cookie", lambda: held.browser)
    return held


@pytest.fixture
def signed_out(database: Engine, jar: Jar) -> AppTest:
    """The product in a tab in which nobody is signed in; not run yet."""
    return AppTest.from_file(ENTRY, default_timeout=30)


def fetch_session(at: AppTest, jar: Jar, database: Engine) -> None:
    """What the browser does with the code on the sign-in screen: it exchanges it and keeps the cookie."""
    code = at.session_state["code of this sign-in"]
    with database.begin() as connection:
        held = exchange(
            connection, code, jar.browser, limits_of(settings()), now(), browser="Test", replaces=jar.session
        )
    assert held is not None
    jar.session = held


@pytest.fixture
def sign_in(signed_out: AppTest, jar: Jar, database: Engine) -> Callable[..., AppTest]:
    """Signs in through the form, fetches the session as a browser does, and opens a page, with an address when given."""

    def enter(name: str, password: str = PASSWORD, page: str = "workload.py", **address: str) -> AppTest:
        for part, value in address.items():
            signed_out.query_params[part] = value
        signed_out.run()
        signed_out.text_input(key="sign_in_name").set_value(name)
        signed_out.text_input(key="sign_in_password").set_value(password)
        signed_out.form_submit_button[0].click().run()
        if "code of this sign-in" not in signed_out.session_state:
            return signed_out
        fetch_session(signed_out, jar, database)
        opened = AppTest.from_file(ENTRY, default_timeout=30)  # the browser loads the page again
        for part, value in address.items():
            opened.query_params[part] = value
        return opened.switch_page(page).run()

    return enter


def opened(sign_in: Callable[..., AppTest], name: str, page: str, **address: str) -> AppTest:
    """A page as an account opens it after signing in, with an address when given."""
    at = sign_in(name)
    for part, value in address.items():
        at.query_params[part] = value
    return at.switch_page(page).run()


@pytest.fixture
def talking(database: Engine, fresh_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Talking:
    """The small company in which people talk, with accounts of its own, on the database of the pages."""
    fresh_settings(notes_keys=KEY)
    return Talking(database, monkeypatch)


@pytest.fixture
def enter(talking: Talking, jar: Jar) -> Callable[..., AppTest]:
    """Opens a page as an account of that company, in a browser that has its session already."""

    def go(name: str, page: str, **address: str) -> AppTest:
        with talking.engine.begin() as connection:
            code = issue_code(connection, account_id(connection, name), jar.browser, limits_of(settings()), now())
            held = exchange(connection, code, jar.browser, limits_of(settings()), now(), browser="Test")
        assert held is not None
        jar.session = held
        at = AppTest.from_file(ENTRY, default_timeout=30)
        for part, value in address.items():
            at.query_params[part] = value
        return at.switch_page(page).run()

    return go
