"""Requests as no browser sends them: files without a session, the operator's pages, odd spellings, odd messages, odd addresses.

Every attack is run against the product and against a copy in which the rule that stops it is broken.
"""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from core.access.sessions import digest, end
from core.access.tables import UserSession
from core.calendar import now
from pages.parts.navigation import SCREENS
from server.messages import ALWAYS, SIGN_IN
from tests.attacks import target, wire
from tests.attacks.conftest import Target

Attack = Callable[[Target], bool]
HOSTS = ("x/y", "x?", "x#", "a@b/", "x\\y", "[::1", "evil.example")


def spellings(path: str) -> list[str]:
    """One address as it might slip through: double slashes, dots, letters in code, capitals, what follows it."""
    first, _, rest = path[1:].partition("/")
    return [
        path, f"/{path}", f"{path}/", f"/./{path[1:]}", f"/x/..{path}", f"/static/..{path}", f"/%{ord(first[0]):02x}{path[2:]}",
        f"/{first}%2F{rest}", f"/{first}//{rest}", f"/{first};x/{rest}", f"/{first.upper()}/{rest}", f"{path}?x", f"{path}%20",
        f"{path}%00", f"{path};a", f"http://127.0.0.1{path}", path.replace("/", "\\"),
    ]  # fmt: skip


def a_file_without_a_session(at: Target) -> bool:
    """Fetch the file of a leader's screen, whose address one knows: as nobody, with an ended session, in every spelling."""
    held = target.session_for(at.engine, "lena")
    with wire.Tab(at.url, wire.cookie(held)) as tab:
        [file] = tab.run("workload").files()
        content = wire.ask(at.url, file, Cookie=wire.cookie(held)).body
        assert b"utilisation" in content
        answers = [wire.ask(at.url, odd) for odd in spellings(file)]
        answers += [wire.ask(at.url, file, host=host) for host in HOSTS]
        answers += [wire.ask(at.url, file, method=method) for method in ("HEAD", "POST", "PUT", "get")]
        answers += [wire.ask(at.url, file, X_Original_URL=file, X_Rewrite_URL=file, X_Forwarded_For="127.0.0.1")]
        with at.engine.begin() as connection:
            end(connection, digest(held, target.LIMITS, "session"), now())
        answers.append(wire.ask(at.url, file, Cookie=wire.cookie(held)))
    return any(content[:60] in answer.body or "csv" in answer.headers.get("content-type", "") for answer in answers)


def a_file_put_on_the_server(at: Target) -> bool:
    """Upload without a session: the gate answers before Streamlit does."""
    with at.tab("lena") as tab:
        tab.run("workload")
        path = f"/_stcore/upload_file/{tab.session_id}/1"
        answers = [wire.ask(at.url, path, method=method, body=b"x") for method in ("PUT", "POST", "DELETE")]
    return any(answer.body != b"Sign in first." for answer in answers)


def a_file_from_somebody_whose_role_brings_none_in(at: Target) -> bool:
    """Upload as an employee, a leader and HR of one unit, signed in, from their own tab: refused before a byte of it is read."""
    answers = []
    for name in ("emil", "lena", "nora"):
        with at.tab(name) as tab:
            tab.run("workload")
            path = f"/_stcore/upload_file/{tab.session_id}/1"
            held = {"Cookie": at.cookies(name)}
            answers += [wire.ask(at.url, path, method=method, body=b"x", **held) for method in ("PUT", "DELETE")]
    return any(answer.status != 403 or answer.body != b"This account brings no files in." for answer in answers)


def an_operator_s_page(at: Target) -> bool:
    """Read what is for the operator on the address that everybody reaches."""
    marks = (b"evenkeel_", b"# TYPE", b"# HELP", b"release_pending", b"cache_memory")
    for page in ("/metrics", "/readyz", "/_stcore/metrics"):
        answers = [wire.ask(at.url, odd, Cookie=at.cookies("ada")) for odd in spellings(page)]
        answers += [wire.ask(at.url, page, host=host) for host in HOSTS]
        answers += [wire.ask(at.url, page, Accept="application/x-protobuf")]
        if any(mark in answer.body for answer in answers for mark in marks):
            return True
        if any(answer.headers.get("content-type", "").startswith("application/") for answer in answers):
            return True
    return False


def a_message_that_no_screen_sends(at: Target) -> bool:
    """As nobody: empty every cache of everybody, switch options, stop the server. What is passed on gets an answer."""
    with at.tab() as tab:
        tab.run("workload")
        message = BackMsg(set_run_on_save=True)
        tab.send(message)
        answered = any(found.WhichOneof("type") == "session_status_changed" for found in tab.read(0.5).messages)
        for field in ("clear_cache", "load_git_info", "debug_shutdown_runtime", "debug_disconnect_websocket"):
            tab.send(BackMsg(**{field: True}))
        tab.send(BackMsg(app_heartbeat=True))
        assert any(found.WhichOneof("type") == "heartbeat_ack" for found in tab.read(1.0).messages), "the tab is alive"
    return answered


