"""What comes of a person's click, command, shortcut or submission: triggers, ``response_url`` and the answers."""

from dataclasses import dataclass, field
from typing import Literal

from bot.playground.clock import Clock
from bot.playground.models import Ephemeral, Message, Payload
from bot.playground.refusals import Refusal
from bot.playground.views import View

TRIGGER_LIFE = 3.0
RESPONSE_URL_LIFE = 30 * 60.0
RESPONSE_URL_USES = 5

Outcome = Literal["pending", "acked", "operation_timeout", "dispatch_failed"]
InteractionKind = Literal["command", "click", "shortcut", "submission", "closing"]


@dataclass(eq=False)
class Interaction:
    """One thing a person did with the app, and all that they have seen of it; it goes on filling after it is returned.

    ``answers`` are the messages that came by the acknowledgement or the ``response_url``; ``errors`` what a modal says
    beside its fields; ``view`` the modal that was opened with the trigger, or that a submission led to.
    """

    kind: InteractionKind
    user: str
    channel: str | None = None
    trigger_id: str = ""
    response_url: str | None = None
    outcome: Outcome = "pending"
    answers: list[Ephemeral | Message] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    deleted_original: bool = False
    replaced_original: bool = False

    @property
    def text(self) -> str:
        """The text of the latest answer, empty while there is none."""
        return self.answers[-1].text if self.answers else ""

    @property
    def is_answered(self) -> bool:
        """Whether the person has seen anything come of it."""
        changed = self.deleted_original or self.replaced_original
        return bool(self.answers or self.errors or self.view or changed or self.outcome not in ("pending", "acked"))


class Triggers:
    """``trigger_id``s: good once, for three seconds."""

    def __init__(self, clock: Clock, life: float = TRIGGER_LIFE) -> None:
        self._clock = clock
        self._life = life
        self._issued: dict[str, tuple[Interaction, float]] = {}
        self._used: set[str] = set()

    def issue(self, trigger_id: str, interaction: Interaction) -> str:
        """Make ``trigger_id`` good for a view before the person of this interaction."""
        self._issued[trigger_id] = (interaction, self._clock())
        return trigger_id

    def exchange(self, trigger_id: str) -> Interaction:
        """The interaction behind a trigger, which is used up by this; raises Refusal."""
        if trigger_id not in self._issued:
            raise Refusal("invalid_trigger_id")
        if trigger_id in self._used:
            raise Refusal("exchanged_trigger_id")
        interaction, issued = self._issued[trigger_id]
        if self._clock() - issued > self._life:
            raise Refusal("expired_trigger_id")
        self._used.add(trigger_id)
        return interaction


@dataclass(eq=False)
class ResponseUrl:
    """Where an app may answer one interaction, five times within thirty minutes."""

    interaction: Interaction
    issued: float
    source: Message | Ephemeral | None = None
    uses: int = 0


class ResponseUrls:
    """The ``response_url``s of a workspace by the last part of their path."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}

    def issue(self, key: str, interaction: Interaction, source: Message | Ephemeral | None) -> None:
        """Open a way to answer ``interaction``; ``source`` is the message whose button was clicked."""
        self._issued[key] = ResponseUrl(interaction, self._clock(), source)

    def open(self, key: str) -> ResponseUrl:
        """The url, if it may still be used; raises Refusal."""
        url = self._issued.get(key)
        if url is None:
            raise Refusal("not_found")
        if url.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url")
        if self._clock() - url.issued > RESPONSE_URL_LIFE:
            raise Refusal("expired_url")
        return url


def is_in_channel(payload: Payload) -> bool:
    """Whether an answer is for everybody; it is for the person alone unless it says so."""
    return payload.get("response_type") == "in_channel"
