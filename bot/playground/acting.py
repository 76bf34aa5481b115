"""Playing the scripted day: each step done as a person would, and looked at for what should have come of it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot.playground import Ephemeral, Interaction, SlackStandIn, StandInError
from bot.playground import working_day as day
from bot.playground.screen import Screen
from bot.playground.views import View
from bot.store.engine import Store
from bot.store.tables import DigestSubscription, Message, MessageFinding

PATIENCE_SECONDS = 20.0
"""How long anything may take to come of a step."""


class DemoError(Exception):
    """Something that should have happened in the demonstration did not."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the day is played: the stand-in, the app's database, the screen, and the channels' ids by name."""

    slack: SlackStandIn
    store: Store
    screen: Screen
    channels: Mapping[str, str]
    zone: str


class Day:
    """Plays the steps and keeps what was seen."""

    def __init__(self, workplace: Workplace, beat_seconds: float) -> None:
        self._slack = workplace.slack
        self._store = workplace.store
        self._screen = workplace.screen
        self._channels = workplace.channels
        self._zone = workplace.zone
        self._beat = beat_seconds
        self._pause = threading.Event()
        self._posted: dict[str, day.Says] = {}
        self._ts: dict[str, str] = {}
        self._nudges: dict[str, Ephemeral] = {}
        self._seen: dict[str, bool] = dict.fromkeys(
            (
                *(f"a nudge in #{channel}" for channel in day.CHANNELS),
                *(f"“{button}”" for button in ("Use this", "Why this?", "Not relevant", "Helpful", "Reframe this")),
                "thanks for words that lead to the customer",
                "an edit",
                "a deletion",
                "a message delivered twice, counted once",
                "a digest",
                "a lookup that hits",
                "a lookup that misses",
            ),
            False,
        )

    def play(self, steps: tuple[day.Step, ...] = day.DAY) -> None:
        """Play every step; raises DemoError, StandInError or TimeoutError where something did not happen."""
        for step in steps:
            self._play(step)
            self._wait()
        self._check_counts(steps)
        self._screen.title("What was to be seen")
        self._screen.verdict(self._seen, self._figures())
        missing = [what for what, happened in self._seen.items() if not happened]
        if missing:
            raise DemoError(f"never seen: {', '.join(missing)}")

    def _play(self, step: day.Step) -> None:
        match step:
            case day.Says():
                self._says(step)
            case day.Clicks():
                self._clicks(step)
            case day.Asks():
                self._asks(step)
            case day.Edits():
                self._edits(step)
            case day.Deletes():
                self._deletes(step)
            case day.BotSays():
                self._screen.says("Build Bot (another app)", step.channel, step.text)
                self._slack.post_as_bot(step.channel, step.text, name="Build Bot")
                self._slack.settle(PATIENCE_SECONDS)
                self._screen.note("another app's words: not counted")
            case day.Types():
                self._types(step)
            case day.Digest():
                self._digest(step)

    def _says(self, step: day.Says) -> None:
        self._screen.says(step.who, step.channel, step.text, in_thread=bool(step.in_thread_of))
        before = len(self._slack.ephemerals(step.who, step.channel))
        if step.delivered_twice:
            self._slack.faults.duplicate_events(lambda _envelope: 1)
        thread_ts = self._ts[step.in_thread_of] if step.in_thread_of else None
        ts = self._slack.post(step.who, step.channel, step.text, thread_ts=thread_ts)
        self._posted[ts] = step
        self._ts[step.key] = ts
        if step.nudged:
            self._see_nudge(step, before)
        elif step.thanked:
            self._see_thanks(step, before)
        else:
            self._slack.settle(PATIENCE_SECONDS)
        if step.delivered_twice:
            self._slack.settle(PATIENCE_SECONDS)
            self._slack.faults.clear()
            deliveries = [d for d in self._slack.deliveries if d.payload.get("event", {}).get("ts") == ts]
            if len(deliveries) < 2 or len(self._nudges_of(step)) != before + 1:
                raise DemoError("the message delivered twice was not handled once")
            self._screen.note("Slack delivered that message twice; it was counted once and nudged once")
            self._seen["a message delivered twice, counted once"] = True

    def _nudges_of(self, step: day.Says) -> list[Ephemeral]:
        return self._slack.ephemerals(step.who, step.channel)

    def _see_nudge(self, step: day.Says, before: int) -> None:
        what = f"a nudge for “{step.text}”"
        nudge = self._slack.wait_until(lambda: self._nudges_of(step)[before:], PATIENCE_SECONDS, what=what)[0]
        if len(nudge.blocks or ()) < 3:
            raise DemoError(f"the nudge for “{step.text}” offers no sentence to send instead")
        self._screen.private(step.who, nudge.text, nudge.blocks)
        self._nudges[step.key] = nudge
        self._seen[f"a nudge in #{step.channel}"] = True

    def _see_thanks(self, step: day.Says, before: int) -> None:
        thanks = self._slack.wait_until(lambda: self._nudges_of(step)[before:], PATIENCE_SECONDS, what="thanks")[0]
        self._screen.private(step.who, thanks.text, thanks.blocks)
        self._seen["thanks for words that lead to the customer"] = True

    def _clicks(self, step: day.Clicks) -> None:
        who = self._posted[self._ts[step.key]].who
        nudge = self._nudges[step.key]
        action, value = _find(nudge, step.button)
        self._screen.note(f"{who} clicks “{step.button}”")
        answer = self._slack.click(who, nudge, action, value, wait=PATIENCE_SECONDS)
        if answer.view is not None:
            self._in_window(who, nudge, answer.view)
        elif answer.replaced_original:
            self._screen.private(who, nudge.text, nudge.blocks)
        else:
            raise DemoError(f"the button “{step.button}” was not answered: {answer.text or answer.outcome}")
        self._seen[f"“{step.button}”"] = True

    def _in_window(self, who: str, nudge: Ephemeral, window: View) -> None:
        self._screen.modal(who, window.title, window.blocks)
        if window.content.get("submit") is None:
            return
        self._screen.note(f"{who} clicks “{window.content['submit']['text']}”")
        submitted = self._slack.submit(who, window)
        self._slack.wait_until(lambda: nudge.replaced, PATIENCE_SECONDS, what="the line in place of the nudge")
        if submitted.view is not None:
            self._screen.modal(who, submitted.view.title, submitted.view.blocks)
        self._screen.private(who, nudge.text, nudge.blocks)

    def _asks(self, step: day.Asks) -> None:
        said = self._posted[self._ts[step.key]]
        self._screen.note(f"{step.who} chooses “Reframe this” on {said.who}'s message")
        asked = self._slack.shortcut(
            step.who, "reframe_message", said.channel, self._ts[step.key], wait=PATIENCE_SECONDS
        )
        if asked.view is None:
            raise DemoError(f"“Reframe this” was not answered: {asked.text or asked.outcome}")
        self._screen.modal(step.who, asked.view.title, asked.view.blocks)
        self._seen["“Reframe this”"] = True

    def _edits(self, step: day.Edits) -> None:
        said = self._posted[self._ts[step.key]]
        self._slack.edit(said.channel, self._ts[step.key], step.text)
        self._slack.settle(PATIENCE_SECONDS)
        self._screen.says(said.who, said.channel, f"{step.text} (edited)")
        if self._findings(said.channel, self._ts[step.key]):
            raise DemoError("the edit did not replace what the first version counted")
        self._screen.note("the edit replaced what the first version counted")
        self._seen["an edit"] = True

    def _deletes(self, step: day.Deletes) -> None:
        said = self._posted[self._ts[step.key]]
        self._slack.delete(said.channel, self._ts[step.key])
        self._slack.settle(PATIENCE_SECONDS)
        if self._findings(said.channel, self._ts[step.key]):
            raise DemoError("the deletion did not take the message out of the count")
        self._screen.note(f"{said.who} deletes that message; it is out of every count")
        self._seen["a deletion"] = True

    def _types(self, step: day.Types) -> None:
        answer = self.command(step.who, step.channel, step.command)
        shown = f"{answer.text} {[a.blocks for a in answer.answers] if answer.answers else ''}"
        if step.expects.lower() not in shown.lower():
            raise DemoError(f"{step.command} was not answered as it should be: {answer.text or answer.outcome}")
        if step.command.startswith("/valuestream"):
            hit = "nothing" not in shown.lower() and "toaster" not in step.command
            self._seen["a lookup that hits" if hit else "a lookup that misses"] = True

    def command(self, who: str, channel: str, line: str) -> Interaction:
        """Type a slash command as a person would, show the answer, and return it."""
        command, _, words = line.partition(" ")
        self._screen.says(who, channel, line)
        try:
            answer = self._slack.command(who, channel, command, words, wait=PATIENCE_SECONDS)
        except StandInError as error:
            raise DemoError(str(error)) from None
        for shown in answer.answers[-1:]:
            self._screen.private(who, shown.text, shown.blocks)
        return answer

    def _digest(self, step: day.Digest) -> None:
        self.command(step.who, step.channel, f"/fairview digest here monday 09:00 {self._zone}")
        with self._store.begin() as session:
            for subscription in session.exec(select(DigestSubscription)):
                subscription.since = subscription.since - timedelta(days=8)
                session.add(subscription)
        self._screen.note("The demonstration sets that subscription back by eight days, so that a digest is due now.")
        posts = self._slack.wait_until(
            lambda: [m for m in self._slack.messages(step.channel) if m.user == self._slack.bot_user_id and m.metadata],
            PATIENCE_SECONDS,
            what="a digest",
        )
        self._screen.public(step.channel, posts[0].text, posts[0].blocks)
        self._seen["a digest"] = True

    def _findings(self, channel: str, ts: str) -> list[MessageFinding]:
        with self._store.read() as session:
            rows = session.exec(select(MessageFinding)).all()
        return [row for row in rows if (row.channel_id, row.ts) == (self._channels[channel], ts)]

    def _counted(self) -> list[Message]:
        today = datetime.fromtimestamp(min(float(ts) for ts in self._posted), UTC)
        with self._store.read() as session:
            return [row for row in session.exec(select(Message)) if row.posted_at >= today and not row.is_deleted]

    def _check_counts(self, steps: tuple[day.Step, ...]) -> None:
        deleted = {self._ts[step.key] for step in steps if isinstance(step, day.Deletes)}
        expected = set(self._posted) - deleted
        counted = [row.ts for row in self._counted()]
        if sorted(counted) != sorted(expected):
            raise DemoError(f"{len(expected)} messages were to be counted, {len(counted)} were")

    def _figures(self) -> dict[str, str]:
        return {
            "messages posted by members, less the one deleted": str(len(self._counted())),
            "private nudges": str(len(self._nudges)),
            "kept of what anybody wrote": "nothing but counts",
        }

    def _wait(self) -> None:
        self._pause.wait(self._beat)


def _find(nudge: Ephemeral, button: str) -> tuple[str, str | None]:
    """Return the action id of a button, or that of the menu with the value of one of its choices."""
    for block in nudge.blocks or ():
        for element in block.get("elements", ()):
            if element.get("text", {}).get("text") == button:
                return element["action_id"], None
            for option in element.get("options", ()):
                if option["text"]["text"] == button:
                    return element["action_id"], option["value"]
    raise DemoError(f"the nudge has no “{button}”")
