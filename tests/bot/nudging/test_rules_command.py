"""`/fairview rules`: what everybody is told, who may set a muted rule back, and by which words and buttons."""

import copy
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verdicts import USED, answered, muted, rows
from workplace import Workplace

from bot.nudging import choices
from bot.nudging.rule_names import rules_named
from bot.nudging.rules_blocks import LIFT, MutedShown, RulesShown, figures_in_words, rules_blocks, rules_text
from bot.playground import Ephemeral, Interaction
from bot.playground.blockkit import message_problems
from bot.store.tables import MutedRule
from nlp import Detector, Rule

NAMED, PUT_OFF = "us_them.business_as_other.named", "process_barrier.change_board.put_off"
REFUSED = "Only workspace owners and administrators may let a muted rule nudge again."
MUTED_HERE = "Muted here: "


def rule(work: Workplace, rule_id: str = NAMED) -> Rule:
    return work.parts.detector.rules[rule_id]


def mute(work: Workplace, *rule_ids: str, **changes: Any) -> None:
    for rule_id in rule_ids:
        given: dict[str, Any] = {"version": rule(work, rule_id).version, "tenant": work.tenant, **changes}
        muted(work.store, rule_id, **given)


def is_muted(work: Workplace, rule_id: str = NAMED) -> bool:
    return rows(work.store)[work.tenant, rule_id].muted_at is not None


def listed(work: Workplace, who: str) -> tuple[Interaction, Ephemeral]:
    asked = work.command(who, "infra", "rules")
    assert isinstance(asked.answers[-1], Ephemeral)
    return asked, asked.answers[-1]


def buttons(message: Ephemeral) -> list[dict[str, Any]]:
    return [block["accessory"] for block in message.blocks or [] if "accessory" in block]


def click_again(work: Workplace, **action: Any) -> str:
    """Send the latest click once more, with something changed; what its message says then."""
    payload = copy.deepcopy([one.payload for one in work.slack.deliveries if one.name == "block_actions"][-1])
    payload["actions"][0].update(action)
    assert work.dispatch(payload, as_form=True) == 200
    return work.slack.ephemerals("cara")[-1].text


def test_everybody_is_told_how_many_rules_there_are_and_where_they_are_published(work: Workplace) -> None:
    told = work.ask("ann", "infra", "rules")
    in_force = [one for one in work.parts.detector.rules.values() if one.acts != "shadow"]
    assert f"Fairview goes by {len(in_force)} rules: " in told
    for label, about in (("us_them", "us and them"), ("process_barrier", "process as a barrier")):
        assert f"{sum(one.label == label for one in in_force)} about {about}" in told
    assert f"{sum(one.acts == 'nudge' for one in in_force)} may nudge" in told
    assert "*Why this?*" in told
    assert "`fairview rules list`" in told
    assert "No rule is muted in this workspace." in told
    assert "rules back" not in told


def test_a_member_sees_which_rules_are_muted_and_no_button(work_on_each: Workplace) -> None:
    work = work_on_each
    mute(work, NAMED)
    for author in (*"abcdefg", *"abcde"):
        answered(work.store, author, tenant=work.tenant, version=rule(work).version)
    for author in "hi":
        answered(work.store, author, USED, tenant=work.tenant, version=rule(work).version)
    told, shown = listed(work, "ann")
    line = f"*{rule(work).title}* (`{NAMED}`), since 20 November 2026: called wrong by 7 of 9 members in 14 answers."
    assert line in told.text
    assert any(line in block["text"]["text"] for block in shown.blocks or [])
    assert buttons(shown) == []
    assert "Workspace owners and administrators can let one nudge again" in told.text


@pytest.mark.parametrize("who", ["cara", "otto"])
def test_an_administrator_sets_a_rule_back_by_its_button(work: Workplace, who: str) -> None:
    mute(work, NAMED, PUT_OFF)
    _, shown = listed(work, who)
    assert [one["text"]["text"] for one in buttons(shown)] == ["Nudge again"] * 2
    assert {one["accessibility_label"] for one in buttons(shown)} == {
        f"Nudge again: {rule(work, rule_id).title}" for rule_id in (NAMED, PUT_OFF)
    }
    block = next(block for block in shown.blocks or [] if NAMED in block["text"]["text"])
    clicked = work.slack.click(who, shown, LIFT, block_id=block["block_id"])
    assert clicked.replaced_original
    assert shown.text.startswith(f"*{rule(work).title}* nudges again in this workspace.")
    assert f"`{NAMED}`" not in shown.text
    assert [one["value"] for one in buttons(shown)] == [f'{{"rule": "{PUT_OFF}"}}']
    assert (is_muted(work, NAMED), is_muted(work, PUT_OFF)) == (False, True)
    assert rows(work.store)[work.tenant, NAMED].lifted_at == work.clock()


