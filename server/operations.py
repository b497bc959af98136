"""The operator's listener: /readyz and /metrics on an address of their own, off the path that the public reaches."""

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.calendar import now, today
from core.policy import read_policy
from core.readiness import Readiness, readiness
from core.settings import settings
from server import counters, leftovers, store

log = logging.getLogger("evenkeel")


def _asked() -> Readiness:
    found = readiness(store.engine(), policy=read_policy(), limits=store.limits(), as_of=today(), at=now())
    counters.READY.set(int(found.ready))
    counters.PENDING.set(max(found.pending, 0))
    counters.SESSIONS.set(found.sessions)
    if found.newest is not None:
        counters.AGE.set((today() - (found.newest + timedelta(days=6))).days)
    return found


async def readyz(_request: Request) -> Response:
    """200 when fit to serve, else 503; says what of database, migrations and releases is not in order."""
    found = await run_in_threadpool(_asked)
    document = {
        "ready": found.ready,
        "database": "ok" if found.database else "does not answer",
        "migrations": {"found": found.schema, "needed": found.needed},
        "release_pending": found.pending if found.pending >= 0 else None,
    }
    return JSONResponse(document, status_code=200 if found.ready else 503)


async def metrics(_request: Request) -> Response:
    """Counts and durations for Prometheus."""
    await run_in_threadpool(_asked)
    return Response(counters.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


application = Starlette(routes=[Route("/readyz", readyz), Route("/metrics", metrics)])


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """While the server runs, what removes forgotten uploads and the listener run beside it.

    A taken address is logged; the screens are served all the same.
    """
    swept = leftovers.repeat(leftovers.remove_forgotten, leftovers.CHECKED, "leftovers")
    try:
        async with _listening(_bound(settings().operations)):
            yield
    finally:
        swept.set()


@asynccontextmanager
async def _listening(listener: socket.socket | None) -> AsyncIterator[None]:
    if listener is None:
        yield
        return
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False, lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="operations")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        await run_in_threadpool(thread.join, 5)


def _bound(address: str) -> socket.socket | None:
    if address == "off":
        return None
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen()  # two may bind; only one may listen
    except (OSError, OverflowError) as taken:
        log.warning("/readyz and /metrics do not answer: %s is not free (%s). Set EVENKEEL_OPERATIONS.", address, taken)
        return None
    return listener
