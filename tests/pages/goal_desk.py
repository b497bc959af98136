"""The people of the tests of goals, with passwords, on the database that the pages use."""

from typing import Any

from sqlalchemy import Engine, update
from streamlit.testing.v1 import AppTest

from core.access.accounts import account_id
from core.access.sessions import exchange, issue_code, limits_of
from core.access.tables import User
from core.calendar import now
from core.settings import settings
from tests.core.goals.desk import Desk
from tests.pages.conftest import ENTRY, Jar


def desk_on(database: Engine) -> Desk:
    """The people of the desk, besides the accounts that are there, whose names make room."""
    with database.begin() as connection:
        connection.execute(update(User).values(name=User.name + "-of-northwind"))
    return Desk(database)


def hold_session(database: Engine, jar: Jar, name: str) -> None:
    """The browser of the test holds a session of an account, made as sign-in makes it."""
    limits = limits_of(settings())
    with database.begin() as connection:
        code = issue_code(connection, account_id(connection, name), jar.browser, limits, now())
        held = exchange(connection, code, jar.browser, limits, now(), browser="Test")
    assert held is not None
    jar.session = held


def opened_as(database: Engine, jar: Jar, name: str, page: str, **address: str) -> AppTest:
    """A page in a new tab of an account."""
    hold_session(database, jar, name)
    at = AppTest.from_file(ENTRY, default_timeout=30).run().switch_page(page)
    for part, value in address.items():
        at.query_params[part] = value
    return sound(at.run())


def sound(at: AppTest) -> AppTest:
    """The page as it was drawn, when nothing went wrong."""
    assert not at.exception, at.exception
    assert "This page could not be drawn" not in words(at)
    return at


def words(at: AppTest) -> str:
    """Everything that is written on the page."""
    kinds: tuple[Any, ...] = (
        at.title,
        at.header,
        at.subheader,
        at.markdown,
        at.caption,
        at.success,
        at.warning,
        at.error,
    )
    return "\n".join(str(each.value) for some in kinds for each in some).replace("\\", "")


def press(at: AppTest, key: str) -> AppTest:
    """Press the button with this key and run the page."""
    return sound(at.button(key=key).click().run())


def widget(at: AppTest, kind: str, ending: str) -> Any:
    """The widget whose key ends in `ending`: keys of forms begin with what the form is about."""
    found = [each for each in getattr(at, kind) if each.key and each.key.endswith(f"_{ending}")]
    assert len(found) == 1, [each.key for each in getattr(at, kind)]
    return found[0]


def press_in_form(at: AppTest, ending: str) -> AppTest:
    """Press the button of the form whose key ends so."""
    return press(at, widget(at, "button", ending).key)
