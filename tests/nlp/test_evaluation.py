import json
from pathlib import Path

import pytest

from nlp import Finding, Reading
from nlp.evaluation import Score, evaluate, read_labelled
from nlp.located_yaml import DataError


def finding(label: str, *, nudges: bool, mode: str = "nudge", excused: str | None = None) -> Finding:
    subtype = {"us_them": "outsiders", "process_barrier": "wrong_queue"}.get(label, "outcome")
    counts = excused is None and mode != "shadow"
    return Finding(
        f"{label}.{subtype}.x",
        label,
        subtype,
        mode,
        0,
        1,
        "x",
        excused,
        0.9,
        counts,
        nudges,
        "partnership",  # type: ignore[arg-type]  # literals
    )


def reading(*findings: Finding) -> Reading:
    counted = {f.label for f in findings if f.counts}
    nudging = {f.label for f in findings if f.nudges}
    return Reading(findings, tuple(sorted(counted)), tuple(sorted(nudging)))


def labelled(tmp_path: Path, *lines: dict[str, object]) -> Path:
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def test_scores_are_counted_for_both_bars(tmp_path: Path) -> None:
    file = labelled(
        tmp_path,
        {"text": "a", "labels": ["us_them"], "subtypes": ["outsiders"]},
        {"text": "b", "labels": ["us_them"], "subtypes": ["outsiders"]},
        {"text": "c", "labels": ["us_them"], "doubtful": True},
        {"text": "d", "labels": []},
    )
    answers = {
        "a": reading(finding("us_them", nudges=True)),
        "b": reading(finding("us_them", nudges=False)),
        "c": reading(),
        "d": reading(finding("us_them", nudges=False)),
    }
    result = evaluate(read_labelled([file]), answers.__getitem__)
    count = result.bars["count"]["us_them"]
    assert (count.right, count.wrong, count.missed) == (2, 1, 1)
    assert count.precision == pytest.approx(2 / 3)
    assert count.recall == pytest.approx(2 / 3)
    nudge = result.bars["nudge"]["us_them"]
    assert (nudge.right, nudge.wrong, nudge.missed) == (1, 0, 2)
    assert result.without_doubtful["count"]["us_them"].recall == 1.0
    assert result.stages["service"]["us_them"].right == 0
    assert result.stages["partnership"]["us_them"].right == 1
    assert result.subtypes["count"]["outsiders"].right == 2
    assert [(miss.kind, miss.text) for miss in result.misses] == [("missed", "c"), ("wrong", "d")]


def test_a_label_the_file_does_not_use_is_left_out(tmp_path: Path) -> None:
    file = labelled(tmp_path, {"text": "a", "labels": ["us_them"]})
    result = evaluate(read_labelled([file]), lambda _: reading(finding("process_barrier", nudges=True)))
    assert result.labels == ("us_them",)
    assert set(result.bars["count"]) == {"us_them"}


def test_rules_on_trial_are_scored_apart(tmp_path: Path) -> None:
    file = labelled(
        tmp_path, {"text": "a", "labels": ["us_them"]}, {"text": "b", "labels": []}, {"text": "c", "labels": []}
    )
    trial = finding("us_them", nudges=False, mode="shadow")
    excused = finding("us_them", nudges=False, mode="shadow", excused="quoted")
    answers = {"a": reading(trial, trial), "b": reading(trial), "c": reading(excused)}
    result = evaluate(read_labelled([file]), answers.__getitem__, ["us_them.outsiders.silent"])
    assert result.bars["count"]["us_them"].right == 0
    shadow = result.as_json()["shadow"]
    assert shadow[trial.rule] == {"fired": 3, "messages": 2, "precision": 0.5, "right": 1, "wrong": 1}
    assert shadow["us_them.outsiders.silent"] == {
        "fired": 0,
        "messages": 0,
        "precision": None,
        "right": 0,
        "wrong": 0,
    }


def test_a_rule_on_trial_has_no_precision_where_nobody_looked_for_its_label(tmp_path: Path) -> None:
    file = labelled(tmp_path, {"text": "a", "labels": ["process_barrier"]})
    trial = finding("us_them", nudges=False, mode="shadow")
    result = evaluate(read_labelled([file]), lambda _: reading(trial))
    assert (result.shadow[trial.rule].fired, result.shadow[trial.rule].score.precision) == (1, None)


def test_nothing_said_has_no_precision() -> None:
    assert Score().precision is None
    assert Score().recall is None
    assert Score().f1 is None
    assert Score().interval() is None


def test_the_interval_is_wilsons() -> None:
    interval = Score(right=95, wrong=5).interval()
    assert interval is not None
    assert interval == pytest.approx((0.888, 0.978), abs=0.001)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "not JSON"),
        ('{"labels": []}', 'expected an object with "text"'),
        ('{"text": "a"}', 'expected "labels"'),
        ('{"text": "a", "labels": ["rude"]}', 'expected "labels"'),
        ("[1]", "expected an object"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"text": "a", "labels": []}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"labelled\.jsonl:3: ") as caught:
        read_labelled([file])
    assert says in caught.value.problems[0]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_bytes(b'{"text": "\xff"}')
    with pytest.raises(DataError, match="not UTF-8"):
        read_labelled([file])
