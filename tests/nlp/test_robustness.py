"""Any text, from any number of threads, with and without the shortcut: the same findings, and offsets that slice."""

import resource
import threading
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import Detector

TALK = """
    the business wants no ticket work not our problem their wrong queue re-raise policy cab thursday wait sla day
    customers in finance users never read we host it i've raised for you happy to help they said stop saying patient
    everythinggg is top priority nooo extra people
    tonight so > ``` ` * _ ~ : :tada: <@U1> &amp; &lt; 'quoted' don’t can't , . ! ? … ( ) - – <https://a.b|label>
"""
WORDS = [*TALK.split(), '"no ticket"', "\n"]

messages = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=40).map(" ".join),
)


@pytest.fixture(scope="module")
def thorough() -> Detector:
    return Detector(shortcut=False)


@given(text=messages)
@settings(max_examples=300)
def test_no_text_is_too_strange_and_offsets_always_slice(detector: Detector, text: str) -> None:
    reading = detector.read(text, stage="one_business", customer="people in need")
    for finding in reading.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.text == text[finding.start : finding.end]
    assert set(reading.nudge) <= set(reading.labels)
    assert (reading.suggestion is None) == (reading.strongest is None)


@given(text=messages)
@settings(max_examples=200)
def test_the_shortcut_changes_no_finding(detector: Detector, thorough: Detector, text: str) -> None:
    assert detector.read(text) == thorough.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 40_000,
        "'." * 20_000,
        "`" * 40_000,
        '"a' * 20_000,
        "<" * 40_000,
        ":a" * 20_000,
        "> " * 20_000,
        "no ticket no work. " * 2_105,
        "the business wants " * 2_105,
        "é" * 40_000,
    ],
    ids=["brackets", "quotes", "backticks", "speech", "angles", "emoji", "quoted", "cues", "one sentence", "letters"],
)
def test_a_hostile_message_takes_no_time(detector: Detector, text: str) -> None:
    detector.read(text)
    best = min(_taken(detector, text) for _ in range(3))
    # The promise is 50 ms on an idle core (benchmarks/language.py measures it); ten times that shows a wrong growth.
    assert best < 0.5


def _taken(detector: Detector, text: str) -> float:
    begun = time.process_time()
    detector.read(text)
    return time.process_time() - begun


def unseen(seed: int, count: int) -> list[str]:
    """Messages of words never seen before; every fiftieth draws a line or shuts a door."""
    draw = Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    ordinary = ("{} is slow", "restarted {}, looks fine", "does {} need a reboot?", "thanks, {} works now")
    telling = ("the business wants {} by friday", "no ticket no work for {}", "not our problem, {}")
    return [
        draw.choice(telling if at % 50 == 0 else ordinary).format("".join(draw.choices(letters, k=12)))
        for at in range(count)
    ]


def test_threads_find_the_same_and_keep_nothing(detector: Detector) -> None:
    lists = [unseen(seed, 10_000) for seed in range(8)]
    expected = [[detector.read(text).labels for text in texts] for texts in lists]
    assert sum(bool(labels) for labels in expected[0]) > 100
    found: list[list[tuple[str, ...]]] = [[] for _ in lists]

    def read(at: int) -> None:
        found[at] = [detector.read(text).labels for text in lists[at]]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    threads = [threading.Thread(target=read, args=(at,)) for at in range(len(lists))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
    # Kilobytes: 80,000 lexemes kept for good would be tens of megabytes; eight stacks and the answers are some.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 12_000


def test_memory_stays_flat_over_unseen_words(detector: Detector) -> None:
    for text in unseen(100, 20_000):
        detector.read(text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text in unseen(101, 30_000):
        detector.read(text)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    # Kilobytes: 3,000 lexemes kept for good would be several megabytes.
    assert grown < 2_500
