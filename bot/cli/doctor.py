"""`fairview doctor`: what is set, what is missing, and who answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from slack_sdk.errors import SlackClientError

from bot.errors import FairviewError, OperatorError, SlackError
from bot.rules import build_detector
from bot.settings import Settings
from bot.slack_clients import posting_client, reading_client, slack_trouble, who_am_i
from bot.store import migration
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tenants import check_keys

_MARKS = {True: "[green]ok[/green]     ", False: "[red]mend[/red]   ", None: "[yellow]not set[/yellow]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination: fine, to be mended, or (None) not set and not always needed."""

    is_fine: bool | None
    text: str


def examine(settings: Settings, stdout: TextIO) -> int:
    """Print one line for each thing Fairview needs; return 0, or 2 where something is to be mended."""
    console = Console(file=stdout, soft_wrap=True, highlight=False)
    is_well = True
    for finding in _findings(settings):
        console.print(f"{_MARKS[finding.is_fine]} {escape(finding.text)}")
        is_well = is_well and finding.is_fine is not False
    return 0 if is_well else 2


def _findings(settings: Settings) -> Iterator[Finding]:
    for name, purpose in (
        ("slack_bot_token", "needed by run, web and clock"),
        ("slack_app_token", "needed by run (Socket Mode)"),
        ("slack_signing_secret", "needed by web (HTTP mode)"),
        ("secret_key", "needed by run, web and clock"),
    ):
        alias = Settings.model_fields[name].alias
        is_set = getattr(settings, name) is not None
        yield Finding(True if is_set else None, f"{alias} {'is set' if is_set else f'is not set: {purpose}'}")
    yield Finding(True, f"stage {settings.stage}, zone {settings.zone}")
    yield _database(settings)
    yield from _language(settings)
    if settings.slack_bot_token:
        yield _bot_token(settings)
    if settings.slack_app_token:
        yield _app_token(settings)


def _database(settings: Settings) -> Finding:
    store = Store(settings.database_url.get_secret_value())
    kind = "SQLite" if store.is_sqlite else "PostgreSQL"
    if store.is_sqlite and store.url.database and not Path(store.url.database).exists():
        return Finding(
            None, "database: the SQLite file does not exist yet. `fairview run` or `fairview migrate` makes it"
        )
    try:
        if migration.pending(store):
            return Finding(False, f"database: {kind} answers, but migrations are pending. Run: fairview migrate")
        if settings.secret_key:
            check_keys(store, SecretBox(settings.reveal("secret_key")))
        return Finding(True, f"database: {kind} answers, its schema is up to date")
    except FairviewError as error:
        return Finding(False, f"database: {error.sentence}")
    finally:
        store.close()


def _language(settings: Settings) -> Iterator[Finding]:
    try:
        detector = build_detector(settings.rules)
    except OperatorError as error:
        yield Finding(False, f"language: {error.sentence}")
        return
    for problem in detector.problems:
        yield Finding(False, f"language: {problem}")
    own = sum(rule.is_own for rule in detector.rules.values())
    rules = f"{len(detector.rules) - own} rules" + (f", and {own} of your own" if settings.rules else "")
    yield Finding(True, f"language: {f'the rest works: {rules}' if detector.problems else rules}")


def _bot_token(settings: Settings) -> Finding:
    try:
        answer = who_am_i(reading_client(settings.reveal("slack_bot_token"), settings.slack_api_url))
    except SlackError as error:
        return Finding(False, f"Slack: {error.sentence}")
    return Finding(True, f"Slack: the bot token is good for the workspace {answer['team_id']}")


def _app_token(settings: Settings) -> Finding:
    client = posting_client(reading_client(None, settings.slack_api_url))
    try:
        client.apps_connections_open(app_token=settings.reveal("slack_app_token"))
    except (SlackClientError, OSError) as error:
        return Finding(False, f"Slack, Socket Mode: {slack_trouble(error, 'SLACK_APP_TOKEN').sentence}")
    return Finding(True, "Slack, Socket Mode: the app token is good")
