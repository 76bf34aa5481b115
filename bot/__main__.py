"""The command line: `fairview`, and `python -m bot`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.administration.blocks import app_version
from bot.errors import OperatorError

if TYPE_CHECKING:
    from bot.cli.explain import Question
    from bot.settings import Settings
    from nlp import Detector

app = typer.Typer(
    name="fairview",
    help="Fairview, a Slack app for IT organisations: one business, and a customer outside it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules = typer.Typer(help="The published rules: what is noticed, and why.", no_args_is_help=True)
streams = typer.Typer(help="The catalogue of value streams.", no_args_is_help=True)
digest = typer.Typer(help="Digests outside Slack: read, or as rows for a spreadsheet.", no_args_is_help=True)
app.add_typer(rules, name="rules")
app.add_typer(streams, name="streams")
app.add_typer(digest, name="digest")

StageOption = Annotated[
    Literal["service", "partnership", "one_business"], typer.Option(help="The stage that decides what is nudged.")
]


ChannelOption = Annotated[
    list[str] | None, typer.Option("--channel", help="A channel's id or its #name; may be given more than once.")
]
WorkspaceIdOption = Annotated[
    str | None, typer.Option("--workspace-id", help="Slack's id of the workspace; default: the only one.")
]


def main() -> None:
    """Run the command line; a mistake of the operator's ends with one clear sentence and exit code 2."""
    try:
        app()
    except OperatorError as error:
        sys.stderr.write(f"fairview: {error.sentence}\n")
        sys.exit(2)


def _settings() -> "Settings":
    from bot.settings import Settings

    return Settings.load(os.environ, Path(".env"))


def _own_rules() -> Path | None:
    """Return FAIRVIEW_RULES; no other setting matters where nothing runs."""
    from bot.settings import Settings

    return Settings.load(os.environ, Path(".env"), only={"FAIRVIEW_RULES"}).rules


def _detector() -> "Detector":
    """Return the detector with the workspace's own rules; what of them is refused is told on standard error."""
    from bot.rules import build_detector

    detector = build_detector(_own_rules())
    sys.stderr.writelines(f"{problem}\n" for problem in detector.problems)
    return detector


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"fairview {app_version()}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    del version


@app.command()
def run() -> None:
    """Run everything in one process: Socket Mode and the clock."""
    from bot import processes

    processes.run(_settings())


@app.command()
def web() -> None:
    """Run HTTP mode: Slack's events, commands and clicks on PORT."""
    from bot import processes

    processes.web(_settings())


@app.command()
def clock() -> None:
    """Run the clock: digests that are due, and housekeeping. Any number may run."""
    from bot import processes

    processes.clock(_settings())


@app.command()
def migrate() -> None:
    """Bring the database's schema to this version."""
    from bot.cli import database

    database.migrate(_settings(), sys.stdout)


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Encrypt every workspace's key under the newest key in FAIRVIEW_SECRET_KEY."""
    from bot.cli import database

    database.rotate_keys(_settings(), sys.stdout)


@app.command()
def doctor() -> None:
    """Say what is set, what is missing, and whether Slack, the database and the migrations answer."""
    from bot.cli.doctor import examine

    raise typer.Exit(examine(_settings(), sys.stdout))


@app.command()
def demo(
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="How many times faster than a lively pace.")] = 1.0,
) -> None:
    """Play a working day against a Slack stand-in on this machine; then type lines of your own."""
    from bot.playground.demo import play

    raise typer.Exit(play(speed=speed))


