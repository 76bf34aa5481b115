"""FAIRVIEW_RULES: a workspace's own rules and words, wherever messages are read on the command line."""

import io
import json
import sys
from pathlib import Path

import pytest
from cli_outcome import Fairview

RULES = """- id: us_them.outsiders.own
  title: A word of our own
  why: A reason that is long enough to be read.
  patterns: ["the @zonk_word"]
  examples:
    flag: ["mind <<the zonk>> here"]
    pass: ["nothing of it"]
- id: us_them.outsiders.trial
  title: A word on trial
  why: A reason that is long enough to be read.
  mode: shadow
  patterns: [blorp]
  examples:
    flag: ["a <<blorp>> here"]
    pass: ["nothing of it"]
"""
BROKEN = "- id: us_them.rude.own\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    (folder / "words.yaml").write_text("zonk_word: [zonk, grand zonk]\n", encoding="utf-8")
    return folder


@pytest.fixture
def broken(own: Path) -> Path:
    (own / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    return own


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    lines = [
        {"text": "mind the grand zonk", "labels": ["us_them"], "subtypes": ["outsiders"]},
        {"text": "a blorp and a blorp", "labels": ["us_them"], "subtypes": ["outsiders"]},
        {"text": "one blorp", "labels": []},
        {"text": "lunch?", "labels": []},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return file


def asked(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """Put texts on standard input, as lines of JSON."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))


def test_check_finds_what_a_rule_of_ones_own_does(fairview: Fairview, own: Path) -> None:
    assert fairview("check", "mind the grand zonk").out == "Nothing found.\n"
    ended = fairview("check", "mind the grand zonk", FAIRVIEW_RULES=str(own))
    assert "“the grand zonk”  counted, and nudged" in ended.out
    assert (ended.code, ended.err) == (0, "")


def test_the_setting_may_stand_in_env(fairview: Fairview, own: Path) -> None:
    Path(".env").write_text(f"FAIRVIEW_RULES={own}\n", encoding="utf-8")
    assert "us_them.outsiders.own" in fairview("check", "mind the grand zonk").out


def test_what_is_on_trial_is_shown_when_asked_for(
    fairview: Fairview, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fairview("check", "a blorp", FAIRVIEW_RULES=str(own)).out == "Nothing found.\n"
    assert "on trial" in fairview("check", "a blorp", "--shadow", FAIRVIEW_RULES=str(own)).out
    for options, rules in (((), []), (("--shadow",), ["us_them.outsiders.trial"])):
        asked(monkeypatch, "a blorp")
        answer = json.loads(fairview("check", "--jsonl", *options, FAIRVIEW_RULES=str(own)).out)
        assert [finding["rule"] for finding in answer["findings"]] == rules
        assert (answer["labels"], answer["nudge"], answer["suggestion"]) == ([], [], None)


def test_what_is_refused_is_told_beside_the_answer(
    fairview: Fairview, broken: Path, labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = f"{broken / 'broken.yaml'}:1: id: 'rude' is not a subtype of us_them; allowed: business_as_other"
    commands = (
        ("check", "mind the zonk"),
        ("check", "--jsonl"),
        ("evaluate", str(labelled)),
        ("rules", "list"),
        ("rules", "show", "us_them.outsiders.own"),
    )
    for command in commands:
        asked(monkeypatch, "mind the zonk")
        ended = fairview(*command, FAIRVIEW_RULES=str(broken))
        assert ended.code == 0, command
        assert ended.err.startswith(problem), command
        assert len(ended.err.splitlines()) == 4, "its id, and the three keys that are missing"
        assert "not a subtype" not in ended.out
        assert command[0] == "evaluate" or "us_them.outsiders.own" in ended.out, "the rest works"


def test_evaluate_tells_how_rules_on_trial_do(fairview: Fairview, own: Path, labelled: Path) -> None:
    figures = json.loads(fairview("evaluate", str(labelled), "--json", FAIRVIEW_RULES=str(own)).out)
    assert figures["bars"]["count"]["us_them"]["right"] == 1
    assert figures["shadow"] == {
        "us_them.outsiders.trial": {"fired": 3, "messages": 2, "precision": 0.5, "right": 1, "wrong": 1}
    }
    shown = fairview("evaluate", str(labelled), FAIRVIEW_RULES=str(own)).out
    told = "found 3 times, in 2 of the messages; precision 0.50 (0.09–0.91), 1 right, 1 wrong"
    assert f"  us_them.outsiders.trial: {told}\n" in shown


def test_a_rule_on_trial_that_found_nothing_is_told_of_too(fairview: Fairview, own: Path, tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"text": "lunch?", "labels": []}\n', encoding="utf-8")
    shown = fairview("evaluate", str(file), FAIRVIEW_RULES=str(own)).out
    assert "  us_them.outsiders.trial: found 0 times, in 0 of the messages\n" in shown


def test_without_rules_on_trial_evaluate_says_nothing_of_them(fairview: Fairview, labelled: Path) -> None:
    assert "trial" not in fairview("evaluate", str(labelled)).out


def test_no_other_setting_matters_where_nothing_runs(fairview: Fairview, own: Path) -> None:
    wrong = {"FAIRVIEW_STAGE": "perfection", "PORT": "soon", "FAIRVIEW_SECRET_KEY": "short"}
    assert fairview("check", "mind the zonk", FAIRVIEW_RULES=str(own), **wrong).code == 0


# --- an operator's mistakes ---


@pytest.mark.parametrize("command", ["run", "web", "clock", "check x", "evaluate LABELLED", "rules list", "rules test"])
def test_a_folder_that_is_not_there_stops_everything_at_once(
    fairview: Fairview, settings: dict[str, str], labelled: Path, command: str
) -> None:
    words = [str(labelled) if word == "LABELLED" else word for word in command.split()]
    sentence = fairview(*words, **settings, FAIRVIEW_RULES="nowhere/rules").sentence
    assert sentence == (
        "FAIRVIEW_RULES: there is no folder or file nowhere/rules. Give a folder of YAML files, or one such file."
    )


def test_doctor_says_that_the_folder_is_not_there(fairview: Fairview) -> None:
    ended = fairview("doctor", FAIRVIEW_RULES="nowhere")
    assert ended.code == 2
    assert "mend    language: FAIRVIEW_RULES: there is no folder or file nowhere." in ended.out


def test_doctor_counts_the_rules(fairview: Fairview, own: Path) -> None:
    ended = fairview("doctor", FAIRVIEW_RULES=str(own))
    assert ended.code == 0
    (line,) = [line for line in ended.out.splitlines() if "language:" in line]
    assert line.startswith("ok ")
    assert line.endswith(" rules, and 2 of your own")


def test_doctor_says_what_is_refused_and_that_the_rest_works(fairview: Fairview, broken: Path) -> None:
    ended = fairview("doctor", FAIRVIEW_RULES=str(broken))
    assert ended.code == 2
    told = [line for line in ended.out.splitlines() if "language:" in line]
    assert [line.split()[0] for line in told] == ["mend"] * 4 + ["ok"]
    assert f"language: {broken / 'broken.yaml'}:1: id: 'rude' is not a subtype of us_them" in told[0]
    assert "language: the rest works: " in told[-1]
    assert told[-1].endswith(" rules, and 2 of your own")
