"""The YAML a catalogue is written in: one documented schema, read whole or not at all, errors as file:line.

A file has ``fairview: 1``, optionally ``organisation`` and ``keeper`` (who keeps the catalogue true), and three lists:
``teams``, ``services``, ``streams``. The classes below are the schema: their fields are the keys, and what a field's
description says is what the key means. ``samples/catalogue.yaml`` shows every key in use.

- A time is a number, ``business`` or ``calendar``, and a unit: ``3 business days``, ``20 calendar minutes``. A
  business day has 8 hours. Leave out what nobody knows: it reads "not recorded", never 0.
- A stage says once, for its figures, whether they are ``measured`` or ``estimated`` (``basis``), ``as_of`` when, and
  the ``source``; a figure written as ``{time: …}`` or ``{percent: …}`` may say its own.
- A person is a Slack id (U…) or a plain name. A channel is a channel id or "#name" (in quotes: # begins a comment).
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from bot.store.tables.valuestreams import ID_CHARACTERS, NAME_CHARACTERS, TEXT_CHARACTERS
from bot.valuestreams import catalogue as entries
from bot.valuestreams.catalogue import Basis, Catalogue, Figure, Lifecycle, Role, Unit
from bot.valuestreams.catalogue_references import find_problems
from bot.valuestreams.figures import parse_duration
from bot.valuestreams.folding import fold, slug
from nlp.located_yaml import DataError, Document, read_document, validate


def _is_date(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    raise ValueError("write a date as year-month-day: 2026-09-30")


def _is_channel(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[CG][A-Z0-9]{5,30}", value):
        return value
    if isinstance(value, str) and re.fullmatch(r"#[^\s#<>&]{1,80}", value):
        return value.lower()
    raise ValueError('write a channel as its id (C…) or its name in quotes: "#servicedesk"')


def _is_group(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"S[A-Z0-9]{5,30}|@[^\s@<>&]{1,60}", value):
        return value
    raise ValueError('write a user group as its id (S…) or its handle in quotes: "@payments"')


def _is_name(value: str) -> str:
    if not fold(value):
        raise ValueError("needs a letter or a digit")
    return value


def _long_time(value: Any) -> Any:
    return {"time": value} if isinstance(value, str) else value


def _long_percent(value: Any) -> Any:
    return {"percent": value} if isinstance(value, int | float) else value


_LineRules = StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS, pattern=r"^[^\r\n]*$")
_TextRules = StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_CHARACTERS)
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=ID_CHARACTERS)]
Line = Annotated[str, _LineRules]
Person = Line
Name = Annotated[str, _LineRules, AfterValidator(_is_name)]
Text = Annotated[str, _TextRules]
AsOf = Annotated[date, BeforeValidator(_is_date)]
Channel = Annotated[str, BeforeValidator(_is_channel)]
Group = Annotated[str, BeforeValidator(_is_group)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _WithSource(_Strict):
    basis: Basis | None = Field(None, description="measured or estimated")
    as_of: AsOf | None = Field(None, description="when this was true, as 2026-09-30")
    source: Text | None = Field(None, description="where it comes from")


class TimeFigure(_WithSource):
    """A time with its own basis, date or source."""

    time: str = Field(description="3 business days; 20 calendar minutes")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        parse_duration(self.time)
        return self


class PercentFigure(_WithSource):
    """A percentage with its own basis, date or source."""

    percent: float = Field(ge=0, le=100, strict=True, allow_inf_nan=False)


class FileStage(_WithSource):
    """One step of a stream."""

    id: Id | None = Field(None, description="needed only where the name may change; else made from the name")
    name: Name
    description: Text | None = None
    aliases: list[Name] = []
    team: Id | None = Field(None, description="the id of the team that does it")
    done_by: Line | None = Field(None, description="who does it, in plain words, where it is not (only) the team")
    services: list[Id] = Field([], description="ids of the services that carry it")
    lead_time: Annotated[TimeFigure, BeforeValidator(_long_time)] | None = Field(
        None, description="from the request until it is ready for the next stage"
    )
    process_time: Annotated[TimeFigure, BeforeValidator(_long_time)] | None = Field(
        None, description="the work itself, in the same hours as the lead time"
    )
    percent_complete_accurate: Annotated[PercentFigure, BeforeValidator(_long_percent)] | None = Field(
        None, description="per cent that the next stage can use as it is"
    )

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        given = (self.lead_time, self.process_time, self.percent_complete_accurate)
        if any(figure and not (figure.basis or self.basis) for figure in given):
            raise ValueError("say whether its figures are measured or estimated (basis)")
        if self.lead_time and self.process_time:
            lead, lead_unit = parse_duration(self.lead_time.time)
            process, process_unit = parse_duration(self.process_time.time)
            if lead_unit is not process_unit:
                raise ValueError("lead_time and process_time must both use business or both use calendar hours")
            if process > lead:
                raise ValueError("process_time is longer than lead_time; the work is part of the wait for it")
        return self

    @property
    def stage_slug(self) -> str:
        """The stage's id inside its stream."""
        return self.id or slug(self.name)

    def entry(self, stream_id: str, stream_as_of: date | None) -> entries.Stage:
        """Return the stage with every figure's basis, date and source settled."""
        return entries.Stage(
            stage_id=f"{stream_id}/{self.stage_slug}",
            name=self.name,
            description=self.description,
            aliases=tuple(self.aliases),
            team_id=self.team,
            done_by=self.done_by,
            service_ids=tuple(self.services),
            lead_time=self._figure(self.lead_time, stream_as_of),
            process_time=self._figure(self.process_time, stream_as_of),
            percent_complete_accurate=self._figure(self.percent_complete_accurate, stream_as_of),
        )

    def _figure(self, given: TimeFigure | PercentFigure | None, stream_as_of: date | None) -> Figure | None:
        if given is None:
            return None
        amount, unit = parse_duration(given.time) if isinstance(given, TimeFigure) else (given.percent, Unit.PERCENT)
        basis = given.basis or self.basis
        if basis is None:
            raise ValueError("a figure without a basis was let through")
        as_of = given.as_of or self.as_of or stream_as_of
        return Figure(float(amount), unit, basis, as_of, given.source or self.source)


