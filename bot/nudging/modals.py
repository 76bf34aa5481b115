"""The windows around a nudge: why it came, its wording to use, a message reframed. Pure views, escaped and cut."""

import re
from collections.abc import Sequence
from typing import Any

from bot.block_kit import Block, context, escaped, section
from bot.ideas import idea_behind
from bot.nudging.wording import NOT_READ, Reframed, shortened
from bot.rich_text import resent, rich_text_of
from bot.stages import STAGE_EFFECT, StageChoice
from nlp import Rule

USE_VIEW = "nudge_use"
"""The ``callback_id`` of the window that offers a wording; submitting it says that the wording is used."""
WORDING = "wording"
"""The ``block_id`` and ``action_id`` of the wording in it."""

_METADATA_CHARACTERS = 3_000
_PHRASE_CHARACTERS = 150
_EXAMPLE_CHARACTERS = 180
_WORDING_CHARACTERS = 4_000
_PHRASES = 5
_EXAMPLES = 3
_MARKED = re.compile(r"<<(.+?)>>")
_SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?]+[\"”’)]*(?=\s|$)")

_TALK_BACK = (
    "*Not relevant* under the nudge tells Fairview that it was wrong here. The menu beside it pauses your nudges, or "
    "stops this rule for you for good; `/fairview pause` works anywhere. Another stage is chosen with "
    "`/fairview stage`, by workspace owners, administrators and whoever created the channel. Only you saw the nudge, "
    "and what you wrote is not kept."
)
_MUTED = (
    "In this workspace the rule was called wrong too often: it is counted, and nudges nobody until an administrator "
    "sets it back with `/fairview rules`."
)
_IS_PART = "Only the sentence that changes is shown here. The rest of your message can stay as it is."
_READS_FINE = (
    "This reads fine: nothing in it draws a line between colleagues, and nothing puts process in the way. The rules "
    "do not know everything, so trust your own ear as well."
)
_NO_WORDING = "There is no ready wording for this one. Naming the person who waits, or what they need, often helps."
_PRIVATE = "Only you see this. Nothing is counted, and nothing is kept."


def why_view(rule: Rule, stage: StageChoice, *, is_muted: bool = False) -> Block:
    """Return the window that explains a nudge: reason, idea, examples, the channel's stage, how to talk back.

    ``is_muted``: whether the rule was called wrong too often in this workspace.
    """
    idea = idea_behind(rule.label, rule.subtype)
    name = stage.stage.replace("_", " ")
    blocks = [
        section(f"*{escaped(rule.title)}*\n{escaped(_two_sentences(rule.why))}"),
        section(f"*{idea.title}*\n{idea.paragraph}"),
        section(f"*Would be noticed*\n{_examples(rule.examples.flag)}"),
        section(f"*Is fine*\n{_examples(rule.examples.pass_)}"),
        context(f"This channel is at the stage *{name}* ({stage.origin}): {STAGE_EFFECT[stage.stage]}."),
        context(_TALK_BACK),
    ]
    if is_muted:
        blocks.insert(1, context(_MUTED))
    return _modal("Why this nudge?", blocks, callback_id="nudge_why")


def why_text(rule: Rule) -> str:
    """Return the reason alone, in mrkdwn, for where no window can be opened."""
    return escaped(f"{rule.title}. {_two_sentences(rule.why)}")


def use_view(suggestion: str, permalink: str | None, metadata: str, *, is_part: bool, note: str | None = None) -> Block:
    """Return the window with the suggestion to change and copy, and the way to the message.

    ``suggestion`` and ``note``, what the person should know first, are escaped mrkdwn; ``metadata`` comes back with
    the submission; ``is_part``: whether the suggestion replaces one sentence only. Raises ValueError for metadata
    longer than Slack takes (3,000 characters).
    """
    if len(metadata) > _METADATA_CHARACTERS:
        raise ValueError("private_metadata is longer than Slack takes")
    wording: Block = {
        "type": "input",
        "block_id": WORDING,
        # Whoever cuts the words out instead of copying them must still be able to say that they use them.
        "optional": True,
        "label": _plain("Change it as you like, then copy it"),
        "element": {"type": "rich_text_input", "action_id": WORDING, "initial_value": rich_text_of(suggestion)},
    }
    if is_part:
        wording["hint"] = _plain(_IS_PART)
    return _modal(
        "Use this wording",
        [*([section(note)] if note else []), wording, section(f"*What next?* {_steps(permalink)}")],
        callback_id=USE_VIEW,
        private_metadata=metadata,
        submit=_plain("I'll use it"),
        close=_plain("Not now"),
    )


