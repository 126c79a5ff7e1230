"""Markdown tokens become HTML: references become links, blocks become figures, everything else is escaped text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from dateline.story.markdown import markdown
from dateline.story.page import Page, safe

LONG = 5
"""Of more rows than this a table on a phone scrolls in its box."""
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*(?:\s|$)")


class _Renderer(RendererHTML):
    """CommonMark's renderer with our two inline tokens and our blocks."""

    def reference(self, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
        """A link to the finding or record; the first simulated one of a sentence is marked."""
        page: Page = env["page"]
        token = tokens[at]
        html = page.cite(token.content, token.meta["forms"], within=_sentence(page, tokens, at))
        if page.reading.is_simulated(token.content) and _is_first(page, tokens, at):
            html += Markup('<small class="sim">{}</small>').format(page.word("page.simulated_mark"))
        return html

    def exempt(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        """The words, without their reason: that stands in the editor's sheet."""
        return str(escape(tokens[at].content))

    def colon_fence(self, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
        """A block."""
        render: Callable[[int], str] = env["block"]
        return render(tokens[at].meta["block"])

    def link_open(self, tokens: Sequence[Token], at: int, options: Any, env: dict[str, Any]) -> str:
        """A link out of the page tells the other side nothing of where the reader came from."""
        if not str(tokens[at].attrs.get("href", "")).startswith("#"):
            tokens[at].attrSet("rel", "noopener noreferrer external")
        return self.renderToken(tokens, at, options, env)

    def table_open(self, tokens: Sequence[Token], at: int, _options: Any, env: dict[str, Any]) -> str:
        """A table in a box of its own, which scrolls sideways on a phone; a long one there scrolls down, too."""
        end = next(index for index in range(at, len(tokens)) if tokens[index].type == "table_close")
        rows = sum(token.type == "tr_open" for token in tokens[at:end])
        if rows <= LONG:
            return '<div class="scroll" tabindex="0"><table>\n'
        words = env["page"].word("page.scrolls")
        return Markup('<div class="scroll tall" tabindex="0" data-hint="{}"><table>\n').format(words)

    def table_close(self, *_: Any) -> str:
        """The end of the box."""
        return "</table></div>\n"


def _sentence(page: Page, tokens: Sequence[Token], at: int) -> str:
    """The sentence, without markup, in which a reference stands."""
    before = "".join(_plain(page, token) for token in tokens[:at])
    here = _plain(page, tokens[at])
    after = "".join(_plain(page, token) for token in tokens[at + 1 :])
    start = max((match.end() for match in _SENTENCE_END.finditer(before)), default=0)
    end = _SENTENCE_END.search(after)
    return " ".join((before[start:] + here + (after[: end.end()] if end else after)).split())


def _plain(page: Page, token: Token) -> str:
    if token.type == "reference":
        return page.says(token.content, token.meta["forms"])
    return " " if token.type in {"softbreak", "hardbreak"} else token.content


def _is_first(page: Page, tokens: Sequence[Token], at: int) -> bool:
    """Whether no other simulated reference stands before this one in its sentence."""
    for token in reversed(tokens[:at]):
        if token.type == "text" and _SENTENCE_END.search(token.content):
            return True
        if token.type == "reference" and page.reading.is_simulated(token.content):
            return False
    return True


@cache
def _renderer() -> _Renderer:
    return _Renderer(MarkdownIt())


def inline(page: Page, text: str) -> Markup:
    """One line of Markdown as HTML."""
    parser = markdown()
    html = _renderer().render(parser.parseInline(text), parser.options, {"page": page})
    return safe(html)


def body(page: Page, tokens: Sequence[Token], block: Callable[[int], str]) -> Markup:
    """A whole story as HTML; `block` renders the block of a number."""
    parser = markdown()
    html = _renderer().render(list(tokens), parser.options, {"page": page, "block": block})
    return safe(html)
