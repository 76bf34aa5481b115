"""A Slack stand-in on the loopback interface: what an app can tell of Slack, for tests and the demonstration.

An unmodified app talks to it through ``SLACK_API_URL``, in Socket Mode or by HTTP. The rooms of this folder:

- ``standin`` (with ``lifecycle``, ``people``, ``interacting``): the Python side, acting and looking as people do
- ``platform``, ``workspace``, ``models``, ``posting``, ``membership``, ``views``, ``interactions``: Slack's own state
- ``web_server``, ``web_api``, ``response_url``, ``blockkit``, ``rate_limits``: what the app may ask
- ``delivery``, ``envelopes``, ``http_mode``, ``socket_mode``, ``network``: how the app hears of things
- ``faults``: what goes wrong on demand
"""

from bot.playground.app_config import AppConfig, SlashCommand
from bot.playground.delivery import Delivery
from bot.playground.faults import Call, Fault, Faults
from bot.playground.interactions import Interaction
from bot.playground.models import Ephemeral, Message, StandInError
from bot.playground.standin import SlackStandIn
from bot.playground.views import View

__all__ = [
    "AppConfig",
    "Call",
    "Delivery",
    "Ephemeral",
    "Fault",
    "Faults",
    "Interaction",
    "Message",
    "SlackStandIn",
    "SlashCommand",
    "StandInError",
    "View",
]
