"""What every feature's listeners share: the parts they are given, and how a person is always answered."""

import functools
import logging
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt import BoltContext, Respond
from slack_sdk import WebClient

from bot import metrics
from bot.block_kit import Block
from bot.errors import CommandError, PersonError
from bot.logs import failure_place
from bot.nudging.facts import Terms
from bot.nudging.members import Members
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.keys import SecretBox
from nlp import Detector

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a feature is built from; made once by the composition root and handed to every ``register``."""

    settings: Settings
    store: Store
    box: SecretBox
    detector: Detector
    clock: Clock
    """Returns the present instant, aware, in UTC."""
    members: Members = field(default_factory=Members)

    @property
    def terms(self) -> Terms:
        """On which terms this installation nudges."""
        return Terms(self.settings.limits, self.detector.rules, self.settings.zone)


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as it was typed, its typography made plain (quotes, spaces)."""

    tenant_id: str
    user_id: str
    channel_id: str
    """Where it was typed; may be a direct message or a channel Fairview is not in."""
    text: str
    client: WebClient
    now: datetime
    trigger_id: str = ""

    @property
    def words(self) -> list[str]:
        """The words of the command, in order, without the quotes that people copy along with them."""
        return [word for word in (part.strip("\"'`") for part in self.text.split()) if word]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer only the person who asked can see; ``text`` stands alone where blocks are not shown."""

    text: str
    blocks: list[Block] = field(default_factory=list)


Answer = Callable[[Command], Reply]


def tenant_of(body: Mapping[str, Any]) -> str:
    """Return the installation a payload is for: the enterprise if org-wide, else the authorised team.

    Events carry it in ``authorizations`` (the envelope's own team is, in a shared channel, where the message came
    from); commands and interactions carry the team, or the enterprise with ``is_enterprise_install``.
    """
    authorization = next(iter(body.get("authorizations") or ()), None) or {}
    if authorization:
        if authorization.get("is_enterprise_install") and authorization.get("enterprise_id"):
            return str(authorization["enterprise_id"])
        if authorization.get("team_id"):
            return str(authorization["team_id"])
    elif str(body.get("is_enterprise_install")).lower() == "true":
        enterprise = body.get("enterprise_id") or (body.get("enterprise") or {}).get("id")
        if enterprise:
            return str(enterprise)
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    if not team:
        raise CommandError("Slack did not say which workspace this comes from.", "Try again from a channel.")
    return str(team)


def plain(text: str) -> str:
    """Return command text with typographic quotes, dashes and spaces made plain, and what cannot be seen left out."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_PLAIN).split())


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        # Soft hyphen, zero-width spaces, direction marks, byte order mark: what a copied text brings along.
        **dict.fromkeys("\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"),
    }
)


def command_of(body: Mapping[str, Any], client: WebClient, now: datetime) -> Command:
    """Return the slash command a payload carries."""
    return Command(
        tenant_id=tenant_of(body),
        user_id=str(body["user_id"]),
        channel_id=str(body["channel_id"]),
        text=plain(str(body.get("text") or "")),
        client=client,
        now=now,
        trigger_id=str(body.get("trigger_id") or ""),
    )


def unattended(listener: Callable[..., None]) -> Callable[..., None]:
    """Wrap a lazy listener nobody waits for: a failure is counted, and logged by class and place only."""

    @functools.wraps(listener)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            listener(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 (above here only Bolt, which would log the error's own words)
            context = kwargs.get("context") or {}
            metrics.FAILURES.labels(type(error).__name__).inc()
            logger.error("listener failed: %s request_id=%s", failure_place(error), context.get("request_id", "-"))

    return run


def reply_to(
    answer: Callable[[], Reply | None], respond: Respond, context: BoltContext, *, replace_original: bool = False
) -> None:
    """Answer a person privately, whatever happens: the reply, a refusal that says what to do, or an apology.

    ``None`` says that the person was answered another way (a modal). ``replace_original`` puts the answer in the
    place of the message whose button was clicked. An unexpected failure is logged by class and place under the
    request id that the person is shown.
    """
    try:
        reply = answer()
    except PersonError as error:
        reply = Reply(error.sentence)
    except Exception as error:  # noqa: BLE001 (the last place that can still answer)
        request_id = context.get("request_id", "-")
        metrics.FAILURES.labels(type(error).__name__).inc()
        logger.error("request failed: %s request_id=%s", failure_place(error), request_id)
        replace_original = False
        reply = Reply(
            "Something went wrong on Fairview's side. Try again in a minute; if it goes on, "
            f"tell whoever runs Fairview this number: {request_id}"
        )
    if reply is not None:
        respond(
            text=reply.text,
            blocks=reply.blocks or None,
            response_type="ephemeral",
            replace_original=replace_original,
        )
