"""The chart of a digest: Slack's block, the picture, and what either shows in words."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from bot.digests.chart import alt_text, chart_block, chart_png, is_worth_drawing, left_out
from bot.digests.figures import Standing, WeekPoint
from bot.digests.wording import HEADINGS
from bot.playground.blockkit import message_problems

LABELS = tuple(HEADINGS)
TITLE = "#infra, week by week"
PURPOSE = (2.1, 3.3, 2.9, 4.4, 3.8, 5.1, 6.0, 5.2, 7.3, 6.8, 8.1, 7.7)
DIVIDED = (12.2, 11.0, 13.5, 10.1, 9.8, 11.2, 8.9, 9.4, 7.7, 8.0, 6.9, 7.2)
BARRIER = (5.5, 6.1, 4.9, 5.2, 5.8, 5.0, 6.6, 5.1, 4.4, 5.0, 4.7, 5.3)
TOO_MUCH = (1.0, 0.8, 1.6, 2.2, 1.9, 3.0, 2.7, 3.3, 4.1, 3.9, 5.0, 5.6)
VERMILLION = (0xD5, 0x5E, 0x00)

Curve = Sequence[float | None]


def weeks(
    purpose: Curve = PURPOSE, divided: Curve = DIVIDED, barrier: Curve = BARRIER, too_much: Curve = TOO_MUCH
) -> tuple[WeekPoint, ...]:
    """Weeks up to that of 23 November 2026."""
    rows = list(zip(purpose, divided, barrier, too_much, strict=True))
    first = date(2026, 11, 23) - timedelta(weeks=len(rows) - 1)
    return tuple(
        WeekPoint(first + timedelta(weeks=number), Standing.SHOWN, 400, dict(zip(LABELS, row, strict=True)))
        for number, row in enumerate(rows)
    )


def without(history: Sequence[WeekPoint], *numbers: int, labels: Sequence[str] = LABELS) -> tuple[WeekPoint, ...]:
    """The same weeks, with nothing to show for some of them."""
    nothing = dict.fromkeys(labels)
    return tuple(
        replace(point, rates={**point.rates, **nothing}) if number in numbers else point
        for number, point in enumerate(history)
    )


def block(history: Sequence[WeekPoint], title: str = TITLE) -> dict[str, Any]:
    found = chart_block(history, title)
    assert found is not None
    return found


def series(history: Sequence[WeekPoint]) -> dict[str, dict[str, float]]:
    """What Slack's chart shows, by name and week."""
    return {
        one["name"]: {point["label"]: point["value"] for point in one["data"]}
        for one in block(history)["chart"]["series"]
    }


def as_weeks(rows: list[tuple[float | None, ...]]) -> tuple[WeekPoint, ...]:
    return weeks(*zip(*rows, strict=True)) if rows else ()


shown_rates = st.just(0.0) | st.floats(0, 1000)
any_rates = st.none() | shown_rates
histories = st.lists(st.tuples(any_rates, any_rates, any_rates, any_rates), max_size=16).map(as_weeks)


@st.composite
def mostly_shown(draw: st.DrawFn) -> tuple[WeekPoint, ...]:
    """Weeks and labels of which some are withheld, but not so many that Slack's block is not worth showing."""
    rows = draw(st.lists(st.tuples(shown_rates, shown_rates, shown_rates, shown_rates), min_size=6, max_size=16))
    history = without(as_weeks(rows), *draw(st.sets(st.integers(0, 15), max_size=3)))
    history = without(history, *range(16), labels=draw(st.lists(st.sampled_from(LABELS), max_size=2)))
    return without(history, draw(st.integers(0, 15)), labels=[draw(st.sampled_from(LABELS))])


def test_twelve_weeks_are_a_line_for_each_label() -> None:
    chart = block(weeks())
    assert message_problems([chart], charts=True) == []
    assert (chart["type"], chart["title"], chart["chart"]["type"]) == ("data_visualization", TITLE, "line")
    shown = series(weeks())
    assert list(shown) == ["What the work is for", "Us and them", "Process as a barrier", "Overcommitment"]
    assert list(shown["Us and them"].items())[:2] == [("7 Sep", 12.2), ("14 Sep", 11.0)]
    assert [len(curve) for curve in shown.values()] == [12] * 4
    assert left_out(weeks()) == ""


def test_a_zero_is_drawn_as_zero() -> None:
    assert series(weeks(divided=[0.0] * 12))["Us and them"] == dict.fromkeys(series(weeks())["Us and them"], 0.0)


def test_a_week_without_figures_is_left_out_and_named() -> None:
    history = without(weeks(), 4)
    assert "5 Oct" not in series(history)["Us and them"]
    assert len(series(history)["Us and them"]) == 11
    assert left_out(history) == "Not in the chart, for want of figures: the week of 5 October."


def test_a_label_with_many_gaps_is_left_out_and_named() -> None:
    history = without(weeks(), 0, 1, 2, 3, 4, 5, labels=["overcommitment"])
    assert list(series(history)) == ["What the work is for", "Us and them", "Process as a barrier"]
    assert left_out(history) == "Not in the chart, for want of figures: “Overcommitment”."


def test_where_too_much_would_be_left_out_the_picture_is_the_chart() -> None:
    history = without(without(weeks(), 1, 5, 9, labels=LABELS[:2]), 2, 6, 10, labels=LABELS[2:])
    assert chart_block(history, TITLE) is None
    assert left_out(history) == ""
    assert is_worth_drawing(history)


