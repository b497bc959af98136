"""Goals as a flat table for files: one row a goal, texts made safe for spreadsheets."""

import pandas as pd

from core.goals.listing import Listing
from core.workload.board import neutralise

COLUMNS = (
    "id", "code", "title", "kind", "owner", "parent", "due", "visibility", "status", "value", "progress", "expected", "reasons",
    "revisit",
)  # fmt: skip


def listing_table(found: Listing) -> pd.DataFrame:
    """Columns COLUMNS. progress and expected from 0 to 1; reasons: codes, one blank between; empty where they are not told."""
    rows = []
    for line in found.lines:
        goal, going, reasons = line.goal, line.going, found.reasons.get(line.goal.id)
        rows.append(
            (
                goal.id,
                neutralise(goal.code),
                neutralise(goal.title),
                goal.kind.value,
                neutralise(goal.owner.name),
                goal.parent_id,
                goal.due,
                goal.visibility.value,
                goal.status.value,
                going.value,
                going.progress,
                going.expected,
                None if reasons is None else " ".join(each.code for each in reasons),
                None if reasons is None else goal.id in found.revisits,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"parent": "Int64", "revisit": "boolean"})
