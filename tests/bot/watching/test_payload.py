from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payloads import APP_USER, AUTHOR, CHANNEL, changed, deleted, envelope, message

from bot.watching.payload import Posted, Removed, observation_of


def observed(event: dict[str, Any], **envelope_changes: Any) -> Posted | Removed | None:
    return observation_of(envelope(event, **envelope_changes), APP_USER)


def test_a_message_is_posted() -> None:
    posted = observed(message("The business wants it", thread_ts="1795427000.000100"))
    assert isinstance(posted, Posted)
    assert (posted.channel_id, posted.ts, posted.version) == (CHANNEL, "1795428000.000100", "1795428000.000100")
    assert (posted.author_id, posted.text, posted.thread_ts) == (AUTHOR, "The business wants it", "1795427000.000100")
    assert not posted.is_change
    assert not posted.is_ext_shared


@pytest.mark.parametrize(("kind", "is_private"), [("channel", False), ("group", True), (None, None), ("new", None)])
def test_whether_its_channel_is_private_is_told_by_its_type(kind: str | None, is_private: bool | None) -> None:
    before = message(channel_type=kind)
    for event in (before, changed(before, "otherwise", "1795428060.000100") | {"channel_type": kind}):
        posted = observed(event)
        assert isinstance(posted, Posted)
        assert posted.is_private is is_private


@pytest.mark.parametrize("subtype", ["me_message", "thread_broadcast", "file_share"])
def test_subtypes_that_are_talk_are_counted(subtype: str) -> None:
    assert isinstance(observed(message(subtype=subtype)), Posted)


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": "channel_join"},
        {"subtype": "channel_leave"},
        {"subtype": "channel_topic"},
        {"subtype": "channel_name"},
        {"subtype": "pinned_item"},
        {"subtype": "reminder_add"},
        {"subtype": "bot_message", "bot_id": "B1", "user": None},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"user": APP_USER},
        {"user": "USLACKBOT"},
        {"subtype": "file_share", "text": ""},
        {"channel_type": "im"},
        {"channel_type": "mpim"},
        {"text": None},
    ],
)
def test_what_is_no_members_talk_is_not_counted(changes: dict[str, Any]) -> None:
    assert observed(message(**changes)) is None


def test_an_edit_is_a_new_version() -> None:
    posted = observed(changed(message("one"), "two", "1795428100.000000"))
    assert isinstance(posted, Posted)
    assert (posted.text, posted.ts, posted.version) == ("two", "1795428000.000100", "1795428100.000000")
    assert posted.is_change


def test_an_unfurl_is_nothing_even_when_it_still_carries_edited() -> None:
    before = message("see https://example.com", edited={"user": AUTHOR, "ts": "1795428100.000000"})
    assert observed(changed(before, before["text"], None, attachments=[{"id": 1}])) is None
    assert observed(changed(before, before["text"], "1795428100.000000")) is None


def test_deletions_are_removals() -> None:
    gone = Removed(CHANNEL, "1795428000.000100")
    assert observed(deleted(message("x"))) == gone
    assert observed(changed(message("x"), "This message was deleted.", None, subtype="tombstone")) == gone


def test_an_edit_by_a_bot_is_not_counted() -> None:
    assert observed(changed(message("x", bot_id="B1"), "y", "1795428100.000000")) is None


def test_people_of_another_organisation_are_not_counted() -> None:
    assert observed(message(team="T0OTHER"), is_ext_shared_channel=True) is None
    assert (
        observed(message(team="T0OTHER", user_team="T0OTHER", source_team="T0OTHER"), is_ext_shared_channel=True)
        is None
    )
    assert isinstance(observed(message(), is_ext_shared_channel=True), Posted)
    # In a shared channel the envelope's team is where the message came from; only the authorization tells who we are.
    assert isinstance(observed(message(), team_id="T0OTHER", is_ext_shared_channel=True), Posted)


def test_another_team_of_the_same_enterprise_is_home() -> None:
    grid = [{"enterprise_id": "E0", "team_id": None, "user_id": APP_USER, "is_enterprise_install": True}]
    assert isinstance(observed(message(team="T0SISTER"), authorizations=grid), Posted)
    assert isinstance(observed(message(team="E0"), authorizations=grid, is_ext_shared_channel=True), Posted)
    assert observed(message(team="T0OTHER"), authorizations=grid, is_ext_shared_channel=True) is None


def test_a_payload_shows_none_of_its_text() -> None:
    assert "secretword" not in repr(observed(message("secretword")))


@given(st.dictionaries(st.sampled_from(["text", "ts", "user", "channel", "subtype", "bot_id"]), st.none() | st.text()))
def test_a_malformed_payload_raises_only_what_it_says(changes: dict[str, Any]) -> None:
    try:
        result = observed({**message(), **changes})
    except (KeyError, ValueError):
        return
    assert result is None or result.ts


def test_the_first_message_of_a_thread_stands_in_the_channel() -> None:
    first = message("The business wants it")
    assert observed({**first, "thread_ts": first["ts"]}).thread_ts is None
