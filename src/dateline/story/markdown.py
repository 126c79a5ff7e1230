"""The Markdown of a story: CommonMark with tables, references {{…}}, words let pass [[…: why]], and ::: blocks."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.colon_fence import colon_fence_plugin

_REFERENCE = re.compile(r"\{\{\s*([^{}|\n]*?)\s*((?:\|[^{}|\n]*)*)\}\}")
_EXEMPT = re.compile(r"\[\[([^\[\]\n]*?)(?::\s+([^\[\]\n]*?)\s*)?\]\]")
FORMS = ("size", "bare", "year", "month", "text")
"""How a reference may be printed: {{x.change | size}} drops the sign, "bare" the interval, "year" and "month" cut a
date, "text" gives a claim's own words."""


@cache
def markdown() -> MarkdownIt:
    """The parser. HTML is text; only web addresses, mail and places in the page can be linked."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").use(colon_fence_plugin)
    parser.inline.ruler.before("link", "exempt", _exempt)
    parser.inline.ruler.before("link", "reference", _reference)
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    return parser


def _is_safe(url: str) -> bool:
    """Whether Markdown may make a link or picture of it; parse refuses pictures and links to files, with a reason."""
    return urlsplit(url).scheme in {"", "http", "https", "mailto"}


def _reference(state: StateInline, silent: bool) -> bool:
    match = _REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("reference", "", 0)
        token.content = match[1]
        token.meta = {
            "source": match[0],
            "forms": tuple(form.strip() for form in match[2].split("|")[1:]),
        }
    state.pos = match.end()
    return True


def _exempt(state: StateInline, silent: bool) -> bool:
    match = _EXEMPT.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("exempt", "", 0)
        token.content = match[1]
        token.meta = {"source": match[0], "reason": match[2] or ""}
    state.pos = match.end()
    return True
