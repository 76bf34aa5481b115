"""Kills the process it is loaded into, with SIGKILL, at a named point of a nudge's way.

Python loads this by itself where this folder is on PYTHONPATH, so that the app's own command line runs unmodified.
``KILLED_AT`` names the point and which time it is reached (``before_commit:5``), counted from when the file
``KILLED_ONCE_THERE_IS`` exists. The points of a message that is to be nudged: ``before_commit`` and ``after_commit``
(before the ack) of its counting, ``before_settling`` when Slack has answered and nothing of that is written down yet.
"""

import itertools
import os
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

_POINT, _, _TIME = os.environ.get("KILLED_AT", "").partition(":")
_ARMED = Path(os.environ.get("KILLED_ONCE_THERE_IS", ""))
_times = itertools.count(1)
_transaction = threading.local()


def _reached(point: str) -> None:
    if point == _POINT and _ARMED.exists() and next(_times) == int(_TIME):
        os.killpg(os.getpgrp(), signal.SIGKILL)  # gunicorn's parent dies with its worker


def _note_nudge(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.startswith("INSERT INTO nudge "):
        _transaction.decides_nudge = True


def _before_commit(_session: Session) -> None:
    if getattr(_transaction, "decides_nudge", False):
        _reached("before_commit")


def _after_commit(_session: Session) -> None:
    if getattr(_transaction, "decides_nudge", False):
        _transaction.decides_nudge = False
        _reached("after_commit")


def _watch_settling() -> None:
    from bot.nudging import service  # noqa: PLC0415 (the app is imported only where it is to be watched)

    settle = service.settle

    def watched(*args: Any, **kwargs: Any) -> bool:
        _reached("before_settling")
        return settle(*args, **kwargs)

    service.settle = watched


if _POINT:
    event.listen(Engine, "before_cursor_execute", _note_nudge)
    event.listen(Session, "before_commit", _before_commit)
    event.listen(Session, "after_commit", _after_commit)
    _watch_settling()
