"""`fairview digest`: what it shows outside Slack, what it withholds, and its mistakes."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_outcome import Fairview
from digest_rows import CHANNEL, TENANT, count_week, watch

from bot import rules
from bot.cli.digest_export import HEADER, export
from bot.cli.digests import Format, Workspace, open_workspace, preview, scope_of
from bot.errors import OperatorError
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.migration import migrate
from bot.store.tables import MutedRule, Tenant
from nlp import Detector

SETTINGS = Settings.load({"FAIRVIEW_ZONE": "Europe/London"})
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
THREE = [("us_them", "outsiders")] * 3
RULE = "us_them.business_as_other.named"
PRIVATE = "C0ERP"


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch, detector: Detector) -> None:
    monkeypatch.setattr(rules, "_shipped", lambda: detector)


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    """Eight weeks of #infra, in one of which too few wrote, and one week of the private #erp."""
    know(sqlite_store, TENANT)
    watch(sqlite_store)
    watch(sqlite_store, channel_id=PRIVATE, name="erp", is_private=True)
    for back in range(8):
        findings = [*THREE, *[("us_them", "outsiders")] * back]
        people = 4 if back == 2 else 12
        count_week(sqlite_store, MONDAY - timedelta(weeks=back), findings, people)
    count_week(sqlite_store, MONDAY, [("overcommitment", "priorities")] * 2, channel_id=PRIVATE)
    return sqlite_store


def know(store: Store, *tenant_ids: str) -> None:
    with store.begin() as session:
        for tenant_id in tenant_ids:
            session.add(Tenant(tenant_id=tenant_id, author_key=b"sealed", created_at=NOW))


def workspace(store: Store, settings: Settings = SETTINGS) -> Workspace:
    return open_workspace(store, settings, None)


def previewed(
    store: Store, *channels: str, weeks: int = 1, form: Format = "text", now: datetime = NOW, whole: bool = False
) -> str:
    known, out = workspace(store), io.StringIO()
    assert preview(known, scope_of(known, channels, is_whole=whole), weeks, form, stdout=out, now=now) == 0
    return out.getvalue()


def exported(store: Store, channel_ids: Sequence[str] = (), weeks: int = 12) -> list[dict[str, str]]:
    out = io.StringIO()
    assert export(workspace(store), channel_ids, weeks, None, stdout=out, now=NOW) == 0
    assert out.getvalue().splitlines()[0] == ",".join(HEADER)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


@pytest.mark.parametrize("given", ["#infra", "infra", "#INFRA", CHANNEL, CHANNEL.lower()])
def test_a_channel_is_found_by_name_or_id(filled: Store, given: str) -> None:
    said = previewed(filled, given)
    assert said.startswith("Fairview: the week of 16 to 22 November 2026\nAbout #infra.\n")
    assert "Us and them: 3 messages" in said


def test_several_channels_are_taken_together(filled: Store) -> None:
    said = previewed(filled, "#infra", "#erp", "#infra", weeks=2)
    assert said.startswith("Fairview: the two weeks of 9 to 22 November 2026\nAbout #infra and #erp, taken together.\n")


def test_the_workspace_is_its_public_channels(filled: Store) -> None:
    said = previewed(filled, whole=True)
    assert "About one of the workspace's public channels" in said
    assert "12 messages read" in said


def test_a_week_in_which_too_few_wrote_is_withheld_here_too(filled: Store) -> None:
    said = previewed(filled, "#infra", now=NOW - timedelta(weeks=2))
    assert "Fewer than 10 people wrote in #infra that week, so no figures are shown" in said


def test_json_is_the_figures(filled: Store) -> None:
    figures = json.loads(previewed(filled, "#infra", form="json"))
    assert (figures["week_start"], figures["weeks"], figures["standing"]) == ("2026-11-16", 1, "shown")
    assert figures["scope"] == {"kind": "channel", "channel_ids": [CHANNEL]}
    assert len(figures["history"]) == 12


def test_html_is_a_page_with_a_picture(filled: Store) -> None:
    page = previewed(filled, "#infra", form="html")
    assert page.startswith("<!DOCTYPE html>\n")
    assert '<img src="data:image/png;base64,iVBOR' in page
    assert 'alt="Line chart of messages per 1,000' in page
    assert "About #infra." in page


def test_html_of_a_channel_without_weeks_has_no_picture(filled: Store) -> None:
    watch(filled, channel_id="C0NEW", name="new")
    assert "<img" not in previewed(filled, "#new", form="html")


def test_muted_rules_are_told_by_their_titles(filled: Store, detector: Detector) -> None:
    rule = detector.rules[RULE]
    with filled.begin() as session:
        session.add(MutedRule(tenant_id=TENANT, rule_id=RULE, rule_version=rule.version, muted_at=NOW, changed_at=NOW))
    assert f"“{rule.title}”" in previewed(filled, "#infra")


