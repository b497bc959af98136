"""How values and catalogue entries read: one place, for screens, exports and documentation."""

from core.metrics.definition import Metric

NBSP = "\u00a0"
SHARE_CLASSES = {"few": "few or none", "some": "some", "many": "many"}


def value_text(metric: Metric, value: float | None, qualifier: str = "", share_class: str | None = None) -> str:
    """A published value as people read it: `118 %`, `4.5 h`, `at most 5 %`, `some`. '' when there is none."""
    if qualifier == "class":
        return SHARE_CLASSES[share_class or "few"]
    if value is None:
        return ""
    number = f"{value:.1f}{NBSP}h" if metric.unit == "hours" else f"{value * 100:.0f}{NBSP}%"
    return f"{qualifier} {number}" if qualifier else number


def explanation(metric: Metric) -> dict[str, str]:
    """The *How is this computed?* table of a metric: label -> text, in reading order."""
    unit = {
        "ratio": "percent of hours",
        "hours": "hours per person and week",
        "share": "percent of people; below 20 people only few or none, some, many",
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
