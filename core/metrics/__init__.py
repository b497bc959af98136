"""One catalogue: every number's name, question, formula, unit, grain, direction, bands and caveat."""
