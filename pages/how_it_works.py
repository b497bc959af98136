"""How it works: every measure with its formula, how people are protected, how fresh the data is."""

from pages.parts import how_it_works_parts as parts
from pages.parts.guard import guard

viewer = guard("how_it_works")
about, metric = parts.chosen_section()

if about == "protection":
    parts.protection(viewer)
elif about == "freshness":
    parts.freshness()
else:
    parts.measures(viewer, metric)
