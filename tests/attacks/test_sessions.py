"""Sessions under attack, by wire: none, guessed, revoked, replayed, fixed, taken along; and requests from other sites.

Every attack is run against the product, where it must get nothing, and against a copy in which the rule that stops it is broken,
where it must get what it is after.
"""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from websockets.exceptions import InvalidStatus

from core.access.accounts import change_user
from core.access.sessions import digest, end, end_own, issue_code, new_secret
from core.access.tables import SignInCode, User, UserSession
from core.calendar import now
from pages.parts.navigation import SCREENS
from server.cookies import BROWSER, SECURE_PREFIX, SESSION
from server.session_routes import BEGIN, END
from tests.attacks import target, wire
from tests.attacks.conftest import Target
from tests.attacks.target import LIMITS

Attack = Callable[[Target], bool]
JSON = {"Content_Type": "application/json"}


def opens(at: Target, cookies: str, *, origin: str | None = "own") -> bool:
    """Whether somebody's screens are drawn for a browser with these cookies."""
    with wire.Tab(at.url, cookies, origin=origin) as tab:
        return _inside(tab.run("workload"))


def _inside(seen: wire.Seen) -> bool:
    kinds = {kind for kind, _ in seen.elements()}
    return bool(kinds & {"page_link", "menu_button", "plotly_chart", "table", "metric"})


def nobody_opens_a_screen(at: Target) -> bool:
    """Ask for every screen without any cookie, all at the same moment."""
    tabs = [wire.Tab(at.url) for _ in SCREENS]
    try:
        for tab, screen in zip(tabs, SCREENS, strict=True):
            tab.ask(screen.address)
        return any(_inside(tab.read()) for tab in tabs)
    finally:
        for tab in tabs:
            tab.close()


def guessed_ids_open_nothing(at: Target) -> bool:
    """Ids that never were, the stored hash of one that is, and the id under the name that only HTTPS may use."""
    held = target.session_for(at.engine, "lena")
    tries = [
        f"{SESSION}={new_secret()}",
        f"{SESSION}={digest(held, LIMITS, 'session')}",
        f"{SESSION}=; {SESSION}_old={held}",
        f"{SECURE_PREFIX}{SESSION}={held}",
        f"{SECURE_PREFIX}{BROWSER}=x; {SESSION}={held}",
        f"{SESSION}={held[:-1]}",
        f"{SESSION}={held.swapcase()}",
        f"{SESSION}=%00",
        f"{SESSION}=' OR 1=1 --",
    ]
    return any(opens(at, cookies) for cookies in tries)


def _ended(at: Target, how: Callable[[str], None]) -> bool:
    held = target.session_for(at.engine, "lena")
    assert opens(at, wire.cookie(held)), "the session is worth something before it ends"
    how(held)
    return opens(at, wire.cookie(held))


def a_signed_out_id(at: Target) -> bool:
    """Keep the cookie of a session that was ended by its owner."""

    def sign_out(held: str) -> None:
        assert wire.ask(at.url, END, method="POST", body=b"{}", Cookie=wire.cookie(held), **JSON).status == 204

    return _ended(at, sign_out)


def an_expired_id(at: Target) -> bool:
    """Keep the cookie of a session past its life."""

    def grow_old(held: str) -> None:
        with at.engine.begin() as connection:
            mine = UserSession.id_hash == digest(held, LIMITS, "session")
            connection.execute(update(UserSession).where(mine).values(expires_at=now() - timedelta(seconds=1)))

    return _ended(at, grow_old)


def an_idle_id(at: Target) -> bool:
    """Come back to a session that was left alone for longer than it may be."""

    def idle(held: str) -> None:
        with at.engine.begin() as connection:
            mine = UserSession.id_hash == digest(held, LIMITS, "session")
            connection.execute(update(UserSession).where(mine).values(last_seen_at=now() - timedelta(minutes=61)))

    return _ended(at, idle)


def an_id_from_before_the_account_changed(at: Target) -> bool:
    """Keep the cookie of an account that has got other roles since."""

    def change(_: str) -> None:
        with at.engine.begin() as connection:
            change_user(connection, "lena", at=now(), actor="test", action="roles changed", roles="leader")

    return _ended(at, change)


def begin(at: Target, code: str, browser: str, session: str = "") -> str:
    """Exchange a code as a browser; the id of the session, '' when refused."""
    body = json.dumps({"code": code}).encode()
    answer = wire.ask(at.url, BEGIN, method="POST", body=body, Cookie=wire.cookie(session, browser), **JSON)
    return answer.cookies[0].split(";")[0].partition("=")[2] if answer.status == 204 else ""


