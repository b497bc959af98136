"""Take the pictures in docs/screens: every screen and state, at 1440 and 390 pixels, light and dark. `make screens` runs it.

Each state has a server of its own. Who is signed in gets a session in the database and its cookie, as sign-in would give it.
"""

import contextlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from core.access.accounts import account_id
from core.access.sessions import exchange, issue_code, limits_of
from core.calendar import monday_of, now, today
from core.database.engine import make_engine
from core.database.migrate import upgrade
from core.demo.accounts import add_demo_accounts
from core.demo.load import load_demo
from core.people.tables import Assignment, Person
from core.rhythm.sealing import Seals
from core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "screens"
SECRET = "only-for-pictures-Zq3-kV8w_Lm2xT9bR4nHs7Yd"  # noqa: S105  (a server that lives for a minute, on this machine)
NOTES_KEY = Fernet.generate_key().decode()  # of one run: what people wrote in the pictures opens nowhere else
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
PLATFORM = "/workload?unit=northwind.engineering.infrastructure.platform"
INFRASTRUCTURE = "/workload?unit=northwind.engineering.infrastructure"


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the state of the server, who looks (nobody: ''), at which address, and what is done first.

    act: '' or the name of a function `_act_<name>`. ready: text that must be on the screen before the picture is taken.
    """

    name: str
    state: str
    who: str
    path: str
    ready: str = ""
    act: str = ""


SHOTS = (
    Shot("sign-in-demonstration", "demo", "", "/"),
    Shot("sign-in", "product", "", "/"),
    Shot("sign-in-refused", "product", "", "/", act="wrong_password"),
    *(Shot(f"overview-{who}", "demo", who, "/overview") for who in ("leader", "manager", "hr", "employee", "admin")),
    Shot("workload-company", "demo", "leader", "/workload"),
    Shot("workload-unit", "demo", "leader", INFRASTRUCTURE),
    Shot("workload-platform", "demo", "leader", PLATFORM),
    Shot("workload-table", "demo", "leader", f"{INFRASTRUCTURE}&view=table"),
    Shot("workload-manager", "demo", "manager", "/workload"),
    Shot("workload-employee", "demo", "employee", "/workload"),
    Shot("workload-hidden", "demo", "leader", "/workload?unit=northwind.customer.sales&weeks=26", act="hidden_cell"),
    Shot("state-all-hidden", "demo", "leader", "/workload?unit=northwind.engineering.infrastructure.network"),
    Shot("my-week", "demo", "employee", "/my-week"),
    Shot("my-goals", "demo", "employee", "/my-goals"),
    Shot("my-goals-templates", "demo", "manager", "/my-goals?new=choose"),
    Shot("my-goals-form", "demo", "employee", "/my-goals?new=decrease-duration"),
    *(Shot(f"goals-{who}", "demo", who, "/goals") for who in ("manager", "leader")),
    Shot("goals-units", "demo", "leader", "/goals?view=units"),
    Shot("goal", "demo", "manager", "/goals", act="goal"),
    Shot("goal-rescope", "demo", "manager", "/goals", act="rescope"),
    *(Shot(f"goals-{view}", "demo", "manager", f"/goals?view={view}") for view in ("tree", "map", "team")),
    *(Shot(f"conversations-{who}", "demo", who, "/conversations") for who in ("manager", "employee")),
    Shot("conversation", "demo", "employee", "/conversations", act="conversation"),
    Shot("feedback", "demo", "employee", "/conversations?view=feedback"),
    Shot("state-no-key", "product", "employee", "/conversations"),
    Shot("state-not-yours", "demo", "employee", "/conversation?conversation=0"),
    Shot("who-sees-what-employee", "demo", "employee", "/who-sees-what"),
    Shot("who-sees-what-leader", "demo", "leader", "/who-sees-what"),
    *(
        Shot(f"how-it-works-{about}", "demo", "employee", f"/how-it-works?about={about}")
        for about in ("measures", "protection", "freshness")
    ),
    Shot("data-quality", "demo", "hr", "/data-quality"),
    Shot("account", "demo", "employee", "/account"),
    Shot("state-no-permission", "demo", "employee", "/workload?unit=northwind.corporate.finance"),
    Shot("state-administrator", "demo", "admin", "/workload"),
    Shot("state-no-person", "demo", "leader", "/my-week"),
    *(Shot(f"state-empty-{screen}", "empty", "leader", f"/{screen}") for screen in ("overview", "workload")),
    Shot("state-empty-administrator", "empty", "admin", "/overview"),
    Shot("state-empty-data-quality", "empty", "admin", "/data-quality"),
    Shot("import", "imports", "hr", "/data-import"),
    Shot("import-columns", "imports", "hr", "/data-import", act="columns_of_other_names"),
    Shot("import-problems", "imports", "hr", "/data-import", act="file_with_problems"),
    Shot("import-ready", "imports", "hr", "/data-import", act="file_in_order"),
    Shot("import-loaded", "imports", "hr", "/data-import", act="file_loaded"),
    Shot("import-undo", "imports", "hr", "/data-import", act="undo_asked"),
    Shot("state-late", "late", "leader", "/workload"),
    Shot("state-late-overview", "late", "leader", "/overview"),
    Shot("state-loading", "slow", "leader", "/workload", ready=""),
    Shot("state-failed", "failing", "leader", "/workload"),
    Shot("state-not-migrated", "bare", "", "/"),
)


def _act_wrong_password(page: Page, _: Path) -> None:
    page.get_by_label("Name or e-mail").fill("ada")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_test_id("stAlert").wait_for()


def _act_hidden_cell(page: Page, _: Path) -> None:
    """Open a cell that is hidden: its address is found in the picture that is drawn."""
    find = """() => {
      for (const plot of document.querySelectorAll('.st-key-heat .js-plotly-plot'))
        for (const trace of plot.data ?? [])
          if (trace.name === 'hidden' && trace.customdata?.length) return trace.customdata[0]
      return null
    }"""
    page.locator(".st-key-heat .js-plotly-plot .barlayer .point").first.wait_for()
    found = page.evaluate(find)
    if found:
        page.goto(f"{page.url}&cell={found[0].replace(':', '%3A')}.{found[1]}")


def _act_goal(page: Page, _: Path) -> None:
    page.get_by_role("button", name=re.compile("^Open")).first.click()
    page.wait_for_url(re.compile("/goal[?]"))


def _act_rescope(page: Page, _: Path) -> None:
    page.get_by_text("Re-scope", exact=True).first.click()
    page.get_by_role("dialog").wait_for()


def _act_conversation(page: Page, _: Path) -> None:
    page.get_by_role("button", name="Open", exact=True).first.click()
    page.wait_for_url(re.compile("/conversation[?]"))


def _upload(page: Page, path: Path) -> None:
    """Begin with nothing loaded and nothing uploaded, whatever the last picture left behind; then choose a file."""
    fresh = page.get_by_role("heading", level=1, name="Bring people and their hours in from a file.")
    leave = page.get_by_role("button", name=re.compile("^(Take another file|Bring in another file)$"))
    fresh.or_(leave).first.wait_for()
    if leave.count():
        leave.first.click()
        fresh.wait_for()
        _settled(page)
    if (undo := page.get_by_role("button", name="Undo the last delivery")).count():
        undo.click()
        page.get_by_role("button", name="Undo it").click()
        page.get_by_text("was undone.").wait_for()
        page.reload()  # without the words that it was undone
        _settled(page)
    page.locator("input[type=file]").first.set_input_files(path)
    _says(page, f"Is {path.name} read as it is meant?")
    _settled(page)


def _says(page: Page, title: str) -> None:
    page.get_by_role("heading", level=1, name=title).wait_for()


def _act_columns_of_other_names(page: Page, files: Path) -> None:
    _upload(page, files / "zeiten.csv")


def _act_file_with_problems(page: Page, files: Path) -> None:
    _upload(page, files / "hours-with-problems.csv")
    page.get_by_role("button", name="Check the file").click()
    _says(page, "hours-with-problems.csv cannot be loaded as it is.")


def _act_file_in_order(page: Page, files: Path) -> None:
    _upload(page, files / "hours.csv")
    page.get_by_role("button", name="Check the file").click()
    _says(page, "hours.csv can be loaded.")


def _act_file_loaded(page: Page, files: Path) -> None:
    _act_file_in_order(page, files)
    page.get_by_role("button", name="Load hours.csv").click()
    _says(page, "hours.csv is loaded.")


def _act_undo_asked(page: Page, files: Path) -> None:
    _act_file_loaded(page, files)
    _settled(page)
    page.get_by_role("button", name="Undo the last delivery").click()
    page.get_by_role("dialog").wait_for()


ACTS: dict[str, Callable[[Page, Path], None]] = {
    "": lambda _page, _files: None,
    "wrong_password": _act_wrong_password,
    "hidden_cell": _act_hidden_cell,
    "goal": _act_goal,
    "rescope": _act_rescope,
    "conversation": _act_conversation,
    "columns_of_other_names": _act_columns_of_other_names,
    "file_with_problems": _act_file_with_problems,
    "file_in_order": _act_file_in_order,
    "file_loaded": _act_file_loaded,
    "undo_asked": _act_undo_asked,
}


def write_files(database: Path, folder: Path) -> None:
    """Files of hours to bring in, for people of the demonstration and the week that runs: sound, with problems, renamed."""
    engine = make_engine(f"sqlite:///{database}", read_only=True)
    with engine.connect() as connection:
        there = select(Person.code).join(Assignment, Assignment.person_id == Person.id)
        codes = list(connection.scalars(there.where(Assignment.valid_to.is_(None)).order_by(Person.code).limit(240)))
    engine.dispose()
    week = monday_of(today()).isoformat()
    header = "person_id,week,contracted,leave,public_holiday,sickness,worked,note"
    rows = [
        f"{code},{week},40,{place % 3 * 4},0,0,{34 + place % 7},from the time sheet" for place, code in enumerate(codes)
    ]
    bad = [*rows, rows[3]]
    for place, (right, wrong) in {2: (",40,", ",forty,"), 5: (week, f"{week[:8]}32"), 9: (codes[9], "X9999")}.items():
        bad[place] = bad[place].replace(right, wrong, 1)
    renamed = "Personalnummer;Woche;Vertragsstunden;Urlaub;Feiertag;Krank;Stunden;Bemerkung"
    for name, lines in (
        ("hours.csv", [header, *rows]),
        ("hours-with-problems.csv", [header, *bad]),
        ("zeiten.csv", [renamed, *(row.replace(",", ";") for row in rows)]),
    ):
        (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")


@contextlib.contextmanager
def served(state: str, database: Path) -> Iterator[str]:
    """A server in a state, on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "EVENKEEL_DATABASE_URL": f"sqlite:///{database}",
        "EVENKEEL_SECRET_KEY": SECRET,
        "EVENKEEL_DEMO": "0" if state == "product" else "1",
        "EVENKEEL_OPERATIONS": "off",
        "EVENKEEL_NOTES_KEYS": "" if state == "product" else NOTES_KEY,
        "STATE": state if state in ("late", "slow", "failing") else "",
    }
    arguments = ["scripts.screens_server:app", "--port", str(port), "--log-level", "warning"]
    command = [sys.executable, "-m", "uvicorn", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310
                break
            time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def databases(folder: Path) -> dict[str, Path]:
    """One database for each state: the demonstration, one without people, one without tables."""
    demo, empty, bare = folder / "demo.db", folder / "empty.db", folder / "bare.db"
    engines = {path: make_engine(f"sqlite:///{path}") for path in (demo, empty, bare)}
    for path in (demo, empty):
        upgrade(engines[path])
    load_demo(engines[demo], as_of=today(), at=now(), seals=Seals([NOTES_KEY]))
    with engines[empty].begin() as connection:
        add_demo_accounts(connection, at=now(), on=today())
    for engine in engines.values():
        engine.dispose()  # the last connection puts everything into the one file that is copied
    copies = {state: folder / f"{state}.db" for state in ("product", "imports", "late", "slow", "failing")}
    for path in copies.values():
        shutil.copy(demo, path)
    return {"demo": demo, "empty": empty, "bare": bare, **copies}


def cookie_of(database: Path, who: str, state: str) -> str:
    """The id of a fresh session of an account."""
    limits = limits_of(Settings(secret_key=SECRET, session_hours=168, session_idle_minutes=1440))
    at = now()
    if state == "late":  # the server's clock is ahead: the session has to be in force there, too
        from datetime import timedelta

        at += timedelta(days=30)
    with make_engine(f"sqlite:///{database}").begin() as connection:
        code = issue_code(connection, account_id(connection, who), "pictures", limits, at)
        held = exchange(connection, code, "pictures", limits, at, browser="Chrome on Linux")
    assert held is not None
    return held


def take(browser: Browser, url: str, shot: Shot, cookie: str, files: Path, *, phone: bool, dark: bool) -> bytes:
    """The picture of a whole page, as PNG."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
        color_scheme="dark" if dark else "light",
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=1.5 if phone else 1,
        user_agent=PHONE if phone else None,
    )
    context.set_default_timeout(30_000)
    if cookie:
        context.add_cookies([{"name": "evenkeel_session", "value": cookie, "url": url, "httpOnly": True}])
    page = context.new_page()
    page.goto(url + shot.path)
    if shot.state == "slow":
        page.get_by_role("button", name="Dana Okafor").or_(
            page.locator("[data-testid=stExpandSidebarButton]")
        ).first.wait_for()
        page.wait_for_timeout(3000)  # a moment is no waiting: the grey field comes after half a second
    else:
        page.locator("h1, h2").first.wait_for()
        _settled(page)
        ACTS[shot.act](page, files)
        _settled(page)
    page.evaluate("document.fonts.ready")
    tall = "Math.max(...[...document.querySelectorAll('[data-testid=stMain]')].map(e => e.scrollHeight))"
    height = page.evaluate(tall)
    page.set_viewport_size({"width": 390 if phone else 1440, "height": max(int(height), 700)})
    page.wait_for_timeout(450)
    picture = page.screenshot()
    context.close()
    return picture


def _settled(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(500)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def store(picture: bytes, path: Path) -> None:
    """Keep a picture as it is, in the smallest form that loses nothing: colours here have meanings."""
    Image.open(io.BytesIO(picture)).convert("RGB").save(path, lossless=True, quality=60)


def main(wanted: list[str]) -> None:
    """Take all pictures, or those whose name begins with one of `wanted`."""
    shots = [shot for shot in SHOTS if not wanted or shot.name.startswith(tuple(wanted))]
    OUT.mkdir(parents=True, exist_ok=True)
    if not wanted:
        for old in OUT.glob("*.webp"):
            old.unlink()
    chromium = os.environ.get("EVENKEEL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="evenkeel-screens-") as temporary, sync_playwright() as driver:
        places = databases(Path(temporary))
        write_files(places["demo"], Path(temporary))
        browser = driver.chromium.launch(executable_path=chromium, args=["--disable-background-networking", *sandbox])
        for state in dict.fromkeys(shot.state for shot in shots):
            with served(state, places[state]) as url:
                for shot in (one for one in shots if one.state == state):
                    cookie = cookie_of(places[state], shot.who, state) if shot.who else ""
                    for phone in (False, True):
                        for dark in (False, True):
                            name = f"{shot.name}-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.webp"
                            picture = take(browser, url, shot, cookie, Path(temporary), phone=phone, dark=dark)
                            store(picture, OUT / name)
                            print(name, flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