def test_rows_are_those_of_the_public_channels(filled: Store) -> None:
    watch(filled, channel_id="C0UNKNOWN", name="")  # not described by Slack yet: it may be private
    rows = exported(filled)
    assert {row["channel"] for row in rows} == {"#infra"}
    assert len(rows) == 12 * 4
    assert [row["week_start"] for row in rows[::4]] == sorted({row["week_start"] for row in rows})
    assert rows[-1]["week_start"] == "2026-11-16"
    newest = {row["label"]: row for row in rows[-4:]}
    us_them = newest["us_them"]
    assert (us_them["standing"], us_them["messages_read"], us_them["messages"]) == ("shown", "12", "3")
    assert us_them["per_1000"] == "250.00"
    assert float(us_them["per_1000_low"]) < 250 < float(us_them["per_1000_high"])
    assert newest["overcommitment"]["messages"] == "0"


def test_what_a_digest_withholds_is_empty_and_few_is_few(filled: Store) -> None:
    withheld = next(row for row in exported(filled) if row["week_start"] == "2026-11-02")
    assert withheld["standing"] == "too_few_people"
    assert [withheld[name] for name in ("messages_read", "messages", "per_1000", "per_1000_low")] == [""] * 4
    private = exported(filled, [PRIVATE], weeks=1)
    few = next(row for row in private if row["label"] == "overcommitment")
    assert (few["messages_read"], few["messages"], few["per_1000"]) == ("12", "few", "")


def test_more_weeks_than_a_chart_has(filled: Store) -> None:
    rows = exported(filled, weeks=30)
    weeks = [row["week_start"] for row in rows[::4]]
    assert len(weeks) == 30
    assert weeks == sorted(set(weeks))


@pytest.mark.parametrize("name", ["-cmd", "=1+1", "+1", "@sum", "＝1"])
def test_a_name_is_never_a_formula(filled: Store, name: str) -> None:
    watch(filled, channel_id="C0EVIL", name=name)
    (cell,) = {row["channel"] for row in exported(filled, ["C0EVIL"], weeks=1)}
    assert cell == f"#{name}"
    assert cell[0] not in "=+-@＝"


def test_the_floor_of_the_settings_holds(filled: Store) -> None:
    strict = Settings.load({"FAIRVIEW_ZONE": "Europe/London", "FAIRVIEW_MINIMUM_AUTHORS": "13"})
    out = io.StringIO()
    export(workspace(filled, strict), [], 8, None, stdout=out, now=NOW)
    assert {row["standing"] for row in csv.DictReader(io.StringIO(out.getvalue()))} == {"too_few_people"}


def test_rows_go_to_a_file(filled: Store, tmp_path: Path) -> None:
    out, file = io.StringIO(), tmp_path / "weeks.csv"
    assert export(workspace(filled), [], 1, file, stdout=out, now=NOW) == 0
    assert file.read_bytes().startswith(b"week_start,channel_id,")
    assert out.getvalue() == ""
    with pytest.raises(OperatorError, match="cannot be written: FileNotFoundError"):
        export(workspace(filled), [], 1, tmp_path / "no" / "weeks.csv", stdout=out, now=NOW)


def test_an_unknown_channel_is_told_with_those_that_are_known(filled: Store) -> None:
    with pytest.raises(OperatorError) as error:
        previewed(filled, "#infar")
    assert error.value.sentence == (
        "Fairview knows no channel '#infar' in workspace T0FAIRVIEW. It knows #erp, #infra."
    )


def test_which_workspace_is_meant_has_to_be_clear(sqlite_store: Store) -> None:
    with pytest.raises(OperatorError, match="Which workspace") as none_known:
        workspace(sqlite_store)
    assert none_known.value.hint == "The database knows none yet."
    know(sqlite_store, "T0ONE", "T0TWO")
    with pytest.raises(OperatorError, match="Which workspace") as two_known:
        workspace(sqlite_store)
    assert two_known.value.hint == "Give --workspace-id ID. The database knows T0ONE, T0TWO."
    with pytest.raises(OperatorError, match="no workspace 'T0THREE'"):
        open_workspace(sqlite_store, SETTINGS, "T0THREE")
    assert open_workspace(sqlite_store, SETTINGS, "T0TWO").tenant_id == "T0TWO"


@pytest.fixture
def database(bare_environment: None) -> str:
    """An empty database with its schema and one workspace."""
    url = "sqlite:///fairview.db"
    store = Store(url)
    migrate(store)
    know(store, TENANT)
    watch(store)
    store.close()
    return url


def test_the_commands_do_as_they_are_told(fairview: Fairview, database: str) -> None:
    ended = fairview("digest", "preview", "--channel", "#infra", "--weeks", "2", DATABASE_URL=database)
    assert ended.code == 0
    assert "About #infra." in ended.out
    assert fairview("digest", "preview", "--workspace", "--format", "json", DATABASE_URL=database).out.startswith("{")
    ended = fairview("digest", "export", "--csv", "weeks.csv", "--weeks", "3", DATABASE_URL=database)
    assert (ended.code, ended.out) == (0, "")
    assert len(Path("weeks.csv").read_text(encoding="utf-8").splitlines()) == 1 + 3 * 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("preview",), "Which figures? Give --channel once or more, or --workspace."),
        (
            ("preview", "--channel", "#infra", "--workspace"),
            "Which figures? Give --channel once or more, or --workspace.",
        ),
        (("export",), "In which format? Give --csv: there is no other yet."),
    ],
)
def test_mistakes_end_with_one_sentence(
    fairview: Fairview, database: str, arguments: tuple[str, ...], sentence: str
) -> None:
    assert fairview("digest", *arguments, DATABASE_URL=database).sentence == sentence
