"""The last weeks as a chart: Slack's own block, a picture for workspaces that do not know it, and either in words.

What may not be shown, or was not heard, is nowhere drawn as 0. Slack's block has no word for a missing point: every
series needs a number for every week. So it leaves out weeks or labels and says which; with too many to leave out, there
is no block, and the picture, which breaks its lines, is the chart to show.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from tempfile import TemporaryDirectory
from threading import Lock

from bot.block_kit import Block
from bot.digests.figures import HISTORY, WeekPoint
from bot.digests.phrases import dates, day, listed, rate
from bot.digests.wording import HEADINGS

_TITLE_CHARACTERS = 50
_ALT_CHARACTERS = 2_000
_LEAST_WEEKS = 2
_LEAST_SHARE = 0.75
"""Of the figures there are, how many Slack's block must show to be worth more than the picture."""
_NAMES = HEADINGS | {"shared_purpose": "What the work is for"}
"""As in the digest, where Slack's 20 characters allow."""
_DRAWING = Lock()
"""matplotlib does not promise to draw in two threads at once."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """Labels and weeks without a gap between them."""

    labels: tuple[str, ...]
    points: tuple[WeekPoint, ...]

    @property
    def figures(self) -> int:
        return len(self.labels) * len(self.points)


def is_worth_drawing(history: Sequence[WeekPoint]) -> bool:
    """Return whether at least two weeks have a figure to draw."""
    return sum(_has_figures(point) for point in _shown(history)) >= _LEAST_WEEKS


def chart_block(history: Sequence[WeekPoint], title: str) -> Block | None:
    """Return Slack's line chart of the weeks, or None where it would have to leave out too much."""
    whole = _most_whole(history)
    if whole is None:
        return None
    weeks = [_short(point.week_start) for point in whole.points]
    series = [
        {"name": _NAMES[label], "data": [_datum(week, point.rates[label]) for week, point in _pairs(weeks, whole)]}
        for label in whole.labels
    ]
    axes = {"categories": weeks, "x_label": "Week that began on", "y_label": "Messages per 1,000"}
    chart = {"type": "line", "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": _cut(title, _TITLE_CHARACTERS), "chart": chart}


def left_out(history: Sequence[WeekPoint]) -> str:
    """Return in plain words what ``chart_block`` leaves out, to stand beside it; empty where that is nothing."""
    whole = _most_whole(history)
    if whole is None:
        return ""
    weeks = [point.week_start for point in _shown(history) if point not in whole.points]
    parts = [f"“{HEADINGS[label]}”" for label in HEADINGS if label not in whole.labels]
    parts += [_weeks(weeks)] if weeks else []
    return f"Not in the chart, for want of figures: {listed(parts)}." if parts else ""


def chart_png(history: Sequence[WeekPoint], title: str) -> bytes:
    """Return the weeks as a picture of 1920 x 960 pixels, always the same bytes for the same weeks and title.

    Raises OSError where there is no place for temporary files.
    """
    with _DRAWING, _folder_of_its_own():
        # Not above: matplotlib takes a second and 60 MB, and most workspaces never need it.
        from bot.digests.drawing import draw  # noqa: PLC0415

        return draw(_shown(history), " ".join(title.split()))


def alt_text(history: Sequence[WeekPoint]) -> str:
    """Return what the chart shows, in at most 2,000 characters of plain words."""
    points = _shown(history)
    if not points:
        return "A chart of the last weeks, without any figures yet."
    first, last = day(points[0].week_start), day(points[-1].week_start)
    opening = f"Line chart of messages per 1,000, week by week, from the week of {first} to the week of {last}."
    empty = [point.week_start for point in points if not _has_figures(point)]
    sentences = [opening, *(_told(label, points) for label in HEADINGS)]
    if empty:
        sentences.append(f"No figures at all: {_weeks(empty)}.")
    return _cut(" ".join(sentences), _ALT_CHARACTERS)


def _told(label: str, points: Sequence[WeekPoint]) -> str:
    known = [(point.week_start, given) for point in points if (given := point.rates.get(label)) is not None]
    gaps = [point.week_start for point in points if _has_figures(point) and point.rates.get(label) is None]
    if not known:
        return f"{HEADINGS[label]}: no figures."
    but = f" No figures: {_weeks(gaps)}." if gaps else ""
    if len(known) == 1:
        return f"{HEADINGS[label]}: {_at(known[0])} alone.{but}"
    if len({rate(given) for _, given in known}) == 1:
        return f"{HEADINGS[label]}: {_rate(known[0][1])} each week.{but}"
    highest, lowest = max(known, key=lambda one: one[1]), min(known, key=lambda one: one[1])
    ends = f"first {_at(known[0])}, last {_at(known[-1])}, highest {_at(highest)}, lowest {_at(lowest)}"
    return f"{HEADINGS[label]}: {ends}.{but}"


def _at(one: tuple[date, float]) -> str:
    return f"{_rate(one[1])} ({_short(one[0])})"


def _rate(given: float) -> str:
    return rate(given) if given else "0"


def _weeks(starts: Sequence[date]) -> str:
    return f"the {'week' if len(starts) == 1 else 'weeks'} of {dates(starts)}"


def _most_whole(history: Sequence[WeekPoint]) -> _Whole | None:
    """Return the labels and weeks that show most figures without a gap, if they are enough to be worth showing."""
    points = _shown(history)
    sets = [labels for size in range(len(HEADINGS), 0, -1) for labels in combinations(HEADINGS, size)]
    most = max((_without_gaps(labels, points) for labels in sets), key=lambda whole: whole.figures)
    all_figures = sum(point.rates.get(label) is not None for point in points for label in HEADINGS)
    worth = len(most.points) >= _LEAST_WEEKS and most.figures >= _LEAST_SHARE * all_figures
    return most if worth else None


def _without_gaps(labels: tuple[str, ...], points: Sequence[WeekPoint]) -> _Whole:
    full = (point for point in points if all(point.rates.get(label) is not None for label in labels))
    return _Whole(labels, tuple(full))


def _shown(history: Sequence[WeekPoint]) -> list[WeekPoint]:
    """Return the newest weeks from the first that has a figure: before it, Fairview was mostly not there yet."""
    newest = list(history[-HISTORY:])
    while newest and not _has_figures(newest[0]):
        newest.pop(0)
    return newest


def _has_figures(point: WeekPoint) -> bool:
    return any(point.rates.get(label) is not None for label in HEADINGS)


def _pairs(weeks: Sequence[str], whole: _Whole) -> Iterator[tuple[str, WeekPoint]]:
    return zip(weeks, whole.points, strict=True)


def _datum(week: str, given: float | None) -> dict[str, str | float]:
    if given is None:
        raise ValueError("a week without a figure has no place in Slack's chart")
    return {"label": week, "value": round(given, 1)}


def _short(start: date) -> str:
    return f"{start.day} {start:%b}"


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"


@contextmanager
def _folder_of_its_own() -> Iterator[None]:
    """Keep what matplotlib writes as it is first imported out of the home directory, unless told where it may go."""
    if "MPLCONFIGDIR" in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="fairview-") as folder:
        os.environ["MPLCONFIGDIR"] = folder
        try:
            yield
        finally:
            del os.environ["MPLCONFIGDIR"]
