"""A digest as a page: whole in itself, and nothing in it but words."""

import re
from html.parser import HTMLParser

import pytest
from digest_figures import figures, label, withheld

from bot.digests.figures import Figures, Standing
from bot.digests.page import Picture, html_page
from bot.digests.wording import worded

HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta", "img"}


class Tree(HTMLParser):
    """Checks that every element is closed in its turn; gathers text and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes |= {f"{tag}.{name}": value for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(some: Figures, name: str = "#infra", chart: Picture | None = None, title: str = "A rule") -> str:
    return html_page(worded(some, {"own.thing": title}), lambda _: name, chart)


@pytest.mark.parametrize("some", [figures(), figures(label("us_them", 9)), withheld(Standing.NOT_LISTENING)])
def test_the_page_is_whole_and_says_all_that_the_digest_says(some: Figures) -> None:
    tree = Tree(page_of(some))
    assert tree.open == []
    digest = worded(some)
    for said in (digest.title, digest.headline, *digest.opening, *digest.notes):
        assert said.replace("<#C0INFRA>", "#infra").replace("`", "") in tree.text
    assert [tree.seen.count(tag) for tag in ("html", "head", "title", "body", "main", "h1")] == [1] * 6


def test_it_tells_the_whole_idea() -> None:
    some = figures(label("us_them", 9, kinds=("outsiders",)))
    advice = worded(some).advice
    assert advice is not None
    assert advice.idea.paragraph in Tree(page_of(some)).text


def test_names_and_titles_are_text() -> None:
    page = page_of(figures(muted_rules=("own.thing",)), HOSTILE, Picture(b"png", HOSTILE), HOSTILE)
    tree = Tree(page)
    assert "script" not in tree.seen
    assert tree.text.count(HOSTILE) == 2
    assert tree.attributes["img.alt"] == HOSTILE


def test_it_needs_nothing_from_elsewhere() -> None:
    page = page_of(figures(), chart=Picture(b"\x89PNG", "A chart"))
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == ["data:image/png;base64,iVBORw=="]
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_can_be_typed_stands_out() -> None:
    assert "<code>/valuestream</code>" in page_of(figures())
