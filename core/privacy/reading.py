"""How current published cells are read, for the doors `core.privacy.views` and `core.privacy.trends`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from core.privacy.tables import PublishedCell, Release

Rows = Sequence[Row[Any]]


@dataclass(frozen=True)
class CurrentCells:
    """The current cells of an area and measures in the periods `[first, end)`, as rows of `fields`, in any order.

    fields: columns of `core.privacy.tables.PublishedCell`, `kind` and `shown_with` among them.
    """

    connection: Connection
    fields: tuple[str, ...]
    area: str
    measures: Collection[str]
    first: date
    end: date

    def of_units(self, units: Collection[int]) -> Rows:
        """The cells that belong to `units` (ids), and the joins in which one of them is hidden.

        A join belongs to the unit above its parts, and comes along when one of them is in `units`, and only then.
        """
        found = self.connection.execute(
            select(*self._columns()).where(
                PublishedCell.area == self.area,
                PublishedCell.measure.in_(sorted(self.measures)),
                PublishedCell.unit_id.in_(sorted(units)),
                PublishedCell.period >= self.first,
                PublishedCell.period < self.end,
                PublishedCell.current,
                PublishedCell.kind != "join",
            )
        ).all()
        return [*found, *self.named(self._joins(found))]

    def with_joins(self, cells: Iterable[str]) -> Rows:
        """The cells `unit:N` and `direct:N` among `cells` (ids), and the joins in which one of them is hidden."""
        found = self.named({cell for cell in cells if cell.startswith(("unit:", "direct:"))})
        return [*found, *self.named(self._joins(found))]

    def named(self, cells: Collection[str]) -> Rows:
        """Cells by their releases, so that each is found by its key, however many others were published with it."""
        if not cells:
            return []
        releases = select(Release.id).where(
            Release.area == self.area, Release.period >= self.first, Release.period < self.end
        )
        return self.connection.execute(
            select(*self._columns()).where(
                PublishedCell.release_id.in_(releases),
                PublishedCell.measure.in_(sorted(self.measures)),
                PublishedCell.cell_id.in_(sorted(cells)),
                PublishedCell.current,
            )
        ).all()

    def _columns(self) -> list[Any]:
        return [getattr(PublishedCell, name) for name in self.fields]

    def _joins(self, rows: Rows) -> set[str]:
        kind, shown_with = self.fields.index("kind"), self.fields.index("shown_with")
        there = {row[shown_with] or "" for row in rows if row[kind] in ("unit", "direct")}
        return {cell for cell in there if cell.startswith("join:")}
