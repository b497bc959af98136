"""Shares of goals by unit as tables to look at: a row a unit, 'so many of so many', and a look a cell. Ordinary is pale."""

from collections.abc import Callable, Mapping

import pandas as pd

from core.goals.reasons import LABELS
from core.goals.unit_shares import KEPT, UnitLine, UnitShares
from core.metrics import palette

UNIT, GOALS, REVISIT = "Unit", "Open goals", "Need revisiting"
FEW = "few owners"
ORDINARY, HIGH = (
    0.20,
    0.40,
)  # shares of a unit's goals up to which a reason is ordinary, and from beyond which it is high
LEGEND = (
    f"Palest: up to {ORDINARY * 100:.0f} % of the goals; yellow: more; orange: more than {HIGH * 100:.0f} %. "
    "A unit whose goals have few owners is not told as shares: look at its goals."
)
KEPT_LEGEND = (
    f"Palest: at least {(1 - ORDINARY) * 100:.0f} % of the goals; yellow: fewer; "
    f"orange: fewer than {(1 - HIGH) * 100:.0f} %."
)


def reasons_table(found: UnitShares, colours: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Texts, and the CSS of each: columns Unit, Open goals, Need revisiting, then the reasons there are, most frequent first.

    colours: slot -> hex, as `core.metrics.palette.theme_colours` gives them.
    """
    columns = {REVISIT: "revisit"} | {LABELS[code]: code for code in found.codes}
    return _table(found, colours, columns, lambda line, name: line.revisit if name == "revisit" else line.reasons[name])


def kept_table(found: UnitShares, colours: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same for how goals are looked after: columns Unit, Open goals, and the four of KEPT."""
    columns = {words: name for name, words in KEPT.items()}
    return _table(found, colours, columns, lambda line, name: line.kept[name], missing=True)


def alt(found: UnitShares) -> str:
    """One sentence for a screen reader."""
    whole = found.lines[0]
    counted = "few owners" if whole.few else f"{whole.goals:,} open goals, {whole.revisit:,} to revisit"
    return f"{whole.name}: {counted}; {len(found.lines) - 1} rows below."


def _table(
    found: UnitShares,
    colours: Mapping[str, str],
    columns: Mapping[str, str],
    number: Callable[[UnitLine, str], int],
    *,
    missing: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    texts, looks = [], []
    for place, line in enumerate(found.lines):
        text = {UNIT: f"{line.name}, directly" if line.direct else line.name, GOALS: f"{line.goals:,}"}
        look = {UNIT: "font-weight: 600" if place == 0 else "", GOALS: ""}
        if line.few:
            text[GOALS] = FEW
        for words, name in columns.items():
            text[words] = look[words] = ""
            if not line.few and line.goals:
                at = number(line, name)
                share = at / line.goals
                text[words] = f"{at:,} of {line.goals:,}" if at else "none"
                look[words] = _look(1 - share if missing else share, colours)
        texts.append(text)
        looks.append(look)
    names = [UNIT, GOALS, *columns]
    return pd.DataFrame(texts, columns=names), pd.DataFrame(looks, columns=names)


def _look(share: float, colours: Mapping[str, str]) -> str:
    tone = "within" if share <= ORDINARY + 1e-9 else "watch" if share <= HIGH + 1e-9 else "over"
    fill, ink = palette.CELLS[tone]
    return f"background-color: {colours[fill]}; color: {colours[ink]}"
