"""Random streams of Slack's messages over some weeks, and what a full recount makes of what was kept of them."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from readings import TERMS, finding, reading
from sqlmodel import select

from bot.digests.movement import counted
from bot.digests.schedule import week_bounds
from bot.digests.spread import Cell
from bot.digests.summary import WeekTally
from bot.slack_time import instant
from bot.store.engine import Store
from bot.store.keys import SecretBox
from bot.store.tables import Channel, Message, MessageFinding
from bot.store.tables.watching import NOT_READ, PROSE
from bot.watching import service
from bot.watching.payload import Posted, Removed
from nlp import Finding

TENANT, CHANNELS = "T1", ("C1", "C2", "C3")
BOX = SecretBox(Fernet.generate_key().decode())
RETENTION = timedelta(days=400)
_KINDS = [("us_them", "outsiders"), ("us_them", "business_as_other"), ("shared_purpose", "outcome")]


class Stream:
    """Messages posted, edited, deleted, late and sent again; the same for the same seed."""

    def __init__(self, store: Store, seed: int, start: datetime, weeks: int, zone: str) -> None:
        self.store, self.chance = store, random.Random(seed)
        self.start, self.weeks, self.zone = start, weeks, ZoneInfo(zone)
        self.posted: list[Posted] = []
        self.number = 0
        with store.begin() as session:
            since = start - timedelta(days=200)
            session.add_all(
                Channel(tenant_id=TENANT, channel_id=one, name=one.lower(), watched_since=since) for one in CHANNELS
            )

    def step(self) -> None:
        """Let one thing happen."""
        deeds = [self.post] * 6 + ([self.edit, self.edit, self.repeat, self.remove] if self.posted else [])
        self.chance.choice(deeds)()

    def post(self) -> None:
        """Somebody posts, now and then within minutes of midnight between two weeks."""
        self.posted.append(self._message())
        if self.chance.random() < 0.9:
            self._record(self.posted[-1])

    def edit(self) -> None:
        """Somebody edits, with words that count otherwise; or a change comes whose message never did."""
        one = self.chance.choice(self.posted)
        version = f"{int(instant(one.ts).timestamp()) + self.chance.randrange(900_000)}.{self._next():06}"
        self._record(replace(one, version=version, is_change=True))

    def repeat(self) -> None:
        """Slack sends a message again."""
        self._record(self.chance.choice(self.posted))

    def remove(self) -> None:
        """Somebody deletes a message, or one that Fairview never heard of."""
        one = self.chance.choice([*self.posted, self._message()])
        service.remove(self.store, TENANT, Removed(one.channel_id, one.ts), instant(one.ts))

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _message(self) -> Posted:
        at = self.start + timedelta(seconds=self.chance.randrange(self.weeks * 7 * 86_400))
        if self.chance.random() < 0.3:
            monday = self.start.date() + self.chance.randrange(self.weeks + 1) * timedelta(weeks=1)
            at = week_bounds(monday, self.zone)[0] + timedelta(seconds=self.chance.choice([-1, 0, 0, 1, 1800, -1800]))
        ts = f"{int(at.timestamp())}.{self._next():06}"
        channel, author = self.chance.choice(CHANNELS), f"U{self.chance.randrange(9)}"
        return Posted(channel, ts, ts, author, "never kept", None, is_change=False, is_ext_shared=False)

    def _record(self, posted: Posted) -> None:
        found = reading(*self._findings(), prose=self.chance.random() < 0.85)
        service.record(self.store, BOX, TENANT, posted, found, posted.written_at, RETENTION, TERMS)

    def _findings(self) -> list[Finding]:
        chosen = self.chance.choices(_KINDS, k=self.chance.choice([0, 0, 1, 1, 2, 3]))
        return [finding(f"{label}.{kind}", label=label, subtype=kind, nudges=False) for label, kind in chosen]


def recounted(store: Store, channel_id: str, starts: Sequence[date], zone: str) -> list[WeekTally]:
    """Return a channel's weeks counted from every message, in plain Python."""
    with store.read() as session:
        messages = session.exec(select(Message)).all()
        findings = session.exec(select(MessageFinding)).all()
    of_message: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for one in findings:
        of_message[one.channel_id, one.ts] |= {(one.label, ""), (one.label, one.subtype)}
    weeks = []
    for start in starts:
        begins, ends = week_bounds(start, ZoneInfo(zone))
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for message in messages:
            if message.channel_id != channel_id or message.author is None or message.is_deleted:
                continue
            if begins <= message.posted_at < ends:
                held = of_message[channel_id, message.ts] | {(PROSE, "")} if message.has_prose else {(NOT_READ, "")}
                for key in held:
                    counts[key][message.author] += 1
        weeks.append(_tally(start, counts))
    return weeks


def _tally(start: date, counts: dict[tuple[str, str], Counter[str]]) -> WeekTally:
    labels = {label for label, _ in counts} - {PROSE, NOT_READ}
    return WeekTally(
        start,
        prose=dict(counts.get((PROSE, ""), {})),
        not_read=dict(counts.get((NOT_READ, ""), {})),
        labels={label: dict(counts[label, ""]) for label in labels},
        kinds={
            label: {kind: dict(by) for (one, kind), by in counts.items() if one == label and kind} for label in labels
        },
    )


def cells(week: WeekTally) -> dict[str, Cell]:
    """Return a week's totals as WeekTotal is to have them."""
    by_label = {PROSE: week.prose, NOT_READ: week.not_read, **week.labels}
    totals = {}
    for label, by_author in by_label.items():
        if by_author:
            one, read = counted(by_author, week.prose), sum(week.prose.values())
            numbers = (sum(by_author.values()), len(by_author), one.count, read - one.exposure, one.variance)
            totals[label] = Cell(*numbers)
    return totals
