"""The database and the limits, as the routes of the server use them."""

from functools import cache

from sqlalchemy import Engine
from streamlit.runtime import exists, get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core.access.sessions import Limits, Session, limits_of, session_of
from core.calendar import now, today
from core.database.engine import make_engine
from core.intake.deliveries import may_import
from core.people.views import load_viewer
from core.settings import settings
from server.uploads import Uploads

MEGABYTE = 1024**2
FRAME = MEGABYTE  # what frames a file in the request that uploads it


@cache
def engine() -> Engine:
    """The engine of the routes; made with the first request."""
    return make_engine(settings().database_url)


def limits() -> Limits:
    """How long sessions last, and the secret that their hashes depend on."""
    return limits_of(settings())


def session_behind(session_id: str) -> Session | None:
    """The session in force that a cookie names, or None."""
    if not session_id:
        return None
    with engine().connect() as connection:
        return session_of(connection, session_id, limits(), now())


def may_upload(session: Session) -> bool:
    """Whether the account behind a session may bring files in, by the rule of the screen *Import*."""
    with engine().connect() as connection:
        viewer = load_viewer(connection, session.user_id, today())
    return viewer is not None and may_import(viewer)


@cache
def uploads() -> Uploads:
    """What people have uploaded to this server."""
    return Uploads(settings().upload_megabytes * MEGABYTE + FRAME, _let_go)


def _let_go(tab: str, file: str) -> None:
    storage = get_instance().uploaded_file_mgr if exists() else None
    if isinstance(storage, MemoryUploadedFileManager):
        storage.remove_file(tab, file)
