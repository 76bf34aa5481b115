"""What is said of a digest that was set or stopped, with the words that undo it."""

from zoneinfo import ZoneInfo

from bot.digests.access import is_own
from bot.digests.asking import Asker, warnings_of
from bot.digests.listed import channel_names
from bot.digests.places import comes, comes_no_more, typed
from bot.digests.request import EXAMPLE
from bot.digests.subscriptions import Place, Subscribed, is_person, stop
from bot.digests.times import in_words, retyped
from bot.errors import CommandError
from bot.listening import Reply
from bot.store.tables import StopReason


def confirmation(asker: Asker, place: Place, subscribed: Subscribed) -> Reply:
    """Return what is said of a digest that was just set: when it comes next, and how to undo it."""
    schedule, before = subscribed.schedule, subscribed.before
    due = subscribed.next_due.astimezone(ZoneInfo(schedule.zone))
    here = typed(place, _names(asker), asker.here)
    suffix = "" if here == "here" else f" {here}"
    cadence = "" if schedule.cadence == "weekly" else f" {schedule.cadence}"
    sentences = [
        f"{comes(place, schedule)}, next on {due:%A} {due.day} {due:%B}.",
        f"To see it now, by yourself: `/fairview digest preview{cadence}{suffix}`.",
        f"To stop it: `/fairview digest stop{suffix}`.",
    ]
    if before and before != schedule:
        sentences.append(f"It came {in_words(before)}; to put that back: `{retyped(before, here)}`.")
    return Reply(" ".join([*sentences, *warnings_of(asker, place)]))


def stopped(asker: Asker, place: Place) -> Reply:
    """Stop the digest of a place; raises CommandError where there is none."""
    schedule = stop(asker.parts.store, place, StopReason.ASKED, asker.now)
    if schedule is None:
        where = f"<#{place.destination_id}> has no digest." if not is_person(place.destination_id) else None
        raise CommandError(
            where or "There is no such digest.", f"See `/fairview digest list`. To set one: `{EXAMPLE}`."
        )
    again = retyped(schedule, typed(place, _names(asker), asker.here))
    return Reply(f"{comes_no_more(place)} To start {'them' if is_own(place) else 'it'} again: `{again}`.")


def _names(asker: Asker) -> dict[str, str]:
    return channel_names(asker.parts.store, asker.tenant_id) | asker.names()
