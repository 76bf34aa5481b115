"""`fairview rules`: the published rules listed, explained and put to the test of their own examples."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import yaml

from bot.errors import OperatorError
from bot.rules import build_detector
from nlp import EXCUSES, LABELS, Detector, Rule
from nlp.proof import failures
from nlp.rulepack import Condition, RawPattern

_MODES = {
    "nudge": "counted, and its author may be nudged",
    "count": "counted, never nudged",
    "shadow": "on trial: neither counted nor nudged; fairview evaluate and /metrics tell how often it was found",
}
_PLACES = {
    "sentence": "in the same sentence",
    "neighbours": "in the same sentence or one beside it",
    "message": "anywhere in the message",
}


def rules_list(detector: Detector, *, stdout: TextIO) -> int:
    """List every rule with the stage from which it nudges, its mode, its title, and where a workspace's own is from."""
    width = max(map(len, detector.rules))
    for label in LABELS:
        stdout.write(f"{label}\n")
        for rule in detector.rules.values():
            if rule.label == label:
                stdout.write(f"  {rule.id:{width}}  {rule.stage:12}  {rule.acts}\n      {rule.title}\n")
                stdout.write(f"      your own: {rule.place()}\n" if rule.is_own else "")
    stdout.write("\nThe second column is the stage from which a rule nudges, the third its mode:\n")
    stdout.writelines(f"  {mode}: {meaning}\n" for mode, meaning in _MODES.items())
    stdout.write("\nWhat excuses a finding:\n")
    stdout.writelines(f"  {name}: {meaning}\n" for name, meaning in EXCUSES.items())
    return 0


def rules_show(detector: Detector, rule_id: str, *, stdout: TextIO) -> int:
    """Show one rule whole; raises OperatorError where there is none of that id."""
    rule = detector.rules.get(rule_id)
    if rule is None:
        raise OperatorError(f"There is no rule {rule_id}.", "fairview rules list shows them all.")
    stdout.writelines(f"{line}\n" for line in _lines(rule))
    return 0


def rules_test(path: Path | None, own: Path | None, *, stdout: TextIO) -> int:
    """Run the examples of the rules that ship, and of ``path`` if given, else of the workspace's ``own``.

    Returns 1 where one fails or a rule is refused, else 0.
    """
    detector = build_detector(_to_test(path, own))
    problems = [*detector.problems, *failures(detector)]
    stdout.writelines(f"{problem}\n" for problem in problems)
    stdout.write(f"{len(detector.rules)} rules, {len(problems)} problems\n")
    return 1 if problems else 0


def _to_test(path: Path | None, own: Path | None) -> Path | None:
    if path is None:
        return own
    if not path.exists():
        raise OperatorError(f"There is no rule pack at {path}.", "Check the path.")
    # One file of the workspace's folder may need the words of another.
    is_within = own is not None and path.resolve().is_relative_to(own.resolve())
    return own if is_within else path


def _lines(rule: Rule) -> Iterator[str]:
    yield from (rule.id, rule.title, "", rule.why, "")
    yield f"written in: {rule.place()}"
    yield f"from stage: {rule.stage}    mode: {rule.acts}    version: {rule.version}"
    if rule.despite:
        yield f"disregards the excuses: {', '.join(rule.despite)}"
    if rule.patterns:
        yield from ("", "It looks for (~ any form of a verb, @ a concept, | or, *4 up to 4 words, ? may be missing):")
        yield from _indented(rule.patterns)
    else:
        yield from ("", "It has no patterns: the weights find it.")
    yield from _conditions("only where one of these stands", rule.requires)
    yield from _conditions("never where one of these stands", rule.unless)
    yield from ("", "It flags:", *_indented(rule.examples.flag), "", "It passes:", *_indented(rule.examples.pass_))


def _conditions(opening: str, conditions: list[Condition]) -> Iterator[str]:
    for condition in conditions:
        yield from ("", f"{opening} {_PLACES[condition.within]}:", *_indented(condition.any))


def _indented(patterns: Sequence[RawPattern]) -> Iterator[str]:
    for pattern in patterns:
        steps = [pattern] if isinstance(pattern, str) else pattern
        yield "  " + " ".join(step if isinstance(step, str) else _flow(step) for step in steps)


def _flow(step: object) -> str:
    return yaml.safe_dump(step, default_flow_style=True, allow_unicode=True, width=10_000).strip()
