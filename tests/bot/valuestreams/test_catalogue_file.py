import contextlib
import json
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.valuestreams.catalogue import Basis, Catalogue, Figure, Lifecycle, Role, Unit
from bot.valuestreams.catalogue_file import read_catalogue
from nlp.located_yaml import DataError

TODAY = date(2026, 11, 23)
SMALL = """\
fairview: 1
teams:
  - {id: desk, name: Desk}
services:
  - {id: till, name: Till, team: desk}
streams:
  - id: refunds
    name: Refunds
    customer: people waiting for a refund
    as_of: 2026-09-30
    stages:
      - name: Check
        team: desk
        services: [till]
        lead_time: 2 business days
        process_time: {time: 10 business minutes, basis: estimated, as_of: 2026-01-31, source: a guess}
        percent_complete_accurate: 90
        basis: measured
"""


def read(text: str) -> Catalogue:
    return read_catalogue(dedent(text), TODAY, name="catalogue.yaml")


def problems(text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        read(text)
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def test_the_sample_catalogue_is_whole(sample: Catalogue) -> None:
    assert len(sample.streams) == 5
    assert len(sample.services) >= 12
    assert {"#servicedesk", "#infrastructure", "#erp"} <= {name for s in sample.streams for name in s.channels}
    figures = [figure for s in sample.streams for stage in s.stages for figure in stage.figures.values()]
    assert {figure.basis for figure in figures} == set(Basis)
    assert any(len(stage.figures) < 3 for s in sample.streams for stage in s.stages), "some figures are not recorded"
    assert {service.lifecycle for service in sample.services} >= {Lifecycle.LIVE, Lifecycle.PILOT, Lifecycle.RETIRED}
    carried = {service_id for s in sample.streams for stage in s.stages for service_id in stage.service_ids}
    assert any(len(sample.streams_of(service.ref)) > 2 for service in sample.services)
    assert {service.service_id for service in sample.services} - carried == {"data-archive"}


def test_a_figure_says_its_own_basis_date_and_source_or_takes_the_stages() -> None:
    (stage,) = read(SMALL).streams[0].stages
    assert stage.stage_id == "refunds/check"
    assert stage.lead_time == Figure(960, Unit.BUSINESS, Basis.MEASURED, date(2026, 9, 30), None)
    assert stage.process_time == Figure(10, Unit.BUSINESS, Basis.ESTIMATED, date(2026, 1, 31), "a guess")
    assert stage.percent_complete_accurate == Figure(90, Unit.PERCENT, Basis.MEASURED, date(2026, 9, 30), None)


def test_people_are_read_by_role() -> None:
    text = changed("name: Till,", "name: Till, owner: U0000OWNER, business_relationship_manager: Ama,")
    (till,) = read(text).services
    assert till.people == {Role.OWNER: "U0000OWNER", Role.BUSINESS_RELATIONSHIP_MANAGER: "Ama"}


@pytest.mark.parametrize(
    ("old", "new", "line", "wording"),
    [
        ("name: Refunds", "nam: Refunds", 8, "unknown key"),
        ("fairview: 1", "fairview: 2", 1, "fairview"),
        ("services: [till]", "services: [tlil]", 14, "no service has the id 'tlil'; did you mean 'till'?"),
        ("        team: desk\n", "        team: nobody\n", 13, "no team has the id 'nobody'; add it under teams"),
        ("name: Till, team: desk", "name: Till, team: desk2", 5, "did you mean 'desk'?"),
        ("{time: 10 business", "{time: 90 business", 15, ""),
        ("{time: 10 business minutes", "{time: 3 business days", 12, "process_time is longer than lead_time"),
        ("{time: 10 business", "{time: 10 calendar", 12, "both use business or both use calendar"),
        ("lead_time: 2 business days", "lead_time: 2 days", 15, "is not a time"),
        ("        basis: measured\n", "", 12, "measured or estimated"),
        ("accurate: 90", "accurate: 101", 17, "100"),
        ("accurate: 90", "accurate: ninety", 17, "percent"),
        ("as_of: 2026-09-30", "as_of: 2027-09-30", 10, "still to come"),
        ("as_of: 2026-09-30", "as_of: 20260930", 10, "year-month-day"),
        ("as_of: 2026-09-30", "as_of: 0", 10, "year-month-day"),
        ("customer: people waiting for a refund", "customer: ''", 9, "customer"),
        ("    customer: people waiting for a refund\n", "", 7, "customer"),
        ("name: Refunds", "name: '???'", 8, "letter or a digit"),
        ("name: Refunds", "name: 42", 8, "expected text, found 42"),
        ("id: refunds", "id: Re funds", 7, "id"),
        ("name: Desk}", "name: Desk, channels: [servicedesk]}", 3, '"#servicedesk"'),
        ("name: Desk}", "name: Desk, channels: ['#a', '#A']}", 3, "stands here twice"),
        ("name: Desk}", "name: Desk, user_group: desk}", 3, "handle"),
        ("name: Desk}", "name: Desk, aliases: [Help, help!]}", 3, "this team has the name or alias 'help!' already"),
        (
            "name: Desk}",
            "name: Desk}\n  - {id: d2, name: D2, aliases: [desk]}",
            4,
            "another team has the name or alias",
        ),
        ("name: Desk}", "name: Desk}\n  - {id: desk, name: D2}", 4, "the id 'desk' already"),
        ("services: [till]", "services: [till, till]", 14, "stands here twice"),
        ("      - name: Check", "      - name: check!\n      - name: Check", 13, "the id 'check' already"),
        ("name: Till,", "name: Till, lifecycle: asleep,", 5, "planned"),
        ("name: Refunds", f"name: {'x' * 81}", 8, "80"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, wording: str) -> None:
    if not wording:
        assert read(changed(old, new)).streams
        return
    found = problems(changed(old, new))
    assert any(problem.startswith(f"catalogue.yaml:{line}: ") and wording in problem for problem in found), found


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        SMALL.replace("id: desk, name: Desk", "id: desk, nome: Desk")
        .replace("[till]", "[tell]")
        .replace(": 90", ": -1")
    )
    lines = [int(problem.split(":")[1]) for problem in problems(text)]
    assert lines == sorted(lines)
    assert {3, 14, 17} <= set(lines)


def test_an_unfinished_entry_is_still_known_to_references() -> None:
    found = problems(SMALL.replace("{id: till, name: Till, team: desk}", "{id: till}"))
    assert len(found) == 1
    assert "name" in found[0]


@pytest.mark.parametrize("text", ["", "[]", "just words", "fairview: 1\nteams: 3", "a: &x [1]\nb: *x", "teams:\n\t- x"])
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    assert problems(text)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("fairview: 1\norganisation: Café".encode("latin-1"))
    with pytest.raises(DataError, match="UTF-8"):
        read_catalogue(path, TODAY)


_WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["fairview", "teams", "services", "streams", "stages", "id", "name", "aliases", "team", "as_of"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_WILD)
def test_whatever_stands_in_a_file_is_read_or_refused_never_a_crash(value: object) -> None:
    with contextlib.suppress(DataError):
        read_catalogue(json.dumps(value), TODAY, name="wild.yaml")
