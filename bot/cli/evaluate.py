"""`fairview evaluate`: how the detector judges messages that people have labelled."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table

from bot.errors import OperatorError
from nlp import Detector
from nlp.evaluation import Evaluation, Score, Trial, read_labelled
from nlp.evaluation import evaluate as measure
from nlp.located_yaml import DataError


def evaluate(detector: Detector, files: Sequence[Path], *, errors: bool, as_json: bool, stdout: TextIO) -> int:
    """Print precision, recall and F1 for labelled JSONL files; raises OperatorError where one cannot be read."""
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise OperatorError(f"There is no file {missing}.", "Give JSONL files of labelled messages.")
    try:
        messages = read_labelled(files)
    except DataError as error:
        raise OperatorError(f"{error.problems[0]}.", "See CONTRIBUTING.md for the format.") from None
    on_trial = [rule.id for rule in detector.rules.values() if rule.acts == "shadow"]
    result = measure(messages, lambda text: detector.read(text, stage="one_business"), on_trial)
    if as_json:
        figures = result.as_json()
        if errors:
            figures["errors"] = [
                {
                    "label": miss.label,
                    "kind": miss.kind,
                    "place": miss.place,
                    "text": miss.text,
                    "rules": list(miss.rules),
                }
                for miss in result.misses
            ]
        stdout.write(json.dumps(figures, indent=2) + "\n")
        return 0
    console = Console(file=stdout, highlight=False)
    _print(result, console)
    if errors:
        _print_errors(result, console)
    return 0


def _print(result: Evaluation, console: Console) -> None:
    console.print(f"{result.messages} messages")
    console.print(_table("All, at stage one_business", result.bars))
    console.print(_table("Without the doubtful ones", result.without_doubtful))
    console.print(_table("Nudges at each stage", result.stages))
    console.print(_table("Subtypes", result.subtypes))
    if result.shadow:
        console.print("Rules on trial (shadow)", style="bold")
        for rule, trial in result.shadow.items():
            console.print(f"  {rule}: {_on_trial(trial)}", soft_wrap=True)


def _on_trial(trial: Trial) -> str:
    found = f"found {trial.fired} times, in {trial.messages} of the messages"
    score = trial.score
    if score.precision is None:
        return found
    return f"{found}; precision {_rate(score.precision)} ({_between(score)}), {score.right} right, {score.wrong} wrong"


def _table(title: str, groups: dict[str, dict[str, Score]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("", "", "precision", "95 %", "recall", "F1", "right", "wrong", "missed"):
        table.add_column(column, justify="left" if column == "" else "right")
    for group, scores in groups.items():
        for name, score in scores.items():
            table.add_row(
                group,
                name,
                _rate(score.precision),
                _between(score),
                _rate(score.recall),
                _rate(score.f1),
                str(score.right),
                str(score.wrong),
                str(score.missed),
            )
    return table


def _between(score: Score) -> str:
    interval = score.interval()
    return f"{interval[0]:.2f}–{interval[1]:.2f}" if interval else "–"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _print_errors(result: Evaluation, console: Console) -> None:
    for miss in result.misses:
        rules = f" [{', '.join(miss.rules)}]" if miss.rules else ""
        console.print(f"{miss.place}: {miss.label} {miss.kind}{rules}: {miss.text!r}", markup=False, soft_wrap=True)
