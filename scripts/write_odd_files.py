"""Write tests/data/odd again: every odd file, the same bytes each time, and a page that says what is odd about it.

python -m scripts.write_odd_files
"""

from argparse import ArgumentParser
from pathlib import Path

from scripts.odd_files import FILES, GROUPS
from scripts.odd_files.entry import Accepted, Case, OddFile

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "odd"
PAGE = "README.md"
SAYS = "Write tests/data/odd again, the same bytes each time."


def page() -> str:
    """A table of all files, group by group."""
    lines = [
        "# Odd and damaged files",
        "",
        "<!-- Made by `python -m scripts.write_odd_files`. Do not edit by hand. -->",
        "",
        "Each file is small and odd in one way.",
        "What is in them, and what must come of importing them, stands in `scripts/odd_files`; "
        "`tests/core/intake/test_odd_files.py` imports them all.",
    ]
    for group in GROUPS:
        title = (group.__doc__ or "").strip()
        lines += [
            "",
            f"## {title.rstrip('.')}",
            "",
            "| file | what is odd | imported as | comes to |",
            "|---|---|---|---|",
        ]
        lines += [_row(file, case) for file in group.FILES for case in file.cases or (None,)]
    return "\n".join(lines) + "\n"


def _row(file: OddFile, case: Case | None) -> str:
    said = "" if case is None else f"`{case.kind}`{_options(case)}"
    return f"| `{file.name}` | {file.why} | {said} | {_outcome(case)} |"


def _options(case: Case) -> str:
    options = [f"{name} = {value}" for name, value in case.options.items()]
    options += [f"map = {case.mapped}"] if case.mapped else []
    return f" ({', '.join(options)})" if options else ""


def _outcome(case: Case | None) -> str:
    if case is None:
        return "read together with the file that it maps"
    outcome = case.outcome
    if isinstance(outcome, Accepted):
        left_out = f", {outcome.ignored} blank or left out" if outcome.ignored else ""
        notes = f"; said in the notes: {', '.join(outcome.notes)}" if outcome.notes else ""
        return f"loaded: {outcome.loaded} new, {outcome.replaced} replaced{left_out}{notes}"
    place = "the whole file" if outcome.row is None else f"row {outcome.row}"
    place += f", column `{outcome.column}`" if outcome.column else ""
    more = f" (and {outcome.count - 1} more)" if outcome.count > 1 else ""
    return f"refused: {place}: … {outcome.problem} …{more}"


def main() -> None:
    """Write every file and the page, and take away what is not among them any more."""
    ArgumentParser(prog="python -m scripts.write_odd_files", description=SAYS).parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {file.name: file.content for file in FILES} | {PAGE: page().encode()}
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_bytes(content)
    print(f"{len(FILES)} files in {FOLDER}")


if __name__ == "__main__":
    main()