def test_a_second_click_is_answered_kindly(work: Workplace) -> None:
    mute(work, NAMED)
    _, shown = listed(work, "cara")
    work.slack.click("cara", shown, LIFT)
    lifted_at = rows(work.store)[work.tenant, NAMED].lifted_at
    work.clock.move(minutes=1)
    assert click_again(work).startswith(f"*{rule(work).title}* is not muted in this workspace: there was nothing")
    assert rows(work.store)[work.tenant, NAMED].lifted_at == lifted_at


def test_a_click_by_an_administrator_of_yesterday_is_refused(work: Workplace) -> None:
    mute(work, NAMED)
    _, shown = listed(work, "cara")
    work.slack.change_member("cara", is_admin=False)
    work.settle()
    work.slack.click("cara", shown, LIFT)
    assert shown.text.startswith(REFUSED)
    assert is_muted(work)


@pytest.mark.parametrize("value", ["", "{", "[]", '"x"', "null", '{"id": "1"}', "7"])
def test_a_button_of_another_version_is_answered_kindly(work: Workplace, value: str) -> None:
    mute(work, NAMED, PUT_OFF)
    _, shown = listed(work, "cara")
    work.slack.click("cara", shown, LIFT)
    assert click_again(work, value=value) == "That button is from another version of Fairview. Try `/fairview rules`."
    assert sum(row.muted_at is None for row in rows(work.store).values()) == 1


def test_a_button_for_a_rule_that_is_gone_is_answered_kindly(work: Workplace) -> None:
    mute(work, NAMED)
    _, shown = listed(work, "cara")
    work.slack.click("cara", shown, LIFT)
    assert click_again(work, value='{"rule": "us_them.of.old"}').startswith("That rule is no longer part of Fairview.")


@pytest.mark.parametrize("words", [NAMED, NAMED.upper(), "business_as_other", "“{title}”", "{title}", "'as other'"])
def test_words_do_as_well_as_the_button(work: Workplace, words: str) -> None:
    mute(work, NAMED, PUT_OFF)
    told = work.ask("otto", "lounge", f"rules back {words.format(title=rule(work).title)}")
    assert told.startswith(f"*{rule(work).title}* nudges again in this workspace.")
    assert (is_muted(work, NAMED), is_muted(work, PUT_OFF)) == (False, True)


def test_words_that_fit_no_muted_rule_or_several_are_answered_with_those_that_are(work: Workplace) -> None:
    mute(work, NAMED, PUT_OFF)
    both = [f"*{rule(work, rule_id).title}* (`{rule_id}`)" for rule_id in (NAMED, PUT_OFF)]
    for words, opening in (
        ("teapot", "No muted rule goes by “teapot”."),
        ("", "Say which rule is to nudge again."),
        ("e", "More than one muted rule goes by “e”."),
        ("&?!", "No muted rule goes by"),
        (
            "us_them.outsiders.manner",
            f"*{rule(work, 'us_them.outsiders.manner').title}* is not muted in this workspace.",
        ),
    ):
        told = work.ask("cara", "infra", f"rules back {words}")
        assert told.startswith(opening)
        assert MUTED_HERE in told
        assert all(one in told for one in both)
    assert is_muted(work, NAMED)
    assert is_muted(work, PUT_OFF)


def test_where_none_is_muted_that_is_the_answer(work: Workplace) -> None:
    told = work.ask("cara", "infra", "rules back teapot")
    assert told == "No muted rule goes by “teapot”. No rule is muted here now."


def test_whoever_silenced_the_rule_for_themself_is_told_how_to_bring_it_back(work: Workplace) -> None:
    choices.silence(work.store, work.parts.box, work.tenant, work.slack.user_id("cara"), NAMED, work.clock())
    told = work.ask("cara", "infra", f"rules back {NAMED}")
    assert "You asked not to hear about it: `/fairview resume` brings it back." in told


