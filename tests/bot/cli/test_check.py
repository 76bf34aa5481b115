import io
import json
import sys
from datetime import time, timedelta
from typing import Any

import pytest
from cli_outcome import Fairview

from bot.cli.check import Options, check
from bot.cli.explain import SETTINGS, Question, moment
from bot.nudging.policy import Limits, QuietHours, Refusal
from bot.rules import build_detector
from nlp import Detector

WANTED = "The business wants it by Friday."
OF_THE_WORDS = {"nothing_found", "never_nudged", "not_sure", "not_at_this_stage"}


def ask(lines: bytes, **options: Any) -> tuple[int, list[dict[str, Any]]]:
    stdout = io.StringIO()
    code = check(build_detector(None), None, Options(**options), jsonl=True, stdin=io.BytesIO(lines), stdout=stdout)
    return code, [json.loads(line) for line in stdout.getvalue().splitlines()]


def said(text: str, **options: Any) -> str:
    stdout = io.StringIO()
    assert check(build_detector(None), text, Options(**options), jsonl=False, stdin=io.BytesIO(), stdout=stdout) == 0
    return stdout.getvalue()


def test_one_line_is_answered_by_one_line_in_order() -> None:
    code, answers = ask(b'{"text": "No ticket, no work"}\n{"text": "lunch?"}\n')
    assert code == 0
    assert answers[0]["suggestion"]
    assert answers == [
        {
            "labels": ["process_barrier"],
            "nudge": ["process_barrier"],
            "findings": [
                {
                    "rule": answers[0]["findings"][0]["rule"],
                    "label": "process_barrier",
                    "subtype": "no_ticket_no_help",
                    "mode": "nudge",
                    "start": 0,
                    "end": 18,
                    "text": "No ticket, no work",
                    "excused": None,
                }
            ],
            "suggestion": build_detector(None).read("No ticket, no work").suggestion,
        },
        {"labels": [], "nudge": [], "findings": [], "suggestion": None},
    ]


