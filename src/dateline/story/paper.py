"""What stands on every printed sheet, so that a loose one is known: title, day, records; number; the simulated mark."""

from __future__ import annotations

import re

from dateline.story.page import Page

_PLAIN = re.compile(r"[^\w ]|_")
"""All but letters, digits and spaces are written by number: no title ends a string, a rule or the style."""
_LONGEST = 90
"""Signs of a title that go into a line."""


def margins(page: Page, title: str, records: str) -> str:
    """The page's margin boxes (CSS Paged Media Level 3, W3C 2023, 5). title: plain words. records: their hash."""
    day = page.reading.story.as_of(page.case.head.as_of)
    short = title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"
    foot = " · ".join(part for part in (short, page.language.day(day) if day else "", records[:16]) if part)
    simulated = page.reading.simulated or page.case.head.exercise
    mark = f"@top-left{{content:{_quoted(page.word('page.simulated_mark').upper())}}}" if simulated else ""
    return (
        f"@media print{{@page{{{mark}@bottom-left{{content:{_quoted(foot)};width:85%}}"
        '@bottom-right{content:counter(page) " / " counter(pages)}}}\n'
    )


def _quoted(text: str) -> str:
    """A CSS string (CSS Syntax Level 3, W3C 2021, 4.3.7): whatever could mean something else stands by its number."""
    return '"' + _PLAIN.sub(lambda match: f"\\{ord(match[0]):x} ", text) + '"'
