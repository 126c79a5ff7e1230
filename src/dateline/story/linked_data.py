"""What archives and search engines read of a page: schema.org's words for the article, its claims and its evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from dateline.ledger.claim import Claim
from dateline.story.catalogue import block
from dateline.story.page import Page, safe


def linked_data(page: Page) -> Markup:
    """The page as JSON-LD (schema.org, version 29), once its body is rendered; "<" is written so that no tag can begin.

    It says nothing that the page does not print. An exercise is no news: it says so in its type and genre.
    """
    told = {key: value for key, value in _article(page).items() if value not in ("", [], None)}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return safe(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _article(page: Page) -> dict[str, Any]:
    front = page.reading.story.front
    assert front is not None
    day = page.reading.story.as_of(page.case.head.as_of)
    invented = page.reading.simulated or page.case.head.exercise
    return {
        "@context": "https://schema.org",
        "@type": "Article" if invented else "AnalysisNewsArticle",
        "genre": page.word("page.simulated") if invented else "",
        "headline": page.plain(front.title),
        "description": page.plain(front.standfirst),
        "inLanguage": page.language.code,
        "datePublished": None if day is None else day.isoformat(),
        "author": {"@type": "Organization", "name": front.byline} if front.byline else None,
        "backstory": page.word("page.how_intro"),
        "hasPart": [*_claims(page), *_analyses(page)],
        "citation": list(_files(page)),
        "correction": list(_corrections(page)),
    }


def _claims(page: Page) -> Iterator[dict[str, Any]]:
    """The claims that the page refers to, under the speaker's name as the page prints it."""
    away = page.reading.off_record
    for name in sorted(page.cited):
        record = page.case.records.get(name)
        if isinstance(record, Claim) and name not in away:
            yield {
                "@type": "Claim",
                "@id": f"#{page.anchor(name)}",
                "text": record.statement,
                "author": {"@type": "Organization", "name": page.speaker(record)},
                "appearance": [
                    {"@type": "CreativeWork", "url": each.url} for each in record.sources if each.url is not None
                ],
            }


def _files(page: Page) -> Iterator[dict[str, Any]]:
    """The files under the page by hash; their names may be somebody's, so the id has to do."""
    for name, sha256 in page.reading.files.items():
        if sha256:
            entry = {"@id": f"#{page.anchor(name)}"} if name in page.case.items else {}
            yield {"@type": "CreativeWork", **entry, "identifier": f"sha256:{sha256}"}


def _analyses(page: Page) -> Iterator[dict[str, Any]]:
    """The parts that hold an opinion or a forecast, each under the name of whoever signs it."""
    for use in page.reading.story.blocks:
        if use.name == "analysis" and use.model is not None:
            author = {"@type": "Person", "name": getattr(use.model, "by", "")}
            yield {"@type": "CreativeWork", "genre": page.word("analysis.label"), "author": author}


def _corrections(page: Page) -> Iterator[dict[str, Any]]:
    entries = [
        entry
        for use in page.reading.story.blocks
        if use.name == "corrections" and use.model is not None
        for entry in block("corrections").prepare(use.model, page)["entries"]
    ]
    for entry in entries:
        told = {"datePublished": entry.date.isoformat(), "text": page.plain(entry.text)}
        yield {"@type": "CorrectionComment", **told}
