"""How it works: every measure with its formula, how people are protected, how fresh the data is."""

from pages.parts import how_freshness, how_it_works_parts, how_measures, how_protection
from pages.parts.guard import guard

viewer = guard("how_it_works")
about, metric = how_it_works_parts.chosen_section()

if about == "protection":
    how_protection.protection(viewer)
elif about == "freshness":
    how_freshness.freshness()
else:
    how_measures.measures(viewer, metric)
