"""The change log: who changed what, each entry chained to the one before it, and the check of the chain."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text

from core.access.tables import ChangeLog

GENESIS = "0" * 64
_CHAIN_LOCK = 7_251_004  # PostgreSQL advisory lock: two writers append one after the other


@dataclass(frozen=True)
class ChainCheck:
    """Outcome of `verify`: `entries` read, the id of the first entry that does not fit (None when all
    do), and the hash of the last entry that does (`head`)."""

    entries: int
    broken_at: int | None
    head: str = field(default=GENESIS, compare=False)


def _digest(previous: str, at: datetime, actor: str, action: str, subject: str, detail: dict[str, Any]) -> str:
    event = {
        "at": at.isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": detail,
    }
    canonical = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + canonical).encode()).hexdigest()


def record(
    connection: Connection, *, at: datetime, actor: str, action: str, subject: str, detail: dict[str, Any] | None = None
) -> None:
    """Append one entry, in the caller's transaction: the change and its entry stand or fall together.

    `detail` must be plain JSON. `hash = SHA-256(previous hash || canonical JSON of the event)`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    else:  # take the writer's lock before the newest entry is read, or two writers would follow the same one
        connection.execute(text("UPDATE change_log SET id = id WHERE 1 = 0"))
    previous = connection.scalar(select(ChangeLog.hash).order_by(ChangeLog.id.desc()).limit(1)) or GENESIS
    plain = json.loads(json.dumps(detail or {}))
    connection.execute(
        insert(ChangeLog).values(
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=plain,
            previous_hash=previous,
            hash=_digest(previous, at, actor, action, subject, plain),
        )
    )


def verify(connection: Connection) -> ChainCheck:
    """Recompute every hash from the first entry on; an altered, removed or reordered entry breaks the chain there.

    Whoever can write to the database can also cut off the newest entries, or make the whole chain anew: keep `head` elsewhere
    from time to time, and look whether it is still among the hashes.
    """
    previous, count = GENESIS, 0
    for row in connection.execute(select(ChangeLog).order_by(ChangeLog.id)).mappings():
        count += 1
        expected = _digest(previous, row["at"], row["actor"], row["action"], row["subject"], row["detail"])
        if row["previous_hash"] != previous or row["hash"] != expected:
            return ChainCheck(count, row["id"], previous)
        previous = row["hash"]
    return ChainCheck(count, None, previous)
