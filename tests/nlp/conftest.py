"""One detector for all tests of the language engine: it is built once, as an application does."""

import pytest

from nlp import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector()
