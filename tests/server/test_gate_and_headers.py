"""Before a request reaches a screen: a name for the browser, no files without a session, nothing for operators in public."""

import pytest
from sqlalchemy import Engine, select, update
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from core.access.sessions import digest, end, exchange, issue_code
from core.access.tables import User
from core.calendar import now
from server import store
from server.cookies import BROWSER, SESSION
from server.gate import Gate
from server.headers import HEADERS, SecurityHeaders
from tests.server.asgi import ask

INSIDE = PlainTextResponse("inside")


@pytest.fixture
def app() -> ASGIApp:
    """What stands before an application that answers everything with 'inside'."""
    return SecurityHeaders(Gate(INSIDE))


@pytest.fixture
def held(database: Engine) -> str:
    """The id of a session in force."""
    with database.begin() as connection:
        user = connection.scalar(select(User.id))
        assert user is not None
        code = issue_code(connection, user, "b", store.limits(), now())
        return str(exchange(connection, code, "b", store.limits(), now(), browser="x"))


def test_a_page_names_the_browser_once_and_nothing_else_does(app: ASGIApp, database: Engine) -> None:
    """The first page sets the cookie, HttpOnly; with it, or for a font or a probe, none is set."""
    first = ask(app, "/workload", accept="text/html,*/*")
    again = ask(app, "/workload", accept="text/html,*/*", cookie=f"{BROWSER}=known")

    assert [cookie.partition("=")[0] for cookie in first.cookies] == [BROWSER]
    assert "HttpOnly" in first.cookies[0] and "SameSite=lax" in first.cookies[0] and "Secure" not in first.cookies[0]
    assert again.cookies == []
    assert ask(app, "/app/static/fonts/x.woff2", accept="*/*").cookies == []
    assert ask(app, "/workload", scheme="https", accept="text/html").cookies[0].startswith(f"__Host-{BROWSER}=")


@pytest.mark.parametrize(("headers", "whole"), [({}, False), ({"transfer_encoding": "chunked"}, True)])
def test_a_length_is_not_believed_of_what_comes_in_pieces(
    headers: dict[str, str], whole: bool, app: ASGIApp, held: str, database: Engine
) -> None:
    """Such an upload counts as one of the largest."""
    with database.begin() as connection:
        connection.execute(update(User).values(roles="admin"))
    path = "/_stcore/upload_file/tab/file"
    ask(app, path, method="PUT", cookie=f"{SESSION}={held}", content_length="7", **headers)
    upload = store.uploads().held[-1]

    assert (upload.file, upload.size) == ("file", store.uploads().largest if whole else 7)


@pytest.mark.parametrize("path", ["/ek/media/abc.csv", "/ek/_stcore/upload_file/1/2", "/ek/metrics"])
def test_a_server_that_was_started_under_a_path_guards_what_lies_below_it(
    path: str, app: ASGIApp, database: Engine
) -> None:
    """Routes are found without the path that the server was started under, so the gate looks there too."""
    assert ask(app, path, root="/ek").status in (403, 404)
    assert ask(app, "/ekel/media/abc.csv", root="/ek").status == 200  # not below it, and no route's address either


@pytest.mark.parametrize("path", ["/media/abc.csv", "/_stcore/upload_file/1/2"])
def test_files_need_a_session_in_force(path: str, app: ASGIApp, held: str, database: Engine) -> None:
    """Nobody, a guess and an ended session get 403; a session in force passes, for uploads that of an administrator."""
    with database.begin() as connection:
        connection.execute(update(User).values(roles="admin"))
    inside = ask(app, path, cookie=f"{SESSION}={held}")
    nobody, guess = ask(app, path), ask(app, path, cookie=f"{SESSION}=guess")
    with database.begin() as connection:
        end(connection, digest(held, store.limits(), "session"), now())
    ended = ask(app, path, cookie=f"{SESSION}={held}")

    assert (inside.status, inside.body) == (200, b"inside")
    assert [one.status for one in (nobody, guess, ended)] == [403, 403, 403]
    assert b"inside" not in nobody.body + guess.body + ended.body


@pytest.mark.parametrize("role", ["employee", "manager", "leader", "hr", "admin", "hr employee"])
def test_uploads_need_a_role_that_brings_files_in(role: str, app: ASGIApp, held: str, database: Engine) -> None:
    """HR and administrators pass; everybody else gets 403 although they are signed in; downloads do not ask for a role."""
    with database.begin() as connection:
        connection.execute(update(User).values(roles=role))
    upload = ask(app, "/_stcore/upload_file/1/2", cookie=f"{SESSION}={held}")
    expected = (200, b"inside") if {"hr", "admin"} & set(role.split()) else (403, b"This account brings no files in.")
    assert (upload.status, upload.body) == expected
    assert ask(app, "/media/abc.csv", cookie=f"{SESSION}={held}").status == 200


def test_hr_that_is_narrowed_to_units_uploads_nothing(app: ASGIApp, held: str, database: Engine) -> None:
    """The same rule as on the screen: a file concerns the whole company."""
    with database.begin() as connection:
        connection.execute(update(User).values(roles="hr", units="Acorn/South"))
    for method in ("PUT", "DELETE"):
        upload = ask(app, "/_stcore/upload_file/1/2", method=method, cookie=f"{SESSION}={held}")
        assert (upload.status, upload.body) == (403, b"This account brings no files in.")


def test_what_a_signed_out_page_needs_is_not_gated(app: ASGIApp, database: Engine) -> None:
    """Scripts, fonts and Streamlit's own files come without a session."""
    for path in ("/", "/static/media/font.woff2", "/static/js/main.js", "/_stcore/health", "/app/static/fonts/x.woff2"):
        assert ask(app, path).body == b"inside", path


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/readyz", "/_stcore/metrics"])
def test_the_operators_pages_do_not_answer_in_public(path: str, app: ASGIApp, held: str) -> None:
    """Not even with a session."""
    answer = ask(app, path, cookie=f"{SESSION}={held}")

    assert (answer.status, answer.body) == (404, b"Not found")


def test_every_answer_carries_the_headers_the_refusals_too(app: ASGIApp, database: Engine) -> None:
    """200, 403 and 404 alike; behind HTTPS also the demand to stay there."""
    for path in ("/", "/media/x", "/metrics"):
        answer = ask(app, path)
        assert {name.lower(): value for name, value in HEADERS.items()}.items() <= answer.headers.items()
        assert "strict-transport-security" not in answer.headers
    assert "strict-transport-security" in ask(app, "/", scheme="https").headers
