"""The stand-in as a whole, and what can be seen from outside."""

from collections import Counter

from bot.playground.delivery import Delivery
from bot.playground.faults import Call
from bot.playground.interacting import Interacting
from bot.playground.models import Ephemeral, Message
from bot.playground.views import View


class SlackStandIn(Interacting):
    """Slack on the loopback interface, for one workspace and one app.

    Everything it shows is live: an :class:`Ephemeral` goes on changing as the app replaces it. Look at changing things
    through :meth:`wait_until`.
    """

    def messages(self, channel: str, *, include_deleted: bool = False) -> list[Message]:
        """A channel's messages, oldest first; tombstones are among them."""
        with self._platform.lock:
            found = self._channel(channel)
            if include_deleted:
                return sorted(found.messages.values(), key=lambda message: message.ts)
            return found.live()

    def message(self, channel: str, ts: str) -> Message:
        """One message, deleted or not; raises KeyError."""
        with self._platform.lock:
            return self._channel(channel).messages[ts]

    def ephemerals(
        self, user: str | None = None, channel: str | None = None, *, include_deleted: bool = False
    ) -> list[Ephemeral]:
        """What single members have been shown, oldest first."""
        with self._platform.lock:
            user_id = self._member(user).id if user else None
            channel_id = self._channel(channel).id if channel else None
            return [
                one
                for one in self._platform.ephemerals
                if user_id in (None, one.user)
                and channel_id in (None, one.channel)
                and (include_deleted or not one.deleted)
            ]

    def modal_of(self, user: str) -> View | None:
        """The modal on top of what a member looks at."""
        stack = self.modals_of(user)
        return stack[-1] if stack else None

    def modals_of(self, user: str) -> list[View]:
        """The whole stack of modals before a member, the topmost last."""
        with self._platform.lock:
            return self._platform.views.stack(self._member(user).id)

    def home_of(self, user: str) -> View | None:
        """The Home tab the app has published for a member."""
        with self._platform.lock:
            return self._platform.views.home(self._member(user).id)

    def calls(self, method: str | None = None) -> list[Call]:
        """What the app has called, oldest first; ``response_url`` and ``upload_url`` count as methods."""
        with self._platform.lock:
            return [call for call in self._platform.calls if method in (None, call.method)]

    @property
    def deliveries(self) -> list[Delivery]:
        """Every try to deliver something, oldest first."""
        with self._platform.lock:
            return self._platform.deliveries

    @property
    def counters(self) -> Counter[str]:
        """``events`` (accepted for delivery), ``events_before_the_app`` (nobody to deliver to yet), ``call:METHOD``."""
        with self._platform.lock:
            return Counter(self._platform.counters)

    def file_content(self, file_id: str) -> bytes | None:
        """The bytes of an uploaded file."""
        with self._platform.lock:
            file = self._platform.workspace.files.get(file_id)
            return file.content if file is not None else None
