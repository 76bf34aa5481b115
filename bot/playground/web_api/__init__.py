"""The Web API: every method the stand-in knows, and the checks that come before any of them."""

from bot.playground.models import Payload
from bot.playground.platform import Platform
from bot.playground.refusals import RateLimited, Refusal
from bot.playground.web_api import chat, conversations, directory, files, modals, reactions
from bot.playground.web_api.call import Arguments, Caller, Method, WebCall

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **directory.METHODS,
    **files.METHODS,
    **modals.METHODS,
    **reactions.METHODS,
}


def answer(platform: Platform, name: str, token: str | None, raw: Payload) -> Payload:
    """What Slack answers to this call, ``ok: true`` included; raises Refusal. The platform's lock must be held."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal("unknown_method", req_method=name)
    _check_token(platform, method.caller, token)
    if method.tier is not None:
        wait = platform.limits.wait_for_method(name, method.tier)
        if wait is not None:
            raise RateLimited(wait)
    call = WebCall(platform, Arguments(raw))
    if method.caller == "bot":
        call.needs(method.scopes)
    return {"ok": True, **method.run(call)}


def _check_token(platform: Platform, caller: Caller, token: str | None) -> None:
    if caller == "anyone":
        return
    if not token:
        raise Refusal("not_authed")
    if token not in (platform.bot_token, platform.app_token):
        raise Refusal("invalid_auth")
    if platform.token_error is not None and token == platform.bot_token:
        raise Refusal(platform.token_error)
    if token != (platform.app_token if caller == "app" else platform.bot_token):
        raise Refusal("not_allowed_token_type")
