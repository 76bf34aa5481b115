"""Jobs run, one by itself, and a failing one stops nobody."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import Job, build_scheduler, guarded, run_clock

WAIT = 10


@pytest.fixture
def started() -> Iterator[list[BackgroundScheduler]]:
    schedulers: list[BackgroundScheduler] = []
    yield schedulers
    for scheduler in schedulers:
        scheduler.shutdown(wait=True)


def test_jobs_run_at_once_and_again(started: list[BackgroundScheduler]) -> None:
    thrice, once = threading.Semaphore(0), threading.Semaphore(0)
    scheduler = build_scheduler([Job("often", thrice.release), Job("seldom", once.release, every_seconds=3600)], 0.05)
    assert not thrice.acquire(blocking=False)
    scheduler.start()
    started.append(scheduler)
    assert all(thrice.acquire(timeout=WAIT) for _ in range(3))
    assert once.acquire(timeout=WAIT)
    assert not once.acquire(blocking=False)


def test_a_slow_job_holds_up_no_other_and_never_overlaps_itself(started: list[BackgroundScheduler]) -> None:
    release, beats, slow_runs = threading.Event(), threading.Semaphore(0), []

    def slow() -> None:
        slow_runs.append(threading.get_ident())
        release.wait(WAIT)

    scheduler = build_scheduler([Job("slow", slow), Job("beat", beats.release)], 0.02)
    scheduler.start()
    started.append(scheduler)
    assert all(beats.acquire(timeout=WAIT) for _ in range(6))
    assert len(slow_runs) == 1
    release.set()


def test_a_failure_is_logged_by_class_and_place_only(caplog: pytest.LogCaptureFixture) -> None:
    def failing() -> None:
        raise ValueError("a person's words")

    guarded(Job("digests", failing))()
    assert "digests failed: ValueError at test_clock.py" in caplog.text
    assert "a person's words" not in caplog.text


def test_a_failing_job_runs_again_and_leaves_the_others_alone(started: list[BackgroundScheduler]) -> None:
    tries, beats = threading.Semaphore(0), threading.Semaphore(0)

    def failing() -> None:
        tries.release()
        raise RuntimeError

    scheduler = build_scheduler([Job("failing", failing), Job("beat", beats.release)], 0.02)
    scheduler.start()
    started.append(scheduler)
    assert all(tries.acquire(timeout=WAIT) for _ in range(3))
    assert all(beats.acquire(timeout=WAIT) for _ in range(3))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_clock_runs_until_it_is_told_to_stop(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    ticks: list[int] = []

    def stop_after_three() -> None:
        ticks.append(1)
        if len(ticks) == 3:
            os.kill(os.getpid(), number)

    scheduler = build_scheduler([Job("tick", stop_after_three)], 0.02)
    run_clock(scheduler)
    assert len(ticks) >= 3
    assert not scheduler.running
    assert signal.getsignal(number) is before
