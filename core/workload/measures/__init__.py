"""Workload formulas on plain numbers, arrays and frames: no SQL, no clock, no protection.

Stable for Python users. What comes out here is a raw number; only `core.privacy` turns it into one that may be shown.
"""

from core.workload.measures.hours import (
    available_hours,
    contract_load,
    fully_free,
    overtime,
    person_then_unit_mean,
    utilisation,
    working_time_average,
)
from core.workload.measures.limits import Limits, p_chart_limits, within_person_swing, xmr_limits
from core.workload.measures.rest import RestBreaches, focus_hours, meeting_hours, rest_breaches
from core.workload.measures.sustained import ewma, long_gap, sl1, sl2, sl3, sl4

__all__ = [
    "Limits",
    "RestBreaches",
    "available_hours",
    "contract_load",
    "ewma",
    "focus_hours",
    "fully_free",
    "long_gap",
    "meeting_hours",
    "overtime",
    "p_chart_limits",
    "person_then_unit_mean",
    "rest_breaches",
    "sl1",
    "sl2",
    "sl3",
    "sl4",
    "utilisation",
    "within_person_swing",
    "working_time_average",
    "xmr_limits",
]
