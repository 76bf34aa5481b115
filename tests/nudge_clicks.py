"""What a person can do with a nudge in Slack, and what they read there."""

import copy
import json
from typing import Any

from workplace import Workplace

from bot.nudging import blocks
from bot.playground import Ephemeral, Interaction
from bot.store.tables import Nudge

_SAID_ELSEWHERE = {"value", "type", "block_id", "action_id"}


def nudges_of(work: Workplace, who: str | None = None) -> list[Ephemeral]:
    """What Fairview has said to people by itself, answers to their commands left out."""
    return [one for one in work.slack.ephemerals(who, include_deleted=True) if one.via == "api"]


def the_nudge(work: Workplace) -> Nudge:
    """The row of the only nudge there is."""
    (nudge,) = work.rows(Nudge)
    assert isinstance(nudge, Nudge)
    return nudge


def pick(work: Workplace, nudge: Ephemeral, what: str, who: str = "ann", **how: Any) -> Interaction:
    """Choose from the menu of a nudge."""
    menu = next(one for one in (nudge.blocks or [])[-1]["elements"] if one["type"] == "overflow")
    value = next(one["value"] for one in menu["options"] if json.loads(one["value"])["do"] == what)
    return work.slack.click(who, nudge, blocks.MORE, value, **how)


def undo(work: Workplace, nudge: Ephemeral, who: str = "ann") -> Interaction:
    """Take back what the line in a nudge's place says."""
    return work.slack.click(who, nudge, blocks.UNDO)


def last_click(work: Workplace, kind: str = "block_actions") -> dict[str, Any]:
    """The payload of the latest click (or submission), to be sent again with something changed."""
    return copy.deepcopy([one.payload for one in work.slack.deliveries if one.name == kind][-1])


def click_again(work: Workplace, user: str | None = None, **action: Any) -> str:
    """Send the latest click once more, with something changed; the latest words the person was shown."""
    payload = last_click(work)
    payload["actions"][0].update(action)
    if user:
        payload["user"]["id"] = work.slack.user_id(user)
    assert work.dispatch(payload, as_form=True) == 200
    return work.slack.ephemerals()[-1].text


def words_of(content: Any) -> str:
    """All that is to be read in blocks, as one text."""
    if isinstance(content, dict):
        return " ".join(words_of(value) for key, value in content.items() if key not in _SAID_ELSEWHERE)
    return " ".join(words_of(one) for one in content) if isinstance(content, list) else str(content)
