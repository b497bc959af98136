"""Corrections to a closed week: which cells may be replaced, given everything that has been published about it.

A changed value is a new unknown. A cell of a measure is replaced only when, for each of the measure's unknowns and in every
connected component of old and new remainders that it touches, the people added, removed or changed are none or at least k',
and the independent audit of all old and new rows passes. Otherwise the first release stands and the correction waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from core.metrics.definition import Metric
from core.policy import Policy
from core.privacy.audit import prove
from core.privacy.candidates import variables_of
from core.privacy.ledger import VERSION, LedgerRow, pack, rows_of, unpack
from core.privacy.publish import Draft, store_release
from core.privacy.tables import PublishedCell

Unknowns = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Correction:
    """What came of it. release: id of the new release, None when nothing was replaced. draft: what that release holds.
    refused: measures of which at least one changed cell has to wait. retired: how many cells were withdrawn or replaced."""

    release: int | None
    draft: Draft
    refused: tuple[str, ...]
    retired: int


def replaceable(
    old: Mapping[str, Unknowns],
    new: Mapping[str, Unknowns],
    old_parent: Mapping[str, str | None],
    new_parent: Mapping[str, str | None],
    k: int,
) -> tuple[frozenset[str], frozenset[str]]:
    """The cells of one family that changed: (those that may be replaced, those that must wait).

    old, new: shown cell -> its unknowns (person, version), before and after. *_parent: any cell -> the cell above it.
    A cell that is no longer shown counts as changed.
    """
    before, after = _remainders(old, old_parent), _remainders(new, new_parent)
    versions_before, versions_after = _versions(old), _versions(new)
    changed_people = {
        person
        for person in versions_before.keys() | versions_after.keys()
        if versions_before.get(person) != versions_after.get(person)
    }
    group = _Groups()
    for block in (*before, *after):
        group.unite({person for person, _ in block})
    changes: dict[str, int] = {}
    for person in changed_people:
        root = group.find(person)
        changes[root] = changes.get(root, 0) + 1
    safe: set[str] = set()
    waiting: set[str] = set()
    for cell in old.keys() | new.keys():
        was, now = old.get(cell, frozenset()), new.get(cell, frozenset())
        if was == now:
            continue
        touched = {group.find(person) for person, _ in was | now}
        (safe if all(changes.get(root, 0) == 0 or changes[root] >= k for root in touched) else waiting).add(cell)
    return frozenset(safe), frozenset(waiting)


def correct(
    connection: Connection,
    draft: Draft,
    metrics: Mapping[str, Metric],
    *,
    area: str,
    period: date,
    policy: Policy,
    at: datetime,
) -> Correction:
    """Publish of `draft` (the period decided afresh) what may replace earlier cells, as one release of kind `correction`.

    Each measure is judged by itself, and by each of its unknowns (what is added up, what it is divided by): a change of one
    person's hours must not hide behind other people's changes of leave. In the ledger a corrected measure is a family of
    its own, `family/measure`.
    """
    history = rows_of(connection, area, period)
    current = _current(connection, area, period)
    kept, refused = Draft(), []
    gone: list[tuple[str, str]] = []
    for measure in sorted(set(draft.families) | {measure for measure, _ in current}):
        family = draft.families.get(measure) or metrics[measure].family
        old_rows = [row for row in history if measure in row.variables]
        new_rows = _draft_rows(draft, family, period) if measure in draft.families else []
        standing = [row for row in old_rows if row.shown and current.get((measure, row.cell)) == row.release]
        safe, waiting = _judged(measure, standing, old_rows, new_rows, policy.k_prime)
        if waiting:
            refused.append(measure)
        _newly_hidden(draft, kept, measure, current, waiting)
        if not safe:
            continue
        names = [name for name in variables_of(measure) if name in draft.variables.get(family, [])]
        label = f"{family}/{measure}"
        shown = safe & {row.cell for row in new_rows if row.shown}
        if shown:
            kept.rows += _sliced(draft, family, label, names, shown)
            kept.variables[label] = names
            kept.families[measure] = label
            kept.sums[measure] = {cell: sums for cell, sums in draft.sums[measure].items() if cell in shown}
            kept.spreads += [row for row in draft.spreads if row["measure"] == measure]
        kept.cells += [
            row
            for row in draft.cells
            if row["measure"] == measure
            and row["cell_id"] in safe
            and ((measure, row["cell_id"]) in current or row["status"] == "shown")
        ]
        kept.audits.append(("D7", len(safe), {"measure": measure}))
        gone += [(measure, cell) for cell in safe if (measure, cell) in current]
    _retire(connection, area, period, gone)
    if not kept.rows and not kept.cells:
        return Correction(None, kept, tuple(refused), len(gone))
    release = store_release(connection, kept, area=area, kind="correction", period=period, policy=policy, at=at)
    return Correction(release, kept, tuple(refused), len(gone))


def _judged(
    measure: str, standing: list[LedgerRow], old_rows: list[LedgerRow], new_rows: list[LedgerRow], k: int
) -> tuple[frozenset[str], frozenset[str]]:
    """The changed cells of a measure over all its unknowns: (those that may be replaced, those that must wait)."""
    safe: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    unknowns = [name for name in variables_of(measure) if any(name in row.variables for row in (*old_rows, *new_rows))]
    for name in unknowns:
        old = {row.cell: row.of(name) for row in standing if name in row.variables}
        new = {row.cell: row.of(name) for row in new_rows if row.shown and name in row.variables}
        may, must_wait = replaceable(old, new, _parents(old_rows), _parents(new_rows), k)
        safe, waiting = safe | may, waiting | must_wait
    safe -= waiting
    if safe and not all(_proved(name, old_rows, new_rows, safe, k) for name in unknowns):
        return frozenset(), safe | waiting
    return safe, waiting


def _proved(name: str, old: Iterable[LedgerRow], new: Iterable[LedgerRow], safe: frozenset[str], k: int) -> bool:
    """Whether everything ever published of an unknown, and the cells to be issued now, are safe together."""
    labelled = [(f"{row.release}/{row.cell}", row, row.shown) for row in old if name in row.variables]
    labelled += [(f"new/{row.cell}", row, row.shown and row.cell in safe) for row in new if name in row.variables]
    rows = {label: row.of(name) for label, row, shown in labelled if shown and row.members}
    hidden = {label: row.of(name) for label, row, shown in labelled if not shown and row.members}
    proof = prove(rows, k, hidden)
    return proof.safe and proof.complete


def _current(connection: Connection, area: str, period: date) -> dict[tuple[str, str], int]:
    """What stands: (measure, cell) -> the release it was published by."""
    rows = connection.execute(
        select(PublishedCell.measure, PublishedCell.cell_id, PublishedCell.release_id).where(
            PublishedCell.area == area, PublishedCell.period == period, PublishedCell.current
        )
    )
    return {(row.measure, row.cell_id): row.release_id for row in rows}


def _newly_hidden(
    draft: Draft, kept: Draft, measure: str, current: Mapping[tuple[str, str], int], waiting: frozenset[str]
) -> None:
    """Cells that were never published for want of a delivery and cannot be shown now: hidden from now on, not missing."""
    blank = dict.fromkeys(("value", "share_class", "low", "high", "n_band", "coverage", "shown_with"))
    for row in draft.cells:
        fresh = row["measure"] == measure and (measure, row["cell_id"]) not in current
        if fresh and row["status"] == "hidden":
            kept.cells.append(row)
        elif fresh and row["cell_id"] in waiting and row["kind"] != "others":
            kept.cells.append(row | blank | {"status": "hidden", "qualifier": ""})


def _sliced(draft: Draft, family: str, label: str, names: list[str], shown: frozenset[str]) -> list[dict[str, Any]]:
    """The ledger rows of one measure: versions of its own unknowns only; `shown` are the cells that are issued now."""
    all_names = draft.variables[family]
    cuts = [(all_names.index(name) * VERSION, (all_names.index(name) + 1) * VERSION) for name in names]
    found = []
    for row in draft.rows:
        if row["family"] == family:
            members = pack((p, "".join(v[start:end] for start, end in cuts)) for p, v in unpack(row["members"]))
            status = "shown" if row["cell_id"] in shown else "hidden"
            found.append(row | {"family": label, "members": members, "status": status})
    return found


def _draft_rows(draft: Draft, family: str, period: date) -> list[LedgerRow]:
    rows = [row for row in draft.rows if row["family"] == family]
    variables = tuple(draft.variables[family])
    own: dict[str, Unknowns] = {row["cell_id"]: unpack(row["members"]) for row in rows}
    full: dict[str, set[tuple[str, str]]] = {cell: set(members) for cell, members in own.items()}
    parent = {row["cell_id"]: row["parent_cell"] for row in rows}
    for cell, members in own.items():
        at = parent[cell]
        while at is not None:
            full[at] |= members
            at = parent[at]
    found = []
    for row in rows:
        parts = row["parts"].split()
        members = (
            frozenset[tuple[str, str]]().union(*(full[part] for part in parts))
            if parts
            else frozenset(full[row["cell_id"]])
        )
        found.append(
            LedgerRow(
                0, period, family, row["cell_id"], row["parent_cell"], row["status"] == "shown", members, variables
            )
        )
    return found


def _parents(rows: Iterable[LedgerRow]) -> dict[str, str | None]:
    return {row.cell: row.parent for row in rows}


def _versions(shown: Mapping[str, Unknowns]) -> dict[str, str]:
    return {person: version for members in shown.values() for person, version in members}


def _remainders(shown: Mapping[str, Unknowns], parent: Mapping[str, str | None]) -> list[Unknowns]:
    rest = {cell: set(members) for cell, members in shown.items()}
    for cell, members in shown.items():
        at = parent.get(cell)
        while at is not None:
            if at in rest:
                rest[at] -= members
            at = parent.get(at)
    return [frozenset(members) for members in rest.values() if members]


def _retire(connection: Connection, area: str, period: date, gone: Iterable[tuple[str, str]]) -> None:
    by_measure: dict[str, list[str]] = {}
    for measure, cell in gone:
        by_measure.setdefault(measure, []).append(cell)
    for measure, cells in by_measure.items():
        connection.execute(
            update(PublishedCell)
            .where(
                PublishedCell.id.in_(
                    select(PublishedCell.id).where(
                        PublishedCell.area == area,
                        PublishedCell.period == period,
                        PublishedCell.measure == measure,
                        PublishedCell.cell_id.in_(cells),
                        PublishedCell.current,
                    )
                )
            )
            .values(current=False)
        )


class _Groups:
    """Union-find over people."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, person: str) -> str:
        root = person
        while self._above.get(root, root) != root:
            root = self._above[root]
        while self._above.get(person, person) != root:
            self._above[person], person = root, self._above[person]
        return root

    def unite(self, people: set[str]) -> None:
        first, *others = sorted(people) or [""]
        for other in others:
            self._above[self.find(other)] = self.find(first)
