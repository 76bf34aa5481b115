"""`fairview rules`: the published rules listed, explained and put to the test of their own examples."""

from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table

from bot.cli.packs import load_detector
from bot.errors import OperatorError
from nlp import EXCUSES, LABELS
from nlp.proof import failures


def rules_list(*, stdout: TextIO) -> int:
    """List every rule with its title, from which stage on it nudges, and its mode."""
    detector = load_detector()
    console = Console(file=stdout, highlight=False)
    for label in LABELS:
        table = Table(title=label, title_justify="left", title_style="bold")
        for column in ("rule", "what it notices", "from stage", "mode"):
            table.add_column(column, overflow="fold")
        for rule in detector.rules.values():
            if rule.label == label:
                table.add_row(rule.id, rule.title, rule.stage, rule.acts)
        console.print(table)
    console.print("What excuses a finding:", style="bold")
    for name, meaning in EXCUSES.items():
        console.print(f"  {name}: {meaning}", markup=False)
    return 0


def rules_show(rule_id: str, *, stdout: TextIO) -> int:
    """Show one rule whole; raises OperatorError where there is none of that id."""
    rule = load_detector().rules.get(rule_id)
    if rule is None:
        raise OperatorError(f"There is no rule {rule_id}.", "fairview rules list shows them all.")
    lines = [
        rule.id,
        rule.title,
        "",
        rule.why,
        "",
        f"from stage: {rule.stage}    mode: {rule.acts}    version: {rule.version}",
        "",
        "It looks for:",
        *(f"  {pattern}" for pattern in rule.patterns),
        "",
        "It flags:",
        *(f"  {example}" for example in rule.examples.flag),
        "",
        "It passes:",
        *(f"  {example}" for example in rule.examples.pass_),
    ]
    stdout.write("\n".join(lines) + "\n")
    return 0


def rules_test(path: Path | None, *, stdout: TextIO) -> int:
    """Run every rule's own examples, of a pack or folder too if given; 1 where one fails or is refused, else 0."""
    detector = load_detector([path] if path else [])
    problems = [*detector.problems, *failures(detector)]
    stdout.writelines(f"{problem}\n" for problem in problems)
    stdout.write(f"{len(detector.rules)} rules, {len(problems)} problems\n")
    return 1 if problems else 0
