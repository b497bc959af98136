"""Key numbers: a published cell's newest value, its trend, and its verdict against its own usual swing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import isfinite, nan

import pandas as pd

from core.metrics.definition import Metric
from core.metrics.wording import percent, value_text
from core.overview import wording
from core.overview.board import KeyNumber, Way
from core.policy import Policy
from core.privacy.trends import TrendCell
from core.workload.changes import SHOWN_WEEKS
from core.workload.swing import read, usual_swing
from core.workload.teams import Counts, Floats, Run

STEP = 4  # the difference is to the value of four weeks before
NO_LIMITS = (nan, nan)


def standing_for(cells: Sequence[TrendCell], key: str, last: date) -> TrendCell | None:
    """The newest cell that shows the people of `key`: its own, or that of the join that it is hidden in.

    cells: of one measure. None when `key` has no cell in the week `last`.
    """
    newest = {cell.cell_id: cell for cell in cells if cell.period == last}
    own = newest.get(key)
    if own is not None and own.status == "hidden" and own.shown_with in newest:
        stand_in = newest[own.shown_with]
        if stand_in.kind == "join" and stand_in.status == "shown":
            return stand_in
    return own


def key_number(
    metric: Metric,
    cells: Sequence[TrendCell],
    weeks: tuple[date, ...],
    *,
    id: str,
    label: str,
    way: Way,
    counts_in: str = "",
) -> KeyNumber:
    """The number of one cell against the usual swing of its own weeks before.

    cells: those of one cell and one measure. weeks: 52 Mondays; the first 26 give the limits, the other 26 are shown.
    counts_in: name of the row that includes these people when the newest is hidden.
    """
    rows = {cell.period: cell for cell in cells}
    values = [_value(rows.get(week)) for week in weeks]
    shown, period = tuple(values[-SHOWN_WEEKS:]), weeks[-SHOWN_WEEKS:]
    texts = tuple(_text(metric, rows.get(week)) for week in period)
    swing = usual_swing(pd.Series(values, index=list(weeks)), period[0])
    newest = rows.get(weeks[-1])
    number = KeyNumber(
        id=id,
        label=label,
        status="missing" if newest is None else newest.status,
        value=shown[-1],
        text=texts[-1],
        delta="",
        beside="",
        verdict="",
        tone="unknown",
        weeks_beyond=0,
        sentence="",
        weeks=period,
        series=shown,
        texts=texts,
        lower=swing.limits.lower if swing.limits else nan,
        upper=swing.limits.upper if swing.limits else nan,
        way=way,
    )
    if newest is None or number.status != "shown":
        text = wording.MISSING if newest is None else wording.HIDDEN
        return replace(number, text=text, sentence=wording.not_shown(number.status, counts_in))
    before = rows.get(weeks[-1 - STEP])
    if newest.qualifier == "class":
        earlier = texts[-1 - STEP] if before is not None and before.status == "shown" else ""
        return replace(
            number,
            delta=earlier,
            beside=wording.FOUR_WEEKS_AGO if earlier else "",
            sentence=wording.SHOWN_AS_WORD,
        )
    reading = read(shown, swing, metric.direction)
    coded = bool(newest.qualifier) or (before is not None and bool(before.qualifier))
    change = "" if coded else wording.delta(metric, shown[-1], shown[-1 - STEP])
    ever = {text for text, value in zip(texts, shown, strict=True) if isfinite(value)}
    verdict = wording.VERDICTS[reading.tone]
    return replace(
        number,
        delta=change,
        beside=wording.beside(change, verdict),
        verdict=verdict,
        tone=reading.tone,
        weeks_beyond=reading.weeks,
        sentence=(
            wording.about_coded(texts[-1])
            if newest.qualifier and len(ever) == 1
            else wording.about_number(metric, swing, reading, wording.unbroken(shown, reading.weeks))
        ),
    )


def teams_above(
    by_week: tuple[Floats, Counts], every_week: tuple[date, ...], runs: Sequence[Run], policy: Policy, *, way: Way
) -> KeyNumber:
    """How many reporting units have been above the stretched band for `sustained_weeks` or more, week by week.

    by_week: as `core.workload.standing.Below.above` gives it, over `every_week`.
    """
    line, least = policy.utilisation_bands[2], policy.sustained_weeks
    above, counted = by_week
    weeks = every_week[-SHOWN_WEEKS:]
    shown = tuple(float(value) for value in above[-SHOWN_WEEKS:])
    texts = tuple(
        f"{value:.0f} of {every}" if isfinite(value) else wording.MISSING.lower()
        for value, every in zip(shown, counted[-SHOWN_WEEKS:], strict=True)
    )
    swing = usual_swing(pd.Series(above, index=list(every_week)), weeks[0])
    reading = read(shown, swing, "higher")
    change = wording.count_delta(shown[-1], shown[-1 - STEP])
    verdict = wording.VERDICTS[reading.tone]
    names = [run.name for run in runs]
    limits = (max(0.0, swing.limits.lower), swing.limits.upper) if swing.limits else NO_LIMITS
    return KeyNumber(
        id="teams_above",
        label=f"Teams above {percent(line)}, {least} weeks or more",
        status="shown" if isfinite(shown[-1]) else "missing",
        value=shown[-1],
        text=texts[-1] if isfinite(shown[-1]) else wording.MISSING,
        delta=change,
        beside=wording.beside(change, verdict),
        verdict=verdict,
        tone=reading.tone,
        weeks_beyond=reading.weeks,
        sentence=wording.about_teams(names, *limits),
        weeks=weeks,
        series=shown,
        texts=texts,
        lower=limits[0],
        upper=limits[1],
        way=way,
    )


def _value(cell: TrendCell | None) -> float:
    if cell is None or cell.status != "shown" or cell.qualifier == "class" or cell.value is None:
        return nan
    return cell.value


def _text(metric: Metric, cell: TrendCell | None) -> str:
    if cell is None:
        return wording.MISSING.lower()
    if cell.status != "shown":
        return wording.HIDDEN.lower()
    return value_text(metric, cell.value, cell.qualifier, cell.share_class)
