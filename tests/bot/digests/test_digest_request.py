"""Words as people type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.places import typed
from bot.digests.request import (
    EXAMPLE,
    HERE,
    ME,
    MOST_CHANNELS,
    ExplainDigests,
    ListDigests,
    OpenDigests,
    PreviewDigest,
    SetDigest,
    StopDigest,
    Where,
    read_request,
)
from bot.digests.schedule import CADENCES, Schedule, schedule_for
from bot.digests.scope import WORKSPACE, Scope
from bot.digests.subscriptions import Place
from bot.digests.times import WEEKDAYS, in_words, retyped
from bot.digests.zones import _by_name, resolve_zone
from bot.errors import CommandError
from bot.listening import plain

ANYWHERE, HERE_TOLD = Where(), Where(destination=HERE)
INFRA = Where(("C0INFRA",))
MONDAY_NINE = SetDigest(HERE_TOLD, "weekly", 0, time(9), "Europe/London")


def asked(text: str) -> object:
    return read_request(plain(text).split())


@pytest.mark.parametrize(
    "text",
    [
        "here monday 09:00 Europe/London",
        "here Monday 9 europe/london",
        "here mon 9am London",
        "here Mondays at 9 am london",
        "in here monday 09.00 Europe/London",
        "here monday 0900 Europe/London",
        "here every monday, 9:00, Europe/London",
        "9am mondays here London time",
        "here monday 9 a.m. London",
        "here weekly on monday at 9h Europe/London please",
        "here\u00a0monday\u00a009:00 Europe/London",
    ],
)
def test_one_thing_said_many_ways(text: str) -> None:
    assert asked(text) == MONDAY_NINE


def setting(where: Where, weekday: int = 0, at: time = time(9), cadence: str = "weekly") -> object:
    return SetDigest(where, cadence, weekday, at, None)  # type: ignore[arg-type]  # a cadence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<#C0INFRA|infra> fri 16:30", setting(INFRA, 4, time(16, 30))),
        ("<#C0INFRA> weds 4.30pm UTC", SetDigest(INFRA, "weekly", 2, time(16, 30), "UTC")),
        ("<#C0SECRET|> thurs noon", setting(Where(("C0SECRET",)), 3, time(12))),
        ("here sun midnight", setting(HERE_TOLD, 6, time(0))),
        ("monday 9", setting(ANYWHERE)),
        ("here tues 12am", setting(HERE_TOLD, 1, time(0))),
        ("here sat 12:15 pm new york", SetDigest(HERE_TOLD, "weekly", 5, time(12, 15), "America/New_York")),
        ("me monday 9", setting(Where(destination=ME))),
        ("send me a digest of <#C1|a> and <#C2|b> on monday at 9", setting(Where(("C1", "C2"), destination=ME))),
        ("<#C1|a> <#C2|b> monday 9", setting(Where(("C1", "C2")))),
        ("<#C1|a> <#C2|b> <#C1|a> to <#C3|c> monday 9", setting(Where(("C1", "C2"), destination="C3"))),
        ("post in <#C3|c> monday 9", setting(Where(destination="C3"))),
        ("here <#C1|a> <#C2|b> monday 9", setting(Where(("C1", "C2"), destination=HERE))),
        ("workspace monday 9", setting(Where(is_workspace=True))),
        ("the whole workspace to me, monday 9", setting(Where(is_workspace=True, destination=ME))),
        ("here monthly monday 9", setting(HERE_TOLD, cadence="monthly")),
        ("here every month on monday at 9", setting(HERE_TOLD, cadence="monthly")),
        ("here on the first Monday of the month at 9", setting(HERE_TOLD, cadence="monthly")),
        ("here once a month monday 9", setting(HERE_TOLD, cadence="monthly")),
        ("here fortnightly monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here every fortnight monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here every two weeks on monday at 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here every 2 weeks monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here biweekly monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here bi-weekly monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here every other week monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here every second monday 9", setting(HERE_TOLD, cadence="fortnightly")),
        ("here Monday 9 Every Other Week", setting(HERE_TOLD, cadence="fortnightly")),
        ("change to friday 16:30", setting(ANYWHERE, 4, time(16, 30))),
        ("move it to friday 16:30", setting(ANYWHERE, 4, time(16, 30))),
        ("<#C1|a>,<#C2|b>;monday,9", setting(Where(("C1", "C2")))),
        ("remove 2", StopDigest(number=2)),
        ("delete <#C0INFRA|infra>", StopDigest(INFRA)),
        ("pause", StopDigest(ANYWHERE)),
        ("status", ListDigests()),
        ("preview weekly", PreviewDigest(ANYWHERE)),
        ("preview fortnightly me <#C0INFRA|infra>", PreviewDigest(Where(("C0INFRA",), destination=ME), 2)),
        ("preview <#C0INFRA|infra> monthly", PreviewDigest(INFRA, 4)),
        ("preview monthly workspace to <#C1|a>", PreviewDigest(Where(is_workspace=True, destination="C1"), 4)),
        ("stop", StopDigest(ANYWHERE)),
        ("STOP here", StopDigest(HERE_TOLD)),
        ("stop the digest", StopDigest(ANYWHERE)),
        ("stop 2", StopDigest(number=2)),
        ("stop #2", StopDigest(number=2)),
        ("stop 2.", StopDigest(number=2)),
        ("stop me", StopDigest(Where(destination=ME))),
        ("stop workspace to <#C1|a>", StopDigest(Where(is_workspace=True, destination="C1"))),
        ("stop <#C0INFRA|infra>", StopDigest(INFRA)),
        ("preview", PreviewDigest(ANYWHERE)),
        ("preview <#C0INFRA|infra>", PreviewDigest(INFRA)),
        ("preview workspace", PreviewDigest(Where(is_workspace=True))),
        ("list", ListDigests()),
        ("set", OpenDigests()),
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
        ("mon,wed 9", "one day of the week"),
        ("here monday 9 17", "one day of the week, at one time"),
        ("here daily 9", "every week, every two weeks or every month"),
        ("here weekly monthly monday 9", "every week, every two weeks or every month"),
        ("here last friday of the month 9", "every week, every two weeks or every month"),
        ("here third friday of the month 9", "every week, every two weeks or every month"),
        ("<@U0ANN|ann> monday 9", "to a channel, or to yourself: `me`"),
        ("here me monday 9", "to one place"),
        ("to <#C1|a> to <#C2|b> monday 9", "to one place"),
        ("workspace <#C1|a> monday 9", "the workspace or about channels"),
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


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("stop tomorrow", "what “tomorrow” means", "`/fairview digest stop`"),
        ("stop all", "what “all” means", "`/fairview digest list`"),
        ("delete weekly", "what “weekly” means", "`/fairview digest stop`"),
        ("preview banana", "what “banana” means", "`/fairview digest preview`"),
        ("preview daily", "every month", "`/fairview digest preview monthly`"),
    ],
)
def test_words_after_a_verb_are_questioned(text: str, says: str, hint: str) -> None:
    with pytest.raises(CommandError) as error:
        asked(text)
    assert says in error.value.message
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("text", "verb"),
    [("stopp", "stop"), ("lst", "list"), ("previw here", "preview"), ("remov", "stop"), ("Hlep", "help")],
)
def test_a_near_miss_of_a_verb_is_pointed_at(text: str, verb: str) -> None:
    with pytest.raises(CommandError) as error:
        asked(text)
    assert error.value.hint == f"Did you mean `/fairview digest {verb}`?"


def test_a_group_has_an_end() -> None:
    named = " ".join(f"<#C{number}|c{number}>" for number in range(MOST_CHANNELS + 1))
    with pytest.raises(CommandError, match="20 channels at most"):
        asked(f"me {named} monday 9")


schedules = st.builds(
    schedule_for,
    st.sampled_from(sorted(CADENCES)),
    st.integers(0, 6),
    st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from([*sorted(_by_name().values()), "UTC"]),
)
scopes = st.one_of(
    st.just(WORKSPACE),
    st.lists(st.sampled_from(["C1", "C2", "C3", "C4"]), min_size=1, unique=True).map(
        lambda ids: Scope("group" if len(ids) > 1 else "channel", tuple(sorted(ids)))
    ),
)


@given(schedules, scopes, st.sampled_from(["C1", "C2", "U1"]), st.sampled_from(["C1", "C9", ""]))
def test_what_is_said_back_can_be_typed_again(schedule: Schedule, scope: Scope, destination: str, here: str) -> None:
    words = retyped(schedule, typed(Place("T1", scope, destination), {}, here)).replace("#C", "<#C").split()
    assert words[:2] == ["/fairview", "digest"]
    understood = read_request([f"{word}>" if word.startswith("<#") else word for word in words[2:]])
    assert isinstance(understood, SetDigest)
    at = (understood.cadence, understood.weekday, understood.local_time, understood.zone)
    assert at == (schedule.cadence, schedule.weekday, schedule.local_time, schedule.zone)
    where = understood.where
    goes = {HERE: here, ME: "U1", None: where.channel_ids[0] if where.channel_ids else here}
    assert goes.get(where.destination, where.destination) == destination
    about = where.channel_ids or ((here,) if destination == "U1" else (destination,))
    assert (where.is_workspace or about) == (scope.kind == "workspace" or scope.channel_ids)


@pytest.mark.parametrize(
    ("cadence", "said"),
    [
        ("weekly", "every Friday at 16:30 (UTC)"),
        ("fortnightly", "every second Friday at 16:30 (UTC)"),
        ("monthly", "on the first Friday of the month at 16:30 (UTC)"),
    ],
)
def test_said_as_people_say_it_it_can_be_typed(cadence: str, said: str) -> None:
    schedule = schedule_for(cadence, 4, time(16, 30), "UTC")
    assert in_words(schedule) == said
    assert asked(f"here {said.replace('(', '').replace(')', '')}") == SetDigest(
        HERE_TOLD, schedule.cadence, 4, time(16, 30), "UTC"
    )


WORDS = st.sampled_from(
    [
        "here", "me", "to", "in", "workspace", "<#C1|a>", "<#C2>", "#bare", "<@U1>", "monday", "9", "9:30", "25:00",
        "am", "every", "two", "2", "other", "second", "weeks", "month", "first", "of", "fortnightly", "monthly",
        "weekly", "daily", "p.m.", "utc", "london", "EST", "stop", "list", "set", "preview", "#2", "-", ",", ";", "²",
        "٣",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_words_break_it(text: str) -> None:
    try:
        understood = asked(text)
    except CommandError:
        return
    kinds = SetDigest | StopDigest | PreviewDigest | ListDigests | ExplainDigests | OpenDigests
    assert isinstance(understood, kinds)


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_every_weekday(weekday: str) -> None:
    assert [read_request([short, "9"]) for short in (weekday, weekday[:3].lower(), f"{weekday}s")] == [
        SetDigest(ANYWHERE, "weekly", WEEKDAYS.index(weekday), time(9), None)
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
