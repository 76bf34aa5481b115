"""From what a person typed, and where, to what the catalogue has to say: pure, over an index in memory."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.valuestreams.catalogue import Kind, Ref, Role, Stream
from bot.valuestreams.index import CatalogueIndex
from bot.valuestreams.matching import NEAR, Match, match_words

MAX_CHARACTERS = 200
"""The longest query that is looked up."""

_CHOICES = 5
_HELP = {"help", "?"}
_CERTAIN = 100.0
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|@?([^<>]*))?>")
_LINK = re.compile(r"<(?:https?|mailto)[^<>|]*(?:\|([^<>]*))?>|<![^<>]*>")
_BARE_CHANNEL = re.compile(r"(?<!\S)#([^\s#<>]{1,80})")
_BARE_GROUP = re.compile(r"(?<!\S)@([^\s@<>]{1,60})")


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, taken apart."""

    words: str
    """Everything but mentions; the names of mentioned channels and groups are kept, people are not."""
    mentions: tuple[str, ...] = ()
    """Channel ids and #names, user group ids and @handles, people's ids: in that order."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stream, and the stages of it that what was found has a part in."""

    stream: Stream
    here: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """One entry, and every stream it is or has a part in."""

    match: Match
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Several entries that may be meant, best first."""

    asked: str
    matches: tuple[Match, ...]
    more: int = 0
    """How many good matches are left out."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Nothing is close to what was asked."""

    asked: str
    browse: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Nothing was asked, and the catalogue does not know the channel."""

    browse: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """A person asked how to ask."""

    browse: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """There is no catalogue yet."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A choice whose entry the catalogue no longer has."""


Outcome = Found | Choice | Missed | Unlinked | Usage | Empty | Gone


def parse(text: str) -> Query:
    """Take a command's text apart: Slack's escaped mentions, bare #channels and @groups, and the words."""
    mentions: list[str] = []
    for pattern in (_CHANNEL, _GROUP):
        mentions += [mention for match in pattern.finditer(text) for mention in _named(match)]
    words = _GROUP.sub(lambda match: f" {match[2] or ''} ", _CHANNEL.sub(lambda match: f" {match[2] or ''} ", text))
    people = [match[1] for match in _PERSON.finditer(words)]
    words = html.unescape(_LINK.sub(lambda match: f" {match[1] or ''} ", _PERSON.sub(" ", words)))
    mentions += [f"#{match[1].lower()}" for match in _BARE_CHANNEL.finditer(words)]
    mentions += [f"@{match[1].lower()}" for match in _BARE_GROUP.finditer(words)]
    return Query(" ".join(words.split()), (*dict.fromkeys(mentions), *people))


def look_up(index: CatalogueIndex, query: Query, channel_id: str) -> Outcome:
    """Return what the catalogue has to say of a query asked in a channel (an id; it may be a direct message)."""
    if not index.entries:
        return Empty()
    for mention in query.mentions:
        matches = _mentioned(index, mention)
        if matches:
            return _decide(index, query.words, matches, channel_id)
    if query.words.lower() in _HELP:
        return Usage(_browse(index))
    if query.words:
        matches = match_words(index, query.words)
        return _decide(index, query.words, matches, channel_id) if matches else Missed(query.words, _browse(index))
    if query.mentions:
        return Missed("", _browse(index))
    matches = _at(index, channel_id, "this channel is linked to it")
    return _decide(index, "", matches, channel_id) if matches else Unlinked(_browse(index))


def look_up_choice(index: CatalogueIndex, ref: Ref, channel_id: str) -> Found | Gone:
    """Return what the catalogue has to say of the entry a person picked."""
    if ref not in index.by_ref:
        return Gone()
    return _found(index, Match(ref, _CERTAIN, "your choice"), channel_id)


def _named(match: re.Match[str]) -> list[str]:
    sign = "#" if match[0].startswith("<#") else "@"
    return [match[1], f"{sign}{match[2].lower()}"] if match[2] else [match[1]]


def _mentioned(index: CatalogueIndex, mention: str) -> list[Match]:
    if mention in index.channels:
        name = mention if mention.startswith("#") else "that channel"
        return _at(index, mention, f"{name} is linked to it")
    group = index.groups.get(mention) or index.groups.get(mention.lower())
    if group:
        return [Match(group, _CERTAIN, "it is that user group")]
    found: dict[Ref, Role] = {}
    for ref, role in index.people.get(mention, ()):
        found.setdefault(ref, role)
    return [Match(ref, _CERTAIN, f"that person is its {role_name(role)}") for ref, role in found.items()]


def role_name(role: Role) -> str:
    """Return a role in words."""
    return role.value.replace("_", " ")


def _at(index: CatalogueIndex, channel: str, why: str) -> list[Match]:
    # What the channel is about, the stream, comes before who sits in it.
    refs = list(dict.fromkeys(index.channels.get(channel, ())))
    for kind in Kind:
        some = [Match(ref, _CERTAIN, why) for ref in refs if ref.kind is kind]
        if some:
            return some
    return []


def _decide(index: CatalogueIndex, asked: str, matches: Sequence[Match], channel_id: str) -> Found | Choice:
    # A stage that the best match has a part in anyway ("Tills" carries "Till") is no other meaning.
    inside = {stage.ref for stage in index.stages_of.get(matches[0].ref, ())} - {matches[0].ref}
    near = [match for match in matches if matches[0].score - match.score < NEAR and match.ref not in inside]
    if len(near) == 1 or _lead_to_one_stream(index, near):
        return _found(index, near[0], channel_id)
    return Choice(asked, tuple(near[:_CHOICES]), len(near[_CHOICES:]))


def _lead_to_one_stream(index: CatalogueIndex, matches: Iterable[Match]) -> bool:
    led = [index.catalogue.streams_of(match.ref) for match in matches]
    return len({stream.stream_id for streams in led for stream in streams}) == 1 and all(led)


def _found(index: CatalogueIndex, match: Match, channel_id: str) -> Found:
    catalogue = index.catalogue
    carried = {stage.stage_id for stage in index.stages_of.get(match.ref, ())}
    if match.ref.kind is Kind.STREAM:
        # The channel it is asked in may be at home at one of the stages.
        linked = [ref for ref in index.channels.get(channel_id, ()) if ref.kind is not Kind.STREAM]
        carried = {stage.stage_id for ref in linked for stage in index.stages_of.get(ref, ())}
    places = []
    for stream in catalogue.streams_of(match.ref):
        here = frozenset(stage.stage_id for stage in stream.stages if stage.stage_id in carried)
        places.append(Place(stream, here))
    return Found(match, tuple(places))


def _browse(index: CatalogueIndex) -> tuple[Stream, ...]:
    return tuple(sorted(index.catalogue.streams, key=lambda stream: stream.name.casefold())[:_CHOICES])
