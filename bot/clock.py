"""The clock: it only ticks. What is due stands in tables, so any number of clocks may tick at once.

APScheduler runs in memory and keeps nothing: a missed tick is caught up by the next, since each job asks the database
what there is to do.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import failure_place

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again: it must be safe to run at any time, and twice."""

    name: str
    run: Callable[[], object]
    every_seconds: float | None = None
    """How often; None for every tick of the clock."""


def build_scheduler(jobs: Sequence[Job], tick_seconds: float) -> BackgroundScheduler:
    """Return a scheduler, not yet started, that runs each job at once and then at its pace.

    Each job has a thread of its own, so a slow one does not delay another; it never overlaps itself. A job that
    fails is logged by class and place, and runs again next time.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": {"type": "threadpool", "max_workers": len(jobs)}}
    )
    for job in jobs:
        scheduler.add_job(
            guarded(job),
            IntervalTrigger(seconds=job.every_seconds or tick_seconds, timezone=UTC),
            id=job.name,
            name=job.name,
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return scheduler


def guarded(job: Job) -> Callable[[], None]:
    """Return the job as a function that logs a failure by class and place, and never raises one."""

    def run() -> None:
        try:
            job.run()
        except Exception as error:  # noqa: BLE001 (the next tick tries again; the other jobs go on)
            logger.error("%s failed: %s", job.name, failure_place(error))

    return run


def run_clock(scheduler: BackgroundScheduler) -> None:
    """Run the scheduler until SIGTERM or SIGINT, then let running jobs finish; call it from the main thread."""
    stop = threading.Event()
    with _signals_to(stop):
        scheduler.start()
        logger.info("clock started: %s", ", ".join(job.id for job in scheduler.get_jobs()))
        stop.wait()
        scheduler.shutdown(wait=True)
        logger.info("clock stopped")


@contextmanager
def _signals_to(stop: threading.Event) -> Iterator[None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
