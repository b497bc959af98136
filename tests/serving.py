"""The real server in a process of its own, for tests that speak to it by browser or by wire."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = ("-m", "streamlit", "run", "app.py")


@dataclass(frozen=True)
class Served:
    """A running server: its address, where its database lies, and the process with its output."""

    url: str
    database_url: str
    process: "subprocess.Popen[str]"
    log: Path


@contextmanager
def serve(
    database_url: str,
    folder: Path,
    *,
    program: Sequence[str] = PRODUCT,
    options: Sequence[str] = (),
    port: int = 0,
    **environment: str,
) -> Iterator[Served]:
    """The product on `port` (0: a free one); `environment` holds its settings. Stopped at the end.

    program: what Python is told to run. It reads its standard input; the product does not.
    """
    port = port or free_port()
    log = folder / f"server-{port}.log"
    own = {name: value for name, value in os.environ.items() if not name.startswith("EVENKEEL_")}
    settings = {"EVENKEEL_DATABASE_URL": database_url, "EVENKEEL_OPERATIONS": "off", **environment}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *program, f"--server.port={port}", "--server.address=127.0.0.1", *options],
            cwd=ROOT,
            env={**own, **settings},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url, process, log)
        yield Served(url, database_url, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until_healthy(url: str, process: "subprocess.Popen[str]", log: Path) -> None:
    """Return when the server answers; fail with its output when it dies or stays silent for a minute."""
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")
