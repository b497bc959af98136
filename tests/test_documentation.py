"""The documentation names everything that exists and nothing that does not; its links lead somewhere; its proof works."""

import csv
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main
from sqlalchemy import Engine, func, select

from core.cli import app
from core.intake.kinds import KINDS
from core.metrics.catalogue import catalogue
from core.people.roster import unit_paths
from core.policy import Policy
from core.privacy.export import export_release
from core.privacy.rounding import BANDS, SHARE_BASE, SLOW_HOURS, SLOW_RATIO
from core.privacy.tables import Release
from core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PROTECTION = ROOT / "docs" / "protection.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PROOF = ROOT / "docs" / "repeat_the_proof.py"


def code_of(page: Path) -> list[str]:
    """Every line of a fenced block and every code span of a page."""
    found: list[str] = []
    fenced = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced:
            found.append(line)
        else:
            found += re.findall(r"`([^`]+)`", line)
    return found


def table(page: Path, heading: str) -> list[list[str]]:
    """The cells of the body rows of the first table under a heading."""
    section = re.split(rf"^#+ {re.escape(heading)}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    rows: list[list[str]] = []
    for line in section.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def span(cell: str) -> str:
    """What stands between the first pair of backticks of a cell."""
    found = re.search(r"`([^`]+)`", cell)
    assert found is not None, cell
    return found[1]


def make_targets() -> set[str]:
    """The targets of the Makefile that are names (files and special targets have a dot)."""
    return set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def environment() -> set[str]:
    """The variables that anything reads: fields of the settings, and those that scripts ask the environment for."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").glob("*.py"))
    asked = set(re.findall(r"environ(?:\.get\(|\[)\"(EVENKEEL_[A-Z_]+)\"", scripts))
    return asked | {f"EVENKEEL_{name.upper()}" for name in Settings.model_fields}


def commands() -> dict[tuple[str, ...], set[str]]:
    """Every command of the command line, as words, with its options."""

    def walk(group: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
        if hasattr(group, "commands"):
            for name, command in group.commands.items():
                yield from walk(command, (*words, name))
        else:
            yield words, {each for option in group.params if option.param_type_name == "option" for each in option.opts}

    return dict(walk(typer.main.get_command(app), ()))


def called(line: str) -> list[str] | None:
    """The words after `python -m core` in a line of code, up to whatever ends the command; None without any."""
    found = re.search(r"(?:^|[\s/])python3? -m core\s+([^|>&;]+)", line)
    return shlex.split(found[1], comments=True) if found else None


def command_of(words: list[str]) -> tuple[str, ...]:
    """The command that these words begin with."""
    known = commands()
    for length in (2, 1):
        if tuple(words[:length]) in known:
            return tuple(words[:length])
    raise AssertionError(f"there is no command: python -m core {' '.join(words)}")


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    """Targets of links and pictures of a page, web addresses left out."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:src|srcset|href)=\"([^\"]+)\"", text)
    return [each for each in found if not re.match(r"[a-z]+:", each)]


def test_every_make_target_is_in_the_table_and_the_reverse() -> None:
    """The table of targets in the README lists what the Makefile has."""
    listed = {span(row[0]).removeprefix("make ") for row in table(README, "Make")}

    assert listed == make_targets()


def test_no_page_names_a_make_target_that_does_not_exist() -> None:
    """Wherever code on a page says `make something`, something is a target."""
    named = {
        (page.name, target)
        for page in PAGES
        for line in code_of(page)
        for target in re.findall(r"(?:^|\s)make ([a-z-]+)", line)
    }

    assert len(named) > 10
    assert {each for each in named if each[1] not in make_targets()} == set()


def test_every_setting_is_in_the_table_and_the_reverse() -> None:
    """The table of settings in the README lists the fields of the settings."""
    listed = {span(row[0]) for row in table(README, "Settings")}

    assert listed == {f"EVENKEEL_{name.upper()}" for name in Settings.model_fields}


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    """The pages name exactly the variables that settings and scripts read."""
    named = {name for page in PAGES for name in re.findall(r"EVENKEEL_[A-Z_]+", page.read_text(encoding="utf-8"))}

    assert named == environment()


