"""The words of `/fairview digest`: set, show, list and stop digests, each answered to who typed them."""

from bot.digests import request
from bot.digests.access import learn_public
from bot.digests.asking import (
    Asker,
    find_place,
    may_stop,
    require_sight,
    require_stopping,
    set_digest,
)
from bot.digests.listing import list_digests, list_visible
from bot.digests.rendering import Press, render_preview
from bot.digests.replies import confirmation, stopped
from bot.digests.request import Where, read_request
from bot.digests.schedule import schedule_for
from bot.digests.setting import open_window
from bot.digests.subscriptions import Place
from bot.digests.window import explanation_blocks, explanation_text
from bot.errors import CommandError
from bot.listening import Answer, Command, Parts, Reply


def answer_digest(parts: Parts) -> Answer:
    """Return the answer to `/fairview digest …`."""

    def answer(command: Command) -> Reply:
        asked = read_request(command.words[1:])
        asker = Asker(parts, command.tenant_id, command.user_id, command.client, command.now, command.channel_id)
        match asked:
            case request.ExplainDigests():
                return Reply(explanation_text(), explanation_blocks())
            case request.OpenDigests():
                return open_window(asker, command.trigger_id)
            case request.ListDigests():
                return list_digests(asker)
            case request.PreviewDigest():
                return _preview(asker, asked.where, asked.weeks)
            case request.StopDigest():
                return _stop(asker, asked)
            case request.SetDigest():
                return _set(asker, asked)

    return answer


def _set(asker: Asker, asked: request.SetDigest) -> Reply:
    place = find_place(asker, asked.where)
    schedule = schedule_for(asked.cadence, asked.weekday, asked.local_time, asked.zone or asker.zone)
    return confirmation(asker, place, set_digest(asker, place, schedule))


def _preview(asker: Asker, where: Where, weeks: int) -> Reply:
    place = find_place(asker, where)
    require_sight(asker, place.scope)
    parts = asker.parts
    if place.scope.kind == "workspace":
        learn_public(parts.store, asker.client, asker.tenant_id)
    return render_preview(Press(parts.store, parts.settings, parts.detector.rules), place, weeks, asker.now)


def _stop(asker: Asker, asked: request.StopDigest) -> Reply:
    if asked.number is not None:
        visible = list_visible(asker)
        if not 1 <= asked.number <= len(visible):
            raise CommandError(f"There is no digest number {asked.number}.", "See `/fairview digest list`.")
        listed = visible[asked.number - 1]
        require_stopping(asker, listed.place, listed.owner_id)
        return stopped(asker, listed.place)
    place = find_place(asker, asked.where)
    if asked.where.destination is None:
        place = _only_one_about(asker, place) or place
    require_stopping(asker, place)
    return stopped(asker, place)


def _only_one_about(asker: Asker, place: Place) -> Place | None:
    """Return where the digest of a scope goes, if there is one that whoever asks can see and stop, and no other."""
    about = [one for one in list_visible(asker) if one.place.scope == place.scope]
    if any(one.place == place for one in about):
        return place
    mine = [one for one in about if may_stop(asker, one.place, one.owner_id)]
    return mine[0].place if len(mine) == 1 else None
