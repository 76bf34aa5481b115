"""A slice of `benchmarks/digest_statistics.py`: what "moved" promises, where a change of the statistics would break it.

Seeded: it is the same each time. With so few comparisons a rate is known to 1.5 in 100 or so, hence the width.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "digest_statistics.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("digest_statistics_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("flagged", "swing", "volume"),
    [(6, 0.0, "steady"), (20, 0.5, "uneven"), (40, 0.25, "grown"), (100, 0.0, "grown"), (100, 0.5, "uneven")],
)
def test_false_alarms(bench: ModuleType, flagged: int, swing: float, volume: str) -> None:
    outcome = bench.simulate(bench.Setting(flagged, swing, volume), 800)
    assert outcome.comparisons == 800
    assert 0.015 <= outcome.moved <= 0.085
    assert outcome.too_few <= 0.15


@pytest.mark.parametrize(
    ("flagged", "swing", "at_least"), [(6, 0.0, 0.55), (20, 0.25, 0.65), (40, 0.0, 0.97), (100, 0.5, 0.35)]
)
def test_a_doubling_is_seen(bench: ModuleType, flagged: int, swing: float, at_least: float) -> None:
    assert bench.simulate(bench.Setting(flagged, swing, times=2.0), 200).moved >= at_least


def test_one_a_week_is_often_too_few_and_never_alarming(bench: ModuleType) -> None:
    outcome = bench.simulate(bench.Setting(1, 0.5), 400)
    assert outcome.too_few > 0.1
    assert outcome.moved < 0.05