def test_every_command_is_in_the_table_with_its_options_and_the_reverse() -> None:
    """The table of commands in the README lists each command with exactly the options it has."""
    listed = {
        tuple(word for word in span(row[0]).split() if not word.isupper()): set(re.findall(r"--[a-z-]+", row[1]))
        for row in table(README, "Commands")
    }

    assert listed == commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_call_on_a_page_is_a_command_with_options_that_exist(page: Path) -> None:
    """Each `python -m core ...` in code names a command, and only options of that command."""
    groups = {words[:1] for words in commands()}
    for line in code_of(page):
        words = called(line)
        if not words or words == ["--help"]:
            continue
        if tuple(words) in groups and tuple(words) not in commands():
            continue  # prose about a group, such as `python -m core show`
        command = command_of(words)
        unknown = {word for word in words if word.startswith("--")} - commands()[command] - {"--help"}
        assert unknown == set(), line


def test_every_import_kind_is_documented_and_the_reverse() -> None:
    """The README and docs/import.md name the kinds that there are; what is imported on a page is one of them."""
    row = next(row for row in table(README, "Commands") if span(row[0]).startswith("import"))
    imported = {
        words[1] for page in PAGES for line in code_of(page) if (words := called(line)) and words[0] == "import"
    }

    assert set(re.findall(r"`([a-z-]+)`", row[2])) == set(KINDS)
    assert {span(row[0]) for row in table(ROOT / "docs" / "import.md", "Kinds")} == set(KINDS)
    assert imported - {"KIND"} == set(KINDS)


def test_every_policy_field_is_in_the_table_with_its_default_and_the_reverse() -> None:
    """The table of the policy lists each field with the value that it has when nobody changes it."""
    listed = {span(row[0]): row[1] for row in table(PROTECTION, "The policy")}

    assert listed == {name: _written(value) for name, value in _fields(Policy().model_dump())}


