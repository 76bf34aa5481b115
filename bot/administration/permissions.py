"""Who may do what: one function, asked by every command."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import NotAllowedError


class Action(StrEnum):
    """Something a person asks Fairview to do that not everyone may."""

    SUBSCRIBE_DIGEST = "set up, see or stop its digest"
    SET_STAGE = "choose the stage"
    WATCH = "turn watching on or off"
    UNMUTE_RULE = "let a muted rule nudge again"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, as Slack describes them at that moment."""

    user_id: str
    is_admin: bool = False
    """A workspace owner or administrator."""
    is_guest: bool = False
    """A single- or multi-channel guest."""
    is_outsider: bool = False
    """A member of another organisation, in a shared channel."""
    zone: str | None = None
    """The IANA name of the person's time zone, where Slack tells one that is known here."""


@dataclass(frozen=True, slots=True)
class ChannelScope:
    """One channel, seen from the actor."""

    channel_id: str
    is_member: bool
    is_creator: bool = False


@dataclass(frozen=True, slots=True)
class GroupScope:
    """Several channels, each seen from the actor."""

    channels: tuple[ChannelScope, ...]

    @property
    def is_member(self) -> bool:
        """Whether the actor is in every one of them."""
        return bool(self.channels) and all(channel.is_member for channel in self.channels)

    @property
    def is_creator(self) -> bool:
        """Whether the actor created every one of them."""
        return bool(self.channels) and all(channel.is_creator for channel in self.channels)


@dataclass(frozen=True, slots=True)
class WorkspaceScope:
    """The whole workspace."""


Scope = ChannelScope | GroupScope | WorkspaceScope


def may(actor: Actor, action: Action, scope: Scope) -> bool:
    """Say whether ``actor`` may do ``action`` within ``scope``; guests and outsiders may nothing.

    ================================  ==================================================================
    a channel's digest                its members
    a digest of several channels      who is a member of every one of them
    a channel's stage, its watching   owners and administrators; whoever created it, while a member of it
    anything for the workspace        owners and administrators
    letting a muted rule nudge again  owners and administrators, since a rule is muted for the workspace
    ================================  ==================================================================
    """
    if actor.is_guest or actor.is_outsider:
        return False
    if isinstance(scope, WorkspaceScope) or action is Action.UNMUTE_RULE:
        return actor.is_admin
    if action is Action.SUBSCRIBE_DIGEST:
        return scope.is_member
    return actor.is_admin or (scope.is_creator and scope.is_member)


def require(actor: Actor, action: Action, scope: Scope) -> None:
    """Raise NotAllowedError, saying who may, where ``may`` says no."""
    if may(actor, action, scope):
        return
    if action is Action.SUBSCRIBE_DIGEST and isinstance(scope, ChannelScope):
        who = "members of that channel (guests and people of other organisations cannot)"
    elif action is Action.SUBSCRIBE_DIGEST and isinstance(scope, GroupScope):
        who = "members of every channel named (guests and people of other organisations cannot)"
    elif not isinstance(scope, WorkspaceScope) and action is not Action.UNMUTE_RULE:
        who = "workspace owners, administrators and whoever created the channel"
    else:
        who = "workspace owners and administrators"
    raise NotAllowedError(f"Only {who} may {action.value}.", "Ask one of them; nothing was changed.")