def code_for(at: Target, name: str, browser: str) -> str:
    """A code as the sign-in screen makes it after the right password."""
    user = target.user_id(at.engine, name)
    with at.engine.begin() as connection:
        return issue_code(connection, user, browser, LIMITS, now())


def a_code_of_another_browser(at: Target) -> bool:
    """Read the code on somebody's screen and exchange it at home."""
    code = code_for(at, "lena", "the browser at work")
    return bool(begin(at, code, "the browser at home"))


def a_replayed_code(at: Target) -> bool:
    """Exchange a code that its owner has used."""
    code = code_for(at, "lena", "b")
    assert begin(at, code, "b")
    return bool(begin(at, code, "b"))


def a_fixed_session(at: Target) -> bool:
    """Plant an id that one knows before the victim signs in; afterwards it must open nothing of the victim's, or at all."""
    planted = target.session_for(at.engine, "emil")
    got = begin(at, code_for(at, "lena", "b"), "b", session=planted)
    assert got
    return got == planted or opens(at, wire.cookie(planted))


def _sent_from(at: Target, **headers: str) -> bool:
    code = code_for(at, "lena", "b")
    kind = headers.pop("Content_Type", JSON["Content_Type"])
    body = json.dumps({"code": code}) if kind.endswith("json") else f"code={code}"
    cookies = wire.cookie("", "b")
    answer = wire.ask(at.url, BEGIN, method="POST", body=body.encode(), Cookie=cookies, Content_Type=kind, **headers)
    return answer.status == 204


def a_form_of_another_site(at: Target) -> bool:
    """Make the victim's browser sign in as the attacker: what a form can send, and what a script of another site can."""
    forms = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x")
    return any(_sent_from(at, Content_Type=kind) for kind in forms) or any(
        _sent_from(at, Sec_Fetch_Site=site, Origin="http://evil.example")
        for site in ("cross-site", "same-site", "none")
    )


def a_sign_out_by_another_site(at: Target) -> bool:
    """Sign the victim out from elsewhere."""
    held = target.session_for(at.engine, "lena")
    for headers in ({"Content_Type": "text/plain"}, {**JSON, "Sec_Fetch_Site": "cross-site"}):
        wire.ask(at.url, END, method="POST", body=b"{}", Cookie=wire.cookie(held), **headers)
    return not opens(at, wire.cookie(held))


def a_request_that_breaks_the_route(at: Target) -> bool:
    """Bodies that are no JSON, no object, nested without end, too long or not text: an error is a way to look inside."""
    bodies = [
        b"", b"{", b"null", b"[]", b'"x"', b"7", b"\x00", b"\xff\xfe", b"[" * 1024, b'{"code":' * 128, b'{"code":NaN}',
        b'{"code":"\\ud800"}', '{"code":"é"}'.encode(), b'{"code":["x"]}', b'{"code":"' + b"x" * 70_000 + b'"}',
    ]  # fmt: skip
    cookies = wire.cookie("guess", "b")
    statuses = [
        wire.ask(at.url, path, method="POST", body=body, Cookie=cookies, **JSON).status
        for path in (BEGIN, END)
        for body in bodies
    ]
    return any(status not in (204, 403) for status in statuses)


def a_page_of_another_site(at: Target) -> bool:
    """Open the victim's socket, with the victim's cookies, from a page of another site."""
    cookies = at.cookies("lena")
    for origin in ("http://evil.example", "null", at.url.replace("127.0.0.1", "127.0.0.1.evil.example")):
        try:
            if opens(at, cookies, origin=origin):
                return True
        except InvalidStatus:
            continue
    return False


def a_tab_taken_over(at: Target) -> bool:
    """Take over the tab of a leader by its id, which Streamlit resumes: as nobody, and as somebody with less to see."""
    with at.tab("lena") as tab:
        tab.run("workload")
        known, fragments = tab.session_id, tab.seen.fragments()
    for name in ("", "emil"):
        for fragment in ("", *fragments):
            with at.tab(name, resume=known) as taken:
                if "North" in taken.run("workload", fragment=fragment).text:
                    return True
    return False


