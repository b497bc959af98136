"""Tables of intake: deliveries that came in, what they put aside so that they can be undone, and remembered maps."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base


class Delivery(Base):
    """One file that was loaded: who, when, what it did. Files that were refused leave no row.

    `first_week` and `last_week` are those of the file; None for files without weeks. `undone_at` tells that its effect was
    taken back.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(60))
    file: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    loaded: Mapped[int]
    replaced: Mapped[int]
    unchanged: Mapped[int]
    removed: Mapped[int]
    people: Mapped[int]
    units: Mapped[int]
    first_week: Mapped[date | None]
    last_week: Mapped[date | None]
    held: Mapped[bool]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(200))


class DeliveryBefore(Base):
    """What a delivery replaced, compressed, kept only while it can be undone. Holds facts of people; no screen reads it."""

    __tablename__ = "delivery_before"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class HeaderMap(Base):
    """How the header with this fingerprint is read for a kind; `content` is the map as its TOML file holds it."""

    __tablename__ = "header_map"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(200))
