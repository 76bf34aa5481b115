"""Every word of `/fairview`, typed by whoever may and may not, wherever it can be typed."""

import re
from datetime import timedelta

import pytest
from workplace import FLAGGED, HARMLESS, MONDAY, Workplace

from bot.administration.blocks import app_version
from bot.store.tables import Channel, Nudge, Tenant

REFUSED = "Ask one of them; nothing was changed."
NOT_HERE = "Fairview is not in this channel"
NEVER_DIRECT = "Fairview never reads direct messages."
WORDS = ("check", "digest", "help", "pause", "resume", "rules", "stage", "status", "thanks", "watch")


def stages(work: Workplace) -> tuple[str | None, str | None]:
    """What is chosen for #infra, and for the workspace."""
    channel, tenants = work.channel("infra"), work.rows(Tenant)
    return (channel.stage if channel else None, tenants[0].stage if tenants else None)


# --- help, and words nobody knows ---


@pytest.mark.parametrize(
    ("text", "place"),
    [("", "infra"), ("HELP", "infra"), ("help me please", "infra"), ("help", "board"), ("", "direct")],
)
def test_help_stands_everywhere_and_names_every_word(work: Workplace, text: str, place: str) -> None:
    answer = work.ask("ann", work.slack.direct_channel("ann") if place == "direct" else place, text)
    assert all(f"/fairview {word}" in answer for word in WORDS if word != "help")
    assert "/valuestream" in answer
    assert app_version() in answer
    assert "Slash commands do not work inside threads" in answer
    assert "no message text and no author's name is kept or logged" in answer


def test_every_word_that_is_answered_stands_in_help_and_home(work_either_way: Workplace) -> None:
    work = work_either_way
    unknown = work.ask("ann", "infra", "frobnicate now")
    known = re.search(r"It knows: ([a-z, ]+)\.", unknown)
    assert known is not None
    assert tuple(known[1].split(", ")) == WORDS
    assert unknown.startswith("Fairview does not know “frobnicate”.")
    work.slack.open_home("ann")
    work.settle()
    home = work.slack.home_of("ann")
    assert home is not None
    shown = " ".join(block["text"]["text"] for block in home.blocks if block["type"] == "section")
    assert all(f"/fairview {word}" in shown for word in WORDS if word != "help")
    assert app_version() in str(home.blocks)


def test_an_unknown_word_however_long_is_answered_in_few_words(work: Workplace) -> None:
    answer = work.ask("ann", "infra", "x" * 2_000)
    assert len(answer) < 200


@pytest.mark.parametrize(
    "text",
    [
        "“status”",
        "STATUS",
        "\u00a0Status\u00a0",
        "‘status’",
        "`status`",
        "'status'",
        "\u200bstatus\ufeff",
        "status\u2003",
    ],
)
def test_typography_and_capitals_do_not_matter(work: Workplace, text: str) -> None:
    assert "This channel: watched." in work.ask("ann", "infra", text)


def test_several_words_may_come_with_typography_too(work: Workplace) -> None:
    assert "*one_business*" in work.ask("ben", "infra", "Stage\u00a0“One‑Business”")
    assert "no longer watched" in work.ask("ben", "infra", "WATCH\u00a0\u00a0OFF")


def test_answers_are_for_whoever_asked_alone(work: Workplace) -> None:
    for word in WORDS:
        work.ask("ann", "infra", word)
    assert work.slack.messages("infra") == []
    assert {one.user for one in work.slack.ephemerals()} == {work.slack.user_id("ann")}


# --- status ---


