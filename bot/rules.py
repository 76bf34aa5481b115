"""The detector as a workspace wants it: the rules that ship, and its own rules and words on top (FAIRVIEW_RULES)."""

import logging
from functools import cache
from pathlib import Path

from bot.errors import OperatorError, SettingsError
from nlp import DataError, Detector

logger = logging.getLogger(__name__)

_HINT = "Give a folder of YAML files, or one such file."


def check_rules(path: Path | None) -> None:
    """Raise SettingsError where FAIRVIEW_RULES names what is not there or may not be read."""
    if path is None:
        return
    try:
        if not (path.is_dir() or path.is_file()):
            raise SettingsError(f"FAIRVIEW_RULES: there is no folder or file {path}.", _HINT)
    except OSError as error:
        raise SettingsError(f"FAIRVIEW_RULES: {path} cannot be read ({error.strerror}).", _HINT) from None


def build_detector(path: Path | None) -> Detector:
    """Return a Detector with the rules under ``path``, if any, on top of those that ship.

    What of them is refused stands in its ``problems``. Raises OperatorError where there is nothing at ``path``, or a
    shipped file is broken.
    """
    check_rules(path)
    try:
        return Detector([path]) if path else _shipped()
    except DataError as error:
        raise OperatorError(f"A file that ships with Fairview is broken: {error}", "Install it again.") from None


def log_rules(detector: Detector) -> None:
    """Log how many rules of its own the workspace has, and an error for each thing that was refused."""
    for problem in detector.problems:
        logger.error("refused: %s", problem)
    own = [rule for rule in detector.rules.values() if rule.is_own]
    if own or detector.problems:
        logger.info("rules: %d that ship, %d of the workspace's own", len(detector.rules) - len(own), len(own))


@cache
def _shipped() -> Detector:
    return Detector()
