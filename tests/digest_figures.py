"""Figures made by hand, for tests of what a digest makes of them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.digests.figures import (
    ChannelFigures,
    ChannelLabel,
    Figures,
    LabelFigures,
    Movement,
    NudgeFigures,
    Shown,
    Silence,
    Standing,
    Window,
)
from bot.digests.scope import Scope
from nlp import LABELS

READ = 420
DAY_AND_MORE = Silence(datetime(2026, 11, 17, 10, tzinfo=UTC), datetime(2026, 11, 18, 12, 30, tzinfo=UTC))


def label(
    name: str, messages: Shown | None = 0, movement: Movement = Movement.NO_CLEAR_CHANGE, **changes: object
) -> LabelFigures:
    """One label, 10 in the four weeks before and then 24."""
    rate = 1000 * messages / READ if isinstance(messages, int) else None
    low, high = (None, None) if rate is None else (rate / 2, 2 * rate or 9.1)
    figures = LabelFigures(name, messages, rate, low, high, (), movement, Window(24, 4), Window(10, 4))
    return replace(figures, **changes)  # type: ignore[arg-type]  # fields by name


def nothing(name: str, movement: Movement = Movement.TOO_FEW) -> LabelFigures:
    """A label of which nothing was found, now or before."""
    return label(name, 0, movement, recent=Window(0, 4), earlier=Window(0, 4))


def figures(*labels: LabelFigures, **changes: object) -> Figures:
    """A channel's week; of labels that are not given, nothing was found."""
    given = {one.label: one for one in labels}
    plain = Figures(
        channel_id="C0INFRA",
        week_start=date(2026, 11, 16),
        zone="Europe/London",
        standing=Standing.SHOWN,
        floor=10,
        messages=READ,
        not_read=0,
        labels=tuple(given.get(name) or nothing(name) for name in LABELS),
        nudges=NudgeFigures(0, 0, 0),
        silences=(),
        is_first=False,
        heard_since=None,
        scope=Scope.channel("C0INFRA"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


def withheld(standing: Standing, **changes: object) -> Figures:
    """A week without figures."""
    bare = figures(standing=standing, messages=0, labels=(), nudges=None)
    return replace(bare, **changes)  # type: ignore[arg-type]  # fields by name


def channel(channel_id: str, **labels: tuple[Shown, float, Movement]) -> ChannelFigures:
    """One channel of a group, with (messages, rate, movement) by label."""
    here = {name: labels.get(name, (0, 0.0, Movement.TOO_FEW)) for name in LABELS}
    return ChannelFigures(
        channel_id, Standing.SHOWN, 200, tuple(ChannelLabel(name, *given) for name, given in here.items())
    )


def group(*labels: LabelFigures, **changes: object) -> Figures:
    """A group of three channels."""
    ids = ("C0INFRA", "C0ERP", "C0DESK")
    given: dict[str, object] = {"channel_id": "", "scope": Scope("group", ids), **changes}
    given.setdefault("channels", tuple(channel(one) for one in ids))
    return figures(*labels, **given)
