"""Every mistake an operator can make ends with one sentence, the way to mend it, and exit code 2."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_outcome import KEY, Fairview

from bot.playground import SlackStandIn
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.migration import migrate
from bot.store.tenants import ensure_tenant

OTHER_KEY = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="
OUT_OF_REACH = "Slack cannot be reached. Check the network and SLACK_API_URL, then try again."
RUNNERS = ("run", "web", "clock")


@pytest.fixture
def nowhere() -> Iterator[str]:
    """host:port where nobody answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def migrated(bare_environment: None) -> None:
    """The default database, with its schema."""
    store = Store("sqlite:///fairview.db")
    migrate(store)
    store.close()


# --- settings ---


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("run", "SLACK_BOT_TOKEN, SLACK_APP_TOKEN, FAIRVIEW_SECRET_KEY"),
        ("web", "SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, FAIRVIEW_SECRET_KEY"),
        ("clock", "SLACK_BOT_TOKEN, FAIRVIEW_SECRET_KEY"),
        ("rotate-keys", "FAIRVIEW_SECRET_KEY"),
    ],
)
def test_every_missing_setting_is_named_at_once_with_where_it_comes_from(
    fairview: Fairview, command: str, missing: str
) -> None:
    sentence = fairview(command).sentence
    assert sentence.startswith(f"Not set: {missing}. Set it in the environment or in .env")
    assert "python -c" in sentence, "how to make a key"


def test_an_empty_setting_is_one_that_is_not_set(fairview: Fairview) -> None:
    assert fairview("clock", SLACK_BOT_TOKEN="", FAIRVIEW_SECRET_KEY=KEY).sentence.startswith(
        "Not set: SLACK_BOT_TOKEN."
    )


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("FAIRVIEW_SECRET_KEY", "hunter2hunter2", "must be 32 random bytes"),
        ("FAIRVIEW_STAGE", "perfection", "Input should be 'service', 'partnership' or 'one_business'"),
        ("FAIRVIEW_ZONE", "Mars/Olympus", "is not a time zone; use a name such as Europe/London"),
        ("FAIRVIEW_LOG_LEVEL", "LOUD", "Input should be 'DEBUG'"),
        ("FAIRVIEW_RETENTION_DAYS", "7", "greater than or equal to 90"),
        ("FAIRVIEW_MINIMUM_AUTHORS", "1", "greater than or equal to 5"),
        ("FAIRVIEW_TICK_SECONDS", "often", "valid number"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("SLACK_API_URL", "slack.com", "must begin with https://"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "migrate"])
def test_a_wrong_setting_is_named_with_what_is_allowed(
    fairview: Fairview, command: str, name: str, value: str, wrong: str
) -> None:
    sentence = fairview(command, **{name: value}).sentence
    assert sentence.startswith(f"{name}: ")
    assert wrong in sentence
    assert sentence.endswith("Mend it in the environment or in .env.")
    assert "hunter2" not in sentence


def test_settings_are_read_from_env_and_the_environment_wins(fairview: Fairview) -> None:
    Path(".env").write_text("FAIRVIEW_STAGE=perfection\nPORT=soon\n", encoding="utf-8")
    sentence = fairview("migrate", PORT="3000").sentence
    assert "FAIRVIEW_STAGE" in sentence
    assert "PORT" not in sentence


def test_an_env_file_that_is_no_text_is_said_to_be_none(fairview: Fairview) -> None:
    Path(".env").write_bytes(b"FAIRVIEW_ZONE=\xff\xfe\x00")
    assert fairview("migrate").sentence == ".env cannot be read: not UTF-8 text. See .env.example for its form."


@pytest.mark.parametrize("bind", ["9464", ":9464", "localhost:", "localhost:http", "127.0.0.1:99999", "h:-1", "h:²"])
def test_an_address_for_operations_that_is_none(fairview: Fairview, bind: str) -> None:
    sentence = fairview("doctor", FAIRVIEW_OPS_BIND=bind).sentence
    assert sentence.startswith("FAIRVIEW_OPS_BIND: must be host:port, such as 127.0.0.1:9464, or off.")


# --- the database ---


def junk(folder: Path) -> str:
    (folder / "junk.db").write_text("this is a list of things to buy " * 50, encoding="utf-8")
    return "sqlite:///junk.db"


UNREACHABLE = "The database cannot be reached or opened. Check DATABASE_URL"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql://root:pa55word@localhost/fairview", "DATABASE_URL names mysql, which Fairview does not speak. Use"),
        ("fairview.db", "DATABASE_URL is not a database address. Use sqlite:///fairview.db or postgresql://"),
        ("sqlite:////nowhere/at/all/fairview.db", UNREACHABLE),
        ("sqlite:////tmp", UNREACHABLE),
        ("postgresql://user:pa55word@NOWHERE/fairview", UNREACHABLE),
        ("JUNK", "The database cannot be used. Check that DATABASE_URL names Fairview's own database"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "rotate-keys", "clock"])
