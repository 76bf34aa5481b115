"""People and channels of the stand-in, and what people write: everything that happens without the app's doing."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from bot.playground import membership, payloads, posting
from bot.playground.lifecycle import Running
from bot.playground.models import Channel, Member, StandInError
from bot.playground.mrkdwn import escape, resolve_names
from bot.playground.web_api.reactions import react

PARTNER_TEAM_ID = "T0PARTNER"
_MEMBER_FIELDS = {one.name for one in fields(Member)}


class Administering(Running):
    """Who is there, and where. Members and channels are named by id or by name."""

    def add_member(self, name: str, *, real_name: str | None = None, team_id: str | None = None, **about: Any) -> str:
        """A new member's id; ``about``: ``tz``, ``is_admin``, ``is_owner``, ``is_restricted``, ``deleted``, …"""
        with self._platform.changed:
            bot = bool(about.get("is_bot"))
            member = self._platform.workspace.add_member(
                name, real_name=real_name or name.title(), team_id=team_id, is_bot=bot
            )
            if bot:
                member.bot_id = self._platform.workspace.new_id("B")
            _describe(member, about)
            return member.id

    def change_member(self, user: str, **about: Any) -> None:
        """Change what is known of a member, with ``user_change``; ``deleted=True`` also takes them out of channels."""
        with self._platform.changed:
            member = self._member(user)
            _describe(member, about)
            if member.deleted:
                for channel in self._platform.workspace.channels.values():
                    if member.id in channel.members:
                        channel.members.remove(member.id)
            shown = payloads.user(member, self.team_id, self._platform.clock())
            self._platform.workspace.announce({"type": "user_change", "user": shown})

    def add_channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: Iterable[str] = (),
        creator: str | None = None,
        is_ext_shared: bool = False,
        with_app: bool = False,
    ) -> str:
        """A new channel's id; its first members, the app too where ``with_app``, are in it without any notice."""
        with self._platform.changed:
            ids = [self._member(one).id for one in members]
            made_by = self._member(creator).id if creator else next(iter(ids), self.bot_user_id)
            everyone = list(dict.fromkeys([*ids, *([self.bot_user_id] if with_app else [])]))
            channel = self._platform.workspace.add_channel(name, "group" if private else "channel", made_by, everyone)
            if is_ext_shared:
                teams = {self._platform.workspace.members[one].team_id for one in everyone} - {self.team_id}
                channel.connected_teams = sorted(teams) or [PARTNER_TEAM_ID]
            return channel.id

    def direct_channel(self, user: str) -> str:
        """The id of the direct messages between a member and the app."""
        with self._platform.changed:
            return self._platform.workspace.direct_message(self._member(user).id).id

    def invite(self, channel: str, user: str, by: str | None = None) -> None:
        """Bring a member into a channel; ``by`` is who invites."""
        with self._platform.changed:
            inviter = self._member(by) if by else None
            membership.join(self._platform.workspace, self._channel(channel), self._member(user), inviter)

    def invite_app(self, channel: str, by: str | None = None) -> None:
        """Bring the app into a channel; it hears of it."""
        found = self._channel(channel)
        people = [one for one in found.members if one != self.bot_user_id]
        self.invite(channel, self.bot_user_id, by or next(iter(people), None))

    def remove(self, channel: str, user: str | None = None, by: str | None = None) -> None:
        """Take a member out of a channel; without ``user``, the app."""
        with self._platform.changed:
            member = self._member(user or self.bot_user_id)
            membership.leave(self._platform.workspace, self._channel(channel), member, self._member(by) if by else None)

    def rename(self, channel: str, name: str, by: str | None = None) -> None:
        """Give a channel another name."""
        with self._platform.changed:
            membership.rename(self._platform.workspace, self._channel(channel), name, self._actor(channel, by))

    def set_topic(self, channel: str, topic: str, by: str | None = None) -> None:
        """Set a channel's topic."""
        with self._platform.changed:
            membership.set_topic(self._platform.workspace, self._channel(channel), topic, self._actor(channel, by))

    def archive(self, channel: str, by: str | None = None) -> None:
        """Archive a channel."""
        with self._platform.changed:
            membership.archive(self._platform.workspace, self._channel(channel), self._actor(channel, by))

    def unarchive(self, channel: str, by: str | None = None) -> None:
        """Take a channel out of the archive."""
        with self._platform.changed:
            membership.unarchive(self._platform.workspace, self._channel(channel), self._actor(channel, by))

    def share(self, channel: str, team_id: str = PARTNER_TEAM_ID) -> None:
        """Share a channel with another organisation."""
        with self._platform.changed:
            membership.share(self._platform.workspace, self._channel(channel), team_id)

    def unshare(self, channel: str, team_id: str = PARTNER_TEAM_ID) -> None:
        """End the sharing."""
        with self._platform.changed:
            membership.unshare(self._platform.workspace, self._channel(channel), team_id)

    def revoke_token(self) -> None:
        """Make the bot token invalid and tell the app so (``tokens_revoked``)."""
        with self._platform.changed:
            self._platform.token_error = "token_revoked"  # noqa: S105 - Slack's error code
            tokens = {"oauth": [], "bot": [self.bot_user_id]}
            self._platform.workspace.announce({"type": "tokens_revoked", "tokens": tokens})

    def uninstall(self) -> None:
        """Remove the app from the workspace: ``tokens_revoked``, ``app_uninstalled``, and no call works any more."""
        self.revoke_token()
        with self._platform.changed:
            self._platform.token_error = "account_inactive"  # noqa: S105 - Slack's error code
            self._platform.workspace.announce({"type": "app_uninstalled"})

    def allow_charts(self, allowed: bool) -> None:
        """Whether this workspace knows ``data_visualization`` blocks; where not it answers ``invalid_blocks``."""
        self._platform.charts = allowed

    def keep_history_sparing(self) -> None:
        """Serve history as to apps outside the Marketplace: one request a minute, 15 messages each."""
        self._platform.sparing_history = True

    def _actor(self, channel: str, by: str | None) -> Member:
        found: Channel = self._channel(channel)
        return self._member(by or found.creator)


