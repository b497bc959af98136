"""Asks an ASGI application without a network: one request, one answer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp, Message

from tests.answers import Answer


def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    scheme: str = "http",
    root: str = "",
    **headers: str,
) -> Answer:
    """Send one request; header names are written with underscores. root: the path that the server was started under."""
    sent: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": root,
        "headers": [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.9", 1234),
        "server": ("testserver", 80),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as own:  # a loop of its own, whatever else this process has running
        own.submit(asyncio.run, app(scope, receive, send)).result()
    lines = ((name.decode(), value.decode()) for name, value in sent[0]["headers"])
    return Answer.of(sent[0]["status"], lines, b"".join(part.get("body", b"") for part in sent[1:]))
