"""`fairview digest preview`: a digest read outside Slack, offline, from the database; no more than Slack may show."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, TextIO

from sqlmodel import col, select

from bot.digests.blocks import plain_text
from bot.digests.chart import alt_text, chart_png, is_worth_drawing
from bot.digests.figures import Figures
from bot.digests.page import Picture, html_page
from bot.digests.phrases import capital, scope_in_words, with_channels
from bot.digests.schedule import WEEK, last_closed_week
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.service import Asked, find_figures
from bot.digests.wording import worded
from bot.errors import OperatorError
from bot.rules import build_detector
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import Channel
from bot.store.tenants import list_tenants

Format = Literal["text", "html", "json"]

_LISTED = 10
_NO_RULES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as the database knows it."""

    store: Store
    settings: Settings
    tenant_id: str
    channels: Mapping[str, Channel]
    """By id, in order of their names."""

    def name(self, channel_id: str) -> str:
        """Return what people call a channel, with its #; its id where no name is known."""
        channel = self.channels.get(channel_id)
        return f"#{channel.name}" if channel and channel.name else channel_id

    def find(self, given: str) -> str:
        """Return the id of the channel that somebody names (`#name`, `name` or an id).

        Raises OperatorError where it is none that Fairview knows.
        """
        wanted = given.strip().removeprefix("#")
        for channel in self.channels.values():
            if channel.channel_id == wanted.upper() or (channel.name and channel.name == wanted.lower()):
                return channel.channel_id
        names = [self.name(channel_id) for channel_id in self.channels]
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        known = f"It knows {', '.join(names[:_LISTED])}{more}." if names else "It knows none yet."
        raise OperatorError(f"Fairview knows no channel {given!r} in workspace {self.tenant_id}.", known)


def open_workspace(store: Store, settings: Settings, workspace_id: str | None) -> Workspace:
    """Return the workspace of that id, or the only one; raises OperatorError where that is not clear, or not known."""
    with store.read() as session:
        tenants = list_tenants(session)
        tenant_id = _tenant(workspace_id, tenants)
        statement = select(Channel).where(col(Channel.tenant_id) == tenant_id)
        rows = session.exec(statement.order_by(col(Channel.name), col(Channel.channel_id))).all()
    return Workspace(store, settings, tenant_id, {row.channel_id: row for row in rows})


def preview(workspace: Workspace, scope: Scope, weeks: int, form: Format, *, stdout: TextIO, now: datetime) -> int:
    """Write the digest of the newest closed weeks as text, as a page of HTML, or its figures as JSON; return 0."""
    first = last_closed_week(now, workspace.settings.time_zone) - (weeks - 1) * WEEK
    rules = build_detector(workspace.settings.rules).rules
    figures = figures_of(workspace, scope, first, weeks, {rule.id: rule.version for rule in rules.values()})
    if form == "json":
        stdout.write(json.dumps(figures.as_json(), indent=2, ensure_ascii=False) + "\n")
        return 0
    digest = worded(figures, {rule.id: rule.title for rule in rules.values()})
    if form == "text":
        stdout.write(plain_text(digest, workspace.name) + "\n")
    else:
        stdout.write(html_page(digest, workspace.name, _picture(figures, workspace.name)))
    return 0


def scope_of(workspace: Workspace, given: Sequence[str], *, is_whole: bool) -> Scope:
    """Return the scope that somebody asks for; raises OperatorError for none, for both kinds, or an unknown channel."""
    if is_whole == bool(given):
        raise OperatorError("Which figures?", "Give --channel once or more, or --workspace.")
    channel_ids = tuple(dict.fromkeys(workspace.find(one) for one in given))
    if is_whole:
        return WORKSPACE
    return Scope("group", channel_ids) if len(channel_ids) > 1 else Scope.channel(channel_ids[0])


def figures_of(
    workspace: Workspace, scope: Scope, week_start: date, weeks: int, rule_versions: Mapping[str, str] = _NO_RULES
) -> Figures:
    """Return what may be shown of so many weeks, the first of which begins on that Monday."""
    settings = workspace.settings
    asked = Asked(
        tenant_id=workspace.tenant_id,
        scope=scope,
        week_start=week_start,
        zone=settings.zone,
        floor=settings.minimum_authors,
        weeks=weeks,
        rule_versions=rule_versions,
    )
    return find_figures(workspace.store, asked)


def _picture(figures: Figures, channel_name: Callable[[str], str]) -> Picture | None:
    if not is_worth_drawing(figures.history):
        return None
    title = with_channels(scope_in_words(figures.scope), channel_name)
    return Picture(chart_png(figures.history, capital(title)), alt_text(figures.history))


def _tenant(workspace_id: str | None, tenants: Sequence[str]) -> str:
    known = f"The database knows {', '.join(tenants)}." if tenants else "The database knows none yet."
    if workspace_id is not None:
        if workspace_id not in tenants:
            raise OperatorError(f"There is no workspace {workspace_id!r}.", known)
        return workspace_id
    if len(tenants) != 1:
        raise OperatorError("Which workspace is this for?", f"Give --workspace-id ID. {known}" if tenants else known)
    return tenants[0]
