"""What a message is weighed by: the same for the same words however they are spelt, and summed without loss."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import Detector
from nlp.features import features_of, tokens_of
from nlp.markup import lay_open
from nlp.weighing import Weights, load, read_weights

FEW = {"bias": [0.0] * 4, "subtypes": {}, "subtype_features": {}, "kinds": {}, "common": {}}


def weights(features: dict[str, list[int]], quick: dict[str, list[int]]) -> Weights:
    bars = {"quick_first_bars": [-1e6, -1e6, -1e6], "quick_bars": [10.0, 10.0, 10.0]}
    return load({**FEW, **bars, "features": features, "quick": quick})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("we don't do that", "we do not do that"),
        ("dont wait, im here", "do not wait, I'm here"),
        ("it can't wait", "it cannot wait"),
        ("they won’t", "they will not"),
    ],
)
def test_contracted_and_written_out_are_the_same(one: str, other: str) -> None:
    assert tokens_of(lay_open(one).prose) == tokens_of(lay_open(other).prose)


def test_names_are_told_from_words_and_first_words() -> None:
    named = [word for word, name in tokens_of("Ask Zorbas. They own it, and I don't. SAP knows") if name]
    assert named == ["zorbas"]


def test_a_name_weighs_as_any_other_and_a_department_as_a_department() -> None:
    first, second = (features_of(tokens_of(f"that is {who} again"), {}) for who in ("Zorbas", "Wimbush"))
    assert {name for name in first if name[0] == "="} == {name for name in second if name[0] == "="}
    known = features_of(tokens_of("that is finance again"), {"finance": "<department>"})
    assert "=is <department> again" in known


@given(st.lists(st.tuples(*[st.integers(-900, 900)] * 4), max_size=60))
def test_weights_are_summed_without_loss(rows: list[tuple[int, int, int, int]]) -> None:
    words = [f"q{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(len(rows))]
    taught = weights({word: list(row) for word, row in zip(words, rows, strict=True)}, {})
    odds = taught.weigh(" ".join(words))
    scale = (len(rows) + 15) ** -0.5 / 10
    work = scale * sum(row[3] for row in rows)
    expected = [scale * sum(row[at] for row in rows) + min(0.0, work - 2.0) for at in range(3)]
    assert list(odds.values()) == pytest.approx(expected)


@given(st.lists(st.tuples(*[st.integers(-900, 900)] * 3), min_size=1, max_size=40))
def test_the_first_look_passes_what_one_label_alone_would_pass(rows: list[tuple[int, int, int]]) -> None:
    words = [f"q{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(len(rows))]
    taught = weights({}, {word: list(row) for word, row in zip(words, rows, strict=True)})
    sums = [sum(row[at] for row in rows) for at in range(3)]
    assert taught.worth_weighing(words) == any(total > 10.0 * (len(words) + 15) ** 0.5 for total in sums)


@given(st.text(max_size=400))
def test_any_text_can_be_weighed(text: str) -> None:
    odds = read_weights().weigh(lay_open(text).prose)
    assert len(odds) == 3


def test_a_department_of_ones_own_is_weighed_as_one(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("department: [Zorbas]\n", encoding="utf-8")
    text = "Zorbas is a demanding client"
    assert "us_them" not in Detector().read(text, stage="one_business").labels
    assert "us_them" in Detector([tmp_path]).read(text, stage="one_business").labels
