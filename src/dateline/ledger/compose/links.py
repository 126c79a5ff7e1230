"""Pages, chains and grades in a record's texts, and their spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dateline.ledger.compose.brackets import Wrong, bracketed, opened

_URL = re.compile(r"https?://\S+")
_PAGE = ("source", "published", "read", "evidence")
_LINK = ("how", "source", "claim", "evidence", "read", "not", "end")
FLAGS = {"read": "read", "end": "end"}
NOBODY = "?"
"""At the end of a chain: nobody says who knows."""


def read_citations(text: str) -> list[dict[str, Any]]:
    """One page a line: title, address, and marks in brackets. Raises Wrong."""
    return [_citation(line.strip()) for line in text.splitlines() if line.strip()]


def _citation(line: str) -> dict[str, Any]:
    bare, marks = opened(line, _PAGE)
    urls = _URL.findall(bare)
    if len(urls) > 1:
        raise Wrong(f"{len(urls)} addresses in {line[:60]!r}", "one page a line")
    url = urls[0] if urls else None
    title = (bare.replace(url, "") if url else bare).strip(" ,;|–—-")
    told = {"source": marks.get("source"), "title": " ".join(title.split()), "url": url}
    told |= {key: marks.get(key) for key in ("published", "read", "evidence")}
    return {key: value for key, value in told.items() if value}


def spelt_citations(pages: Sequence[Mapping[str, Any]]) -> str:
    """Pages as text, one a line. A publication date keeps its days, not its words."""
    return "\n".join(_page(page) for page in pages)


def _page(page: Mapping[str, Any]) -> str:
    published = page.get("published")
    day = published.get("edtf", "") if isinstance(published, Mapping) else published
    marks = {"source": page.get("source"), "published": day, "read": page.get("read"), "evidence": page.get("evidence")}
    bare = " ".join(part for part in (page.get("title"), page.get("url")) if part)
    return bracketed(bare, {key: str(value) for key, value in marks.items() if value})


def read_chain(text: str) -> list[dict[str, Any]]:
    """`Outlet > wire [read] > ministry [how publishes] [source ID] [evidence ID]`: from what we have to who knows.

    Without a mark the first was read and the last knows; `?` at the end says that nobody tells who knows. Raises Wrong.
    """
    steps = [step.strip() for step in re.split(r"\s*(?:>|→)\s*", text.strip())]
    known = steps[-1] != NOBODY
    parts = [opened(step, _LINK) for step in (steps if known else steps[:-1])]
    if not parts or not all(who for who, _ in parts):
        raise Wrong(repr(text[:60]), "names with > between them: Outlet > wire > ministry")
    told = any(FLAGS["read"] in marks or "not" in marks for _, marks in parts)
    links = [_link(who, marks, last=known and index == len(parts) - 1) for index, (who, marks) in enumerate(parts)]
    if not told:
        links[0]["read"] = True
    if known:
        links[-1]["end"] = True
    return links


def _link(who: str, marks: Mapping[str, str], *, last: bool) -> dict[str, Any]:
    link: dict[str, Any] = {"who": who, "how": marks.get("how") or ("speaks" if last else "names its source")}
    link |= {key: marks[key] for key in ("source", "claim", "evidence") if marks.get(key)}
    return link | {key: True for key in FLAGS if key in marks}


def spelt_chain(links: Sequence[Mapping[str, Any]]) -> str:
    """A chain as text that read_chain reads back."""
    unread = not any(link.get("read") for link in links)
    steps = []
    for index, link in enumerate(links):
        marks = {key: link[key] for key in ("how", "source", "claim", "evidence") if link.get(key)}
        flags = ["not read"] * (unread and index == 0) + ["read"] * bool(link.get("read"))
        steps.append(bracketed(link["who"], marks, flags))
    return " > ".join([*steps, *([] if links[-1].get("end") else [NOBODY])])


_GRADE = ("by", "date")


def read_judgements(text: str) -> list[dict[str, Any]]:
    """`C [by mk] [date 2024-03-02] past counts too high`, one a line."""
    found = []
    for line in text.splitlines():
        bare, marks = opened(line, _GRADE)
        grade, _, why = bare.partition(" ")
        found.append({"grade": grade, **marks, "why": why.strip()})
    return found


def spelt_judgements(grades: Sequence[Mapping[str, Any]]) -> str:
    """Grades as text, one a line."""
    return "\n".join(
        " ".join([bracketed(grade["grade"], {"by": grade["by"], "date": str(grade["date"])}), grade["why"]])
        for grade in grades
    )