def test_status_tells_what_happens_here_and_for_me(work: Workplace) -> None:
    work.say("ann", "infra", HARMLESS)
    here, stage, mine, quiet, thanks = work.ask("ann", "infra", "status").splitlines()
    assert here == "• This channel: watched since 23 November 2026. `/fairview watch off` stops that."
    assert stage.startswith("• Stage: *partnership* (the default): nudges for process as a barrier")
    assert mine == "• You: nudges are on. `/fairview pause` stops them."
    assert quiet == "• Quiet hours, on your own clock: 18:00 to 08:00 and weekends."
    assert thanks.startswith("• Thanks: one private line, at most once a week")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("lounge", "not watched, since Fairview is not in it. `/invite @Fairview` changes that."),
        ("board", "Fairview is not in this channel, so it cannot see it. Invite it first: `/invite @Fairview`."),
        ("partners", "shared with another organisation: counted, never nudged."),
    ],
)
def test_status_in_other_places(work: Workplace, place: str, expected: str) -> None:
    answer = work.ask("ann", place, "status")
    assert expected in answer
    assert "You: nudges are on." in answer


def test_status_in_direct_messages_still_tells_about_me(work: Workplace) -> None:
    work.ask("ann", "infra", "pause")
    answer = work.ask("ann", work.slack.direct_channel("ann"), "status")
    assert NEVER_DIRECT in answer
    assert "nudges are paused until you resume them" in answer


# --- pause and resume ---


@pytest.mark.parametrize(
    ("text", "told", "wakes"),
    [
        ("pause", "until you resume them", None),
        ("pause day", "until Tuesday 24 November, 10:00", timedelta(days=1)),
        ("pause for a day", "until Tuesday 24 November, 10:00", timedelta(days=1)),
        ("pause week", "until Monday 30 November, 10:00", timedelta(weeks=1)),
        ("PAUSE Weeks", "until Monday 30 November, 10:00", timedelta(weeks=1)),
    ],
)
def test_a_pause_is_told_in_my_own_time_kept_and_ends(
    work: Workplace, text: str, told: str, wakes: timedelta | None
) -> None:
    answer = work.ask("ann", "infra", text)
    assert told in answer
    assert "`/fairview resume` brings nudges back" in answer
    ts = work.say("ann", "infra", FLAGGED)
    assert work.counted() == {ts: ["us_them"]}, "counted all the same"
    assert work.rows(Nudge) == []
    if wakes is not None:
        work.clock.move(seconds=wakes.total_seconds())
        work.say("ann", "infra", FLAGGED)
        assert work.nudge_states() == ["sent"]


def test_the_end_of_a_pause_is_told_in_the_zone_of_whoever_asks(work: Workplace) -> None:
    assert "Tuesday 24 November, 05:00" in work.ask("ben", "infra", "pause day")


@pytest.mark.parametrize("error", ["internal_error", "user_not_found"])
def test_where_slack_tells_no_zone_the_pause_holds_and_is_told_in_that_of_the_settings(
    work: Workplace, error: str
) -> None:
    work.slack.faults.add("error", "users.info", times=None, error=error)
    work.clock.now = MONDAY.replace(year=2027, month=7)
    assert "11:00" in work.ask("ben", "infra", "pause day"), "summer time in London"
    assert "You: nudges are paused until" in work.ask("ben", "infra", "status")


def test_resume_takes_a_pause_back(work_on_each: Workplace) -> None:
    work = work_on_each
    work.ask("ann", "infra", "pause")
    assert work.ask("ann", "infra", "resume") == "You: nudges are on again. `/fairview pause` stops them."
    work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["sent"]


def test_a_pause_is_mine_alone_and_may_be_asked_for_anywhere(work: Workplace) -> None:
    work.ask("ann", work.slack.direct_channel("ann"), "pause")
    work.ask("gus", "infra", "pause")
    work.say("ann", "infra", FLAGGED)
    work.say("cara", "infra", FLAGGED)
    assert [one.user for one in work.slack.ephemerals() if one.via == "api"] == [work.slack.user_id("cara")]


@pytest.mark.parametrize("text", ["pause year", "pause for 3 days", "pause " + "x" * 1_000, "pause day off"])
def test_a_pause_nobody_offers_is_answered_with_those_there_are(work: Workplace, text: str) -> None:
    answer = work.ask("ann", "infra", text)
    assert answer.startswith("Fairview cannot pause for “")
    assert answer.endswith("Say `/fairview pause`, `pause day` or `pause week`.")
    assert len(answer) < 200
    assert "You: nudges are on." in work.ask("ann", "infra", "status")


