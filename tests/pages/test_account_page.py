"""Account: the own password, the own sessions, light or dark; nothing of anybody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from core.access.accounts import credential_for
from core.access.sessions import exchange, issue_code, limits_of, sessions_of
from core.access.tables import LoginAttempt
from core.calendar import now
from core.settings import settings
from pages.parts import account_password
from pages.parts.sign_in import password_matches
from tests.pages.conftest import PASSWORD

NEW = "a new and longer password"


def elsewhere(database: Engine, name: str, browser: str) -> None:
    """Another browser in which an account is signed in."""
    with database.begin() as connection:
        user = credential_for(connection, name).user_id
        assert user is not None
        at = now()
        code = issue_code(connection, user, browser, limits_of(settings()), at)
        assert exchange(connection, code, browser, limits_of(settings()), at, browser=browser)


def in_force(database: Engine, name: str) -> list[str]:
    """The browsers in which an account is signed in."""
    with database.connect() as connection:
        user = credential_for(connection, name).user_id
        assert user is not None
        return sorted(one.browser for one in sessions_of(connection, user, limits_of(settings()), now()))


def change(at: AppTest, present: str, new: str, again: str) -> AppTest:
    """Fill the form and send it."""
    for label, value in (("Present password", present), ("New password", new), ("New password again", again)):
        next(field for field in at.text_input if field.label == label).set_value(value)
    return next(button for button in at.button if button.label == "Change password").click().run()


def test_the_page_lists_the_own_sessions_and_ends_one_of_them(
    database: Engine, sign_in: Callable[..., AppTest]
) -> None:
    """This one is marked and cannot be ended here; another is ended by its button; nobody else's is named."""
    elsewhere(database, "leader", "Firefox on Windows")
    elsewhere(database, "hr", "Safari on Mac")
    at = sign_in("leader", page="account.py")

    assert at.title[0].value == "You are signed in in two places."
    assert "Safari" not in str(at.markdown)
    assert [button.label for button in at.button if button.label.startswith("End")] == ["End", "End all others"]
    next(button for button in at.button if button.label == "End").click().run()
    assert at.title[0].value == "You are signed in in one place."
    assert in_force(database, "leader") == ["Test"] and in_force(database, "hr") == ["Safari on Mac"]


def test_all_other_sessions_end_with_one_click(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """This one stays."""
    for browser in ("one", "two"):
        elsewhere(database, "leader", browser)
    at = sign_in("leader", page="account.py")
    at.button(key="end_others").click().run()

    assert in_force(database, "leader") == ["Test"]
    assert not at.text_input[0].label.startswith("Name or")


def test_a_new_password_signs_out_everywhere_and_works(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Every session ends, this one too; the sign-in screen says why, and only the new password opens it."""
    elsewhere(database, "leader", "Firefox on Windows")
    at = change(sign_in("leader", page="account.py"), PASSWORD, NEW, NEW)

    assert [said.value for said in at.info] == [account_password.CHANGED]
    assert in_force(database, "leader") == []
    with database.connect() as connection:
        stored = credential_for(connection, "leader")
    assert password_matches(stored, NEW) and not password_matches(stored, PASSWORD)


def test_a_password_that_is_not_in_order_changes_nothing(database: Engine, sign_in: Callable[..., AppTest]) -> None:
    """Wrong present password, two different new ones and a short one each say what is wrong."""
    at = sign_in("leader", page="account.py")
    told = []
    for present, new, again in (("not this one", NEW, NEW), (PASSWORD, NEW, NEW + "x"), (PASSWORD, "short", "short")):
        change(at, present, new, again)
        told.append(at.error[0].value)

    assert told[:2] == [account_password.WRONG, account_password.DIFFERENT]
    assert "at least 12 characters" in told[2]
    assert in_force(database, "leader") == ["Test"]
    with database.connect() as connection:
        assert password_matches(credential_for(connection, "leader"), PASSWORD)


def test_guessing_the_present_password_is_slowed_down_like_sign_in(
    database: Engine, sign_in: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that somebody left open is no place to try passwords: the tries count, and then pause."""
    at = sign_in("leader", page="account.py")
    at_once = now()
    monkeypatch.setattr("pages.parts.account_password.now", lambda: at_once)
    for _ in range(8):
        change(at, "not this one", NEW, NEW)
    with database.connect() as connection:
        failures = connection.scalar(
            select(func.count())
            .select_from(LoginAttempt)
            .where(~LoginAttempt.succeeded, LoginAttempt.account == "leader")
        )
    change(at, PASSWORD, NEW, NEW)

    assert failures == 5
    assert at.error[0].value == account_password.WRONG


def test_light_or_dark_is_offered_to_every_role(sign_in: Callable[..., AppTest]) -> None:
    """An administrator has the page, too."""
    at = sign_in("admin", page="account.py")

    assert not at.exception
    assert at.segmented_control[0].options == ["As the device", "Light", "Dark"]
