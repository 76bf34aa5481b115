"""How an answer looks in Slack: pure functions from what a lookup found to blocks."""

from collections.abc import Sequence
from datetime import date

from bot.block_kit import Block, context, escaped, section
from bot.valuestreams.catalogue import Catalogue, Kind, Ref, Stage, Stream
from bot.valuestreams.lookup import Choice, Empty, Found, Gone, Missed, Outcome, Unlinked, Usage
from bot.valuestreams.wording import clipped, match_line, person_text, several_lines, stream_lines, what_it_is

CHOICE = "valuestream_choice"
"""Where the action ids of choice buttons begin; a number follows."""

_BUTTON_CHARACTERS = 75
_BUTTONS = 10
_ASKED_CHARACTERS = 80
_ASK = "`/valuestream` and a system, a team, a #channel or a few words on what it is for"


def answer_blocks(outcome: Outcome, catalogue: Catalogue, today: date) -> list[Block]:
    """Return the blocks of an answer: ten lines at most, then buttons where there is something to choose."""
    match outcome:
        case Found():
            return _found_blocks(outcome, catalogue, today)
        case Choice():
            return _choice_blocks(outcome, catalogue)
        case Missed() | Unlinked() | Usage():
            return [section("\n".join(_note(outcome, catalogue))), *_browse(outcome.browse)]
        case Empty() | Gone():
            return [section("\n".join(_note(outcome, catalogue)))]


def answer_text(outcome: Outcome, catalogue: Catalogue) -> str:
    """Return an answer in a sentence or two: what a notification shows and a screen reader speaks."""
    match outcome:
        case Found():
            customers = "; ".join(f"{place.stream.name}, for {place.stream.customer}" for place in outcome.places)
            name = "" if outcome.match.ref.kind is Kind.STREAM else f"{catalogue.by_ref[outcome.match.ref].name}: "
            return clipped(escaped(f"{name}{customers or 'no value stream is recorded for it yet'}."))
        case Choice():
            names = ", ".join(catalogue.by_ref[match.ref].name for match in outcome.matches)
            return clipped(f"That may be one of these: {escaped(names)}.")
        case _:
            return " ".join(_note(outcome, catalogue)[:2])


def choice_value(ref: Ref) -> str:
    """Return an entry's reference as a button carries it."""
    return f"{ref.kind}:{ref.entry_id}"


def chosen(value: str) -> Ref | None:
    """Return the reference a button carries, or None for a value that is none."""
    kind, _, entry_id = value.partition(":")
    return Ref(Kind(kind), entry_id) if kind in set(Kind) and entry_id else None


def _found_blocks(found: Found, catalogue: Catalogue, today: date) -> list[Block]:
    first = match_line(found, catalogue)
    if len(found.places) != 1:
        streams = [place.stream for place in found.places]
        return [section("\n".join([first, *several_lines(found, catalogue)])), *_browse(streams)]
    *lines, totals_line, people_line = stream_lines(found, found.places[0], catalogue, today)
    intro = 2 if found.places[0].here else 1
    return [
        section("\n".join([first, *lines[:intro]])),
        section("\n".join(lines[intro:])),
        context(totals_line),
        context(people_line),
    ]


def _choice_blocks(choice: Choice, catalogue: Catalogue) -> list[Block]:
    asked = f"“{_shown(choice.asked)}” may" if choice.asked else "That may"
    lines = [f"{asked} mean more than one thing. Which one?"]
    for match in choice.matches:
        entry = catalogue.by_ref[match.ref]
        streams = catalogue.streams_of(match.ref)
        whose = f", for {streams[0].customer}" if len(streams) == 1 else f", in {len(streams)} value streams"
        what = f"{what_it_is(entry, catalogue)}{whose if streams else ''}"
        lines.append(clipped(f"• *{escaped(entry.name)}* ({escaped(what)}): {escaped(match.why)}"))
    if choice.more:
        lines.append(f"…and {choice.more} more; another word would narrow it down.")
    return [section("\n".join(lines)), *_buttons([match.ref for match in choice.matches], catalogue)]


def _note(outcome: Missed | Unlinked | Usage | Empty | Gone, catalogue: Catalogue) -> list[str]:
    keeper = person_text(catalogue.keeper) if catalogue.keeper else "whoever keeps the catalogue"
    match outcome:
        case Missed(asked=""):
            return ["Nothing in the catalogue names whom or what you mentioned.", f"Try {_ASK}."]
        case Missed():
            return [
                f"Nothing in the catalogue is close to “{_shown(outcome.asked)}”.",
                f"Try another name for it, a team or a #channel; or ask {keeper} to add it.",
                "Once a second colleague looks for it, its words (not who asked) are kept 90 days to close the gap.",
            ]
        case Unlinked():
            return [
                "The catalogue does not say which value stream this conversation belongs to.",
                f"Ask with a name: {_ASK}. To link a channel, ask {keeper}.",
            ]
        case Usage():
            return [
                f"Whose day does it change, out there? Ask {_ASK}; alone, it answers for the channel. Only you see it."
            ]
        case Empty():
            return [
                "There is no catalogue of value streams yet.",
                "Whoever runs Fairview can read one in: `fairview streams import FILE`.",
            ]
        case Gone():
            return ["The catalogue has changed since, and no longer has that. Ask again: `/valuestream` and a name."]


def _browse(streams: Sequence[Stream]) -> list[Block]:
    return _actions([(stream.name, stream.ref) for stream in streams])


def _buttons(refs: Sequence[Ref], catalogue: Catalogue) -> list[Block]:
    labelled = []
    for ref in refs:
        entry = catalogue.by_ref[ref]
        is_stream = isinstance(entry, Stream)
        what = what_it_is(entry, catalogue) if isinstance(entry, Stage) else ref.kind.value
        labelled.append((entry.name if is_stream else f"{entry.name} ({what})", ref))
    return _actions(labelled)


def _actions(labelled: Sequence[tuple[str, Ref]]) -> list[Block]:
    if not labelled:
        return []
    elements = [
        {
            "type": "button",
            "action_id": f"{CHOICE}_{number}",
            "text": {"type": "plain_text", "text": _label(text)},
            "value": choice_value(ref),
        }
        for number, (text, ref) in enumerate(labelled[:_BUTTONS])
    ]
    return [{"type": "actions", "elements": elements}]


def _label(text: str) -> str:
    return text if len(text) <= _BUTTON_CHARACTERS else text[: _BUTTON_CHARACTERS - 1] + "…"


def _shown(asked: str) -> str:
    return escaped(asked if len(asked) <= _ASKED_CHARACTERS else asked[: _ASKED_CHARACTERS - 1] + "…")
