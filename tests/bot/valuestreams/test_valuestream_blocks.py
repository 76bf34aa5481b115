from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.blockkit import message_problems
from bot.valuestreams.blocks import answer_blocks, answer_text, choice_value, chosen
from bot.valuestreams.catalogue import (
    Basis,
    Catalogue,
    Figure,
    Kind,
    Ref,
    Role,
    Service,
    Stage,
    Stream,
    Team,
    Unit,
)
from bot.valuestreams.index import CatalogueIndex
from bot.valuestreams.lookup import Choice, Empty, Gone, look_up, look_up_choice, parse
from bot.valuestreams.matching import Match
from bot.valuestreams.wording import LINE_CHARACTERS, clipped

TODAY = date(2026, 11, 23)


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    found = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return found + [block["elements"][0]["text"] for block in blocks if block["type"] == "context"]


def lines(blocks: list[dict[str, Any]]) -> list[str]:
    return [line for text in texts(blocks) for line in text.split("\n")]


def labels(blocks: list[dict[str, Any]]) -> list[str]:
    return [one["text"]["text"] for block in blocks if block["type"] == "actions" for one in block["elements"]]


def answer(index: CatalogueIndex, text: str, channel: str = "D0") -> str:
    return "\n".join(lines(answer_blocks(look_up(index, parse(text), channel), index.catalogue, TODAY)))


def check(blocks: list[dict[str, Any]]) -> None:
    assert message_problems(blocks) == []
    assert len(lines(blocks)) <= 10, "\n".join(lines(blocks))


def test_every_entry_of_the_sample_is_answered_in_ten_lines_that_slack_takes(index: CatalogueIndex) -> None:
    for ref in index.by_ref:
        for channel in ("D0", "C0ERP", "C0SERVICEDESK"):
            outcome = look_up_choice(index, ref, channel)
            check(answer_blocks(outcome, index.catalogue, TODAY))
            assert answer_text(outcome, index.catalogue)


@pytest.mark.parametrize(
    "text", ["payment", "sofa", "help", "coffee machine", "", "<@U0NOBODY>", "x" * 200, "<&> store"]
)
def test_other_outcomes_fit_too(index: CatalogueIndex, text: str) -> None:
    outcome = look_up(index, parse(text), "D0")
    check(answer_blocks(outcome, index.catalogue, TODAY))


def test_an_answer_tells_everything_that_is_owed(index: CatalogueIndex) -> None:
    text = answer(index, "goods in")
    for part in (
        "*Receive and check* (stage of Refunds): matches the alias “goods in”.",
        "*Refunds* is for *people waiting for a refund*: they get their money back, without having to ask twice",
        "You are here: stage 2 of 4, *Receive and check*",
        "2. *Receive and check* :hourglass: *bottleneck* · 3 business days (work 12 minutes) · 84% C&amp;A",
        "Northgate Warehouse · with Warehouse Management",
        "~95% C&amp;A · refund clerks, Payments and Refunds Desk",
        "*Altogether:* lead time 6.1 business days · activity ratio 1% (Σ work ÷ Σ lead)",
        "rolled C&amp;A 72% (product of complete &amp; accurate)",
        "bottleneck = longest wait (lead − work) · ~ estimated",
        "*Talk to* Dev Malhotra (lead, Northgate Warehouse), Rosa Marquez (owner, Refunds)",
        "As of 30 September 2026 to 31 October 2026.",
        "Wrong? Tell Rosa Marquez.",
    ):
        assert part in text, part


def test_what_is_not_recorded_says_so(index: CatalogueIndex) -> None:
    text = answer(index, "onboarding")
    assert "5. *First shift* · time not recorded (work not recorded) · C&amp;A not recorded" in text
    assert "4. *Train* · time not recorded (work ~2 business days)" in text
    assert "lead time at least 12 business days (recorded for 3 of 5 stages)" in text
    assert " 0" not in text.replace(" 0 ", " ")


def test_an_old_figure_shows_its_age(index: CatalogueIndex) -> None:
    assert "As of 31 March 2026 (the oldest 7 months ago)." in answer(index, "warranty")
    assert "months ago" not in answer(index, "refunds")


def test_a_system_of_several_streams_names_them_all_with_buttons(index: CatalogueIndex) -> None:
    blocks = answer_blocks(look_up(index, parse("SAP"), "D0"), index.catalogue, TODAY)
    assert labels(blocks) == ["Refunds", "Order to Delivery", "Guarantee Claims", "Shelf to Basket"]
    assert "• *Refunds*: people waiting for a refund (stage Approve, Pay back)" in lines(blocks)


def test_a_choice_is_offered_as_buttons_best_first(index: CatalogueIndex) -> None:
    blocks = answer_blocks(look_up(index, parse("payment"), "D0"), index.catalogue, TODAY)
    assert labels(blocks) == ["Card Payments (service)", "Payments and Refunds Desk (team)"]
    values = [element["value"] for element in blocks[-1]["elements"]]
    assert [chosen(value) for value in values] == [
        Ref(Kind.SERVICE, "card-payments"),
        Ref(Kind.TEAM, "accounts-payable"),
    ]


