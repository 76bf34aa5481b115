"""What an operator's tools ask: is it alive, is it ready, what has it counted. No words of anybody are here."""

import logging
import threading
from collections.abc import Callable

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.errors import StoreError
from bot.store.engine import Store
from bot.store.migration import pending

logger = logging.getLogger(__name__)


def add_health(app: Flask, store: Store) -> None:
    """Answer ``/healthz`` (the process lives) and ``/readyz`` (the database answers, with the schema expected)."""

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @app.get("/readyz")
    def readyz() -> Response:
        trouble = trouble_with(store)
        return Response(f"{trouble or 'ok'}\n", status=503 if trouble else 200, mimetype="text/plain")


def operations_app(store: Store) -> Flask:
    """Return the WSGI app for operators: ``/healthz``, ``/readyz`` and ``/metrics``."""
    app = Flask("bot.operations")
    add_health(app, store)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return app


def trouble_with(store: Store) -> str | None:
    """Return in a few words why the database cannot be used, or None."""
    try:
        with store.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return "migrations are pending; run: fairview migrate" if pending(store) else None
    except StoreError as error:
        return error.sentence
    except SQLAlchemyError:
        return "the database does not answer"


def serve_operations(store: Store, bind: str) -> Callable[[], None]:
    """Serve the operators' app in the background on ``host:port``; return what stops it.

    An address in use is logged and left: two processes on one machine share the default.
    """
    host, _, port = bind.rpartition(":")
    try:
        server = _make_server(host.strip("[]"), int(port), operations_app(store))
    except (OSError, SystemExit):
        logger.warning("operations: %s is in use or not ours; /metrics is not served here. Set FAIRVIEW_OPS_BIND", bind)
        return lambda: None
    threading.Thread(target=server.serve_forever, name="operations", daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return stop


class _SilentHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (werkzeug's word)
        """Keep access out of the log."""


def _make_server(host: str, port: int, app: Flask) -> BaseWSGIServer:
    return make_server(host, port, app, threaded=True, request_handler=_SilentHandler)
