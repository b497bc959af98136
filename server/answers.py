"""What the routes answer when the database cannot be asked: plain words as on the screens, and the reason in the log."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import PlainTextResponse

from core.database.faults import fault_of
from core.settings import settings

log = logging.getLogger("evenkeel")


def no_database(error: SQLAlchemyError) -> PlainTextResponse:
    """503 with what is wrong, as far as it is a failure of the database.

    Raises:
        SQLAlchemyError: it is a defect and no failure; then `error` itself.
    """
    fault = fault_of(error, settings().database_url)
    if fault is None:
        raise error
    log.error("%s", fault.reason)
    return PlainTextResponse(
        f"{fault.title}. {fault.text}", status_code=503, headers={"Cache-Control": "no-store", "Retry-After": "10"}
    )
