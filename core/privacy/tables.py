"""Tables of protection: policy versions, reporting units, releases, the ledger of rows, published cells, audit results."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Base

EVERYTHING = "everything"  # the test over all releases at once; the others are named D1 to D8


class PolicyVersion(Base):
    """Every policy a release was ever made under, in full."""

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    content: Mapped[dict[str, Any]]
    first_used: Mapped[datetime]


class TenantKey(Base):
    """The key that turns person ids into ledger tokens; made once, never exported."""

    __tablename__ = "tenant_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))


class ReportingQuarter(Base):
    """Which units were put together in a quarter, decided once from the roster of one Monday.

    `plan` = {"roster_monday": iso date, "joins": {join id: {"parent": unit id, "parts": [unit ids], "name": str}},
    "direct": [unit ids], "roster": {unit id: heads below it}}.
    """

    __tablename__ = "reporting_quarter"

    quarter: Mapped[date] = mapped_column(primary_key=True)
    plan: Mapped[dict[str, Any]]


class MetricSwing(Base):
    """The company's pooled within-person week-to-week deviation of a measure, computed once a quarter and published.

    `swing` is None when fewer than 100 people had two weeks; then the catalogue's own mark decides fast or slow.
    """

    __tablename__ = "metric_swing"

    quarter: Mapped[date] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    swing: Mapped[float | None]
    fast: Mapped[bool]


class Release(Base):
    """One act of publishing: all cells of one week (kind `first`) or the cells that a correction replaced.

    `variables`: family -> names of its unknowns, in the order of the versions in the ledger. `matrix_hash` and `cells_hash`
    seal the ledger rows and the published cells; both also stand in the change log.
    """

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_area_period", "area", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[date]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    closed_at: Mapped[datetime]
    audit_status: Mapped[str] = mapped_column(String(20))
    variables: Mapped[dict[str, Any]]
    matrix_hash: Mapped[str] = mapped_column(String(64))
    cells_hash: Mapped[str] = mapped_column(String(64))


class ReleaseRow(Base):
    """The ledger: one candidate cell of one family, shown or hidden, with its exact members.

    A leaf carries its members' tokens in `members` (person token and versions, one blank between members); an inner cell's
    members are those of the leaves below it (`parent_cell` leads up). `others` cells name their leaves in `parts`.
    """

    __tablename__ = "release_row"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    family: Mapped[str] = mapped_column(String(60), primary_key=True)
    cell_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    parent_cell: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    n: Mapped[int]
    members: Mapped[str] = mapped_column(Text)
    parts: Mapped[str] = mapped_column(Text)


class PublishedCell(Base):
    """What screens, the command line and exports may read: protected values, and nothing else.

    status `shown` or `hidden` (one word for primary and secondary suppression); a cell without a row is `missing`.
    `qualifier` is '' (the value), 'at most' or 'at least' (a coded extreme), 'class' (then `share_class` holds it), or
    'card' (then `share_class` holds 168 classes, one digit for each hour of the week from Monday 00:00).
    `unit_id` is the unit the cell belongs to (for a join or `others`: the parent). `current` is False once replaced.
    """

    __tablename__ = "published_cell"
    __table_args__ = (
        UniqueConstraint("release_id", "cell_id", "measure"),
        Index("ix_published_cell_reading", "area", "measure", "period", "current"),
        Index("ix_published_cell_unit", "area", "measure", "unit_id", "period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    area: Mapped[str] = mapped_column(String(40))
    period: Mapped[date]
    cell_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(400))
    measure: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(10))
    value: Mapped[float | None]
    qualifier: Mapped[str] = mapped_column(String(10))
    share_class: Mapped[str | None] = mapped_column(String(200))
    low: Mapped[float | None]
    high: Mapped[float | None]
    n_band: Mapped[str | None] = mapped_column(String(10))
    coverage: Mapped[str | None] = mapped_column(String(10))
    shown_with: Mapped[str | None] = mapped_column(String(200))
    current: Mapped[bool]


class PublishedSpread(Base):
    """One pooled within-unit standard deviation per measure and release; `source` is `company` (n >= 100) or `catalogue`."""

    __tablename__ = "published_spread"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    spread: Mapped[float]
    source: Mapped[str] = mapped_column(String(10))


class PendingRelease(Base):
    """Facts of a closed week that no release has dealt with yet. `held` waits for `privacy release`.

    `kind` is `first`, `correction` (to be tried), `waiting` (named again by a file; tried again from `not_before` on) or `quiet`
    (a correction that is told nowhere: refused twice, or of a week that no file names); whether a week has had its first
    release is decided by the ledger, not by this note. `stamp` changes with every delivery,
    so that a release never clears the note of a delivery that it has not read.
    """

    __tablename__ = "pending_release"

    area: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    held: Mapped[bool]
    since: Mapped[date]
    not_before: Mapped[date | None]
    stamp: Mapped[str] = mapped_column(String(32))


class AuditResult(Base):
    """The outcome of one test over one release, with the certificate when something was refused."""

    __tablename__ = "audit_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"), index=True)
    test: Mapped[str] = mapped_column(String(40))
    passed: Mapped[bool]
    checked: Mapped[int]
    certificate: Mapped[dict[str, Any]]
    code_version: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
