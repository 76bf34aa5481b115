"""What stands under a digest's headline: a line for each label, and how the nudges fared. Pure text."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.digests.comparing import compared, is_absent
from bot.digests.figures import ChannelLabel, Figures, LabelFigures, Movement, NudgeFigures, Shown, Standing
from bot.digests.headline import ORDER
from bot.digests.phrases import capital, channels, counted, in_words, listed, number, rate

HEADINGS = {
    "shared_purpose": "Said what the work is for",
    "us_them": "Us and them",
    "process_barrier": "Process as a barrier",
    "overcommitment": "Overcommitment",
}
"""By label, in the order they are shown."""

KINDS = {
    "business_as_other": "“the business” as another party",
    "internal_customer": "colleagues called customers",
    "service_provider": "IT as a mere supplier",
    "outsiders": "distance from colleagues",
    "not_our_problem": "work pushed across a line",
    "no_ticket_no_help": "help only with a ticket",
    "change_board": "waiting for the change board",
    "sla_shield": "the SLA as a shield",
    "service_hours": "service hours as the reason",
    "policy_says_no": "policy as the last word",
    "out_of_scope": "being out of scope",
    "wrong_queue": "being sent to another queue",
    "outcome": "an outcome for somebody outside",
    "carried": "somebody carried through the process",
    "together": "being one business",
    "priorities": "several first priorities",
    "no_capacity": "work with nobody to do it",
    "quality_cut": "quality cut to meet a date",
    "lights_on": "keeping the lights on starved",
}
"""By subtype."""

_NAMED = 3
_COMMON_MESSAGES = 5
_COMMON_TIMES = 1.5
"""A channel is named for how common a label is there from so many messages on, at so many times the rate of all."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading and what it is about, on one line."""

    heading: str
    text: str


def label_paragraphs(figures: Figures) -> list[Paragraph]:
    """Return a line for each label; those of which nothing was found, and nothing can be said, share one."""
    labels = [figures.label(label) for label in ORDER]
    absent = [one for one in labels if _is_nothing(one)]
    paragraphs = [Paragraph(HEADINGS[one.label], _label_text(one, figures)) for one in labels if one not in absent]
    if absent:
        names = [HEADINGS[one.label] for one in absent]
        heading = listed([names[0], *(f"{name[0].lower()}{name[1:]}" for name in names[1:])])
        heading = "Each of the four kinds" if len(absent) == len(labels) else heading
        paragraphs.append(Paragraph(heading, _absence(absent, figures)))
    return paragraphs


def nudges_paragraphs(figures: Figures) -> list[Paragraph]:
    """Return how the nudges were received; nothing where nothing was found and none were sent."""
    nudges = figures.nudges
    if nudges is None or nudges.sent == 0:
        is_quiet = all(one.messages in {0, "few"} for one in figures.labels)
        return [] if is_quiet else [Paragraph("Nudges", "none were sent.")]
    return [Paragraph("Nudges", _nudges_text(nudges))]


def _is_nothing(one: LabelFigures) -> bool:
    return one.messages == 0 and one.movement in {Movement.TOO_EARLY, Movement.TOO_FEW}


def _absence(labels: Sequence[LabelFigures], figures: Figures) -> str:
    one = labels[0]
    if one.movement is Movement.TOO_EARLY:
        return f"none in {counted(figures.messages, 'message')}."
    if all(is_absent(label) for label in labels):
        return f"{compared(one)}; now at most {rate(one.high)} per 1,000."
    weeks = in_words(one.recent.weeks + one.earlier.weeks)
    return f"none; at most {rate(one.high)} per 1,000, and too few in {weeks} weeks to compare."


def _label_text(one: LabelFigures, figures: Figures) -> str:
    sentences = [_count(one), compared(one), _kinds(one), *_places(one, figures)]
    return " ".join(
        f"{capital(sentence) if place else sentence}." for place, sentence in enumerate(sentences) if sentence
    )


def _count(one: LabelFigures) -> str:
    if one.messages == "few":
        return "a few messages"
    if one.messages is None:
        return f"{number(one.messages, one.at_least)} messages"
    if one.messages == 0:
        return f"none; at most {rate(one.high)} per 1,000"
    return f"{counted(one.messages, 'message')}, {rate(one.rate)} per 1,000 ({rate(one.low)} to {rate(one.high)})"


def _kinds(one: LabelFigures) -> str:
    return f"most often {listed([KINDS[kind] for kind in one.kinds])}" if one.kinds else ""


def _places(one: LabelFigures, figures: Figures) -> Iterator[str]:
    """Yield in which channels a label moved, or is common: three at the most, and never in order of how much."""
    room = _NAMED
    for movement, word in ((Movement.UP, "up"), (Movement.DOWN, "down")):
        moved = [channel_id for channel_id, here in _here(one.label, figures) if here.movement is movement]
        if moved and room:
            yield f"{word} in {channels(moved, room)}"
            room -= min(room, len(moved))
    common = {id_: here.rate or 0 for id_, here in _here(one.label, figures) if _is_common(here, one.rate)}
    named = sorted(sorted(common, key=lambda channel_id: -common[channel_id])[:room])
    if named:
        yield f"most common in {channels(named)}"


def _here(label: str, figures: Figures) -> Iterator[tuple[str, ChannelLabel]]:
    for one in figures.channels:
        if one.standing is Standing.SHOWN:
            yield one.channel_id, one.label(label)


def _nudges_text(nudges: NudgeFigures) -> str:
    sent = f"{number(nudges.sent)} sent, each to its author alone"
    if nudges.sent == "few":
        return f"{sent}."
    outcomes: dict[str, Shown | None] = {
        "used": nudges.used,
        "reworded": nudges.reworded,
        "called helpful": nudges.helpful,
        "called wrong": nudges.called_wrong,
        "answered by deleting the message": nudges.withdrawn,
    }
    shown = [f"{number(count)} {what}" for what, count in outcomes.items() if count]
    if shown:
        return f"{sent}: {', '.join(shown)}{_rest(nudges.sent, outcomes.values())}."
    if None in outcomes.values():
        return f"{sent}; too few answered to show how they were received."
    return f"{sent}; no answer, and some may never have been seen."


def _rest(sent: int | None, counts: Collection[Shown | None]) -> str:
    if sent is None:
        return ""
    known = [count for count in counts if isinstance(count, int)]
    if len(known) < len(counts):
        return "; the rest had no answer that can be shown"
    silent = sent - sum(known)
    return f"; {silent:,} had no answer" if silent else ""


def _is_common(here: ChannelLabel, rate_of_all: float | None) -> bool:
    if not isinstance(here.messages, int) or here.rate is None or rate_of_all is None:
        return False
    is_steady = here.movement not in {Movement.UP, Movement.DOWN}
    return is_steady and here.messages >= _COMMON_MESSAGES and here.rate >= _COMMON_TIMES * rate_of_all
