"""Protection of a large company: five thousand units, two years of weeks.

Timed, for each week, from contributions in memory to what a reader sees: placing people on the cells, the choice of cells, the
check of the choice, sums and spread, and each shown number written down (rounding, band, coverage, interval). One family with
one measure, as the heatmap shows it. Not timed: reading facts, the ledger's tokens, writing to a database.
"""

from time import process_time

import numpy as np

from core.metrics.catalogue import catalogue
from core.policy import Policy
from core.privacy.candidates import Contribution, Groups, Members, cell_sums, pooled_spread
from core.privacy.lattice import Unit
from core.privacy.publish import frame_of
from core.privacy.reporting import make_plan
from core.privacy.rounding import coverage_class, n_band, write_all
from core.privacy.suppression import violations
from tests.benchmarks.synthetic import Organisation

PEOPLE, WEEKS, AIM = 40_500, 104, 10.0


def measure(people: int = PEOPLE, weeks: int = WEEKS) -> float:
    """Print and return the seconds of processor time."""
    policy = Policy()
    metric = catalogue(policy)["utilisation"]
    organisation = Organisation(people, weeks)
    units = tuple(Unit(row["id"], row["parent_id"], row["path"], row["name"]) for row in organisation.units())
    home = organisation.home()
    ids = np.arange(1, people + 1)
    found, count = np.unique(home, return_counts=True)
    headcount = dict(zip(found.tolist(), count.tolist(), strict=True))
    delivered = frozenset(headcount)
    seconds, shown, frame = 0.0, 0, None
    for week in range(weeks):
        x = organisation.hours(week)
        available = x["contracted"] - x["leave"] - x["public_holiday"] - x["sickness"]
        here = available >= 0.2 * x["contracted"]
        top, down = x["worked"][here], available[here]
        contribution = Contribution("hours", ids[here], home[here], {}, {"utilisation": (top, down)}, delivered)
        began = process_time()
        if week % 13 == 0:  # a quarter begins: units are put together anew
            frame = frame_of(units, make_plan(units, headcount, policy), policy.k_prime)
        assert frame is not None
        lattice = frame.lattice
        members = Members(lattice, contribution)
        pattern = frame.choice.protect(members.counts)
        assert not violations(lattice, pattern.shown, members.counts, policy.k_prime)
        spread, _ = pooled_spread(members, top / down)
        others = {cell: leaves for cell, (_, leaves) in pattern.others.items()}
        groups = Groups(lattice, others, frame.groups)
        places = [at for at, cell in enumerate(groups.cells) if cell in pattern.shown or cell in others]
        sums = cell_sums(groups, members, top, down).at(np.array(places))
        write_all(metric, sums, fast=False, spread=spread, policy=policy)
        for n in sums.n.tolist():
            n_band(n)
            coverage_class(n, n)
        seconds += process_time() - began
        shown += len(places)
    print(
        f"\nProtection of {len(units):,} units over {weeks} weeks ({people:,} people, {shown:,} numbers shown): "
        f"{seconds:.1f} s of processor time (aim under {AIM:g} for 5,000 units and 104 weeks)"
    )
    return seconds
