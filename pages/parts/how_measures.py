"""Every measure: its question, formula, bands, source and caveat."""

import streamlit as st

from core.access.viewer import Viewer
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.metrics.legend import legend
from core.metrics.wording import explanation
from core.workload.wording import in_words
from pages.parts import address, loaders, rules_loaders, rules_table
from pages.parts import how_it_works_parts as parts
from pages.parts.chart import draw
from pages.parts.device import phone
from pages.parts.page_head import head
from pages.parts.plain import plain

LEGEND_WIDTH = {False: 640, True: 330}


def _ordered(viewer: Viewer) -> tuple[dict[str, Metric], frozenset[str]]:
    """The catalogue with the measures first that have data in the viewer's scope, and the ids of those."""
    found = rules_loaders.with_data(roles=viewer.roles, units=viewer.units, own_unit=viewer.own_unit)
    every = catalogue(loaders.policy())
    first = {name: metric for name, metric in every.items() if name in found}
    return first | every, found


def measures(viewer: Viewer, asked: str) -> None:
    """Choose a measure; read its question, formula, bands, source and caveat."""
    every, found = _ordered(viewer)
    chosen = asked if asked in every else next(iter(every))
    metric = every[chosen]
    counted = f"{in_words(len(every), start=True)} measures can be explained"
    held = f"{in_words(len(found))} of them have data here." if found else "none of them has data here."
    head("How it works · Measures", (), metric.question, f"{counted}; {held}")
    parts.section_switch("measures")
    st.selectbox(
        "Measure",
        list(every),
        format_func=lambda name: every[name].name,
        width=420,
        **address.follows("how_it_works_metric", "metric", chosen),
    )
    with st.container(border=True, width=880):
        st.header(plain(metric.name), anchor=False)
        if chosen not in found:
            st.badge("No data here yet", icon=":material/do_not_disturb_on:", color="gray")
        names = "; ".join(band.name for band in metric.bands) or "no bands"
        draw(
            legend(metric, width=LEGEND_WIDTH[phone()]),
            key="bands",
            alt=f"Colours of {metric.name}: {names}",
            still=True,
        )
        rules_table.facts(explanation(metric), alt=f"How {metric.name} is computed")
    parts.full_text("metrics.md", "All measures as a file")
