"""`/fairview rules`: which rules there are, which are muted here, and how one comes to nudge again."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.administration.people import actor_of
from bot.administration.permissions import Action, WorkspaceScope, may, require
from bot.errors import CommandError, PersonError
from bot.listening import Answer, Command, Parts, Reply, reply_to, tenant_of
from bot.nudging.choices import find_choices
from bot.nudging.muting import Muted, lift, list_muted
from bot.nudging.rule_names import rules_named
from bot.nudging.rules_blocks import (
    LIFT,
    SHOWN,
    MutedShown,
    RulesShown,
    figures_in_words,
    named,
    rules_blocks,
    rules_text,
)
from nlp import LABELS, Rule

_ECHOED = 40


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks, from which workspace, by command or by button."""

    parts: Parts
    tenant_id: str
    user_id: str
    client: WebClient
    now: datetime

    @property
    def rules(self) -> Mapping[str, Rule]:
        return self.parts.detector.rules

    def muted(self) -> list[Muted]:
        versions = {rule.id: rule.version for rule in self.rules.values()}
        with self.parts.store.read() as session:
            return list_muted(session, self.tenant_id, versions)

    def may_lift(self) -> bool:
        return may(actor_of(self.client, self.tenant_id, self.user_id), Action.UNMUTE_RULE, WorkspaceScope())

    def require_lift(self) -> None:
        require(actor_of(self.client, self.tenant_id, self.user_id), Action.UNMUTE_RULE, WorkspaceScope())


def answers(parts: Parts) -> dict[str, Answer]:
    """Return `/fairview rules`, by its word."""
    return {"rules": lambda command: _answer(parts, command)}


def register(app: App, parts: Parts) -> None:
    """Listen to the button that lets a muted rule nudge again."""

    def acknowledge(ack: Ack) -> None:
        ack()

    def set_back(body: dict[str, Any], client: WebClient, respond: Respond, context: BoltContext) -> None:
        def answered() -> Reply:
            asker = _Asker(parts, tenant_of(body), str(body["user"]["id"]), client, parts.clock())
            return _click(asker, body)

        reply_to(answered, respond, context, replace_original=True)

    app.action(LIFT)(ack=acknowledge, lazy=[set_back])


def _answer(parts: Parts, command: Command) -> Reply:
    asker = _Asker(parts, command.tenant_id, command.user_id, command.client, command.now)
    words = command.words[1:]
    word = words[0].lower() if words else "list"
    if word == "list":
        return _reply(asker)
    if word == "back":
        asker.require_lift()
        return _set_back(asker, _meant(asker, " ".join(words[1:])))
    raise CommandError(
        f"Fairview does not know “rules {word[:_ECHOED]}”.", "Say `/fairview rules`, or `/fairview rules back RULE`."
    )


def _click(asker: _Asker, body: dict[str, Any]) -> Reply:
    try:
        rule_id = str(json.loads(body["actions"][0]["value"])["rule"])
    except (KeyError, IndexError, TypeError, ValueError):
        raise PersonError("That button is from another version of Fairview.", "Try `/fairview rules`.") from None
    asker.require_lift()
    return _set_back(asker, rule_id)


def _set_back(asker: _Asker, rule_id: str) -> Reply:
    rule = asker.rules.get(rule_id)
    if rule is None:
        return _reply(asker, "That rule is no longer part of Fairview.")
    is_muted = any(muted.rule_id == rule_id for muted in asker.muted())
    if is_muted and lift(asker.parts.store, asker.tenant_id, rule_id, asker.now):
        news = (
            "nudges again in this workspace. Earlier answers count no more; called wrong too often, it is muted again."
        )
    else:
        news = "is not muted in this workspace: there was nothing to set back."
    return _reply(asker, f"{named(rule.title)} {news}")


def _reply(asker: _Asker, news: str = "") -> Reply:
    shown = _shown(asker)
    return Reply(rules_text(shown, news), rules_blocks(shown, news))


def _shown(asker: _Asker) -> RulesShown:
    parts, rules, muted = asker.parts, asker.rules, asker.muted()
    in_force = [rule for rule in rules.values() if rule.acts != "shadow"]
    counts = Counter(rule.label for rule in in_force)
    silenced = find_choices(parts.store, parts.box, asker.tenant_id, asker.user_id, asker.now).silenced
    zone = ZoneInfo(parts.settings.zone)
    return RulesShown(
        counts={label: counts[label] for label in LABELS},
        nudging=sum(rule.acts == "nudge" for rule in in_force),
        muted=[_muted_shown(one, rules[one.rule_id].title, zone) for one in muted],
        silenced=[rules[rule_id].title for rule_id in silenced if rule_id in rules],
        may_lift=bool(muted) and asker.may_lift(),
    )


def _muted_shown(muted: Muted, title: str, zone: ZoneInfo) -> MutedShown:
    votes = muted.votes
    figures = figures_in_words(votes.answers, votes.members, votes.wrong)
    return MutedShown(muted.rule_id, title, muted.muted_at.astimezone(zone).date(), figures)


def _meant(asker: _Asker, said: str) -> str:
    """Return the id of the one muted rule that is meant; raises CommandError, naming those that are muted."""
    muted = [asker.rules[one.rule_id] for one in asker.muted()]
    if not said:
        raise CommandError("Say which rule is to nudge again.", _choices(muted))
    found = rules_named(said, muted)
    if len(found) > 1:
        raise CommandError(f"More than one muted rule goes by “{said[:_ECHOED]}”.", _choices(found))
    if found:
        return found[0].id
    known = rules_named(said, asker.rules.values())
    if len(known) == 1:
        raise CommandError(_is_not_muted(asker, known[0]), _choices(muted))
    raise CommandError(f"No muted rule goes by “{said[:_ECHOED]}”.", _choices(muted))


def _is_not_muted(asker: _Asker, rule: Rule) -> str:
    sentence = f"{named(rule.title)} is not muted in this workspace."
    parts = asker.parts
    if rule.id in find_choices(parts.store, parts.box, asker.tenant_id, asker.user_id, asker.now).silenced:
        return f"{sentence} You asked not to hear about it: `/fairview resume` brings it back."
    return sentence


def _choices(rules: Sequence[Rule]) -> str:
    if not rules:
        return "No rule is muted here now."
    more = f" and {len(rules) - SHOWN} more" if len(rules) > SHOWN else ""
    return f"Muted here: {', '.join(f'{named(rule.title)} (`{rule.id}`)' for rule in rules[:SHOWN])}{more}."
