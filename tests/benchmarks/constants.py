"""What the bare page draws: filled by the bench with what a page of ours has just drawn."""

from typing import Any

import pandas as pd

FIGURES: list[tuple[dict[str, Any], str]] = []
FRAMES: list[pd.DataFrame] = []