# --- stage ---


@pytest.mark.parametrize(
    ("who", "allowed"), [("ann", False), ("ben", True), ("cara", True), ("otto", True), ("gus", False)]
)
def test_who_may_choose_the_stage_of_a_channel(work: Workplace, who: str, allowed: bool) -> None:
    answer = work.ask(who, "infra", "stage one_business")
    if allowed:
        origin = f"chosen for this channel by <@{work.slack.user_id(who)}>"
        assert answer.startswith(f"Stage here: *one_business* ({origin}): nudges for process")
        assert answer.endswith("To go back: `/fairview stage default`.")
    else:
        assert answer == (
            f"Only workspace owners, administrators and whoever created the channel may choose the stage. {REFUSED}"
        )
    assert stages(work)[0] == ("one_business" if allowed else None)


@pytest.mark.parametrize("text", ["stage service", "watch off", "stage service workspace"])
def test_a_member_of_another_organisation_may_change_nothing(work: Workplace, text: str) -> None:
    assert REFUSED in work.ask("olga", "partners", text)
    assert work.rows(Channel) == work.rows(Tenant) == []


def test_an_outsider_is_one_even_as_creator_of_the_channel_or_administrator_at_home(
    work: Workplace,
) -> None:
    work.slack.change_member("olga", is_admin=True)
    work.slack.add_channel("joint", members=["olga", "ann"], creator="olga", is_ext_shared=True, with_app=True)
    assert REFUSED in work.ask("olga", "joint", "watch off")


def test_a_creator_who_is_a_guest_by_now_may_not_choose(work: Workplace) -> None:
    work.slack.change_member("ben", is_ultra_restricted=True)
    assert REFUSED in work.ask("ben", "infra", "stage service")


@pytest.mark.parametrize(
    ("who", "allowed"), [("ann", False), ("ben", False), ("cara", True), ("otto", True), ("gus", False)]
)
def test_who_may_choose_the_stage_of_the_workspace(work: Workplace, who: str, allowed: bool) -> None:
    answer = work.ask(who, "infra", "stage service workspace")
    if allowed:
        assert answer.startswith("Stage of every channel that has not chosen its own: *service*: nudges")
        assert answer.endswith("To go back: `/fairview stage default workspace`.")
    else:
        assert answer == f"Only workspace owners and administrators may choose the stage. {REFUSED}"
    assert stages(work)[1] == ("service" if allowed else None)


def test_the_stage_of_the_workspace_can_be_chosen_in_direct_messages(work: Workplace) -> None:
    assert "*service*" in work.ask("cara", work.slack.direct_channel("cara"), "stage service workspace")
    assert stages(work) == (None, "service")


def test_a_channels_own_stage_goes_before_the_workspaces_and_that_before_the_default(work: Workplace) -> None:
    cara, otto = (f"<@{work.slack.user_id(who)}>" for who in ("cara", "otto"))
    assert "*partnership* (the default)" in work.ask("ann", "infra", "stage")
    work.ask("otto", "infra", "stage service workspace")
    assert f"*service* (chosen for the workspace by {otto})" in work.ask("ann", "infra", "stage")
    work.ask("cara", "infra", "stage one_business")
    assert f"*one_business* (chosen for this channel by {cara})" in work.ask("ann", "infra", "stage")
    assert f"(chosen for this channel by {cara})" in work.ask("ann", "infra", "status")
    assert f"*service* (chosen for the workspace by {otto})" in work.ask("cara", "infra", "stage default")
    assert "*partnership* (the default)" not in work.ask("ann", "infra", "status")
    work.ask("cara", "infra", "stage default workspace")
    assert "*partnership* (the default)" in work.ask("ann", "infra", "stage")


