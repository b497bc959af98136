"""One release: lattice, decision, ledger and published cells of a period, written in the caller's transaction."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert, select

from core.database.bulk import write_rows
from core.metrics.definition import Metric, Shape
from core.policy import Policy
from core.privacy.candidates import Contribution, Groups, Members, PeriodInput, cell_sums, pooled_spread
from core.privacy.lattice import Cell, Lattice, Plan, Unit, build_lattice
from core.privacy.ledger import Tokens
from core.privacy.rounding import CellSums, Written, coverage_class, n_band, write_all
from core.privacy.suppression import Choice, Pattern, violations, weights
from core.privacy.tables import AuditResult, PolicyVersion, PublishedCell, PublishedSpread, Release, ReleaseRow

COMPANY_SPREAD_FROM = 100
CODE_VERSION = "0.1.0"
SEALED = (
    "measure",
    "cell_id",
    "area",
    "period",
    "kind",
    "unit_id",
    "name",
    "status",
    "value",
    "qualifier",
    "share_class",
    "low",
    "high",
    "n_band",
    "coverage",
    "shown_with",
)


class UnsafeRelease(Exception):
    """A release failed its own check; nothing of it was written. This is a defect: please report it."""


@dataclass
class Draft:
    """The rows of one release, gathered before anything is written.

    families: measure -> its family. variables: family -> its unknowns, in the order of the versions in the ledger rows.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)
    spreads: list[dict[str, Any]] = field(default_factory=list)
    audits: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    sums: dict[str, dict[str, CellSums]] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    variables: dict[str, list[str]] = field(default_factory=dict)
    hashes: tuple[str, str] | None = None

    def seal(self) -> tuple[str, str]:
        """The hashes of ledger rows and cells, made once: seal a draft when it is finished, before a transaction waits."""
        if self.hashes is None:
            self.hashes = matrix_hash(self.rows), cells_hash(self.cells)
        return self.hashes


@dataclass(frozen=True)
class Frame:
    """What the periods of a quarter have in common while no unit comes or goes: the cells, and the choice among them."""

    units: tuple[Unit, ...]
    plan: Plan
    k: int
    lattice: Lattice
    choice: Choice
    groups: Groups


def frame_of(units: tuple[Unit, ...], plan: Plan, k: int, before: Frame | None = None) -> Frame:
    """The frame for these units under this plan; `before` again when it is the same."""
    if before is not None and (before.units, before.plan, before.k) == (units, plan, k):
        return before
    lattice = build_lattice(units, plan)
    groups = Groups(lattice, {cell: lattice.leaves_below[cell] for cell in lattice.order})
    return Frame(units, plan, k, lattice, Choice(lattice, k, weights(lattice, plan.roster)), groups)


def draft_release(
    period: PeriodInput,
    plan: Plan,
    metrics: Mapping[str, Metric],
    fast: Mapping[str, bool],
    policy: Policy,
    tokens: Tokens,
    frame: Frame | None = None,
) -> Draft:
    """Decide and write down one period: every candidate cell of every family, shown or hidden.

    frame: as `frame_of` gives it for the units and the plan, when it is known already. fast: measure -> whether it is fast
    this quarter. Families with equal members share one decision.

    Raises:
        UnsafeRelease: D1 or D2 fails (a defect, never a matter of the data).
    """
    known = frame_of(period.units, plan, policy.k_prime, frame)
    lattice = known.lattice
    roster = _roster_below(lattice, period.roster)
    draft = Draft()
    decided: dict[tuple[bytes, bytes], Pattern] = {}
    for contribution in period.contributions:
        members = Members(lattice, contribution)
        key = members.key()
        if key not in decided:
            decided[key] = known.choice.protect(members.counts)
            broken = violations(lattice, decided[key].shown, members.counts, policy.k_prime)
            if broken:
                raise UnsafeRelease(f"{period.area} {period.period} {contribution.family}: remainders {broken}")
            draft.audits.append(("D2", len(decided[key].shown), {"family": contribution.family}))
        pattern = decided[key]
        groups = Groups(lattice, {cell: leaves for cell, (_, leaves) in pattern.others.items()}, known.groups)
        _write_ledger(draft, lattice, pattern, contribution, members, tokens, period.period)
        cells = _with_others(lattice, pattern)
        smallest = policy.k_prime if contribution.silence_tells else 0
        silent = _silent(lattice, contribution, roster, smallest)
        blank = {cell_id: _published(cell, cell_id, pattern, silent) for cell_id, cell in cells.items()}
        people_of = roster | {cell: sum(roster[at] for at in leaves) for cell, (_, leaves) in pattern.others.items()}
        shown = [at for at, cell in enumerate(groups.cells) if cell in pattern.shown or cell in pattern.others]
        places = np.array(shown, dtype=np.int64)
        for measure, (top, down) in contribution.measures.items():
            metric = metrics[measure]
            spread, source = _spread(metric, members, top, down)
            draft.spreads.append({"measure": measure, "spread": spread, "source": source})
            sums = cell_sums(groups, members, top, down)
            draft.sums[measure] = rows = dict(zip(groups.cells, sums.rows(), strict=True))
            told = write_all(metric, sums.at(places), fast=fast[measure], spread=spread, policy=policy)
            written = dict(zip((groups.cells[at] for at in shown), told, strict=True))
            draft.families[measure] = contribution.family
            common = {"measure": measure, "area": period.area, "period": period.period}
            for cell_id, first in blank.items():
                if first is None:
                    continue
                row = first | common
                if row["status"] == "shown":
                    row |= _fields(written[cell_id], rows[cell_id].n, people_of[cell_id])
                    if written[cell_id] is None:
                        row["status"] = "hidden"
                draft.cells.append(row)
    return draft


