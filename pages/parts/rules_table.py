"""Rules, facts and logs as tables that read well, with a keyboard and a screen reader too."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.access.reads import Look
from core.calendar import label
from core.metrics.wording import NBSP
from core.openness.who_sees_what import Line
from core.workload.wording import in_words
from pages.parts.device import phone
from pages.parts.plain import plain

NOBODY = "Nobody has looked at your records."
NOBODY_AT_UNIT = "Nobody has taken a view of your unit by the command line."


def rules(lines: Sequence[Line], *, alt: str) -> None:
    """One row a rule: the data, who reaches any of it, how far. On a phone the last two stand under each other."""
    if phone():
        facts({line.data: f"**{plain(line.who)}.** {plain(line.how)}" for line in lines}, alt=alt, escaped=True)
        return
    frame = pd.DataFrame(
        [(f"**{plain(line.data)}**", plain(line.who), plain(line.how)) for line in lines],
        columns=["What", "Who", "How far"],
    )
    st.table(frame.set_index("What"), border="horizontal", alt=alt)


def facts(pairs: Mapping[str, str], *, alt: str, escaped: bool = False) -> None:
    """Two columns: what it is, what it is here. `escaped`: the texts are Markdown already."""
    st.table(
        {plain(name): text if escaped else plain(text) for name, text in pairs.items()}, border="horizontal", alt=alt
    )


def looks(found: Sequence[Look], *, nobody: str, alt: str) -> None:
    """Who looked, newest day first; one row a reader and day. Or that nobody did."""
    if not found:
        st.caption(nobody)
        return
    rows = [
        (
            f"{label(look.day)} {look.day.year}".replace(" ", NBSP),
            plain(look.who[:1].upper() + look.who[1:]),
            plain(f"{look.what[:1].upper()}{look.what[1:]}, {_times(look.reads)}"),
        )
        for look in found
    ]
    frame = pd.DataFrame(rows, columns=["Day", "Who", "What"])
    st.table(frame.set_index("Day"), border="horizontal", alt=alt)


def _times(reads: int) -> str:
    return {1: "once", 2: "twice"}.get(reads, f"{in_words(reads)} times")
