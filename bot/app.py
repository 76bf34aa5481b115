"""The composition root: each feature wired to Bolt, in one visible place."""

import logging
import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltContext
from slack_bolt.error import BoltError
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError

from bot import metrics
from bot.administration import commands
from bot.administration import listeners as administration_listeners
from bot.digests import commands as digest_commands
from bot.digests import listeners as digest_listeners
from bot.digests import question_listeners
from bot.listening import Answer, Clock, Parts
from bot.logs import failure_place
from bot.nudging import asking, rules_command
from bot.nudging import commands as nudging_commands
from bot.nudging import listeners as nudging_listeners
from bot.nudging.delivery import Sender
from bot.rules import build_detector, check_rules, log_rules
from bot.settings import Settings
from bot.slack_clients import reading_client, slack_trouble, who_am_i
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.valuestreams import listeners as valuestream_listeners
from bot.watching import listeners as watching_listeners

logger = logging.getLogger(__name__)

LISTENER_THREADS = 32
_EVENT_ID = re.compile(r"Ev[0-9A-Z]{4,32}")


def build_parts(settings: Settings, clock: Clock) -> Parts:
    """Build what every feature is given; raises SettingsError or StoreError where a setting is missing or wrong."""
    settings.require("secret_key")
    check_rules(settings.rules)
    parts = Parts(
        settings=settings,
        store=Store(settings.database_url.get_secret_value()),
        box=SecretBox(settings.reveal("secret_key")),
        detector=build_detector(settings.rules),
        clock=clock,
    )
    log_rules(parts.detector)
    return parts


def build_app(
    parts: Parts,
    *,
    signing_secret: str | None = None,
    executor: ThreadPoolExecutor | None = None,
    sender: Sender | None = None,
) -> App:
    """Return the Bolt app with every feature listening; raises SlackError where Slack refuses the token.

    An event is acknowledged only after its listener has committed (``process_before_response``): what was not
    committed, Slack sends again. What follows the ack runs in ``executor``, a pool of the app's own by default.
    """
    client = reading_client(parts.settings.reveal("slack_bot_token"), parts.settings.slack_api_url)
    who_am_i(client)
    try:
        app = App(
            name="slack_bolt",
            logger=logging.getLogger("slack_bolt"),
            client=client,  # holds the token
            signing_secret=signing_secret,
            request_verification_enabled=signing_secret is not None,
            process_before_response=True,
            listener_executor=executor or ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
        )
    except (SlackClientError, BoltError, OSError) as error:
        raise slack_trouble(error) from None
    app.use(_name_request)
    app.error(_log_failure)
    administration_listeners.register(app, parts, fairview_answers(parts))
    watching_listeners.register(app, parts, sender or Sender(parts))
    nudging_listeners.register(app, parts)
    rules_command.register(app, parts)
    digest_listeners.register(app, parts)
    question_listeners.register(app, parts)
    valuestream_listeners.register(app, parts)
    return app


def fairview_answers(parts: Parts) -> dict[str, Answer]:
    """Return every word `/fairview` knows, with the function that answers it."""
    return {
        **commands.answers(parts),
        **nudging_commands.answers(parts),
        **asking.answers(parts),
        **rules_command.answers(parts),
        "digest": digest_commands.answer_digest(parts),
    }


def _name_request(context: BoltContext, body: dict[str, Any], next: Callable[[], Any]) -> Any:  # noqa: A002 (Bolt's word)
    # Slack's own id where it looks like one: whatever else a payload says does not reach the log by this way.
    event_id = str(body.get("event_id"))
    context["request_id"] = event_id if _EVENT_ID.fullmatch(event_id) else uuid.uuid4().hex[:12]
    return next()


def _log_failure(error: Exception, context: BoltContext) -> BoltResponse:
    # Bolt's own handler would write the error's message, and that can hold a person's words.
    metrics.FAILURES.labels(type(error).__name__).inc()
    logger.error("request failed: %s request_id=%s", failure_place(error), context.get("request_id", "-"))
    return BoltResponse(status=500, body="")
