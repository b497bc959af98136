"""Words from the database as text: nothing in a name can become a link, an icon, a formula or a heading."""

import re

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#$~:|!])")


def plain(text: str) -> str:
    """`text` for a Streamlit command that reads Markdown, with every character that means something escaped."""
    return _MEANS_SOMETHING.sub(r"\\\1", text)


def lines(text: str) -> str:
    """`text` as written, for Markdown: nothing in it means anything, and its lines stay lines."""
    return plain(text).replace("\n", "  \n")
