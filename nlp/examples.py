"""The sentences that prove a rule."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

_MARKED = re.compile(r"<<(.+?)>>", re.DOTALL)


class Examples(BaseModel):
    """Sentences that prove a rule: what it must flag, the words found between ``<<`` and ``>>``, and must pass."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    flag: list[str] = Field(min_length=1)
    pass_: list[str] = Field(min_length=1, alias="pass")

    @field_validator("flag")
    @classmethod
    def _marks_a_span(cls, flag: list[str]) -> list[str]:
        for example in flag:
            if len(_MARKED.findall(example)) != 1:
                raise ValueError(f"mark what is found with << and >>, once: {example!r}")
        return flag

    @field_validator("pass_")
    @classmethod
    def _marks_none(cls, passed: list[str]) -> list[str]:
        for example in passed:
            if "<<" in example:
                raise ValueError(f"an example to pass marks nothing: {example!r}")
        return passed


def marked(example: str) -> tuple[str, int, int]:
    """Return an example to flag as plain text, and where its marked words begin and end."""
    match = _MARKED.search(example)
    if match is None:
        return example, 0, 0
    text = example[: match.start()] + match[1] + example[match.end() :]
    return text, match.start(), match.start() + len(match[1])
