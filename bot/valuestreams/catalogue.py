"""The catalogue's entries, as the lookup, the import and the answers know them: plain values, no database, no Slack."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What an entry is. The order is the order of preference where two entries carry the same name."""

    STREAM = "stream"
    SERVICE = "service"
    TEAM = "team"
    STAGE = "stage"


class Unit(StrEnum):
    """What a figure counts in: minutes of business or calendar hours, or per cent."""

    BUSINESS = "business"
    CALENDAR = "calendar"
    PERCENT = "percent"


class Basis(StrEnum):
    """How a figure came about."""

    MEASURED = "measured"
    ESTIMATED = "estimated"


class Role(StrEnum):
    """What somebody is responsible for in an entry."""

    OWNER = "owner"
    SERVICE_MANAGER = "service_manager"
    BUSINESS_RELATIONSHIP_MANAGER = "business_relationship_manager"
    LEAD = "lead"


class Lifecycle(StrEnum):
    """Where a service stands in its life."""

    PLANNED = "planned"
    PILOT = "pilot"
    LIVE = "live"
    RETIRING = "retiring"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Ref:
    """One entry's name in the database: its kind and id; a stage's id is ``stream/stage``."""

    kind: Kind
    entry_id: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with what makes it worth believing."""

    amount: float
    """Minutes, or per cent."""
    unit: Unit
    basis: Basis
    as_of: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a stream; a figure that is None is not recorded."""

    stage_id: str
    name: str
    description: str | None = None
    aliases: tuple[str, ...] = ()
    team_id: str | None = None
    done_by: str | None = None
    service_ids: tuple[str, ...] = ()
    lead_time: Figure | None = None
    process_time: Figure | None = None
    percent_complete_accurate: Figure | None = None

    @property
    def ref(self) -> Ref:
        """The stage as an entry."""
        return Ref(Kind.STAGE, self.stage_id)

    @property
    def figures(self) -> dict[str, Figure]:
        """The recorded figures by what they measure."""
        found = {measure: getattr(self, measure) for measure in MEASURES}
        return {measure: figure for measure, figure in found.items() if figure is not None}


MEASURES = ("lead_time", "process_time", "percent_complete_accurate")


@dataclass(frozen=True, slots=True)
class Stream:
    """A value stream: its stages in order, ending at a customer and what that person gets."""

    stream_id: str
    name: str
    customer: str
    """A plural noun phrase: "people waiting for a refund"."""
    value: str | None = None
    description: str | None = None
    aliases: tuple[str, ...] = ()
    people: Mapping[Role, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    """As the catalogue gives them: ids or #names."""
    as_of: date | None = None
    stages: tuple[Stage, ...] = ()

    @property
    def ref(self) -> Ref:
        """The stream as an entry."""
        return Ref(Kind.STREAM, self.stream_id)


@dataclass(frozen=True, slots=True)
class Service:
    """A technology-based service and its portfolio entry."""

    service_id: str
    name: str
    description: str | None = None
    aliases: tuple[str, ...] = ()
    people: Mapping[Role, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    team_id: str | None = None
    outcome: str | None = None
    commitments: str | None = None
    value_now: str | None = None
    value_later: str | None = None
    total_cost_of_ownership: str | None = None
    lifecycle: Lifecycle | None = None
    as_of: date | None = None

    @property
    def ref(self) -> Ref:
        """The service as an entry."""
        return Ref(Kind.SERVICE, self.service_id)


@dataclass(frozen=True, slots=True)
class Team:
    """People who carry stages or run services together."""

    team_id: str
    name: str
    description: str | None = None
    aliases: tuple[str, ...] = ()
    people: Mapping[Role, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    user_group: str | None = None
    """A Slack user group: its id, or its handle with @."""

    @property
    def ref(self) -> Ref:
        """The team as an entry."""
        return Ref(Kind.TEAM, self.team_id)


Entry = Stream | Service | Team | Stage


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A channel an entry names, and what is known of it."""

    ref: Ref
    given: str
    channel_id: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """One tenant's catalogue, whole."""

    streams: tuple[Stream, ...] = ()
    services: tuple[Service, ...] = ()
    teams: tuple[Team, ...] = ()
    organisation: str | None = None
    keeper: str | None = None
    """Who keeps the catalogue true: a Slack id or a plain name."""
    links: tuple[ChannelLink, ...] = ()
    """Channels as far as they are known; only a catalogue read from the database has them."""

    def entries(self) -> Iterator[Entry]:
        """Yield every entry; a stream's stages follow it."""
        for stream in self.streams:
            yield stream
            yield from stream.stages
        yield from self.services
        yield from self.teams

    @cached_property
    def by_ref(self) -> dict[Ref, Entry]:
        """Every entry by its reference."""
        return {entry.ref: entry for entry in self.entries()}

    @cached_property
    def streams_by_id(self) -> dict[str, Stream]:
        """The streams by id."""
        return {stream.stream_id: stream for stream in self.streams}

    @cached_property
    def stages_of(self) -> dict[Ref, tuple[Stage, ...]]:
        """The stages that each service, team and stage has a part in, in the streams' order.

        A team has a part in a stage it does, or in one carried by a service it runs.
        """
        runs = {service.service_id: service.team_id for service in self.services}
        found: dict[Ref, dict[str, Stage]] = {}
        for stream in self.streams:
            for stage in stream.stages:
                teams = {stage.team_id, *(runs.get(service_id) for service_id in stage.service_ids)} - {None}
                refs = [stage.ref, *(Ref(Kind.SERVICE, service_id) for service_id in stage.service_ids)]
                for ref in [*refs, *(Ref(Kind.TEAM, str(team_id)) for team_id in teams)]:
                    found.setdefault(ref, {})[stage.stage_id] = stage
        return {ref: tuple(stages.values()) for ref, stages in found.items()}

    def streams_of(self, ref: Ref) -> tuple[Stream, ...]:
        """Return the streams an entry is, or has a part in, in the catalogue's order."""
        if ref.kind is Kind.STREAM:
            stream = self.streams_by_id.get(ref.entry_id)
            return (stream,) if stream else ()
        ids = dict.fromkeys(stage.stage_id.partition("/")[0] for stage in self.stages_of.get(ref, ()))
        return tuple(self.streams_by_id[stream_id] for stream_id in ids)


_SLACK_PERSON = re.compile(r"[UW][A-Z0-9]{5,30}")


def is_slack_person(person: str) -> bool:
    """Say whether a responsible person is named by Slack id rather than in plain words."""
    return _SLACK_PERSON.fullmatch(person) is not None