def store_release(
    connection: Connection, draft: Draft, *, area: str, kind: str, period: date, policy: Policy, at: datetime
) -> int:
    """Write a draft as one release; returns its id. Cells become `current`; replacing older ones is the caller's."""
    rows_hash, shown_hash = draft.seal()
    row = connection.execute(
        insert(Release).values(
            area=area,
            kind=kind,
            period=period,
            policy_version=_policy_version(connection, policy, at),
            closed_at=at,
            audit_status="passed",
            variables=draft.variables,
            matrix_hash=rows_hash,
            cells_hash=shown_hash,
        )
    ).inserted_primary_key
    assert row is not None
    release = int(row[0])
    for table, rows in ((ReleaseRow, draft.rows), (PublishedCell, draft.cells), (PublishedSpread, draft.spreads)):
        extra = {"current": True} if table is PublishedCell else {}
        write_rows(connection, insert(table), [row | extra | {"release_id": release} for row in rows])
    if draft.audits:
        connection.execute(
            insert(AuditResult),
            [
                {
                    "release_id": release,
                    "test": test,
                    "passed": True,
                    "checked": checked,
                    "certificate": certificate,
                    "code_version": CODE_VERSION,
                    "at": at,
                }
                for test, checked, certificate in draft.audits
            ],
        )
    return release


def seal_of(connection: Connection, release: int) -> dict[str, object]:
    """What the change log keeps of a release: its number and the hashes of its ledger rows and published cells."""
    row = connection.execute(select(Release.matrix_hash, Release.cells_hash).where(Release.id == release)).one()
    return {"release": release, "rows": row.matrix_hash, "cells": row.cells_hash}


