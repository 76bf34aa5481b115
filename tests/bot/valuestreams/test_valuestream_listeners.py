"""`/valuestream` through the Slack stand-in: the whole app, over signed HTTP."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from flask import Flask, Response, request
from slack_bolt.adapter.flask import SlackRequestHandler
from sqlmodel import SQLModel, select
from werkzeug.serving import make_server

from bot.app import build_app, build_parts
from bot.playground import AppConfig, Ephemeral, Interaction, SlackStandIn
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import MissedLookup
from bot.valuestreams.catalogue import Catalogue
from bot.valuestreams.importing import import_catalogue

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass
class Office:
    """#erp and #lounge, Ann and Ben, and a catalogue to be imported."""

    slack: SlackStandIn
    store: Store
    sample: Catalogue

    def imports(self, catalogue: Catalogue | None = None) -> None:
        channels = {"erp": self.erp}
        chosen = self.sample if catalogue is None else catalogue
        import_catalogue(self.store, self.slack.team_id, chosen, channels, NOW)

    def ask(self, text: str = "", user: str = "ann", channel: str = "lounge") -> Interaction:
        return self.slack.command(user, channel, "/valuestream", text)

    def note(self, user: str = "ann", channel: str = "lounge") -> Ephemeral:
        return self.slack.ephemerals(user, channel)[-1]

    def __post_init__(self) -> None:
        self.slack.add_member("ann")
        self.slack.add_member("ben")
        self.erp = self.slack.add_channel("erp", members=["ann", "ben"], with_app=True)
        self.slack.add_channel("lounge", members=["ann", "ben"])


def said(note: Ephemeral) -> str:
    sections = [block["text"] for block in note.blocks if block["type"] == "section"]
    small_print = [element for block in note.blocks if block["type"] == "context" for element in block["elements"]]
    return "\n".join(part["text"] for part in sections + small_print) or note.text


def buttons(note: Ephemeral) -> dict[str, str]:
    actions = [block for block in note.blocks if block["type"] == "actions"]
    return {one["text"]["text"]: one["action_id"] for block in actions for one in block["elements"]}


@pytest.fixture(scope="module")
def running(sample: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    config = AppConfig.with_everything("/fairview", "/valuestream")
    url = f"sqlite:///{tmp_path_factory.mktemp('valuestream') / 'fairview.db'}"
    with SlackStandIn(app=config, time_scale=0.001, rate_limits=False) as slack:
        settings = Settings.load(
            {
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_API_URL": slack.api_url,
                "DATABASE_URL": url,
                "FAIRVIEW_SECRET_KEY": KEY,
            }
        )
        parts = build_parts(settings, lambda: NOW)
        SQLModel.metadata.create_all(parts.store.engine)
        handler, flask = SlackRequestHandler(build_app(parts, signing_secret=slack.signing_secret)), Flask("app")

        @flask.post("/slack/events")
        def events() -> Response:
            return handler.handle(request)

        server = make_server("127.0.0.1", 0, flask, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        slack.connect_http(f"http://127.0.0.1:{server.server_port}/slack/events")
        yield Office(slack, parts.store, sample)
        server.shutdown()
        thread.join()
        server.server_close()
        parts.store.close()


@pytest.fixture
def office(running: Office) -> Office:
    """The office with the sample catalogue, whatever a test before left."""
    running.imports()
    return running


def test_a_hit_is_answered_privately(office: Office) -> None:
    before = len(office.slack.messages("lounge"))
    answer = office.ask("refunds")
    assert answer.outcome == "acked"
    assert answer.text == "Refunds, for people waiting for a refund."
    assert "*Refunds* (value stream): matches its name." in said(office.note())
    assert office.slack.ephemerals("ben", "lounge") == []
    assert len(office.slack.messages("lounge")) == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SAP", "*ERP* (service): matches the alias “SAP”."),
        ("refnuds", "*Refunds* (value stream): close to “Refunds”."),
        ("“S/4”", "*ERP* (service): matches the alias “S/4”."),
        ("what’s\N{NO-BREAK SPACE}WMS", "*Warehouse Management* (service): matches the alias “WMS”."),
        ("#erp", "*Refunds* (value stream): that channel is linked to it."),
        ("@ann", "Nothing in the catalogue names whom or what you mentioned."),
    ],
)
def test_what_people_type_is_understood(office: Office, text: str, expected: str) -> None:
    assert office.ask(text).outcome == "acked"
    assert expected in said(office.note())


def test_without_words_the_channel_answers(office: Office) -> None:
    office.ask(channel="erp")
    note = said(office.note(channel="erp"))
    assert "*Refunds* (value stream): this channel is linked to it." in note
    assert "You are here: stage 2 of 4" in note
    office.ask()
    assert "does not say which value stream" in said(office.note())


def test_it_answers_in_a_direct_message(office: Office) -> None:
    direct = office.slack.direct_channel("ann")
    assert office.ask("refunds", channel=direct).is_answered


def test_an_ambiguous_name_is_a_choice_whose_button_answers_in_its_place(office: Office) -> None:
    office.ask("payment")
    note = office.note()
    assert list(buttons(note)) == ["Card Payments (service)", "Payments and Refunds Desk (team)"]
    clicked = office.slack.click("ann", note, buttons(note)["Payments and Refunds Desk (team)"])
    assert clicked.replaced_original
    assert "*Payments and Refunds Desk* (team): your choice." in said(office.note())
    assert "You are here: stage 3 of 4" in said(office.note())


def test_a_system_of_several_streams_leads_on_to_each(office: Office) -> None:
    office.ask("SAP", channel="erp")
    note = office.note(channel="erp")
    assert office.slack.click("ann", note, buttons(note)["Guarantee Claims"]).replaced_original
    assert "*Guarantee Claims* is for *people whose furniture arrived damaged*" in said(office.note(channel="erp"))


def test_a_button_whose_entry_is_gone_says_so(office: Office) -> None:
    office.ask("payment")
    note = office.note()
    office.imports(replace(office.sample, teams=(), services=(), streams=()))
    office.slack.click("ann", note, buttons(note)["Card Payments (service)"])
    assert "no longer has that" in said(office.note())


def test_a_miss_is_honest_and_offers_a_way_on(office: Office) -> None:
    office.ask("zanzibar printer")
    note = office.note()
    assert "Nothing in the catalogue is close to “zanzibar printer”." in said(note)
    assert "Refunds" in buttons(note)
    with office.store.read() as session:
        assert [row.words for row in session.exec(select(MissedLookup))] == [None]
    office.ask("Zanzibar printer", user="ben")
    with office.store.read() as session:
        assert [row.words for row in session.exec(select(MissedLookup))] == ["zanzibar printer"]


def test_too_long_a_question_says_what_to_do(office: Office) -> None:
    assert "longer than 200 characters" in office.ask("refunds " * 40).text


def test_an_empty_catalogue_says_how_to_fill_it(office: Office) -> None:
    office.imports(Catalogue())
    assert "fairview streams import FILE" in office.ask("refunds").text


def test_another_workspace_has_no_part_in_it(office: Office) -> None:
    office.imports(Catalogue())
    import_catalogue(office.store, "T0OTHER", office.sample, {}, NOW)
    assert "no catalogue" in office.ask("refunds").text
