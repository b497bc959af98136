"""The pieces of *How it works*: every measure, how people are protected, how fresh the data is."""

from pathlib import Path

import streamlit as st

from core.access.viewer import Viewer
from core.calendar import today
from core.metrics.catalogue import catalogue
from core.metrics.definition import Metric
from core.metrics.legend import legend
from core.metrics.wording import explanation
from core.openness.freshness import freshness_facts, freshness_sentence
from core.openness.protection import headline, policy_in_words, proof_facts, proof_sentence, ten_sentences
from core.workload.wording import in_words
from pages.parts import address, loaders, rules_loaders, rules_table
from pages.parts.chart import draw
from pages.parts.device import phone
from pages.parts.page_head import head
from pages.parts.plain import plain

SCREEN = "how_it_works"
NAMES = ("about", "metric")
SECTIONS = {"measures": "Measures", "protection": "Protection", "freshness": "Freshness"}
DOCS = Path(__file__).parents[2] / "docs"
LEGEND_WIDTH = {False: 640, True: 330}


def chosen_section() -> tuple[str, str]:
    """The section and the measure that the address asks for; what it cannot mean falls back to the first."""
    parts = address.parts(SCREEN, NAMES)
    about = parts.get("about", "")
    return about if about in SECTIONS else "measures", parts.get("metric", "")


def section_switch(about: str) -> None:
    """The three sections, side by side."""
    st.segmented_control(
        "About",
        list(SECTIONS),
        format_func=lambda section: SECTIONS[section],
        required=True,
        label_visibility="collapsed",
        **address.follows("how_it_works_about", "about", about),
    )


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
    section_switch("measures")
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
    _full_text("metrics.md", "All measures as a file")


def protection(viewer: Viewer) -> None:
    """Protection in ten sentences, what the proofs found, and the policy in force."""
    rules = loaders.policy()
    audit, proofs = rules_loaders.proofs()
    found = proof_sentence(audit, proofs, operates="admin" in viewer.roles)
    head("How it works · Protection", (), headline(rules), found)
    section_switch("protection")
    page = st.grid(3, min_column_width=300, gap="medium")
    with page.cell(column_span=2), st.container(border=True):
        st.header("Protection in ten sentences", anchor=False)
        st.markdown("\n".join(f"1. {plain(sentence)}" for sentence in ten_sentences(rules)), width=760)
    with page.cell():
        with st.container(border=True):
            st.header("Proofs", anchor=False)
            checked = proof_facts(audit, proofs)
            if checked:
                rules_table.facts(checked, alt="What the proofs looked at and found")
            else:
                st.caption("Nothing has been released yet.")
        with st.container(border=True):
            st.header("The policy here", anchor=False)
            rules_table.facts(policy_in_words(rules), alt="The policy in words")
    _full_text("protection.md", "The full text, with what is not promised")


def freshness() -> None:
    """The newest week, what came in when, what is open and what waits."""
    found = rules_loaders.state_of_data(as_of=today())
    support = "Nothing is counted that did not come in: a week without data is not zero."
    head("How it works · Freshness", (), freshness_sentence(found), support)
    section_switch("freshness")
    with st.container(border=True, width=760):
        st.header("The state of the data", anchor=False)
        if found.stale:
            st.badge("Older than usual", icon=":material/history:", color="yellow")
        rules_table.facts(freshness_facts(found), alt="How fresh the data is")
    _full_text("import.md", "What files may hold")


def _full_text(name: str, label: str) -> None:
    """The page of the documentation that says everything, as a file to keep."""
    st.download_button(
        label,
        (DOCS / name).read_bytes(),
        file_name=name,
        mime="text/markdown",
        type="tertiary",
        icon=":material/article:",
        on_click="ignore",
        key=f"docs_{name}",
    )