def test_weeks_before_the_first_figures_are_no_gap() -> None:
    history = without(weeks(), *range(9))
    assert list(series(history)["Us and them"]) == ["9 Nov", "16 Nov", "23 Nov"]
    assert left_out(history) == ""
    assert "No figures" not in alt_text(history)


@pytest.mark.parametrize("history", [(), weeks()[-1:], without(weeks(), *range(12)), without(weeks(), *range(11))])
def test_less_than_two_weeks_are_no_chart(history: tuple[WeekPoint, ...]) -> None:
    assert not is_worth_drawing(history)
    assert chart_block(history, TITLE) is None


def test_two_weeks_are_a_chart() -> None:
    assert is_worth_drawing(weeks()[-2:])
    assert message_problems([block(weeks()[-2:])], charts=True) == []


@given(mostly_shown(), st.text(min_size=1, max_size=200).filter(str.strip))
def test_any_history_makes_a_block_that_slack_takes(history: tuple[WeekPoint, ...], title: str) -> None:
    chart = chart_block(history, title)
    assume(chart is not None)
    assert message_problems([chart], charts=True) == []


@given(mostly_shown())
def test_what_is_not_shown_is_never_drawn_as_a_number(history: tuple[WeekPoint, ...]) -> None:
    assume(chart_block(history, TITLE) is not None)
    names = {"What the work is for": "shared_purpose", **{name: label for label, name in HEADINGS.items()}}
    known = {f"{point.week_start.day} {point.week_start:%b}": point for point in history}
    for name, curve in series(history).items():
        for week, value in curve.items():
            rate = known[week].rates[names[name]]
            assert rate is not None
            assert value == pytest.approx(rate, abs=0.0501)


@given(histories)
def test_any_history_can_be_told_within_limits(history: tuple[WeekPoint, ...]) -> None:
    assert 0 < len(alt_text(history)) <= 2000
    assert not alt_text(history).endswith("…")


def test_the_words_tell_what_the_picture_shows() -> None:
    told = alt_text(weeks())
    assert told.startswith(
        "Line chart of messages per 1,000, week by week, from the week of 7 September to the week of 23 November. "
    )
    assert "Us and them: first 12 (7 Sep), last 7.2 (23 Nov), highest 14 (21 Sep), lowest 6.9 (16 Nov)." in told, told
    assert all(heading in told for heading in HEADINGS.values())


def test_the_words_tell_of_weeks_and_labels_without_figures() -> None:
    history = without(without(weeks(), 4), 1, 2, labels=["us_them"])
    history = without(history, *range(12), labels=["overcommitment"])
    told = alt_text(history)
    assert "lowest 6.9 (16 Nov). No figures: the weeks of 14 and 21 September." in told
    assert "Overcommitment: no figures." in told
    assert told.endswith("No figures at all: the week of 5 October.")


def test_the_words_tell_of_curves_that_never_move() -> None:
    told = alt_text(weeks(divided=[0.0] * 12, barrier=[None] * 11 + [3.0]))
    assert "Us and them: 0 each week." in told
    assert "Process as a barrier: 3.0 (23 Nov) alone." in told


def test_without_any_figures_the_words_say_so() -> None:
    assert (
        alt_text(()) == alt_text(without(weeks(), *range(12))) == "A chart of the last weeks, without any figures yet."
    )


def picture(history: Sequence[WeekPoint], title: str = TITLE) -> Image.Image:
    image = Image.open(BytesIO(chart_png(history, title)))
    assert image.format == "PNG"
    assert image.size == (1920, 960)
    return image.convert("RGB")


@pytest.mark.parametrize(
    "history",
    [
        weeks(),
        without(weeks(), 4, 7),
        without(weeks(), *range(12), labels=["us_them"]),
        weeks()[-2:],
        weeks()[-6:],
        weeks()[-1:],
        (),
        weeks([0.0] * 12, [0.0] * 12, [0.0] * 12, [0.0] * 12),
        weeks(divided=(*DIVIDED[:6], 480.0, *DIVIDED[7:])),
    ],
)
def test_every_history_can_be_drawn(history: tuple[WeekPoint, ...]) -> None:
    picture(history)


@pytest.mark.parametrize("title", ["", "x" * 300, "W" * 60, "two\nlines", "#品質 📈 \x00", "$\\frac{1}{$ &<>"])
def test_every_title_can_be_drawn(title: str) -> None:
    picture(weeks(), title)


def near_the_baseline(image: Image.Image) -> int:
    """How many points of the picture show “us and them” at or close to 0."""
    plot = image.crop((150, 730, 1370, 785))
    return sum(count for count, colour in plot.getcolors(1 << 24) or [] if colour == VERMILLION)


def test_a_gap_in_the_picture_is_no_zero() -> None:
    gap = without(weeks(), 4, labels=["us_them"])
    zero = weeks(divided=(*DIVIDED[:4], 0.0, *DIVIDED[5:]))
    assert near_the_baseline(picture(gap)) == 0
    assert near_the_baseline(picture(zero)) > 50


def test_the_same_weeks_are_the_same_picture_in_every_thread() -> None:
    given = [(weeks(), TITLE), (weeks()[-6:], "another"), (without(weeks(), 3), TITLE)]
    alone = [chart_png(*one) for one in given]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda one: chart_png(*one), given * 2))
    assert together == alone * 2
    assert len(set(alone)) == 3


def test_matplotlib_comes_late_and_writes_nothing_that_stays(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    script = (
        "import sys, bot.digests.chart as chart\n"
        "assert 'matplotlib' not in sys.modules\n"
        "assert chart.chart_png((), 'x')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG", "MPL"))}
    environment = {**kept, "HOME": str(home), "TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [*home.rglob("*"), *temporary.iterdir()] == []
