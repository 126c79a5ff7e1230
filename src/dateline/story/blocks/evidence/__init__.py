"""The files under the page, by hash, and those that it carries, which a reader's browser can hash again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from dateline.evidence.amend import away
from dateline.evidence.item import Item, Status
from dateline.story.block import BlockModel, Prose
from dateline.story.page import Page


class Model(BlockModel):
    """The body of an :::evidence block: empty, or a title of its own."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """Every item under anything that the page prints, and every picture and finding that the file carries."""
    names = sorted({*page.items, *page.reading.items})
    items = [page.case.items[name] for name in names if name in page.case.items]
    for item in items:
        if item.attribution:
            page.credits.setdefault(item.attribution, item.licence.name)
    others = [(name, sha256) for name, sha256 in page.reading.files.items() if name not in page.case.items]
    unnamed = away(page.case.root, page.case.items)
    listed = [(item, item.id if item.id in unnamed else item.name) for item in items]
    return {
        "items": [(item, name, _status(page, item)) for item, name in listed],
        "embeds": tuple(page.embeds),
        "others": others,
    }


def _status(page: Page, item: Item) -> str:
    if item.status is Status.HAVE:
        return ""
    return page.word(f"evidence.{item.status.value}", why=item.why or "")
