"""Hours: what was worked against what was available, by unit and week."""
