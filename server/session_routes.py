"""The two routes that only this product's own pages call: a code becomes a session cookie; a session ends.

Both take JSON from the same origin, which no form and no page of another site can send. A refusal never says why.
"""

import json
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.access.sessions import digest, end, exchange
from core.calendar import now
from server import answers, cookies, store

BEGIN, END = "/session/begin", "/session/end"
LARGEST = 1024  # bytes of a request


async def begin(request: Request) -> Response:
    """Exchange the code in the body for a session; 204 with the cookie, 403, or 503 when the database cannot be asked."""
    document = await _document(request)
    code = document.get("code") if document else None
    secure = request.url.scheme == "https"
    browser_id = cookies.read(request.cookies, cookies.BROWSER, secure=secure)
    if not isinstance(code, str) or not code or not code.isascii() or not browser_id:
        return Response(status_code=403)
    held = cookies.read(request.cookies, cookies.SESSION, secure=secure)
    label = cookies.browser_label(request.headers.get("user-agent", ""))
    try:
        session_id = await run_in_threadpool(_exchange, code, browser_id, held, label)
    except SQLAlchemyError as error:
        return answers.no_database(error)
    if session_id is None:
        return Response(status_code=403)
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    cookies.put(response, cookies.SESSION, session_id, secure=secure, kept=store.limits().life)
    return response


def _exchange(code: str, browser_id: str, held: str, label: str) -> str | None:
    with store.engine().begin() as connection:
        return exchange(connection, code, browser_id, store.limits(), now(), browser=label, replaces=held)


async def finish(request: Request) -> Response:
    """End the session of the cookie, if there is one, and take the cookie back; 204, or 503 when the database cannot be asked."""
    if await _document(request) is None:
        return Response(status_code=403)
    secure = request.url.scheme == "https"
    held = cookies.read(request.cookies, cookies.SESSION, secure=secure)
    if held:
        try:
            await run_in_threadpool(_end, held)
        except SQLAlchemyError as error:  # the session is still in force, so its cookie stays
            return answers.no_database(error)
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    cookies.drop(response, cookies.SESSION, secure=secure)
    return response


def _end(session_id: str) -> None:
    with store.engine().begin() as connection:
        end(connection, digest(session_id, store.limits(), "session"), now())


async def _document(request: Request) -> dict[str, Any] | None:
    """The JSON object of a request from our own pages; None for anything else."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return None
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # nested deeper than any page of ours sends
        return None
    return document if isinstance(document, dict) else None


ROUTES = [Route(BEGIN, begin, methods=["POST"]), Route(END, finish, methods=["POST"])]
