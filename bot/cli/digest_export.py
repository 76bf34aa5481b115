"""`fairview digest export`: each channel's weeks for a spreadsheet, with what a digest would withhold left out.

The rows are those of a digest's chart, so nothing can be worked out from them that the digests do not tell.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from bot.cli.digests import Workspace, figures_of
from bot.digests.figures import HISTORY, Standing, WeekPoint
from bot.digests.schedule import WEEK, last_closed_week
from bot.digests.scope import Scope
from bot.digests.statistics import wilson_interval
from bot.digests.wording import HEADINGS
from bot.errors import OperatorError

HEADER = (
    "week_start",
    "channel_id",
    "channel",
    "standing",
    "messages_read",
    "label",
    "messages",
    "per_1000",
    "per_1000_low",
    "per_1000_high",
)


def export(
    workspace: Workspace, channel_ids: Sequence[str], weeks: int, file: Path | None, *, stdout: TextIO, now: datetime
) -> int:
    """Write a row for each closed week, channel and label as CSV, to ``file`` or to ``stdout``; return 0.

    Without ``channel_ids``, every public channel is meant. Raises OperatorError where the file cannot be written.
    """
    # One without a name Slack has not described yet: it may be private.
    public = [one.channel_id for one in workspace.channels.values() if one.name and not one.is_private]
    last = last_closed_week(now, workspace.settings.time_zone)
    with _opened(file, stdout) as target:
        table = csv.writer(target, lineterminator="\n")
        table.writerow(HEADER)
        for channel_id in channel_ids or public:
            for point in _history(workspace, channel_id, last, weeks):
                table.writerows(_rows(point, channel_id, workspace.name(channel_id)))
    return 0


def _history(workspace: Workspace, channel_id: str, last: date, weeks: int) -> list[WeekPoint]:
    """Return so many weeks of a channel, oldest first; a digest tells twelve at a time."""
    points: list[WeekPoint] = []
    while len(points) < weeks:
        end = last - len(points) * WEEK
        history = figures_of(workspace, Scope.channel(channel_id), end, 1).history[-HISTORY:]
        if not history:
            break
        points = [*history, *points]
    return points[-weeks:]


def _rows(point: WeekPoint, channel_id: str, name: str) -> Iterator[tuple[str | int, ...]]:
    for label in HEADINGS:
        figures = _figures(point, label)
        read = point.messages if point.messages is not None else ""
        # A name stands behind its #, so no spreadsheet takes it for a formula, whatever it begins with.
        yield point.week_start.isoformat(), channel_id, name, point.standing.value, read, label, *figures


def _figures(point: WeekPoint, label: str) -> tuple[str | int, ...]:
    rate = point.rates.get(label)
    if point.standing is not Standing.SHOWN or not point.messages:
        return "", "", "", ""
    if rate is None:
        return "few", "", "", ""
    count = round(rate * point.messages / 1000)
    low, high = wilson_interval(count, point.messages)
    return count, f"{rate:.2f}", f"{1000 * low:.2f}", f"{1000 * high:.2f}"


@contextmanager
def _opened(file: Path | None, stdout: TextIO) -> Iterator[TextIO]:
    if file is None:
        yield stdout
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            yield target
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {type(error).__name__}.", "Give another path.") from None
