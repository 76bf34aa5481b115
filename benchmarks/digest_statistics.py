"""How often a digest says "moved" where nothing moved, and where something doubled.

Made-up channels, sixteen weeks each, go through the very summary that digests are made of. Authors differ in how much
they write and in how readily they use the language that is counted; one week swings from the next by a factor with
mean 1 and the standard deviation shown. False alarms are to be 5 in 100, give or take 2: a row misses only where it is
further off than two Monte-Carlo standard errors. A channel heard for eight weeks only, weeks whose swing lasts, and
counts too few to tell anything are shown beside it, and promised nothing.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.digests.figures import Movement
from bot.digests.summary import WEEKS, Surroundings, WeekTally, summarise
from nlp import LABELS

SEED = 20261123
ALARMS, SLACK = 0.05, 0.02
_NULL, _YOUNG, _POWER = 2_400, 800, 400
"""Comparisons behind a figure; every channel gives one a label."""
_RATE = 0.02
_FLOOR = 10
_AUTHORS = {1: 20, 6: 20, 20: 40, 40: 60, 100: 120}
_SWINGS = (0.0, 0.25, 0.5)
_TOO_FEW = 1
"""Flagged a week: mostly too few to tell a change from chance, however they fall; nothing is promised of them."""
_START = date(2026, 8, 3)
_MOVED = {Movement.UP, Movement.DOWN}

Volume = Literal["steady", "uneven", "grown"]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Setting:
    """A kind of channel: what is flagged in a week, how weeks swing, how much is written, and what happens."""

    flagged: int
    swing: float
    volume: Volume = "uneven"
    """``uneven``: weeks differ, by a standard deviation of 0.4 of the log; ``grown``: half as much again lately."""
    times: float = 1.0
    """What the last four weeks' rate is multiplied by."""
    weeks: int = WEEKS
    lasting: float = 0.0
    """Correlation of one week's swing with the next one's."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often, of so many comparisons, a label moved, and how often there was too little to say."""

    moved: float
    too_few: float
    comparisons: int

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of ``moved``, were it as promised or as seen, whichever is larger."""
        return math.sqrt(max(self.moved * (1 - self.moved), ALARMS * (1 - ALARMS)) / self.comparisons)

    @property
    def is_as_promised(self) -> bool:
        """Whether false alarms are 5 in 100 give or take 2, as far as so many comparisons can tell."""
        return abs(self.moved - ALARMS) <= SLACK + 2 * self.error


def simulate(setting: Setting, comparisons: int, seed: int = SEED) -> Outcome:
    """Return what digests say of so many made-up channels' labels; the same for the same seed."""
    around = Surroundings("C0BENCH", "UTC", _FLOOR)
    movements: list[Movement] = []
    # Streams of their own, or what one row had by luck all would.
    rng = np.random.default_rng([seed, *repr(setting).encode()])
    while len(movements) < comparisons:
        figures = summarise(list(_channel(setting, rng)), [], around)
        movements += [one.movement for one in figures.labels]
    moved = sum(one in _MOVED for one in movements)
    too_few = sum(one is Movement.TOO_FEW for one in movements)
    return Outcome(moved / len(movements), too_few / len(movements), len(movements))


def main() -> bool:
    """Print false alarms and power, setting by setting; return whether every false-alarm rate is as promised."""
    _say(f'"Moved", of 100 comparisons. Seed {SEED}. Standard errors: false alarms 0.4, eight weeks 0.8, doubled 2.5')
    _say("                    false alarms by what is written       heard for     too few      of rates that")
    _say("flagged   swing     steady   uneven   half more lately    eight weeks   to compare   doubled")
    met = [_row(flagged, swing) for flagged in _AUTHORS if flagged > _TOO_FEW for swing in _SWINGS]
    _row(_TOO_FEW, 0.25)
    lasting = simulate(Setting(40, 0.25, lasting=0.5), _YOUNG)
    _say(f"Where a swing of 0.25 lasts (correlation 0.5 from week to week), 40 flagged: {100 * lasting.moved:.1f}")
    return all(met)


def _row(flagged: int, swing: float) -> bool:
    volumes: tuple[Volume, ...] = ("steady", "uneven", "grown")
    setting = Setting(flagged, swing)
    alarms = [simulate(replace(setting, volume=volume), _NULL) for volume in volumes]
    young = simulate(replace(setting, weeks=8), _YOUNG)
    doubled = simulate(replace(setting, times=2.0), _POWER)
    is_promised = flagged > _TOO_FEW
    met = all(one.is_as_promised for one in alarms) or not is_promised
    _say(
        f"{flagged:>4}{swing:>12.2f}"
        + "".join(f"{100 * one.moved:>9.1f}" for one in alarms)
        + " " * 10
        + f"{100 * young.moved:>13.1f}{100 * alarms[1].too_few:>14.1f}{100 * doubled.moved:>10.1f}"
        + ("" if met else "  MISSED")
        + ("" if is_promised else "  too few: no promise")
    )
    return met


def _channel(setting: Setting, rng: np.random.Generator) -> Iterator[WeekTally]:
    authors = _AUTHORS[setting.flagged]
    names = [f"author{number}" for number in range(authors)]
    talk = rng.lognormal(0, 1, authors)
    talk /= talk.sum()
    written = rng.poisson(_volumes(setting, rng)[:, None] * talk)
    found = {label: _found(setting, talk, written, rng) for label in LABELS}
    for _ in range(WEEKS - setting.weeks):
        yield WeekTally(_START, was_heard=False)
    for week in range(setting.weeks):
        yield WeekTally(
            _START + timedelta(weeks=week),
            prose=_by_author(names, written[week]),
            labels={label: _by_author(names, found[label][week]) for label in LABELS},
        )


def _volumes(setting: Setting, rng: np.random.Generator) -> NDArray[np.float64]:
    volumes = np.full(setting.weeks, setting.flagged / _RATE)
    if setting.volume == "uneven":
        volumes *= rng.lognormal(-0.08, 0.4, setting.weeks)
    elif setting.volume == "grown":
        volumes[-4:] *= 1.5
    return volumes


def _found(setting: Setting, talk: NDArray[np.float64], written: Counts, rng: np.random.Generator) -> Counts:
    leaning = rng.gamma(2, 1, len(talk))
    rates = _RATE * leaning / (talk * leaning).sum() * _swings(setting, rng)[:, None]
    rates[-4:] *= setting.times
    return rng.binomial(written, np.minimum(rates, 1))


def _swings(setting: Setting, rng: np.random.Generator) -> NDArray[np.float64]:
    if not setting.swing:
        return np.ones(setting.weeks)
    spread = math.sqrt(math.log1p(setting.swing**2))
    steps = rng.normal(0, 1, setting.weeks)
    for week in range(1, setting.weeks):
        steps[week] = setting.lasting * steps[week - 1] + math.sqrt(1 - setting.lasting**2) * steps[week]
    return np.exp(spread * steps - spread * spread / 2)


def _by_author(names: list[str], counts: Counts) -> dict[str, int]:
    return {name: count for name, count in zip(names, counts.tolist(), strict=True) if count}


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(not main())
