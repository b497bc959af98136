"""Speaks to the server as a browser does, without one: requests as raw as they come, and Streamlit's messages by WebSocket."""

import base64
import http.client
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import pyarrow as pa
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from server.cookies import BROWSER, SESSION
from tests.answers import Answer

STREAM = "/_stcore/stream"
PATIENCE = 8.0  # seconds that an answer may take
NUMBER = re.compile(r"(?<![\w.#-])-?\d+(?:\.\d+)?")


# parts of a chart's traces that carry what it shows, and elements that say nothing of it themselves
CHARTED = ("x", "y", "z", "text", "hovertext", "hovertemplate", "customdata", "meta", "name", "ids", "base", "values")
UNSAID = ("plotly_chart", "html", "imgs", "space")


def numbers(text: str) -> list[float]:
    """Every number in a text."""
    return [float(found) for found in NUMBER.findall(text)]


def ask(url: str, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Send one request whose path is not touched; header names are written with underscores."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        own_host = "host" in {name.lower() for name in headers}
        connection.putrequest(method, path, skip_host=own_host, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer.of(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def cookie(session: str = "", browser: str = "") -> str:
    """A Cookie header of what a browser holds."""
    held = {SESSION: session, BROWSER: browser}
    return "; ".join(f"{name}={value}" for name, value in held.items() if value)


@dataclass
class Seen:
    """Everything that one run of a page sent: messages, as they came."""

    messages: list[ForwardMsg] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Every text and number in the page source: labels, specifications of charts, tables, data of components."""
        return "\n".join(piece for message in self.messages for piece in pieces(message))

    @property
    def measured(self) -> list[float]:
        """Every number in what is said, tabulated and charted; not the sizes and colours of the drawing."""
        said = [json.dumps(list(pieces(content))) for kind, content in self.elements() if kind not in UNSAID]
        charts = [json.loads(content.spec)["data"] for kind, content in self.elements() if kind == "plotly_chart"]
        drawn = [trace.get(name) for traces in charts for trace in traces for name in CHARTED]
        return numbers("\n".join([*said, *_arrays(drawn), json.dumps(drawn)]))

    def elements(self) -> Iterator[tuple[str, Any]]:
        """Kind and content of every element drawn."""
        for message in self.messages:
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                kind = element.WhichOneof("type")
                if kind:
                    yield kind, getattr(element, kind)

    def widget(self, key: str) -> str:
        """The id of the widget with a key."""
        return next(found for _, found in self.widgets() if found.endswith(f"-{key}"))

    def widgets(self) -> list[tuple[str, str]]:
        """Kind and id of everything that can be clicked, typed into or chosen."""
        return [(kind, content.id) for kind, content in self.elements() if getattr(content, "id", "")]

    def fragments(self) -> set[str]:
        """Ids of the fragments that can be run by themselves."""
        found = {message.delta.fragment_id for message in self.messages if message.WhichOneof("type") == "delta"}
        found |= {message.auto_rerun.fragment_id for message in self.messages if message.HasField("auto_rerun")}
        return found - {""}

    def files(self) -> set[str]:
        """Addresses of files made for this page."""
        return set(re.findall(r"/media/[\w.-]+", self.text))


def pieces(message: Message) -> Iterator[str]:
    """Every text and number below a message; JSON, Arrow tables and packed arrays are opened."""
    for descriptor, value in message.ListFields():
        for one in value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]:
            if isinstance(one, Message):
                yield from pieces(one)
            elif isinstance(one, Mapping) or hasattr(one, "items"):
                for inner in one.values():
                    yield from pieces(inner) if isinstance(inner, Message) else [str(inner)]
            elif isinstance(one, bytes):
                yield from _opened(one)
            elif isinstance(one, str):
                yield from _unpacked(one)
            elif isinstance(one, float):
                yield repr(one)
            elif descriptor.name in ("value", "default", "number"):
                yield str(one)


def _opened(packed: bytes) -> Iterator[str]:
    try:
        table = pa.ipc.open_stream(io.BytesIO(packed)).read_all()
    except (pa.ArrowInvalid, OSError):
        yield packed.decode("utf-8", "replace")
        return
    for name in table.column_names:
        yield name
        yield from (str(one) for one in table.column(name).to_pylist())


def _unpacked(text: str) -> Iterator[str]:
    yield text
    if "bdata" in text:
        yield from _arrays(json.loads(text))


def _arrays(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if "bdata" in found:
            packed = base64.b64decode(found["bdata"])
            yield from (repr(one) for one in np.frombuffer(packed, dtype=found["dtype"]).tolist())
        for one in found.values():
            yield from _arrays(one)
    elif isinstance(found, list):
        for one in found:
            yield from _arrays(one)


class Tab:
    """One WebSocket to the server, and what was last drawn in it. Use it in a `with`."""

    def __init__(
        self, url: str, cookies: str = "", *, origin: str | None = "own", resume: str = "", **headers: str
    ) -> None:
        self.url = url
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookies:
            sent["Cookie"] = cookies
        self._open = ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(
                url.replace("http", "ws", 1) + STREAM,
                origin=url if origin == "own" else origin,  # type: ignore[arg-type]
                subprotocols=["streamlit", "nothing", *([resume] if resume else [])],  # type: ignore[list-item]
                additional_headers=sent,
                max_size=None,
                open_timeout=PATIENCE,
                close_timeout=0.2,  # what was not read is not worth waiting for
                proxy=None,
            )
        )
        self.session_id = ""
        self.seen = Seen()

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket; the server keeps the tab for a while."""
        self._open.close()

    def send(self, message: BackMsg) -> None:
        """Send a message, whatever it is."""
        self._socket.send(message.SerializeToString())

    def run(
        self, page: str = "", *, fragment: str = "", widgets: Mapping[str, Any] | None = None, **query: str
    ) -> Seen:
        """Ask for a run and return what it sent."""
        self.ask(page, fragment=fragment, widgets=widgets, **query)
        self.seen = self.read()
        return self.seen

    def ask(
        self, page: str = "", *, fragment: str = "", widgets: Mapping[str, Any] | None = None, **query: str
    ) -> None:
        """Ask for a run. widgets: id -> True (a click), a text, or a dict (what a component reports)."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = urlencode(query)
        asked.rerun_script.fragment_id = fragment
        for name, value in (widgets or {}).items():
            state = asked.rerun_script.widget_states.widgets.add(id=name)
            if value is True:
                state.trigger_value = True
            elif isinstance(value, str):
                state.string_value = value
            else:
                state.json_trigger_value = json.dumps(value)
        self.send(asked)

    def send_bytes(self, data: bytes) -> None:
        """Send anything."""
        self._socket.send(data)

    def read(self, patience: float = PATIENCE) -> Seen:
        """What comes until a run has finished. A run that begins another one (a new page, a rerun) is not the end."""
        seen = Seen()
        waiting, end = patience, monotonic() + patience
        while monotonic() < end:
            try:
                message = ForwardMsg.FromString(self._socket.recv(timeout=waiting))  # type: ignore[arg-type]
            except TimeoutError:
                return seen
            seen.messages.append(message)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id
                waiting = PATIENCE
            elif kind == "script_finished":
                early = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
                waiting = PATIENCE if early else 0.05
        return seen
