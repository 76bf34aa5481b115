"""What people do with the app: commands, buttons, shortcuts, modals, its Home; each returns what came of it."""

from collections.abc import Callable
from typing import Any

from bot.playground import payloads, response_url
from bot.playground.delivery import Answer, Job
from bot.playground.envelopes import VERIFICATION_TOKEN
from bot.playground.filling import answer, fill, find_element
from bot.playground.interactions import Interaction
from bot.playground.models import Channel, Ephemeral, Member, Message, Payload, StandInError
from bot.playground.mrkdwn import resolve_names
from bot.playground.people import Writing
from bot.playground.posting import find
from bot.playground.refusals import Refusal
from bot.playground.submitting import lead_on
from bot.playground.views import View

WAIT_FOR_ANSWER = 5.0
_DELIVERY_SLACK = 10.0


class Interacting(Writing):
    """Acting as a person. ``wait``: how long to wait for an answer after the acknowledgement; 0 for not at all."""

    def command(
        self, user: str, channel: str, command: str, text: str = "", *, wait: float = WAIT_FOR_ANSWER
    ) -> Interaction:
        """Type a slash command; works wherever the person is, the app need not be there."""
        with self._platform.changed:
            known = self._platform.app.commands.get(command)
            if known is None:
                raise StandInError("no such command", command)
            person, found = self._member(user), self._open_channel(channel, user)
            if known.should_escape:
                text = resolve_names(text, self._platform.workspace.resolve_name(person))
            interaction = self._platform.begin_interaction("command", person, found)
            payload = self._command_payload(person, found, interaction) | {"command": command, "text": text}
            job = self._platform.deliver("slash_commands", command, payload)
        said = self._finish(job, interaction)
        if said:
            self._show(interaction, found, said)
        return self._after(interaction, wait)

    def click(
        self,
        user: str,
        where: Ephemeral | Message | View,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        wait: float = WAIT_FOR_ANSWER,
    ) -> Interaction:
        """Press a button, or choose ``value`` in a menu, of a message or view that the person sees."""
        with self._platform.changed:
            person = self._member(user)
            self._check_sight(person, where)
            block, element = find_element(where.blocks or [], action_id, block_id)
            action = self._action(block, element, value)
            if isinstance(where, View) and element["type"] != "button":
                where.values.setdefault(block["block_id"], {})[action_id] = answer(element, value)
            interaction, payload = self._click_payload(person, where, action)
            before = _look(where)
            job = self._platform.deliver("interactive", "block_actions", payload)
        self._finish(job, interaction)
        return self._after(interaction, wait, lambda: _look(where) != before)

    def shortcut(
        self,
        user: str,
        callback_id: str,
        channel: str | None = None,
        ts: str | None = None,
        *,
        wait: float = WAIT_FOR_ANSWER,
    ) -> Interaction:
        """Use a shortcut: on the message at ``ts`` of ``channel``, or a global one."""
        with self._platform.changed:
            kind = self._platform.app.shortcuts.get(callback_id)
            if kind is None or (kind == "message") != (channel is not None and ts is not None):
                raise StandInError("no such shortcut for this", callback_id)
            person = self._member(user)
            found = self._open_channel(channel, user) if channel is not None else None
            interaction = self._platform.begin_interaction("shortcut", person, found, answerable=found is not None)
            name = "message_action" if kind == "message" else "shortcut"
            payload = self._platform.interactive_payload(name, person, interaction)
            payload |= {"callback_id": callback_id, "action_ts": self._now()}
            if found is not None and ts is not None:
                message = find(found, ts)
                payload |= {
                    "channel": self._platform.shown_channel(found),
                    "message_ts": ts,
                    "message": payloads.message(found, message, self.team_id),
                    "response_url": interaction.response_url,
                }
            job = self._platform.deliver("interactive", name, payload)
        self._finish(job, interaction)
        return self._after(interaction, wait)

    def submit(self, user: str, view: View, values: Payload | None = None) -> Interaction:
        """Fill in a modal by block id or action id and submit it; ``errors`` and ``view`` say what came of it."""
        with self._platform.changed:
            person = self._member(user)
            self._check_sight(person, view)
            fill(view, values or {})
            interaction = self._platform.begin_interaction("submission", person, None, answerable=False)
            payload = self._platform.interactive_payload("view_submission", person, interaction)
            payload |= {"view": self._platform.views.payload(view), "response_urls": []}
            job = self._platform.deliver("interactive", "view_submission", payload)
        said = self._finish(job, interaction)
        with self._platform.changed:
            if interaction.outcome == "acked":
                lead_on(self._platform, interaction, view, said)
            stack = self._platform.views.stack(person.id)
            interaction.view = interaction.view or (stack[-1] if stack else None)
            self._platform.changed.notify_all()
        return interaction

    def close(self, view: View, *, everything: bool = False) -> Interaction:
        """Close a modal, or the whole stack; the app hears of it where the view asks for that."""
        with self._platform.changed:
            person = self._member(view.user)
            self._check_sight(person, view)
            interaction = self._platform.begin_interaction("closing", person, None, answerable=False)
            payload = self._platform.interactive_payload("view_closed", person, interaction)
            del payload["trigger_id"]
            payload |= {"view": self._platform.views.payload(view), "is_cleared": everything}
            self._platform.views.close(view, everything=everything or bool(view.content.get("clear_on_close")))
            self._platform.changed.notify_all()
            if not view.content.get("notify_on_close"):
                interaction.outcome = "acked"
                return interaction
            job = self._platform.deliver("interactive", "view_closed", payload)
        self._finish(job, interaction)
        return interaction

    def open_home(self, user: str, tab: str = "home") -> None:
        """Open the app's Home (or ``messages``) tab: ``app_home_opened``."""
        with self._platform.changed:
            person = self._member(user)
            channel = self._platform.workspace.direct_message(person.id)
            event: Payload = {"type": "app_home_opened", "user": person.id, "channel": channel.id, "tab": tab}
            home = self._platform.views.home(person.id)
            if tab == "home" and home is not None:
                event["view"] = self._platform.views.payload(home)
            self._platform.workspace.announce(event, None, author=person)

    def _command_payload(self, person: Member, channel: Channel, interaction: Interaction) -> Payload:
        workspace = self._platform.workspace
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": self._platform.channel_name(channel),
            "user_id": person.id,
            "user_name": person.name,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": interaction.response_url,
            "trigger_id": interaction.trigger_id,
        }

    def _click_payload(
        self, person: Member, where: Ephemeral | Message | View, action: Payload
    ) -> tuple[Interaction, Payload]:
        if isinstance(where, View):
            interaction = self._platform.begin_interaction("click", person, None, answerable=False)
            payload = self._platform.interactive_payload("block_actions", person, interaction)
            return interaction, payload | {
                "container": {"type": "view", "view_id": where.id},
                "view": self._platform.views.payload(where),
                "actions": [action],
            }
        channel = self._channel(where.channel)
        interaction = self._platform.begin_interaction("click", person, channel, where)
        payload = self._platform.interactive_payload("block_actions", person, interaction)
        ephemeral = isinstance(where, Ephemeral)
        container: Payload = {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        if where.thread_ts:
            container["thread_ts"] = where.thread_ts
        payload |= {
            "container": container,
            "channel": self._platform.shown_channel(channel),
            "state": {"values": {}},
            "response_url": interaction.response_url,
            "actions": [action],
        }
        if isinstance(where, Message):
            payload["message"] = payloads.message(channel, where, self.team_id)
        return interaction, payload

    def _action(self, block: Payload, element: Payload, value: Any) -> Payload:
        action = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": self._now()}
        if element["type"] != "button":
            return action | answer(element, value)
        told = {key: element[key] for key in ("type", "text", "value", "style") if key in element}
        return action | told

    def _check_sight(self, person: Member, where: Ephemeral | Message | View) -> None:
        """A person can only press what is before their eyes."""
        if isinstance(where, Message):
            seen = person.id in self._channel(where.channel).members and where.state == "live"
        elif isinstance(where, Ephemeral):
            seen = where.user == person.id and not where.deleted
        else:
            home = self._platform.views.home(person.id)
            seen = where is home or where in self._platform.views.stack(person.id)
        if not seen:
            raise StandInError("this is not before this person's eyes", person.name)

    def _finish(self, job: Job, interaction: Interaction) -> Payload | str | None:
        """Wait for the acknowledgement; what stands in it."""
        answered: Answer = job.done.result(self._answer_limit * 2 + _DELIVERY_SLACK)
        with self._platform.changed:
            if answered.outcome == "acked":
                interaction.outcome = "acked"
            elif answered.outcome == "http_timeout":
                interaction.outcome = "operation_timeout"
            else:
                interaction.outcome = "dispatch_failed"
            self._platform.changed.notify_all()
        return answered.body if interaction.outcome == "acked" else None

    def _show(self, interaction: Interaction, channel: Channel, said: Payload | str) -> None:
        payload = said if isinstance(said, dict) else {"text": said}
        with self._platform.changed:
            try:
                response_url.show(self._platform, interaction, channel, payload)
            except Refusal:
                interaction.outcome = "dispatch_failed"
            self._platform.changed.notify_all()

    def _after(self, interaction: Interaction, wait: float, is_seen: Callable[[], bool] = lambda: False) -> Interaction:
        """Wait until something came of it; a changed message or view is an answer too."""
        with self._platform.changed:
            self._platform.changed.wait_for(lambda: interaction.is_answered or is_seen(), wait)
        return interaction

    def _now(self) -> str:
        return self._platform.workspace.timestamps.next()


def _look(where: Ephemeral | Message | View) -> object:
    """What changes when the app changes what the person looks at."""
    if isinstance(where, View):
        return where.hash
    return (where.replaced, where.deleted) if isinstance(where, Ephemeral) else (where.versions, where.state)
