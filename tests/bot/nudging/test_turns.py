"""One nudge at a time is between its message's acknowledgement and Slack's answer: a kill loses no more than that."""

import threading
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from slack_bolt import BoltContext
from slack_sdk import WebClient
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from bot.listening import Parts
from bot.nudging import delivery
from bot.nudging.delivery import Outgoing, Sender
from bot.nudging.listeners import OUTGOING, TURN, deliver_with
from bot.nudging.policy import Facts, Member
from bot.nudging.service import Pending
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.keys import SecretBox
from nlp import Detector


@pytest.fixture
def parts(sqlite_store: Store, now: datetime, detector: Detector) -> Parts:
    """An installation where Slack has said already who everybody is, so that nobody asks."""
    parts = Parts(Settings.load({}), sqlite_store, SecretBox(Fernet.generate_key().decode()), detector, lambda: now)
    parts.members.find = lambda *_: Member()  # type: ignore[method-assign]
    return parts


@pytest.fixture
def sender(parts: Parts) -> Sender:
    return Sender(parts)


def context_of(sender: Sender) -> BoltContext:
    now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    facts = Facts(found=None, written_at=now, now=now, watched_since=now)
    nudge = Outgoing(
        Pending("T1", "gone", "1795428000.000100", facts), "C1", "U1", "1795428000.000100", None, "text", []
    )
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
