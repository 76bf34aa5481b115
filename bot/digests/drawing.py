"""The picture of a digest's chart, drawn by matplotlib. Reached through ``bot.digests.chart`` alone.

Slack shows it at about a third of its size, so everything in it is large. Colours are of Okabe and Ito's palette, which
colour-blind people tell apart; marker and stroke tell the same again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import wrap
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from bot.digests.figures import WINDOW, WeekPoint
from bot.digests.wording import HEADINGS

mpl.rcdefaults()  # a matplotlibrc that lies about must not change how a digest looks

_INCHES = (9.6, 4.8)
_DOTS_AN_INCH = 200
_PLOT = (0.075, 0.185, 0.645, 0.615)
_GAP = float("nan")
_INK, _QUIET = "#1d1c1d", "#5a5a5a"
_WINDOWS = ((0, "last four weeks", "#e3edf5"), (1, "the four before", "#f3f3f3"))
_SMALL, _LARGE = 14, 18
_LOUD: dict[str, Any] = {"fontsize": _SMALL, "weight": "bold", "zorder": 4}
_TITLE_CHARACTERS = 60
_TALL = 6
"""A point so many times as high as the next would press all others flat, so it leaves the picture with its number."""


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str
    marker: str
    stroke: Any
    width: float = 2.2


_LOOKS = {
    "shared_purpose": _Look("#0072b2", "o", "-", 5.0),
    "us_them": _Look("#d55e00", "s", (0, (5, 1.5))),
    "process_barrier": _Look("#000000", "^", (0, (1, 1.2))),
    "overcommitment": _Look("#cc79a7", "D", (0, (5, 1.5, 1, 1.5))),
}
_GOOD = "shared_purpose"

Curves = Mapping[str, Sequence[float | None]]
"""For each label a rate a week, None where there is none."""


def draw(points: Sequence[WeekPoint], title: str) -> bytes:
    """Return a PNG of 1920 x 960 pixels; the same bytes for the same weeks, one after the other, and title."""
    curves = {label: [point.rates.get(label) for point in points] for label in _LOOKS}
    ceiling = _ceiling(sorted(rate for curve in curves.values() for rate in curve if rate is not None))
    figure = Figure(figsize=_INCHES, dpi=_DOTS_AN_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes(_PLOT)
    _scales(axes, [f"{point.week_start.day} {point.week_start:%b}" for point in points], ceiling)
    _windows(axes, len(points))
    for label in _LOOKS:
        _curve(axes, label, curves[label], ceiling)
    _names(axes, curves, ceiling)
    _words(figure, title, has_gaps=any(None in curve for curve in curves.values()))
    written = BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()


def _ceiling(values: list[float]) -> float:
    highest, following = (values or [0.0])[-1], (values[-2:-1] or [0.0])[0]
    return following * 1.4 if highest > _TALL * following > 0 else highest * 1.1 or 4.0


def _scales(axes: Axes, weeks: Sequence[str], ceiling: float) -> None:
    last = len(weeks) - 1
    every = max(1, round(len(weeks) / 6))
    ticks = list(range(last, -1, -every))
    axes.set_xlim(-0.5, max(last, 0) + 0.5)
    axes.set_xticks(ticks, [weeks[tick] for tick in ticks])
    axes.set_ylim(-0.04 * ceiling, ceiling)
    axes.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= ceiling])
    axes.tick_params(labelsize=_SMALL, length=0, labelcolor=_INK)
    axes.grid(axis="y", color="#d5d5d5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def _windows(axes: Axes, weeks: int) -> None:
    if weeks <= WINDOW:
        return
    for back, name, colour in _WINDOWS:
        right = weeks - back * WINDOW - 0.5
        left = max(-0.5, right - WINDOW)
        axes.axvspan(left, right, color=colour, linewidth=0, zorder=0)
        place = axes.get_xaxis_transform()
        axes.text((left + right) / 2, 1.02, name, transform=place, ha="center", fontsize=_SMALL, color=_QUIET)


def _curve(axes: Axes, label: str, rates: Sequence[float | None], ceiling: float) -> None:
    heights = [_GAP if rate is None else rate for rate in rates]
    # The thick line lies lowest: where lines meet, the others stay to be seen on it.
    axes.plot(range(len(heights)), heights, zorder=2 if label == _GOOD else 3, **_style(_LOOKS[label]))
    for week, height in enumerate(heights):
        if height > ceiling:
            axes.text(week, ceiling, f"↑ {height:,.0f}", ha="center", va="top", color=_LOOKS[label].colour, **_LOUD)


def _style(look: _Look) -> dict[str, Any]:
    return {
        "color": look.colour,
        "marker": look.marker,
        "linestyle": look.stroke,
        "linewidth": look.width,
        "markersize": 9,
        "markeredgecolor": "white",
        "markeredgewidth": 1,
    }


def _names(axes: Axes, curves: Curves, ceiling: float) -> None:
    """Write each label's name beside the end of its line, moved only as far as others need."""
    low, high = axes.get_ylim()
    ends = {label: _end(curves[label]) for label in reversed(_LOOKS)}
    wished = {label: (min(end[1], ceiling) - low) / (high - low) if end else 0.0 for label, end in ends.items()}
    texts = {label: wrap(HEADINGS[label], 16) + ([] if ends[label] else ["(no figures)"]) for label in _LOOKS}
    for label, height in _apart(wished, {label: 0.03 + 0.075 * len(text) for label, text in texts.items()}).items():
        _name(axes, label, height, "\n".join(texts[label]))
        end = ends[label]
        # From further back, a line to the name would pass for a curve.
        if end and end[0] == len(curves[label]) - 1:
            _lead(axes, (end[0], min(end[1], ceiling)), height, _LOOKS[label].colour)


