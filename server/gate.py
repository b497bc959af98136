"""What is decided before a request reaches a screen: which browser it is, and what nobody gets without a session."""

from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.config import get_option

from core.access.sessions import new_secret
from server import answers, cookies, store
from server.messages import judged

# Files made for a signed-in person (downloads, pictures), and uploads.
UPLOADS = "/_stcore/upload_file/"
SIGNED_IN_ONLY = ("/media/", UPLOADS)
TOO_MUCH = "Too much is being uploaded at once. Wait until it is there, then upload one file after the other."
# For whoever operates the server; they answer on the listener of `server.operations`, never here.
NOT_HERE = ("/metrics", "/readyz", "/_stcore/metrics")


class Gate:
    """Middleware: refuses files and clicks without a session, hides the operator's pages, and names the browser."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`. All addresses lie below the base path that Streamlit is told, if any."""
        self.app = app
        base = str(get_option("server.baseUrlPath") or "").strip("/")
        self.base = f"/{base}" if base else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer here, or pass the request on and add the browser's cookie to a page that has none."""
        if scope["type"] == "websocket":
            await self.app(scope, judged(receive, self._session_of_tab(scope)), send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        # the path that routes are found by: the one in `request.url` also depends on the Host that the client names
        path, secure = _routed(scope).removeprefix(self.base), scope.get("scheme") == "https"
        if path.rstrip("/") in NOT_HERE:
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
            return
        if path.startswith(SIGNED_IN_ONLY):
            await self._file(request, path, secure, send)
            return
        if not self._needs_a_name(request, secure):
            await self.app(scope, receive, send)
            return
        carrier = Response()
        cookies.put(carrier, cookies.BROWSER, new_secret(), secure=secure, kept=cookies.BROWSER_KEPT)
        named = [(key, value) for key, value in carrier.raw_headers if key == b"set-cookie"]

        async def send_with_name(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *named]}
            await send(message)

        await self.app(scope, receive, send_with_name)

    async def _file(self, request: Request, path: str, secure: bool, send: Send) -> None:
        """Pass on what is for the signed-in only, and uploads from those who may import."""
        held = cookies.read(request.cookies, cookies.SESSION, secure=secure)
        session, refused = None, None
        try:
            session = await run_in_threadpool(store.session_behind, held)
            if session is None:
                refused = PlainTextResponse("Sign in first.", status_code=403)
            elif path.startswith(UPLOADS) and not await run_in_threadpool(store.may_upload, session):
                refused = PlainTextResponse("This account brings no files in.", status_code=403)
        except SQLAlchemyError as error:
            refused = answers.no_database(error)
        if refused is not None or session is None:
            await (refused or Response(status_code=403))(request.scope, request.receive, send)
        elif path.startswith(UPLOADS):
            await self._upload(request, path, session.user_id, send)
        else:
            await self.app(request.scope, request.receive, send)

    async def _upload(self, request: Request, path: str, person: int, send: Send) -> None:
        """Pass an upload on, unless it is too large or the person has too much under way."""
        uploads = store.uploads()
        receive = _at_most(request.receive, uploads.largest)
        tab, _, file = path.removeprefix(UPLOADS).partition("/")
        if request.method != "PUT":
            await self.app(request.scope, receive, send)
            return
        announced = request.headers.get("content-length", "")
        told = (
            announced.isdecimal() and "transfer-encoding" not in request.headers
        )  # in pieces, the length says nothing
        size = min(int(announced), uploads.largest) if told else uploads.largest
        upload = uploads.begin(person, tab, file, size)
        if upload is None:
            await PlainTextResponse(TOO_MUCH, status_code=429)(request.scope, receive, send)
            return
        try:
            await self.app(request.scope, receive, send)
        finally:
            uploads.arrived(upload)

    @staticmethod
    def _session_of_tab(scope: Scope) -> Callable[[], Awaitable[bool]]:
        """Asks whether the session with which a tab connected is in force now."""
        sent = HTTPConnection(scope).cookies
        held = cookies.read(sent, cookies.SESSION, secure=cookies.over_https(sent))

        async def in_force() -> bool:
            try:
                return await run_in_threadpool(store.session_behind, held) is not None
            except SQLAlchemyError:  # the screen itself says what is wrong with the database
                return False

        return in_force

    @staticmethod
    def _needs_a_name(request: Request, secure: bool) -> bool:
        """A page (not a script, a font or a probe) that comes without the cookie."""
        wants_page = "text/html" in request.headers.get("accept", "")
        return (
            request.method == "GET" and wants_page and not cookies.read(request.cookies, cookies.BROWSER, secure=secure)
        )


def _routed(scope: Scope) -> str:
    """The path below the one that the server was started under, as routes see it."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _at_most(receive: Receive, largest: int) -> Receive:
    """`receive` of a request, broken off as if the browser had gone as soon as its body is larger than `largest` bytes."""
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= largest else {"type": "http.disconnect"}

    return counting
