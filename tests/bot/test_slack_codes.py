import pytest

from bot.slack_codes import documented


@pytest.mark.parametrize("code", ["user_not_in_channel", "is_archived", "ratelimited", "invalid_blocks"])
def test_a_code_of_slacks_is_written_as_it_is(code: str) -> None:
    assert documented(code) == code


@pytest.mark.parametrize("code", ["somebodys_words", "is_archived ", "", None, 404, ["is_archived"]])
def test_anything_else_is_not_written(code: object) -> None:
    assert documented(code) == "an_error_not_documented"