def matrix_hash(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the ledger rows of a release in a fixed order, so that an auditor can tell that nothing was altered."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda r: (r["family"], r["cell_id"])):
        line = (
            f"{row['family']}|{row['cell_id']}|{row['parent_cell']}|{row['status']}|{row['n']}|{row['members']}|"
            f"{row['parts']}\n"
        )
        digest.update(line.encode())
    return digest.hexdigest()


def cells_hash(cells: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the published cells of a release in a fixed order, so that an altered number is noticed."""
    digest = hashlib.sha256()
    for cell in sorted(cells, key=lambda c: (c["measure"], c["cell_id"])):
        values = [f"{value:.6f}" if isinstance(value, float) else str(value) for value in map(cell.__getitem__, SEALED)]
        digest.update("|".join(values).encode() + b"\n")
    return digest.hexdigest()


def _policy_version(connection: Connection, policy: Policy, at: datetime) -> int:
    known = connection.scalar(select(PolicyVersion.id).where(PolicyVersion.fingerprint == policy.fingerprint))
    if known is None:
        row = connection.execute(
            insert(PolicyVersion).values(
                fingerprint=policy.fingerprint, content=policy.model_dump(mode="json"), first_used=at
            )
        ).inserted_primary_key
        assert row is not None
        known = row[0]
    return int(known)


def _with_others(lattice: Lattice, pattern: Pattern) -> dict[str, Cell]:
    cells = dict(lattice.cells)
    for cell_id, (holder, _) in pattern.others.items():
        at = lattice.cells[holder]
        cells[cell_id] = Cell(cell_id, holder, "others", at.unit, f"Others in {at.name}", at.path + "/~", True, 0)
    return cells


def _published(cell: Cell, cell_id: str, pattern: Pattern, silent: set[str]) -> dict[str, Any] | None:
    """The row of a cell without its numbers; None when no delivery covered it (then it is missing)."""
    shown = cell_id in pattern.shown or cell_id in pattern.others
    if not shown and cell_id in silent:
        return None
    return {
        "cell_id": cell_id,
        "kind": cell.kind,
        "unit_id": cell.unit,
        "name": cell.name,
        "status": "shown" if shown else "hidden",
        "value": None,
        "qualifier": "",
        "share_class": None,
        "low": None,
        "high": None,
        "n_band": None,
        "coverage": None,
        "shown_with": None if shown else pattern.stands_in.get(cell_id),
    }


def _silent(lattice: Lattice, contribution: Contribution, roster: Mapping[str, int], smallest: int) -> set[str]:
    """Cells of which it is told that nothing came in: never of fewer than `smallest` people, whose silence would be told."""
    found: set[str] = set()
    for cell_id in reversed(lattice.order):
        cell, below = lattice.cells[cell_id], lattice.children[cell_id]
        quiet = cell.kind == "join" or cell.unit not in contribution.delivered  # a join's `unit` is its parent
        whole = all(child in found for child in below) if below else roster[cell_id] >= smallest
        if quiet and whole:
            found.add(cell_id)
    return found


def _fields(written: Written | None, n: int, roster: int) -> dict[str, Any]:
    if written is None:
        return {}
    return {
        "value": written.value,
        "qualifier": written.qualifier,
        "share_class": written.share_class,
        "low": written.low,
        "high": written.high,
        "n_band": n_band(n),
        "coverage": coverage_class(n, roster),
    }


def _roster_below(lattice: Lattice, roster: Mapping[int, int]) -> dict[str, int]:
    """People on the roster of each cell, those in no cell included (a head counts for the units above)."""
    found: dict[str, int] = {}
    for cell_id in reversed(lattice.order):
        cell = lattice.cells[cell_id]
        own = 0
        if cell.kind == "direct" or (cell.kind == "unit" and lattice.leaf_of_unit[cell.unit] in (cell_id, None)):
            own = roster.get(cell.unit, 0)
        found[cell_id] = own + sum(found[child] for child in lattice.children[cell_id])
    return found


def _spread(metric: Metric, members: Members, top: Any, down: Any) -> tuple[float, str]:
    """The one spread published for a measure: the company's when it rests on 100 people, else the catalogue's."""
    if metric.shape in (Shape.SHARE, Shape.CARD):
        return metric.fallback_spread, "catalogue"
    with_value = down > 0
    value = top.copy()
    value[with_value] = top[with_value] / down[with_value]
    spread, people = pooled_spread(members, value)
    if people < COMPANY_SPREAD_FROM or math.isnan(spread):
        return metric.fallback_spread, "catalogue"
    return round(spread, 2 if metric.unit != "hours" else 1), "company"


def _write_ledger(
    draft: Draft,
    lattice: Lattice,
    pattern: Pattern,
    contribution: Contribution,
    members: Members,
    tokens: Tokens,
    period: date,
) -> None:
    family = contribution.family
    draft.variables[family] = list(contribution.variables)
    people = members.people.tolist()
    versions = [
        tokens.versions(name, people, period, values[members.kept].tolist())
        for name, values in contribution.variables.items()
    ]
    of_person = [f"{tokens.person(person)}:" for person in people]
    items = list(map("".join, zip(of_person, *versions, strict=True)))
    rows = members.leaf_rows()
    for cell_id in lattice.order:
        packed = ""
        if not lattice.children[cell_id]:
            packed = " ".join(sorted(items[at] for at in rows[cell_id].tolist()))  # as `ledger.pack` writes it
        draft.rows.append(
            {
                "family": family,
                "cell_id": cell_id,
                "parent_cell": lattice.cells[cell_id].parent,
                "status": "shown" if cell_id in pattern.shown else "hidden",
                "n": sum(members.counts[leaf] for leaf in lattice.leaves_below[cell_id]),
                "members": packed,
                "parts": "",
            }
        )
    for cell_id, (holder, leaves) in pattern.others.items():
        draft.rows.append(
            {
                "family": family,
                "cell_id": cell_id,
                "parent_cell": None,
                "status": "shown",
                "n": sum(members.counts[leaf] for leaf in leaves),
                "members": "",
                "parts": " ".join(leaves),
            }
        )
        assert holder in pattern.shown
