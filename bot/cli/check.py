"""`fairview check`: what would be found in a message, said to a person or, line by line, to a program."""

import json
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from rich.console import Console
from rich.text import Text

from bot.cli.explain import Question
from nlp import EXCUSES, STAGES, Detector, Finding, Reading

_STYLES = {"us_them": "yellow", "process_barrier": "red", "shared_purpose": "green", "overcommitment": "magenta"}


@dataclass(frozen=True, slots=True)
class Options:
    """How to read, and how much to tell; a JSON line may bring a stage and a customer of its own."""

    stage: str = "partnership"
    customer: str | None = None
    shadow: bool = False
    """Whether findings of rules on trial are told too."""
    question: Question | None = None
    """The terms on which the decision to nudge is explained; None: it is not."""


def check(
    detector: Detector, text: str | None, options: Options, *, jsonl: bool, stdin: BinaryIO, stdout: TextIO
) -> int:
    """Show what is found in ``text``, or answer the JSON lines of ``stdin``; 1 if a line could not be read, else 0."""
    if jsonl:
        return _answer_lines(detector, options, stdin, stdout)
    words = text or ""
    reading = detector.read(words, stage=options.stage, customer=options.customer)
    console = Console(file=stdout, highlight=False)
    _show(detector, reading, words, console, shadow=options.shadow)
    if options.question:
        options.question.show(reading, console)
    return 0


def _answer_lines(detector: Detector, options: Options, stdin: BinaryIO, stdout: TextIO) -> int:
    failed = False
    for number, line in enumerate(stdin, 1):
        try:
            asked = _asked(line, options.stage, options.customer)
        except ValueError as error:
            failed = True
            answer: dict[str, Any] = {"error": str(error), "line": number}
        else:
            reading = detector.read(asked[0], stage=asked[1], customer=asked[2])
            answer = reading.as_json(shadow=options.shadow)
            if options.question:
                answer["decision"] = options.question.as_json(reading)
        stdout.write(json.dumps(answer) + "\n")
        stdout.flush()
    return 1 if failed else 0


def _asked(line: bytes, stage: str, customer: str | None) -> tuple[str, str, str | None]:
    """Return text, stage and customer of one line; raises ValueError that says what is wrong, without the text."""
    if not line.strip():
        raise ValueError("empty line")
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (a line's content, not an argument's type)
    text = value.get("text")
    if not isinstance(text, str):
        raise ValueError(  # noqa: TRY004 (as above)
            "text is not a string" if "text" in value else "text is missing"
        )
    asked_stage = value.get("stage", stage)
    if asked_stage not in STAGES:
        raise ValueError(f"unknown stage; allowed: {', '.join(STAGES)}")
    asked_customer = value.get("customer", customer)
    if asked_customer is not None and not isinstance(asked_customer, str):
        raise ValueError("customer is not a string")
    return text, asked_stage, asked_customer


def _show(detector: Detector, reading: Reading, text: str, console: Console, *, shadow: bool) -> None:
    findings = [finding for finding in reading.findings if shadow or finding.mode != "shadow"]
    if not findings:
        console.print("Nothing found.")
        return
    shown = Text(text)
    for finding in findings:
        shown.stylize(
            f"bold {_STYLES[finding.label]}" if finding.excused is None else "dim", finding.start, finding.end
        )
    console.print(shown)
    for finding in findings:
        console.print()
        console.print(Text.assemble((f"“{finding.text}”", _STYLES[finding.label]), f"  {_verdict(finding, reading)}"))
        rule = detector.rules.get(finding.rule)
        if rule is not None:
            console.print(f"  {rule.title} ({finding.rule})", markup=False)
            console.print(f"  {rule.why}", markup=False)
    if reading.suggestion:
        console.print()
        console.print("You could say:", style="bold")
        console.print(f"  {reading.suggestion}", markup=False)


def _verdict(finding: Finding, reading: Reading) -> str:
    if finding.excused is not None:
        return f"does not count: {EXCUSES[finding.excused]}"
    if finding.mode == "shadow":
        return "on trial: neither counted nor shown"
    if not finding.counts:
        return "too weak to count"
    return "counted, and nudged" if finding.label in reading.nudge and finding.nudges else "counted"
