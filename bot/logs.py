"""Logs an operator can use and a person's words cannot reach.

Our own lines are written for the log and carry ids and numbers only. Lines of libraries can hold anything (Bolt logs
a failing listener's message, and whole payloads it has no listener for), so of those only the logger, the level, the
place and the exception's class are written.
"""

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import TextIO

logger = logging.getLogger(__name__)

_OWN = ("bot", "nlp")
_TRUSTED = ("alembic",)


def failure_place(error: BaseException) -> str:
    """Return the class of an exception and where it was raised, never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    own = next((f for f in reversed(frames) if "/bot/" in f.filename or "/nlp/" in f.filename), None)
    via = f" via {own.filename.rpartition('/')[2]}:{own.lineno}" if own and own is not frames[-1] else ""
    return f"{type(error).__qualname__} at {place}{via}"


class SafeFormatter(logging.Formatter):
    """One line a record: time, level, logger, message; without a library's words, an exception as class and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        root = record.name.partition(".")[0]
        if root in _OWN or root in _TRUSTED:
            message = record.getMessage()
        else:
            message = f"({record.pathname.rpartition('/')[2]}:{record.lineno})"
        if record.exc_info and record.exc_info[1]:
            message = f"{message} {failure_place(record.exc_info[1])}"
        message = message.replace("\n", " ").replace("\r", " ")
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')} {record.levelname} {record.name} {message}"


def keep_tracebacks_quiet() -> None:
    """Log an exception that nobody caught by class and place: Python's own traceback ends with its words."""

    def report(error: BaseException | None) -> None:
        logger.critical("uncaught: %s", failure_place(error) if error else "?")

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error)

    sys.excepthook = main_thread
    threading.excepthook = lambda caught: report(caught.exc_value)
    sys.unraisablehook = lambda caught: report(caught.exc_value)


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every log line through SafeFormatter to ``stream`` (standard error); quiet libraries and tracebacks."""
    keep_tracebacks_quiet()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(SafeFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OWN:
        logging.getLogger(name).setLevel(level)
    # Their DEBUG lines are built from whole payloads; they are never to run, whatever the environment says.
    # Without their words their warnings tell an operator nothing either.
    for name in ("slack_bolt", "slack_sdk", "sqlalchemy", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Each failed call also raises an exception, and that is logged where it is met.
    logging.getLogger("slack_sdk.web").setLevel(logging.CRITICAL)
    # gunicorn's own handler would write out what it cannot read of a request.
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.handlers.clear()
    gunicorn.propagate = True
    gunicorn.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False