def test_a_database_that_cannot_be_used(
    fairview: Fairview, tmp_path: Path, nowhere: str, command: str, url: str, expected: str
) -> None:
    url = junk(tmp_path) if url == "JUNK" else url.replace("NOWHERE", nowhere)
    ended = fairview(command, DATABASE_URL=url, FAIRVIEW_SECRET_KEY=KEY, SLACK_BOT_TOKEN="xoxb-1")
    assert ended.sentence.startswith(expected)
    assert "pa55word" not in ended.sentence


def test_a_postgresql_database_that_is_not_there(fairview: Fairview, postgresql_url: str) -> None:
    ended = fairview("migrate", DATABASE_URL=f"{postgresql_url}_missing")
    assert ended.sentence.startswith(UNREACHABLE)


@pytest.mark.parametrize("command", ["web", "clock", "rotate-keys"])
def test_a_schema_that_is_behind(fairview: Fairview, settings: dict[str, str], command: str) -> None:
    sentence = fairview(command, **settings).sentence
    assert sentence == "The database's schema is not the one this version needs. Run: fairview migrate"


@pytest.mark.parametrize("command", ["migrate", "run", "clock"])
def test_a_schema_from_a_newer_version(
    fairview: Fairview, settings: dict[str, str], migrated: None, command: str
) -> None:
    with sqlite3.connect("fairview.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of_tomorrow'")
    connection.close()
    sentence = fairview(command, **settings).sentence
    assert sentence.startswith("The database was made by a newer version of Fairview. Install that version")


@pytest.mark.parametrize("command", [*RUNNERS, "rotate-keys"])
def test_a_key_that_does_not_fit_the_database(
    fairview: Fairview, settings: dict[str, str], migrated: None, command: str
) -> None:
    keep_a_tenant(OTHER_KEY)
    sentence = fairview(command, **settings).sentence
    assert sentence.startswith("FAIRVIEW_SECRET_KEY does not fit this database. Set the key it was made with")
    assert KEY not in sentence


def keep_a_tenant(key: str) -> None:
    store = Store("sqlite:///fairview.db")
    with store.begin() as session:
        ensure_tenant(store, session, SecretBox(key), "T1", datetime(2026, 11, 23, tzinfo=UTC))
    store.close()


# --- Slack ---


@pytest.mark.parametrize("command", RUNNERS)
def test_a_bot_token_that_slack_refuses(
    fairview: Fairview, settings: dict[str, str], migrated: None, command: str
) -> None:
    sentence = fairview(command, **{**settings, "SLACK_BOT_TOKEN": "xoxb-wrong"}).sentence
    assert sentence == "Slack refuses the token: invalid_auth. Check SLACK_BOT_TOKEN at api.slack.com/apps."


def test_an_app_token_that_slack_refuses(nothing_left: None, fairview: Fairview, settings: dict[str, str]) -> None:
    sentence = fairview("run", **{**settings, "SLACK_APP_TOKEN": "xapp-wrong"}).sentence
    assert sentence == "Slack refuses the token: invalid_auth. Check SLACK_APP_TOKEN at api.slack.com/apps."


def test_a_revoked_token(fairview: Fairview, settings: dict[str, str], slack: SlackStandIn) -> None:
    slack.revoke_token()
    assert "Slack refuses the token: token_revoked. Check SLACK_BOT_TOKEN" in fairview("run", **settings).sentence


@pytest.mark.parametrize("command", RUNNERS)
def test_slack_out_of_reach(
    fairview: Fairview, settings: dict[str, str], migrated: None, nowhere: str, command: str, quick_retries: None
) -> None:
    sentence = fairview(command, **{**settings, "SLACK_API_URL": f"http://{nowhere}/api/"}).sentence
    assert sentence == OUT_OF_REACH


def test_a_port_that_is_taken(fairview: Fairview, settings: dict[str, str], migrated: None) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = fairview("web", **settings, PORT=str(port)).sentence
    assert sentence == f"PORT {port} cannot be had (Address already in use). Give a free PORT."


# --- the command line itself ---


def test_the_version_is_told_without_a_setting(fairview: Fairview) -> None:
    ended = fairview("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("fairview ")


def test_the_command_line_loads_neither_language_nor_slack_nor_database_before_it_knows_what_is_wanted() -> None:
    heavy = "spacy", "slack_bolt", "sqlalchemy"
    program = f"import sys, bot.__main__; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_help_names_every_command(fairview: Fairview) -> None:
    ended = fairview("--help")
    assert ended.code == 0
    commands = "run web clock migrate rotate-keys doctor demo check evaluate rules streams"
    for command in commands.split():
        assert f"  {command} " in ended.out


@pytest.mark.parametrize("arguments", [("frobnicate",), ("run", "now"), ("--loud",), ("demo", "--speed", "0")])
def test_a_command_nobody_knows_is_answered_with_the_usage(fairview: Fairview, arguments: tuple[str, ...]) -> None:
    ended = fairview(*arguments)
    assert ended.code == 2
    assert "Usage: fairview" in ended.err
    assert "Traceback" not in ended.err


def test_without_a_command_the_help_is_shown(fairview: Fairview) -> None:
    ended = fairview()
    assert ended.code == 2
    assert "Usage: fairview" in ended.out + ended.err
