"""The files under the page, by hash, and those that it carries, which a reader's browser can hash again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from dateline.evidence.amend import away
from dateline.evidence.item import Item, Status
from dateline.ledger.identification import Identification
from dateline.story.block import BlockModel, Prose
from dateline.story.knockout import without
from dateline.story.page import Embed, Page

FOLDED = 8
"""From this many files on, each role folds away."""


@dataclass(frozen=True, slots=True)
class TakenFor:
    """What one place is taken for. rests: (id of an entry on the page or "", words) of each thing it rests on."""

    place: str
    name: str
    said: str
    rung: str
    rests: tuple[tuple[str, str], ...]
    by: str
    one: Identification


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
    roles = _roles(page)
    rows = sorted(
        ((roles.get(item.id, ""), item, name, _status(page, item)) for item, name in listed),
        key=lambda row: (row[0] == "", row[0], row[1].id),
    )
    return {
        "groups": [(role, [row[1:] for row in given]) for role, given in groupby(rows, key=lambda row: row[0])],
        "folded": len(rows) >= FOLDED,
        "items": rows,
        "places": list(_places(page)),
        "without": without(page),
        "embeds": tuple(page.embeds),
        "carried": _carried(page),
        "carried_folded": len(page.embeds) >= FOLDED,
        "others": others,
    }


def _status(page: Page, item: Item) -> str:
    if item.status is Status.HAVE:
        return ""
    return page.word(f"evidence.{item.status.value}", why=item.why or "")


def _carried(page: Page) -> list[tuple[str, list[Embed]]]:
    """What the page carries, pictures first."""
    pictures = [one for one in page.embeds if one.media_type.startswith("image/")]
    data = [one for one in page.embeds if one not in pictures]
    return [(kind, given) for kind, given in (("pictures", pictures), ("data", data)) if given]


def _roles(page: Page) -> dict[str, str]:
    """The first input role under which a finding on the page rests on each item."""
    found: dict[str, str] = {}
    for finding in page.reading.findings.values():
        for ref in finding.inputs:
            if ref.kind == "item" and ref.role:
                found.setdefault(ref.id, ref.role)
    return found


def _places(page: Page) -> Iterator[TakenFor]:
    """What the places that the page names are taken for."""
    named = {node for node in page.reading.below if node in page.case.places}
    for place in sorted(named | ({*page.cited} & {*page.case.places})):
        record = page.case.places[place]
        name = record.name(page.language.code)
        for one in record.identification:
            people = {"by": one.by or "", "reviewer": one.reviewer or ""}
            key = "evidence.seen_by_two" if one.reviewer else "evidence.by"
            yield TakenFor(
                place=place,
                name=name,
                said=one.sentence(name),
                rung=page.word(f"evidence.rung_{one.state}"),
                rests=tuple(_rests(page, one)),
                by=page.word(key, **people) if one.by else "",
                one=one,
            )


def _rests(page: Page, one: Identification) -> Iterator[tuple[str, str]]:
    """Files, findings and claims behind it; what has an entry on the page leads there."""
    for name in one.evidence:
        item = page.case.items.get(name)
        yield f"file-{name}" if name in page.items else "", item.name if item is not None else name
    for name in (*one.findings, *one.claims):
        yield page.anchor(name) if name in page.cited else "", name
