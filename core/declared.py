"""Every table of the house in one place, for what treats all of them alike: the check of the schema, and backups."""

from sqlalchemy import MetaData

from core.access.tables import User
from core.database.base import Base
from core.goals.tables import GoalRow
from core.intake.tables import HeaderMap
from core.people.tables import OrgUnit
from core.privacy.tables import PolicyVersion
from core.rhythm.tables import Pair
from core.workload.tables import UnitNote

ONE_OF_EACH = (User, GoalRow, HeaderMap, OrgUnit, PolicyVersion, Pair, UnitNote)  # naming one declares all tables


def declared() -> MetaData:
    """The tables of the newest schema."""
    return Base.metadata


def declared_names() -> frozenset[str]:
    """Their names."""
    return frozenset(declared().tables)