def test_who_chose_a_stage_is_kept_as_long_as_the_choice_stands(work_on_each: Workplace) -> None:
    work = work_on_each
    ben, cara = work.slack.user_id("ben"), work.slack.user_id("cara")
    steps = [
        ("ben", "stage service", ben, None),
        ("cara", "stage service", ben, None),
        ("cara", "stage one_business", cara, None),
        ("cara", "stage service workspace", cara, cara),
        ("ben", "stage default", None, cara),
        ("cara", "stage default workspace", None, None),
    ]
    for who, text, for_channel, for_workspace in steps:
        work.ask(who, "infra", text)
        (tenant,), channel = work.rows(Tenant), work.channel("infra")
        assert channel is not None
        assert (channel.stage_chosen_by, tenant.stage_chosen_by) == (for_channel, for_workspace), text


def test_a_stage_chosen_before_that_was_kept_is_told_without_a_name(work: Workplace) -> None:
    work.ask("ben", "infra", "stage service")
    with work.store.begin() as session:
        channel = work.channel("infra")
        assert channel is not None
        channel.stage_chosen_by = None
        session.add(channel)
    assert "*service* (chosen for this channel): nudges" in work.ask("ann", "infra", "stage")


def test_the_way_back_that_is_told_leads_back(work_on_each: Workplace) -> None:
    work = work_on_each
    asked = [
        "stage service",
        "stage one_business",
        "stage default",
        "stage service workspace",
        "stage default workspace",
    ]
    for text in asked:
        before = stages(work)
        back = re.search(r"To go back: `/fairview (.+)`\.", work.ask("cara", "infra", text))
        assert back is not None, text
        changed = stages(work)
        assert changed != before
        work.ask("cara", "infra", back[1])
        assert stages(work) == before
        work.ask("cara", "infra", text)


def test_what_is_chosen_already_is_said_to_be(work: Workplace) -> None:
    work.ask("ben", "infra", "stage service")
    assert work.ask("ben", "infra", "stage service").endswith("It was so before: nothing changed.")
    assert work.ask("cara", "infra", "stage default workspace").endswith("It was so before: nothing changed.")


@pytest.mark.parametrize("text", ["stage foo", "stage service here", "stage workspace", "stage " + "x" * 900])
def test_no_stage_is_answered_with_those_there_are(work: Workplace, text: str) -> None:
    answer = work.ask("cara", "infra", text)
    assert "is no stage. Stages are `service`, `partnership`, `one_business`" in answer
    assert len(answer) < 250
    assert stages(work) == (None, None)


@pytest.mark.parametrize("text", ["stage", "stage service", "watch on", "watch off"])
@pytest.mark.parametrize(("place", "expected"), [("board", NOT_HERE), ("direct", NEVER_DIRECT)])
def test_where_fairview_cannot_see_it_says_so_and_keeps_nothing(
    work: Workplace, text: str, place: str, expected: str
) -> None:
    answer = work.ask("cara", work.slack.direct_channel("cara") if place == "direct" else place, text)
    assert expected in answer
    assert work.rows(Channel) == []


@pytest.mark.parametrize("text", ["stage service", "watch on", "watch off"])
def test_where_fairview_is_not_in_a_public_channel_it_asks_to_be_invited(work: Workplace, text: str) -> None:
    assert work.ask("cara", "lounge", text) == f"{NOT_HERE}. Invite it first: `/invite @Fairview`."
    assert work.rows(Channel) == []


def test_the_stage_decides_what_is_nudged(work: Workplace) -> None:
    work.ask("ben", "infra", "stage service")
    counted = work.say("ann", "infra", FLAGGED)
    assert work.counted()[counted] == ["us_them"], "what is counted never depends on the stage"
    assert work.nudge_states() == []
    work.ask("ben", "infra", "stage partnership")
    work.say("ann", "infra", FLAGGED)
    assert work.nudge_states() == ["sent"]


# --- watch ---


