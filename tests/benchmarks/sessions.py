"""A hundred people at once: how long an interaction takes while everybody reads for half a minute between two of them.

Each tab is a WebSocket that behaves as the browser does: it opens a screen, waits, goes on to another screen, unit, measure or
span, and runs the fragments that the screen asks it to run by itself. Server and tabs share the cores of this machine.
"""

import asyncio
import random
import shutil
import statistics
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from core.access.accounts import account_id
from core.access.sessions import exchange, issue_code, limits_of
from core.calendar import now
from core.database.engine import make_engine
from core.settings import Settings
from tests.serving import serve

SESSIONS, THINK, MINUTES = 100, 30.0, 2.0
AIM = 1.0  # seconds, of 95 in 100 interactions
STREAM = "/_stcore/stream"
SHARES = {"employee": 60, "manager": 25, "leader": 10, "hr": 5}  # of a hundred tabs
PLACES: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "employee": (("my-week", {}), ("overview", {}), ("workload", {}), ("who-sees-what", {})),
    "manager": (("overview", {}), ("workload", {}), ("workload", {"metric": "meeting_hours"}), ("my-week", {})),
    "leader": (
        ("overview", {}),
        ("workload", {}),
        ("workload", {"weeks": "52"}),
        ("workload", {"metric": "after_hours_share"}),
        ("how-it-works", {}),
    ),
    "hr": (("overview", {}), ("workload", {"metric": "focus_hours"}), ("workload", {"weeks": "8"})),
}


@dataclass
class Told:
    """Seconds of interactions by screen, runs of fragments, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    fragments: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        """Every interaction."""
        return [each for found in self.seconds.values() for each in found]


@dataclass
class Tab:
    """One person's tab. `asked` is when the interaction under way began; `None` while they read."""

    socket: ClientConnection
    told: Told
    repeating: dict[str, float] = field(default_factory=dict)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """Take in what the server sends, as long as the line is open."""
        with suppress(ConnectionClosed):
            async for data in self.socket:
                message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                kind = message.WhichOneof("type")
                if kind == "auto_rerun":
                    self.repeating[message.auto_rerun.fragment_id] = message.auto_rerun.interval
                elif kind == "script_finished":
                    if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                        self.finished.set()
                elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
                    self.told.failures.append("script")

    async def go(self, screen: str, query: dict[str, str]) -> None:
        """Open a screen and wait until it is drawn."""
        asked = BackMsg()
        asked.rerun_script.page_name = screen
        asked.rerun_script.query_string = urlencode(query)
        self.finished.clear()
        began = perf_counter()
        await self.socket.send(asked.SerializeToString())
        try:
            await asyncio.wait_for(self.finished.wait(), 30)
        except TimeoutError:
            self.told.failures.append(screen)
            return
        self.told.seconds.setdefault(screen, []).append(perf_counter() - began)

    async def think(self, seconds: float) -> None:
        """Let time pass; run what the screen runs by itself meanwhile."""
        until = perf_counter() + seconds
        due = {name: perf_counter() + every for name, every in self.repeating.items()}
        while (left := until - perf_counter()) > 0:
            soonest = min(due.values(), default=until)
            await asyncio.sleep(max(0.0, min(left, soonest - perf_counter())))
            for name in [name for name, at in due.items() if at <= perf_counter()]:
                due[name] = perf_counter() + self.repeating.get(name, THINK)
                asked = BackMsg()
                asked.rerun_script.fragment_id = name
                await self.socket.send(asked.SerializeToString())
                self.told.fragments += 1


def cookies(database_url: str, who: str, count: int) -> list[str]:
    """Session ids of an account in a server in demonstration mode."""
    limits = limits_of(Settings(database_url=database_url, secret_key=""))
    engine = make_engine(database_url)
    found = []
    with engine.begin() as connection:
        user = account_id(connection, who)
        for number in range(count):
            code = issue_code(connection, user, f"bench{number}", limits, now())
            held = exchange(connection, code, f"bench{number}", limits, now(), browser="bench")
            assert held is not None
            found.append(held)
    engine.dispose()
    return found


async def _person(url: str, who: str, held: str, told: Told, end: float, chance: random.Random) -> None:
    await asyncio.sleep(chance.uniform(0, THINK))
    try:
        async with connect(
            url.replace("http", "ws", 1) + STREAM,
            origin=url,  # type: ignore[arg-type]
            subprotocols=["streamlit", "nothing"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"evenkeel_session={held}"},
            max_size=None,
            proxy=None,
            close_timeout=1,
        ) as socket:
            tab = Tab(socket, told)
            reading = asyncio.create_task(tab.read())
            while perf_counter() < end:
                await tab.go(*chance.choice(PLACES[who]))
                tab.repeating = {name: every for name, every in tab.repeating.items() if every}
                await tab.think(min(chance.expovariate(1 / THINK), max(0.0, end - perf_counter())))
            reading.cancel()
    except (OSError, ConnectionClosed) as lost:
        told.failures.append(type(lost).__name__)


async def _crowd(urls: list[str], held: dict[str, list[str]]) -> Told:
    told, chance = Told(), random.Random(7)  # noqa: S311  # nothing secret hangs on it
    end = perf_counter() + THINK + MINUTES * 60
    people = [(who, each) for who, ids in held.items() for each in ids]
    seeds = [random.Random(chance.random()) for _ in people]  # noqa: S311
    await asyncio.gather(
        *(
            _person(urls[place % len(urls)], who, each, told, end, own)
            for place, ((who, each), own) in enumerate(zip(people, seeds, strict=True))
        )
    )
    return told


def measure(demonstration: Path) -> None:
    """Print how long interactions take in a copy of the demonstration database (a SQLite file), by one server and by two."""
    for servers in (1, 2):
        _measure(demonstration, servers)


def _measure(demonstration: Path, servers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="evenkeel-sessions-") as folder:
        copy = Path(folder) / "demo.db"
        shutil.copy(demonstration, copy)
        url = f"sqlite:///{copy}"
        held = {who: cookies(url, who, share * SESSIONS // 100) for who, share in SHARES.items()}
        with ExitStack() as stack:
            running = [stack.enter_context(serve(url, Path(folder), EVENKEEL_DEMO="1")) for _ in range(servers)]
            processes = [psutil.Process(each.process.pid) for each in running]
            before = sum(sum(each.cpu_times()[:2]) for each in processes)
            began = perf_counter()
            told = asyncio.run(_crowd([each.url for each in running], held))
            took, busy = perf_counter() - began, sum(sum(each.cpu_times()[:2]) for each in processes) - before
            memory = sum(each.memory_info().rss for each in processes) / 2**20
    every = sorted(told.all)
    centiles = statistics.quantiles(every, n=100)
    print(
        f"\n{servers} server{'s' if servers > 1 else ''}, {SESSIONS} sessions, {THINK:g} s between interactions on average, "
        f"{took:.0f} s on {psutil.cpu_count()} cores: "
        f"{len(every)} interactions, {told.fragments} runs of fragments, {len(told.failures)} failures"
    )
    print(
        f"  seconds of an interaction: median {centiles[49]:.2f}, p95 {centiles[94]:.2f} (aim under {AIM:g}), "
        f"p99 {centiles[98]:.2f}, longest {every[-1]:.2f}"
    )
    for screen, found in sorted(told.seconds.items()):
        print(
            f"    {screen:<14} {len(found):>4} times, median {statistics.median(found):.2f}, longest {max(found):.2f}"
        )
    print(f"  serving used {busy / took:.0%} of one core, and {memory:,.0f} MiB")
