"""The problems of a file: counted all, the first thousand kept, all written to a CSV file when one is asked for."""

import csv
import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from core.delivery import Finding
from core.intake.formats import Place
from core.workload.board import neutralise

KEPT = 1_000
LONGEST_VALUE = 200
COLUMNS = ("file", "row", "column", "value", "problem", "remedy")


@dataclass(frozen=True)
class Problem:
    """What stops an import. `row` as a spreadsheet counts (header = 1; None: the whole file); `column` as in the file."""

    file: str
    row: int | None
    column: str
    value: str
    problem: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        """The shape in which the command line prints it."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "problem": self.problem,
            "remedy": self.remedy,
        }


class ImportRefused(Exception):
    """The file was not imported and nothing was written.

    problems: the first thousand, by row. problem_count: all of them. errors_file: where all of them stand, if anywhere.
    """

    def __init__(self, problems: tuple[Problem, ...], problem_count: int, errors_file: Path | None = None) -> None:
        first = f" The first: {_place(problems[0])}{problems[0].problem} {problems[0].remedy}" if problems else ""
        noun = "problem" if problem_count == 1 else "problems"
        super().__init__(f"Nothing was imported: {problem_count} {noun}.{first}")
        self.problems = problems
        self.problem_count = problem_count
        self.errors_file = errors_file


def _place(problem: Problem) -> str:
    if problem.row is None:
        return ""
    return f"row {problem.row}, {problem.column}: " if problem.column else f"row {problem.row}: "


class ProblemLog:
    """Collects findings in the order of the file, in bounded memory; `errors_file` gets all of them in the end.

    `during` takes what is found while reading, chunk after chunk; `afterwards` what only the whole file shows.
    """

    def __init__(self, file: str, errors_file: Path | None = None) -> None:
        self.count = 0
        self._file = file
        self._errors_file = errors_file
        self._names: dict[str, str] = {}
        self._place: Callable[[int], Place] | None = None
        self._kept: list[Finding] = []
        self._later: list[Finding] = []
        self._spool: IO[str] | None = None
        if errors_file is not None:
            self._spool = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115  # closed by close

    def call(self, names: dict[str, str], place: Callable[[int], Place] | None = None) -> None:
        """Tell how the file calls the columns (name in the kind -> name in the file), and where in it a row stands."""
        self._names, self._place = names, place

    def during(self, findings: Iterable[Finding]) -> None:
        """Add findings of the next part of the file."""
        ordered = sorted(findings, key=_by_row)
        self.count += len(ordered)
        self._kept.extend(ordered[: max(0, KEPT - len(self._kept))])
        if self._spool is not None:
            csv.writer(self._spool).writerows(self._cells(self._problem(each)) for each in ordered)

    def afterwards(self, findings: Iterable[Finding]) -> None:
        """Add findings about several rows or about the database."""
        added = list(findings)
        self.count += len(added)
        self._later.extend(added)

    def refuse_if_any(self) -> None:
        """Stop the import when something was found.

        Raises:
            ImportRefused: there is at least one finding.
        """
        if self.count:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Stop the import; write everything to the errors file first.

        Raises:
            ImportRefused: always.
        """
        self._later.sort(key=_by_row)
        kept = sorted(self._kept + self._later[:KEPT], key=_by_row)[:KEPT]
        if self._errors_file is not None:
            self._write(self._errors_file)
        raise ImportRefused(tuple(self._problem(each) for each in kept), self.count, self._errors_file)

    def close(self) -> None:
        """Let go of the temporary file."""
        if self._spool is not None:
            self._spool.close()

    def _problem(self, finding: Finding) -> Problem:
        value, row, problem = finding.value, finding.row, finding.problem
        if row is not None and self._place is not None:
            row, name = self._place(row)
            problem = f"{problem} {name}." if name else problem
        return Problem(
            self._file,
            row,
            self._names.get(finding.column, finding.column),
            value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…",
            problem,
            finding.remedy,
        )

    def _cells(self, problem: Problem) -> list[str]:
        row = "" if problem.row is None else str(problem.row)
        texts = (problem.column, problem.value, problem.problem, problem.remedy)
        return [neutralise(problem.file), row, *(neutralise(text) for text in texts)]

    def _write(self, errors_file: Path) -> None:
        assert self._spool is not None
        self._spool.seek(0)
        early: Iterator[list[str]] = iter(csv.reader(self._spool))
        late = (self._cells(self._problem(each)) for each in self._later)
        with errors_file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            merged: Iterator[list[str]] = heapq.merge(early, late, key=_row_of)
            writer.writerows(merged)


def _by_row(finding: Finding) -> int:
    return finding.row or 0


def _row_of(cells: list[str]) -> int:
    return int(cells[1] or 0)
