"""The words of `/fairview` about one's own nudges: each an answer that says how to undo it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.block_kit import escaped
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply
from bot.nudging import choices
from bot.nudging.wording import pause_lasts, quiet_hours
from bot.store.tables import Praise

_ECHOED = 40
_PAUSES = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
_FOR_GOOD = {"good", "ever", "forever", "alway"}
_THANKS = {"private": Praise.THANKS, "reaction": Praise.REACTION, "off": Praise.OFF}
_THANKED = {
    Praise.THANKS: "one private line, at most once a week, for words that lead to the customer.",
    Praise.REACTION: "a reaction that everybody sees, at most once a week, on words that lead to the customer.",
    Praise.OFF: "none.",
}


def answers(parts: Parts) -> dict[str, Answer]:
    """Return the words this feature answers, each with its function."""
    return {
        "pause": lambda command: _pause(parts, command),
        "resume": lambda command: _resume(parts, command),
        "thanks": lambda command: _thanks(parts, command),
    }


def status_lines(parts: Parts, command: Command) -> list[str]:
    """Return what Fairview does for the person who asks."""
    chosen = choices.find_choices(parts.store, parts.box, command.tenant_id, command.user_id, command.now)
    until = chosen.paused_until
    lines = [_paused(parts, command, until) if until else "You: nudges are on. `/fairview pause` stops them."]
    lines += [
        f"Never about: *{escaped(parts.detector.rules[rule_id].title)}*. `/fairview resume` brings it back."
        for rule_id in chosen.silenced
        if rule_id in parts.detector.rules
    ]
    lines.append(quiet_hours(parts.settings.limits.quiet))
    held = " (not while you are paused)" if until and chosen.praise is not Praise.OFF else ""
    lines.append(f"Thanks{held}: {_THANKED[chosen.praise]} {_thanks_choices()}")
    return lines


def _pause(parts: Parts, command: Command) -> Reply:
    span = " ".join(command.words[1:]).lower()
    word = span.removeprefix("for ").removeprefix("a ").removesuffix("s")
    word = "" if word in _FOR_GOOD else word
    if word and word not in _PAUSES:
        raise CommandError(
            f"Fairview cannot pause for “{span[:_ECHOED]}”.", "Say `/fairview pause`, `pause day` or `pause week`."
        )
    until = command.now + _PAUSES[word] if word else choices.FOREVER
    choices.pause(parts.store, parts.box, command.tenant_id, command.user_id, until, command.now)
    return Reply(_paused(parts, command, until))


def _resume(parts: Parts, command: Command) -> Reply:
    before = choices.resume(parts.store, parts.box, command.tenant_id, command.user_id, command.now)
    titles = _titles(parts, before.silenced)
    also = ""
    if titles and before.paused_until is None:
        also = f" You will hear again about {titles}."
    elif titles:
        also = f" Still not about {titles}: `/fairview resume` once more brings that back."
    return Reply(f"You: nudges are on again.{also} `/fairview pause` stops them.")


def _titles(parts: Parts, rule_ids: Sequence[str]) -> str:
    rules = [parts.detector.rules[rule_id] for rule_id in rule_ids if rule_id in parts.detector.rules]
    return ", ".join(f"*{escaped(rule.title)}*" for rule in rules)


def _paused(parts: Parts, command: Command, until: datetime) -> str:
    undo = "Messages are still counted, without your name. `/fairview resume` brings nudges back."
    if until >= choices.FOREVER:
        return f"You: nudges are paused until you resume them. {undo}"
    zone = parts.members.zone(command.client, command.tenant_id, command.user_id, command.now) or parts.settings.zone
    return f"You: nudges are paused until {pause_lasts(until, ZoneInfo(zone))}. {undo}"


def _thanks(parts: Parts, command: Command) -> Reply:
    word = command.words[1].lower() if len(command.words) > 1 else ""
    if not word:
        chosen = choices.find_choices(parts.store, parts.box, command.tenant_id, command.user_id, command.now)
        return Reply(f"Thanks: {_THANKED[chosen.praise]} {_thanks_choices()}")
    if word not in _THANKS:
        raise CommandError(f"Fairview cannot thank you by “{word[:_ECHOED]}”.", _thanks_choices())
    praise = _THANKS[word]
    choices.choose_praise(parts.store, parts.box, command.tenant_id, command.user_id, praise, command.now)
    return Reply(f"Thanks from now on: {_THANKED[praise]} {_thanks_choices()}")


def _thanks_choices() -> str:
    return "`/fairview thanks private`, `thanks reaction` or `thanks off` chooses."
