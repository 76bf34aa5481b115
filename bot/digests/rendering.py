"""A digest made ready to post: figures, words and blocks together, as they are frozen; and looked at beforehand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from bot.digests.access import Tellable, Untold
from bot.digests.blocks import digest_blocks, digest_text
from bot.digests.figures import Figures
from bot.digests.listed import channel_names
from bot.digests.payloads import Payload, payload_of
from bot.digests.phrases import counted
from bot.digests.places import named, typed
from bot.digests.runs import Claim, find_missed, was_any_delivered
from bot.digests.schedule import WEEK, last_closed_week, reported_weeks
from bot.digests.scope import Scope
from bot.digests.service import Asked, find_figures
from bot.digests.subscriptions import Place, schedule_of
from bot.digests.times import in_words, retyped
from bot.digests.wording import Digest, worded
from bot.listening import Reply
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import StopReason
from nlp import Rule

_WHY_PAUSED = {
    StopReason.ARCHIVED: "the channel is archived",
    StopReason.NOT_IN_CHANNEL: "Fairview is no longer in the channel",
    StopReason.CHANNEL_GONE: "the channel is gone, or Fairview can no longer see it",
    StopReason.MAY_NOT_POST: "only some people may post in the channel",
    StopReason.NOT_A_MEMBER: "what it is about is private, and told to its members alone",
    StopReason.NOTHING_LEFT: "Fairview can no longer see its channels, or may not tell them there",
    StopReason.PERSON_GONE: "Slack takes no direct messages for its reader any more",
    StopReason.MAY_NOT_SEE: "its reader may no longer have it: guests and people of other organisations may not, and "
    "the workspace's is for its administrators",
}
_WHY_UNTOLD = {
    Untold.ARCHIVED: ("it is archived", "they are archived"),
    Untold.NOT_IN_CHANNEL: ("Fairview is no longer in it", "Fairview is no longer in them"),
    Untold.PRIVATE: (
        "it is private, and told to its members alone",
        "they are private, and told to their members alone",
    ),
    Untold.UNSEEN: (
        "Fairview can no longer see it, or may not tell it here",
        "Fairview can no longer see them, or may not tell them here",
    ),
}
"""Of one channel, and of several."""


@dataclass(frozen=True, slots=True)
class Press:
    """What digests are made from."""

    store: Store
    settings: Settings
    rules: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    """By id."""

    def worded(self, figures: Figures) -> Digest:
        """Return figures in words, rules by their titles."""
        return worded(figures, {rule_id: rule.title for rule_id, rule in self.rules.items()})


def render_run(press: Press, held: Claim, told: Tellable) -> Payload:
    """Return what is posted for a run: the figures of what may be told, and how many channels are left out, and why."""
    run = held.run
    week_start, weeks = reported_weeks(schedule_of(held.subscription), run.period_start, press.settings.time_zone)
    with press.store.read() as session:
        is_first = not was_any_delivered(session, run.tenant_id, run.subscription_id)
        missed = find_missed(session, run)
    figures = _figures(press, run.tenant_id, told.scope, week_start, weeks, is_first=is_first, missed=missed)
    digest = press.worded(figures)
    payload = payload_of(
        digest_text(digest),
        lambda charts: digest_blocks(digest, run_id=run.run_id, charts=charts),
        figures,
        told.about,
    )
    return payload.with_note(_left_out(told)) if told.left_out else payload


def render_preview(press: Press, place: Place, weeks: int, now: datetime) -> Reply:
    """Return the digest of the newest closed weeks, for one person to look at now."""
    week_start = last_closed_week(now, press.settings.time_zone) - (weeks - 1) * WEEK
    digest = press.worded(_figures(press, place.tenant_id, place.scope, week_start, weeks))
    newest = "the newest week that is over" if weeks == 1 else f"the newest {weeks} weeks that are over"
    preface = f"A preview that only you can see: {newest}."
    # An answer to a command that Slack does not take is lost without a word: no chart, which some workspaces refuse.
    return Reply(f"{preface}\n{digest_text(digest)}", digest_blocks(digest, preface))


def pause_text(store: Store, held: Claim, reason: StopReason) -> str:
    """Return what the owner of a digest is told when it can no longer be delivered."""
    schedule = schedule_of(held.subscription)
    again = retyped(schedule, typed(held.place, channel_names(store, held.place.tenant_id)))
    return (
        f"Your digest of {named(held.place)}, {in_words(schedule)}, is paused: {why_paused(reason)}. "
        f"Once that is mended, this starts it again: `{again}`"
    )


def why_paused(reason: StopReason) -> str:
    """Return in words why a digest is paused."""
    return _WHY_PAUSED[reason]


def _left_out(told: Tellable) -> str:
    return " ".join(
        f"{counted(count, 'channel')} {'was' if count == 1 else 'were'} left out: {_WHY_UNTOLD[why][count > 1]}."
        for why, count in Counter(told.left_out).items()
    )


def _figures(
    press: Press,
    tenant_id: str,
    scope: Scope,
    week_start: date,
    weeks: int,
    *,
    is_first: bool = False,
    missed: tuple[date, ...] = (),
) -> Figures:
    settings = press.settings
    asked = Asked(
        tenant_id=tenant_id,
        scope=scope,
        week_start=week_start,
        weeks=weeks,
        zone=settings.zone,
        floor=settings.minimum_authors,
        is_first=is_first,
        missed=missed,
        rule_versions={rule_id: rule.version for rule_id, rule in press.rules.items()},
    )
    return find_figures(press.store, asked)