def test_a_line_brings_its_own_stage_and_customer() -> None:
    line = {"text": "The business wants it by Friday.", "stage": "service", "customer": "people waiting for a refund"}
    _, answers = ask(json.dumps(line).encode())
    assert answers[0]["labels"] == ["us_them"]
    assert answers[0]["nudge"] == []
    assert "people waiting for a refund" in str(answers[0]["suggestion"])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"\n", "empty line"),
        (b"   \n", "empty line"),
        (b"not json\n", "not JSON"),
        (b"[" * 100_000 + b"\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (b"{}\n", "text is missing"),
        (b'{"text": null}\n', "text is not a string"),
        (b'{"text": "secret", "stage": "later"}\n', "unknown stage; allowed: service, partnership, one_business"),
        (b'{"text": "secret", "stage": ["service"]}\n', "unknown stage; allowed: service, partnership, one_business"),
        (b'{"text": "secret", "customer": 5}\n', "customer is not a string"),
        (b'{"text": "secret \xff"}\n', "not UTF-8"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_without_its_text(line: bytes, error: str) -> None:
    code, answers = ask(b'{"text": "fine"}\n' + line + b'{"text": "No ticket, no work"}\n')
    assert code == 1
    assert answers[1] == {"error": error, "line": 2}
    assert answers[2]["labels"] == ["process_barrier"]


def test_strange_texts_are_answered() -> None:
    code, answers = ask(b'{"text": "\\ud800 the business wants it"}\n{"text": ""}')
    assert code == 0
    assert answers[0]["labels"] == ["us_them"]
    assert len(answers) == 2


def test_answers_come_before_the_input_ends() -> None:
    stdout = io.StringIO()

    class Watched(io.BytesIO):
        def __next__(self) -> bytes:
            line = super().__next__()
            written.append(stdout.getvalue().count("\n"))
            return line

    written: list[int] = []
    lines = Watched(b'{"text": "a"}\n' * 3)
    check(build_detector(None), None, Options(), jsonl=True, stdin=lines, stdout=stdout)
    assert written == [0, 1, 2]


def test_a_person_is_told_what_where_why_and_what_instead() -> None:
    shown = said("The business wants it by Friday.")
    for part in ("“The business”", "counted, and nudged", "Everyone inside is the business", "We want it by Friday."):
        assert part in shown


def test_an_excused_finding_is_explained() -> None:
    assert "does not count: somebody else's words" in said("> the business wants it")


def test_nothing_found_is_said() -> None:
    assert said("lunch?") == "Nothing found.\n"


# --- --explain ---


def decision(text: str, **options: Any) -> tuple[str, dict[str, str]]:
    """The line of the decision, and what else may hold the nudge back, by name."""
    shown = said(text, **{"question": Question(Limits()), **options})
    told, _, others = shown.partition("\nNudge: ")[2].partition("\n\n")
    rows = (line.strip().partition(" ") for line in others.splitlines() if line.startswith("  "))
    return told.strip(), {name: meaning.strip() for name, _, meaning in rows}


@pytest.mark.parametrize(
    ("text", "stage", "expected"),
    [
        (WANTED, "partnership", "yes, for “The business” (us_them.business_as_other.named)"),
        ("No ticket, no work", "service", "yes, for “No ticket, no work” (process_barrier.no_ticket_no_help.refused)"),
        (WANTED, "service", "no, not_at_this_stage: not nudged at this channel's stage"),
        ("lunch?", "partnership", "no, nothing_found: nothing was found that counts"),
        ("> the business wants it", "partnership", "no, nothing_found: nothing was found that counts"),
        (
            "everything is number one priority",
            "one_business",
            "no, never_nudged: what was found is counted, and never nudged",
        ),
    ],
)
def test_the_decision_is_told_by_the_name_of_its_reason(text: str, stage: str, expected: str) -> None:
    told, others = decision(text, stage=stage)
    assert told == expected
    if told.startswith("no"):
        assert not others, "the words settle it"


def test_the_decision_comes_after_all_that_is_told_without_it() -> None:
    for text in (WANTED, "lunch?"):
        assert said(text, question=Question(Limits())).startswith(said(text) + "\nNudge: ")


def test_what_else_may_hold_it_back_is_every_other_reason_with_its_meaning_and_the_limit_as_set() -> None:
    _, others = decision(WANTED)
    assert set(others) == {refusal.name.lower() for refusal in Refusal} - OF_THE_WORDS
    for name, meaning in others.items():
        assert meaning.startswith(Refusal[name.upper()].value)
    assert others["guest"] == "the author is a guest"
    assert others["trial_days"] == "the channel is new: for now it is only counted (3 days)"
    hours = "18:00 to 08:00 and weekends, on the author's clock"
    assert others["quiet_hours"] == f"it is quiet hours where the author is ({hours})"
    assert others["thread_limit"] == "the author had a nudge in this thread (1 a thread)"
    assert others["rule_limit"] == "the author had a nudge by this rule today (1 a day by one rule)"
    assert others["day_limit"] == "the author had the day's nudges (3 a day)"


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (QuietHours(time(18), time(18), frozenset()), "off"),
        (QuietHours(time(18), time(18), frozenset({5, 6})), "weekends, on the author's clock"),
        (QuietHours(time(20, 15), time(7), frozenset()), "20:15 to 07:00, on the author's clock"),
        (
            QuietHours(time(20), time(7), frozenset({4, 5})),
            "20:00 to 07:00, Fridays and Saturdays, on the author's clock",
        ),
    ],
)
def test_quiet_hours_are_told_as_set(quiet: QuietHours, expected: str) -> None:
    _, others = decision(WANTED, question=Question(Limits(quiet=quiet)))
    assert others["quiet_hours"] == f"it is quiet hours where the author is ({expected})"


@pytest.mark.parametrize(("days", "expected"), [(0, "0 days"), (1, "1 day"), (14, "14 days")])
def test_a_trial_holds_nothing_back_here_and_is_told(days: int, expected: str) -> None:
    told, others = decision(WANTED, question=Question(Limits(trial=timedelta(days=days))))
    assert told.startswith("yes")
    assert others["trial_days"].endswith(f"({expected})")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(per_thread=0), "no, thread_limit: the author had a nudge in this thread (0 a thread)"),
        (Limits(per_day=0), "no, day_limit: the author had the day's nudges (0 a day)"),
    ],
)
def test_a_limit_of_none_is_a_no_for_any_words(limits: Limits, expected: str) -> None:
    told, others = decision(WANTED, question=Question(limits))
    assert told == expected
    assert len(others) == len(Refusal) - len(OF_THE_WORDS) - 1


@pytest.mark.parametrize(
    ("at", "zone", "is_quiet"),
    [
        ("2026-11-23T19:30", "Europe/London", True),
        ("2026-11-23T17:59:59", "Europe/London", False),
        ("2026-11-23T18:00", "Europe/London", True),
        ("2026-11-24T08:00", "Europe/London", False),
        ("2026-11-21T12:00", "Europe/London", True),
        # Without an offset it is the author's own clock, wherever they are; with one it is not.
        ("2026-11-23T12:00", "Asia/Kolkata", False),
        ("2026-11-23T12:29Z", "Asia/Kolkata", False),
        ("2026-11-23T12:30Z", "Asia/Kolkata", True),
        ("2026-11-21T03:00+00:00", "Pacific/Honolulu", False),
        # An hour that the clocks leave out, and the ends of the calendar.
        ("2026-03-29T01:30", "Europe/London", True),
        ("0001-01-01T12:00", "Asia/Kolkata", False),
        ("9999-12-31T12:00", "America/New_York", False),
    ],
)
def test_one_moment_can_be_asked_about(at: str, zone: str, is_quiet: bool) -> None:
    told, others = decision(WANTED, question=Question(Limits(), moment(at, zone)))
    assert told.startswith("no, quiet_hours: it is quiet hours where the author is (" if is_quiet else "yes, for")
    assert "quiet_hours" not in others, "that is settled"
    assert "day_limit" in others


