"""A release as two files with which an outsider can repeat the proof: every candidate cell, and its members as pseudonyms."""

import csv
import hmac
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from core.access.refusals import Refused
from core.privacy.ledger import rows_of
from core.privacy.tables import Release


def export_release(connection: Connection, release_id: int, out: Path, paths: Mapping[int, str]) -> tuple[Path, Path]:
    """Write `cells.csv` (cell, unit, period, family, status, n) and `members.csv` (cell, pseudonym) of a release to `out`.

    All candidate cells, hidden ones too. `cell` is `family/cell id`; `unit` its path (for joins the paths
    of the parts; `paths`: unit id -> path). A pseudonym stands for one
    person within this export; the salt that makes it is thrown away, so that two exports cannot be joined.

    Raises:
        Refused: there is no such release.
    """
    found = connection.execute(select(Release.area, Release.period).where(Release.id == release_id)).first()
    if found is None:
        newest = connection.scalar(select(Release.id).order_by(Release.id.desc()).limit(1))
        raise Refused(
            f"There is no release {release_id}. The newest is {newest}." if newest else "Nothing is released yet."
        )
    rows = [row for row in rows_of(connection, found.area, found.period) if row.release == release_id]
    salt = secrets.token_bytes(32)
    out.mkdir(parents=True, exist_ok=True)
    cells, members = out / "cells.csv", out / "members.csv"
    with cells.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cell", "unit", "period", "family", "status", "n"])
        for row in rows:
            status = "shown" if row.shown else "hidden"
            people = {person for person, _ in row.members}
            writer.writerow(
                [
                    f"{row.family}/{row.cell}",
                    _unit(row.cell, paths),
                    row.period.isoformat(),
                    row.family,
                    status,
                    len(people),
                ]
            )
    with members.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["cell", "pseudonym"])
        for row in rows:
            pseudonyms = {hmac.new(salt, person.encode(), sha256).hexdigest()[:16] for person, _ in row.members}
            writer.writerows([f"{row.family}/{row.cell}", pseudonym] for pseudonym in sorted(pseudonyms))
    return cells, members


def _unit(cell: str, paths: Mapping[int, str]) -> str:
    kind, _, rest = cell.partition(":")
    if kind == "join":
        return " + ".join(_unit(part, paths) for part in rest.split("+"))
    path = paths.get(int(rest), rest)
    return {"unit": path, "direct": f"{path} (direct)", "others": f"others in {path}"}[kind]
