"""Re-prove everything ever released, from the ledger alone, by the method that did not decide it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select

from core.access.tables import ChangeLog
from core.metrics.definition import Metric, Shape
from core.policy import HARD_FLOOR, Policy
from core.privacy.audit import Proof, prove
from core.privacy.cards import card_rule_holds, is_card
from core.privacy.ledger import LedgerRow, rows_of
from core.privacy.publish import CODE_VERSION, SEALED, cells_hash, matrix_hash
from core.privacy.rounding import LOWER_EDGE, SLOW_HOURS, SLOW_RATIO, base_of, joiner_rule_holds, n_band
from core.privacy.tables import EVERYTHING, AuditResult, PolicyVersion, PublishedCell, Release, ReleaseRow

Group = tuple[date, str]
NUMBERS = ("value", "share_class", "low", "high", "n_band", "coverage")
MOST_PROBLEMS = 20
QUARTER_RELEASED = "quarter released"  # the change log's word for what is released once a quarter
AREAS = ("workload", "activity", "rhythm")  # everything that anything is published in


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
    areas: tuple[str, ...] = AREAS,
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Prove the whole ledger again: by row reduction over the membership matrix, family by family and period by period.

    Different periods share no unknown (slow measures are held apart by rounding, checked as D8), so each period stands for
    itself, and is held to the k' of the policy it was released under. Families of a period whose rows concern the same people
    in the same way are proved once. Also checked: every published number belongs to a shown ledger row of at least k' people,
    with the right band and rounding; hidden cells carry no number; ledger rows and published cells are as they were sealed.
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
            groups.setdefault((row.period, row.family.split("/")[0]), []).append(row)
        proved: set[object] = set()
        for done, ((period, family), members) in enumerate(groups.items()):
            if progress:
                progress(done, len(groups))
            corrected = len({row.release for row in members}) > 1
            if not corrected:
                key = (
                    period,
                    frozenset((row.cell, row.shown, frozenset(p for p, _ in row.members)) for row in members),
                )
                if key in proved:
                    continue
                proved.add(key)
            if not any(row.shown for row in members):
                continue
            k = min(promised[row.release] for row in members)
            # without a correction every unknown of a family has the same rows, so one stands for all
            names = (
                sorted({name for row in members for name in row.variables}) if corrected else [members[0].variables[0]]
            )
            for name in names:
                proof = _prove_unknown(name, members, k)
                methods.add(proof.method.split(",")[0] if proof.complete else proof.method)
                where: dict[str, object] = {
                    "area": area,
                    "period": period.isoformat(),
                    "family": family,
                    "unknown": name,
                }
                found += _certificates(proof, where)
                if not proof.complete or (not proof.safe and not proof.violations):
                    problems.append(f"{area}, week of {period}, {name}: the search was not completed ({proof.method}).")
        problems += _cells_match_ledger(connection, area, rows, metrics, promised)
        problems += unaltered(connection, area)
        releases += len(connection.scalars(select(Release.id).where(Release.area == area)).all())
        counted = connection.execute(select(PublishedCell.status).where(PublishedCell.area == area)).scalars().all()
        shown += sum(status == "shown" for status in counted)
        hidden += sum(status == "hidden" for status in counted)
    problems += _strays(connection, areas)
    problems += _joiner_rule(policy)
    method = "row reduction modulo two primes; " + (", ".join(sorted(methods)) or "nothing shown")
    return AuditReport(releases, shown, hidden, len(found), method, tuple(found), tuple(problems))


def keep_result(connection: Connection, report: AuditReport, at: datetime) -> None:
    """Keep the outcome, so that people can be told when everything was last proved and what came out."""
    connection.execute(
        insert(AuditResult).values(
            release_id=None,
            test=EVERYTHING,
            passed=report.passed,
            checked=report.cells_shown,
            certificate={
                "releases": report.releases,
                "cells_hidden": report.cells_hidden,
                "recoverable": report.recoverable,
                "problems": list(report.problems),
                "method": report.method,
            },
            code_version=CODE_VERSION,
            at=at,
        )
    )


def _prove_unknown(name: str, rows: list[LedgerRow], k: int) -> Proof:
    at = [row for row in rows if name in row.variables and row.members]
    shown = {f"{row.release}/{row.family}/{row.cell}": row.of(name) for row in at if row.shown}
    hidden = {f"{row.release}/{row.family}/{row.cell}": row.of(name) for row in at if not row.shown}
    return prove(shown, k, hidden)


def _certificates(proof: Proof, where: dict[str, object]) -> list[dict[str, object]]:
    if proof.violations:
        return [
            where | {"people": len(v.persons), "combination": {cell: str(c) for cell, c in v.combination}}
            for v in proof.violations
        ]
    found = [where | {"hidden_cell": cell} for cell in proof.hidden_recoverable]
    return found + [where | {"person": "one person"} for _ in proof.persons_recoverable]


def _promised(connection: Connection, area: str) -> dict[int, int]:
    """The k' of the policy that each release was made under: release id -> k'. A later, stricter policy judges later ones.

    Never below the hard floor, whatever a stored policy says.
    """
    rows = connection.execute(
        select(Release.id, PolicyVersion.content)
        .join(PolicyVersion, PolicyVersion.id == Release.policy_version)
        .where(Release.area == area)
    ).all()
    return {row.id: max(HARD_FLOOR, int(row.content["k"]) + int(row.content["insiders"])) for row in rows}


def _cells_match_ledger(
    connection: Connection, area: str, rows: list[LedgerRow], metrics: dict[str, Metric], promised: dict[int, int]
) -> list[str]:
    """Every shown cell stands on a shown ledger row of enough people that carries its measure; hidden cells carry nothing."""
    size = {
        (row.release, name, row.cell): len({person for person, _ in row.members})
        for row in rows
        if row.shown
        for name in row.variables
    }
    problems = []
    for row in connection.execute(select(PublishedCell).where(PublishedCell.area == area)).mappings():
        where = f"{area}, week of {row['period']}: {row['cell_id']} {row['measure']}"
        if row["status"] == "hidden":
            if any(row[name] is not None for name in NUMBERS) or row["qualifier"]:
                problems.append(f"{where} is hidden but carries a number.")
            continue
        metric, release = metrics.get(row["measure"]), row["release_id"]
        if metric is None:
            problems.append(f"{where} is not a measure of the catalogue.")
        elif size.get((release, row["measure"], row["cell_id"]), 0) < promised.get(release, HARD_FLOOR):
            problems.append(f"{where} is shown without {promised.get(release, HARD_FLOOR)} people behind it.")
        elif row["n_band"] != n_band(size[release, row["measure"], row["cell_id"]]):
            problems.append(f"{where} tells another number of people than the ledger.")
        elif row["kind"] in ("unit", "direct") and row["cell_id"] != f"{row['kind']}:{row['unit_id']}":
            problems.append(f"{where} stands under the name of another unit.")
        elif (metric.shape is Shape.CARD) != is_card(row["share_class"], row["n_band"]):
            problems.append(f"{where} is not a card of the form that its number of people asks for.")
        elif row["value"] is not None and not _is_rounded(metric, row["value"], row["n_band"]):
            problems.append(f"{where} is not rounded as the policy says.")
    return problems[:MOST_PROBLEMS]


def _is_rounded(metric: Metric, value: float, band: str) -> bool:
    bases = {base_of(metric, band, fast=fast) for fast in (True, False)} if band in LOWER_EDGE else set()
    edges = {1 / LOWER_EDGE[band], 1 - 1 / LOWER_EDGE[band]}
    return any(abs(value / base - round(value / base)) < 1e-4 for base in bases) or any(
        abs(value - edge) < 1e-6 for edge in edges
    )


def unaltered(connection: Connection, area: str) -> list[str]:
    """Ledger rows and published cells hash to what was sealed at release, in the release and in the change log."""
    problems = []
    names = ("family", "cell_id", "parent_cell", "status", "n", "members", "parts")
    logged = {
        entry["release"]: entry
        for entry in connection.scalars(
            select(ChangeLog.detail).where(or_(ChangeLog.action.like("week %"), ChangeLog.action == QUARTER_RELEASED))
        )
        if "release" in entry
    }
    sealed = select(Release.id, Release.matrix_hash, Release.cells_hash).where(Release.area == area)
    for release, rows_hash, numbers_hash in connection.execute(sealed).all():
        rows = connection.execute(
            select(*(getattr(ReleaseRow, name) for name in names)).where(ReleaseRow.release_id == release)
        ).mappings()
        cells = connection.execute(
            select(*(getattr(PublishedCell, name) for name in SEALED)).where(PublishedCell.release_id == release)
        ).mappings()
        entry = logged.get(release, {})
        if not matrix_hash([dict(row) for row in rows]) == rows_hash == entry.get("rows"):
            problems.append(f"{area}: the ledger of release {release} was altered after it was written.")
        if not cells_hash([dict(cell) for cell in cells]) == numbers_hash == entry.get("cells"):
            problems.append(f"{area}: published cells of release {release} were altered after they were written.")
    return problems[:MOST_PROBLEMS]


def _strays(connection: Connection, areas: tuple[str, ...]) -> list[str]:
    """Published cells outside the areas that are proved would escape the proof."""
    stray = connection.scalars(select(PublishedCell.area).where(PublishedCell.area.not_in(areas)).distinct()).all()
    return [f"There are published cells of an area that nobody proves: {area}." for area in stray]


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
    problems = [f"D8: the rounding of {', '.join(broken)} is finer than the policy's widths allow."] if broken else []
    if not card_rule_holds(policy):
        problems.append("D8: the classes of the punch card are narrower than activity_width allows.")
    return problems
