"""Messages, from Slack's event to the count, through the whole app."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from payloads import envelope, message
from prometheus_client import REGISTRY, generate_latest
from slack_sdk import WebClient
from workplace import ALSO_FLAGGED, FLAGGED, HARMLESS, MONDAY, Workplace, workplace

from bot.playground import SlackStandIn
from bot.store.tables import Channel, Message, MessageFinding, Nudge, Tenant
from bot.watching import service
from nlp import Detector

US_THEM, BARRIER = ["us_them"], ["process_barrier"]


def kept_of(work: Workplace) -> dict[str, str]:
    """Every row about messages, to be compared with a later look."""
    rows = [*work.rows(Message), *work.rows(MessageFinding)]
    return {str(row): row.model_dump_json() for row in rows}


def test_a_message_is_counted_and_its_author_nudged(work_either_way: Workplace) -> None:
    work = work_either_way
    flagged = work.say("ann", "infra", FLAGGED)
    harmless = work.say("ben", "infra", HARMLESS)
    assert work.counted() == {flagged: US_THEM, harmless: []}
    assert [one.user for one in work.slack.ephemerals()] == [work.slack.user_id("ann")]
    assert work.nudge_states() == ["sent"]


def test_counting_and_nudging_on_postgresql(work_on_postgresql: Workplace) -> None:
    work = work_on_postgresql
    work.slack.faults.duplicate_events(lambda _: 2)
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.edit("infra", ts, ALSO_FLAGGED)
    gone = work.say("cara", "infra", FLAGGED)
    work.slack.delete("infra", gone)
    work.settle()
    assert work.counted() == {ts: BARRIER}
    assert len(work.slack.ephemerals("ann")) == len(work.slack.ephemerals("cara")) == 1
    assert work.nudge_states() == ["sent", "sent"]


def test_what_is_kept_holds_neither_words_nor_the_author(work: Workplace) -> None:
    work.say("ann", "infra", FLAGGED)
    kept = "".join(kept_of(work).values())
    assert "business" not in kept.replace("business_as_other", "")
    assert work.slack.user_id("ann") not in kept


def test_an_edit_replaces_what_the_first_version_counted(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.edit("infra", ts, ALSO_FLAGGED)
    work.settle()
    assert work.counted() == {ts: BARRIER}
    work.slack.edit("infra", ts, HARMLESS)
    work.settle()
    assert work.counted() == {ts: []}
    assert len(work.slack.ephemerals("ann")) == 1, "a message has one nudge, however often it is edited"


def test_an_edit_may_cause_the_one_nudge(work: Workplace) -> None:
    ts = work.say("ann", "infra", HARMLESS)
    for text in (FLAGGED, ALSO_FLAGGED):
        work.slack.edit("infra", ts, text)
        work.settle()
    assert len(work.slack.ephemerals("ann")) == 1
    assert work.counted() == {ts: BARRIER}


def test_a_deletion_takes_the_message_out_of_the_count(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    work.slack.delete("infra", ts)
    work.settle()
    assert work.counted() == {}
    (row,) = work.rows(Message)
    assert (row.ts, row.is_deleted, row.author, row.has_prose) == (ts, True, None, False)


def test_the_parent_of_a_thread_that_becomes_a_tombstone_is_deleted_too(work: Workplace) -> None:
    parent = work.say("ann", "infra", FLAGGED)
    reply = work.say("ben", "infra", HARMLESS, thread_ts=parent)
    work.slack.delete("infra", parent)
    work.settle()
    assert work.slack.message("infra", parent).state == "tombstone"
    assert work.counted() == {reply: []}


def test_an_unfurl_changes_nothing(work: Workplace) -> None:
    ts = work.say("ann", "infra", f"{FLAGGED} <https://example.com/page>")
    work.slack.edit("infra", ts, f"{ALSO_FLAGGED} <https://example.com/page>")
    work.settle()
    before = kept_of(work)
    work.clock.move(seconds=5)
    work.slack.unfurl("infra", ts)
    work.settle()
    assert kept_of(work) == before
    assert len(work.slack.ephemerals("ann")) == 1


def test_bots_notices_and_fairviews_own_posts_are_not_counted(work: Workplace) -> None:
    slack = work.slack
    slack.post_as_bot("infra", FLAGGED)
    slack.post_as_bot("infra", FLAGGED, classic=True)
    slack.set_topic("infra", FLAGGED, by="ann")
    slack.add_member("newcomer")
    slack.invite("infra", "newcomer", by="ann")
    slack.rename("infra", "infrastructure", by="ben")
    own = WebClient(token=slack.bot_token, base_url=slack.api_url)
    own.chat_postMessage(channel=slack.channel_id("infrastructure"), text=FLAGGED)
    work.settle()
    assert work.rows(Message) == []
    assert slack.ephemerals() == []
    assert {one.outcome for one in slack.deliveries} == {"acked"}


def test_people_of_another_organisation_are_not_counted(work: Workplace) -> None:
    work.say("olga", "partners", FLAGGED)
    ours = work.say("ann", "partners", FLAGGED)
    assert work.counted("partners") == {ours: US_THEM}
    assert work.slack.ephemerals() == [], "nobody is nudged in a channel shared with another organisation"
    channel = work.channel("partners")
    assert channel is not None
    assert channel.is_ext_shared


def test_a_foreigners_message_stays_out_when_it_is_edited_or_deleted(work: Workplace) -> None:
    ts = work.say("olga", "partners", HARMLESS)
    work.slack.edit("partners", ts, FLAGGED)
    work.slack.delete("partners", work.say("olga", "partners", FLAGGED))
    work.settle()
    assert work.counted() == {}


def test_direct_messages_are_not_even_asked_for(work: Workplace) -> None:
    work.slack.post("ann", work.slack.direct_channel("ann"), FLAGGED)
    work.settle()
    assert work.slack.deliveries == []


@pytest.mark.parametrize("kind", ["im", "mpim", "app_home"])
def test_direct_messages_that_arrive_all_the_same_are_passed_over(work: Workplace, kind: str) -> None:
    event = message(FLAGGED, channel="D0ANN", channel_type=kind)
    assert work.dispatch(envelope(event, team_id=work.tenant)) == 200
    assert work.rows(Message) == work.rows(Channel) == []


def test_counted_subtypes(work: Workplace) -> None:
    parent = work.say("ann", "infra", HARMLESS)
    told = work.say("ann", "infra", FLAGGED, subtype="me_message")
    shown = work.say("ben", "infra", FLAGGED, thread_ts=parent, subtype="thread_broadcast")
    captioned = work.say("cara", "infra", FLAGGED, subtype="file_share")
    work.say("otto", "infra", "", subtype="file_share")
    assert work.counted() == {parent: [], told: US_THEM, shown: US_THEM, captioned: US_THEM}


def test_a_caption_that_is_edited_away_leaves_no_finding(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED, subtype="file_share")
    work.slack.edit("infra", ts, "")
    work.settle()
    assert work.counted() == {ts: []}


def test_delivered_again_and_again_it_counts_once(work_either_way: Workplace) -> None:
    work = work_either_way
    work.slack.faults.duplicate_events(lambda _: 2)
    lost: set[str] = set()

    def lose_first(event: dict[str, str]) -> bool:
        is_first = event["event_id"] not in lost
        lost.add(event["event_id"])
        return is_first

    work.slack.faults.lose_acks(lose_first)
    ts = work.say("ann", "infra", FLAGGED)
    assert len(work.attempts()) >= 3
    assert work.counted() == {ts: US_THEM}
    assert len(work.slack.ephemerals("ann")) == 1
    assert len(work.slack.calls("chat.postEphemeral")) == 1


@pytest.mark.parametrize("seed", range(3))
def test_out_of_order_the_newest_version_wins(work: Workplace, seed: int) -> None:
    slack = work.slack
    first = work.say("ann", "infra", HARMLESS)
    slack.faults.reorder_events(window=6, seed=seed)
    edited = slack.post("ann", "infra", HARMLESS)
    gone = slack.post("ben", "infra", FLAGGED)
    for text in (FLAGGED, HARMLESS, ALSO_FLAGGED):
        slack.edit("infra", edited, text)
    slack.delete("infra", gone)
    work.settle()
    assert work.counted() == {first: [], edited: BARRIER}
    assert len(slack.ephemerals("ann")) == 1


def test_what_fails_is_not_acknowledged_and_counts_when_sent_again(
    work_either_way: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    work = work_either_way
    genuine = service.record
    posts_at_failure: list[int] = []

    def fail_once(*args: object) -> object:
        if not posts_at_failure:
            posts_at_failure.append(len(work.slack.calls("chat.postEphemeral")))
            raise RuntimeError("Friday's price file")
        return genuine(*args)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(service, "record", fail_once)
    ts = work.say("ann", "infra", FLAGGED)
    failed, taken = work.attempts()
    assert failed in {"http_error", "http_timeout"}
    assert taken == "acked"
    assert posts_at_failure == [0], "nothing is sent for what is not committed"
    assert work.counted() == {ts: US_THEM}
    assert len(work.slack.ephemerals("ann")) == 1
    assert "request failed: RuntimeError at test_watching_listeners.py" in caplog.text
    assert "price file" not in caplog.text


def test_slack_gives_up_on_what_always_fails_and_the_app_goes_on(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(service, "record", fail)
        work.say("ann", "infra", FLAGGED)
    assert work.attempts() == ["http_error"] * 4
    assert {one.status for one in work.slack.deliveries} == {500}
    ts = work.say("ann", "infra", FLAGGED)
    assert work.counted() == {ts: US_THEM}


def test_a_payload_not_shaped_as_slacks_is_refused_and_harms_nothing(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    assert work.dispatch(envelope(message(FLAGGED, ts="soon"))) == 500
    assert "ValueError" in caplog.text
    assert "business" not in caplog.text
    assert work.rows(Message) == []


def test_a_channel_nobody_told_of_is_learnt_from_its_first_message(work: Workplace) -> None:
    work.say("ann", "erp", HARMLESS)
    channel = work.channel("erp")
    assert channel is not None
    assert (channel.name, channel.is_private, channel.is_member, channel.is_watched) == ("erp", True, True, True)
    assert channel.watched_since == MONDAY
    work.say("ann", "erp", HARMLESS)
    assert len(work.slack.calls("conversations.info")) == 1


def test_a_channel_whose_name_slack_did_not_tell_is_asked_for_again(work: Workplace) -> None:
    work.slack.faults.add("error", "conversations.info", error="internal_error")
    first = work.say("ann", "infra", HARMLESS)
    channel = work.channel("infra")
    assert channel is not None
    assert channel.name == ""
    second = work.say("ann", "infra", HARMLESS)
    channel = work.channel("infra")
    assert channel is not None
    assert channel.name == "infra"
    assert set(work.counted()) == {first, second}


def test_a_message_older_than_five_minutes_is_counted_and_not_nudged(work: Workplace) -> None:
    old = MONDAY - timedelta(minutes=5, seconds=1)
    ts = work.say("ann", "infra", FLAGGED, ts=f"{old.timestamp():.6f}")
    assert work.counted() == {ts: US_THEM}
    assert work.slack.ephemerals() == []


def test_a_change_of_a_message_from_before_fairview_came_is_not_counted(work: Workplace) -> None:
    before = work.slack.post("ann", "lounge", HARMLESS)
    work.clock.move(minutes=1)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    work.clock.move(minutes=1)
    work.slack.edit("lounge", before, FLAGGED)
    work.settle()
    assert work.counted() == {}
    assert work.slack.ephemerals() == []


def test_a_message_after_an_unnoticed_return_makes_fairview_a_member_again(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    work.clock.move(minutes=1)
    work.slack.remove("infra")
    work.settle()
    left_at = work.clock()
    work.clock.move(hours=1)
    unheard(work.slack, "infra")
    work.clock.move(minutes=1)
    work.say("ann", "infra", HARMLESS)
    channel = work.channel("infra")
    assert channel is not None
    assert channel.is_member
    ((start, end),) = work.gaps("infra")
    assert end is not None
    assert start - left_at < timedelta(seconds=1)
    assert end - work.clock() < timedelta(seconds=1)


def test_the_tenant_is_made_once_and_has_a_sealed_key(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    work.say("ben", "infra", HARMLESS)
    (tenant,) = work.rows(Tenant)
    assert tenant.tenant_id == work.tenant
    assert len(work.parts.box.open(tenant.author_key)) == 32
    authors = {row.author for row in work.rows(Message)}
    assert len(authors) == 2


def test_an_org_wide_installation_is_one_tenant_whatever_workspace_a_message_comes_from(work: Workplace) -> None:
    authorization = {"enterprise_id": "E1", "team_id": "T0FIRST", "is_enterprise_install": True, "is_bot": True}
    for number, team in enumerate(("T0FIRST", "T0SECOND")):
        event = message(HARMLESS, ts=f"1795428000.00010{number}", team=team)
        assert work.dispatch(envelope(event, team_id=team, authorizations=[authorization])) == 200
    assert [tenant.tenant_id for tenant in work.rows(Tenant)] == ["E1"]
    assert len(work.rows(Message, tenant_id="E1")) == 2


def test_two_tenants_with_the_same_channel_id_and_ts_are_kept_apart(work: Workplace) -> None:
    for tenant in ("T1", "T2"):
        authorization = {"enterprise_id": None, "team_id": tenant, "is_enterprise_install": False}
        body = envelope(message(HARMLESS, team=tenant), team_id=tenant, authorizations=[authorization])
        assert work.dispatch(body) == 200
    first, second = work.rows(Message)
    assert (first.channel_id, first.ts) == (second.channel_id, second.ts)
    assert first.author != second.author, "a pseudonym is good in one tenant only"


def unheard(slack: SlackStandIn, channel: str) -> None:
    """Bring the app into a channel without its hearing of it."""
    with slack._platform.lock:
        slack._channel(channel).members.append(slack.bot_user_id)


# --- rules on trial ---

ON_TRIAL = """- id: us_them.outsiders.trial
  title: A word on trial
  why: A reason that is long enough to be read.
  mode: shadow
  patterns: [blorp]
  examples:
    flag: ["a <<blorp>> here"]
    pass: ["nothing of it"]
