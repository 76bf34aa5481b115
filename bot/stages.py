"""What each stage of a team's culture means for nudges, and how a channel came to the one it is at."""

from dataclasses import dataclass
from typing import Literal

from nlp import Stage

_FIRST_EFFECT = "nudges for process as a barrier, and for contempt of colleagues"
_SECOND_EFFECT = "for “the business” as another party, and for pushing work across a line"
STAGE_EFFECT: dict[Stage, str] = {
    "service": _FIRST_EFFECT,
    "partnership": f"{_FIRST_EFFECT}; {_SECOND_EFFECT}",
    "one_business": f"{_FIRST_EFFECT}; {_SECOND_EFFECT}; for “internal customers”, and for IT as a mere supplier",
}
"""What a channel at each stage is nudged for, to follow a colon or "it"."""

ChosenFor = Literal["channel", "workspace", "default"]
_CHOSEN: dict[ChosenFor, str] = {
    "channel": "chosen for this channel",
    "workspace": "chosen for the workspace",
    "default": "the default",
}


@dataclass(frozen=True, slots=True)
class StageChoice:
    """The stage a channel is at, what it was chosen for, and the Slack id of who chose it, where that is known."""

    stage: Stage
    chosen_for: ChosenFor
    chosen_by: str | None = None

    @property
    def origin(self) -> str:
        """How it came to be, in mrkdwn: "chosen for this channel by <@U0ANN>", "the default"."""
        words = _CHOSEN[self.chosen_for]
        return f"{words} by <@{self.chosen_by}>" if self.chosen_by and self.chosen_for != "default" else words
