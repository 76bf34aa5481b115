"""Words and cuts that nudges and their answers share: pure functions."""

import json
import re
from calendar import day_name
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.block_kit import escaped
from bot.nudging.policy import QuietHours

NOT_READ = "Fairview reads prose in English only, and found none here."
VALUE_CHARACTERS = 2_000
"""What a button's ``value`` may hold."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_HALF = re.compile(r"(?:&\w{0,3}|<[^<>]*)$")
"""What cutting leaves of an entity, a mention or a link: markup nobody can read."""


@dataclass(frozen=True, slots=True)
class Reframed:
    """What is said of words somebody asked about. All of it is mrkdwn, escaped, but ``why``, which is plain."""

    phrases: tuple[str, ...]
    suggestion: str | None
    why: tuple[str, ...]
    is_own: bool
    """Whether who asks has written them."""
    is_read: bool = True
    """Whether any of it was the asker's kind of text: prose in English, not code, quotes or another language."""


def shortened(text: str, limit: int) -> str:
    """Return ``text`` in ``limit`` characters, cut with an ellipsis and never within an entity, a mention or a link."""
    return text if len(text) <= limit else _HALF.sub("", text[: limit - 1]).rstrip() + "…"


def button_value(nudge_id: str, suggestion: str, original: str) -> str:
    """Return the value of *Use this*, within Slack's limit: the suggestion, else those of its sentences that are new.

    ``part`` is true where it is not the whole suggestion.
    """
    for say, is_part in ((suggestion, False), (_new_sentences(suggestion, original), True)):
        value = _value(nudge_id, say, is_part=is_part)
        if say and len(value) <= VALUE_CHARACTERS:
            return value
    say = _new_sentences(suggestion, original) or suggestion
    limit = min(len(say), VALUE_CHARACTERS)
    while len(value := _value(nudge_id, shortened(say, limit), is_part=True)) > VALUE_CHARACTERS:
        limit -= max(1, (len(value) - VALUE_CHARACTERS) // 6)
    return value


def reframed_text(found: Reframed) -> str:
    """Return what was found as plain text that stands alone."""
    private = "Only you see this; nothing of it is counted or kept."
    if not found.phrases:
        fine = "That reads fine: no line between colleagues, no process in the way."
        return f"{fine if found.is_read else NOT_READ} {private}"
    phrases = ", ".join(f"“{shortened(' '.join(phrase.split()), 150)}”" for phrase in found.phrases[:3])
    lines = [f"About {phrases}:", *(escaped(why) for why in found.why[:2])]
    if found.suggestion:
        could = "You could say" if found.is_own else "It could also be said like this"
        lines.append(f"{could}: {shortened(found.suggestion, 2_000)}")
    return "\n".join([*lines, private])


def spoken_hours(quiet: QuietHours) -> str:
    """Return when nobody is nudged: 18:00 to 08:00 and weekends; "" where there are no such hours."""
    parts = [] if quiet.start == quiet.end else [f"{quiet.start:%H:%M} to {quiet.end:%H:%M}"]
    parts += ["weekends"] if quiet.days == {5, 6} else [f"{day_name[day]}s" for day in sorted(quiet.days)]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def quiet_hours(quiet: QuietHours) -> str:
    """Return when nobody is nudged, as a sentence."""
    spoken = spoken_hours(quiet)
    return f"Quiet hours, on your own clock: {spoken}." if spoken else "Quiet hours: none."


def pause_lasts(until: datetime, zone: tzinfo) -> str:
    """Return an instant as people say it: Monday 23 November, 10:00."""
    local = until.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def _new_sentences(suggestion: str, original: str) -> str:
    known = set(_sentences(original))
    return " ".join(sentence for sentence in _sentences(suggestion) if sentence not in known)


def _sentences(text: str) -> list[str]:
    return [stripped for sentence in _BETWEEN_SENTENCES.split(text) if (stripped := sentence.strip())]


def _value(nudge_id: str, say: str, *, is_part: bool) -> str:
    return json.dumps({"nudge": nudge_id, "say": say, **({"part": True} if is_part else {})}, ensure_ascii=False)
