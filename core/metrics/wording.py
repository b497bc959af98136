"""How values and catalogue entries read: one place, for screens, exports and documentation."""

from math import ceil, floor

from core.metrics.definition import Metric

NBSP = "\u00a0"
EDGE = 1e-6  # an end that equals a printed value includes it
SHARE_CLASSES = {"few": "few or none", "some": "some", "many": "many"}


def percent(share: float) -> str:
    """A share or ratio as people read it: `110 %`."""
    return f"{share * 100:.0f}{NBSP}%"


def value_text(metric: Metric, value: float | None, qualifier: str = "", share_class: str | None = None) -> str:
    """A published value as people read it: `118 %`, `4.5 h`, `at most 5 %`, `some`. '' when there is none."""
    if qualifier == "class":
        return SHARE_CLASSES[share_class or "few"]
    if value is None:
        return ""
    number = f"{value:.1f}{NBSP}h" if metric.unit == "hours" else percent(value)
    return f"{qualifier} {number}" if qualifier else number


def span_text(metric: Metric, lower: float, upper: float) -> str:
    """A range as people read it: `92–101 %`, `6.9–8.1 h`: the printed values that lie within, so that none contradicts it.

    One figure when only one printed value lies within, or none does. Negative ends read as 0.
    """
    grain = 10 if metric.unit == "hours" else 100
    first, last = ceil(max(0.0, lower) * grain - EDGE), floor(max(0.0, upper) * grain + EDGE)
    if first >= last:
        return value_text(metric, round((max(0.0, lower) + max(0.0, upper)) / 2 * grain) / grain)
    return f"{value_text(metric, first / grain).split(NBSP)[0]}–{value_text(metric, last / grain)}"


def explanation(metric: Metric) -> dict[str, str]:
    """The *How is this computed?* table of a metric: label -> text, in reading order."""
    unit = {
        "ratio": "percent of hours",
        "hours": "hours per person and week",
        "share": "percent of people; below 20 people only few or none, some, many",
        "conversations": "percent of conversations; below ten managers only few or none, some, many",
        "events": "percent of events",
        "classes": "classes of the share of a quarter's events that an hour of the week has",
    }[metric.unit]
    bands = "; ".join(band.name for band in metric.bands) or "none: no fixed meaning is published"
    rows = {
        "Question": metric.question,
        "Formula": metric.formula,
        "Unit": unit,
        "Grain": metric.grain,
        "Strain shows as": {"higher": "higher values", "lower": "lower values", "": "neither direction by itself"}[
            metric.direction
        ],
        "Bands": bands,
        "From week to week": (
            "fast: swings widely, shown to 1 % or 0.1 h"
            if metric.speed == "fast"
            else "slow until the company's own swing is known: rounded by the size of the group"
        ),
        "Source": metric.source,
        "Caveat": metric.caveat,
    }
    if metric.unit == "classes":
        del rows["From week to week"]  # a card is told by classes, whatever the swing
    if metric.whole_population_only:
        rows["Shown for"] = "groups of 20 people or more"
    return rows


def metrics_page(metrics: dict[str, Metric]) -> str:
    """The text of docs/metrics.md, generated; a test compares it with the file."""
    parts = [
        "# Metrics",
        "",
        "Generated from the catalogue (`core/metrics`) by `make docs`; the same texts stand behind *How is this computed?*.",
        "",
        "| id | name | unit | shown for | from week to week |",
        "|---|---|---|---|---|",
    ]
    for metric in metrics.values():
        shown = "20 people or more" if metric.whole_population_only else "every reporting unit"
        parts.append(f"| [`{metric.id}`](#{metric.id}) | {metric.name} | {metric.unit} | {shown} | {metric.speed} |")
    for metric in metrics.values():
        parts += ["", f"## {metric.id}", "", f"**{metric.name}**", ""]
        parts += [f"- *{label}*: {text}" for label, text in explanation(metric).items()]
    return "\n".join(parts) + "\n"
