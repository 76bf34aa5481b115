"""How long after an event Fairview's private nudge arrives at Slack: p99 is to stay within 100 ms, on two cores.

`fairview run` in a process of its own (Socket Mode, an SQLite file, the clock inside) hears 50 messages a second,
written at fixed times whatever it answers, by 2,000 members in 8 channels; one in fifty is nudged. Every text differs.
The time runs from the event handed over by the stand-in to the arrival of `chat.postEphemeral` there. Limits are the
default ones, but for two: new channels are nudged in at once, and quiet hours are off, so that the hour of the day does
not matter. Members nudged in the cold run are nudged again in the warm one, twice, by other rules, which is all that a
day's limits allow: then `users.info` is not asked again. A percentile is the nearest rank: of 100 times, p99 is the
second longest.

Beside it, under the same load, an empty Bolt app that posts the same words. Every event is a commit and a nudge two
more, each with an fsync: what one takes on this disk is told, measured meanwhile on a file of its own. The stand-in and
the writing of messages share the cores with the app; what they use, and how late events were handed over, is told too.
Where those are high, the machine was busy with something else. An acknowledgement may lie in the socket until the next
event, 20 ms later: slack_sdk leaves Nagle's algorithm on.
"""

import gc
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from benchmarks._load import EVENTS_A_SECOND, Disk, Office, Seen
from benchmarks._messages import MEMBERS, ONE_IN, Chat, Written
from bot.playground import SlackStandIn
from nlp import Detector

BAR_MILLISECONDS = 100.0
ANSWER_MILLISECONDS = 3_000.0
SETTLING, COLD, EMPTY = 5, 50, 60
"""Seconds, and so nudges; the warm run lasts twice as long as the cold one."""

_EMPTY_BOLT = Path(__file__).parent / "_empty_bolt.py"
_START_SECONDS = 60.0
_END_SECONDS = 20.0


def main() -> bool:
    """Measure, print the figures, and say whether the bar is met and every nudge came once."""
    before = os.getloadavg()[0]
    chat = Chat(Detector())
    settling = chat.seconds(SETTLING, COLD, group=0)
    cold = chat.seconds(COLD, 0, group=0)
    warm = chat.seconds(COLD, 0, group=1) + chat.seconds(COLD, 0, group=2)
    empty = chat.seconds(SETTLING, EMPTY, group=0), chat.seconds(EMPTY, 0, group=1)
    # What reading took stays in memory, and is not to be gone through while times are taken.
    gc.freeze()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Disk(folder) as disk:
            _, *ours = _measure(_fairview, folder, [settling, cold, warm])
        _, bare = _measure(_empty_bolt(empty), folder, empty)
    return _report(ours[0], ours[1], bare, disk.times, (before, os.getloadavg()[0]))


def _measure(
    start: Callable[[SlackStandIn, Path], subprocess.Popen[bytes]], folder: Path, stretches: Sequence[Sequence[Written]]
) -> list[Seen]:
    office = Office()
    with office.slack as slack, _ended(start(slack, folder)) as app:
        slack.wait_for_app(_START_SECONDS)
        return [office.load(written, app.pid) for written in stretches]


@contextmanager
def _ended(app: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield app
    finally:
        app.terminate()
        try:
            app.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            app.kill()
            app.wait()


def _fairview(slack: SlackStandIn, folder: Path) -> subprocess.Popen[bytes]:
    settings = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'fairview.db'}",
        "FAIRVIEW_SECRET_KEY": Fernet.generate_key().decode(),
        "FAIRVIEW_OPS_BIND": "off",
        "FAIRVIEW_TRIAL_DAYS": "0",
        "FAIRVIEW_QUIET_HOURS": "off",
        "FAIRVIEW_QUIET_DAYS": "off",
    }
    return _process(folder, ["-m", "bot", "run"], settings)


def _empty_bolt(
    stretches: Sequence[Sequence[Written]],
) -> Callable[[SlackStandIn, Path], subprocess.Popen[bytes]]:
    def start(slack: SlackStandIn, folder: Path) -> subprocess.Popen[bytes]:
        answers = folder / "answers.json"
        replies = {one.text: one.nudge for written in stretches for one in written if one.nudge is not None}
        answers.write_text(json.dumps(replies), encoding="utf-8")
        # -P: the other benchmarks beside it are nothing to import by their bare names.
        tokens = [slack.bot_token, slack.app_token, slack.api_url]
        return _process(folder, ["-P", str(_EMPTY_BOLT), *tokens, str(answers)], {})

    return start


def _process(folder: Path, arguments: Sequence[str], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "FAIRVIEW_", "DATABASE_"))
    }
    with (folder / "app.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 (our own interpreter, arguments of our own)
            [sys.executable, *arguments], env={**inherited, **settings}, cwd=folder, stdout=log, stderr=log
        )


def _report(cold: Seen, warm: Seen, bare: Seen, disk: Sequence[float], load: Sequence[float]) -> bool:
    p99 = _rank(warm.nudges, 99)
    is_fast = p99 <= BAR_MILLISECONDS
    counts, is_sound = _counted([cold, warm])
    print(  # noqa: T201 (the report)
        f"nudging: {EVENTS_A_SECOND} events a second, one in {ONE_IN} nudged, {MEMBERS:,} members",
        _line("nudge, users.info cold", cold.nudges, f"asked {cold.asked}"),
        _line("nudge, users.info warm", warm.nudges, f"asked {warm.asked}"),
        _line("empty Bolt, same words", bare.nudges),
        f"  warm beside the empty Bolt: p50 {_ratio(warm, bare, 50)} times, p99 {_ratio(warm, bare, 99)} times",
        _line("acknowledgement", cold.acks + warm.acks),
        _line("the empty Bolt's", bare.acks),
        counts,
        _line("one fsync, meanwhile", disk),
        _line("handed over too late by", warm.late),
        f"  processor an event: Fairview {warm.processor:.1f} ms, empty Bolt {bare.processor:.1f}, the stand-in and "
        f"writing {warm.own_processor:.1f}; load {load[0]:.1f} before, {load[1]:.1f} after, {os.cpu_count()} cores",
        f"  p99 {p99:.1f} ms of {BAR_MILLISECONDS:.0f}: {'met' if is_fast else 'MISSED'}",
        sep="\n",
    )
    return is_fast and is_sound


def _counted(stretches: Sequence[Seen]) -> tuple[str, bool]:
    once, missing, surplus, events, again = (
        sum(numbers)
        for numbers in zip(*((s.once, s.missing, s.surplus, len(s.late), s.sent_again) for s in stretches), strict=True)
    )
    in_time = sum(taken <= ANSWER_MILLISECONDS for seen in stretches for taken in seen.acks)
    line = (
        f"  answered within 3 s: {in_time:,} of {events:,}, sent again {again}; "
        f"nudged once: {once} of {once + missing}, twice or unasked {surplus}: "
    )
    is_sound = in_time == events and not missing and not surplus
    return line + ("met" if is_sound else "MISSED"), is_sound


def _line(name: str, times: Sequence[float], more: str = "") -> str:
    figures = f"p50 {_rank(times, 50):6.1f}  p99 {_rank(times, 99):6.1f}  max {max(times, default=math.nan):6.1f} ms"
    return f"  {name:24}{len(times):6,}  {figures}  {more}".rstrip()


def _ratio(ours: Seen, theirs: Seen, percent: int) -> str:
    return f"{_rank(ours.nudges, percent) / _rank(theirs.nudges, percent):.1f}"


def _rank(times: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile; not a number where there are no times."""
    return sorted(times)[math.ceil(len(times) * percent / 100) - 1] if times else math.nan


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
