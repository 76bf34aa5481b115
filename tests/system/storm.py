"""A storm of events in a stand-in, and what Fairview must have made of them, told by the stand-in's own last state.

Every message that a member writes has a place of its own (author, channel, thread), so that a nudge, of which Slack
shows no more than its place, belongs to one message only.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground import Ephemeral, Message, SlackStandIn

Place = tuple[str, str, str | None]
"""Author, channel, thread."""
Key = tuple[str, str]
"""Channel, ts."""

NUDGED: dict[str, tuple[str, ...]] = {
    "No ticket, no help, sorry.": ("process_barrier",),
    "CAB only meets on Thursday, so you'll have to wait.": ("process_barrier",),
    "The business wants it by Friday": ("us_them",),
}
NOT_NUDGED: dict[str, tuple[str, ...]] = {
    "We are all one business.": ("shared_purpose",),
    "all we do is keep the lights on": ("overcommitment",),
    "Purchase order run finished at 02:10, 14 items need a look.": (),
    "The queue is down to four calls.": (),
    "`deploy --force` failed with ECONNRESET, retrying on node 3": (),
    "Is anyone free to look at node 3?": (),
}
TEXTS = NUDGED | NOT_NUDGED
"""What is written, with the label of each finding that counts."""

_MEMBERS = 24
_COUNTED = {None, "me_message", "thread_broadcast", "file_share"}


@dataclass(frozen=True)
class Outcome:
    """What Fairview must have made of the storm."""

    findings: dict[Key, tuple[str, ...]]
    """Every message that counts, with the labels of its findings, sorted."""
    versions: dict[Key, str]
    authors: dict[Key, str]
    must_be_nudged: set[Place]
    may_be_nudged: set[Place]
    """Among them those whose finding was edited away or whose message is gone: it depends on what arrived first."""


@dataclass
class Storm:
    """Raises events in a workspace that it furnishes; the same seed raises the same ones."""

    slack: SlackStandIn
    seed: int = 0
    _rooms: dict[str, str] = field(default_factory=dict)
    _roots: dict[str, list[str]] = field(default_factory=dict)
    _places: dict[Key, Place] = field(default_factory=dict)
    _texts: dict[Key, list[str]] = field(default_factory=dict)
    _passers_by: set[str] = field(default_factory=set)
    _lost: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._members = [self.slack.add_member(f"member{number}") for number in range(_MEMBERS)]
        self._foreigners = [self.slack.add_member(f"partner{n}", team_id="T0PARTNER") for n in range(2)]
        self._passer_by = self.slack.add_member("passer-by")
        for name, is_private, is_shared in (
            ("service-desk", False, False),
            ("infrastructure", False, False),
            ("erp", True, False),
            ("partners", False, True),
        ):
            everyone = [*self._members, *(self._foreigners if is_shared else [])]
            room = self.slack.add_channel(name, private=is_private, members=everyone, is_ext_shared=is_shared)
            self._rooms[room] = name
            self._roots[room] = []
        self._shared = next(room for room, name in self._rooms.items() if name == "partners")

    def invite_app(self) -> None:
        """Bring Fairview into every channel."""
        for room in self._rooms:
            self.slack.invite_app(room)

    def raise_events(self, count: int) -> None:
        """Do things until the app has been sent this many more events."""
        enough = self.slack.counters["events"] + count
        acts, weights = zip(*self._acts(), strict=True)
        while self.slack.counters["events"] < enough:
            (act,) = self._random.choices(acts, weights)
            act(self._random.choice(list(self._rooms)))

    def outcome(self) -> Outcome:
        """Return what must have come of it, from the messages as the stand-in has them now."""
        counted = {(room, m.ts): m for room in self._rooms for m in self.slack.messages(room) if self._counts(m)}
        ever_nudged = {key for key, texts in self._texts.items() if NUDGED.keys() & set(texts)}
        may_be_nudged = {key for key in ever_nudged if key[0] != self._shared}
        must_be_nudged = {key for key in may_be_nudged if key in counted and counted[key].text in NUDGED}
        return Outcome(
            findings={key: tuple(sorted(TEXTS[m.text])) for key, m in counted.items()},
            versions={key: m.edited["ts"] if m.edited else m.ts for key, m in counted.items()},
            authors={key: str(m.user) for key, m in counted.items()},
            must_be_nudged={self._places[key] for key in must_be_nudged},
            may_be_nudged={self._places[key] for key in may_be_nudged},
        )

    def loses_ack(self, envelope: Mapping[str, Any]) -> bool:
        """Say whether this acknowledgement gets lost: that of every tenth event, once."""
        event_id = str(envelope["event_id"])
        is_lost = event_id.endswith("7") and event_id not in self._lost
        self._lost.add(event_id)
        return is_lost

    def nudges(self) -> Counter[Place]:
        """Return how many nudges were shown in each place; lines of thanks or greeting have no blocks."""
        shown = self.slack.ephemerals(include_deleted=True)
        return Counter(self._place(one) for one in shown if one.blocks)

    def thanks(self) -> Counter[str]:
        """Return how often each member was thanked."""
        shown = self.slack.ephemerals(include_deleted=True)
        return Counter(one.user for one in shown if one.text.startswith("Thank you"))

    def _place(self, nudge: Ephemeral) -> Place:
        root = self._places.get((nudge.channel, nudge.thread_ts or ""))
        return root if root and root[0] == nudge.user else (nudge.user, nudge.channel, nudge.thread_ts)

    def _counts(self, message: Message) -> bool:
        is_person = message.user in self._members and message.bot_id is None
        return is_person and message.state == "live" and message.subtype in _COUNTED

    def _acts(self) -> Iterator[tuple[Callable[[str], None], int]]:
        yield self._post, 50
        yield self._reply, 25
        yield self._edit, 20
        yield self._delete, 8
        yield self._unfurl, 8
        yield self._bot_posts, 6
        yield self._foreigner_posts, 4
        yield self._notice, 4

    def _text(self) -> str:
        return self._random.choice(list(TEXTS))

    def _post(self, room: str) -> None:
        free = [m for m in self._members if (m, room, None) not in self._places.values()]
        if not free:
            self._reply(room)
            return
        subtype = self._random.choice([None, None, None, "me_message", "file_share"])
        self._write((self._random.choice(free), room, None), subtype)

    def _reply(self, room: str) -> None:
        if not self._roots[room]:
            return
        root = self._random.choice(self._roots[room])
        place = (self._random.choice(self._members), room, root)
        # A thread's first message may be nudged in its thread: nobody answers themselves.
        if place not in self._places.values() and place[0] != self._places[room, root][0]:
            self._write(place, self._random.choice([None, None, "thread_broadcast"]))

    def _write(self, place: Place, subtype: str | None) -> None:
        author, room, thread = place
        text = self._text()
        ts = self.slack.post(author, room, text, thread_ts=thread, subtype=subtype)
        self._places[room, ts], self._texts[room, ts] = place, [text]
        if thread is None:
            self._roots[room].append(ts)

    def _edit(self, room: str) -> None:
        ts = self._living(room)
        if ts:
            # What a message said before may come back, but not at once: Slack knows no edit that changes nothing.
            text = self._random.choice([text for text in TEXTS if text != self._texts[room, ts][-1]])
            self.slack.edit(room, ts, text)
            self._texts[room, ts].append(text)

    def _delete(self, room: str) -> None:
        ts = self._living(room)
        if ts:
            self.slack.delete(room, ts)

    def _unfurl(self, room: str) -> None:
        ts = self._living(room)
        if ts:
            self.slack.unfurl(room, ts)

    def _bot_posts(self, room: str) -> None:
        self.slack.post_as_bot(room, self._text(), classic=self._random.random() < 0.5)

    def _foreigner_posts(self, room: str) -> None:
        self.slack.post(self._random.choice(self._foreigners), self._shared, self._text())

    def _notice(self, room: str) -> None:
        if room in self._passers_by:
            self.slack.remove(room, self._passer_by)
        elif self._random.random() < 0.5:
            self.slack.set_topic(room, self._text())
            return
        else:
            self.slack.invite(room, self._passer_by)
        self._passers_by ^= {room}

    def _living(self, room: str) -> str | None:
        living = [m.ts for m in self.slack.messages(room) if (room, m.ts) in self._texts and m.state == "live"]
        return self._random.choice(living) if living else None
