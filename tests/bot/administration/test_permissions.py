import pytest

from bot.administration.permissions import Action, Actor, ChannelScope, GroupScope, Scope, WorkspaceScope, may, require
from bot.errors import NotAllowedError

MEMBER = Actor("U1")
ADMIN = Actor("U2", is_admin=True)
GUEST = Actor("U3", is_guest=True)
OUTSIDER = Actor("U4", is_outsider=True)
INSIDE = ChannelScope("C1", is_member=True)
OUTSIDE = ChannelScope("C1", is_member=False)
OWN = ChannelScope("C1", is_member=True, is_creator=True)
BOTH = GroupScope((INSIDE, INSIDE))
ONE_OF_TWO = GroupScope((INSIDE, OUTSIDE))
LEFT_OWN = ChannelScope("C1", is_member=False, is_creator=True)


@pytest.mark.parametrize(
    ("actor", "action", "scope", "allowed"),
    [
        (MEMBER, Action.SUBSCRIBE_DIGEST, INSIDE, True),
        (MEMBER, Action.SUBSCRIBE_DIGEST, OUTSIDE, False),
        (ADMIN, Action.SUBSCRIBE_DIGEST, OUTSIDE, False),
        (GUEST, Action.SUBSCRIBE_DIGEST, INSIDE, False),
        (OUTSIDER, Action.SUBSCRIBE_DIGEST, INSIDE, False),
        (MEMBER, Action.SUBSCRIBE_DIGEST, BOTH, True),
        (MEMBER, Action.SUBSCRIBE_DIGEST, ONE_OF_TWO, False),
        (ADMIN, Action.SUBSCRIBE_DIGEST, ONE_OF_TWO, False),
        (MEMBER, Action.SUBSCRIBE_DIGEST, GroupScope(()), False),
        (GUEST, Action.SUBSCRIBE_DIGEST, BOTH, False),
        (OUTSIDER, Action.SUBSCRIBE_DIGEST, BOTH, False),
        (MEMBER, Action.SUBSCRIBE_DIGEST, WorkspaceScope(), False),
        (ADMIN, Action.SUBSCRIBE_DIGEST, WorkspaceScope(), True),
        (MEMBER, Action.SET_STAGE, INSIDE, False),
        (MEMBER, Action.SET_STAGE, OWN, True),
        (MEMBER, Action.SET_STAGE, LEFT_OWN, False),
        (ADMIN, Action.SET_STAGE, OUTSIDE, True),
        (GUEST, Action.SET_STAGE, OWN, False),
        (MEMBER, Action.WATCH, INSIDE, False),
        (MEMBER, Action.WATCH, OWN, True),
        (ADMIN, Action.WATCH, INSIDE, True),
        (MEMBER, Action.SET_STAGE, WorkspaceScope(), False),
        (ADMIN, Action.SET_STAGE, WorkspaceScope(), True),
        (Actor("U5", is_admin=True, is_guest=True), Action.SET_STAGE, WorkspaceScope(), False),
        (MEMBER, Action.UNMUTE_RULE, WorkspaceScope(), False),
        (MEMBER, Action.UNMUTE_RULE, OWN, False),
        (ADMIN, Action.UNMUTE_RULE, WorkspaceScope(), True),
        (ADMIN, Action.UNMUTE_RULE, INSIDE, True),
        (GUEST, Action.UNMUTE_RULE, WorkspaceScope(), False),
        (Actor("U6", is_admin=True, is_outsider=True), Action.UNMUTE_RULE, WorkspaceScope(), False),
    ],
)
def test_may(actor: Actor, action: Action, scope: Scope, allowed: bool) -> None:
    assert may(actor, action, scope) is allowed
    if not allowed:
        with pytest.raises(NotAllowedError) as refused:
            require(actor, action, scope)
        assert action.value in refused.value.sentence
        assert "Ask one of them" in refused.value.hint


@pytest.mark.parametrize("scope", [WorkspaceScope(), OWN])
def test_a_refusal_to_unmute_names_owners_and_administrators_alone(scope: ChannelScope | WorkspaceScope) -> None:
    with pytest.raises(NotAllowedError) as refused:
        require(MEMBER, Action.UNMUTE_RULE, scope)
    assert refused.value.message == "Only workspace owners and administrators may let a muted rule nudge again."
