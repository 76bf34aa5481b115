"""How the rules and the muted ones among them are told in Slack: pure functions, from figures to text and blocks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.block_kit import Block, escaped, section
from nlp import Label

LIFT = "rule_lift"
"""The button that lets a muted rule nudge again; its value is ``{"rule": id}``."""
SHOWN = 20
"""How many muted rules are shown; the others are told by their number."""

_SILENCED_SHOWN = 10
_LABEL_CHARACTERS = 75
_ABOUT: dict[Label, str] = {
    "us_them": "us and them",
    "process_barrier": "process as a barrier",
    "shared_purpose": "saying whom the work is for",
    "overcommitment": "overcommitment",
}
_PUBLISHED = (
    "Each is published with its examples: *Why this?* in every nudge shows those of its rule, and on the command line "
    "`fairview rules list` and `fairview rules show RULE` show them all."
)
_WHO_MAY = "Workspace owners and administrators can let one nudge again: `/fairview rules back RULE`."
_LIFT_WORDS = "`/fairview rules back RULE` does the same as the button; a part of the rule's name will do."


@dataclass(frozen=True, slots=True)
class MutedShown:
    """A muted rule as it is shown; ``figures`` are in words."""

    rule_id: str
    title: str
    since: date
    figures: str


@dataclass(frozen=True, slots=True)
class RulesShown:
    """What a member is told of the rules; titles are plain text."""

    counts: Mapping[Label, int]
    nudging: int
    """How many of the rules may nudge at some stage."""
    muted: Sequence[MutedShown] = ()
    silenced: Sequence[str] = ()
    """Titles of the rules that this member does not want to hear of."""
    may_lift: bool = False
    """Whether this member may let a muted rule nudge again."""


def rules_text(rules: RulesShown, news: str = "") -> str:
    """Return the rules as text that stands alone, in mrkdwn; ``news``, in mrkdwn, is told first."""
    lines = [news, _overview(rules), _heading(rules)]
    lines += [f"• {_muted_line(muted)}" for muted in rules.muted[:SHOWN]]
    return "\n".join(line for line in [*lines, _closing(rules), _silenced_line(rules)] if line)


def rules_blocks(rules: RulesShown, news: str = "") -> list[Block]:
    """Return the same as blocks, at most 25, with a button at each muted rule for whoever may press it."""
    lines = [section(text) for text in (news, _overview(rules), _heading(rules)) if text]
    shown = [_muted_section(muted, rules.may_lift) for muted in rules.muted[:SHOWN]]
    return [*lines, *shown, *(section(text) for text in (_closing(rules), _silenced_line(rules)) if text)]


def figures_in_words(answers: int, members: int, wrong: int) -> str:
    """Return how a muted rule was answered: called wrong by 7 of 9 members in 14 answers."""
    if not answers:
        return "called wrong too often; the answers themselves are no longer kept"
    return f"called wrong by {wrong} of {_counted(members, 'member')} in {_counted(answers, 'answer')}"


def muted_notice(rule_id: str, title: str, figures: str) -> tuple[str, list[Block]]:
    """Return, as text and as blocks, what an administrator is told of a rule that was muted, in four lines."""
    text = (
        f"Hello. In this workspace Fairview has muted one of its rules: {named(title)} (`{rule_id}`).\n"
        f"It was {figures}. It goes on counting, and nudges nobody.\n"
        f"`/fairview rules back {rule_id}` lets it nudge again, should you want that; so does an upgrade of the rule.\n"
        "You are told this once, as an owner or administrator; there is nothing you have to do."
    )
    return text, [section(text)]


def named(title: str) -> str:
    """Return a rule's title as it stands in a sentence of mrkdwn."""
    return f"*{escaped(title)}*"


def _overview(rules: RulesShown) -> str:
    about = [f"{count} about {_ABOUT[label]}" for label, count in rules.counts.items() if count]
    total = _counted(sum(rules.counts.values()), "rule")
    acts = f"{rules.nudging} may nudge, the others only count."
    return f"Fairview goes by {total}: {', '.join(about)}. {acts} {_PUBLISHED}"


def _heading(rules: RulesShown) -> str:
    if not rules.muted:
        return "No rule is muted in this workspace."
    return "*Muted in this workspace, having been called wrong too often: counted, and nobody is nudged*"


def _closing(rules: RulesShown) -> str:
    if not rules.muted:
        return ""
    more = len(rules.muted) - SHOWN
    return f"{f'And {more} more. ' if more > 0 else ''}{_LIFT_WORDS if rules.may_lift else _WHO_MAY}"


def _silenced_line(rules: RulesShown) -> str:
    if not rules.silenced:
        return ""
    titles = ", ".join(named(title) for title in rules.silenced[:_SILENCED_SHOWN])
    more = len(rules.silenced) - _SILENCED_SHOWN
    also = f" and {more} more" if more > 0 else ""
    them = "it" if len(rules.silenced) == 1 else "them"
    return f"You asked not to hear about {titles}{also}. `/fairview resume` brings {them} back."


def _muted_line(muted: MutedShown) -> str:
    since = f"{muted.since.day} {muted.since:%B %Y}"
    return f"{named(muted.title)} (`{muted.rule_id}`), since {since}: {muted.figures}."


def _muted_section(muted: MutedShown, may_lift: bool) -> Block:
    line = section(_muted_line(muted))
    return line | {"accessory": _button(muted)} if may_lift else line


def _button(muted: MutedShown) -> Block:
    return {
        "type": "button",
        "action_id": LIFT,
        "text": {"type": "plain_text", "text": "Nudge again"},
        # Several buttons with the same words: whoever hears them read out is told which is which.
        "accessibility_label": f"Nudge again: {muted.title}"[:_LABEL_CHARACTERS],
        "value": json.dumps({"rule": muted.rule_id}),
    }


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
