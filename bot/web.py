"""HTTP mode: the WSGI app that gunicorn serves, and its settings."""

from flask import Flask, Response, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler

from bot.listening import Parts
from bot.operations import add_health

_MAX_BODY_BYTES = 2_000_000


def wsgi_app(app: App, parts: Parts) -> Flask:
    """Return the WSGI app: Slack's events, commands and clicks on ``/slack/events``, and the health checks."""
    flask = Flask("bot.web")
    flask.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    handler = SlackRequestHandler(app)

    @flask.post("/slack/events")
    def slack_events() -> Response:
        if not request.headers.get("X-Slack-Request-Timestamp", "").isdecimal():
            return Response(status=401)  # Bolt would fail, and log an error for whoever likes to cause one
        return handler.handle(request)

    add_health(flask, parts.store)
    return flask
