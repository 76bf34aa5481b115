"""The whole app at work in the Slack stand-in: by HTTP, by Socket Mode, and on PostgreSQL."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from workplace import Workplace, workplace

from nlp import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    """The rules that ship; loading them takes a second."""
    return Detector()


@pytest.fixture(scope="session")
def request_pool() -> Iterator[ThreadPoolExecutor]:
    """The threads that requests are served on; each keeps the language pipeline it has built."""
    with ThreadPoolExecutor(4, thread_name_prefix="request") as pool:
        yield pool


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """No thread that a test began goes on after it."""
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in set(threading.enumerate()) - before if not thread.name.startswith("request")]
    assert not left, f"still running: {left}"


@pytest.fixture
def work(
    nothing_left: None, fresh_sqlite_url: str, detector: Detector, request_pool: ThreadPoolExecutor
) -> Iterator[Workplace]:
    """The app at work by HTTP, on SQLite: the quickest."""
    with workplace(fresh_sqlite_url, detector, request_pool) as place:
        yield place


@pytest.fixture(params=["http", "socket"])
def work_either_way(
    request: pytest.FixtureRequest,
    nothing_left: None,
    fresh_sqlite_url: str,
    detector: Detector,
    request_pool: ThreadPoolExecutor,
) -> Iterator[Workplace]:
    """The app at work, once by HTTP and once by Socket Mode."""
    with workplace(fresh_sqlite_url, detector, request_pool, by_socket=request.param == "socket") as place:
        yield place


@pytest.fixture
def work_on_postgresql(
    nothing_left: None, postgresql_tables_url: str, detector: Detector, request_pool: ThreadPoolExecutor
) -> Iterator[Workplace]:
    """The app at work by HTTP, on PostgreSQL."""
    with workplace(postgresql_tables_url, detector, request_pool) as place:
        yield place


@pytest.fixture(params=["work", "work_on_postgresql"])
def work_on_each(request: pytest.FixtureRequest) -> Workplace:
    """The app at work by HTTP, once on SQLite and once on PostgreSQL."""
    place: Workplace = request.getfixturevalue(request.param)
    return place
