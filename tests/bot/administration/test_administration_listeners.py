"""What happens to channels and to the installation, told by Slack's events."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from payloads import envelope
from slack_sdk import WebClient
from sqlmodel import SQLModel
from workplace import FLAGGED, HARMLESS, MONDAY, Workplace

from bot.administration.blocks import home_view
from bot.playground.blockkit import view_problems
from bot.store.tables import Channel, Message, Tenant
from bot.valuestreams.catalogue_file import read_catalogue
from bot.valuestreams.importing import import_catalogue

A_MOMENT = timedelta(seconds=1)
CATALOGUE = """
fairview: 1
organisation: Harbour Trust
keeper: Rita Keeper
streams:
  - id: refunds
    name: Refunds
    customer: people waiting for a refund
    value: they get their money back
    channels: ["#refunds"]
"""


def known(work: Workplace, name: str) -> Channel:
    channel = work.channel(name)
    assert channel is not None
    return channel


def about(one: datetime | None, other: datetime) -> bool:
    return one is not None and abs(one - other) < A_MOMENT


def tenant_rows(work: Workplace) -> dict[str, int]:
    """How many rows every table holds that belongs to a tenant."""
    tables = [mapper.class_ for mapper in SQLModel._sa_registry.mappers if "tenant_id" in mapper.columns]
    return {table.__name__: len(work.rows(table)) for table in tables}


# --- invited, removed ---


def test_invited_it_watches_from_then_on_and_learns_the_name(work_either_way: Workplace) -> None:
    work = work_either_way
    work.slack.invite_app("board", by="cara")
    work.settle()
    channel = known(work, "board")
    assert (channel.name, channel.is_private, channel.is_member, channel.is_watched) == ("board", True, True, True)
    assert about(channel.watched_since, MONDAY)
    ts = work.say("ann", "board", FLAGGED)
    assert work.counted() == {ts: ["us_them"]}
    assert work.gaps("board") == []


def test_somebody_elses_coming_and_going_is_no_concern_of_its(work: Workplace) -> None:
    work.slack.add_member("newcomer")
    work.slack.invite("infra", "newcomer", by="ben")
    work.slack.remove("infra", "newcomer")
    work.settle()
    assert work.rows(Channel) == []
    assert set(work.attempts()) == {"acked"}


@pytest.mark.parametrize("name", ["infra", "erp"])
def test_removed_and_invited_again_its_history_stands_and_the_absence_is_a_gap(
    work_on_each: Workplace, name: str
) -> None:
    work = work_on_each
    ts = work.say("ann", name, FLAGGED)
    work.clock.move(hours=1)
    left_at = work.clock()
    work.slack.remove(name)
    work.settle()
    assert not known(work, name).is_member
    work.clock.move(days=1)
    back_at = work.clock()
    work.slack.invite_app(name, by="cara")
    work.settle()
    assert known(work, name).is_member
    ((started, ended),) = work.gaps(name)
    assert about(started, left_at)
    assert about(ended, back_at)
    assert work.counted() == {ts: ["us_them"]}
    assert about(known(work, name).watched_since, MONDAY)


def test_an_invitation_after_a_removal_undoes_watch_off_with_one_gap_from_then(work: Workplace) -> None:
    work.ask("ben", "infra", "watch off")
    work.clock.move(hours=1)
    work.slack.remove("infra")
    work.settle()
    work.clock.move(hours=1)
    work.slack.invite_app("infra", by="ben")
    work.settle()
    assert known(work, "infra").is_watched
    ((started, ended),) = work.gaps("infra")
    assert started == MONDAY
    assert about(ended, work.clock())


def test_an_invitation_told_twice_changes_nothing(work: Workplace) -> None:
    work.slack.faults.duplicate_events(lambda _: 2)
    work.slack.invite_app("lounge", by="ann")
    work.settle()
    work.ask("cara", "lounge", "watch off")
    event = next(one.payload for one in work.slack.deliveries if one.name == "member_joined_channel")
    work.clock.move(hours=1)
    assert work.dispatch(event) == 200
    channel = known(work, "lounge")
    assert (channel.is_watched, channel.is_member) == (False, True)
    assert work.gaps("lounge") == [(MONDAY, None)]


def test_a_removal_told_twice_is_one_gap(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    work.slack.faults.duplicate_events(lambda _: 2)
    work.slack.remove("infra")
    work.settle()
    assert len(work.gaps("infra")) == 1


def test_removed_from_a_channel_it_never_heard_of_it_keeps_nothing(work: Workplace) -> None:
    work.slack.remove("infra")
    work.settle()
    assert work.rows(Channel) == []


@pytest.mark.parametrize("kind", ["channel_deleted", "group_deleted"])
def test_a_deleted_channel_is_one_it_has_left(work: Workplace, kind: str) -> None:
    work.say("ann", "infra", HARMLESS)
    event = {"type": kind, "channel": work.slack.channel_id("infra"), "event_ts": f"{MONDAY.timestamp() + 60:.6f}"}
    assert work.dispatch(envelope(event, team_id=work.tenant)) == 200
    assert not known(work, "infra").is_member
    assert work.gaps("infra") == [(MONDAY + timedelta(minutes=1), None)]


def test_its_own_leaving_told_as_a_members_leaving_counts_too(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    event = {
        "type": "member_left_channel",
        "user": work.slack.bot_user_id,
        "channel": work.slack.channel_id("infra"),
        "event_ts": f"{MONDAY.timestamp() + 60:.6f}",
    }
    assert work.dispatch(envelope(event, team_id=work.tenant)) == 200
    assert not known(work, "infra").is_member


# --- renamed, archived, shared ---


@pytest.mark.parametrize("name", ["infra", "erp"])
def test_a_new_name_is_kept_and_moves_the_catalogues_links(work: Workplace, name: str, tmp_path: Any) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(CATALOGUE, encoding="utf-8")
    import_catalogue(work.store, work.tenant, read_catalogue(file, MONDAY.date()), {}, MONDAY)
    work.say("ann", name, HARMLESS)
    assert "people waiting for a refund" not in work.nudged("ann", name).text
    work.slack.rename(name, "refunds", by="ann")
    work.settle()
    assert known(work, "refunds").name == "refunds"
    assert "people waiting for a refund" in work.nudged("cara", "refunds").text


@pytest.mark.parametrize("name", ["infra", "erp"])
def test_archived_and_taken_out_again(work: Workplace, name: str) -> None:
    work.say("ann", name, HARMLESS)
    work.slack.archive(name, by="ann")
    work.settle()
    assert known(work, name).is_archived
    work.slack.unarchive(name, by="ann")
    work.settle()
    assert not known(work, name).is_archived


def test_shared_with_another_organisation_nobody_is_nudged_until_it_is_not(work: Workplace) -> None:
    work.nudged("ann")
    work.slack.share("infra")
    work.settle()
    assert known(work, "infra").is_ext_shared
    work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["sent"]
    work.slack.unshare("infra")
    work.settle()
    assert not known(work, "infra").is_ext_shared
    work.nudged("cara")
    assert work.nudge_states() == ["sent", "sent"]


def test_shared_with_two_it_stays_shared_when_one_leaves(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    for team in ("T0FIRST", "T0SECOND"):
        work.slack.share("infra", team)
    work.slack.unshare("infra", "T0FIRST")
    work.settle()
    assert known(work, "infra").is_ext_shared


# --- Home ---


def test_home_is_shown_to_whoever_opens_it_and_the_messages_tab_is_left_alone(work_either_way: Workplace) -> None:
    work = work_either_way
    work.slack.open_home("ann", tab="messages")
    work.settle()
    assert work.slack.calls("views.publish") == []
    work.slack.open_home("ann")
    work.slack.open_home("gus")
    work.settle()
    for who in ("ann", "gus"):
        home = work.slack.home_of(who)
        assert home is not None
        assert home.content["blocks"]
    assert work.slack.home_of("ben") is None


def test_slack_takes_home() -> None:
    assert view_problems(home_view()) == []


def test_home_that_cannot_be_shown_is_logged_and_the_event_is_not_sent_again(
    work: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    work.slack.faults.add("error", "views.publish", error="internal_error")
    work.slack.open_home("ann")
    work.settle()
    assert work.attempts() == ["acked"]
    assert "listener failed: SlackApiError" in caplog.text


# --- uninstalled ---


def test_uninstalling_erases_everything_of_the_workspace_and_nothing_of_others(
    work_on_each: Workplace, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    work = work_on_each
    file = tmp_path / "catalogue.yaml"
    file.write_text(CATALOGUE, encoding="utf-8")
    import_catalogue(work.store, work.tenant, read_catalogue(file, MONDAY.date()), {}, MONDAY)
    work.say("ben", "infra", FLAGGED)
    work.nudged("ann")
    for text in ("pause", "digest here monday 09:00"):
        work.ask("ann", "infra", text)
    work.ask("ben", "infra", "watch off")
    with work.store.begin() as session:
        session.add(Tenant(tenant_id="T0OTHER", author_key=b"sealed", created_at=MONDAY))
    before = tenant_rows(work)
    kept = ("Channel", "Message", "MessageFinding", "Nudge", "MemberChoice", "Gap", "DigestSubscription", "ValueStream")
    assert all(before[table] for table in kept), before
    caplog.set_level("INFO")
    work.slack.uninstall()
    work.settle()
    after = tenant_rows(work)
    assert {table for table, count in after.items() if count} == {"Tenant"}
    assert [tenant.tenant_id for tenant in work.rows(Tenant)] == ["T0OTHER"]
    assert set(work.attempts()) == {"acked"}
    assert "uninstalled: everything kept for the workspace is erased" in caplog.text


def test_what_arrives_late_after_uninstalling_begins_no_new_record(work: Workplace) -> None:
    work.say("ann", "infra", FLAGGED)
    late = next(one.payload for one in work.slack.deliveries if one.name == "message")
    work.clock.move(seconds=5)
    work.slack.uninstall()
    work.settle()
    assert work.dispatch(late) == 200
    assert work.rows(Tenant) == work.rows(Message) == work.rows(Channel) == []


def test_installed_again_it_begins_anew_with_another_key(work: Workplace) -> None:
    work.say("ann", "infra", FLAGGED)
    (first,) = work.rows(Message)
    event = next(one.payload for one in work.slack.deliveries if one.name == "message")
    work.dispatch(envelope({"type": "app_uninstalled"}, team_id=work.tenant, event_time=event["event_time"]))
    work.clock.move(seconds=5)
    work.say("ann", "infra", FLAGGED)
    (second,) = work.rows(Message)
    assert first.author != second.author


def test_a_revoked_bot_token_is_told_to_whoever_runs_it(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    work.say("ann", "infra", HARMLESS)
    work.slack.revoke_token()
    work.settle()
    assert "Slack revoked the bot token; set a new SLACK_BOT_TOKEN" in caplog.text
    assert len(work.rows(Message)) == 1, "a revoked token is no uninstallation"


def test_revoked_tokens_of_people_are_no_concern(work: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    assert work.dispatch(envelope(event, team_id=work.tenant)) == 200
    assert "revoked" not in caplog.text


def test_an_app_whose_token_is_bad_from_the_start_answers_its_events_without_it(work: Workplace) -> None:
    work.slack.revoke_token()
    client = WebClient(token=work.slack.bot_token, base_url=work.slack.api_url)
    with pytest.raises(Exception, match="token_revoked"):
        client.auth_test()
    ts = work.say("ann", "infra", FLAGGED)
    assert work.counted() == {ts: ["us_them"]}, "counting needs no call"
    assert work.nudge_states() == [], "Slack does not say who the author is, so nobody is nudged"
