"""Where a new goal starts: a handful of templates, or an empty form of any kind."""

import streamlit as st

from core.goals.goal import Kind, Measure, Owner, Visibility
from core.goals.templates import BY_ID, TEMPLATES, Template
from core.goals.terms import Terms
from core.goals.terms_wording import KINDS
from pages.parts.goal_links import to_form, to_list
from pages.parts.page_head import head
from pages.parts.plain import plain

CHOOSE = "choose"
EMPTY = {kind.value.replace("_", "-"): kind for kind in Kind}
_ALONE = (Kind.KPI, Kind.DEVELOPMENT, Kind.WELLBEING)  # kinds that need no goal above them
_MEASURED = {Kind.KEY_RESULT: Measure.REACH, Kind.KPI: Measure.RANGE, Kind.WELLBEING: Measure.STAY_ABOVE}


def choose() -> None:
    """Draw the templates."""
    head(
        "My goals · New goal",
        (),
        "What kind of goal is it?",
        "A template fills in what is usual. All of it can be changed.",
    )
    st.button("Back to my goals", type="tertiary", icon=":material/arrow_back:", on_click=to_list, key="to_list")
    grid = st.grid(4, min_column_width=250, gap="small")
    for template in TEMPLATES:
        with grid.container(border=True, height="stretch", gap="xsmall"):
            st.subheader(template.name, anchor=False)
            st.markdown(plain(template.purpose))
            st.caption(plain(f"For example: {template.example}"))
            st.button(
                "Start",
                on_click=to_form,
                kwargs={"new": template.id},
                key=f"start_{template.id}",
                help=f"Start: {template.name}",
            )
    with st.container(gap="xsmall"):
        st.caption("Or start from an empty form:")
        with st.container(horizontal=True, gap="xsmall"):
            for name, kind in EMPTY.items():
                st.button(KINDS[kind], type="tertiary", on_click=to_form, kwargs={"new": name}, key=f"start_{name}")


def template_of(asked: str) -> Template | None:
    """The template that an address names; None for an empty form."""
    return BY_ID.get(asked)


def starts_with(asked: str, owners: tuple[Owner, ...]) -> Terms | None:
    """The terms with which a new goal starts; None when the address names neither a template nor a kind."""
    template = BY_ID.get(asked)
    owner = owners[0]
    if template is None:
        kind = EMPTY.get(asked)
        if kind is None:
            return None
        private = kind in (Kind.DEVELOPMENT, Kind.WELLBEING) and not owner.unit
        seen = Visibility.PRIVATE if private else Visibility.OPEN
        return Terms("", kind, _MEASURED.get(kind, Measure.NONE), owner, visibility=seen, standalone=kind in _ALONE)
    if template.of_unit:
        owner = next((each for each in owners if each.unit), owner)
    return Terms(
        title="",
        standalone=template.kind in _ALONE,
        kind=template.kind,
        measure=template.measure,
        owner=owner,
        metric=template.metric,
        unit=template.unit,
        target=template.target,
        low=template.low,
        high=template.high,
        cadence_days=template.cadence_days,
        pace=template.pace,
        ambition=template.ambition,
        acceptance=template.acceptance,
        visibility=Visibility.PRIVATE if template.kind is Kind.WELLBEING and owner.person else template.visibility,
    )
