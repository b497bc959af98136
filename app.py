"""The ASGI application: the script it serves, its own routes, and what stands before both. Start it with `make run`."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.policy import read_policy
from core.settings import StartRefused, refuse_unsafe_start, settings
from server.gate import Gate
from server.headers import SecurityHeaders
from server.operations import lifespan
from server.session_routes import ROUTES


def _failed(error: Exception) -> bool:
    from pages.parts.states import failed

    return failed(error)


try:
    refuse_unsafe_start(settings())
    read_policy()
except (StartRefused, ValueError) as refusal:
    sys.exit(f"Evenkeel does not start. {refusal}")

app = st.App(
    Path(__file__).parent / "pages" / "_main.py",
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders), Middleware(Gate)],
    lifespan=lifespan,
    on_script_error=_failed,
)