def clicks_after_the_end(at: Target) -> bool:
    """Keep the socket of a session that was ended, and click on what its screens still show: every button, every fragment."""
    found = False
    for screen in SCREENS:
        others = [target.session_for(at.engine, "lena") for _ in range(2)]
        with at.tab("lena") as tab:
            seen = tab.run(screen.address)
            mine = _newest(at)
            with at.engine.begin() as connection:
                end(connection, mine, now())
            before = _state(at)
            kinds = ("button", "menu_button", "download_button")
            clicks = {id_: True for kind, id_ in seen.widgets() if kind in kinds}
            for fragment in ("", *seen.fragments()):
                found |= _inside(tab.run(screen.address, fragment=fragment, widgets=clicks))
            found |= _state(at) != before
        with at.engine.begin() as connection:
            for other in others:
                end(connection, digest(other, LIMITS, "session"), now())
    return found


def _newest(at: Target) -> str:
    with at.engine.connect() as connection:
        newest = select(UserSession.id_hash).order_by(UserSession.created_at.desc()).limit(1)
        return str(connection.scalar(newest))


def _state(at: Target) -> list[object]:
    with at.engine.connect() as connection:
        sessions = connection.execute(select(UserSession.id_hash, UserSession.revoked_at).order_by(UserSession.id_hash))
        users = connection.execute(select(User.id, User.password_hash, User.sessions_valid_from).order_by(User.id))
        return [*sessions.all(), *users.all()]


ATTACKS: dict[Attack, str] = {
    nobody_opens_a_screen: "guard",
    guessed_ids_open_nothing: "guard",
    a_signed_out_id: "revocation",
    an_expired_id: "revocation",
    an_idle_id: "revocation",
    an_id_from_before_the_account_changed: "revocation",
    a_code_of_another_browser: "one browser for a code",
    a_replayed_code: "a code counts once",
    a_fixed_session: "a new sign-in ends the old id",
    a_form_of_another_site: "own pages only",
    a_sign_out_by_another_site: "own pages only",
    a_request_that_breaks_the_route: "shape of a request",
    a_page_of_another_site: "origin",
    a_tab_taken_over: "guard",
    clicks_after_the_end: "messages",
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


def test_a_restart_opens_nothing_and_forgets_nothing(start: Callable[..., object]) -> None:
    """The very first requests to a new server show sign-in; sessions live in SQL alone, and what was ended stays ended."""
    with start() as (fresh, _):  # type: ignore[attr-defined]
        assert not nobody_opens_a_screen(fresh)
        kept, ended = (target.session_for(fresh.engine, "lena") for _ in range(2))
        with fresh.engine.begin() as connection:
            end(connection, digest(ended, LIMITS, "session"), now())
        assert opens(fresh, wire.cookie(kept))
        assert not opens(fresh, wire.cookie(ended))


def test_signing_in_by_wire_gets_exactly_one_session(product: Target) -> None:
    """The honest way, step by step: the form, the code for this browser, the cookie. A second sign-in ends the first id."""
    browser = wire.ask(product.url, "/", Accept="text/html").cookies[0].split(";")[0].partition("=")[2]
    ids = [""]
    for _ in range(2):
        with wire.Tab(product.url, wire.cookie(ids[-1] and "", browser)) as tab:
            form = tab.run("workload")
            typed = {
                form.widget("sign_in_name"): "emil",
                form.widget("sign_in_password"): target.PASSWORD,
                form.widget("FormSubmitter:sign_in-Sign in"): True,
            }
            shown = tab.run("workload", widgets=typed)
            [content] = [found for kind, found in shown.elements() if kind == "bidi_component"]
        code = json.loads(json.loads(content.json)["body"])["code"]
        ids.append(begin(product, code, browser, session=ids[-1]))

    assert [opens(product, wire.cookie(one)) for one in ids] == [False, False, True]
    with product.engine.connect() as connection:
        stored = "".join(str(row) for row in connection.execute(select(SignInCode)).all())
        stored += "".join(str(row) for row in connection.execute(select(UserSession)).all())
    assert code not in stored and ids[-1] not in stored and browser not in stored


def test_somebody_else_s_session_cannot_be_ended_by_its_hash(product: Target) -> None:
    """Ending "one of my sessions" with the hash of another account's ends nothing."""
    victim = target.session_for(product.engine, "lena")
    with product.engine.begin() as connection:
        ended = end_own(
            connection, target.user_id(product.engine, "eve"), now(), only=digest(victim, LIMITS, "session")
        )

    assert ended == 0
    assert opens(product, wire.cookie(victim))