def more_uploads_than_fit(at: Target) -> bool:
    """Begin many large uploads at once and never finish them: what is under way would have to be kept."""
    head = "PUT /_stcore/upload_file/{tab}/{file} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
    token = (
        generate_xsrf_token_string()
    )  # as a page of Streamlit makes it, so that its own check lets the request through
    head += f"Content-Type: multipart/form-data; boundary=b\r\nX-Xsrftoken: {token}\r\nContent-Length: 60000000\r\n\r\n"
    host, _, port = at.url.removeprefix("http://").partition(":")
    with at.tab("hanna") as tab, ExitStack() as lines:
        tab.run("data-import")
        cookie, answers = f"{at.cookies('hanna')}; _streamlit_xsrf={token}", []
        for file in range(3):
            line = lines.enter_context(socket.create_connection((host, int(port))))
            line.settimeout(1.5)
            line.sendall(head.format(tab=tab.session_id, file=file, host=host, cookie=cookie).encode() + b"--b\r\n")
            answers.append(_first_line(line))
    return not any(answer.startswith("HTTP/1.1 429") for answer in answers)


def _first_line(line: socket.socket) -> str:
    try:
        return line.recv(200).decode("latin-1").partition("\r\n")[0]
    except TimeoutError:
        return ""


ATTACKS: dict[Attack, str] = {
    a_file_without_a_session: "files",
    a_file_put_on_the_server: "files",
    a_file_from_somebody_whose_role_brings_none_in: "uploads",
    more_uploads_than_fit: "room for uploads",
    an_operator_s_page: "operator's pages",
    a_message_that_no_screen_sends: "messages",
}
named = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)


@named
def test_the_product_refuses(attack: Attack, product: Target) -> None:
    """The attack gets nothing."""
    assert not attack(product)


@named
def test_the_attack_works_where_its_rule_is_broken(attack: Attack, careless: Callable[[str], Target]) -> None:
    """Without the rule it gets what it is after, so that the test above can fail."""
    assert attack(careless(ATTACKS[attack]))


def test_the_operator_s_pages_do_answer_where_they_belong(product: Target) -> None:
    """What the attack looks for is there, on the operator's own address, and names nobody."""
    found = wire.ask(product.operations, "/metrics").body

    assert b"evenkeel_ready" in found
    assert not any(name.encode() in found for name in ("lena", "emil", "Acorn", "South"))


def test_administrators_get_past_the_rule_for_uploads(product: Target) -> None:
    """Their upload reaches Streamlit, which asks for its own token: the rule above refuses roles, not everybody."""
    with product.tab("ada") as tab:
        tab.run("data-import")
        path = f"/_stcore/upload_file/{tab.session_id}/1"
        answer = wire.ask(product.url, path, method="PUT", body=b"x", Cookie=product.cookies("ada"))
    assert b"XSRF" in answer.body


def test_nothing_outside_the_folder_of_fonts_is_served(product: Target) -> None:
    """No source, setting, database or system file comes out of the static folders."""
    up = ("..", "%2e%2e", "..%2f..", "....//", "%252e%252e", "..\\", "..%5c")
    for folder in ("/app/static", "/static"):
        for step in up:
            for file in ("_main.py", "../core/settings.py", "../../etc/passwd", "../data/evenkeel.db"):
                body = wire.ask(product.url, f"{folder}/{step}/{file}").body
                assert b"import" not in body and b"root:" not in body and b"SQLite" not in body


def test_an_address_full_of_tricks_shows_plain_words(product: Target) -> None:
    """SQL, markup, formats, paths and odd letters in every part of an address: no trace, no markup, no other scope."""
    tricks = (
        "' OR 1=1 --",
        "%",
        "<img src=x onerror=alert(1)>",
        "{0.__class__}",
        "../../etc",
        "a\x00b",
        "\uffff",
        "x" * 900,
    )
    parts = ("metric", "weeks", "until", "view", "cell", "wave", "code", "session")
    with product.tab("sofia") as tab:
        for trick in tricks:
            for address in ({"unit": trick}, dict.fromkeys(parts, trick)):
                seen = tab.run("workload", **address)
                assert "Traceback" not in seen.text and "could not be drawn" not in seen.text, address
                assert "North" not in seen.text
                drawn = [content for kind, content in seen.elements() if kind == "markdown"]
                assert not any(content.allow_html for content in drawn)


def test_what_cannot_be_read_ends_the_connection_and_nothing_else(product: Target) -> None:
    """Bytes that are no message close the tab that sent them; the server goes on."""
    with product.tab() as tab:
        tab.send_bytes(b"\xff\xff\xff\xff")
    with product.tab("lena") as tab:
        assert "Acorn" in tab.run("workload").text


def test_without_a_session_a_tab_can_use_the_sign_in_screen_and_nothing_else(product: Target) -> None:
    """Everything on the sign-in screen may be used; nothing on any other screen counts as a part of it."""
    with product.tab() as tab:
        outside = {id_ for _, id_ in tab.run("workload").widgets()}
    inside: set[str] = set()
    cookies = product.cookies("lena")
    for screen in SCREENS:
        with wire.Tab(product.url, cookies) as tab:
            inside |= {id_ for _, id_ in tab.run(screen.address).widgets()}

    assert outside and all(SIGN_IN.match(id_) for id_ in outside)
    assert inside and not any(SIGN_IN.match(id_) for id_ in inside)
    assert "clear_cache" not in ALWAYS


def test_looking_is_not_using(product: Target) -> None:
    """A tab that only asks whether the session still lives does not keep it alive."""
    held = target.session_for(product.engine, "lena")
    mine = UserSession.id_hash == digest(held, target.LIMITS, "session")
    with wire.Tab(product.url, wire.cookie(held)) as tab:
        fragments = tab.run("account").fragments()
        with product.engine.begin() as connection:
            connection.execute(update(UserSession).where(mine).values(last_seen_at=now() - timedelta(minutes=61)))
        for fragment in fragments:
            seen = tab.run("account", fragment=fragment)
    assert fragments
    assert "password_name" not in seen.text and "sign_in_name" in seen.text
