"""Words from the database as text: nothing in a name can become a link, an icon, a formula or a heading."""

import re

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#$~:|!])")
_BEGINS_SOMETHING = re.compile(r"^([-+=]|\d+(?=[.)]))")  # a list, or a heading of the line above
NBSP = "\u00a0"


def plain(text: str) -> str:
    """`text` for a Streamlit command that reads Markdown, with every character that means something escaped."""
    return _MEANS_SOMETHING.sub(r"\\\1", text)


def lines(text: str) -> str:
    """`text` as written, for Markdown: nothing in it means anything, its lines stay lines, and blanks at their begin stay."""
    return "  \n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    words = line.lstrip(" \t")
    indent = line[: len(line) - len(words)].replace("\t", 4 * " ").replace(" ", NBSP)
    escaped = plain(words)
    begins = _BEGINS_SOMETHING.match(escaped)
    if begins and begins[0].isdigit():
        return f"{indent}{begins[0]}\\{escaped[begins.end() :]}"
    return f"{indent}\\{escaped}" if begins else indent + escaped
