"""The page docs/import.md, made from the kinds, so that it cannot say anything else than what is checked."""

from core.delivery import Column, FileKind
from core.intake.checking import rules_of
from core.intake.formats import DELIMITERS, MAX_BYTES, MAX_COLUMNS, MAX_ROWS, TEXT_SUFFIXES
from core.intake.kinds import KINDS
from core.intake.problems import KEPT
from core.workload.viva_imports import (
    ATTRIBUTE_REASON,
    COPILOT_REASON,
    COUNT_REASON,
    NETWORK_REASON,
    SURVEY_REASON,
    UNKNOWN_REASON,
)

_FORMATS = {
    "text": "text",
    "date": "date",
    "week": "date (first day of a week)",
    "hours": "hours of one week, 0 to 168",
    "number": "number",
}


def import_page() -> str:
    """The whole page as Markdown, ending with a line break."""
    lines = [
        "# Importing files",
        "",
        "<!-- Made by core.intake.documentation from the schemas that check the files. Do not edit by hand. -->",
        "",
        "```",
        "python -m core import KIND FILE [--dry-run] [--json]",
        "```",
        "",
        "A file is imported as a whole or not at all. When anything in it is wrong, nothing is written, and every problem is",
        f"listed with its row, column and value, and with what to do about it (the first {KEPT:,} on screen, all of them in",
        "an errors file when you ask for one). Rows are counted as a spreadsheet shows them: the header is row 1.",
        "`--dry-run` checks and counts everything and writes nothing. The same file twice changes nothing the second time.",
        "",
        "## Kinds",
        "",
        "| kind | what it holds | template |",
        "|---|---|---|",
        *(f"| `{kind.name}` | {kind.purpose} | {_template(kind)} |" for kind in KINDS.values()),
        "",
        "Import `people` first: hours belong to people on record.",
        "",
        "## Files",
        "",
        f"- Text: {', '.join(f'`{suffix}`' for suffix in TEXT_SUFFIXES)}, columns separated by "
        f"{', '.join(DELIMITERS.values())} (found out from the header), in UTF-8, with or without a byte order mark, "
        "or UTF-16 with one. A file in Windows-1252 (Latin-1) is read, and the summary says so.",
        "- Excel: `.xlsx`, the first worksheet, header in row 1. Formulas count by their stored result; a formula that shows "
        "an error or was never calculated is refused.",
        "- Dates are written as year-month-day (`2026-03-09`), or are date cells of a workbook. `09/03/2026` is refused: it "
        "is two different days in two countries.",
        "- Numbers have a decimal point. In files separated by semicolons a decimal comma is read as well.",
        f"- At most {MAX_BYTES // 1024**2} MB of text, {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns. Blank rows are counted "
        "and skipped.",
        "- Case, blanks, hyphens and underscores in column names do not matter. A name that looks like a slip of the pen "
        "(`conracted_hours`) is refused; any other unknown column is ignored, and the summary names it with the reason.",
        "",
    ]
    for kind in KINDS.values():
        lines += _section(kind)
    lines += [
        "### What is ignored in a person query",
        "",
        "| columns | reason |",
        "|---|---|",
        f"| survey items and scores (`eSat`, `Wellbeing`, `Workload`, …) | {SURVEY_REASON} |",
        f"| counts (`Emails_sent`, `Chats`, `Meetings`, …) | {COUNT_REASON} |",
        f"| everything about Copilot | {COPILOT_REASON} |",
        f"| sizes of networks | {NETWORK_REASON} |",
        f"| other attributes (`Level`, `FunctionType`, …) that do not name the unit | {ATTRIBUTE_REASON} |",
        f"| anything else | {UNKNOWN_REASON} |",
        "",
        "Their cells are never looked at: they appear neither in the database nor in a list of problems.",
    ]
    return "\n".join(lines) + "\n"


def _template(kind: FileKind) -> str:
    return (
        f"[data/templates/{kind.template}](../data/templates/{kind.template})"
        if kind.template
        else "none: use the export"
    )


def _section(kind: FileKind) -> list[str]:
    lines = [f"## `{kind.name}`", "", kind.purpose, ""]
    if not kind.template:
        lines += ["There is no template: deliver the file as the tool writes it.", ""]
    lines += [
        "| column | type | required | meaning | example | refused | also called |",
        "|---|---|---|---|---|---|---|",
        *(_row(column) for column in kind.columns),
        "",
    ]
    if kind.one_of:
        lines += ["At least one column of hours must be there.", ""]
    lines += [*(f"- {rule}" for rule in kind.rows), ""]
    remarks = _remarks(kind)
    return [*lines, "What a cell is told when it is refused:", "", *(f"- {remark}" for remark in remarks), ""]


def _row(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        _FORMATS[column.format],
        "yes" if column.required else "",
        column.meaning,
        column.example,
        column.refused,
        ", ".join(column.synonyms),
    )
    return "| " + " | ".join(cells) + " |"


def _remarks(kind: FileKind) -> list[str]:
    return list(dict.fromkeys(rule.problem for column in kind.columns for rule in rules_of(column)))
