"""The page docs/import.md, made from the kinds, so that it cannot say anything else than what is checked."""

from core.delivery import Column, FileKind
from core.intake.calendar_lines import MAX_EVENTS, MAX_OF_EVENT, MAX_TEXT
from core.intake.checking import rules_of
from core.intake.formats import CALENDAR_SUFFIXES, DELIMITERS, MAX_BYTES, MAX_COLUMNS, MAX_ROWS, TEXT_SUFFIXES
from core.intake.kinds import KINDS
from core.intake.problems import KEPT
from core.intake.words import LANGUAGES
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
        "python -m core import KIND FILE [--dry-run] [--json] [--map MAP] [--dayfirst|--monthfirst] [--sheet NAME]",
        "python -m core import KIND FILE --suggest-map [--out MAP]",
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
        *_files(),
        *_cells(),
        *_maps(),
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


def _files() -> list[str]:
    return [
        "## Files",
        "",
        f"- Text: {', '.join(f'`{suffix}`' for suffix in TEXT_SUFFIXES)}, columns separated by "
        f"{', '.join(DELIMITERS.values())} (found out from the header, or said by a first line `sep=;`). Cells in quotation "
        "marks may hold separators and line breaks.",
        "- Text is UTF-8, with or without a byte order mark, or UTF-16. A file in Windows-1252 (Latin-1) is read, and the "
        "summary says so. A file that is UTF-8 but for some bytes is refused at the row of the first.",
        "- Excel: `.xlsx`. Of several worksheets the one whose header fits is read; when several fit, `--sheet NAME` says "
        "which. Hidden ones are left aside unless named. Formulas count by their stored result; a formula that shows an error "
        "or was never calculated is refused, and so are cells of the table that are merged over several rows.",
        f"- Calendars: {', '.join(f'`{suffix}`' for suffix in CALENDAR_SUFFIXES)}, as the kind `activity-events` (see there). "
        "Problems name the line at which the event begins, its place among the events and its UID. At most "
        f"{MAX_TEXT // 1024**2} MB of text and {MAX_EVENTS:,} events, {MAX_OF_EVENT:,} lines and one RRULE for each.",
        "- The header is the first row. A title above it, or a header over two rows with merged cells, is understood when the "
        "names of the columns are unmistakable.",
        "- Rows of totals at the end (`Total`, `Summe`, `Total général`, …, or no key and every number the sum of its column) "
        "are left out. Totals in the middle are refused.",
        "- Whatever is skipped, left out or read in a way that is not plain is said in the summary, with its row.",
        f"- At most {MAX_BYTES // 1024**2:,} MB of text, {MAX_ROWS:,} rows and {MAX_COLUMNS:,} columns. Blank rows are counted "
        "and skipped.",
        "- Case, blanks, hyphens and underscores in column names do not matter. A name that looks like a slip of the pen "
        "(`conracted_hours`) is refused; any other unknown column is ignored, and the summary names it with the reason.",
        "- A file of another kind is refused, and the message says which kind it looks like, or that none fits yet.",
        "",
    ]


def _cells() -> list[str]:
    return [
        "## Dates, numbers, names",
        "",
        "| written | is read as |",
        "|---|---|",
        "| `2026-03-09`, `2026/3/9`, `20260309`, date cells of a workbook, bare day numbers in a workbook | that day |",
        "| `2026-03-09 09:30` | that day; that a time was left out is said |",
        "| `2026-03-09T09:30Z` | refused: in another zone it may be another day |",
        "| `09-Mar-2026`, `9. März 2026`, `March 9, 2026` (seven languages) | that day |",
        "| `09/03/2026`, `9.3.2026`, `09-03-2026` | day first or month first, decided once for the file, see below |",
        "| `09/03/26` | refused: the year needs four digits |",
        "| `37.5` | 37.5 |",
        "| `37,5` (in a file separated by commas: in quotation marks) | 37.5 |",
        "| `1,234` | 1.234 in a file with decimal commas, or separated by semicolons; else refused |",
        "| `1.234` | 1.234, but refused in a file with decimal commas |",
        "| `1.234,5`, `1'234`, `1 234,5` | refused: write 1234.5 |",
        "",
        "**Day or month first.** All columns of dates of a file are looked at together. When one cell can only be read one way "
        "(`31/01/2026`), all are read that way, and the summary names the cell. When cells contradict each other, or none tells, "
        "the file is refused; `--dayfirst` or `--monthfirst` says it.",
        "",
        "**Text** is brought into Unicode's composed form (NFC), without blanks around it; runs of blanks inside are one blank. "
        "Ids keep their zeros (`00317`), and are compared as they are. An id that a spreadsheet program has turned into "
        "`1.23E+05` is refused.",
        "",
        "**Names that look alike.** `Engineering` and `engineering`, a letter of the Cyrillic or Greek alphabet, another dash: "
        "two spellings of one unit in one file are refused. A unit that looks like one on record is another unit, and the "
        "summary says so. People with the same name under different ids are named in the summary with their rows.",
        "",
    ]


def _maps() -> list[str]:
    return [
        "## Maps: columns in other words or another language",
        "",
        "A map is a TOML file that says which column of the file is which of the kind:",
        "",
        "```toml",
        'kind = "people"',
        "",
        "[columns]",
        '"Personalnummer" = "id"',
        '"Organisationseinheit" = "unit"',
        '"Eintrittsdatum" = "hired"',
        "",
        "[options]            # all of them optional",
        "dayfirst = true      # or monthfirst = true",
        'sheet = "Personal"   # of a workbook',
        f'delimiter = "pipe"   # {", ".join(DELIMITERS.values())}',
        'decimal = "comma"    # or "point"',
        "```",
        "",
        "`python -m core import KIND FILE --suggest-map` drafts one from the header and the first rows, on the screen or into "
        "the file that `--out` names. Each line says why and how sure; guesses are commented out. Known are names in "
        f"{', '.join(LANGUAGES[:-1])} and {LANGUAGES[-1]}.",
        "",
        "`python -m core import KIND FILE --map MAP` uses it. When the file was loaded, the map is kept with the fingerprint of "
        "the header (its names in order, without case and punctuation), and the next file with that header is read with it; the "
        "summary says so. `--no-map` leaves it aside for one import, `python -m core import KIND FILE --forget-map` forgets it.",
        "",
    ]


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
