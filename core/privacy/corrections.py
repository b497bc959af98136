"""Corrections to a closed week: which cells may be replaced, given everything that has been published about it.

A changed value is a new unknown. A cell is replaced only when, in every connected component of old and new remainders that it
touches, the people added, removed or changed are none or at least k', and the independent audit of all old and new rows of
the family passes. Otherwise the first release stands and the correction waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from core.policy import Policy
from core.privacy.audit import Proof, prove
from core.privacy.ledger import LedgerRow, rows_of, unpack
from core.privacy.publish import Draft, store_release
from core.privacy.tables import PublishedCell

Unknowns = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Correction:
    """What came of it. release: id of the new release, None when nothing was replaced. draft: what that release holds.
    refused: families of which at least one changed cell has to wait."""

    release: int | None
    draft: Draft
    refused: tuple[str, ...]


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
    connection: Connection, draft: Draft, *, area: str, period: date, policy: Policy, at: datetime
) -> Correction:
    """Publish of `draft` (the period decided afresh) what may replace earlier cells, as one release of kind `correction`."""
    history = rows_of(connection, area, period)
    families = sorted({row["family"] for row in draft.rows} | {row.family for row in history})
    kept, refused = Draft(), []
    gone: list[tuple[str, str]] = []
    measures = draft.families
    for family in families:
        old_rows = [row for row in history if row.family == family]
        new_rows = _draft_rows(draft, family, period)
        old = {row.cell: row.members for row in old_rows if row.shown}  # the newest release of a cell comes last
        new = {row.cell: row.members for row in new_rows if row.shown}
        safe, waiting = replaceable(old, new, _parents(old_rows), _parents(new_rows), policy.k_prime)
        if safe:
            proof = _prove(old_rows, new_rows, safe, policy.k_prime)
            if not (proof.safe and proof.complete):
                safe, waiting = frozenset(), safe | waiting
        if waiting:
            refused.append(family)
        if not safe:
            continue
        for row in draft.rows:
            if row["family"] == family:
                kept.rows.append(row | {"status": "shown" if row["cell_id"] in safe & new.keys() else "hidden"})
        kept.cells += [row for row in draft.cells if measures[row["measure"]] == family and row["cell_id"] in safe]
        kept.spreads += [row for row in draft.spreads if measures[row["measure"]] == family]
        kept.sums |= {measure: sums for measure, sums in draft.sums.items() if measures[measure] == family}
        kept.audits.append(("D7", len(safe), {"family": family}))
        gone += [(measure, cell) for cell in safe for measure in measures if measures[measure] == family]
    if not kept.rows:
        return Correction(None, kept, tuple(refused))
    _retire(connection, area, period, gone)
    release = store_release(connection, kept, area=area, kind="correction", period=period, policy=policy, at=at)
    return Correction(release, kept, tuple(refused))


def _prove(old: Iterable[LedgerRow], new: Iterable[LedgerRow], safe: frozenset[str], k: int) -> Proof:
    rows = {f"{row.release}/{row.cell}": row.members for row in old if row.shown}
    rows |= {f"new/{row.cell}": row.members for row in new if row.shown and row.cell in safe}
    hidden = {f"{row.release}/{row.cell}": row.members for row in old if not row.shown}
    hidden |= {f"new/{row.cell}": row.members for row in new if not row.shown}
    return prove({cell: members for cell, members in rows.items() if members}, k, hidden)


def _draft_rows(draft: Draft, family: str, period: date) -> list[LedgerRow]:
    rows = [row for row in draft.rows if row["family"] == family]
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
            LedgerRow(0, period, family, row["cell_id"], row["parent_cell"], row["status"] == "shown", members)
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
