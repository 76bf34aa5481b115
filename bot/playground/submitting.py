"""Where a modal goes after its submission: what ``response_action`` says."""

from bot.playground.interactions import Interaction
from bot.playground.models import Payload
from bot.playground.platform import Platform
from bot.playground.refusals import Refusal
from bot.playground.views import View, inputs
from bot.playground.web_api.modals import checked_view


def lead_on(platform: Platform, interaction: Interaction, view: View, said: Payload | str | None) -> None:
    """Close, update, push or complain, as the acknowledgement of a submission says; nonsense is a failed dispatch."""
    if not said:
        platform.views.close(view)
        return
    try:
        _act(platform, interaction, view, said if isinstance(said, dict) else {})
    except Refusal:
        interaction.outcome = "dispatch_failed"


def _act(platform: Platform, interaction: Interaction, view: View, said: Payload) -> None:
    action = said.get("response_action")
    if action == "errors":
        interaction.errors = _known_errors(view, said.get("errors"))
    elif action == "update":
        content = checked_view(platform, said.get("view"), "modal")
        interaction.view = platform.views.update(view, content, None)
    elif action == "push":
        interaction.view = platform.views.push(view.user, checked_view(platform, said.get("view"), "modal"))
    elif action == "clear":
        platform.views.close(view, everything=True)
    else:
        raise Refusal("invalid_response_action")


def _known_errors(view: View, errors: object) -> dict[str, str]:
    """Errors stand beside input blocks; any other key makes Slack refuse the answer."""
    blocks = {block["block_id"] for block, _ in inputs(view.blocks) if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not blocks.issuperset(errors):
        raise Refusal("invalid_errors")
    return {str(block_id): str(message) for block_id, message in errors.items()}