def _name(axes: Axes, label: str, height: float, text: str) -> None:
    place = axes.transAxes
    sample = Line2D([1.035, 1.075], [height] * 2, transform=place, clip_on=False, **_style(_LOOKS[label]))
    sample.set_markevery([1])
    axes.add_line(sample)
    weight = "bold" if label == _GOOD else "normal"
    axes.text(1.1, height, text, transform=place, va="center", fontsize=_SMALL, color=_INK, weight=weight)


def _lead(axes: Axes, point: tuple[int, float], height: float, colour: str) -> None:
    places = {"xycoords": "data", "textcoords": "axes fraction"}
    line = {"arrowstyle": "-", "color": colour, "linewidth": 1, "shrinkA": 0, "shrinkB": 6}
    axes.annotate("", point, (1.035, height), arrowprops=line, annotation_clip=False, zorder=1, **places)


def _end(rates: Sequence[float | None]) -> tuple[int, float] | None:
    drawn = [(week, rate) for week, rate in enumerate(rates) if rate is not None]
    return drawn[-1] if drawn else None


def _apart(wished: dict[str, float], sizes: dict[str, float]) -> dict[str, float]:
    """Return heights near those wished for, between 0 and 1, where nothing of these sizes overlaps."""
    order = sorted(wished, key=lambda label: wished[label])
    found: dict[str, float] = {}
    floor = 0.0
    for label in order:
        found[label] = max(wished[label], floor + sizes[label] / 2)
        floor = found[label] + sizes[label] / 2
    ceiling = 1.0
    for label in reversed(order):
        found[label] = min(found[label], ceiling - sizes[label] / 2)
        ceiling = found[label] - sizes[label] / 2
    return found


def _words(figure: Figure, title: str, *, has_gaps: bool) -> None:
    if _can_write(title):
        _headline(figure, title)
    figure.text(
        0.02, 0.868, "Messages per 1,000, week by week; a date is when its week begins", fontsize=_SMALL, color=_QUIET
    )
    notes = "Thick line: more is better. The others: less is better." + (" Gap: no figures." if has_gaps else "")
    figure.text(0.02, 0.03, notes, fontsize=_SMALL, color=_QUIET)


def _headline(figure: Figure, title: str) -> None:
    short = title if len(title) <= _TITLE_CHARACTERS else f"{title[: _TITLE_CHARACTERS - 1].rstrip()}…"
    text = figure.text(0.02, 0.94, short, fontsize=_LARGE, weight="bold", color=_INK, parse_math=False)
    room = 0.96 * _INCHES[0] * _DOTS_AN_INCH
    text.set_fontsize(_LARGE * min(1.0, room / max(1.0, text.get_window_extent().width)))


def _can_write(text: str) -> bool:
    font = get_font(findfont(FontProperties(weight="bold")))
    return all(character.isspace() or font.get_char_index(ord(character)) for character in text)
