"""What a digest is about: a channel, a group of channels, or the whole workspace."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["channel", "group", "workspace"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The channels whose figures a digest shows; none are named for a workspace: every watched one is meant."""

    kind: Kind
    channel_ids: tuple[str, ...] = ()

    @classmethod
    def channel(cls, channel_id: str) -> "Scope":
        """Return the scope of one channel."""
        return cls("channel", (channel_id,))


WORKSPACE = Scope("workspace")