@pytest.mark.parametrize(
    ("who", "allowed"), [("ann", False), ("ben", True), ("cara", True), ("otto", True), ("gus", False)]
)
def test_who_may_turn_watching_off(work: Workplace, who: str, allowed: bool) -> None:
    answer = work.ask(who, "infra", "watch off")
    assert ("`/fairview watch on` brings it back" in answer) is allowed
    assert (REFUSED in answer) is not allowed
    channel = work.channel("infra")
    assert (channel is not None and not channel.is_watched) is allowed


def test_watch_off_stops_counting_and_nudging_and_leaves_a_gap(work_on_each: Workplace) -> None:
    work = work_on_each
    before = work.say("ann", "infra", FLAGGED)
    work.clock.move(hours=1)
    off = work.clock()
    assert "What was counted stays." in work.ask("ben", "infra", "watch off")
    assert "not watched. `/fairview watch on` changes that." in work.ask("ann", "infra", "status")
    work.clock.move(hours=1)
    unread = work.say("ann", "infra", FLAGGED)
    assert set(work.counted()) == {before}
    assert work.nudge_states() == ["sent"]
    work.clock.move(hours=1)
    on = work.clock()
    assert work.ask("ben", "infra", "watch on").startswith("This channel is watched from now on.")
    assert work.gaps("infra") == [(off, on)]
    work.clock.move(hours=1)
    work.slack.edit("infra", unread, f"{FLAGGED} Really.")
    after = work.say("ann", "infra", FLAGGED)
    assert set(work.counted()) == {before, after}, "what was written while nobody read is not read later"


def test_a_deletion_while_nobody_watches_still_counts(work: Workplace) -> None:
    ts = work.say("ann", "infra", FLAGGED)
    work.ask("ben", "infra", "watch off")
    work.slack.delete("infra", ts)
    work.settle()
    assert work.counted() == {}


def test_watch_twice_changes_nothing_and_says_so(work: Workplace) -> None:
    assert work.ask("ben", "infra", "watch on").startswith("This channel is watched already.")
    work.ask("ben", "infra", "watch off")
    work.clock.move(hours=1)
    assert work.ask("ben", "infra", "watch off").startswith("This channel is not watched, as before.")
    assert work.gaps("infra") == [(MONDAY, None)]


@pytest.mark.parametrize("text", ["watch", "watch maybe"])
def test_watch_without_on_or_off_is_asked_back(work: Workplace, text: str) -> None:
    assert work.ask("ben", "infra", text).endswith("`/fairview watch on` or `/fairview watch off`.")


def test_a_private_channel_fairview_is_in_is_steered_like_any_other(work: Workplace) -> None:
    assert "no longer watched" in work.ask("ann", "erp", "watch off"), "its creator"
    assert "watched from now on" in work.ask("cara", "erp", "watch on"), "an administrator"
    channel = work.channel("erp")
    assert channel is not None
    assert (channel.name, channel.is_private) == ("erp", True)


# --- when something goes wrong ---


def test_an_unexpected_failure_is_told_with_a_number_that_stands_in_the_log(
    work: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("pause the price file")

    monkeypatch.setattr("bot.nudging.choices.pause", fail)
    answer = work.ask("ann", "infra", "pause quietly")
    assert answer.startswith("Fairview cannot pause for “quietly”."), "what is understood is answered as ever"
    answer = work.ask("ann", "infra", "pause")
    assert answer.startswith("Something went wrong on Fairview's side. Try again in a minute")
    number = answer.rpartition(" ")[2]
    assert re.fullmatch(r"[0-9a-f]{12}", number)
    (line,) = [record.getMessage() for record in caplog.records if record.name == "bot.listening"]
    assert line.startswith("request failed: RuntimeError at test_commands.py")
    assert line.endswith(f"request_id={number}")
    assert "price file" not in caplog.text


def test_slack_failing_while_asked_who_somebody_is_is_told_as_a_failure(work: Workplace) -> None:
    work.slack.faults.add("error", "users.info", error="internal_error")
    assert "Something went wrong" in work.ask("ben", "infra", "watch off")
    channel = work.channel("infra")
    assert channel is None or channel.is_watched
