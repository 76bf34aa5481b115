"""How nudges were received, from tallies by author to figures that can be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.digests.figures import NudgeFigures, Shown
from bot.digests.parts import ByAuthor, added, is_few, merged, shown
from bot.digests.suppression import withhold
from bot.nudging.outcomes import Outcome

SHOWN = (Outcome.USED, Outcome.REWORDED, Outcome.WITHDRAWN, Outcome.CALLED_WRONG, Outcome.HELPFUL)


@dataclass(frozen=True, slots=True)
class NudgeTally:
    """A channel's nudges of some weeks by author pseudonym: each by its one outcome, none twice."""

    outcomes: Mapping[Outcome, ByAuthor] = field(default_factory=dict)

    @property
    def sent(self) -> ByAuthor:
        """Every one of them."""
        return merged(self.outcomes.values())


def joint_nudges(tallies: Sequence[NudgeTally]) -> NudgeFigures:
    """Return what may be shown of the nudges of some weeks, of one channel or several, each a part of its own.

    Nothing that would give a part away: a total is a number only where every part of it may be one, and outcomes are
    parts of what was sent, so that where the rest could be worked out, the next smallest is withheld too.
    """
    hidden = set().union(*(_hidden(one) for one in tallies))
    totals = {outcome: _counts(tallies, outcome) for outcome in Outcome}
    may_show = [outcome not in hidden for outcome in Outcome]
    also = withhold([sum(count for count, _ in totals[outcome]) for outcome in Outcome], may_show).parts
    hidden |= {outcome for at, outcome in enumerate(Outcome) if at in also}

    def figure(outcome: Outcome) -> Shown | None:
        total = added(totals[outcome]).messages
        return None if outcome in hidden and total != "few" else total

    sent = added([(sum(one.sent.values()), len(one.sent)) for one in tallies]).messages
    if sent == "few":
        return _figures(sent, dict.fromkeys(SHOWN))
    return _figures(sent, {outcome: figure(outcome) for outcome in SHOWN})


def _counts(tallies: Sequence[NudgeTally], outcome: Outcome) -> list[tuple[int, int]]:
    parts = [one.outcomes.get(outcome, {}) for one in tallies]
    return [(sum(part.values()), len(part)) for part in parts]


def _hidden(tally: NudgeTally) -> set[Outcome]:
    """Return the outcomes that one part, shown by itself, does not tell: their own, or for the sake of others."""
    there = {outcome for outcome, by_author in tally.outcomes.items() if by_author}
    if shown(tally.sent) == "few":
        return there
    # That somebody did not answer is nobody's secret; but it may stand between the others and what was sent.
    parts = [tally.outcomes.get(outcome, {}) for outcome in Outcome]
    may_show = [one is Outcome.IGNORED or not is_few(len(part)) for one, part in zip(Outcome, parts, strict=True)]
    withheld = withhold([sum(part.values()) for part in parts], may_show).parts
    return {outcome for at, outcome in enumerate(Outcome) if at in withheld}


def _figures(sent: Shown | None, figures: Mapping[Outcome, Shown | None]) -> NudgeFigures:
    return NudgeFigures(
        sent=sent,
        helpful=figures[Outcome.HELPFUL],
        called_wrong=figures[Outcome.CALLED_WRONG],
        used=figures[Outcome.USED],
        reworded=figures[Outcome.REWORDED],
        withdrawn=figures[Outcome.WITHDRAWN],
    )
