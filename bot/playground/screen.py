"""What the demonstration shows in the terminal: who writes, what only they see, and what came of it."""

import re
from collections.abc import Mapping
from typing import Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_red", "bright_cyan", "bright_green")
_LINK = re.compile(r"<(?:https?://[^|>]*|[#@!][^|>]*)\|([^>]+)>")


class Screen:
    """Prints the day. ``names`` maps Slack's ids of members and channels to what people call them."""

    def __init__(self, stdout: TextIO, names: Mapping[str, str]) -> None:
        self._console = Console(file=stdout, highlight=False, soft_wrap=False)
        self._names = names

    def title(self, text: str) -> None:
        """Print the heading of a part of the day."""
        self._console.print()
        self._console.rule(f"[bold]{escape(text)}[/bold]", align="left")

    def note(self, text: str) -> None:
        """Print a line about what happens behind the talk."""
        self._console.print(Padding(f"[dim]{escape(self._readable(text))}[/dim]", (0, 0, 0, 6)))

    def says(self, who: str, channel: str, text: str, *, in_thread: bool = False) -> None:
        """Print a line of talk."""
        colour = _COLOURS[sum(map(ord, who)) % len(_COLOURS)]
        line = Table.grid(padding=(0, 1))
        line.add_column(width=18, no_wrap=True)
        line.add_column(overflow="fold")
        where = f"[dim]{'↳ ' if in_thread else ''}#{channel}[/dim]"
        line.add_row(where, f"[bold {colour}]{escape(who)}[/bold {colour}]: {escape(self._readable(text))}")
        self._console.print(line)

    def private(self, who: str, text: str, blocks: list[dict[str, Any]] | None, buttons: bool = True) -> None:
        """Print what only one person sees."""
        body = self._body(text, blocks, buttons)
        self._panel(body, "only you see this" if who == "you" else f"only {who} sees this", "yellow")

    def public(self, channel: str, text: str, blocks: list[dict[str, Any]] | None) -> None:
        """Print what Fairview posts for all to see."""
        self._panel(self._body(text, blocks, buttons=True), f"Fairview in #{channel}", "green")

    def modal(self, who: str, title: str, blocks: list[dict[str, Any]] | None) -> None:
        """Print a modal that opened."""
        self._panel(self._body("", blocks, buttons=False), f"{title} (a window, {who})", "blue")

    def verdict(self, seen: Mapping[str, bool], figures: Mapping[str, str]) -> None:
        """Print what the day was to show, and whether it did."""
        table = Table(show_header=False, box=None, padding=(0, 1))
        for what, happened in seen.items():
            table.add_row("[green]✓[/green]" if happened else "[red]✗[/red]", escape(what))
        for name, figure in figures.items():
            table.add_row("", f"[dim]{escape(name)}: {escape(figure)}[/dim]")
        self._console.print(table)

    def ask(self, prompt: str) -> str:
        """Return a line the person types; raises EOFError at the end of input."""
        return self._console.input(f"[bold]{escape(prompt)}[/bold]")

    def _panel(self, body: str, title: str, colour: str) -> None:
        panel = Panel(body, title=escape(title), title_align="left", border_style=colour, expand=False, width=92)
        self._console.print(Padding(panel, (0, 0, 0, 6)))

    def _body(self, text: str, blocks: list[dict[str, Any]] | None, buttons: bool) -> str:
        lines = [line for block in blocks or () for line in self._block(block, buttons)]
        return "\n".join(lines) if lines else self._mrkdwn(text)

    def _block(self, block: Mapping[str, Any], buttons: bool) -> list[str]:
        match block["type"]:
            case "header":
                lines = [f"[bold]{escape(block['text']['text'])}[/bold]"]
            case "divider":
                lines = ["[dim]───[/dim]"]
            case "context":
                lines = [f"[dim]{self._mrkdwn(element.get('text', ''))}[/dim]" for element in block["elements"]]
            case "data_visualization" | "image":
                lines = [f"[dim]\\[a chart: {escape(_titled(block))}][/dim]"]
            case "rich_text":
                lines = [f"[green]▏ {escape(_words_of(block))}[/green]"]
            case "input":
                written = _words_of(block["element"].get("initial_value") or {})
                lines = [f"[dim]{escape(block['label']['text'])}[/dim]", f"[reverse] {escape(written)} [/reverse]"]
            case _:
                texts = [block["text"]] if "text" in block else []
                lines = [self._mrkdwn(part["text"]) for part in [*texts, *block.get("fields", [])]]
        return lines + self._buttons(block) if buttons else lines

    def _buttons(self, block: Mapping[str, Any]) -> list[str]:
        if block["type"] == "actions":
            return ["", "  ".join(self._button(element) for element in block["elements"])]
        return [self._button(block["accessory"])] if "accessory" in block else []

    def _button(self, element: Mapping[str, Any]) -> str:
        return f"[reverse] {escape(element['text']['text'] if 'text' in element else '⋯')} [/reverse]"

    def _mrkdwn(self, text: str) -> str:
        text = escape(self._readable(text))
        text = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?!\w)", r"[bold]\1[/bold]", text)
        text = re.sub(r"(?<![\w_])_([^_\n]+)_(?!\w)", r"[italic]\1[/italic]", text)
        text = re.sub(
            r"(?m)^&gt; ?(.*)$|^> ?(.*)$", lambda m: f"[green]▏ {m.group(1) or m.group(2) or ''}[/green]", text
        )
        return re.sub(r":[a-z_]+: ?", "", text)

    def _readable(self, text: str) -> str:
        text = _LINK.sub(r"\1", text)
        text = re.sub(r"<([#@])([A-Z0-9]+)>", lambda m: m.group(1) + self._names.get(m.group(2), m.group(2)), text)
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words_of(rich_text: Mapping[str, Any]) -> str:
    """Return the words of a rich text block or element."""
    parts = rich_text.get("elements")
    if parts is None:
        return str(rich_text.get("text") or rich_text.get("name") or rich_text.get("url") or "")
    return "".join(_words_of(part) for part in parts)


def _titled(block: Mapping[str, Any]) -> str:
    """Return the title of a chart or picture, which is text or holds it; else what stands for it."""
    title = block.get("title") or block.get("alt_text") or ""
    return str(title.get("text", "") if isinstance(title, dict) else title)
