"""Corrections and the day of publication as an Atom feed (RFC 4287, Nottingham and Sayre 2005), from records alone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from dateline.story.output import Output, text_output
from dateline.story.page import Page
from dateline.story.published import numbers, read_manifest
from dateline.story.reading import Reading

NAME = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may not stand in an XML document (XML 1.0, 2.2)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a published story. seed: what it is called by for good."""

    day: date
    title: str
    text: str
    seed: str


def feed(reading: Reading, *, going_out: tuple[int, date] | None = None) -> Output | None:
    """The feed, newest first; None where no record gives a day.

    going_out: number and day of the version that is being published now, which has no manifest yet. Raises InputError
    (code "published-changed") for a published version that is not what went out.
    An entry keeps its name while its text stays. Days are told as midnight UTC, because the format wants a moment.
    The feed's own name comes from the canonical address, else from the case's id, which is only the newsroom's own.
    """
    page, front = Page(reading), reading.story.front
    assert front is not None
    entries = sorted(_entries(page, going_out), key=lambda entry: (entry.day, entry.seed), reverse=True)
    if not entries:
        return None
    own = uuid.uuid5(uuid.NAMESPACE_URL, front.canonical or f"dateline:case:{reading.case.head.id}")
    mark = f"{page.word('page.simulated_mark')}: " if reading.simulated or reading.case.head.exercise else ""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": page.language.code})
    _add(root, "id", f"urn:uuid:{own}")
    _add(root, "title", mark + page.word("feed.title", title=page.plain(front.title)))
    _add(root, "updated", _moment(entries[0].day))
    _add(_add(root, "author"), "name", front.byline or reading.case.head.title)
    _links(root, front.canonical, NAME)
    for entry in entries:
        one = _add(root, "entry")
        _add(one, "id", f"urn:uuid:{uuid.uuid5(own, entry.seed)}")
        _add(one, "title", mark + entry.title)
        _add(one, "updated", _moment(entry.day))
        _links(one, front.canonical and f"{front.canonical}#corrections")
        _add(one, "content", entry.text, type="text")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return text_output(NAME, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')


def _entries(page: Page, going_out: tuple[int, date] | None) -> Iterator[Entry]:
    """Published versions, or the day of the front matter while there are none; then corrections."""
    front = page.reading.story.front
    assert front is not None
    days = {number: read_manifest(page.case, number).date for number in numbers(page.case)}
    days |= dict([going_out]) if going_out else {}
    text = page.plain(front.standfirst) or page.plain(front.title)
    if not days and front.date is not None:
        yield Entry(front.date, page.word("feed.published", day=page.language.day(front.date)), text, "published")
    for number, day in days.items():
        yield Entry(day, page.word("feed.version", n=number, day=page.language.day(day)), text, f"version {number}")
    for use in page.reading.story.blocks:
        for entry in getattr(use.model, "entry", ()) if use.name == "corrections" else ():
            yield _correction(page, entry)


def _correction(page: Page, entry: Any) -> Entry:
    """One entry of a corrections block."""
    told = [page.plain(entry.text)]
    told += [page.word("corrections.was", text=page.plain(entry.was))] if entry.was else []
    told += [page.word("corrections.now", text=page.plain(entry.now))] if entry.now else []
    text = "\n".join(told)
    return Entry(entry.date, page.word("feed.correction", day=page.language.day(entry.date)), text, text)


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _links(above: ElementTree.Element, address: str | None, own: str = "") -> None:
    if address:
        _add(above, "link", rel="alternate", type="text/html", href=address)
    if address and own:
        _add(above, "link", rel="self", type="application/atom+xml", href=urljoin(address, own))


def _add(above: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(above, tag, attributes)
    made.text = None if text is None else _NO_XML.sub("\ufffd", text)
    return made
