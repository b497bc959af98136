"""What is counted and timed for the operator. Labels are kinds of things, never names of people, units or accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PAGE_RUNS = Counter(
    "evenkeel_page_runs", "Runs of a screen, by how they ended.", ["screen", "outcome"], registry=REGISTRY
)
PAGE_SECONDS = Histogram(
    "evenkeel_page_seconds",
    "Seconds that a screen took on the server.",
    ["screen"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
SIGN_INS = Counter("evenkeel_sign_ins", "Tries to sign in, by how they ended.", ["outcome"], registry=REGISTRY)
SESSIONS = Gauge("evenkeel_sessions", "Sessions in force.", registry=REGISTRY)
PENDING = Gauge("evenkeel_release_pending_weeks", "Closed weeks whose release is not done.", registry=REGISTRY)
AGE = Gauge("evenkeel_newest_week_age_days", "Days since the end of the newest released week.", registry=REGISTRY)
READY = Gauge("evenkeel_ready", "1 when the database answers and its schema is current.", registry=REGISTRY)


@contextmanager
def timed(screen: str) -> Iterator[None]:
    """Count and time one run of a screen. A run that a rerun or a stop cuts short counts as `stopped`."""
    began, outcome = perf_counter(), "stopped"
    try:
        yield
        outcome = "done"
    except Exception:
        outcome = "failed"
        raise
    finally:
        PAGE_SECONDS.labels(screen).observe(perf_counter() - began)
        PAGE_RUNS.labels(screen, outcome).inc()


def exposition() -> bytes:
    """Everything in the text format of Prometheus."""
    return generate_latest(REGISTRY)