def _fields(values: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Each field with its value; those of a group of rules as `group.field`."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, str) else f"{value:g}"


def test_the_rounding_table_holds_the_steps_that_the_code_uses() -> None:
    """Bands of people and rounding steps on the page are those of `core.privacy.rounding`."""
    listed = {row[0]: row[1:] for row in table(PROTECTION, "Rounding")}
    expected = {
        band: [
            f"{SLOW_HOURS[band]:g}",
            f"{SLOW_RATIO[band]:g}",
            f"{SHARE_BASE[band]:g}" if band in SHARE_BASE else "in words",
        ]
        for _, band in reversed(BANDS)
    }

    assert listed == expected
    assert list(listed) == list(expected)


def test_metrics_that_a_command_on_a_page_asks_for_exist() -> None:
    """`--metric` is followed by an id of the catalogue."""
    asked = {found for page in PAGES for line in code_of(page) for found in re.findall(r"--metric (\w+)", line)}

    assert asked <= set(catalogue(Policy()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_resolve(page: Path) -> None:
    """Files, pictures and headings that a page links to are there."""
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_files_and_modules_named_in_the_text_exist() -> None:
    """Paths in code spans that begin with a folder of the house lead to a file or folder of it."""
    outside = {"data/evenkeel.db", "data/ours.db", "data/keys"}  # made when used, or by whoever follows the page
    written = {"core/database/migrations/versions/0002_what_changes.py"}  # the reader's own
    named = {
        each
        for page in PAGES
        for line in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
        for each in re.findall(r"^((?:core|pages|docs|tests|scripts|data)/[\w./-]+)$", line)
    }

    assert len(named) > 20
    assert {each for each in named - outside - written if not (ROOT / each).exists()} == set()


# ---------------------------------------------------------------- repeat the proof


def repeat(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the outsider's script with the standard library alone (`-I -S` leaves no installed package to import)."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(PROOF), str(folder), *arguments], capture_output=True, text=True, check=False
    )


def read_cells(folder: Path) -> list[dict[str, str]]:
    """The rows of `cells.csv`."""
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows under a header of their keys."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_export(folder: Path, cells: Mapping[str, tuple[str, str]]) -> None:
    """An export made by hand: cell -> (status, members as letters)."""
    folder.mkdir(exist_ok=True)
    write_csv(
        folder / "cells.csv",
        [
            {"cell": cell, "unit": cell, "period": "2026-01-12", "family": "hours", "status": status, "n": str(len(of))}
            for cell, (status, of) in cells.items()
        ],
    )
    write_csv(
        folder / "members.csv", [{"cell": cell, "pseudonym": one} for cell, (_, of) in cells.items() for one in of]
    )


@pytest.fixture
def exported(demo_readonly: Engine, tmp_path: Path) -> Path:
    """The newest week of the demonstration organisation, exported."""
    with demo_readonly.connect() as connection:
        newest = connection.scalar(select(func.max(Release.id)).where(Release.area == "workload"))
        assert newest is not None
        export_release(connection, newest, tmp_path / "export", unit_paths(connection))
    return tmp_path / "export"


def test_an_outsider_finds_the_demonstration_safe(exported: Path) -> None:
    """The script proves an export of the demonstration with the standard library alone, and counts what it proved."""
    shown = sum(row["status"] == "shown" for row in read_cells(exported))

    done = repeat(exported)

    assert (done.returncode, done.stderr) == (0, "")
    assert shown > 100
    assert done.stdout == f"safe: {shown} shown cells, nothing below 6 people\n"


def test_an_outsider_finds_the_hole_when_a_small_hidden_cell_is_shown(exported: Path) -> None:
    """One hidden row of fewer than six people marked as shown, and the script names it and its number of people."""
    cells = read_cells(exported)
    chosen = next(row for row in cells if row["status"] == "hidden" and 0 < int(row["n"]) < 6)
    chosen["status"] = "shown"
    write_csv(exported / "cells.csv", cells)

    done = repeat(exported)

    assert done.returncode == 1
    assert f"{chosen['cell']} minus the shown cells inside it leaves {chosen['n']} people" in done.stdout


def test_an_outsider_finds_the_hole_that_only_subtraction_opens(tmp_path: Path) -> None:
    """D of 19 people, A of 9 and B of 7 shown: D - A - B leaves the three of C, although all that is shown is large."""
    d = "ABCDEFGHIJKLMNOPQRS"
    a, b, c = d[:9], d[9:16], d[16:]
    safe = {"D": ("shown", d), "A": ("shown", a), "B": ("hidden", b), "C": ("hidden", c)}
    write_export(tmp_path / "safe", safe)
    write_export(tmp_path / "unsafe", safe | {"B": ("shown", b)})

    assert repeat(tmp_path / "safe").returncode == 0
    unsafe = repeat(tmp_path / "unsafe")
    assert (unsafe.returncode, unsafe.stdout) == (
        1,
        "D minus the shown cells inside it leaves 3 people (2 cells inside)\n",
    )


def test_an_outsider_may_ask_for_another_size(tmp_path: Path) -> None:
    """A cell of seven is safe at six and not at eight."""
    write_export(tmp_path / "export", {"A": ("shown", "ABCDEFG")})

    assert repeat(tmp_path / "export", "6").returncode == 0
    assert repeat(tmp_path / "export", "8").returncode == 1


def test_an_outsider_is_told_when_members_were_left_out(tmp_path: Path) -> None:
    """A cell whose number of members is not the one it claims is reported, and nothing is called safe."""
    write_export(tmp_path / "export", {"A": ("shown", "ABCDEFG")})
    cells = read_cells(tmp_path / "export")
    cells[0]["n"] = "9"
    write_csv(tmp_path / "export" / "cells.csv", cells)

    done = repeat(tmp_path / "export")

    assert (done.returncode, done.stdout) == (1, "A: n is not the number of its members\n")


def test_an_outsider_is_told_when_cells_overlap(tmp_path: Path) -> None:
    """Cells that are neither nested nor disjoint need the full audit; the short proof does not call them safe."""
    write_export(tmp_path / "export", {"F": ("shown", "123456"), "J": ("shown", "123457")})

    done = repeat(tmp_path / "export")

    assert done.returncode == 1
    assert done.stdout.startswith("F and J overlap")
