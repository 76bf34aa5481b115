"""One nudge at a time is between its message's acknowledgement and Slack's answer: a kill loses no more than that."""

import threading
from datetime import datetime

import pytest
from slack_bolt import BoltContext
from slack_sdk import WebClient
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.nudging import delivery
from bot.nudging.delivery import Outgoing, Sender
from bot.nudging.listeners import OUTGOING, TURN, deliver_with
from bot.store.engine import Store


@pytest.fixture
def sender(sqlite_store: Store, now: datetime) -> Sender:
    return Sender(sqlite_store, lambda: now)


def context_of(sender: Sender) -> BoltContext:
    nudge = Outgoing("T1", "gone", "C1", "U1", "1795428000.000100", None, "text", [])
    return BoltContext({OUTGOING: nudge, TURN: sender.await_turn()})


def test_the_next_waits_until_the_one_before_has_been_sent(sender: Sender) -> None:
    context = context_of(sender)
    got: list[bool] = []
    waiting = threading.Thread(target=lambda: got.append(sender.await_turn()))
    waiting.start()
    assert not got
    deliver_with(sender)(context, WebClient())
    waiting.join()
    assert got == [True]


def test_a_turn_ends_where_sending_fails(sender: Sender, sqlite_store: Store) -> None:
    SQLModel.metadata.drop_all(sqlite_store.engine)
    with pytest.raises(OperationalError):
        deliver_with(sender)(context_of(sender), WebClient())
    assert sender.await_turn()


def test_nobody_waits_for_long_and_who_had_no_turn_ends_none(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_TURN_SECONDS", 0.01)
    assert sender.await_turn()
    late = context_of(sender)
    assert late[TURN] is False
    deliver_with(sender)(late, WebClient())
    assert not sender.await_turn()
