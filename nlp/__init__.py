"""What the words do: pure text in, findings out.

No Slack client, no database, no clock. ``Detector`` is the way in; a ``Reading`` holds plain values only.
"""

from nlp.context import EXCUSES
from nlp.detector import Detector
from nlp.located_yaml import DataError
from nlp.reading import COUNT_BAR, LABELS, NUDGE_BAR, NUDGEABLE, STAGES, Finding, Label, Mode, Reading, Stage
from nlp.rulepack import SUBTYPES, Rule

__all__ = [
    "COUNT_BAR",
    "EXCUSES",
    "LABELS",
    "NUDGEABLE",
    "NUDGE_BAR",
    "STAGES",
    "SUBTYPES",
    "DataError",
    "Detector",
    "Finding",
    "Label",
    "Mode",
    "Reading",
    "Rule",
    "Stage",
]
