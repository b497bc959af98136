"""Reads and prints a workload board for the command line."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import typer

from core.access.refusals import Refused
from core.calendar import WEEK, long_label, monday_of
from core.cli import console, looks
from core.people.views import units_seen
from core.policy import read_policy
from core.privacy.views import newest_period
from core.workload.area import AREA
from core.workload.board import WorkloadBoard, WorkloadFilters, existing_cells, export_frame
from core.workload.sustained_list import SustainedList, sustained_list
from core.workload.unit_detail import UnitDetail
from core.workload.unit_detail_views import unit_detail
from core.workload.views import EARLIEST, workload_board

WHAT = "workload, protected cells"
TABLE_WEEKS = 8  # what a terminal of 100 columns holds; --format csv and json have all


@dataclass(frozen=True)
class Shown:
    """What the screen shows of a unit: its board, and the teams below it whose load has lasted."""

    board: WorkloadBoard
    sustained: SustainedList
    detail: UnitDetail | None


def read_board(
    as_user: str, unit: str | None, metric: str | None, first: date | None, last: date | None, *, as_of: date
) -> tuple[Shown, dict[str, str]]:
    """The board and the list that the account would see, and its units' paths by row key. The look is written to the access log.

    Without dates: the newest 26 weeks. A release that a killed import left pending is finished first.

    Raises:
        Refused: no such account, no permission, or nothing released from `first` on.
    """
    engine, policy = console.open_engine(), read_policy()
    about = f"unit {unit or 'at the top of the scope'}"
    with looks.at_units(engine, as_user, as_of, policy=policy, about=about, what=WHAT) as look:
        connection, viewer = look.connection, look.viewer
        filters = WorkloadFilters(unit, metric, *_period(first, last, newest_period(connection, AREA)))
        board = workload_board(connection, viewer, filters, policy=policy, as_of=as_of)
        sustained = sustained_list(connection, viewer, filters, policy=policy)
        heading = board.rows.loc[board.rows["heading"], "key"]
        detail = None
        if len(heading):
            detail = unit_detail(connection, viewer, heading.iloc[0], filters, policy=policy)
        seen = units_seen(connection, viewer, own_line_open=policy.unit_means_for_everyone)
        look.about = f"unit {board.unit.path}"
    return Shown(board, sustained, detail), {f"unit:{row['id']}": row["path"] for row in seen}


def _period(first: date | None, last: date | None, newest: date | None) -> tuple[int, date | None]:
    """How many weeks to show, and the last of them when it was asked for. newest: the newest released one."""
    until = max(monday_of(max(last, EARLIEST)), EARLIEST) if last else None
    if not first or not newest:
        return 26, until
    end = min(until, newest) if until else newest
    first = max(first, EARLIEST)
    if monday_of(first) > end:
        raise Refused(f"Nothing is released from {first} on; the newest week is that of {long_label(newest)}.")
    return (end - monday_of(first)) // WEEK + 1, until


def as_document(shown: Shown, paths: dict[str, str]) -> dict[str, Any]:
    """The JSON document of `show workload`; see the design for its keys."""
    board = shown.board
    names = dict(zip(board.rows["key"], board.rows["name"], strict=True))

    def name_of(key: str) -> str:
        return paths.get(key) or names.get(key, key)

    return {
        "unit": board.unit.path,
        "metric": {"id": board.metric.id, "name": board.metric.name, "unit": board.metric.unit},
        "period": {
            "from": board.weeks[0].isoformat() if board.weeks else None,
            "to": (board.weeks[-1] + WEEK - WEEK / 7).isoformat() if board.weeks else None,
        },
        "release": board.release,
        "cells": [
            {
                "unit": name_of(cell["key"]),
                "cell": cell["key"],
                "week": cell["week"].isoformat(),
                "status": cell["status"],
                "value": console.plain(cell["value"]),
                "text": cell["text"],
                "low": console.plain(cell["low"]),
                "high": console.plain(cell["high"]),
                "n_band": cell["n_band"] or None,
                "covers": cell["coverage"] or None,
                "shown_with": cell["shown_with"] or None,
                "shown_with_name": cell["shown_with_name"] or None,
            }
            for cell in existing_cells(board).to_dict("records")
        ],
        "sentence": board.sentence,
        "sustained": [
            {
                "unit": paths.get(row.key) or row.name,
                "cell": row.key,
                "weeks": row.weeks,
                "or_more": row.or_more,
                "value_text": row.value_text,
                "against_own_swing": row.against,
            }
            for row in shown.sustained.rows
        ],
        "swing": _swing(shown.detail) if shown.detail else None,
    }


def _swing(detail: UnitDetail) -> dict[str, Any]:
    """The unit's own usual swing over the 26 weeks before the period, and what its newest shown week says against it."""
    limits = detail.swing.limits
    return {
        "low": console.plain(limits.lower) if limits else None,
        "high": console.plain(limits.upper) if limits else None,
        "text": detail.swing_text or None,
        "weeks_shown_before": detail.swing.shown,
        "verdict": detail.reading.word,
        "weeks_beyond": detail.reading.weeks,
        "sentence": detail.said,
    }


def print_board(shown: Shown, paths: dict[str, str], form: str) -> None:
    """Print as `table` (for people), `json` (one document) or `csv` (the same rows as the download)."""
    if form == "json":
        console.print_json(as_document(shown, paths))
        return
    board = shown.board
    if form == "csv":
        typer.echo(export_frame(board).to_csv(index=False), nl=False)
        return
    from rich.table import Table

    typer.echo(board.sentence)
    if board.support:
        typer.echo(board.support)
    if board.notice:
        typer.echo(board.notice)
    table = Table(title=f"{board.metric.name} · {board.unit.name} · {board.period}", title_justify="left")
    table.add_column("unit", overflow="fold")
    newest = board.weeks[-TABLE_WEEKS:]
    for week in newest:
        table.add_column(f"{week.day} {week:%b}", justify="right", no_wrap=True)
    by_place = {(row["key"], row["week"]): row for row in existing_cells(board).to_dict("records")}
    for key, name in zip(board.rows["key"], board.rows["name"], strict=True):
        table.add_row(name, *(_short(by_place.get((key, week))) for week in newest))
    console.screen().print(table)


def _short(cell: dict[Any, Any] | None) -> str:
    return "" if cell is None else str(cell["digits"] or cell["text"])
