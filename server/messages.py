"""What a tab may send: requests to run a screen; without a session in force, nothing beyond the sign-in form.

Streamlit runs callbacks and fragments before, or without, the script whose first line is the guard. They hold what they were
drawn with. So the question whether the session is in force is asked here, before a message reaches them.
"""

import logging
import re
from collections.abc import Awaitable, Callable

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

log = logging.getLogger("evenkeel")
RUN = "rerun_script"
ALWAYS = {RUN, "stop_script", "app_heartbeat"}
IN_SESSION = ALWAYS | {"backend_operation_request", "file_urls_request"}
# Keys of what the sign-in screen is made of. A click on anything else is a click on something drawn for somebody.
SIGN_IN = re.compile(
    r"^\$\$(?:STREAMLIT_INTERNAL_KEY_)?\S*-(?:sign_in_name|sign_in_password|FormSubmitter:sign_in-Sign in|enter_as_\w+|"
    r"session_begin|session_end)(?:__events)?$"
)


def passed_on(data: bytes, *, in_force: bool) -> bytes | None:
    """The message as the application may get it; None when it may not. `in_force`: whether the tab's session is.

    What cannot be read goes through: Streamlit ends such a connection.
    """
    asked = BackMsg()
    try:
        asked.ParseFromString(data)
    except DecodeError:
        return data
    kind = asked.WhichOneof("type")
    if kind not in (IN_SESSION if in_force else ALWAYS):
        log.info("A tab sent %s, which no screen asks for; it was dropped.", kind)
        return None
    if in_force or kind != RUN:
        return data
    asked.rerun_script.fragment_id = ""
    own = [state for state in asked.rerun_script.widget_states.widgets if SIGN_IN.match(state.id)]
    kept = [type(state).FromString(state.SerializeToString()) for state in own]
    del asked.rerun_script.widget_states.widgets[:]
    asked.rerun_script.widget_states.widgets.extend(kept)
    return bytes(asked.SerializeToString())


def judged(receive: Receive, in_force: Callable[[], Awaitable[bool]]) -> Receive:
    """`receive` of a WebSocket, with every message judged as it comes; `in_force` asks whether the session is."""

    async def judging() -> Message:
        while True:
            message = await receive()
            data = message.get("bytes")
            if message["type"] != "websocket.receive" or not data:
                return message
            passed = passed_on(data, in_force=await in_force())
            if passed is not None:
                return {**message, "bytes": passed}

    return judging
