"""What is kept of a digest before Slack is asked to post it, and how it gets plainer where Slack refuses it.

How the last weeks are drawn is part of that: Slack's own chart; a picture, where the workspace does not take the chart;
nothing, where it does not take the picture; at last the text alone. Each change is kept before it is posted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, Self

from bot.block_kit import Block, context
from bot.digests.chart import alt_text, chart_block, chart_png, is_worth_drawing, left_out
from bot.digests.figures import Figures, Standing, WeekPoint
from bot.digests.pictures import picture_block

Rendering = Literal["chart", "to_draw", "picture", "plain", "text"]

_TITLE = "The last weeks"


@dataclass(frozen=True, slots=True)
class _Chart:
    """How the last weeks are first shown: by Slack's block, by a picture that has yet to be uploaded, or not."""

    rendering: Rendering
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Payload:
    """A digest as it is posted; ``blocks`` are without the chart, which stands before the one numbered ``chart_at``."""

    text: str
    blocks: list[Block]
    figures: dict[str, Any]
    rendering: Rendering
    chart_at: int = 0
    chart: tuple[Block, ...] = ()
    about: tuple[str, ...] = ()
    """The channels it tells of; none for a workspace."""
    picture_tries: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return what was kept as JSON."""
        # Of before there were charts: without one.
        given = {"rendering": "plain", "chart": (), "about": (), **kept}
        return cls(**{**given, "chart": tuple(given["chart"]), "about": tuple(given["about"])})

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**asdict(self), "chart": list(self.chart), "about": list(self.about)}

    @property
    def posted_blocks(self) -> list[Block]:
        """The blocks as Slack is asked to post them."""
        if self.rendering == "text":
            return []
        return [*self.blocks[: self.chart_at], *self.chart, *self.blocks[self.chart_at :]]

    def with_note(self, note: str) -> Self:
        """Return it with a line, in mrkdwn, at the end of its small print."""
        return replace(self, text=f"{self.text}\n{note}", blocks=_with_small_print(self.blocks, note))

    def with_picture(self, file_id: str) -> Self:
        """Return it with an uploaded picture for its chart."""
        image = picture_block(file_id, alt_text(self._history()), _TITLE)
        return replace(self, rendering="picture", chart=(image,))

    def to_draw(self) -> Self:
        """Return it without Slack's chart, a picture being still to come."""
        return replace(self, rendering="to_draw", chart=())

    def plain(self) -> Self:
        """Return it without chart or picture."""
        return replace(self, rendering="plain", chart=())

    def text_alone(self) -> Self:
        """Return it as its text, which stands alone."""
        return replace(self, rendering="text", chart=())

    def tried_again(self) -> Self:
        """Return it with one more try counted of showing its picture."""
        return replace(self, picture_tries=self.picture_tries + 1)

    def picture(self) -> tuple[bytes, str, str]:
        """Return the last weeks as PNG, what it shows in words, and its title; raises OSError as drawing does."""
        history = self._history()
        return chart_png(history, _TITLE), alt_text(history), _TITLE

    def _history(self) -> list[WeekPoint]:
        return [
            WeekPoint(date.fromisoformat(one["week_start"]), Standing(one["standing"]), one["messages"], one["rates"])
            for one in self.figures["history"]
        ]


def _with_small_print(blocks: Sequence[Block], note: str) -> list[Block]:
    """Return the blocks with a line more in the last context: buttons stay below it."""
    last = max((at for at, block in enumerate(blocks) if block["type"] == "context"), default=None)
    if last is None:
        return [*blocks, context(note)]
    return [*blocks[:last], context(f"{blocks[last]['elements'][0]['text']}\n{note}"), *blocks[last + 1 :]]


def _chart_to_show(history: Sequence[WeekPoint]) -> _Chart:
    """Return how the last weeks are shown best."""
    block = chart_block(history, _TITLE)
    if block is None:
        return _Chart("to_draw" if is_worth_drawing(history) else "plain")
    note = left_out(history)
    return _Chart("chart", (block, context(note)) if note else (block,))


def payload_of(
    text: str, blocks_with: Callable[[Sequence[Block]], list[Block]], figures: Figures, about: tuple[str, ...]
) -> Payload:
    """Return a digest as it is kept; ``blocks_with`` returns its blocks with given ones in the place of a chart."""
    chart = _chart_to_show(figures.history)
    mark: Block = {"type": "divider", "block_id": "chart"}
    blocks = blocks_with([mark])
    at = blocks.index(mark)
    return Payload(
        text=text,
        blocks=[*blocks[:at], *blocks[at + 1 :]],
        figures=figures.as_json(),
        rendering=chart.rendering,
        chart_at=at,
        chart=chart.blocks,
        about=about,
    )
