"""What the panel beside the heatmap says. Verdict words are fixed; counts are counts of weeks and units."""

from collections.abc import Sequence
from math import isfinite

import pandas as pd

from core.calendar import label
from core.metrics.definition import Metric
from core.metrics.wording import percent, span_text, value_text
from core.policy import Policy
from core.workload.swing import LEAST_SHOWN, Reading, Swing
from core.workload.teams import LOADS, Run
from core.workload.wording import in_words, run_words

BADGES = {
    "over": "Beyond usual swing",
    "beyond": "Beyond usual swing",
    "improved": "Improved",
    "usual": "Usual swing",
    "unknown": "",
}
ALONE = "Nothing that you may see stands beside {name}."
NUMBERLESS = "Siblings are compared by numbers; here there are only words."
BARS = "Mean of the last four weeks, by name. Bars that do not overlap differ; the words say where that is sure."


def swing_text(metric: Metric, swing: Swing) -> str:
    """The own usual swing as text; '' when there is too little history."""
    if swing.limits is None:
        return ""
    return span_text(metric, swing.limits.lower, swing.limits.upper)


def said(
    metric: Metric,
    values: Sequence[float],
    swing: Swing,
    reading: Reading,
    policy: Policy,
    lookback: Sequence[float],
) -> str:
    """One or two sentences about a row: how long load has lasted, and the newest week against its own swing.

    values: published values of the weeks shown, oldest first, NaN where nothing is shown. lookback: those of the weeks in
    which a run is counted, which do not depend on how many weeks the picture shows.
    """
    parts = []
    if metric.id in LOADS:
        line = policy.utilisation_bands[2]
        run = Run.of(lookback, line)
        if run.weeks >= policy.sustained_weeks:
            parts.append(f"{run_words(run, start=True)} above {percent(line)}.")
    parts.append(against(metric, values, swing, reading))
    return " ".join(part for part in parts if part)


def against(metric: Metric, values: Sequence[float], swing: Swing, reading: Reading) -> str:
    """The newest shown week against the own usual swing, in one sentence."""
    if not any(isfinite(value) for value in values):
        return "No number is shown in these weeks."
    text = swing_text(metric, swing)
    if not text:
        return (
            f"Too little history for a usual swing: {in_words(swing.shown)} of the 26 weeks before were shown, "
            f"{LEAST_SHOWN} are needed."
        )
    if reading.weeks:
        side = "above" if reading.direction == "up" else "below"
        newest = f"The newest is {side} its own usual swing of {text}"
        if reading.weeks == 1:
            return f"{newest}: one week, which can be chance."
        return f"{newest}, for {in_words(reading.weeks)} weeks running."
    if reading.tone == "improved":
        return f"Back within its own usual swing of {text}."
    return f"Within its own usual swing of {text}."


def siblings_said(name: str, siblings: pd.DataFrame) -> str:
    """What the picture of the siblings shows, or why there is none."""
    others = siblings[siblings["relation"] != "selected"]
    compared = others[others["relation"].isin(["higher", "lower", "cannot tell apart"])]
    if others.empty:
        return ALONE.format(name=name)
    if not siblings["value"].notna().any():
        return NUMBERLESS
    if not (siblings["relation"] == "selected").any():
        return f"{name} is not shown in these weeks, so nothing is compared with it."
    if compared.empty:
        return f"None of the units beside {name} is shown in these weeks."
    differ = int(compared["relation"].isin(["higher", "lower"]).sum())
    counted = f"{in_words(differ, start=True)} of {len(compared)}"
    if differ == len(compared):
        counted = {1: "The other one", 2: "Both"}.get(differ, f"All {in_words(differ)}")
    return f"{BARS} {counted} can be told apart from {name}."


def value_words(metric: Metric, value: float) -> str:
    """A mean of published values as text; '' when there is none."""
    return value_text(metric, value) if isfinite(value) else ""


def trend_alt(metric: Metric, name: str, trend: pd.DataFrame, text: str) -> str:
    """One sentence for a screen reader about the trend."""
    shown = trend[trend["status"] == "shown"]
    first, last = trend["week"].iloc[0], trend["week"].iloc[-1]
    newest = f"newest shown {shown['text'].iloc[-1]}" if len(shown) else "nothing shown"
    swing = f"usual swing {text}" if text else "too little history for a usual swing"
    beyond = int((trend["side"] != 0).sum())
    return (
        f"Trend of {metric.name[0].lower() + metric.name[1:]} in {name}, weeks of {label(first)} to {label(last)}: "
        f"{newest}, {swing}, {beyond} of {len(shown)} shown weeks beyond it."
    )


def siblings_alt(metric: Metric, name: str, siblings: pd.DataFrame) -> str:
    """One sentence for a screen reader about the siblings."""
    counts = siblings["relation"].value_counts()
    parts = [
        f"{counts[word]} {word}" for word in ("higher", "lower", "cannot tell apart", "not shown") if word in counts
    ]
    return f"{metric.name} of the units beside {name}, last four weeks: {', '.join(parts) or 'nothing to compare'}."
