"""`fairview streams import`: a catalogue file into the database, whole or not at all, and what that changes."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import OperatorError
from bot.settings import Settings
from bot.slack_clients import reading_client, slack_trouble
from bot.slack_codes import documented
from bot.store.engine import Store
from bot.store.tenants import list_tenants
from bot.valuestreams.catalogue import Catalogue, Kind, Service, Stream, Team
from bot.valuestreams.catalogue_file import read_catalogue
from bot.valuestreams.importing import Change, Difference, Imported, What, import_catalogue, preview_import
from nlp.located_yaml import DataError

_PAGE = 200
_LISTED = 20
_PLURALS = {Kind.STREAM: "streams", Kind.STAGE: "stages", Kind.SERVICE: "services", Kind.TEAM: "teams"}


def import_streams(
    path: Path,
    *,
    workspace: str | None,
    dry_run: bool,
    store: Store,
    settings: Settings,
    stdout: TextIO,
    now: datetime,
) -> int:
    """Read a catalogue file into the workspace's catalogue and say what changed; return 0.

    Raises OperatorError where the file cannot be read or is wrong (every problem as file:line), or where it is not
    clear which workspace is meant; then nothing is changed.
    """
    catalogue = _read(path, now)
    tenant_id = _tenant(workspace, store, settings)
    channel_ids, trouble = _channel_ids(catalogue, settings)
    if dry_run:
        imported = preview_import(store, tenant_id, catalogue, channel_ids)
    else:
        imported = import_catalogue(store, tenant_id, catalogue, channel_ids, now)
    stdout.writelines(f"{line}\n" for line in _report(path, tenant_id, imported, trouble, dry_run=dry_run))
    return 0


def _read(path: Path, now: datetime) -> Catalogue:
    try:
        return read_catalogue(path, now.date())
    except DataError as error:
        count = len(error.problems)
        listed = "\n".join(f"  {problem}" for problem in error.problems)
        problems = f"{count} problem{'' if count == 1 else 's'}"
        raise OperatorError(f"{path} has {problems}; nothing was imported or changed.\n{listed}") from None
    except OSError as error:
        reason = "it is not there" if isinstance(error, FileNotFoundError) else type(error).__name__
        raise OperatorError(f"{path} cannot be read: {reason}.", "Give the path of a catalogue in YAML.") from None


def _tenant(workspace: str | None, store: Store, settings: Settings) -> str:
    if workspace is not None:
        if not re.fullmatch(r"[TE][A-Z0-9]{2,30}", workspace):
            raise OperatorError(f"{workspace!r} is not the id of a workspace.", "It begins with T, or with E on Grid.")
        return workspace
    with store.read() as session:
        tenants = list_tenants(session)
    if len(tenants) == 1:
        return tenants[0]
    if settings.slack_bot_token:
        return _own_tenant(settings)
    known = f"The database knows {len(tenants)}: {', '.join(tenants)}." if tenants else "The database knows none yet."
    raise OperatorError(f"Which workspace is this for? {known}", "Give --workspace ID, or set SLACK_BOT_TOKEN.")


def _own_tenant(settings: Settings) -> str:
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else None
    try:
        answer = reading_client(token, settings.slack_api_url).auth_test()
    except (SlackClientError, OSError) as error:
        raise slack_trouble(error) from None
    if answer.get("is_enterprise_install") and answer.get("enterprise_id"):
        return str(answer["enterprise_id"])
    return str(answer["team_id"])


def _channel_ids(catalogue: Catalogue, settings: Settings) -> tuple[dict[str, str], str | None]:
    """Return the ids of Slack's channels by name, and what kept Slack from telling them, if anything did."""
    named: list[Stream | Service | Team] = [*catalogue.streams, *catalogue.services, *catalogue.teams]
    if not settings.slack_bot_token or not any(given.startswith("#") for entry in named for given in entry.channels):
        return {}, None
    client = reading_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    found: dict[str, str] = {}
    cursor = ""
    try:
        while True:
            page = client.conversations_list(
                exclude_archived=True, types="public_channel,private_channel", limit=_PAGE, cursor=cursor or None
            )
            found |= {channel["name"]: channel["id"] for channel in page["channels"]}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found, None
    except SlackApiError as error:
        return found, documented(error.response.get("error"))
    except (SlackClientError, OSError):
        return found, "it cannot be reached"


def _report(path: Path, tenant_id: str, imported: Imported, trouble: str | None, *, dry_run: bool) -> Iterator[str]:
    difference = imported.difference
    yield f"{path} for workspace {tenant_id}:"
    yield f"  {'':10}{''.join(f'{what.value:>10}' for what in What)}{'unchanged':>11}"
    for kind, plural in _PLURALS.items():
        counts = "".join(f"{difference.count(kind, what):>10}" for what in What)
        yield f"  {plural:10}{counts}{difference.unchanged.get(kind, 0):>11}"
    yield from _changes(difference)
    if imported.resolved:
        yield f"  channels found since the last import: {imported.resolved}"
    if imported.unresolved:
        yield from _unresolved(imported, trouble)
    if dry_run:
        yield "Nothing was written: this was a dry run."
    elif not (difference.changes or difference.about or imported.resolved):
        yield "Nothing had changed."


def _changes(difference: Difference) -> Iterator[str]:
    for what in What:
        changes = [change for change in difference.changes if change.what is what]
        for change in changes[:_LISTED]:
            yield f"  {what.value}: {_named(change)}"
        if len(changes) > _LISTED:
            yield f"  {what.value}: and {len(changes) - _LISTED} more"
    if difference.about:
        yield f"  changed: {', '.join(difference.about)} of the catalogue"


def _named(change: Change) -> str:
    fields = f" [{', '.join(change.fields)}]" if change.fields else ""
    return f"{change.ref.kind.value} {change.ref.entry_id} ({change.name}){fields}"


def _unresolved(imported: Imported, trouble: str | None) -> Iterator[str]:
    by_channel: dict[str, list[str]] = {}
    for link in imported.unresolved:
        by_channel.setdefault(link.given, []).append(f"{link.ref.kind.value} {link.ref.entry_id}")
    yield "Channels not known yet; each is linked as soon as Fairview hears of a channel of that name:"
    for given, entries in sorted(by_channel.items()):
        yield f"  {given} ({', '.join(entries)})"
    if trouble:
        yield f"  Slack could not be asked for its channels: {trouble}."
