"""Whether Slack would take these blocks: pure functions from a payload to the problems in it.

Limits are those of https://docs.slack.dev/reference/block-kit; what the docs leave open is refused, so that an app
which passes here also passes there.
"""

from collections.abc import Callable, Iterator
from typing import Any

from bot.playground.blockkit.blocks import EVERYWHERE, MESSAGES_ONLY
from bot.playground.blockkit.composition import IDENTIFIER, plain_text
from bot.playground.blockkit.schema import Flag, ListOf, Problem, Record, Shape, String, Tagged, items

__all__ = ["Problem", "message_problems", "view_problems"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
CHARTS_A_MESSAGE = 2
TABLES_A_MESSAGE = 1

FileExists = Callable[[dict[str, Any]], bool]


def message_problems(
    blocks: Any, *, charts: bool = True, file_exists: FileExists | None = None, at: str = "/blocks"
) -> list[Problem]:
    """Why Slack would answer ``invalid_blocks``; empty when it would not.

    ``charts``: whether the workspace knows ``data_visualization`` yet; ``file_exists`` is asked for each
    ``slack_file``.
    """
    kinds = EVERYWHERE | MESSAGES_ONLY
    if not charts:
        kinds = {kind: shape for kind, shape in kinds.items() if kind != "data_visualization"}
    found = list(ListOf(Tagged(kinds), MESSAGE_BLOCKS, least=0).problems(blocks, at))
    found += _at_most(blocks, "data_visualization", CHARTS_A_MESSAGE, at)
    found += _at_most(blocks, "table", TABLES_A_MESSAGE, at)
    return found + list(_across_blocks(blocks, at, file_exists))


def view_problems(view: Any, *, file_exists: FileExists | None = None, at: str = "/view") -> list[Problem]:
    """Why Slack would answer ``invalid_arguments`` to a modal or Home tab; empty when it would not."""
    found = list(_VIEW.problems(view, at))
    if isinstance(view, dict):
        blocks = view.get("blocks")
        found += _across_blocks(blocks, f"{at}/blocks", file_exists)
        if view.get("type") == "modal" and not view.get("submit") and "input" in _types(blocks):
            found.append(Problem(at, "`submit` is required when a modal contains an input block"))
    return found


def _types(blocks: Any) -> list[Any]:
    return [block.get("type") for block in items(blocks) if isinstance(block, dict)]


def _at_most(blocks: Any, kind: str, most: int, at: str) -> Iterator[Problem]:
    if _types(blocks).count(kind) > most:
        yield Problem(at, f"no more than {most} {kind} block(s) allowed")


def _across_blocks(blocks: Any, at: str, file_exists: FileExists | None) -> Iterator[Problem]:
    """What no single block can show: repeated identifiers, files that are not there."""
    seen: set[str] = set()
    for index, block in enumerate(items(blocks)):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str):
            if block_id in seen:
                yield Problem(f"{at}/{index}/block_id", f"`block_id` {block_id} already exists for this surface")
            seen.add(block_id)
        yield from _repeated_action_ids(block, f"{at}/{index}")
        yield from _missing_files(block, f"{at}/{index}", file_exists)


def _repeated_action_ids(block: dict[str, Any], at: str) -> Iterator[Problem]:
    if block.get("type") != "actions":
        return
    seen: set[str] = set()
    for index, element in enumerate(items(block.get("elements"))):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str):
            if action_id in seen:
                yield Problem(f"{at}/elements/{index}", f"`action_id` {action_id} already exists for this block")
            seen.add(action_id)


def _missing_files(block: dict[str, Any], at: str, file_exists: FileExists | None) -> Iterator[Problem]:
    parts = [block, block.get("accessory"), *items(block.get("elements"))]
    for part in parts:
        file = part.get("slack_file") if isinstance(part, dict) else None
        if isinstance(file, dict) and file_exists is not None and not file_exists(file):
            yield Problem(f"{at}/slack_file", "invalid slack file")


_BLOCKS = ListOf(Tagged(EVERYWHERE), VIEW_BLOCKS, least=0)
_COMMON: dict[str, Shape] = {
    "type": String(),
    "blocks": _BLOCKS,
    "private_metadata": String(3000, least=0),
    "callback_id": String(255, least=0),
    "external_id": IDENTIFIER,
}
_MODAL = Record(
    {
        **_COMMON,
        "title": plain_text(24),
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    ("title", "blocks"),
)
_VIEW = Tagged({"modal": _MODAL, "home": Record(_COMMON, ("blocks",))})
