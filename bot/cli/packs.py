"""The detector that the commands use: the rules that ship, and whatever packs are given."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.errors import OperatorError
from nlp import DataError, Detector


@cache
def _shipped() -> Detector:
    return Detector()


def load_detector(packs: Sequence[Path] = ()) -> Detector:
    """Return a Detector; raises OperatorError where a pack is missing or a shipped file is broken."""
    try:
        return Detector(packs) if packs else _shipped()
    except FileNotFoundError as error:
        raise OperatorError(f"There is no rule pack at {error}.", "Check the path.") from None
    except DataError as error:
        raise OperatorError(f"A file that ships with Fairview is broken: {error}", "Install it again.") from None
