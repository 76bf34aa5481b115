"""Messages for a benchmark: a stream of ordinary chat in which one in fifty is nudged, each by a member of its own."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.block_kit import Block
from bot.nudging.blocks import nudge_blocks, nudge_text
from nlp import Detector, Reading

ONE_IN = 50
MEMBERS = 2_000
CHANNELS = 8
_LABELLED = Path(__file__).parent.parent / "tests" / "labelled"
_GROUPS = 3
"""A member is nudged three times a day at most, once by a rule: each group has rules of its own."""
_SOME_ID = "0" * 32

Nudge = tuple[str, list[Block]]
"""What it says, and its blocks."""


@dataclass(frozen=True, slots=True)
class Written:
    """A message that one member writes in one channel (both by number), and the nudge that is to follow."""

    member: int
    channel: int
    text: str
    nudge: Nudge | None = None


class Chat:
    """Hands out messages, none of them twice; what is nudged at stage ``partnership`` was asked of the detector."""

    def __init__(self, detector: Detector, seed: int = 4) -> None:
        self._read = detector.read
        self._random = random.Random(seed)  # noqa: S311 (chat, not a secret)
        self._ordinary = self._harmless()
        self._flagged = self._nudged()
        self._waiting: list[list[tuple[str, Nudge]]] = [[] for _ in range(_GROUPS)]
        self._groups: dict[str, int] = {}

    def seconds(self, count: int, first_member: int, group: int) -> list[Written]:
        """Return ``ONE_IN`` messages for each of ``count`` seconds, one of them nudged, somewhere in that second.

        Those nudged are of ``count`` members from ``first_member`` on, by the rules and in the channel of ``group``
        (0 to 2): so no member is nudged twice by a rule on a day, nor twice in a channel.
        """
        written: list[Written] = []
        for second in range(count):
            chat = [self._said_by_somebody() for _ in range(ONE_IN - 1)]
            text, nudge = self._next_nudged(group)
            chat.insert(self._random.randrange(ONE_IN), Written(first_member + second, group, text, nudge))
            written += chat
        return written

    def _said_by_somebody(self) -> Written:
        member, channel = self._random.randrange(MEMBERS), self._random.randrange(CHANNELS)
        return Written(member, channel, next(self._ordinary))

    def _next_nudged(self, group: int) -> tuple[str, Nudge]:
        while not self._waiting[group]:
            text, reading = next(self._flagged)
            finding = reading.strongest_nudge
            if finding is not None:
                its_group = self._groups.setdefault(finding.rule, len(self._groups) % _GROUPS)
                said = finding.text, reading.nudge_suggestion
                nudge = nudge_text(*said), nudge_blocks(_SOME_ID, *said, text)
                self._waiting[its_group].append((text, nudge))
        return self._waiting[group].pop()

    def _harmless(self) -> Iterator[str]:
        files = sorted((_LABELLED / "ordinary").glob("*.txt"))
        lines = {line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()}
        for text in self._random.sample(sorted(lines), len(lines)):
            if self._is_harmless(self._read(text)):
                yield text

    def _is_harmless(self, reading: Reading) -> bool:
        # Words that lead to the customer would earn a thank-you, which is a private message too.
        return reading.strongest_nudge is None and "shared_purpose" not in reading.labels

    def _nudged(self) -> Iterator[tuple[str, Reading]]:
        # Only the files that may be learned from: those held out lie in a folder of their own.
        lines = [line for file in sorted(_LABELLED.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
        texts = sorted({str(json.loads(line)["text"]) for line in lines})
        for text in self._random.sample(texts, len(texts)):
            yield text, self._read(text)
