"""Thanks for words that lead to the customer: a private line or a reaction, whichever the member chose.

What is good is never interrupted: no window, nothing to answer. A thank-you that is lost is lost; none comes twice.
"""

import logging

from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.listening import Parts
from bot.nudging.praising import Owed, claim
from bot.slack_clients import posting_client
from bot.slack_outcomes import SLACK_TROUBLE, reason_of
from bot.store.tables import Praise

logger = logging.getLogger(__name__)

REACTION = "clap"
THANKS = "thanks_owed"
"""Where the counting listener leaves what is owed, after its commit."""
_LINE = (
    "Thank you: words like these bring people to what they need. You get such a line once a week at most; "
    "`/fairview thanks off` ends them."
)


def thank(parts: Parts, context: BoltContext, client: WebClient) -> None:
    """Thank the author of a message that was counted, where that is due; for after the acknowledgement."""
    owed = context.get(THANKS)
    if not isinstance(owed, Owed):
        return
    try:
        member = parts.members.find(client, owed.tenant_id, owed.user_id, parts.clock())
        praise = claim(parts.store, owed, member, parts.clock(), parts.terms)
        if praise is None:
            return
        poster = posting_client(client)
        if praise is Praise.REACTION:
            poster.reactions_add(channel=owed.channel_id, timestamp=owed.ts, name=REACTION)
        else:
            poster.chat_postEphemeral(channel=owed.channel_id, user=owed.user_id, thread_ts=owed.thread_ts, text=_LINE)
    except SLACK_TROUBLE as error:
        logger.warning("thanks not confirmed: %s", reason_of(error))
