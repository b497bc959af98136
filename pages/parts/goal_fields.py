"""The fields of a form about a goal: few at first, the rest under *More*, and each refusal beside its field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.access.viewer import Viewer
from core.goals import form_rules as rules
from core.goals.choices import Above, Choices
from core.goals.goal import CLOSED, Ambition, Goal, Kind, Measure, Owner, Pace, Status, Visibility
from core.goals.milestone_lines import lines_of_milestones, milestones_of_lines
from core.goals.naming import named_in, names_in
from core.goals.templates import Template
from core.goals.terms import TermRefused, Terms
from core.goals.terms_wording import (
    AMBITIONS,
    CADENCES,
    KINDS,
    LABELS,
    MEASURES,
    PACES,
    SEEN_BY,
    VISIBILITIES,
    cadence,
)
from pages.parts.goal_memory import Memory
from pages.parts.plain import plain

KEPT: dict[str, Any] = {"persist_state": "session"}  # what is typed outlives a look at another screen


@dataclass(frozen=True)
class Form:
    """What a form is about. which: its name in the session. goal: the one that is changed, None for a new one."""

    which: str
    start: Terms
    goal: Goal | None
    offered: Choices
    template: Template | None = None

    @property
    def agreed(self) -> bool:
        """Whether it changes a goal that both have agreed to."""
        return self.goal is not None and self.goal.status in (Status.ACTIVE, Status.PAUSED, *CLOSED)

    @property
    def names(self) -> dict[str, str]:
        """Names of everybody who may be named here."""
        kept = named_in(self.goal) if self.goal is not None else ()
        return names_in([*self.offered.people, *self.offered.owners, *kept])

    @property
    def goals(self) -> dict[int, str]:
        """Titles of the goals that may be served."""
        return {each.id: each.title for each in self.offered.above}


class Fields:
    """Draws the fields of one form. `wrong` is what does not even read as terms, by field."""

    def __init__(self, form: Form, viewer: Viewer, memory: Memory, start: Terms) -> None:
        self.form, self.viewer, self.memory, self.start = form, viewer, memory, start
        self.errors: Mapping[str, str] = memory.errors
        self.wrong: dict[str, str] = {}

    def draw(self) -> Terms:
        """All fields, in their order; returns what they say now."""
        kind = self._kind()
        owner = self._owner(kind)
        title = st.text_input("The goal, in a sentence", self.start.title, key=self.memory.key("title"), **KEPT) or ""
        if self.form.template is not None:
            st.caption(plain(f"For example: {self.form.template.example}"))
        self.refusal("title")
        terms = replace(self.start, title=title, kind=kind, owner=owner)
        terms = self._measure(terms)
        terms = self._days(terms)
        terms = self._serves(terms)
        terms = self._seen_by(terms)
        return self._more(terms)

    def refusal(self, field: str) -> None:
        """Why the field was refused, right under it."""
        said = self.wrong.get(field) or self.errors.get(field)
        if said:
            st.markdown(f":red[:material/error: {plain(said)}]")

    def _kind(self) -> Kind:
        if self.form.agreed:
            return self.start.kind
        kind = st.segmented_control(
            LABELS["kind"],
            list(KINDS),
            default=self.start.kind,
            required=True,
            format_func=KINDS.__getitem__,
            key=self.memory.key("kind"),
            **KEPT,
        )
        self.refusal("kind")
        return Kind(kind)

    def _owner(self, kind: Kind) -> Owner:
        if self.form.goal is not None and self.form.goal.status is Status.PROPOSED:
            return self.start.owner  # the two who see a proposal are its owner and the other one
        options = rules.owners_for(kind, self.form.offered.owners, self.viewer.person_code)
        if self.form.agreed and self.start.owner not in options:
            options = (*options, self.start.owner)
        if len(options) < 2:
            owner = options[0] if options else self.start.owner
        else:
            place = options.index(self.start.owner) if self.start.owner in options else 0
            owner = st.selectbox(
                LABELS["owner"],
                options,
                index=place,
                format_func=self._owner_words,
                key=self.memory.key(f"owner_{kind is Kind.WELLBEING}"),
                **KEPT,
            )
        self.refusal("owner")
        return owner

    def _owner_words(self, owner: Owner) -> str:
        if owner.unit:
            return f"{owner.name} (team)"
        return f"{owner.name} (you)" if owner.person == self.viewer.person_code else owner.name or owner.person

    def _measure(self, terms: Terms) -> Terms:
        options = rules.MEASURES_OF[terms.kind]
        measure = options[0]
        if len(options) > 1:
            place = options.index(self.start.measure) if self.start.measure in options else 0
            measure = st.selectbox(
                LABELS["measure"],
                options,
                index=place,
                format_func=lambda each: _measure_words(each, terms.kind),
                key=self.memory.key(f"measure_{terms.kind.value}"),
                **KEPT,
            )
        self.refusal("measure")
        shown = rules.measured_by(measure)
        if measure is not self.start.measure:
            terms = replace(terms, baseline=None, target=None, low=None, high=None)
        said: dict[str, Any] = {"measure": measure}
        if "metric" in shown:
            grid = st.grid(len(shown), min_column_width=130, gap="small")
            for field in shown:
                with grid.cell():
                    said[field] = self._text(field) if field in ("metric", "unit") else self._number(field)
                    self.refusal(field)
        if "milestones" in shown:
            said["milestones"] = self._milestones()
        if "acceptance" in shown:
            said["acceptance"] = st.text_area(
                "How will you both tell that it is reached?",
                self.start.acceptance,
                height=80,
                key=self.memory.key("acceptance"),
                **KEPT,
            )
            self.refusal("acceptance")
        return replace(terms, **said)

    def _text(self, field: str) -> str:
        return st.text_input(LABELS[field], getattr(self.start, field), key=self.memory.key(field), **KEPT) or ""

    def _number(self, field: str) -> float | None:
        value: float | None = getattr(self.start, field)
        key = self.memory.key(field)
        found: float | None = st.number_input(LABELS[field], value=value, step=None, format="%g", key=key, **KEPT)
        return found

    def _milestones(self) -> Any:
        text = st.text_area(
            "Milestones, one a line, each with its day at the end",
            lines_of_milestones(self.start.milestones),
            height=120,
            placeholder="Half of the services moved, 2026-06-30",
            key=self.memory.key("milestones"),
            **KEPT,
        )
        try:
            return milestones_of_lines(text or "", self.start.milestones)
        except TermRefused as reason:
            self.wrong["milestones"] = str(reason)
            return self.start.milestones
        finally:
            self.refusal("milestones")

    def _days(self, terms: Terms) -> Terms:
        grid = st.grid(2, min_column_width=130, gap="small")
        said: dict[str, Any] = {}
        for field in ("start", "due"):
            with grid.cell():
                said[field] = st.date_input(
                    LABELS[field],
                    getattr(self.start, field),
                    format="YYYY-MM-DD",
                    key=self.memory.key(field),
                    **KEPT,
                )
                self.refusal(field)
        return replace(terms, **said)

    def _serves(self, terms: Terms) -> Terms:
        if rules.own_wellbeing(terms.kind, terms.owner):
            return terms
        parent = self._goal("parent_id", "Which goal does it serve?", self.form.offered.above)
        alone = terms.standalone
        if parent is None:
            alone = st.checkbox(
                "It stands alone, and needs no goal above it", alone, key=self.memory.key("standalone"), **KEPT
            )
        other_year = terms.other_year
        if "other_year" in self.errors:
            self.refusal("other_year")
            other_year = st.checkbox("It is meant so", False, key=self.memory.key("other_year"), **KEPT)
        return replace(terms, parent_id=parent, standalone=alone and parent is None, other_year=other_year)

    def _goal(self, field: str, label: str, above: tuple[Above, ...]) -> int | None:
        ids = [each.id for each in above]
        words = {each.id: f"{each.title} · {each.owner}" if each.owner else each.title for each in above}
        chosen = getattr(self.start, field)
        found: int | None = st.selectbox(
            label,
            ids,
            index=ids.index(chosen) if chosen in ids else None,
            format_func=lambda each: words.get(each, "A goal that you do not see"),
            placeholder="None",
            key=self.memory.key(field),
            **KEPT,
        )
        self.refusal(field)
        return found

    def _seen_by(self, terms: Terms) -> Terms:
        options = rules.seen_by(terms.kind, terms.owner)
        if len(options) < 2:
            return replace(terms, visibility=options[0])
        place = options.index(self.start.visibility) if self.start.visibility in options else 0
        chosen = st.radio(
            LABELS["visibility"],
            options,
            index=place,
            format_func=VISIBILITIES.__getitem__,
            captions=[SEEN_BY[each] for each in options],
            disabled=not rules.may_show(self.form.goal, self.viewer.person_code),
            key=self.memory.key(f"visibility_{len(options)}"),
            **KEPT,
        )
        self.refusal("visibility")
        return replace(terms, visibility=Visibility(chosen))

    def _more(self, terms: Terms) -> Terms:
        said: dict[str, Any] = {}
        wrong = any(field in self.errors for field in rules.MORE)
        with st.expander("More", expanded=wrong, icon=":material/tune:"):
            grid = st.grid(2, min_column_width=220, gap="small")
            with grid.cell():
                said["cadence_days"] = self._cadence()
            with grid.cell():
                said["weight"] = self._weight()
            if terms.kind is not Kind.KPI:
                with grid.cell():
                    said["pace"] = self._of("pace", PACES, Pace)
                with grid.cell():
                    said["ambition"] = self._of("ambition", AMBITIONS, Ambition)
            if not rules.own_wellbeing(terms.kind, terms.owner):
                with grid.cell():
                    said["co_owners"] = self._co_owners(terms)
                with grid.cell():
                    said["delegate"] = self._delegate(terms)
                results = tuple(each for each in self.form.offered.above if each.kind in (Kind.KEY_RESULT, Kind.KPI))
                said["guardrail_id"] = self._goal("guardrail_id", "What must not suffer from it (guardrail)", results)
        return replace(terms, **said)

    def _cadence(self) -> int:
        options = sorted({*CADENCES, self.start.cadence_days})
        chosen = st.selectbox(
            LABELS["cadence_days"],
            options,
            index=options.index(self.start.cadence_days),
            format_func=cadence,
            key=self.memory.key("cadence_days"),
            **KEPT,
        )
        self.refusal("cadence_days")
        return int(chosen)

    def _weight(self) -> float:
        weight = st.number_input(
            "Weight among the key results of one objective",
            value=self.start.weight,
            step=None,
            format="%g",
            key=self.memory.key("weight"),
            **KEPT,
        )
        self.refusal("weight")
        return float(weight)

    def _of(self, field: str, words: Mapping[Any, str], kind: type) -> Any:
        options = list(words)
        chosen = st.selectbox(
            LABELS[field],
            options,
            index=options.index(getattr(self.start, field)),
            format_func=words.__getitem__,
            key=self.memory.key(field),
            **KEPT,
        )
        self.refusal(field)
        return kind(chosen)

    def _co_owners(self, terms: Terms) -> tuple[str, ...]:
        names = names_in(self.form.offered.people)
        options = [code for code in names if code != terms.owner.person]
        chosen = st.multiselect(
            LABELS["co_owners"],
            options,
            default=[code for code in self.start.co_owners if code in options],
            format_func=lambda code: names.get(code, code),
            placeholder="Nobody",
            key=self.memory.key("co_owners"),
            **KEPT,
        )
        self.refusal("co_owners")
        return tuple(chosen)

    def _delegate(self, terms: Terms) -> str:
        names = names_in(self.form.offered.people)
        options = [code for code in names if code != terms.owner.person]
        chosen = st.selectbox(
            "Stands in while the owner is away",
            options,
            index=options.index(self.start.delegate) if self.start.delegate in options else None,
            format_func=lambda code: names.get(code, code),
            placeholder="Nobody",
            key=self.memory.key("delegate"),
            **KEPT,
        )
        self.refusal("delegate")
        return chosen or ""


def _measure_words(measure: Measure, kind: Kind) -> str:
    if measure is Measure.NONE:
        return "By its key results" if kind is Kind.OBJECTIVE else MEASURES[measure]
    return MEASURES[measure]