def _describe(member: Member, about: dict[str, Any]) -> None:
    unknown = set(about) - _MEMBER_FIELDS
    if unknown:
        raise StandInError("members have no such property", sorted(unknown))
    for name, value in about.items():
        setattr(member, name, value)


class Writing(Administering):
    """What people write. Texts are mrkdwn as the API has it, unless ``typed``."""

    def post(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        subtype: str | None = None,
        ts: str | None = None,
        typed: bool = False,
    ) -> str:
        """Write as ``user``; answers the message's ts. ``typed``: escape the text and resolve names, as a client does.

        Subtypes a person can cause: ``me_message``, ``thread_broadcast``, ``file_share`` (a file is added).
        """
        with self._platform.changed:
            author, found = self._member(user), self._open_channel(channel, user)
            files = []
            if subtype == "file_share":
                files = [self._platform.workspace.new_id("F")]
            if typed:
                text = resolve_names(escape(text), self._platform.workspace.resolve_name(author))
            draft = posting.Draft(text, thread_ts=thread_ts, subtype=subtype, ts=ts, files=files)
            return posting.post(self._platform.workspace, found, author, draft).ts

    def post_as_bot(
        self,
        channel: str,
        text: str,
        *,
        name: str = "Deploy Bot",
        classic: bool = False,
        thread_ts: str | None = None,
        ts: str | None = None,
    ) -> str:
        """Write as another app: with ``bot_id`` and ``bot_profile``, or ``classic`` with subtype ``bot_message``."""
        with self._platform.changed:
            handle = name.lower().replace(" ", "-")
            known = next((one for one in self._platform.workspace.members.values() if one.name == handle), None)
            bot = known or self._member(self.add_member(handle, real_name=name, is_bot=True, app_id="A0ANOTHER"))
            subtype, extra = ("bot_message", {"username": name}) if classic else (None, {})
            draft = posting.Draft(text, thread_ts=thread_ts, subtype=subtype, extra=extra, ts=ts)
            return posting.post(self._platform.workspace, self._channel(channel), bot, draft).ts

    def edit(self, channel: str, ts: str, text: str) -> None:
        """Edit a person's message, as its author."""
        with self._platform.changed:
            found = self._channel(channel)
            message = posting.find(found, ts)
            if message.user is None or message.bot_id:
                raise StandInError("only people edit their messages here", ts)
            posting.edit(self._platform.workspace, found, message, self._member(message.user), {"text": text})

    def delete(self, channel: str, ts: str) -> None:
        """Delete a message; the parent of a thread leaves a tombstone while it has replies."""
        with self._platform.changed:
            found = self._channel(channel)
            posting.delete(self._platform.workspace, found, posting.find(found, ts))

    def unfurl(self, channel: str, ts: str, url: str = "https://example.com/page") -> None:
        """Let Slack add a preview to a message: ``message_changed`` with the same text."""
        with self._platform.changed:
            found = self._channel(channel)
            posting.unfurl(self._platform.workspace, found, posting.find(found, ts), url)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put an emoji under a message."""
        with self._platform.changed:
            found = self._channel(channel)
            react(self._platform.workspace, found, posting.find(found, ts), self._member(user), name)

    def _open_channel(self, channel: str, user: str) -> Channel:
        found, member = self._channel(channel), self._member(user)
        if member.id not in found.members:
            raise StandInError("this member is not in the channel", user, channel)
        if found.is_archived:
            raise StandInError("the channel is archived", channel)
        return found
