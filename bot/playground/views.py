"""Modals and Home tabs: the stack each person looks at, and what they have filled in."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from bot.playground.models import Payload
from bot.playground.posting import with_block_ids
from bot.playground.refusals import Refusal
from bot.playground.workspace import Workspace

MOST_ON_A_STACK = 3
MOST_BYTES = 250_000
_INITIAL = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
}
ANSWER_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
}


@dataclass(eq=False)
class View:
    """One modal or Home tab as one person sees it."""

    id: str
    user: str
    content: Payload
    root: str
    previous: str | None = None
    hash: str = ""
    values: dict[str, Payload] = field(default_factory=dict)
    trigger_id: str | None = None

    @property
    def blocks(self) -> list[Payload]:
        """The blocks shown."""
        blocks: list[Payload] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The name under which the app listens for it."""
        return str(self.content.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        """What the app has put away in it."""
        return str(self.content.get("private_metadata") or "")

    @property
    def title(self) -> str:
        """The words at its head; empty for a Home tab."""
        return str((self.content.get("title") or {}).get("text", ""))


class Views:
    """Every open view of a workspace. Not thread-safe: the platform's lock guards it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The modals open before ``user``, the topmost last."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """The Home tab published for ``user``."""
        return self._homes.get(user)

    def find(self, view_id: str) -> View | None:
        """The open view of this id."""
        every = [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]
        return next((view for view in every if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """The open view that the app calls ``external_id``."""
        every = [view for stack in self._stacks.values() for view in stack]
        return next((view for view in every if view.content.get("external_id") == external_id), None)

    def open(self, user: str, content: Payload) -> View:
        """Open a modal as the root of a new stack."""
        self._refuse_known_external_id(content, None)
        view = self._new(user, content)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, content: Payload) -> View:
        """Lay a modal upon the topmost one."""
        stack = self._stacks.get(user) or []
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= MOST_ON_A_STACK:
            raise Refusal("push_limit_reached")
        self._refuse_known_external_id(content, None)
        view = self._new(user, content)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return view

    def update(self, view: View, content: Payload, known_hash: str | None) -> View:
        """Change an open view; answers typed into blocks that stay are kept."""
        if known_hash and known_hash != view.hash:
            raise Refusal("hash_conflict")
        self._refuse_known_external_id(content, view)
        self._fill(view, content)
        return view

    def publish(self, user: str, content: Payload, known_hash: str | None) -> View:
        """Set the Home tab of ``user``."""
        view = self._homes.get(user)
        if view is not None:
            return self.update(view, content, known_hash)
        view = self._homes[user] = self._new(user, content)
        return view

    def close(self, view: View, *, everything: bool = False) -> None:
        """Take the view off its stack, or the whole stack away."""
        stack = self._stacks.get(view.user, [])
        if everything:
            stack.clear()
        elif view in stack:
            stack.remove(view)

    def payload(self, view: View) -> Payload:
        """As the app gets it."""
        workspace, modal = self._workspace, view.content["type"] == "modal"
        shown: Payload = {
            "id": view.id,
            "team_id": workspace.team_id,
            "type": view.content["type"],
            "blocks": view.blocks,
            "private_metadata": view.private_metadata,
            "callback_id": view.callback_id,
            "state": {"values": view.values},
            "hash": view.hash,
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": workspace.app_id,
            "external_id": view.content.get("external_id") or "",
            "app_installed_team_id": workspace.team_id,
            "bot_id": workspace.bot.bot_id,
        }
        for flag in ("clear_on_close", "notify_on_close"):
            shown[flag] = bool(view.content.get(flag))
        if modal:
            shown |= {name: view.content.get(name) for name in ("title", "submit", "close")}
        return shown

    def _new(self, user: str, content: Payload) -> View:
        view_id = self._workspace.new_id("V")
        view = View(view_id, user, {}, root=view_id)
        self._fill(view, content)
        return view

    def _fill(self, view: View, content: Payload) -> None:
        if len(json.dumps(content)) > MOST_BYTES:
            raise Refusal("view_too_large")
        view.content = {**content, "blocks": with_block_ids(self._workspace, content["blocks"])}
        view.hash = f"{int(self._workspace.clock())}.{uuid.uuid4().hex[:8]}"
        view.values = _values(view.blocks, view.values)

    def _refuse_known_external_id(self, content: Payload, but: View | None) -> None:
        external_id = content.get("external_id")
        if external_id and self.find_external(external_id) not in (None, but):
            raise Refusal("duplicate_external_id")


def inputs(blocks: list[Payload]) -> list[tuple[Payload, Payload]]:
    """Each (block, element) whose answer stands in ``state.values``."""
    found: list[tuple[Payload, Payload]] = []
    for block in blocks:
        candidates = {
            "input": [block.get("element")],
            "actions": block.get("elements") or [],
            "section": [block.get("accessory")],
        }.get(block["type"], [])
        found += [(block, one) for one in candidates if isinstance(one, dict) and one.get("type") in ANSWER_KEY]
    return found


def _values(blocks: list[Payload], before: dict[str, Payload]) -> dict[str, Payload]:
    values: dict[str, Payload] = {}
    for block, element in inputs(blocks):
        known = before.get(block["block_id"], {}).get(element["action_id"])
        values.setdefault(block["block_id"], {})[element["action_id"]] = known or _initial(element)
    return values


def _initial(element: Payload) -> Payload:
    key = ANSWER_KEY[element["type"]]
    value: Any = [] if key == "selected_options" else None
    for name, answer in _INITIAL.items():
        if name in element:
            key = "rich_text_value" if element["type"] == "rich_text_input" else answer
            value = element[name]
    return {"type": element["type"], key: value}
