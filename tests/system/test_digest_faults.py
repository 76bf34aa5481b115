"""A slice of `benchmarks/digest_faults.py`: clocks killed amid lost answers lose no digest, and double none."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "digest_faults.py"


@pytest.fixture(scope="module")
def faults() -> ModuleType:
    specification = importlib.util.spec_from_file_location("digest_faults", BENCHMARK)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["digest_faults"] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


def test_each_digest_comes_once(faults: ModuleType, database_url: str) -> None:
    told = faults.storm(database_url, digests=48, kills=8, drawn=1)
    assert told.is_exact, told
    assert told.looks, "answers were lost"
    assert told.posts > told.digests, "posts were refused"
