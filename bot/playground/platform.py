"""The state of the stand-in, behind one lock: the workspace, what the app has called, and what is on its way to it."""

import time
import uuid
from collections import Counter
from threading import Condition, RLock
from typing import Protocol

from bot.playground import payloads
from bot.playground.app_config import AppConfig
from bot.playground.clock import Clock
from bot.playground.delivery import Delivery, Dispatcher, Job, JobKind
from bot.playground.envelopes import VERIFICATION_TOKEN, event_callback, is_wanted
from bot.playground.faults import Call, Faults
from bot.playground.interactions import Interaction, InteractionKind, ResponseUrls, Triggers
from bot.playground.models import Channel, Ephemeral, Member, Message, Payload
from bot.playground.posting import with_block_ids
from bot.playground.rate_limits import RateLimits
from bot.playground.views import Views
from bot.playground.workspace import Workspace


class Sockets(Protocol):
    """The WebSockets that the app has opened, wherever they are served."""

    def new_url(self) -> str:
        """An address that opens one."""
        ...

    def drop(self, how: str) -> int:
        """End them all; see :meth:`~bot.playground.faults.Faults.drop_socket`."""
        ...


class Platform:
    """Everything Slack would keep on its side.

    Hold ``lock`` while using any of it; ``changed`` tells of every change.
    """

    def __init__(self, *, name: str, team_id: str, app: AppConfig, clock: Clock, time_scale: float) -> None:
        self.lock = RLock()
        self.changed = Condition(self.lock)
        self.app = app
        self.clock = clock
        self.time_scale = time_scale
        self.charts = True
        self.sparing_history = False
        self.base_url = ""
        self.sockets: Sockets | None = None
        self.bot_token = f"xoxb-{team_id}-{uuid.uuid4().hex[:12]}"
        self.app_token = f"xapp-1-{team_id}-{uuid.uuid4().hex[:12]}"
        self.signing_secret = uuid.uuid4().hex
        self.token_error: str | None = None
        self.is_expecting_app = False
        self.workspace = Workspace(name=name, team_id=team_id, app=app, clock=clock, announce=self.announce)
        self.views = Views(self.workspace)
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(clock)
        self.limits = RateLimits(time_scale, time.monotonic)
        self.faults = Faults(self._drop_sockets)
        self.dispatcher = Dispatcher(changed=self.changed, faults=self.faults, clock=clock, time_scale=time_scale)
        self.ephemerals: list[Ephemeral] = []
        self.calls: list[Call] = []
        self.calls_in_flight = 0
        self.counters: Counter[str] = Counter()

    def announce(
        self, event: Payload, channel: Channel | None, *, author: Member | None = None, regardless: bool = False
    ) -> None:
        """Deliver an event, if the app subscribes to it, is in the channel, and has ever connected."""
        present = channel is None or regardless or self.workspace.bot.id in channel.members
        self.changed.notify_all()
        if not present or not is_wanted(self.app, event, channel):
            return
        if not self.is_expecting_app:
            self.counters["events_before_the_app"] += 1
            return
        self.counters["events"] += 1
        envelope = event_callback(self.workspace, event, channel, author)
        self.dispatcher.submit(Job("events_api", event["type"], envelope))

    def begin_call(self, method: str, arguments: Payload) -> Call:
        """Note that the app has asked for something."""
        with self.changed:
            call = Call(len(self.calls) + 1, method, arguments, self.clock())
            self.calls.append(call)
            self.calls_in_flight += 1
            self.counters[f"call:{method}"] += 1
            self.changed.notify_all()
            return call

    def end_call(self, call: Call, status: int) -> None:
        """Note what it got for an answer; 0 for none."""
        with self.changed:
            call.status = status
            self.calls_in_flight -= 1
            self.changed.notify_all()

    def begin_interaction(
        self,
        kind: InteractionKind,
        person: Member,
        channel: Channel | None,
        source: Message | Ephemeral | None = None,
        *,
        answerable: bool = True,
    ) -> Interaction:
        """A person's act, with a fresh trigger and, where ``answerable``, a ``response_url``."""
        interaction = Interaction(kind, person.id, channel.id if channel is not None else None)
        trigger = f"{self.workspace.new_id('')}.{self.workspace.team_id}.{uuid.uuid4().hex}"
        interaction.trigger_id = self.triggers.issue(trigger, interaction)
        if answerable:
            key = uuid.uuid4().hex
            self.response_urls.issue(key, interaction, source)
            interaction.response_url = f"{self.base_url}/response/{key}"
        return interaction

    def interactive_payload(self, kind: str, person: Member, interaction: Interaction) -> Payload:
        """What block actions, shortcuts and submissions have in common."""
        return {
            "type": kind,
            "team": {"id": self.workspace.team_id, "domain": self.workspace.domain},
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id,
            },
            "api_app_id": self.workspace.app_id,
            "token": VERIFICATION_TOKEN,
            "trigger_id": interaction.trigger_id,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def shown_channel(self, channel: Channel) -> Payload:
        """A channel in an interaction's payload: its name is kept from an app that is not in it."""
        return {"id": channel.id, "name": self.channel_name(channel)}

    def channel_name(self, channel: Channel) -> str:
        """The name a command or click tells: Slack has general ones for private conversations."""
        return {"channel": channel.name, "im": "directmessage", "mpim": "mpdm"}.get(channel.kind, "privategroup")

    def show_ephemeral(self, ephemeral: Ephemeral) -> Ephemeral:
        """Put a message before one member."""
        if ephemeral.blocks is not None:
            ephemeral.blocks = with_block_ids(self.workspace, ephemeral.blocks)
        self.ephemerals.append(ephemeral)
        self.changed.notify_all()
        return ephemeral

    def file_exists(self, reference: Payload) -> bool:
        """Whether a ``slack_file`` names a file that has been uploaded completely."""
        return any(
            file.completed and (file.id == reference.get("id") or payloads.file_url(file) == reference.get("url"))
            for file in self.workspace.files.values()
        )

    def deliver(self, kind: JobKind, name: str, payload: Payload) -> Job:
        """Send a command or an interaction on its way."""
        job = Job(kind, name, payload)
        self.dispatcher.submit(job)
        return job

    @property
    def deliveries(self) -> list[Delivery]:
        """Every try so far."""
        return list(self.dispatcher.deliveries)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way to the app and nothing it asked for is unanswered."""
        return self.dispatcher.pending == 0 and self.calls_in_flight == 0

    def _drop_sockets(self, how: str) -> int:
        return self.sockets.drop(how) if self.sockets is not None else 0
