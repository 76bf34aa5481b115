import io
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select

import bot.valuestreams
from bot.cli.streams import import_streams
from bot.errors import OperatorError, SlackError
from bot.playground import SlackStandIn
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import CatalogueState, EntryChannel, ValueStream
from bot.store.tenants import Tenant

SAMPLE = Path(bot.valuestreams.__file__).parent / "samples" / "catalogue.yaml"


def run(
    store: Store,
    now: datetime,
    path: Path = SAMPLE,
    *,
    workspace: str | None = "T0ONE",
    dry_run: bool = False,
    settings: Settings | None = None,
) -> str:
    out = io.StringIO()
    code = import_streams(
        path,
        workspace=workspace,
        dry_run=dry_run,
        store=store,
        settings=settings or Settings(),
        stdout=out,
        now=now,
    )
    assert code == 0
    return out.getvalue()


def tenants(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.exec(select(CatalogueState.tenant_id)))


def streams(store: Store) -> int:
    with store.read() as session:
        return len(session.exec(select(ValueStream)).all())


def know(store: Store, now: datetime, *tenant_ids: str) -> None:
    with store.begin() as session:
        for tenant_id in tenant_ids:
            session.add(Tenant(tenant_id=tenant_id, author_key=b"sealed", created_at=now))


def counts(output: str) -> dict[str, list[int]]:
    """The table of the report: added, changed, removed, unchanged by kind."""
    rows = [line.split() for line in output.splitlines()[2:6]]
    return {row[0]: [int(number) for number in row[1:]] for row in rows}


def test_an_import_says_what_it_added_and_what_it_could_not_link(sqlite_store: Store, now: datetime) -> None:
    output = run(sqlite_store, now)
    assert counts(output) == {
        "streams": [5, 0, 0, 0],
        "stages": [21, 0, 0, 0],
        "services": [15, 0, 0, 0],
        "teams": [12, 0, 0, 0],
    }
    assert "added: stream refunds (Refunds)" in output
    assert "  #erp (stream refunds, service erp, team erp)" in output
    assert "Nothing" not in output


def test_the_same_again_changes_nothing_and_says_so(sqlite_store: Store, now: datetime) -> None:
    run(sqlite_store, now)
    output = run(sqlite_store, now)
    assert counts(output)["stages"] == [0, 0, 0, 21]
    assert "Nothing had changed." in output


def test_a_change_names_the_entry_and_its_fields(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    run(sqlite_store, now)
    edited = tmp_path / "edited.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    edited.write_text(text.replace("lead_time: 3 business days", "lead_time: 4 business days", 1), encoding="utf-8")
    output = run(sqlite_store, now, edited)
    assert "changed: stage refunds/receive-and-check (Receive and check) [lead_time]" in output
    assert counts(output)["stages"] == [0, 1, 0, 20]


def test_a_dry_run_writes_nothing(sqlite_store: Store, now: datetime) -> None:
    output = run(sqlite_store, now, dry_run=True)
    assert counts(output)["streams"] == [5, 0, 0, 0]
    assert "Nothing was written" in output
    assert streams(sqlite_store) == 0


def test_every_problem_is_told_and_nothing_imported(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("fairview: 1\nteams:\n  - {id: a, nam: A}\n  - {id: a, name: B}\n", encoding="utf-8")
    with pytest.raises(OperatorError) as caught:
        run(sqlite_store, now, wrong)
    assert "has 3 problems; nothing was imported or changed." in caught.value.message
    for line in (f"{wrong}:3: teams.0.name", f"{wrong}:3: teams.0.nam: unknown key", f"{wrong}:4: another team"):
        assert line in caught.value.message
    assert tenants(sqlite_store) == []


def test_a_file_that_is_not_there_is_one_sentence(sqlite_store: Store, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="it is not there"):
        run(sqlite_store, now, tmp_path / "none.yaml")
    with pytest.raises(OperatorError, match="IsADirectoryError"):
        run(sqlite_store, now, tmp_path)


def test_the_only_workspace_known_is_the_default(sqlite_store: Store, now: datetime) -> None:
    know(sqlite_store, now, "T0KNOWN")
    run(sqlite_store, now, workspace=None)
    assert tenants(sqlite_store) == ["T0KNOWN"]


@pytest.mark.parametrize(("known", "said"), [((), "knows none yet"), (("T0ONE", "T0TWO"), "knows 2: T0ONE, T0TWO")])
def test_no_or_several_workspaces_without_a_token_is_an_error(
    sqlite_store: Store, now: datetime, known: tuple[str, ...], said: str
) -> None:
    know(sqlite_store, now, *known)
    with pytest.raises(OperatorError, match=said) as caught:
        run(sqlite_store, now, workspace=None)
    assert "--workspace" in caught.value.hint
    assert streams(sqlite_store) == 0


def test_an_id_that_is_none_is_refused(sqlite_store: Store, now: datetime) -> None:
    with pytest.raises(OperatorError, match="not the id of a workspace"):
        run(sqlite_store, now, workspace="harbour trust")


def with_slack(slack: SlackStandIn) -> Settings:
    return Settings.load({"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url})


def test_with_a_token_slack_tells_the_workspace_and_its_channels(sqlite_store: Store, now: datetime) -> None:
    with SlackStandIn(rate_limits=False) as slack:
        erp = slack.add_channel("erp")
        output = run(sqlite_store, now, workspace=None, settings=with_slack(slack))
        assert tenants(sqlite_store) == [slack.team_id]
        assert slack.calls("conversations.list")
    with sqlite_store.read() as session:
        linked = {row.given: row.channel_id for row in session.exec(select(EntryChannel))}
    assert linked["#erp"] == erp
    assert linked["#claims"] is None
    assert "  #erp (" not in output
    assert "  #claims (stream guarantee-claims)" in output


def test_slack_failing_to_list_channels_does_not_stop_the_import(sqlite_store: Store, now: datetime) -> None:
    with SlackStandIn(rate_limits=False) as slack:
        slack.faults.add(kind="error", method="conversations.list", error="missing_scope", times=None)
        output = run(sqlite_store, now, settings=with_slack(slack))
    assert "Slack could not be asked for its channels: missing_scope." in output
    assert streams(sqlite_store) == 5


def test_a_refused_token_is_one_sentence(sqlite_store: Store, now: datetime) -> None:
    with SlackStandIn(rate_limits=False) as slack:
        settings = with_slack(slack)
        slack.revoke_token()
        with pytest.raises(SlackError, match="refuses the token"):
            run(sqlite_store, now, workspace=None, settings=settings)
