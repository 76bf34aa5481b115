from itertools import pairwise

import pytest

from bot.stages import STAGE_EFFECT, ChosenFor, StageChoice
from nlp import STAGES


def test_each_stage_adds_to_what_the_one_before_nudges() -> None:
    assert tuple(STAGE_EFFECT) == STAGES
    effects = list(STAGE_EFFECT.values())
    for before, after in pairwise(effects):
        assert after.startswith(f"{before}; ")


@pytest.mark.parametrize(
    ("chosen_for", "chosen_by", "origin"),
    [
        ("channel", "U0ANN", "chosen for this channel by <@U0ANN>"),
        ("channel", None, "chosen for this channel"),
        ("workspace", "U0ANN", "chosen for the workspace by <@U0ANN>"),
        ("workspace", None, "chosen for the workspace"),
        ("default", None, "the default"),
        ("default", "U0ANN", "the default"),
    ],
)
def test_a_choice_says_where_it_comes_from(chosen_for: ChosenFor, chosen_by: str | None, origin: str) -> None:
    assert StageChoice("partnership", chosen_for, chosen_by).origin == origin
