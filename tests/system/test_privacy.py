"""Rare words are planted wherever words come in, and looked for, byte by byte, wherever anything is left behind."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from system.app_process import AppProcess
from system.planting import RARE, Planting

from bot.playground import SlackStandIn
from bot.store.engine import Store
from bot.store.migration import migrate


def forms_of(word: str) -> dict[str, bytes]:
    """The word as bytes, as it is and as it might be dressed up, by the name of the dress; all in lower case."""
    forms = {name: word.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be")}
    forms["hexadecimal"] = word.encode().hex().encode()
    for shift in range(3):
        # The characters at both ends depend on what stands beside the word; those between do not.
        encoded = base64.b64encode(b"\0" * shift + word.encode()).rstrip(b"=")
        forms[f"base64, shifted by {shift}"] = encoded[(0, 2, 3)[shift] : -1].lower()
    return forms


FORMS = forms_of(RARE)


def find_planted(haystack: bytes) -> list[str]:
    """What of the planted words is in there, each with the bytes around it."""
    lowered = haystack.lower()
    places = {name: lowered.find(form) for name, form in FORMS.items()}
    return [f"{name}: {haystack[max(0, at - 80) : at + 80]!r}" for name, at in places.items() if at >= 0]


def kept_in_database(url: str) -> bytes:
    """All that the database holds: an SQLite file with what stands beside it, or a dump of a PostgreSQL database."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        parts = [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))]
        return b"".join(part.read_bytes() for part in parts if part.exists())
    if shutil.which("pg_dump"):
        dump = subprocess.run(["pg_dump", "--dbname", url], capture_output=True, check=False)
        if not dump.returncode:  # else it is older than the server
            return dump.stdout
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"".join(_copy(connection, name) for (name,) in tables)


def _copy(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
        return b"".join(bytes(row) for row in rows)


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(time_scale=0.02, rate_limits=False) as standin:
        yield standin


@pytest.fixture(params=["run-sqlite", "web-postgresql"])
def app(request: pytest.FixtureRequest, slack: SlackStandIn, tmp_path: Path) -> Iterator[AppProcess]:
    command, _, kind = request.param.partition("-")
    url = request.getfixturevalue(f"{kind}_url")
    store = Store(url)
    migrate(store)
    store.close()
    app = AppProcess(slack, tmp_path, url, command)
    yield app
    app.close()


@pytest.mark.parametrize("dress", FORMS)
def test_the_search_finds_the_word_in_every_dress(dress: str) -> None:
    if dress.startswith("base64"):
        hidden = base64.b64encode(b"." * int(dress[-1]) + f"{RARE}message there".encode())
    elif dress == "hexadecimal":
        hidden = f"it says {RARE}message there".encode().hex().upper().encode()
    else:
        hidden = f"it says {RARE.title()}message there".encode(dress)
    assert find_planted(b"\0 something before \0" + hidden)
    assert not find_planted(hidden[: len(hidden) // 3])


def test_no_word_and_no_name_is_kept_or_told(slack: SlackStandIn, app: AppProcess) -> None:
    planting = Planting(slack, app)
    app.start(FAIRVIEW_LOG_LEVEL="DEBUG" if app.command == "run" else "INFO")
    planting.join()
    planting.messages()
    planting.commands()
    planting.slack_errors()
    planting.database_errors()
    planting.misshapen_payloads()
    if app.command == "web":
        planting.broken_requests()
    url = app.environment["DATABASE_URL"]
    left = {"database": kept_in_database(url), "log and output": app.log.read_bytes(), "metrics": planting.metrics()}
    assert {where: found for where, content in left.items() if (found := find_planted(content))} == {}
    assert planting.writer.encode() not in b"".join(left.values())

    # What the catalogue is told, it keeps, as it promises to: so the search does find what is there.
    planting.catalogue()
    assert find_planted(kept_in_database(url))
    assert app.stop() == 0
    assert not find_planted(app.log.read_bytes())