"""


def found_on_trial() -> float | None:
    """What /metrics tells of the rule on trial."""
    return REGISTRY.get_sample_value("fairview_shadow_findings_total", {"rule": "us_them.outsiders.trial"})


def test_what_a_rule_on_trial_finds_is_a_number_and_nothing_more(
    nothing_left: None, fresh_sqlite_url: str, request_pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    pack = tmp_path / "trial.yaml"
    pack.write_text(ON_TRIAL, encoding="utf-8")
    with workplace(fresh_sqlite_url, Detector([pack]), request_pool) as work:
        assert found_on_trial() == 0, "shown from the start"
        ts = work.say("ann", "infra", "a blorp, and another blorp")
        quoted = work.say("ann", "infra", "> a blorp")
        assert work.counted() == {ts: [], quoted: []}
        assert work.slack.ephemerals() == []
        assert found_on_trial() == 2
        work.slack.faults.duplicate_events(lambda _: 2)
        work.say("ben", "infra", "one more blorp")
        assert found_on_trial() == 3, "a message counts once, here too"
        both = work.say("cara", "infra", f"blorp. {FLAGGED}")
        assert work.counted()[both] == US_THEM
        assert [nudge.rule_id for nudge in work.rows(Nudge)] != ["us_them.outsiders.trial"]
        assert found_on_trial() == 4
    assert b"blorp" not in generate_latest()
