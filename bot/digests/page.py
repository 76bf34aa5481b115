"""A digest as a page of HTML: one file that needs no other, for screens and for paper. Pure text."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from bot.digests.advice import Advice
from bot.digests.phrases import capital, with_channels
from bot.digests.wording import Digest, Paragraph

_TYPED = re.compile(r"`([^`\n]+)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
  :root { color-scheme: light; }
  body { margin: 0 auto; max-width: 42rem; padding: 2rem 1.25rem 3rem; background: #fff; color: #1d1c1d;
         font: 1.0625rem/1.55 Georgia, "Times New Roman", serif; }
  h1 { margin: 0 0 .5rem; font-size: 1rem; font-weight: normal; color: #1f4e5f; letter-spacing: .02em; }
  .headline { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.3; font-weight: bold; }
  .opening, footer { color: #4a4a4a; font-size: .875rem; line-height: 1.45; }
  .opening p, footer p { margin: 0 0 .35rem; }
  .opening { margin-bottom: 1rem; }
  figure { margin: 0 0 1.5rem; }
  img { width: 100%; height: auto; }
  h2 { margin: 1.1rem 0 .1rem; font-size: 1.0625rem; }
  h2 + p { margin: 0; }
  aside { margin: 1.75rem 0; padding: .9rem 1.1rem; border-left: .3rem solid #1f4e5f; background: #f2f6f7; }
  aside h2:first-child { margin-top: 0; }
  footer { margin-top: 1.75rem; padding-top: .75rem; border-top: 1px solid #c9c9c9; }
  code { font: .9em ui-monospace, Consolas, monospace; }
  @media print {
    @page { margin: 18mm; }
    body { max-width: none; padding: 0; font-size: 11pt; }
    .headline { font-size: 16pt; }
    figure { max-width: 13.5cm; }
    h2 { margin-top: .7rem; }
    h2 { break-after: avoid; }
    p, figure, aside { break-inside: avoid; }
    aside { background: none; }
  }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a PNG, and what it shows in words."""

    png: bytes
    alt: str


def html_page(digest: Digest, channel_name: Callable[[str], str], chart: Picture | None = None) -> str:
    """Return the page; ``channel_name`` returns what to call a channel, by its id. All text is escaped."""

    def shown(text: str) -> str:
        return _TYPED.sub(r"<code>\1</code>", escape(with_channels(text, channel_name)))

    body = [
        f"<h1>{shown(digest.title)}</h1>",
        f'<p class="headline">{shown(digest.headline)}</p>',
        '<div class="opening">',
        *(f"<p>{shown(one)}</p>" for one in digest.opening),
        "</div>",
        *(_figure(chart) if chart else ()),
        *(line for one in digest.paragraphs for line in _paragraph(one, shown)),
        *(_advice(digest.advice, shown) if digest.advice else ()),
        "<footer>",
        *(f"<p>{shown(one)}</p>" for one in digest.notes),
        "</footer>",
    ]
    return "\n".join([*_head(digest.title), "<body>", "<main>", *body, "</main>", "</body>", "</html>", ""])


def _head(title: str) -> list[str]:
    return [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # Whatever a name or a title may hold: nothing is run, and nothing is fetched.
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
    ]


def _figure(chart: Picture) -> list[str]:
    source = f"data:image/png;base64,{b64encode(chart.png).decode('ascii')}"
    return [f'<figure><img src="{source}" alt="{escape(chart.alt)}"></figure>']


def _paragraph(one: Paragraph, shown: Callable[[str], str]) -> list[str]:
    return ["<section>", f"<h2>{shown(one.heading)}</h2>", f"<p>{shown(capital(one.text))}</p>", "</section>"]


def _advice(advice: Advice, shown: Callable[[str], str]) -> list[str]:
    return [
        "<aside>",
        "<h2>One thing to try</h2>",
        f"<p>{shown(advice.text)}</p>",
        f"<h2>The idea behind it: {shown(advice.idea.title)}</h2>",
        f"<p>{shown(advice.idea.paragraph)}</p>",
        "</aside>",
    ]
