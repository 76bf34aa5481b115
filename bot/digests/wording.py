"""Figures to sentences: plain, short, and never more than the figures say. Pure text.

The only markup is `<#C…>`, which stands for a channel, and backquotes around what can be typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.digests.advice import Advice, choose_advice
from bot.digests.figures import Figures, Standing
from bot.digests.headline import headline
from bot.digests.notes import closing_notes, opening_notes
from bot.digests.paragraphs import HEADINGS, KINDS, Paragraph, label_paragraphs, nudges_paragraphs
from bot.digests.phrases import period

__all__ = ["HEADINGS", "KINDS", "Digest", "Paragraph", "worded"]

_UNKNOWN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest in words: a page that is read in a minute."""

    title: str
    opening: tuple[str, ...]
    """What it is about, and what came before it."""
    headline: str
    paragraphs: tuple[Paragraph, ...]
    advice: Advice | None
    """None where there is nothing to take it from."""
    notes: tuple[str, ...]


def worded(figures: Figures, rule_titles: Mapping[str, str] = _UNKNOWN) -> Digest:
    """Return the digest of these figures in words; ``rule_titles`` name the rules that are muted, by their id."""
    is_shown = figures.standing is Standing.SHOWN
    paragraphs = [*label_paragraphs(figures), *nudges_paragraphs(figures)] if is_shown else []
    return Digest(
        title=f"Fairview: {period(figures.week_start, figures.weeks)}",
        opening=tuple(opening_notes(figures)),
        headline=headline(figures),
        paragraphs=tuple(paragraphs),
        advice=choose_advice(figures) if is_shown else None,
        notes=tuple(closing_notes(figures, rule_titles)),
    )
