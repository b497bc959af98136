"""`user add|set-password|roles|deactivate|list` and `audit-log verify`."""

import bcrypt
import pytest
from sqlalchemy import delete, func, insert, select, update

from core.access import accounts
from core.access.tables import ChangeLog, User, UserSession
from tests.cli.conftest import ACCOUNTS, CommandLine
from tests.conftest import NOW

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real algorithm at its lowest cost."""
    monkeypatch.setattr(accounts, "COST", 4)


def user(line: CommandLine, name: str) -> dict[str, object]:
    """An account as stored."""
    with line.engine().connect() as connection:
        return dict(connection.execute(select(User).where(User.name == name)).mappings().one())


def actions(line: CommandLine) -> list[str]:
    """What the change log says was done."""
    with line.engine().connect() as connection:
        return list(connection.scalars(select(ChangeLog.action).order_by(ChangeLog.id)))


def test_an_account_is_made_with_a_password_from_standard_input(co: CommandLine) -> None:
    """Roles, units, person and e-mail as given; the password can be checked, and stands nowhere."""
    said = co.done(
        "user", "add", "mara", "--roles", "leader, hr", "--unit", "Co/A", "--unit", "Co/B", "--person", "Co/A/One#1",
        "--email", "mara@northwind.example", "--password-stdin", given=PASSWORD + "\n",
    )  # fmt: skip
    assert said == "Added mara.\n"
    made = user(co, "mara")
    assert (made["roles"], made["units"], made["person_code"]) == ("leader hr", "Co/A\nCo/B", "Co/A/One#1")
    assert bcrypt.checkpw(PASSWORD.encode(), str(made["password_hash"]).encode())
    assert actions(co)[-1] == "user added"


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("mara", "--roles", "hr"), "short\n", "at least 12 characters"),
        (("mara", "--roles", "hr"), "", "at least 12 characters"),
        (("mara", "--roles", "hr"), "x" * 73 + "\n", "at most 72 bytes"),
        (("mara", "--roles", "boss"), PASSWORD, "Roles are leader, hr, manager, employee, admin"),
        (("mara", "--roles", ""), PASSWORD, "got none"),
        (("mara", "--roles", "leader"), PASSWORD, "needs a unit"),
        (("mara", "--roles", "leader", "--unit", "Co/Nowhere"), PASSWORD, "There is no unit 'Co/Nowhere'"),
        (("mara", "--roles", "leader", "--unit", "co/a"), PASSWORD, "There is no unit 'co/a'"),
        (("LEADER", "--roles", "hr"), PASSWORD, "an account 'LEADER' already"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    co: CommandLine, arguments: tuple[str, ...], given: str, told: str
) -> None:
    """Exit 1 with the reason; no account, no entry in the log, no password in the message."""
    before = actions(co)
    reason = co.refused("user", "add", *arguments, "--password-stdin", given=given)
    assert told in reason
    assert not given.strip() or given.strip() not in reason
    assert actions(co) == before
    with co.engine().connect() as connection:
        assert connection.scalar(select(func.count()).select_from(User)) == len(ACCOUNTS)


def test_the_list_shows_accounts_and_no_hash(co: CommandLine) -> None:
    """As a document and as lines."""
    co.done("user", "deactivate", "hr")
    listed = co.document("user", "list", "--json")
    assert [each["name"] for each in listed] == sorted(ACCOUNTS)
    assert all(set(each) == {"name", "display_name", "roles", "units", "active"} for each in listed)
    assert {each["name"]: each["active"] for each in listed}["hr"] is False
    lines = co.done("user", "list").splitlines()
    assert "manager: manager at Co/A" in lines
    assert "hr (deactivated): hr" in lines
    for text in (co.done("user", "list"), co.done("user", "list", "--json")):
        assert "$2b$" not in text


def open_session(line: CommandLine, name: str) -> None:
    """A session of an account."""
    with line.engine().begin() as connection:
        connection.execute(
            insert(UserSession).values(
                id_hash=name,
                user_id=user(line, name)["id"],
                created_at=NOW,
                last_seen_at=NOW,
                expires_at=NOW,
                browser="x",
            )
        )


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("roles", "leader", "--roles", "hr"), None),
        (("deactivate", "leader"), None),
        (("set-password", "leader", "--password-stdin"), PASSWORD),
    ],
)
def test_every_change_ends_the_sessions_of_that_account_at_once(
    co: CommandLine, arguments: tuple[str, ...], given: str | None
) -> None:
    """And of no other; what was done is in the change log."""
    for name in ("leader", "hr"):
        open_session(co, name)
    assert "sessions have ended" in co.done("user", *arguments, given=given)
    with co.engine().connect() as connection:
        revoked = {row.id_hash: row.revoked_at for row in connection.execute(select(UserSession))}
    assert revoked == {"leader": NOW, "hr": None}
    assert actions(co)[-1] in ("roles changed", "user deactivated", "password set")


def test_roles_take_effect_on_the_next_look(co: CommandLine) -> None:
    """A leader who becomes a manager of one department sees that department only; one without a unit is refused."""
    show = ("show", "workload", "--as", "leader", "--as-of", "2026-03-18", "--unit", "Co/B")
    co.done(*show)
    co.done("user", "roles", "leader", "--roles", "manager", "--unit", "Co/A")
    co.refused(*show)
    assert "needs a unit" in co.refused("user", "roles", "leader", "--roles", "leader")
    assert user(co, "leader")["roles"] == "manager"


@pytest.mark.parametrize(
    "arguments",
    [("roles", "ghost", "--roles", "hr"), ("deactivate", "ghost"), ("set-password", "ghost", "--password-stdin")],
)
def test_an_account_that_is_not_there_is_refused(co: CommandLine, arguments: tuple[str, ...]) -> None:
    """With the command that lists those there are."""
    assert "no account 'ghost'" in co.refused("user", *arguments, given=PASSWORD)


# --- the change log ------------------------------------------------------------------------------------------------


def test_an_untouched_log_verifies(co: CommandLine) -> None:
    """Imports, releases and accounts, all in one chain."""
    found = co.document("audit-log", "verify", "--json")
    head = found.pop("head")
    assert found == {"entries": len(actions(co)), "intact": True, "broken_at": None}
    assert head in co.done("audit-log", "verify")
    assert found["entries"] >= 2 + 4 + len(ACCOUNTS)
    assert "the chain is intact" in co.done("audit-log", "verify")


@pytest.mark.parametrize("how", ["altered", "removed"])
def test_a_tampered_log_fails_where_it_was_tampered_with(co: CommandLine, how: str) -> None:
    """Exit 1; the document names the first entry that does not fit."""
    with co.engine().begin() as connection:
        ids = list(connection.scalars(select(ChangeLog.id).order_by(ChangeLog.id)))
        if how == "altered":
            connection.execute(update(ChangeLog).where(ChangeLog.id == ids[3]).values(actor="somebody else"))
        else:
            connection.execute(delete(ChangeLog).where(ChangeLog.id == ids[3]))
    found = co.document("audit-log", "verify", "--json", exit_code=1)
    assert (found["intact"], found["broken_at"]) == (False, ids[3] if how == "altered" else ids[4])
    told = co("audit-log", "verify")
    assert told.exit_code == 1
    assert f"Entry {found['broken_at']} does not fit" in told.stdout


def test_an_account_is_linked_to_its_person(co: CommandLine) -> None:
    """The link is written and logged; a person who is nobody, or somebody else's, is refused."""
    co.done("user", "add", "mara", "--roles", "hr", "--password-stdin", given=PASSWORD + "\n")
    co.done("user", "add", "noor", "--roles", "hr", "--password-stdin", given=PASSWORD + "\n")
    co.done("user", "link", "mara", "--person", "Co/A/One#1")

    assert user(co, "mara")["person_code"] == "Co/A/One#1"
    assert actions(co)[-1] == "person linked"
    assert "Nobody has the id" in co.refused("user", "link", "noor", "--person", "nobody")
    assert "One person has one account" in co.refused("user", "link", "noor", "--person", "Co/A/One#1")
    assert user(co, "noor")["person_code"] is None
    co.done("user", "link", "mara", "--person", "Co/A/One#1")  # again is no harm