def test_a_line_is_given_its_decision_and_without_explain_stays_as_it_is() -> None:
    texts = [{"text": WANTED}, {"text": WANTED, "stage": "service"}, {"text": "lunch?"}]
    lines = b"".join(json.dumps(text).encode() + b"\n" for text in texts) + b"not json\n"
    code, explained = ask(lines, question=Question(Limits()))
    plain = ask(lines)[1]
    assert code == 1
    assert [answer.pop("decision", None) for answer in explained] == [
        {"nudge": True, "reason": None},
        {"nudge": False, "reason": "not_at_this_stage"},
        {"nudge": False, "reason": "nothing_found"},
        None,
    ]
    assert explained == plain


def test_the_decision_agrees_with_the_labels_that_are_nudged(detector: Detector) -> None:
    for rule in detector.rules.values():
        for text in (example.replace("<<", "").replace(">>", "") for example in rule.examples.flag):
            read = detector.read(text)
            assert Question(Limits()).as_json(read)["nudge"] is bool(read.nudge), text


# --- as it is typed ---


def test_explain_reads_the_limits_of_the_environment(fairview: Fairview) -> None:
    ended = fairview("check", WANTED, "--explain", FAIRVIEW_NUDGES_PER_DAY="5", FAIRVIEW_QUIET_HOURS="off")
    assert (ended.code, ended.err) == (0, "")
    assert "Nudge: yes, for “The business”" in ended.out
    assert "(5 a day)" in ended.out
    assert "(weekends, on the author's clock)" in ended.out


def test_a_moment_is_told_in_the_zone_given_or_that_of_the_settings(fairview: Fairview) -> None:
    asked = ("check", WANTED, "--explain", "--at", "2026-11-23T19:30Z")
    assert "Nudge: no, quiet_hours: " in fairview(*asked, "--zone", "Europe/London").out
    assert "Nudge: yes, " in fairview(*asked, "--zone", "America/New_York").out
    assert "Nudge: yes, " in fairview(*asked, FAIRVIEW_ZONE="America/New_York").out
    assert "Nudge: no, quiet_hours: " in fairview(*asked).out


def test_lines_may_be_asked_about_one_moment(fairview: Fairview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"text": WANTED}).encode())))
    answer = json.loads(fairview("check", "--jsonl", "--explain", "--at", "2026-11-22T12:00").out)
    assert answer["decision"] == {"nudge": False, "reason": "quiet_hours"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--explain", "--at", "tomorrow"), "--at: 'tomorrow' is not a date and time. Use one such as"),
        (("--explain", "--at", "2026-11-23"), "--at: '2026-11-23' is not a date and time. Use one such as"),
        (("--explain", "--at", "2026-02-30T10:00"), "--at: '2026-02-30T10:00' is not a date and time."),
        (("--explain", "--at", "0001-01-01T00:00+14:00"), "--at: '0001-01-01T00:00+14:00' is not a date"),
        (("--explain", "--at", ""), "--at: '' is not a date and time."),
        (("--explain", "--at", "2026-11-23T10:00", "--zone", "Mars/Base"), "--zone: 'Mars/Base' is not a time zone."),
        (("--explain", "--zone", "Europe/London"), "--at belongs to --explain, and --zone to --at."),
        (("--at", "2026-11-23T10:00"), "--at belongs to --explain, and --zone to --at."),
        (("--zone", "Europe/London"), "--at belongs to --explain, and --zone to --at."),
    ],
)
def test_what_makes_no_sense_is_one_sentence(fairview: Fairview, options: tuple[str, ...], expected: str) -> None:
    assert fairview("check", WANTED, *options).sentence.startswith(expected)


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_wrong_setting_of_the_policy_stops_explain_and_nothing_else(fairview: Fairview, name: str) -> None:
    assert fairview("check", WANTED, "--explain", **{name: "Mars"}).sentence.startswith(f"{name}: ")
    assert fairview("check", WANTED, **{name: "Mars"}).code == 0


def test_no_other_setting_matters_to_explain(fairview: Fairview) -> None:
    wrong = {"FAIRVIEW_STAGE": "perfection", "PORT": "soon", "FAIRVIEW_SECRET_KEY": "short"}
    assert "Nudge: yes, " in fairview("check", WANTED, "--explain", **wrong).out
