"""Messages written at fixed times, whatever the app does with them, and what the Slack stand-in saw of it meanwhile."""

import contextlib
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks._messages import CHANNELS, MEMBERS, Written
from bot.playground import SlackStandIn

EVENTS_A_SECOND = 50
_PATIENCE = 15.0
_ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney")


@dataclass
class Seen:
    """What was seen in one stretch of load; times in milliseconds."""

    nudges: list[float] = field(default_factory=list)
    """From the event handed over to the arrival of the call, one for each message nudged exactly once."""
    acks: list[float] = field(default_factory=list)
    """From the event handed over to its acknowledgement, one for each event that was acknowledged."""
    late: list[float] = field(default_factory=list)
    """How much later than planned an event was handed over."""
    once: int = 0
    missing: int = 0
    surplus: int = 0
    """Private messages too many: a second one to the same place, or one to a place where none was due."""
    sent_again: int = 0
    asked: int = 0
    """Calls of ``users.info``."""
    processor: float = 0.0
    """What the app used of a processor for one event."""
    own_processor: float = 0.0
    """The same of this process: the stand-in and the writing together."""


class Office:
    """A workspace of many members and a few channels that all of them are in, and the app too."""

    def __init__(self) -> None:
        # Slack's limits on calls are not what is measured; at a nudge a second they would refuse none.
        self.slack = SlackStandIn(rate_limits=False)
        add = self.slack.add_member
        self._members = [add(f"member{number}", tz=_ZONES[number % len(_ZONES)]) for number in range(MEMBERS)]
        self._channels = [
            self.slack.add_channel(f"channel{number}", members=self._members, with_app=True)
            for number in range(CHANNELS)
        ]
        self._acked_at: dict[str, float] = {}
        # Loses none: this is where the stand-in can be asked at which moment it takes an acknowledgement.
        self.slack.faults.lose_acks(lambda envelope: self._note(str(envelope["event_id"])))

    def load(self, written: Sequence[Written], pid: int) -> Seen:
        """Write the messages at their times, wait for what is still under way, and return what was seen."""
        calls, deliveries = len(self.slack.calls()), len(self.slack.deliveries)
        used, own = _processor_seconds(pid), time.process_time()
        planned = self._write(written)
        self._await_nudges(sum(one.nudge is not None for one in written), calls)
        seen = Seen()
        seen.processor = 1000 * (_processor_seconds(pid) - used) / len(written)
        seen.own_processor = 1000 * (time.process_time() - own) / len(written)
        handed_over = self._look_at_deliveries(seen, planned, deliveries)
        due = {
            (self._members[one.member], self._channels[one.channel]): handed_over[ts]
            for one, ts in zip(written, planned, strict=True)
            if one.nudge is not None
        }
        self._look_at_calls(seen, due, calls)
        return seen

    def _note(self, event_id: str) -> bool:
        self._acked_at.setdefault(event_id, time.time())
        return False

    def _write(self, written: Sequence[Written]) -> dict[str, float]:
        planned = {}
        start = time.time() + 0.1
        for number, one in enumerate(written):
            due = start + number / EVENTS_A_SECOND
            time.sleep(max(0.0, due - time.time()))
            planned[self.slack.post(self._members[one.member], self._channels[one.channel], one.text)] = due
        return planned

    def _await_nudges(self, count: int, since: int) -> None:
        def have_come() -> bool:
            return sum(call.method == "chat.postEphemeral" for call in self.slack.calls()[since:]) >= count

        with contextlib.suppress(TimeoutError):  # what has not come by then is told as missing
            self.slack.wait_until(have_come, _PATIENCE)
            self.slack.settle(_PATIENCE, quiet=0.3)

    def _look_at_deliveries(self, seen: Seen, planned: dict[str, float], since: int) -> dict[str, float]:
        handed_over: dict[str, float] = {}
        for delivery in self.slack.deliveries[since:]:
            ts = delivery.payload["event"].get("ts")
            if ts not in planned:
                continue
            if delivery.attempt:
                seen.sent_again += 1
                continue
            handed_over[ts] = delivery.sent_at
            seen.late.append(1000 * (delivery.sent_at - planned[ts]))
            if delivery.key in self._acked_at:
                seen.acks.append(1000 * (self._acked_at[delivery.key] - delivery.sent_at))
        return handed_over

    def _look_at_calls(self, seen: Seen, due: dict[tuple[str, str], float], since: int) -> None:
        arrived: dict[tuple[str, str], list[float]] = {place: [] for place in due}
        for call in self.slack.calls()[since:]:
            seen.asked += call.method == "users.info"
            if call.method == "chat.postEphemeral":
                arrived.setdefault((call.arguments["user"], call.arguments["channel"]), []).append(call.at)
        for place, times in arrived.items():
            expected = int(place in due)
            seen.missing += max(0, expected - len(times))
            seen.surplus += max(0, len(times) - expected)
            if expected == len(times) == 1:
                seen.once += 1
                seen.nudges.append(1000 * (times[0] - due[place]))


class Disk:
    """Writes a page through to the disk four times a second, so that one can see what the disk itself took."""

    def __init__(self, folder: Path) -> None:
        self.times: list[float] = []
        self._path = folder / "page"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _write(self) -> None:
        with self._path.open("wb", buffering=0) as file:
            while not self._is_over.wait(0.25):
                file.write(bytes(4096))
                began = time.perf_counter()
                os.fsync(file.fileno())
                self.times.append(1000 * (time.perf_counter() - began))


def _processor_seconds(pid: int) -> float:
    """Return what a process has used of a processor; 0.0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
