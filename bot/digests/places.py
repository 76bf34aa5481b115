"""What a digest is about and where it goes, in the words people read and in those they type. Pure text."""

from collections.abc import Mapping

from bot.digests.access import is_own
from bot.digests.phrases import scope_in_words
from bot.digests.schedule import Schedule
from bot.digests.subscriptions import Place, is_person
from bot.digests.times import in_words


def comes(place: Place, schedule: Schedule) -> str:
    """Return which digest comes where and when, to begin a sentence with, in mrkdwn."""
    if is_own(place):
        return f"<#{place.destination_id}> gets its digest {in_words(schedule)}"
    comma = "," if is_person(place.destination_id) else ""
    return f"The digest of {scope_in_words(place.scope)} comes {to_where(place)}{comma} {in_words(schedule)}"


def comes_no_more(place: Place) -> str:
    """Return that it has ended, as a sentence in mrkdwn."""
    if is_own(place):
        return f"<#{place.destination_id}> gets no more digests."
    return f"The digest of {scope_in_words(place.scope)} no longer comes {to_where(place)}."


def named(place: Place) -> str:
    """Return which digest it is, in mrkdwn: what it is about, and where it goes unless that is the same."""
    about = scope_in_words(place.scope)
    return about if is_own(place) else f"{about}, {to_where(place)}"


def to_where(place: Place) -> str:
    """Return where it goes, in mrkdwn, said to the one person who may be it."""
    return "to you, as a direct message" if is_person(place.destination_id) else f"to <#{place.destination_id}>"


def typed(place: Place, names: Mapping[str, str], here: str = "") -> str:
    """Return what to type for a place: ``here``, ``me #infra #erp``, ``workspace to #ops``.

    ``names`` are those of channels, by id; ``here`` is the channel it would be typed in, where that is known.
    """

    def name(channel_id: str) -> str:
        return f"#{names.get(channel_id, channel_id)}"

    destination_id, scope = place.destination_id, place.scope
    if is_own(place):
        return "here" if destination_id == here else name(destination_id)
    if scope.kind == "channel" and scope.channel_ids[0] == here:
        about = []
    else:
        about = ["workspace"] if scope.kind == "workspace" else [name(one) for one in scope.channel_ids]
    if is_person(destination_id):
        return " ".join(["me", *about])
    if destination_id == here:
        return " ".join(["here", *about])
    return " ".join([*(about or [name(here)]), "to", name(destination_id)])
