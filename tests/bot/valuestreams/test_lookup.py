from dataclasses import replace

import pytest

from bot.valuestreams.catalogue import Catalogue, Kind, Ref, Role
from bot.valuestreams.index import CatalogueIndex
from bot.valuestreams.lookup import (
    Choice,
    Empty,
    Found,
    Gone,
    Missed,
    Outcome,
    Query,
    Unlinked,
    Usage,
    look_up,
    look_up_choice,
    parse,
)

ELSEWHERE = "D0DIRECT"


def found(outcome: Outcome) -> Found:
    assert isinstance(outcome, Found), outcome
    return outcome


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query("")),
        ("  refunds  ", Query("refunds")),
        ("<#C012345|erp>", Query("erp", ("C012345", "#erp"))),
        ("<#C012345>", Query("", ("C012345",))),
        ("<@U012345|ann>", Query("", ("U012345",))),
        ("<@U012345> refunds", Query("refunds", ("U012345",))),
        ("<!subteam^S012345|@infra>", Query("infra", ("S012345", "@infra"))),
        ("#ERP", Query("#ERP", ("#erp",))),
        ("@Infra team", Query("@Infra team", ("@infra",))),
        ("<https://fernhill.example/x|web shop>", Query("web shop")),
        ("<https://fernhill.example/x>", Query("")),
        ("<!here> chip &amp; pin", Query("chip & pin")),
        ("a < b > c", Query("a < b > c")),
    ],
)
def test_a_command_is_taken_apart(text: str, query: Query) -> None:
    assert parse(text) == query


def test_an_empty_catalogue_says_so_whatever_is_asked() -> None:
    empty = CatalogueIndex(Catalogue())
    assert look_up(empty, parse("refunds"), ELSEWHERE) == Empty()
    assert look_up(empty, parse(""), "C0ERP") == Empty()


def test_without_words_the_channel_answers_with_its_stream_before_who_sits_in_it(index: CatalogueIndex) -> None:
    outcome = found(look_up(index, parse(""), "C0ERP"))
    assert outcome.match.ref == Ref(Kind.STREAM, "refunds")
    assert outcome.match.why == "this channel is linked to it"
    here = outcome.places[0].here
    assert here == {"refunds/receive-and-check", "refunds/approve", "refunds/pay-back"}, "where the ERP team has a part"


def test_without_words_an_unknown_channel_offers_streams(index: CatalogueIndex) -> None:
    outcome = look_up(index, parse(""), ELSEWHERE)
    assert isinstance(outcome, Unlinked)
    assert [stream.name for stream in outcome.browse][:2] == ["Guarantee Claims", "New Starter"]


@pytest.mark.parametrize("text", ["<#C0CLAIMS|claims>", "<#C0CLAIMS>", "#claims", "#Claims", "see <#C0CLAIMS|claims>"])
def test_a_mentioned_channel_answers(index: CatalogueIndex, text: str) -> None:
    outcome = found(look_up(index, parse(text), ELSEWHERE))
    assert outcome.match.ref == Ref(Kind.STREAM, "guarantee-claims")
    assert outcome.match.why.endswith("is linked to it")


def test_a_channel_nobody_linked_is_looked_up_by_its_name(index: CatalogueIndex) -> None:
    assert found(look_up(index, parse("<#C0XYZ|payroll>"), ELSEWHERE)).match.ref == Ref(Kind.SERVICE, "people-system")
    assert isinstance(look_up(index, parse("<#C0XYZ>"), ELSEWHERE), Missed)


@pytest.mark.parametrize("text", ["<!subteam^S0INFRA|@infrastructure>", "@infrastructure", "@Infrastructure"])
def test_a_user_group_is_its_team(index: CatalogueIndex, text: str) -> None:
    outcome = found(look_up(index, parse(text), ELSEWHERE))
    assert outcome.match.ref == Ref(Kind.TEAM, "infrastructure")
    assert {place.stream.stream_id for place in outcome.places} == {
        "order-to-delivery",
        "new-starter",
        "shelf-to-basket",
    }


def test_a_person_leads_to_what_they_answer_for(linked_sample: Catalogue) -> None:
    streams = tuple(
        replace(stream, people={**stream.people, Role.OWNER: "U0OWNER"}) if stream.stream_id == "refunds" else stream
        for stream in linked_sample.streams
    )
    index = CatalogueIndex(replace(linked_sample, streams=streams))
    outcome = found(look_up(index, parse("<@U0OWNER>"), ELSEWHERE))
    assert outcome.match.ref == Ref(Kind.STREAM, "refunds")
    assert outcome.match.why == "that person is its owner"
    assert isinstance(look_up(index, parse("<@U0NOBODY>"), ELSEWHERE), Missed)


def test_a_system_names_every_stream_it_has_a_part_in_and_where(index: CatalogueIndex) -> None:
    outcome = found(look_up(index, parse("SAP"), ELSEWHERE))
    here = {place.stream.stream_id: place.here for place in outcome.places}
    assert here == {
        "refunds": {"refunds/approve", "refunds/pay-back"},
        "order-to-delivery": {"order-to-delivery/find-the-stock"},
        "guarantee-claims": {"guarantee-claims/mend-or-replace"},
        "shelf-to-basket": {"shelf-to-basket/reorder"},
    }


def test_a_team_has_a_part_in_what_its_services_carry(index: CatalogueIndex) -> None:
    outcome = found(look_up(index, parse("identity and access"), ELSEWHERE))
    assert [place.here for place in outcome.places] == [{"new-starter/open-accounts"}]


def test_a_service_of_no_stream_is_found_all_the_same(index: CatalogueIndex) -> None:
    assert found(look_up(index, parse("FileVault"), ELSEWHERE)).places == ()


def test_what_may_mean_several_things_is_a_choice_best_first(index: CatalogueIndex) -> None:
    outcome = look_up(index, parse("payment"), ELSEWHERE)
    assert isinstance(outcome, Choice)
    assert [match.ref.entry_id for match in outcome.matches] == ["card-payments", "accounts-payable"]
    assert outcome.matches[0].score >= outcome.matches[1].score


def test_several_entries_of_one_stream_are_no_choice(index: CatalogueIndex) -> None:
    # The stream and its portal are both near; both lead to the same customer.
    assert isinstance(look_up(index, parse("guarantees"), ELSEWHERE), Found)


def test_a_choice_is_answered_by_reference(index: CatalogueIndex) -> None:
    outcome = look_up_choice(index, Ref(Kind.STREAM, "refunds"), "C0ERP")
    assert found(outcome).places[0].here
    assert look_up_choice(index, Ref(Kind.STREAM, "gone"), "C0ERP") == Gone()


@pytest.mark.parametrize("text", ["help", "HELP", "?"])
def test_who_asks_how_to_ask_is_told(index: CatalogueIndex, text: str) -> None:
    assert isinstance(look_up(index, parse(text), ELSEWHERE), Usage)


def test_nonsense_misses_with_streams_to_browse(index: CatalogueIndex) -> None:
    outcome = look_up(index, parse("coffee machine"), ELSEWHERE)
    assert isinstance(outcome, Missed)
    assert outcome.asked == "coffee machine"
    assert len(outcome.browse) == 5
