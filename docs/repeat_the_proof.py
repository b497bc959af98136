"""Repeat the proof of a release from its export. Needs Python 3.9 or newer and nothing else.

    python -m core privacy export-release 78 --out export
    python repeat_the_proof.py export 6

In a family of nested or disjoint cells, everything that adding and subtracting can reach is made of the remainders: the
people of a shown cell who are in no shown cell inside it. So the release is safe exactly when each remainder is empty or
holds at least 6 people. Exit 0: safe. Exit 1: not, and the holes are listed.
"""

import csv
import sys
from itertools import combinations
from pathlib import Path

folder, k = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 6
cells = list(csv.DictReader((folder / "cells.csv").open(encoding="utf-8", newline="")))
people = {row["cell"]: set() for row in cells}
for row in csv.DictReader((folder / "members.csv").open(encoding="utf-8", newline="")):
    people[row["cell"]].add(row["pseudonym"])
holes = [
    f"{row['cell']}: n is not the number of its members" for row in cells if int(row["n"]) != len(people[row["cell"]])
]
for family in sorted({row["family"] for row in cells}):
    shown = {row["cell"]: people[row["cell"]] for row in cells if row["family"] == family and row["status"] == "shown"}
    for (one, a), (two, b) in combinations(shown.items(), 2):
        if a & b and not (a <= b or b <= a):
            holes.append(
                f"{one} and {two} overlap, so this short proof does not apply: run `python -m core privacy audit`"
            )
    for cell, members in shown.items():
        inside = [other for other in shown if shown[other] < members]
        rest = members.difference(*(shown[other] for other in inside))
        if 0 < len(rest) < k:
            holes.append(
                f"{cell} minus the shown cells inside it leaves {len(rest)} people ({len(inside)} cells inside)"
            )
print(
    "\n".join(holes) or f"safe: {sum(row['status'] == 'shown' for row in cells)} shown cells, nothing below {k} people"
)
sys.exit(1 if holes else 0)
