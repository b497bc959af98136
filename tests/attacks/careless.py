"""Copies of the product in which one rule is broken on purpose, so that every attack is shown to work where a rule is missing.

In the process of a test: `with broken("scope"):`. As a server: `python -m tests.attacks.careless --server.port=...` serves the
product and breaks whatever rule it reads from its standard input, one a line; an empty line mends everything.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import pandas as pd
from sqlalchemy import Connection, select, true, update

from tests.attacks.target import EVE

Patches = Mapping[str, Any]


def _sessions_live_for_ever() -> Patches:
    from core.access import sessions
    from core.access.tables import User, UserSession

    def in_force(connection: Connection, limits: object, at: object, which: Any) -> list[sessions.Session]:
        columns = (UserSession, User.sessions_valid_from)
        found = connection.execute(select(*columns).join(User, User.id == UserSession.user_id).where(which))
        names = ("id_hash", "user_id", "created_at", "last_seen_at", "expires_at", "browser", "sessions_valid_from")
        return [sessions.Session(*(row[name] for name in names)) for row in found.mappings()]

    return {"core.access.sessions._in_force": in_force}


def _anybody_is_a_leader() -> Patches:
    from core.access.viewer import Viewer

    lena = Viewer(id=1, name="lena", display_name="Lena", roles=("leader",), units=("Acorn",))
    return {"pages.parts.session.viewer": lambda: lena, "pages.parts.session.watch": lambda: None}


def _one_browser() -> Patches:
    from core.access.sessions import digest, exchange
    from core.access.tables import SignInCode

    def anywhere(connection: Connection, code: str, browser_id: str, limits: Any, *values: Any, **options: Any) -> Any:
        connection.execute(update(SignInCode).values(browser_hash=digest(browser_id, limits, "browser")))
        return exchange(connection, code, browser_id, limits, *values, **options)

    return {"server.session_routes.exchange": anywhere}


def _codes_again_and_again() -> Patches:
    from core.access.sessions import exchange
    from core.access.tables import SignInCode

    def again(connection: Connection, *values: Any, **options: Any) -> str | None:
        connection.execute(update(SignInCode).values(used_at=None))
        return exchange(connection, *values, **options)

    return {"server.session_routes.exchange": again}


def _old_ids_stay() -> Patches:
    from core.access.sessions import exchange

    def beside(connection: Connection, *values: Any, **options: Any) -> str | None:
        return exchange(connection, *values, **{**options, "replaces": ""})

    return {"server.session_routes.exchange": beside}


def _any_json() -> Patches:
    async def read(request: Any) -> dict[str, Any]:
        body = (await request.body()).decode("utf-8", "replace")
        try:
            return dict(json.loads(body))
        except (ValueError, TypeError):
            return {"code": body.partition("=")[2]}

    return {"server.session_routes._document": read}


def _whatever_json() -> Patches:
    async def read(request: Any) -> Any:
        return json.loads(await request.body())

    return {"server.session_routes._document": read}


def _every_unit() -> Patches:
    def everything(*_: object, **__: object) -> Any:
        return true()

    return {f"core.people.{module}.units_in_scope": everything for module in ("views", "scope")}


def _rows_of_eve() -> Patches:
    return {"core.people.scope.only_own": lambda _viewer, code: code == EVE}


def _one_cache() -> Patches:
    from pages.parts import loaders

    entries: dict[Any, Any] = {}
    right = loaders.workload

    def careless(*, roles: Any, units: Any, own_unit: Any, **filters: Any) -> Any:
        key = tuple(sorted(filters.items(), key=str))
        if key not in entries:
            entries[key] = right(roles=roles, units=units, own_unit=own_unit, **filters)
        return entries[key]

    return {"pages.parts.loaders.workload": careless}


def _raw(connection: Connection) -> dict[tuple[str, str, Any], float]:
    from core.workload.tables import WorkloadRollup as Rollup

    rows = connection.execute(select(Rollup.cell_id, Rollup.measure, Rollup.week, Rollup.numerator, Rollup.denominator))
    return {(row.cell_id, row.measure, row.week): row.numerator / (row.denominator or 1) for row in rows}


def _unprotected() -> Patches:
    from core.privacy.views import published

    def raw(connection: Connection, area: str, measure: str, *values: Any) -> pd.DataFrame:
        frame = published(connection, area, measure, *values)
        known = _raw(connection)
        keys = zip(frame["cell_id"], [measure] * len(frame), frame["period"], strict=True)
        return frame.assign(status="shown", value=[known.get(key) for key in keys], qualifier="", share_class=None)

    return {"core.workload.views.published": raw}


def _leaves(change: Callable[[pd.DataFrame, dict[Any, float], str], pd.DataFrame]) -> Callable[..., Any]:
    """A board whose cells were changed by `change` after everything was decided."""
    from dataclasses import replace

    from core.workload.views import workload_board

    def careless(connection: Connection, *values: Any, **options: Any) -> Any:
        board = workload_board(connection, *values, **options)
        return replace(board, cells=change(board.cells, _raw(connection), board.metric.id))

    return careless


def _value_under_the_hatch() -> Patches:
    def keep(cells: pd.DataFrame, raw: dict[Any, float], measure: str) -> pd.DataFrame:
        keys = zip(cells["key"], [measure] * len(cells), cells["week"], strict=True)
        return cells.assign(value=[raw.get(key) for key in keys])

    careless = _leaves(keep)
    return {"pages.parts.loaders.workload_board": careless, "core.cli.workload.workload_board": careless}


def _tooltip() -> Patches:
    from core.workload.figures import heatmap
    from core.workload.tables import WorkloadRollup as Rollup

    def telling(board: Any, **options: Any) -> Any:
        from pages.parts import loaders

        figure = heatmap(board, **options)
        with loaders.reading().connect() as connection:
            rows = connection.execute(select(Rollup.cell_id, Rollup.numerator, Rollup.denominator)).all()
        figure.update_traces(hovertext=[f"{row.cell_id}: {row.numerator / (row.denominator or 1)}" for row in rows])
        return figure

    return {"pages.parts.heat.heatmap": telling}


def _formulas() -> Patches:
    return {"core.workload.board.neutralise": lambda text: text}


def _unknown_is_cheap() -> Patches:
    from core.access.accounts import Credential, credential_for

    def cheap(connection: Connection, typed: str) -> Credential:
        found = credential_for(connection, typed)
        return found if found.user_id is not None else Credential(None, "nobody", "")

    return {"pages.parts.loaders.credential_for": cheap}


def _never_wait() -> Patches:
    return {"core.access.sessions.wait_seconds": lambda *_: 0}


def _count_afterwards() -> Patches:
    from core.access.accounts import record_attempt, wait_seconds

    def asked(connection: Connection, typed: str, address: str, at: Any) -> int | None:
        return 0 if wait_seconds(connection, typed, address, at) <= 0 else None

    def late(typed: str, address: str, at: Any) -> None:
        from pages.parts import loaders

        with loaders.writing().begin() as connection:
            record_attempt(connection, typed, address, at, succeeded=False)

    return {"pages.parts.sign_in.admitted": asked, "tests.attacks.test_passwords.AFTERWARDS": late}


RULES: dict[str, Callable[[], Patches]] = {
    "revocation": _sessions_live_for_ever,
    "guard": _anybody_is_a_leader,
    "one browser for a code": _one_browser,
    "a code counts once": _codes_again_and_again,
    "a new sign-in ends the old id": _old_ids_stay,
    "own pages only": _any_json,
    "shape of a request": _whatever_json,
    "scope": _every_unit,
    "own rows": _rows_of_eve,
    "cache by scope": _one_cache,
    "protected cells": _unprotected,
    "hidden has no value": _value_under_the_hatch,
    "nothing in the tooltip": _tooltip,
    "no formulas in files": _formulas,
    "files": lambda: {"server.gate.SIGNED_IN_ONLY": ("/nothing/",)},
    "uploads": lambda: {"server.gate.UPLOADS": "/nothing/"},
    "room for uploads": lambda: {"server.uploads.MOST_OF_LARGEST": 1_000, "server.uploads.MOST_FILES": 1_000},
    "operator's pages": lambda: {"server.gate.NOT_HERE": ()},
    "messages": lambda: {"server.gate.judged": lambda receive, _: receive},
    "origin": lambda: {"streamlit.web.server.starlette.starlette_websocket._is_origin_allowed": lambda *_: True},
    "unknown costs the same": _unknown_is_cheap,
    "pauses": _never_wait,
    "counted before compared": _count_afterwards,
}


@contextmanager
def broken(*rules: str) -> Iterator[None]:
    """While open, the named rules are broken in this process. Nothing cached survives either end."""
    import streamlit as st

    with ExitStack() as stack:
        for rule in rules:
            for name, value in RULES[rule]().items():
                stack.enter_context(patch(name, value))
        st.cache_data.clear()
        yield
    st.cache_data.clear()


@cache
def _applied() -> list[ExitStack]:
    return []


def obey() -> None:
    """Break what is asked for on standard input; say so on standard output."""
    for count, line in enumerate(sys.stdin, start=1):
        while _applied():
            _applied().pop().close()
        stack = ExitStack()
        stack.enter_context(broken(*filter(None, [line.strip()])))
        _applied().append(stack)
        sys.stdout.write(f"\napplied {count}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    from threading import Thread

    from streamlit.web.cli import main

    Thread(target=obey, daemon=True).start()
    sys.argv = ["streamlit", "run", "app.py", *sys.argv[1:]]
    main()
