"""The product in a state that is hard to meet: late data, a slow answer, a failure. For the pictures in docs/screens only.

Started as `uvicorn scripts.screens_server:app` with STATE in the environment. It patches what the product imports, before the
product is imported; the product itself knows nothing of it.
"""

import os
import time
from datetime import timedelta
from typing import Any, NoReturn

from core import calendar
from core.workload import views

STATE = os.environ.get("STATE", "")


def _late() -> None:
    """The clock of the server is a month ahead of the newest data."""
    now, today = calendar.now, calendar.today
    calendar.now = lambda: now() + timedelta(days=30)
    calendar.today = lambda: today() + timedelta(days=30)


def _slow() -> None:
    """Every question to the workload takes a minute."""
    ask = views.workload_board

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(60)
        return ask(*args, **kwargs)

    views.workload_board = slowly


def _failing() -> None:
    """Every question to the workload fails."""

    def fails(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise RuntimeError("the picture of a failure")

    views.workload_board = fails


{"late": _late, "slow": _slow, "failing": _failing, "": lambda: None}[STATE]()

from app import app  # noqa: E402, F401
