import io
import json

import pytest

from bot.cli.check import check
from bot.rules import build_detector


def ask(lines: bytes, **options: object) -> tuple[int, list[dict[str, object]]]:
    stdout = io.StringIO()
    asked: dict[str, object] = {"stage": "partnership", "customer": None, "shadow": False, **options}
    code = check(build_detector(None), None, jsonl=True, stdin=io.BytesIO(lines), stdout=stdout, **asked)  # type: ignore[arg-type]  # options vary
    return code, [json.loads(line) for line in stdout.getvalue().splitlines()]


def said(text: str, **options: object) -> str:
    stdout = io.StringIO()
    asked: dict[str, object] = {"stage": "partnership", "customer": None, "shadow": False, **options}
    assert check(build_detector(None), text, jsonl=False, stdin=io.BytesIO(), stdout=stdout, **asked) == 0  # type: ignore[arg-type]  # options vary
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
                    "rule": answers[0]["findings"][0]["rule"],  # type: ignore[index]  # shape shown here
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
    check(
        build_detector(None),
        None,
        jsonl=True,
        stage="partnership",
        customer=None,
        shadow=False,
        stdin=Watched(b'{"text": "a"}\n' * 3),
        stdout=stdout,
    )
    assert written == [0, 1, 2]


def test_a_person_is_told_what_where_why_and_what_instead() -> None:
    shown = said("The business wants it by Friday.")
    for part in ("“The business”", "counted, and nudged", "Everyone inside is the business", "We want it by Friday."):
        assert part in shown


def test_an_excused_finding_is_explained() -> None:
    assert "does not count: somebody else's words" in said("> the business wants it")


def test_nothing_found_is_said() -> None:
    assert said("lunch?") == "Nothing found.\n"
