"""What screens load. Every cache is keyed by plain values, the viewer's scope among them, and forgets within seconds."""

import logging
from datetime import date, datetime
from threading import Thread

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from core.access.accounts import Credential, credential_for
from core.access.sessions import Limits, Session, end, issue_code, limits_of, seen, session_of, tidy
from core.access.viewer import Viewer
from core.calendar import now, today
from core.database.engine import make_engine
from core.database.schema import Schema
from core.people.views import load_viewer
from core.policy import Policy, read_policy
from core.readiness import schema_of
from core.settings import settings
from core.workload.board import WorkloadBoard, WorkloadFilters
from core.workload.release import finish_pending
from core.workload.views import workload_board


@st.cache_resource(show_spinner=False)
def reading() -> Engine:
    """The engine of everything that only reads."""
    return make_engine(settings().database_url, read_only=True)


@st.cache_resource(show_spinner=False)
def writing() -> Engine:
    """The engine of the few things that a screen writes."""
    return make_engine(settings().database_url)


@st.cache_resource(show_spinner=False)
def policy() -> Policy:
    """The policy in force since the server was started."""
    return read_policy()


def schema() -> Schema:
    """What the schema of the database is to this code."""
    with reading().connect() as connection:
        return schema_of(connection)


@st.cache_resource(ttl=3600, show_spinner=False)
def finished_releases() -> bool:
    """When a page is opened, at most once an hour: close weeks that are due, finish what a kill left pending, tidy sessions.

    In the background: nobody waits for it, and its failure never keeps a screen from being drawn.
    """
    Thread(target=_finish, args=(writing(), policy()), daemon=True, name="releases").start()
    return True


def _finish(engine: Engine, rules: Policy) -> None:
    try:
        from core.intake.history import drop_outdated
        from core.rhythm.release import finish_quarters

        with engine.begin() as connection:
            tidy(connection, now())
            drop_outdated(connection, policy=rules, as_of=today())
        finish_pending(engine, policy=rules, as_of=today(), at=now(), actor="server")
        finish_quarters(engine, policy=rules, as_of=today(), at=now(), actor="server")
    except Exception:
        logging.getLogger("evenkeel").exception("Weeks that are due could not be released; they stay pending.")


def limits() -> Limits:
    """How long sessions last."""
    return limits_of(settings())


def session(session_id: str, at: datetime) -> Session | None:
    """The session in force behind a cookie, asked of SQL every time: one row by its key."""
    with reading().connect() as connection:
        return session_of(connection, session_id, limits(), at)


def session_seen(id_hash: str, at: datetime) -> None:
    """Write down that a session was used. When the database is busy, the next use will do."""
    try:
        with writing().begin() as connection:
            seen(connection, id_hash, at)
    except SQLAlchemyError:
        logging.getLogger("evenkeel").info("The use of a session could not be written down; the next one will be.")


def end_session(id_hash: str, at: datetime) -> None:
    """End a session."""
    with writing().begin() as connection:
        end(connection, id_hash, at)


def sign_in_code(user_id: int, browser_id: str, at: datetime) -> str:
    """A code with which the browser may fetch its session, once and within a minute."""
    with writing().begin() as connection:
        return issue_code(connection, user_id, browser_id, limits(), at)


@st.cache_data(ttl=10, max_entries=2000, show_spinner=False)
def viewer(*, user_id: int, valid_from: datetime, on: date) -> Viewer | None:
    """The account as a viewer; None when it is inactive or gone. What the roster says is ten seconds old at most.

    `valid_from` moves with every change of password, roles or state, so that none of them is ever shown late.
    """
    with reading().connect() as connection:
        found = load_viewer(connection, user_id, on)
    return found if found is not None and found.sessions_from == valid_from else None


@st.cache_data(ttl=60, max_entries=300, show_spinner=False)
def workload(
    *,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    own_unit: str,
    unit: str | None,
    metric: str | None,
    weeks: int,
    until: date | None,
    as_of: date,
) -> WorkloadBoard:
    """The workload of one level of the tree for everybody of this scope; a minute old at most.

    The view is asked by a viewer who is nothing but the scope, so that no entry can hold more than its key says.

    Raises:
        NoPermission: the unit is out of scope, or the scope is empty.
    """
    scope = Viewer(id=0, name="", display_name="", roles=roles, units=units, own_unit=own_unit)
    filters = WorkloadFilters(unit=unit, metric=metric, weeks=weeks, until=until)
    with reading().connect() as connection:
        return workload_board(connection, scope, filters, policy=policy(), as_of=as_of)


def credential(typed: str) -> Credential:
    """What to check a password against; for an unknown name something of equal cost that nothing matches."""
    with reading().connect() as connection:
        return credential_for(connection, typed)
