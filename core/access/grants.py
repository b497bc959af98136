"""What a rule of access is made of: how somebody stands to the data, how far that reaches, and the words for it."""

from dataclasses import dataclass
from enum import StrEnum

from core.policy import Policy


class Relation(StrEnum):
    """How somebody stands to the data. Everybody who works here is `EVERYONE`, whatever else they are."""

    PERSON = "person"
    MANAGER = "manager"
    LEADER = "leader"
    HR = "hr"
    EVERYONE = "everyone"
    ADMINISTRATOR = "administrator"


class Reach(StrEnum):
    """How far a relation reaches."""

    OWN_ROWS = "own rows"  # rows about the person who asks
    WRITE_ONLY = "write only"  # may be given, and cannot be found again by anybody
    SHARED = "what was shared"
    UNITS = "units of the account"  # with everything below them
    COMPANY = "company"  # unless the account is narrowed to units
    OWN_LINE = "own unit and the units above"
    COUNTS = "counts"
    CHANNEL = "named channel"
    ADMINISTERED = "what is administered"  # accounts, deliveries; never anything about hours
    ALL = "all"
    NONE = "nothing"


@dataclass(frozen=True)
class Grant:
    """What one relation reaches, and the words for it.

    switch: name of the policy field that must be on; '' when the grant does not depend on the policy.
    """

    reach: Reach
    words: str
    switch: str = ""

    def under(self, policy: Policy) -> "Grant":
        """The grant as it is under `policy`: nothing when its switch is off."""
        return Grant(Reach.NONE, "switched off here") if self.switch and not getattr(policy, self.switch) else self


NEVER = Grant(Reach.NONE, "nothing")
LABELS = {
    Relation.PERSON: "you",
    Relation.MANAGER: "your manager",
    Relation.LEADER: "leaders above",
    Relation.HR: "HR",
    Relation.EVERYONE: "everyone else",
    Relation.ADMINISTRATOR: "administrators",
}
RELATIONS_OF: dict[str, tuple[Relation, ...]] = {
    "leader": (Relation.LEADER, Relation.EVERYONE),
    "hr": (Relation.HR, Relation.EVERYONE),
    "manager": (Relation.MANAGER, Relation.EVERYONE),
    "employee": (Relation.EVERYONE,),
    "admin": (Relation.ADMINISTRATOR,),  # an administrator administers; the role grants no people data
}


@dataclass(frozen=True)
class Rule:
    """Who reaches one kind of data.

    held: whether this release holds such data and shows it to anybody. A rule for data of later releases is written down
    already, so that it holds from the first day. enforced_by: dotted names of the functions that enforce it.
    """

    id: str
    data: str
    person: Grant
    manager: Grant
    leader: Grant
    hr: Grant
    everyone: Grant
    administrator: Grant = NEVER
    held: bool = False
    enforced_by: tuple[str, ...] = ()

    def grant(self, relation: Relation) -> Grant:
        """What `relation` reaches, as the table says; `Grant.under` applies the policy."""
        found = getattr(self, relation.value)
        assert isinstance(found, Grant)
        return found

    def grants(self, policy: Policy) -> dict[Relation, Grant]:
        """What every relation reaches under `policy`."""
        return {relation: self.grant(relation).under(policy) for relation in Relation}