@pytest.mark.parametrize("who", ["ann", "ben", "gus"])
@pytest.mark.parametrize("words", [NAMED, "teapot", ""])
def test_nobody_else_may_and_is_told_who_may(work: Workplace, who: str, words: str) -> None:
    mute(work, NAMED)
    assert work.ask(who, "infra", f"rules back {words}").startswith(REFUSED)
    assert is_muted(work)


def test_a_word_it_does_not_know_is_answered_with_those_it_does(work: Workplace) -> None:
    told = work.ask("ann", "infra", "rules teapot")
    assert told == "Fairview does not know “rules teapot”. Say `/fairview rules`, or `/fairview rules back RULE`."
    assert work.ask("ann", "infra", "rules list") == work.ask("ann", "infra", "rules")


def test_what_a_member_silenced_is_told_to_that_member_alone(work: Workplace) -> None:
    for rule_id in (NAMED, PUT_OFF, "us_them.of.old"):
        choices.silence(work.store, work.parts.box, work.tenant, work.slack.user_id("ann"), rule_id, work.clock())
    titles = f"*{rule(work, PUT_OFF).title}*, *{rule(work, NAMED).title}*"
    told = work.ask("ann", "infra", "rules")
    assert f"You asked not to hear about {titles}. `/fairview resume` brings them back." in told
    assert "You asked" not in work.ask("cara", "infra", "rules")
    work.ask("ann", "infra", "resume")
    assert "You asked" not in work.ask("ann", "infra", "rules")


def test_rules_of_another_version_or_workspace_or_set_back_are_not_shown(work: Workplace) -> None:
    mute(work, NAMED, version="of_old")
    mute(work, PUT_OFF, tenant="T0PARTNER")
    with work.store.begin() as session:
        session.add(
            MutedRule(
                tenant_id=work.tenant,
                rule_id="us_them.outsiders.manner",
                rule_version=rule(work, "us_them.outsiders.manner").version,
            )
        )
    assert "No rule is muted in this workspace." in work.ask("cara", "infra", "rules")


def test_of_many_twenty_are_shown_and_the_others_counted(work: Workplace) -> None:
    nudging = [one.id for one in work.parts.detector.rules.values() if one.acts == "nudge"][:25]
    for number, rule_id in enumerate(nudging):
        mute(work, rule_id, at=work.clock() + timedelta(minutes=number))
        choices.silence(work.store, work.parts.box, work.tenant, work.slack.user_id("cara"), rule_id, work.clock())
    told, shown = listed(work, "cara")
    assert len(buttons(shown)) == 20
    assert [one["value"] for one in buttons(shown)] == [f'{{"rule": "{rule_id}"}}' for rule_id in nudging[:20]]
    assert len(shown.blocks or []) <= 50
    assert "And 5 more." in told.text
    assert "and 15 more. `/fairview resume` brings them back." in told.text


def test_a_guest_may_ask_as_well_where_nothing_is_known_of_the_workspace_yet(work: Workplace) -> None:
    assert "Fairview goes by" in work.ask("gus", "infra", "rules")


@given(st.text(max_size=60))
def test_whatever_is_typed_names_some_of_the_rules_and_nothing_names_none(detector: Detector, said: str) -> None:
    rules = list(detector.rules.values())
    found = rules_named(said, rules)
    assert all(one in rules for one in found)
    if not any(character.isalnum() for character in unescape(said)):
        assert found == [] or "&" in said


def test_figures_are_told_in_words() -> None:
    assert figures_in_words(14, 9, 7) == "called wrong by 7 of 9 members in 14 answers"
    assert figures_in_words(1, 1, 1) == "called wrong by 1 of 1 member in 1 answer"
    assert "no longer kept" in figures_in_words(0, 0, 0)


def test_slack_takes_the_longest_there_can_be_and_titles_are_no_markup() -> None:
    title = ("<!channel> & <@U0ANN> " * 6)[:120]
    shown = MutedShown(
        "us_them.outsiders." + "x" * 82, title, date(2026, 11, 23), figures_in_words(14_000, 9_000, 7_000)
    )
    rules = RulesShown({"us_them": 18, "process_barrier": 0}, 35, [shown] * 40, [title] * 40, may_lift=True)
    blocks = rules_blocks(rules, "“x” nudges again.")
    assert message_problems(blocks, charts=True, file_exists=lambda _: False) == []
    assert len(blocks) == 25
    assert "<!channel>" not in rules_text(rules)
    assert all("<!channel>" not in block["text"]["text"] for block in blocks)
    assert "process as a barrier" not in rules_text(rules), "a kind of which there is no rule is not told"
