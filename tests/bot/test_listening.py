"""What every feature's listeners share: tenants, plain typing, and that a person is always answered."""

import inspect
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.errors import CommandError, NotAllowedError
from bot.listening import Command, Reply, command_of, plain, reply_to, tenant_of, unattended

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def authorized(**one: Any) -> dict[str, Any]:
    return {"team_id": "T0ORIGIN", "authorizations": [{"enterprise_id": None, "team_id": "T1", **one}]}


@pytest.mark.parametrize(
    ("body", "tenant"),
    [
        (authorized(), "T1"),
        (authorized(is_enterprise_install=False, enterprise_id="E1"), "T1"),
        (authorized(is_enterprise_install=True, enterprise_id="E1"), "E1"),
        (authorized(is_enterprise_install=True, enterprise_id="E1", team_id=None), "E1"),
        (authorized(is_enterprise_install=True, enterprise_id=None), "T1"),
        ({"team_id": "T1"}, "T1"),
        ({"team_id": "T1", "authorizations": []}, "T1"),
        ({"team_id": "T1", "authorizations": None}, "T1"),
        ({"team_id": "T1", "authorizations": [None]}, "T1"),
        ({"team_id": "T1", "is_enterprise_install": "false", "enterprise_id": "E1"}, "T1"),
        ({"team_id": "T1", "is_enterprise_install": "true", "enterprise_id": "E1"}, "E1"),
        ({"team": {"id": "T1"}, "is_enterprise_install": False, "enterprise": None}, "T1"),
        ({"team": {"id": "T1"}, "is_enterprise_install": True, "enterprise": {"id": "E1", "name": "Trust"}}, "E1"),
        ({"team": None, "is_enterprise_install": True, "enterprise": {"id": "E1"}}, "E1"),
        ({"team": {"id": "T1"}, "is_enterprise_install": True, "enterprise": None}, "T1"),
    ],
)
def test_the_tenant_is_the_enterprise_if_org_wide_else_the_authorised_team(body: dict[str, Any], tenant: str) -> None:
    assert tenant_of(body) == tenant


@pytest.mark.parametrize("body", [{}, {"team": None}, {"team_id": ""}, {"is_enterprise_install": True}])
def test_without_a_workspace_there_is_no_tenant(body: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="Slack did not say which workspace"):
        tenant_of(body)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  stage   service ", "stage service"),
        ("stage\u00a0service\u2009\u3000workspace\t\n", "stage service workspace"),
        ("“refunds” „refunds‟ «refunds»", '"refunds" "refunds" "refunds"'),
        ("‘it’s’ ‚x‛", "'it's' 'x'"),
        ("Monday – Friday — a‑b −1", "Monday - Friday - a-b -1"),
        ("sta\u200btus\ufeff \u2066on\u2069", "status on"),
        ("soft\u00adhyphen \u202aleft\u202c", "softhyphen left"),
        ("cafe\u0301", "café"),
        ("", ""),
    ],
)
def test_typography_is_made_plain(typed: str, meant: str) -> None:
    assert plain(typed) == meant


@given(st.text())
def test_making_plain_twice_is_making_plain_once(typed: str) -> None:
    once = plain(typed)
    assert plain(once) == once
    assert once == once.strip()
    assert "  " not in once


def command(text: str) -> Command:
    body = {"team_id": "T1", "user_id": "U1", "channel_id": "C1", "text": text, "trigger_id": "1.2"}
    return command_of(body, WebClient(), NOW)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("pause week", ["pause", "week"]),
        ("`pause` “week”", ["pause", "week"]),
        ("'' `` \"", []),
        ("<#C1|it's>", ["<#C1|it's>"]),
    ],
)
def test_quotes_around_words_are_left_out(typed: str, words: list[str]) -> None:
    assert command(typed).words == words


def test_a_command_is_read_from_its_payload() -> None:
    read = command("Refunds\u00a0desk")
    assert (read.tenant_id, read.user_id, read.channel_id, read.text) == ("T1", "U1", "C1", "Refunds desk")
    assert (read.trigger_id, read.now) == ("1.2", NOW)


class Answers:
    """What a person was answered."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def __call__(self, **answer: Any) -> None:
        self.given.append(answer)


def answered(answer: Any, **how: Any) -> list[dict[str, Any]]:
    respond = Answers()
    reply_to(answer, respond, BoltContext({"request_id": "abc123"}), **how)  # type: ignore[arg-type]  # stands in
    return respond.given


def test_a_reply_is_for_whoever_asked_alone() -> None:
    block = {"type": "divider"}
    assert answered(lambda: Reply("words", [block])) == [
        {"text": "words", "blocks": [block], "response_type": "ephemeral", "replace_original": False}
    ]
    assert answered(lambda: Reply("words"), replace_original=True) == [
        {"text": "words", "blocks": None, "response_type": "ephemeral", "replace_original": True}
    ]


def test_who_was_answered_another_way_gets_no_second_answer() -> None:
    assert answered(lambda: None) == []


@pytest.mark.parametrize("kind", [CommandError, NotAllowedError])
def test_a_refusal_is_told_with_what_to_do(kind: type[CommandError]) -> None:
    def refuse() -> Reply:
        raise kind("No.", "Ask Rita.")

    (answer,) = answered(refuse)
    assert answer["text"] == "No. Ask Rita."


def test_an_unexpected_failure_is_told_by_number_and_never_replaces_what_was_clicked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> Reply:
        raise ValueError("the price file")

    (answer,) = answered(fail, replace_original=True)
    assert answer["text"].endswith("tell whoever runs Fairview this number: abc123")
    assert answer["replace_original"] is False
    assert "ValueError at test_listening.py" in caplog.text
    assert "request_id=abc123" in caplog.text
    assert "price file" not in caplog.text


def test_an_unattended_listener_that_fails_is_logged_by_class_and_place(caplog: pytest.LogCaptureFixture) -> None:
    @unattended
    def fail(*, context: BoltContext) -> None:
        raise ValueError("the price file")

    @unattended
    def fail_early() -> None:
        raise KeyError("the price file")

    fail(context=BoltContext({"request_id": "abc123"}))
    fail_early()
    assert "listener failed: ValueError at test_listening.py" in caplog.text
    assert "request_id=abc123" in caplog.text
    assert "request_id=-" in caplog.text
    assert "price file" not in caplog.text


def test_an_unattended_listener_keeps_the_parameters_that_bolt_fills_in() -> None:
    def listener(body: dict[str, Any], client: WebClient) -> None:
        del body, client

    assert list(inspect.signature(unattended(listener)).parameters) == ["body", "client"]
