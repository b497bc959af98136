"""The tree of goals as a picture: a column for each level, each goal beside what it serves, coloured by how it stands.

No SQL and no Streamlit; every goal is one bar, so that clicks and taps reach it.
"""

from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from core.calendar import long_label
from core.goals.tree_board import Branch
from core.metrics import palette
from core.metrics.chart import BARE, Spec, figure, layout, note
from core.metrics.wording import NBSP

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW = {False: 34, True: 46}  # pixels a goal without others below it: desktop, phone
MOST_ROWS = 60  # goals at the right edge of the picture
_SIGNS = {(False, 1): 120, (False, 2): 62, (False, 3): 44, (True, 1): 46, (True, 2): 21, (True, 3): 12}
LOOKS: dict[str, tuple[str, str, str]] = {  # tone -> fill, text on it, words
    "critical": (palette.CRITICAL_FILL, palette.CRITICAL_TEXT, "At risk"),
    "watch": (palette.WATCH_FILL, palette.WATCH_TEXT, "Behind its pace"),
    "within": (palette.PANEL, palette.INK, "On its way"),
    "": (palette.PAPER, palette.MUTED, "No progress known"),
}


def rows_needed(branches: Sequence[Branch]) -> int:
    """How many rows a picture of these goals has: those that have none of the others below them."""
    return sum(
        place + 1 == len(branches) or branches[place + 1].line.depth <= each.line.depth
        for place, each in enumerate(branches)
    )


def cut(branches: Sequence[Branch], most: int = MOST_ROWS) -> tuple[Branch, ...]:
    """As many of the goals as a readable picture holds: goals that stand alone go first, then deeper levels, then the end."""
    shown = list(branches)
    if rows_needed(shown) > most:
        shown = _connected(shown) or shown
    deepest = max((each.line.depth for each in shown), default=0)
    while rows_needed(shown) > most and deepest > 0:
        deepest -= 1
        shown = [each for each in shown if each.line.depth <= deepest]
    while rows_needed(shown) > most:
        shown.pop()
    return tuple(shown)


def _connected(branches: Sequence[Branch]) -> list[Branch]:
    """Goals at the top that have others below them, with those; the rest is no tree."""
    found: list[Branch] = []
    for place, each in enumerate(branches):
        alone = place + 1 == len(branches) or branches[place + 1].line.depth == 0
        if each.line.depth > 0 or not alone:
            found.append(each)
    return found


def goal_map(branches: Sequence[Branch], *, phone: bool = False) -> "go.Figure":
    """The picture. `branches` in the order of the tree, depth from 0, at least one; customdata of a bar is [goal id]."""
    spans = _spans(branches)
    columns = 1 + max(each.line.depth for each in branches)
    rows = rows_needed(branches)
    signs = _SIGNS.get((phone, min(columns, 3)), 12)
    traces = []
    for tone, (fill, _, words) in LOOKS.items():
        alike = [each for each in branches if each.tone == tone]
        if alike:
            traces.append(_bars(alike, spans, fill, words))
    frame = {**BARE, "showgrid": False, "showticklabels": False}
    drawn = layout(
        rows * ROW[phone] + 12,
        top=4,
        x={**frame, "range": [0, columns]},
        y={**frame, "range": [rows, 0]},
        barmode="overlay",
        bargap=0,
        annotations=[_title(each, spans[each.line.goal.id], signs, ROW[phone]) for each in branches],
    )
    return figure(traces, drawn)


def _bars(alike: list[Branch], spans: dict[int, tuple[int, int]], fill: str, words: str) -> Spec:
    ends = [spans[each.line.goal.id] for each in alike]
    return {
        "type": "bar",
        "name": words,
        "orientation": "h",
        "base": [each.line.depth + 0.006 for each in alike],
        "x": [0.988] * len(alike),
        "y": [(top + bottom) / 2 for top, bottom in ends],
        "width": [bottom - top - 0.12 for top, bottom in ends],
        "customdata": [[each.line.goal.id] for each in alike],
        "hovertext": [_hover(each, words) for each in alike],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"color": fill, "line": {"color": palette.RULE, "width": 1}},
    }


def _title(branch: Branch, ends: tuple[int, int], signs: int, height: int) -> Spec:
    """The title on its bar, from the left; clicks go through it."""
    top, bottom = ends
    return note(
        _label(branch, signs, (bottom - top) * height),
        size=12,
        colour=LOOKS[branch.tone][1],
        x=branch.line.depth + 0.006,
        y=(top + bottom) / 2,
        xref="x",
        yref="y",
        xanchor="left",
        yanchor="middle",
        align="left",
        xshift=4,
        captureevents=False,
    )


def _spans(branches: Sequence[Branch]) -> dict[int, tuple[int, int]]:
    """Goal -> its first row and the one after its last."""
    found: dict[int, tuple[int, int]] = {}
    opened: list[Branch] = []
    row = 0

    def close(depth: int) -> None:
        nonlocal row
        while opened and opened[-1].line.depth >= depth:
            done = opened.pop()
            top = found[done.line.goal.id][0]
            row = max(row, top + 1)
            found[done.line.goal.id] = (top, row)

    for each in branches:
        close(each.line.depth)
        found[each.line.goal.id] = (row, row)
        opened.append(each)
    close(0)
    return found


def _label(branch: Branch, signs: int, pixels: float) -> str:
    """The title in as many lines as fit."""
    lines = wrap(branch.line.goal.title, signs) or [""]
    most = max(int((pixels - 10) // 15), 1)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: signs - 1].rstrip()}…"]
    return "<br>".join(f"{NBSP}{escape(line, quote=False)}" for line in lines)


def _hover(branch: Branch, words: str) -> str:
    """Title, whose, and how it stands. Lines end with a blank that does not break, or the last letter is clipped."""
    goal, going = branch.line.goal, branch.line.going
    lines = [f"<b>{part}</b>" for part in wrap(escape(goal.title, quote=False), 60)]
    due = f"due {long_label(goal.due)}" if goal.due else ""
    lines.append(" · ".join(part for part in (escape(goal.owner.name, quote=False), due) if part))
    done = f"{going.score:.0%} done".replace("%", f"{NBSP}%") if going.score is not None else ""
    lines.append(" · ".join(part for part in (words, done) if part))
    if branch.revisit:
        lines.append("Needs revisiting")
    return "<br>".join(f"{line}{NBSP}" for line in lines if line)


def alt(branches: Sequence[Branch]) -> str:
    """The picture in a sentence, for a screen reader."""
    counts: dict[str, Any] = {}
    for each in branches:
        counts[LOOKS[each.tone][2].lower()] = counts.get(LOOKS[each.tone][2].lower(), 0) + 1
    said = ", ".join(f"{number} {words}" for words, number in counts.items())
    return f"Map of {len(branches)} goals, each beside what it serves: {said}. The table says the same."
