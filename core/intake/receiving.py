"""A file comes in, from a screen or the command line: loaded and its weeks noted, its map kept; or refused, and that is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from core.delivery import Affected, ImportOptions
from core.intake.imports import ImportSummary, run_import
from core.intake.maps import ColumnMap, remember
from core.intake.problems import ImportRefused
from core.intake.refusals import note_refusal
from core.intake.staging import Progress
from core.policy import Policy
from core.workload.release import ReleaseSummary, finish_pending, note_delivery


class Kept(NamedTuple):
    """A map that is kept for files with this header once one of them was loaded."""

    header: tuple[str, ...]
    map: ColumnMap


@dataclass(frozen=True)
class Receiving:
    """Who brings files in, and by which rules. clock: the time of each entry, as a long import takes its time."""

    engine: Engine
    actor: str
    policy: Policy
    as_of: date
    clock: Callable[[], datetime]

    def take_in(
        self,
        kind: str,
        path: Path,
        options: ImportOptions,
        *,
        dry_run: bool = False,
        hold: bool = False,
        keep: Kept | None = None,
        errors_file: Path | None = None,
        progress: Progress | None = None,
    ) -> ImportSummary:
        """Import a file. Its weeks await their release from then on, held or not; `release` does not happen by itself.

        keep: kept in the transaction that loads the file; not in a dry run. The rest: as in `core.intake.imports.run_import`.

        Raises:
            UnknownKind: there is no such kind.
            ImportRefused: the file has problems; only that it was refused is written down.
        """

        def after_load(connection: Connection, weeks: Affected) -> None:
            note_delivery(connection, weeks, held=hold, as_of=self.as_of)
            if keep is not None:
                remember(connection, kind, keep.header, keep.map, actor=self.actor, at=self.clock())

        try:
            return run_import(
                self.engine,
                kind,
                path,
                actor=self.actor,
                at=self.clock(),
                dry_run=dry_run,
                options=options,
                progress=progress,
                errors_file=errors_file,
                after_load=after_load,
                held=hold,
                policy=self.policy,
                as_of=self.as_of,
            )
        except ImportRefused as refused:
            with self.engine.begin() as connection:
                note_refusal(connection, kind=kind, file=path.name, refused=refused, actor=self.actor, at=self.clock())
            raise

    def release(self, progress: Callable[[int, int], None] | None = None) -> ReleaseSummary:
        """Release every closed week that awaits it, those that were held for further files among them."""
        return finish_pending(
            self.engine,
            policy=self.policy,
            as_of=self.as_of,
            at=self.clock(),
            actor=self.actor,
            include_held=True,
            progress=progress,
        )
