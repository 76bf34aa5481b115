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


def channel_nudges(tally: NudgeTally) -> NudgeFigures:
    """Return what may be shown of the nudges in one channel.

    Outcomes are parts of what was sent: where the rest could be worked out from those shown, the next smallest is
    withheld too.
    """
    sent = shown(tally.sent)
    if sent == "few":
        return NudgeFigures("few", None, None, None, None, None)
    withheld = _withheld(tally.outcomes)

    def figure(outcome: Outcome) -> Shown | None:
        by_author = tally.outcomes.get(outcome, {})
        if is_few(len(by_author)):
            return "few"
        return None if outcome in withheld else sum(by_author.values())

    return _figures(sent, {outcome: figure(outcome) for outcome in SHOWN})


def joint_nudges(tallies: Sequence[NudgeTally]) -> NudgeFigures:
    """Return what may be shown of the nudges in several channels together: nothing that would give one's away."""
    parts = {outcome: [one.outcomes.get(outcome, {}) for one in tallies] for outcome in SHOWN}
    sent = [one.sent for one in tallies]

    def figure(some: Sequence[ByAuthor]) -> Shown | None:
        return added([(sum(one.values()), len(one)) for one in some], None).messages

    figures = {outcome: figure(some) for outcome, some in parts.items()}
    everything = {outcome: merged(one.outcomes.get(outcome, {}) for one in tallies) for outcome in Outcome}
    for outcome in _withheld(everything):
        if figures.get(outcome) != "few":
            figures[outcome] = None
    return _figures(figure(sent), figures)


def _withheld(outcomes: Mapping[Outcome, ByAuthor]) -> set[Outcome]:
    """Return those outcomes that may not be shown, by themselves or because of the others."""
    # That somebody did not answer is nobody's secret; but it may stand between the others and what was sent.
    parts = [outcomes.get(outcome, {}) for outcome in Outcome]
    may_show = [outcome is Outcome.IGNORED or not is_few(len(outcomes.get(outcome, {}))) for outcome in Outcome]
    hidden = withhold([sum(part.values()) for part in parts], may_show).parts
    return {outcome for at, outcome in enumerate(Outcome) if at in hidden}


def _figures(sent: Shown | None, figures: Mapping[Outcome, Shown | None]) -> NudgeFigures:
    return NudgeFigures(
        sent=sent,
        helpful=figures[Outcome.HELPFUL],
        called_wrong=figures[Outcome.CALLED_WRONG],
        used=figures[Outcome.USED],
        reworded=figures[Outcome.REWORDED],
        withdrawn=figures[Outcome.WITHDRAWN],
    )


def joined(tallies: Sequence[NudgeTally]) -> NudgeTally:
    """Return several weeks of one channel as one tally."""
    return NudgeTally({one: merged(tally.outcomes.get(one, {}) for tally in tallies) for one in Outcome})
