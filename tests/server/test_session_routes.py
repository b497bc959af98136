"""The routes of a session: a code becomes a cookie that no script can read; a session ends; nothing else gets an answer."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from starlette.applications import Starlette

from core.access.sessions import issue_code
from core.access.tables import User, UserSession
from core.calendar import now
from core.settings import settings
from server import store
from server.cookies import BROWSER, SESSION, browser_label
from server.gate import Gate
from server.session_routes import BEGIN, END, ROUTES
from tests.answers import Answer
from tests.server.asgi import ask

APP = Starlette(routes=ROUTES)
JSON = "application/json"


def code_for(database: Engine, browser: str = "b") -> str:
    """A code for the account, as sign-in makes it."""
    with database.begin() as connection:
        user = connection.scalar(select(User.id))
        assert user is not None
        return issue_code(connection, user, browser, store.limits(), now())


def post(path: str, document: object, *, scheme: str = "http", cookie: str = f"{BROWSER}=b", **headers: str) -> Answer:
    """A POST as our own page sends it, unless headers say otherwise."""
    sent = {"content_type": JSON, "cookie": cookie, **headers}
    return ask(APP, path, method="POST", body=json.dumps(document).encode(), scheme=scheme, **sent)


def test_a_code_becomes_a_cookie_that_no_script_reads(database: Engine) -> None:
    """The cookie is HttpOnly, Lax and for all paths; SQL knows the session behind it."""
    answer = post(BEGIN, {"code": code_for(database)}, user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    [cookie] = answer.cookies
    name, _, value = cookie.split(";")[0].partition("=")

    assert (answer.status, answer.body, name) == (204, b"", SESSION)
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=43200"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    held = store.session_behind(value)
    assert held is not None and held.browser == "Firefox on Windows"


def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(database: Engine) -> None:
    """Its name begins with __Host-, and the browser's name is read from the cookie of that kind only."""
    plain = post(BEGIN, {"code": code_for(database)}, scheme="https")
    bound = post(BEGIN, {"code": code_for(database)}, scheme="https", cookie=f"__Host-{BROWSER}=b")

    assert (plain.status, plain.cookies) == (403, [])
    assert bound.status == 204
    assert bound.cookies[0].startswith(f"__Host-{SESSION}=") and "Secure" in bound.cookies[0]


@pytest.mark.parametrize(
    ("document", "headers"),
    [
        ({"code": "guessed"}, {}),
        ({"code": ""}, {}),
        ({"code": 7}, {}),
        ({}, {}),
        ([], {}),
        (None, {}),
        ({"code": "x" * 5000}, {}),
        ("REAL", {"content_type": "text/plain"}),
        ("REAL", {"content_type": "application/x-www-form-urlencoded"}),
        ("REAL", {"sec_fetch_site": "cross-site"}),
        ("REAL", {"sec_fetch_site": "same-site"}),
        ("REAL", {"cookie": f"{BROWSER}=another browser"}),
        ("REAL", {"cookie": "nothing=here"}),
    ],
)
def test_anything_else_is_refused_without_a_reason(document: object, headers: dict[str, str], database: Engine) -> None:
    """Wrong codes and requests that our page would not send all get the same empty 403, and no session."""
    real = code_for(database)
    answer = post(BEGIN, {"code": real} if document == "REAL" else document, **headers)
    with database.connect() as connection:
        begun = connection.execute(select(UserSession)).first()

    assert (answer.status, answer.body, answer.cookies) == (403, b"", [])
    assert begun is None


def test_broken_json_and_other_methods_are_refused(database: Engine) -> None:
    """Neither a document that is none nor a GET reaches the exchange."""
    broken = ask(APP, BEGIN, method="POST", body=b"{", content_type=JSON, cookie=f"{BROWSER}=b")

    assert broken.status == 403
    assert ask(APP, BEGIN, cookie=f"{BROWSER}=b").status == 405
    assert ask(APP, END, cookie=f"{BROWSER}=b").status == 405


def test_ending_revokes_the_session_and_takes_the_cookie_back(database: Engine) -> None:
    """After /session/end the id opens nothing; ending again, or nothing, is as good."""
    value = post(BEGIN, {"code": code_for(database)}).cookies[0].split(";")[0].partition("=")[2]
    assert store.session_behind(value)
    refused = post(END, {}, cookie=f"{SESSION}={value}", sec_fetch_site="cross-site")
    still = store.session_behind(value)
    ended = post(END, {}, cookie=f"{SESSION}={value}")

    assert refused.status == 403 and still is not None
    assert ended.status == 204 and "Max-Age=0" in ended.cookies[0]
    assert store.session_behind(value) is None
    assert post(END, {}, cookie=f"{SESSION}={value}").status == 204
    assert post(END, {}).status == 204


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0) Gecko/20100101 Firefox/140.0", "Firefox on Mac"),
        ("curl/8.0 <script>alert(1)</script>", "Another browser"),
        ("", "Another browser"),
    ],
)  # fmt: skip
def test_a_browser_is_called_what_people_call_it(user_agent: str, label: str) -> None:
    """Family and system; nothing of what the browser says about itself is kept as it came."""
    assert browser_label(user_agent) == label


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that name a database where nobody answers."""
    monkeypatch.setenv("EVENKEEL_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/evenkeel?connect_timeout=2")
    monkeypatch.setenv("EVENKEEL_SECRET_KEY", "Zq3-kV8w_Lm2xT9bR4nHs7YdUe1PgJc5")
    monkeypatch.setenv("EVENKEEL_DEMO", "0")
    made = store.engine
    settings.cache_clear()
    made.cache_clear()
    yield
    made().dispose()
    made.cache_clear()
    settings.cache_clear()


def test_without_a_database_the_routes_say_so_in_plain_words(away: None) -> None:
    """503 with what the screens say, no address of the database, no cookie set or taken; for files and uploads too."""
    answers = [
        post(BEGIN, {"code": "some"}),
        post(END, {}, cookie=f"{SESSION}=held"),
        *(ask(Gate(APP), path, cookie=f"{SESSION}=held") for path in ("/media/a.csv", "/_stcore/upload_file/1/2")),
    ]
    for answer in answers:
        assert (answer.status, answer.cookies) == (503, [])
        assert (
            answer.body == b"The database does not answer. Nothing was lost. It is looked for again when you try again."
        )
