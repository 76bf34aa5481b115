"""`fairview doctor`: a line for each thing, and 2 where something is to be mended."""

from datetime import UTC, datetime

import pytest
from cli_outcome import KEY, Fairview

from bot.playground import SlackStandIn
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.migration import migrate
from bot.store.tenants import ensure_tenant


def lines_of(out: str) -> dict[str, str]:
    """Each finding with its mark."""
    marks = ("not set", "mend", "ok")
    found = {}
    for line in out.splitlines():
        mark = next(one for one in marks if line.startswith(f"{one} "))
        found[line.removeprefix(mark).strip()] = mark
    return found


@pytest.fixture
def migrated(bare_environment: None) -> Store:
    store = Store("sqlite:///fairview.db")
    migrate(store)
    store.close()
    return store


def test_with_nothing_set_it_says_what_is_missing_and_what_needs_it(fairview: Fairview) -> None:
    ended = fairview("doctor")
    assert ended.code == 0
    found = lines_of(ended.out)
    for name, needed_by in (
        ("SLACK_BOT_TOKEN", "run, web and clock"),
        ("SLACK_APP_TOKEN", "run (Socket Mode)"),
        ("SLACK_SIGNING_SECRET", "web (HTTP mode)"),
        ("FAIRVIEW_SECRET_KEY", "run, web and clock"),
    ):
        assert found[f"{name} is not set: needed by {needed_by}"] == "not set"
    assert found["stage partnership, zone UTC"] == "ok"
    (database,) = [line for line in found if line.startswith("database: the SQLite file does not exist yet")]
    assert found[database] == "not set"
    assert not any(line.startswith("Slack") for line in found), "there is nothing to ask Slack with"
    (language,) = [line for line in found if line.startswith("language:")]
    assert found[language] == "ok"


def test_with_everything_right_all_is_well(fairview: Fairview, settings: dict[str, str], migrated: Store) -> None:
    ended = fairview("doctor", **settings)
    assert ended.code == 0
    found = lines_of(ended.out)
    assert set(found.values()) == {"ok"}
    assert "database: SQLite answers, its schema is up to date" in found
    assert "Slack: the bot token is good for the workspace T0FAIRVIEW" in found
    assert "Slack, Socket Mode: the app token is good" in found
    for secret in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "FAIRVIEW_SECRET_KEY"):
        assert settings[secret] not in ended.out


def test_on_postgresql_too(fairview: Fairview, postgresql_url: str) -> None:
    pending = fairview("doctor", DATABASE_URL=postgresql_url)
    assert pending.code == 2
    line = "database: PostgreSQL answers, but migrations are pending. Run: fairview migrate"
    assert lines_of(pending.out)[line] == "mend"
    store = Store(postgresql_url)
    migrate(store)
    store.close()
    assert "PostgreSQL answers, its schema is up to date" in fairview("doctor", DATABASE_URL=postgresql_url).out


def test_tokens_that_slack_refuses_are_to_be_mended(
    fairview: Fairview, settings: dict[str, str], migrated: Store
) -> None:
    wrong = {**settings, "SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-wrong"}
    ended = fairview("doctor", **wrong)
    assert ended.code == 2
    to_mend = [line for line, mark in lines_of(ended.out).items() if mark == "mend"]
    assert to_mend == [
        "Slack: Slack refuses the token: invalid_auth. Check SLACK_BOT_TOKEN at api.slack.com/apps.",
        "Slack, Socket Mode: Slack refuses the token: invalid_auth. Check SLACK_APP_TOKEN at api.slack.com/apps.",
    ]


def test_a_bot_token_in_the_place_of_the_app_token_is_found(fairview: Fairview, settings: dict[str, str]) -> None:
    ended = fairview("doctor", **{**settings, "SLACK_APP_TOKEN": settings["SLACK_BOT_TOKEN"]})
    assert ended.code == 2
    assert "Socket Mode: Slack refuses the token: not_allowed_token_type. Check SLACK_APP_TOKEN" in ended.out


def test_slack_out_of_reach_is_to_be_mended(
    fairview: Fairview, settings: dict[str, str], slack: SlackStandIn, quick_retries: None
) -> None:
    slack.faults.add("drop_connection", times=None)
    ended = fairview("doctor", **settings)
    assert ended.code == 2
    assert ended.out.count("Slack cannot be reached. Check the network and SLACK_API_URL, then try again.") == 2


def test_a_database_out_of_reach_is_to_be_mended(fairview: Fairview) -> None:
    ended = fairview("doctor", DATABASE_URL="postgresql://user:pa55word@127.0.0.1:1/fairview")
    assert ended.code == 2
    assert "database: The database cannot be reached or opened." in ended.out
    assert "pa55word" not in ended.out


def test_a_database_from_a_newer_version_is_to_be_mended(fairview: Fairview, migrated: Store) -> None:
    with migrated.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of_tomorrow'")
    migrated.close()
    ended = fairview("doctor")
    assert ended.code == 2
    assert "database: The database was made by a newer version of Fairview." in ended.out


def test_a_key_that_does_not_fit_the_database_is_to_be_mended(fairview: Fairview, migrated: Store) -> None:
    other = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="
    with migrated.begin() as session:
        ensure_tenant(migrated, session, SecretBox(other), "T1", datetime(2026, 11, 23, tzinfo=UTC))
    migrated.close()
    ended = fairview("doctor", FAIRVIEW_SECRET_KEY=KEY)
    assert ended.code == 2
    assert "database: FAIRVIEW_SECRET_KEY does not fit this database." in ended.out
    assert fairview("doctor", FAIRVIEW_SECRET_KEY=f"{KEY},{other}").code == 0
