"""Writing about a goal from a screen: one transaction, and what came of it, with everything that was typed kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core.access.refusals import Refused
from core.database.faults import fault_of
from core.goals.history import ChangedMeanwhile
from core.goals.terms import TermRefused
from core.settings import settings
from pages.parts import loaders


@dataclass(frozen=True)
class Outcome:
    """What came of it. errors: field -> why it was refused ('' for what concerns no single field). conflict: both versions."""

    value: Any = None
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: ChangedMeanwhile | None = None

    @property
    def done(self) -> bool:
        """Whether it was written."""
        return not self.errors and self.conflict is None


def attempt(write: Callable[[Connection], Any]) -> Outcome:
    """Run `write` in a transaction of its own. Refusals, conflicts and a database that fails are told and never raised."""
    try:
        with loaders.writing().begin() as connection:
            return Outcome(write(connection))
    except ChangedMeanwhile as conflict:
        return Outcome(conflict=conflict)
    except TermRefused as reason:
        return Outcome(errors={reason.field: str(reason)})
    except Refused as reason:
        return Outcome(errors={"": str(reason)})
    except SQLAlchemyError as error:
        fault = fault_of(error, settings().database_url)
        if fault is None:
            raise
        return Outcome(errors={"": f"{fault.title}. {fault.text} What you wrote is kept; save again."})