def ready_view(words: Block | None, permalink: str | None) -> Block:
    """Return the window that follows: the words as the person left them, and the way to the message.

    ``words`` is what the ``rich_text_input`` answered; None where it was emptied.
    """
    kept = [resent(words)] if words and words.get("elements") else []
    return _modal("Ready to paste", [section(_steps(permalink)), *kept], callback_id="nudge_ready")


def reframe_view(found: Reframed) -> Block:
    """Return the answer to *Reframe this*: what was found, how else to say it, and why; or that it reads fine."""
    phrases = list(dict.fromkeys(_quoted(phrase) for phrase in found.phrases if phrase.strip()))
    if not phrases:
        fine = _READS_FINE if found.is_read else NOT_READ
        return _modal("Reframe this", [section(fine), context(_PRIVATE)], callback_id="reframe")
    blocks = [section(f"Fairview noticed {_listed(phrases[:_PHRASES])}.")]
    if found.suggestion and found.suggestion.strip():
        heading = "You could say:" if found.is_own else "It could also be said like this:"
        blocks += [section(f"*{heading}*"), rich_text_of(shortened(found.suggestion, _WORDING_CHARACTERS))]
    else:
        blocks.append(section(_NO_WORDING))
    if reason := _two_sentences(" ".join(dict.fromkeys(found.why))):
        blocks.append(section(f"*Why?* {escaped(reason)}"))
    return _modal("Reframe this", [*blocks, context(_PRIVATE)], callback_id="reframe")


def _modal(title: str, blocks: list[Block], **more: Any) -> Block:
    return {"type": "modal", "title": _plain(title), "close": _plain("Close"), "blocks": blocks, **more}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _two_sentences(text: str) -> str:
    """Return the first two sentences of plain text, on one line."""
    line = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE_END.finditer(line)][:2]
    return line[: ends[1]] if len(ends) > 1 else line


def _examples(examples: Sequence[str]) -> str:
    return "\n".join(f"• {_example(example)}" for example in examples[:_EXAMPLES])


def _example(example: str) -> str:
    """Return an example in mrkdwn, its marked words bold where Slack would show them so."""
    line = " ".join(example.split())
    marked = _MARKED.search(line)
    if marked is None or len(line) > _EXAMPLE_CHARACTERS:
        plain = line.replace("<<", "").replace(">>", "")
        return escaped(plain if len(plain) <= _EXAMPLE_CHARACTERS else plain[: _EXAMPLE_CHARACTERS - 1] + "…")
    before, words, after = line[: marked.start()], marked[1], line[marked.end() :]
    stands_alone = not before[-1:].isalnum() and not after[:1].isalnum() and words == words.strip()
    shown = f"*{escaped(words)}*" if stands_alone and "*" not in words else escaped(words)
    return f"{escaped(before)}{shown}{escaped(after)}"


def _quoted(phrase: str) -> str:
    return f"“{shortened(' '.join(phrase.split()), _PHRASE_CHARACTERS)}”"


def _listed(found: Sequence[str]) -> str:
    return " and ".join(found) if len(found) < 3 else f"{', '.join(found[:-1])} and {found[-1]}"


def _steps(permalink: str | None) -> str:
    if permalink is None:
        return (
            "Copy the words and put them where they belong. *Edit message* is in the menu of every message you wrote."
        )
    address = escaped(permalink).replace("|", "%7C")
    return f"Copy the words, open <{address}|your message>, choose *Edit message* and paste them there."