class _Named(_Strict):
    id: Id = Field(description="stays the same when the name changes: small letters, digits and hyphens")
    name: Name
    description: Text | None = None
    aliases: list[Name] = Field([], description="other names people use")
    channels: list[Channel] = Field([], description="where it is at home")


class FileStream(_Named):
    """A value stream."""

    customer: Line = Field(description="who waits at its end, outside the organisation, as a plural noun phrase")
    value: Text | None = Field(None, description="what they get, as a noun phrase: their money back")
    owner: Person | None = None
    business_relationship_manager: Person | None = None
    as_of: AsOf | None = Field(None, description="for every figure that does not say its own")
    stages: list[FileStage] = []

    def entry(self) -> entries.Stream:
        """Return the stream with its stages."""
        return entries.Stream(
            stream_id=self.id,
            name=self.name,
            customer=self.customer,
            value=self.value,
            description=self.description,
            aliases=tuple(self.aliases),
            people=_people(self),
            channels=tuple(self.channels),
            as_of=self.as_of,
            stages=tuple(stage.entry(self.id, self.as_of) for stage in self.stages),
        )


class FileService(_Named):
    """A technology-based service and its portfolio entry."""

    team: Id | None = Field(None, description="the id of the team that runs it")
    owner: Person | None = None
    service_manager: Person | None = None
    business_relationship_manager: Person | None = None
    outcome: Text | None = Field(None, description="the business outcome it supports")
    commitments: Text | None = Field(None, description="what it is committed to")
    value_now: Text | None = None
    value_later: Text | None = None
    total_cost_of_ownership: Text | None = None
    lifecycle: Lifecycle | None = None
    as_of: AsOf | None = None

    def entry(self) -> entries.Service:
        """Return the service."""
        return entries.Service(
            service_id=self.id,
            name=self.name,
            description=self.description,
            aliases=tuple(self.aliases),
            people=_people(self),
            channels=tuple(self.channels),
            team_id=self.team,
            outcome=self.outcome,
            commitments=self.commitments,
            value_now=self.value_now,
            value_later=self.value_later,
            total_cost_of_ownership=self.total_cost_of_ownership,
            lifecycle=self.lifecycle,
            as_of=self.as_of,
        )


class FileTeam(_Named):
    """A team."""

    lead: Person | None = None
    user_group: Group | None = Field(None, description="its Slack user group: id, or handle with @")

    def entry(self) -> entries.Team:
        """Return the team."""
        return entries.Team(
            team_id=self.id,
            name=self.name,
            description=self.description,
            aliases=tuple(self.aliases),
            people=_people(self),
            channels=tuple(self.channels),
            user_group=self.user_group,
        )


class CatalogueFile(_Strict):
    """A whole catalogue file."""

    fairview: Literal[1] = Field(description="the version of this format")
    organisation: Line | None = None
    keeper: Person | None = Field(None, description="who keeps the catalogue true")
    teams: list[FileTeam] = []
    services: list[FileService] = []
    streams: list[FileStream] = []


def read_catalogue(source: Path | str, today: date, name: str | None = None) -> Catalogue:
    """Return the catalogue a YAML file (or text called ``name``) holds.

    Raises DataError that lists, as file:line, everything that is wrong: unknown keys, wrong values, references to
    teams or services that are not there, names used twice.
    """
    document = read_document(source, name)
    problems = _shape_problems(document)
    problems += [f"{document.name}:{document.line(at)}: {text}" for at, text in find_problems(document.value, today)]
    if problems:
        raise DataError(sorted(problems, key=lambda problem: _line_of(problem, document.name)))
    file = validate(CatalogueFile, document)
    return Catalogue(
        streams=tuple(stream.entry() for stream in file.streams),
        services=tuple(service.entry() for service in file.services),
        teams=tuple(team.entry() for team in file.teams),
        organisation=file.organisation,
        keeper=file.keeper,
    )


def _shape_problems(document: Document) -> list[str]:
    try:
        validate(CatalogueFile, document)
    except DataError as error:
        return error.problems
    return []


def _people(entry: FileStream | FileService | FileTeam) -> Mapping[Role, str]:
    return {role: person for role in Role if (person := getattr(entry, role.value, None))}


def _line_of(problem: str, name: str) -> int:
    return int(problem.removeprefix(f"{name}:").partition(":")[0])
