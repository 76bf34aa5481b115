"""Where Slack refuses a digest's chart, it gets plainer, each time kept before it is posted, and comes once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from digest_office import Office, on_both_databases
from digest_rows import count_week

from bot.playground import Call, Message
from bot.playground.blockkit import message_problems

DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, WEEK = timedelta(minutes=1), timedelta(weeks=1)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _earlier_weeks(office: Office) -> None:
    """Enough of them for a chart."""
    for back in range(1, 5):
        count_week(office.store, MONDAY - back * WEEK, [("us_them", "outsiders")] * (back + 2), channel_id=office.infra)


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks or []]


def refuse(office: Office, kind: str, times: int | None = 1, **fault: Any) -> None:
    """Have Slack refuse messages with a block of that type."""

    def has_kind(call: Call) -> bool:
        return f'"{kind}"' in str(call.arguments.get("blocks")).replace("'", '"')

    office.slack.faults.add("error", "chat.postMessage", times=times, error="invalid_blocks", when=has_kind, **fault)


@on_both_databases
def test_the_chart_is_slacks_own(office: Office) -> None:
    assert office.tick_at(DUE) == 1
    (digest,), (run,) = office.digests(), office.runs()
    assert "data_visualization" in kinds(digest)
    assert run.payload is not None
    assert run.payload["rendering"] == "chart"
    assert message_problems(digest.blocks or []) == []


@on_both_databases
def test_a_workspace_without_charts_gets_a_picture(office: Office) -> None:
    office.slack.allow_charts(allowed=False)
    assert office.tick_at(DUE) == 1
    (digest,), (run,) = office.digests(), office.runs()
    image = next(block for block in digest.blocks or [] if block["type"] == "image")
    assert "data_visualization" not in kinds(digest)
    assert kinds(digest).index("image") == 3  # where the chart would be: below the headline
    assert image["alt_text"].startswith("Line chart of messages per 1,000")
    content = office.slack.file_content(image["slack_file"]["id"])
    assert content is not None
    assert content.startswith(b"\x89PNG")
    assert run.payload is not None
    assert run.payload["rendering"] == "picture"
    assert run.payload["chart"][0]["slack_file"] == image["slack_file"]
    assert len(office.posts()) == 2
    assert office.looks() == []


def test_a_picture_that_is_not_ready_is_waited_for(office: Office) -> None:
    refuse(office, "data_visualization", times=None)
    refuse(office, "image", times=2, response={"errors": ["invalid slack file"]})
    assert office.tick_at(DUE) == 0
    assert office.tick(timedelta(seconds=9)) == 0
    assert office.tick(timedelta(seconds=1)) == 0
    assert office.tick(timedelta(seconds=10)) == 1
    assert "image" in kinds(office.digests()[0])
    assert len(office.slack.calls("files.completeUploadExternal")) == 1


def test_a_picture_that_never_gets_ready_is_left_out(office: Office) -> None:
    refuse(office, "data_visualization", times=None)
    refuse(office, "image", times=None, response={"errors": ["invalid slack file"]})
    office.tick_at(DUE)
    assert sum(office.tick(timedelta(seconds=10)) for _ in range(4)) == 1
    (digest,) = office.digests()
    assert not {"image", "data_visualization"} & set(kinds(digest))
    assert "header" in kinds(digest)


@pytest.mark.parametrize("fault", ["http_500", "drop_connection", "rate_limit"])
def test_without_a_picture_where_it_cannot_be_uploaded(office: Office, fault: Any) -> None:
    refuse(office, "data_visualization", times=None)
    office.slack.faults.add(fault, "files.getUploadURLExternal")
    assert office.tick_at(DUE) == 1
    (digest,), (run,) = office.digests(), office.runs()
    assert not {"image", "data_visualization"} & set(kinds(digest))
    assert run.payload is not None
    assert run.payload["rendering"] == "plain"


def test_the_text_stands_alone_where_no_blocks_are_taken(office: Office) -> None:
    refuse(office, "type", times=None)
    assert office.tick_at(DUE) == 1
    (digest,), (run,) = office.digests(), office.runs()
    assert not digest.blocks
    assert "Us and them: 4 messages" in digest.text
    assert run.payload is not None
    assert run.payload["rendering"] == "text"
    assert len(office.posts()) == 4


@on_both_databases
def test_a_picture_whose_answer_was_lost_comes_once(office: Office) -> None:
    refuse(office, "data_visualization", times=None)
    office.slack.faults.add(
        "drop_after_accept", "chat.postMessage", when=lambda call: "slack_file" in str(call.arguments.get("blocks"))
    )
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    assert len(office.digests()) == 1
    assert len(office.posts()) == 2


def test_a_lost_picture_is_posted_again_as_it_was(office: Office) -> None:
    refuse(office, "data_visualization", times=None)
    office.slack.faults.add(
        "drop_connection", "chat.postMessage", when=lambda call: "slack_file" in str(call.arguments.get("blocks"))
    )
    assert office.tick_at(DUE) == 0
    assert office.tick(MINUTE) == 1
    posted = [str(call.arguments.get("blocks")) for call in office.posts()]
    assert posted[1] == posted[2]
    assert len(office.slack.calls("files.completeUploadExternal")) == 1


def test_weeks_with_a_gap_go_straight_to_a_picture(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.digests.payloads.chart_block", lambda *_: None)
    assert office.tick_at(DUE) == 1
    assert "image" in kinds(office.digests()[0])
    assert len(office.posts()) == 1
