"""The processes Fairview runs as: everything in one, HTTP mode, or the clock."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.app import build_app, build_parts
from bot.cli.database import open_store
from bot.clock import Job, build_scheduler
from bot.digests.delivery import deliver_due
from bot.listening import Parts
from bot.logs import configure_logging
from bot.nudging.service import settle_stale
from bot.operations import serve_operations
from bot.settings import Settings
from bot.slack_clients import reading_client, slack_trouble
from bot.store.migration import migrate
from bot.store.retention import purge
from bot.watching.absence import beat
from bot.web import wsgi_app

logger = logging.getLogger(__name__)
