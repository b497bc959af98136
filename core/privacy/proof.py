"""Re-prove everything ever released, from the ledger alone, by the method that did not decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from core.metrics.definition import Metric
from core.policy import Policy
from core.privacy.audit import prove
from core.privacy.ledger import LedgerRow, rows_of
from core.privacy.publish import CODE_VERSION, matrix_hash
from core.privacy.rounding import SLOW_HOURS, SLOW_RATIO, joiner_rule_holds
from core.privacy.tables import AuditResult, PolicyVersion, PublishedCell, Release, ReleaseRow

Group = tuple[date, str]


@dataclass(frozen=True)
class AuditReport:
    """The outcome over everything released.

    recoverable: how many hidden cells under k' people, single people or groups under k' follow from what was published.
    certificates: for each of them what to add and subtract. problems: anything else that does not hold, in words.
    """

    releases: int
    cells_shown: int
    cells_hidden: int
    recoverable: int
    method: str
    certificates: tuple[dict[str, object], ...]
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Nothing recoverable and nothing amiss."""
        return not self.recoverable and not self.problems


def audit(
    connection: Connection,
    metrics: dict[str, Metric],
    policy: Policy,
    *,
    areas: tuple[str, ...] = ("workload",),
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Prove the whole ledger again: by row reduction over the membership matrix, family by family and period by period.

    Different periods share no unknown (slow measures are held apart by rounding, checked as D8), so each period stands for
    itself, and is held to the k' of the policy it was released under. Families of a period whose rows concern the same people
    in the same way are proved once. Also checked: every published number belongs to a shown ledger row of at least k' people,
    and no ledger row was altered since its release.
    """
    found: list[dict[str, object]] = []
    problems: list[str] = []
    methods: set[str] = set()
    shown = hidden = releases = 0
    for area in areas:
        rows = rows_of(connection, area)
        promised = _promised(connection, area)
        groups: dict[Group, list[LedgerRow]] = {}
        for row in rows:
            groups.setdefault((row.period, row.family), []).append(row)
        proved: set[object] = set()
        for done, ((period, family), members) in enumerate(groups.items()):
            if progress:
                progress(done, len(groups))
            key = _shape_of(period, members)
            if key in proved:
                continue
            proved.add(key)
            if not any(row.shown for row in members):
                continue
            proof = prove(
                {f"{row.release}/{row.cell}": row.members for row in members if row.shown and row.members},
                min(promised[row.release] for row in members),
                {f"{row.release}/{row.cell}": row.members for row in members if not row.shown and row.members},
            )
            methods.add(proof.method.split(",")[0] if proof.complete else proof.method)
            where: dict[str, object] = {"area": area, "period": period.isoformat(), "family": family}
            found += [
                where | {"people": len(v.persons), "combination": {cell: str(c) for cell, c in v.combination}}
                for v in proof.violations
            ]
            if not proof.violations:
                found += [where | {"hidden_cell": cell} for cell in proof.hidden_recoverable]
                found += [where | {"person": "one person"} for _ in proof.persons_recoverable]
            if not proof.complete or (not proof.safe and not proof.violations):
                problems.append(
                    f"{area}, week of {period}, {family}: the search could not be completed ({proof.method})."
                )
        problems += _cells_match_ledger(connection, area, rows, metrics, promised)
        problems += _unaltered(connection, area)
        releases += len(connection.scalars(select(Release.id).where(Release.area == area)).all())
        counted = connection.execute(select(PublishedCell.status).where(PublishedCell.area == area)).scalars().all()
        shown += sum(status == "shown" for status in counted)
        hidden += sum(status == "hidden" for status in counted)
    problems += _joiner_rule(policy)
    method = "row reduction modulo two primes; " + (", ".join(sorted(methods)) or "nothing released")
    return AuditReport(releases, shown, hidden, len(found), method, tuple(found), tuple(problems))


def keep_result(connection: Connection, report: AuditReport, at: datetime) -> None:
    """Keep the outcome, so that people can be told when everything was last proved and what came out."""
    connection.execute(
        insert(AuditResult).values(
            release_id=None,
            test="everything",
            passed=report.passed,
            checked=report.cells_shown,
            certificate={"recoverable": report.recoverable, "problems": list(report.problems), "method": report.method},
            code_version=CODE_VERSION,
            at=at,
        )
    )


def _shape_of(period: date, rows: list[LedgerRow]) -> object:
    """Equal for families of a period with the same rows over the same people; corrected periods are their own."""
    if len({row.release for row in rows}) > 1:
        return (period, rows[0].family)
    return (period, frozenset((row.cell, row.shown, frozenset(person for person, _ in row.members)) for row in rows))


def _promised(connection: Connection, area: str) -> dict[int, int]:
    """The k' of the policy that each release was made under: release id -> k'. A later, stricter policy judges later ones."""
    rows = connection.execute(
        select(Release.id, PolicyVersion.content)
        .join(PolicyVersion, PolicyVersion.id == Release.policy_version)
        .where(Release.area == area)
    ).all()
    return {row.id: Policy.model_validate(row.content).k_prime for row in rows}


def _cells_match_ledger(
    connection: Connection, area: str, rows: list[LedgerRow], metrics: dict[str, Metric], promised: dict[int, int]
) -> list[str]:
    size = {(row.release, row.family, row.cell): len({p for p, _ in row.members}) for row in rows if row.shown}
    cells = connection.execute(
        select(PublishedCell.release_id, PublishedCell.cell_id, PublishedCell.measure, PublishedCell.period).where(
            PublishedCell.area == area, PublishedCell.status == "shown"
        )
    ).all()
    problems = []
    for release, cell, measure, period in cells:
        people = size.get((release, metrics[measure].family, cell))
        if people is None or people < promised[release]:
            problems.append(
                f"{area}, week of {period}: {cell} {measure} is shown without {promised[release]} people behind it."
            )
    leaking = connection.scalar(
        select(PublishedCell.id)
        .where(PublishedCell.area == area, PublishedCell.status == "hidden")
        .where(
            PublishedCell.value.is_not(None)
            | PublishedCell.share_class.is_not(None)
            | PublishedCell.low.is_not(None)
            | PublishedCell.n_band.is_not(None)
        )
        .limit(1)
    )
    if leaking is not None:
        problems.append(f"{area}: published cell {leaking} is hidden but carries a number.")
    return problems[:20]


def _unaltered(connection: Connection, area: str) -> list[str]:
    problems = []
    names = ("family", "cell_id", "parent_cell", "status", "n", "members", "parts")
    for release, expected in connection.execute(
        select(Release.id, Release.matrix_hash).where(Release.area == area)
    ).all():
        rows = connection.execute(
            select(*(getattr(ReleaseRow, name) for name in names)).where(ReleaseRow.release_id == release)
        ).mappings()
        if matrix_hash([dict(row) for row in rows]) != expected:
            problems.append(f"{area}: the ledger of release {release} was altered after it was written.")
    return problems


def _joiner_rule(policy: Policy) -> list[str]:
    """D8: the bases of slow measures keep a joiner or leaver uncertain by the policy's widths, in every band of n."""
    broken = [
        f"slow {kind}, {band} people"
        for kind, bases, width in (
            ("hours", SLOW_HOURS, policy.hours_width),
            ("ratios", SLOW_RATIO, policy.ratio_width),
        )
        for band, base in bases.items()
        if not joiner_rule_holds(base, band, width)
    ]
    return [f"D8: the rounding of {', '.join(broken)} is finer than the policy's widths allow."] if broken else []
