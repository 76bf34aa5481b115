"""Rich text: the block that people's own messages are made of, and what a ``rich_text_input`` answers.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from bot.playground.blockkit.schema import Flag, ListOf, Number, Record, Shape, String, Tagged

_TYPE = String()
_STYLE = Record({name: Flag() for name in ("bold", "italic", "strike", "code", "underline", "highlight", "unlink")})


def _part(**fields: Shape) -> Record:
    return Record({"type": _TYPE, "style": _STYLE, **fields}, tuple(fields))


_LINK = Record({"type": _TYPE, "url": String(), "text": String(least=0), "unsafe": Flag(), "style": _STYLE}, ("url",))
_EMOJI = Record(
    {"type": _TYPE, "name": String(), "unicode": String(), "skin_tone": Number(1, 6), "style": _STYLE}, ("name",)
)
_DATE = Record(
    {"type": _TYPE, "timestamp": Number(), "format": String(), "url": String(), "fallback": String(), "style": _STYLE},
    ("timestamp", "format"),
)

PART = Tagged(
    {
        "text": _part(text=String()),
        "user": _part(user_id=String()),
        "usergroup": _part(usergroup_id=String()),
        "channel": _part(channel_id=String()),
        "team": _part(team_id=String()),
        "broadcast": _part(range=String(choices=frozenset({"here", "channel", "everyone"}))),
        "color": _part(value=String()),
        "link": _LINK,
        "emoji": _EMOJI,
        "date": _DATE,
    }
)

_PARTS = ListOf(PART, least=0)
_BORDER = Number(0, 1)
_SECTION = Record({"type": _TYPE, "elements": _PARTS}, ("elements",))
_PREFORMATTED = Record({"type": _TYPE, "elements": _PARTS, "border": _BORDER, "language": String()}, ("elements",))
_QUOTE = Record({"type": _TYPE, "elements": _PARTS, "border": _BORDER}, ("elements",))
_LIST = Record(
    {
        "type": _TYPE,
        "style": String(choices=frozenset({"bullet", "ordered"})),
        "elements": ListOf(Tagged({"rich_text_section": _SECTION})),
        "indent": Number(0, 8),
        "offset": Number(0),
        "border": _BORDER,
    },
    ("style", "elements"),
)

ELEMENT = Tagged(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": _LIST,
        "rich_text_preformatted": _PREFORMATTED,
        "rich_text_quote": _QUOTE,
    }
)

RICH_TEXT = Record({"type": _TYPE, "block_id": String(255), "elements": ListOf(ELEMENT, least=0)}, ("elements",))
