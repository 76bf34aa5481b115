"""A digest made ready to post: figures, words and blocks together, as they are frozen."""

from datetime import datetime
from typing import Any

from bot.digests.blocks import digest_blocks, digest_text
from bot.digests.request import in_words, retyped
from bot.digests.runs import Claim, find_missed, was_any_delivered
from bot.digests.schedule import last_closed_week, reported_weeks
from bot.digests.service import Asked, find_figures
from bot.digests.subscriptions import schedule_of
from bot.digests.wording import worded
from bot.listening import Reply
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import DigestSubscription, StopReason

_WHY_PAUSED = {
    StopReason.ARCHIVED: "the channel is archived",
    StopReason.NOT_IN_CHANNEL: "Fairview is no longer in the channel",
    StopReason.CHANNEL_GONE: "the channel is gone, or Fairview can no longer see it",
    StopReason.MAY_NOT_POST: "only some people may post in the channel",
}


def render_run(store: Store, settings: Settings, held: Claim) -> dict[str, Any]:
    """Return what is posted for a run and kept with it: text, blocks, and the figures they were made from."""
    run, subscription = held.run, held.subscription
    with store.read() as session:
        figures = find_figures(
            session,
            Asked(
                tenant_id=run.tenant_id,
                channel_id=subscription.scope_channel_id,
                week_start=reported_weeks(schedule_of(subscription), run.period_start, settings.time_zone)[0],
                zone=settings.zone,
                floor=settings.minimum_authors,
                is_first=not was_any_delivered(session, run.tenant_id, run.subscription_id),
                missed=find_missed(session, run),
            ),
        )
    digest = worded(figures)
    return {
        "text": digest_text(digest),
        "blocks": digest_blocks(digest),
        "figures": figures.as_json(),
    }


def render_preview(store: Store, settings: Settings, tenant_id: str, channel_id: str, now: datetime) -> Reply:
    """Return the digest of the newest closed week, for one person to look at now."""
    week_start = last_closed_week(now, settings.time_zone)
    asked = Asked(tenant_id, channel_id, week_start, settings.zone, settings.minimum_authors)
    with store.read() as session:
        digest = worded(find_figures(session, asked))
    preface = "A preview that only you can see: the newest week that is over."
    return Reply(f"{preface}\n{digest_text(digest)}", digest_blocks(digest, preface))


def pause_text(subscription: DigestSubscription, reason: StopReason) -> str:
    """Return what the owner of a digest is told when it can no longer be delivered."""
    schedule = schedule_of(subscription)
    return (
        f"Your digest of <#{subscription.scope_channel_id}>, {in_words(schedule)}, is paused: "
        f"{why_paused(reason)}. Once that is mended, this in the channel starts it again: `{retyped(schedule)}`"
    )


def why_paused(reason: StopReason) -> str:
    """Return in words why a digest is paused."""
    return _WHY_PAUSED[reason]