@app.command()
def check(
    text: Annotated[str | None, typer.Argument(help="A message, as Slack would send it.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Read JSON objects with a text from standard input, one a line.")
    ] = False,
    stage: StageOption = "partnership",
    customer: Annotated[
        str | None, typer.Option(help='Whom the work serves, e.g. "people waiting for a refund".')
    ] = None,
    shadow: Annotated[bool, typer.Option("--shadow", help="Show findings of rules in shadow mode too.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say whether it would be nudged, why not, and what else could prevent it.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(help="Explain for one moment: 2026-11-23T19:30 on the author's clock, or with an offset."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="The author's time zone at that moment; default: FAIRVIEW_ZONE.")
    ] = None,
) -> None:
    """Say what would be found in a message, why, and what would be suggested. Nothing is kept."""
    from bot.cli.check import Options
    from bot.cli.check import check as answer

    if (text is None) == (not jsonl):
        raise OperatorError("Give a text, or --jsonl with objects on standard input.", 'Try: fairview check "TEXT"')
    if (at is not None and not explain) or (zone is not None and at is None):
        raise OperatorError("--at belongs to --explain, and --zone to --at.", "Give both, or neither.")
    options = Options(stage, customer, shadow, _question(at, zone) if explain else None)
    raise typer.Exit(answer(_detector(), text, options, jsonl=jsonl, stdin=sys.stdin.buffer, stdout=sys.stdout))


def _question(at: str | None, zone: str | None) -> "Question":
    """Return the terms of ``check --explain``; of the settings only those of the policy matter."""
    from bot.cli.explain import SETTINGS, Question, moment
    from bot.settings import Settings

    settings = Settings.load(os.environ, Path(".env"), only=SETTINGS)
    return Question(settings.limits, moment(at, zone or settings.zone) if at is not None else None)


@app.command()
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Labelled messages, one JSON object a line.")],
    errors: Annotated[bool, typer.Option("--errors", help="List the messages that were judged wrongly.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure the detector against labelled messages: precision, recall and F1, for both bars."""
    from bot.cli.evaluate import evaluate as measure

    raise typer.Exit(measure(_detector(), files, errors=errors, as_json=as_json, stdout=sys.stdout))


@rules.command("list")
def rules_list() -> None:
    """List every rule, its mode and where it comes from, and what excuses a finding."""
    from bot.cli import rules as published

    raise typer.Exit(published.rules_list(_detector(), stdout=sys.stdout))


@rules.command("show")
def rules_show(rule_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show one rule whole: why it is there, where it is written, what it looks for, and its examples."""
    from bot.cli import rules as published

    raise typer.Exit(published.rules_show(_detector(), rule_id, stdout=sys.stdout))


@rules.command("test")
def rules_test(
    path: Annotated[
        Path | None, typer.Argument(help="A file or folder of rules to test, in place of FAIRVIEW_RULES.")
    ] = None,
) -> None:
    """Run the examples of every rule: those that ship, and your own."""
    from bot.cli import rules as published

    raise typer.Exit(published.rules_test(path, _own_rules(), stdout=sys.stdout))


@streams.command("import")
def streams_import(
    file: Annotated[Path, typer.Argument(help="A catalogue, as YAML.")],
    workspace: Annotated[str | None, typer.Option(help="Slack's id of the workspace; default: the only one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
) -> None:
    """Read a catalogue of value streams into the database: all of it, or nothing."""
    from bot.cli.database import open_store
    from bot.cli.streams import import_streams
    from bot.slack_time import utc_now

    settings = _settings()
    with open_store(settings) as store:
        code = import_streams(
            file, workspace=workspace, dry_run=dry_run, store=store, settings=settings, stdout=sys.stdout, now=utc_now()
        )
    raise typer.Exit(code)


@digest.command("preview")
def digest_preview(
    channel: ChannelOption = None,
    workspace: Annotated[
        bool, typer.Option("--workspace", help="The whole workspace: its watched public channels, taken together.")
    ] = False,
    workspace_id: WorkspaceIdOption = None,
    weeks: Annotated[int, typer.Option(min=1, max=5, help="How many of the newest weeks that are over.")] = 1,
    form: Annotated[
        Literal["text", "html", "json"],
        typer.Option("--format", help="Text, a page of HTML in one file, or the figures as JSON."),
    ] = "text",
) -> None:
    """Show a digest as it would be sent now: of a channel, of several taken together, or of the workspace."""
    from bot.cli import digests
    from bot.cli.database import open_store
    from bot.slack_time import utc_now

    settings = _settings()
    with open_store(settings) as store:
        known = digests.open_workspace(store, settings, workspace_id)
        scope = digests.scope_of(known, channel or [], is_whole=workspace)
        code = digests.preview(known, scope, weeks, form, stdout=sys.stdout, now=utc_now())
    raise typer.Exit(code)


@digest.command("export")
def digest_export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; default: standard output.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV: the one format there is.")] = False,
    channel: ChannelOption = None,
    workspace_id: WorkspaceIdOption = None,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many of the newest weeks that are over.")] = 12,
) -> None:
    """Write a row for each week, channel and label: every public channel's, or those of --channel.

    Columns: week_start (the Monday, ISO 8601), channel_id, channel, standing (shown, too_few_people, empty or
    not_listening), messages_read, label, messages, per_1000, per_1000_low and per_1000_high (95 %). What a digest
    would not show is empty here; "few" is not 0 and from fewer than three people.
    """
    from bot.cli.database import open_store
    from bot.cli.digest_export import export
    from bot.cli.digests import open_workspace
    from bot.slack_time import utc_now

    if not csv:
        raise OperatorError("In which format?", "Give --csv: there is no other yet.")
    settings = _settings()
    with open_store(settings) as store:
        known = open_workspace(store, settings, workspace_id)
        chosen = list(dict.fromkeys(known.find(one) for one in channel or []))
        code = export(known, chosen, weeks, file, stdout=sys.stdout, now=utc_now())
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
