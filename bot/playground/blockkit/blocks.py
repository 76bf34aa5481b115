"""Layout blocks, and where each may stand.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.blockkit.charts import DATA_VISUALIZATION
from bot.playground.blockkit.composition import IDENTIFIER, SLACK_FILE, URL, plain_text, text
from bot.playground.blockkit.elements import ACCESSORY, ACTIONS, IMAGE, INPUT
from bot.playground.blockkit.rich_text import RICH_TEXT
from bot.playground.blockkit.schema import Flag, ListOf, Problem, Record, Rule, Shape, String, Tagged, one_of

_TYPE = String()


def _block(required: tuple[str, ...] = (), rule: Rule | None = None, **fields: Shape) -> Record:
    return Record({"type": _TYPE, "block_id": IDENTIFIER, **fields}, required, rule)


def _has_words(value: Mapping[str, Any], at: str) -> Iterator[Problem]:
    if value.get("text") is None and value.get("fields") is None:
        yield Problem(at, "missing required field: text")


_CONTEXT_ELEMENT = Tagged({**text(3000).kinds, "image": IMAGE})
_CELL = Tagged({"raw_text": Record({"type": _TYPE, "text": String(least=0)}, ("text",)), "rich_text": RICH_TEXT})
_COLUMN = Record({"align": String(choices=frozenset({"left", "center", "right"})), "is_wrapped": Flag()})

SECTION = _block(rule=_has_words, text=text(3000), fields=ListOf(text(2000), 10), accessory=ACCESSORY, expand=Flag())
ACTIONS_BLOCK = _block(("elements",), elements=ListOf(ACTIONS, 25))
INPUT_BLOCK = _block(
    ("label", "element"),
    label=plain_text(2000),
    element=INPUT,
    hint=plain_text(2000),
    optional=Flag(),
    dispatch_action=Flag(),
)
IMAGE_BLOCK = _block(
    ("alt_text",),
    one_of("image_url", "slack_file"),
    image_url=URL,
    slack_file=SLACK_FILE,
    alt_text=String(2000),
    title=plain_text(2000),
)
VIDEO = _block(
    ("alt_text", "title", "thumbnail_url", "video_url"),
    alt_text=String(2000),
    title=plain_text(199),
    title_url=URL,
    thumbnail_url=URL,
    video_url=URL,
    description=plain_text(200),
    author_name=String(49),
    provider_name=String(),
    provider_icon_url=URL,
)
TABLE = _block(("rows",), rows=ListOf(ListOf(_CELL, 20), 100), column_settings=ListOf(_COLUMN, 20))

EVERYWHERE: dict[str, Record] = {
    "section": SECTION,
    "divider": _block(),
    "header": _block(("text",), text=plain_text(150)),
    "image": IMAGE_BLOCK,
    "context": _block(("elements",), elements=ListOf(_CONTEXT_ELEMENT, 10)),
    "actions": ACTIONS_BLOCK,
    "input": INPUT_BLOCK,
    "rich_text": RICH_TEXT,
    "video": VIDEO,
}
MESSAGES_ONLY: dict[str, Record] = {
    "markdown": _block(("text",), text=String(12000)),
    "table": TABLE,
    "data_visualization": DATA_VISUALIZATION,
}
