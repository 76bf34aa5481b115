"""What an operator's tools ask."""

import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from workplace import Workplace

from bot.operations import operations_app, serve_operations, trouble_with
from bot.store.engine import Store
from bot.store.migration import migrate


@pytest.fixture
def migrated(sqlite_url: str) -> Iterator[Store]:
    store = Store(sqlite_url)
    migrate(store)
    yield store
    store.close()


@pytest.fixture
def unreachable() -> Iterator[Store]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        store = Store(f"postgresql://somebody:pa55word@127.0.0.1:{port}/fairview")
        yield store
        store.close()


def told(store: Store, path: str) -> tuple[int, str]:
    answer = operations_app(store).test_client().get(path)
    return answer.status_code, answer.text


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=5) as answer:
        return str(answer.read().decode())


def test_ready_is_a_database_that_answers_with_the_schema_expected(migrated: Store) -> None:
    assert trouble_with(migrated) is None
    assert told(migrated, "/readyz") == (200, "ok\n")
    assert told(migrated, "/healthz") == (200, "ok\n")


def test_not_ready_while_migrations_are_pending(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    assert told(store, "/readyz") == (503, "migrations are pending; run: fairview migrate\n")
    assert told(store, "/healthz") == (200, "ok\n"), "the process lives all the same"
    store.close()


def test_not_ready_while_the_database_is_away_and_no_secret_is_told(unreachable: Store) -> None:
    assert told(unreachable, "/readyz") == (503, "the database does not answer\n")
    assert told(unreachable, "/healthz") == (200, "ok\n")


def test_metrics_count_and_name_nobody(work: Workplace) -> None:
    work.nudged("ann")
    status, text = told(work.store, "/metrics")
    assert status == 200
    assert 'fairview_events_total{outcome="counted"}' in text
    assert 'fairview_nudges_total{state="sent"}' in text
    assert "fairview_read_seconds_bucket" in text
    for secret in (work.slack.user_id("ann"), "Archer", "price file"):
        assert secret not in text


def test_it_is_served_in_the_background_and_stopped(nothing_left: None, migrated: Store) -> None:
    address = free_address()
    stop = serve_operations(migrated, address)
    assert fetched(f"http://{address}/healthz") == "ok\n"
    stop()


def test_an_address_in_use_is_logged_and_left(
    nothing_left: None, migrated: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        stop = serve_operations(migrated, f"127.0.0.1:{taken.getsockname()[1]}")
        stop()
    assert "is in use or not ours; /metrics is not served here. Set FAIRVIEW_OPS_BIND" in caplog.text


def test_an_ipv6_address_is_written_in_brackets(nothing_left: None, migrated: Store) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    port = free_address().rpartition(":")[2]
    stop = serve_operations(migrated, f"[::1]:{port}")
    threads = [thread.name for thread in threading.enumerate()]
    if "operations" not in threads:
        pytest.skip("no IPv6 here")
    assert fetched(f"http://[::1]:{port}/healthz") == "ok\n"
    stop()


def free_address() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"
