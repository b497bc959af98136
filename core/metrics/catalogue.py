"""The one catalogue. Screens, the command line, the documentation and the roll-up read their numbers' meaning here."""

from collections.abc import Mapping

from core.metrics.activity import activity_metrics
from core.metrics.definition import Metric
from core.metrics.rhythm import rhythm_metrics
from core.metrics.viva import viva_metrics
from core.metrics.workload import workload_metrics
from core.policy import Policy


class UnknownMetric(Exception):
    """No metric of that id; the message lists those that exist."""


def catalogue(policy: Policy) -> dict[str, Metric]:
    """Every metric by id, in the order in which screens offer them, with the bands of `policy`."""
    areas = (workload_metrics(policy), activity_metrics(policy), viva_metrics(), rhythm_metrics(policy))
    return {metric.id: metric for metrics in areas for metric in metrics}


def metric_named(metric_id: str, known: Mapping[str, Metric]) -> Metric:
    """The metric of that id among `known` (a catalogue).

    Raises:
        UnknownMetric: there is none.
    """
    if metric_id not in known:
        raise UnknownMetric(f"There is no metric '{metric_id}'. Known metrics: {', '.join(known)}.")
    return known[metric_id]
