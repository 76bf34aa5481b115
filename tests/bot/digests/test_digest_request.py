"""Words as people type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.request import (
    EXAMPLE,
    WEEKDAYS,
    ExplainDigests,
    ListDigests,
    PreviewDigest,
    SetDigest,
    StopDigest,
    read_request,
    retyped,
)
from bot.digests.schedule import Weekly
from bot.digests.zones import _by_name, resolve_zone
from bot.errors import CommandError
from bot.listening import plain

MONDAY_NINE = SetDigest(None, 0, time(9), "Europe/London")


def asked(text: str) -> object:
    return read_request(plain(text).split())


@pytest.mark.parametrize(
    "text",
    [
        "here monday 09:00 Europe/London",
        "here Monday 9 europe/london",
        "here mon 9am London",
        "here Mondays at 9 am london",
        "monday 09.00 Europe/London",
        "here monday 0900 Europe/London",
        "every monday, 9:00, Europe/London",
        "9am mondays here London time",
        "here monday 9 a.m. London",
        "here weekly on monday at 9h Europe/London please",
        "here\u00a0monday\u00a009:00 Europe/London",
    ],
)
def test_one_thing_said_many_ways(text: str) -> None:
    assert asked(text) == MONDAY_NINE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<#C0INFRA|infra> fri 16:30", SetDigest("C0INFRA", 4, time(16, 30), None)),
        ("<#C0INFRA> weds 4.30pm UTC", SetDigest("C0INFRA", 2, time(16, 30), "UTC")),
        ("<#C0SECRET|> thurs noon", SetDigest("C0SECRET", 3, time(12), None)),
        ("here sun midnight", SetDigest(None, 6, time(0), None)),
        ("here tues 12am", SetDigest(None, 1, time(0), None)),
        ("here sat 12:15 pm new york", SetDigest(None, 5, time(12, 15), "America/New_York")),
        ("stop", StopDigest(None)),
        ("STOP here", StopDigest(None)),
        ("stop <#C0INFRA|infra>", StopDigest("C0INFRA")),
        ("preview", PreviewDigest(None)),
        ("preview <#C0INFRA|infra>", PreviewDigest("C0INFRA")),
        ("list", ListDigests()),
        ("", ExplainDigests()),
        ("help", ExplainDigests()),
    ],
)
def test_understood(text: str, expected: object) -> None:
    assert asked(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("here", "needs the day of the week and the time of day"),
        ("here monday", "needs the time of day"),
        ("here 09:00", "needs the day of the week"),
        ("here monday 25:00", "There is no 25:00"),
        ("here monday 9:75", "There is no 9:75"),
        ("here monday 13pm", "There is no 13pm"),
        ("here monday friday 9", "one day of the week"),
        ("here monday 9 17", "one day of the week, at one time"),
        ("here daily 9", "once a week"),
        ("here fortnightly monday 9", "once a week"),
        ("me monday 9", "goes to a channel"),
        ("<@U0ANN|ann> monday 9", "goes to a channel"),
        ("<#C1|a> <#C2|b> monday 9", "one channel"),
        ("banana", "does not understand “banana”"),
    ],
)
def test_wrong_words_get_an_example(text: str, says: str) -> None:
    with pytest.raises(CommandError) as error:
        asked(text)
    assert says in error.value.message
    assert EXAMPLE in error.value.hint


def test_a_bare_channel_name_says_how_to_name_it() -> None:
    with pytest.raises(CommandError, match="Slack did not tell") as error:
        asked("#infra monday 9")
    assert "list Slack offers" in error.value.hint


def test_words_after_stop_are_questioned() -> None:
    with pytest.raises(CommandError, match="tomorrow"):
        asked("stop tomorrow")


@given(
    st.builds(
        Weekly,
        st.integers(0, 6),
        st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
        st.sampled_from([*sorted(_by_name().values()), "UTC"]),
    )
)
def test_what_is_said_back_can_be_typed_again(schedule: Weekly) -> None:
    words = retyped(schedule).split()
    assert words[:2] == ["/fairview", "digest"]
    assert read_request(words[2:]) == SetDigest(None, schedule.weekday, schedule.local_time, schedule.zone)


@given(st.text(max_size=120))
def test_no_words_break_it(text: str) -> None:
    try:
        understood = asked(text)
    except CommandError:
        return
    assert isinstance(understood, SetDigest | StopDigest | PreviewDigest | ListDigests | ExplainDigests)


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_every_weekday(weekday: str) -> None:
    assert [read_request([short, "9"]) for short in (weekday, weekday[:3].lower(), f"{weekday}s")] == [
        SetDigest(None, WEEKDAYS.index(weekday), time(9), None)
    ] * 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Europe/London", "Europe/London"),
        ("america/argentina/buenos aires", "America/Argentina/Buenos_Aires"),
        ("buenos_aires", None),
        ("são paulo", None),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("kolkata", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("Zulu", "UTC"),
    ],
)
def test_zones(words: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(CommandError):
            resolve_zone(words)
    else:
        assert resolve_zone(words) == expected


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        ("EST", "America/New_York"),
        ("GMT", "Europe/London or UTC"),
        ("cet", "Europe/Berlin"),
        ("PST8PDT", "America/Los_Angeles"),
        ("Lodnon", "Europe/London"),
        ("Europe/Lundon", "Europe/London"),
        ("+02:00", "Europe/London"),
        ("UTC+2", "Europe/London"),
        ("Etc/GMT+5", "Europe/London"),
        ("buenos aires", "America/Argentina/Buenos_Aires"),
        ("xyzzy", "Europe/London"),
    ],
)
def test_zones_that_do_not_keep_clock_changes_or_do_not_exist_get_suggestions(words: str, suggestion: str) -> None:
    with pytest.raises(CommandError) as error:
        resolve_zone(words)
    assert suggestion in error.value.hint