@pytest.mark.parametrize("value", ["", "stream", "stream:", "planet:earth", ":x"])
def test_a_value_that_is_no_choice_is_none(value: str) -> None:
    assert chosen(value) is None


def test_a_choice_survives_its_button() -> None:
    ref = Ref(Kind.STAGE, "refunds/pay-back")
    assert chosen(choice_value(ref)) == ref


def test_an_empty_catalogue_says_how_to_import() -> None:
    (block,) = answer_blocks(Empty(), Catalogue(), TODAY)
    assert "fairview streams import FILE" in block["text"]["text"]


def test_an_entry_that_is_gone_says_so() -> None:
    assert "Ask again" in lines(answer_blocks(Gone(), Catalogue(), TODAY))[0]


def monstrous(stages: int, name: str) -> Catalogue:
    """Everything as long as the schema lets it be, in characters that grow when escaped."""
    long = (name * 80)[:80]
    text = (name * 600)[:600]
    lead = Figure(9_999, Unit.CALENDAR, Basis.ESTIMATED, date(2020, 1, 1), text)
    teams = (Team("t", long, text, people={Role.LEAD: long}),)
    services = tuple(Service(f"s{n}", long, text, people={Role.OWNER: "U0OWNER9"}, team_id="t") for n in range(5))
    ids = tuple(service.service_id for service in services)
    carried = tuple(
        Stage(
            f"x/{n}", long, text, (), "t", long, ids, lead, replace(lead, amount=n), Figure(1, Unit.PERCENT, lead.basis)
        )
        for n in range(stages)
    )
    streams = tuple(
        Stream(
            f"x{n}" if n else "x", long, long, text, text, people={Role.OWNER: long}, stages=carried if not n else ()
        )
        for n in range(3)
    )
    return Catalogue(streams, services, teams, keeper=long)


@pytest.mark.parametrize("stages", [0, 1, 3, 5, 6, 8, 20, 60])
@pytest.mark.parametrize("name", ["n", "&", "<", "wide 字 ", "*_~`"])
def test_however_many_stages_and_however_long_the_names_it_is_ten_lines_slack_takes(stages: int, name: str) -> None:
    catalogue = monstrous(stages, name)
    index = CatalogueIndex(catalogue)
    for ref in [Ref(Kind.STREAM, "x"), Ref(Kind.SERVICE, "s1"), Ref(Kind.TEAM, "t")]:
        check(answer_blocks(look_up_choice(index, ref, "D0"), catalogue, TODAY))
    matches = tuple(Match(Ref(Kind.SERVICE, f"s{n}"), 90, f"close to “{'&' * 80}”") for n in range(5))
    check(answer_blocks(Choice("&" * 200, matches, 7), catalogue, TODAY))


def test_every_stage_is_shown_even_where_they_share_lines() -> None:
    stages = tuple(Stage(f"x/{n}", f"Stage number {n}") for n in range(20))
    index = CatalogueIndex(Catalogue((Stream("x", "X", "people", stages=stages),)))
    text = answer(index, "X")
    assert all(f"*Stage number {n}*" in text for n in range(20))


def test_catalogue_text_is_escaped() -> None:
    stages = (Stage("x/a", "A <!here>", done_by="<@U0EVIL>"),)
    stream = Stream("x", "X & <Y>", "people <!channel>", "<b>", people={Role.OWNER: "<!everyone>"}, stages=stages)
    index = CatalogueIndex(Catalogue((stream,), keeper="<!here>"))
    for text in ("X & Y", "nonsense <!channel> <x>", ""):
        said = answer(index, text)
        assert "<" not in said
        assert "&lt;" in said or "nonsense" not in text


def test_people_known_by_id_are_mentioned() -> None:
    stream = Stream("x", "X", "people", people={Role.OWNER: "U0OWNER"})
    index = CatalogueIndex(Catalogue((stream,)))
    assert "*Talk to* <@U0OWNER> (owner, X)." in answer(index, "X")
    assert "Wrong? Tell <@U0OWNER>." in answer(index, "X")


def test_business_and_calendar_hours_stay_apart_in_the_answer() -> None:
    def stage(name: str, unit: Unit) -> Stage:
        return Stage(
            f"x/{name}",
            name,
            lead_time=Figure(9_600, unit, Basis.MEASURED),
            process_time=Figure(60, unit, Basis.MEASURED),
        )

    stream = Stream("x", "X", "people", stages=(stage("a", Unit.BUSINESS), stage("b", Unit.CALENDAR)))
    text = answer(CatalogueIndex(Catalogue((stream,))), "X")
    assert "lead time 4 business weeks + 6.7 calendar days" in text
    assert "activity ratio not given, as business and calendar hours are mixed" in text


@settings(max_examples=200)
@given(st.text(alphabet="a&<> ;ltgm", max_size=900))
def test_clipping_never_cuts_an_entity(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    short = clipped(escaped)
    assert len(short) <= LINE_CHARACTERS
    rest = short.removesuffix("…").replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in rest
