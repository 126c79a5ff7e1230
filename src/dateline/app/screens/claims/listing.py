"""The claims of a case as rows: searched, filtered, a page at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from dateline.app.screens.claims.curtain import Curtain
from dateline.ledger.claim import Claim
from dateline.ledger.review import ReviewState, review_state

PAGE = 50
"""Rows on a page."""
CUT = 280
"""Letters of a statement in a row."""
STATES: Mapping[str, str] = {
    "none": "not signed",
    "signed": "signed",
    "disagreed": "disagreed with",
    "stale": "signed for an earlier text",
}
SHOWN: Mapping[str, str] = {
    "all": "All",
    "unrated": "Not rated",
    "unsigned": "Not signed, or for an earlier text",
    "stale": "Signed for an earlier text",
    "disagreed": "Disagreed with",
    "signed": "Signed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One claim in a list. speaker_id: None where the speaker is not named. rated: as B3, empty while it is not."""

    id: str
    said: str
    speaker: str
    speaker_id: str | None
    statement: str
    origin: str
    rated: str
    state: ReviewState
    covered: bool
    text: str
    """What a search looks through."""

    @property
    def short(self) -> str:
        """The statement, cut."""
        return self.statement if len(self.statement) <= CUT else f"{self.statement[: CUT - 1]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see of the list."""

    words: str = ""
    show: str = "all"
    speaker: str = ""
    origin: str = ""
    order: str = "id"
    page: int = 1

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Asked:
        """From an address. What it does not know counts as not said."""
        page = told.get("page", "")
        show = told.get("show", "all")
        return cls(
            words=" ".join(told.get("q", "")[:500].split()),
            show=show if show in SHOWN else "all",
            speaker=told.get("speaker", "")[:200],
            origin=told.get("origin", "")[:200],
            order="said" if told.get("order") == "said" else "id",
            page=int(page) if page.isascii() and page.isdecimal() and 0 < len(page) < 7 else 1,
        )

    def told(self, page: int) -> dict[str, str]:
        """As an address says it, on another page."""
        given = {"q": self.words, "show": self.show, "speaker": self.speaker, "origin": self.origin}
        given |= {"order": self.order, "page": str(page)}
        plain = {"show": "all", "order": "id", "page": "1"}
        return {key: value for key, value in given.items() if value and plain.get(key) != value}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, which one it is of how many, and how many rows there are."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int


def row_of(claim: Claim, curtain: Curtain) -> Row:
    """A claim as a row, with nothing in it that is to be kept back."""
    speaker, statement, origin = curtain.speaker(claim), curtain.statement(claim), curtain.origin(claim)
    rating = claim.assessment
    said = claim.said.edtf() if claim.said.earliest or claim.said.latest else "not stated"
    return Row(
        id=claim.id,
        said=said,
        speaker=speaker,
        speaker_id=curtain.speaker_id(claim),
        statement=statement,
        origin=origin,
        rated="" if rating is None else f"{rating.source_reliability}{rating.info_credibility}",
        state=review_state(claim),
        covered=curtain.covers(claim),
        text=f"{claim.id} {speaker} {statement} {origin} {said}".casefold(),
    )


def rows_of(claims: Iterable[Claim], curtain: Curtain) -> tuple[Row, ...]:
    """All claims as rows, by id: C2 before C10."""
    return tuple(sorted((row_of(claim, curtain) for claim in claims), key=lambda row: _natural(row.id)))


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,9})", name.lower()))


def chosen(rows: Iterable[Row], asked: Asked) -> list[Row]:
    """The rows that fit, in the order asked for. Every word must be there, in any order."""
    words = asked.words.casefold().split()
    fit = [row for row in rows if _fits(row, asked) and all(word in row.text for word in words)]
    return sorted(fit, key=lambda row: row.said, reverse=True) if asked.order == "said" else fit


def _fits(row: Row, asked: Asked) -> bool:
    if asked.speaker and asked.speaker != row.speaker_id:
        return False
    if asked.origin and asked.origin != row.origin:
        return False
    match asked.show:
        case "unrated":
            return not row.rated
        case "unsigned":
            return row.state in {"none", "stale"}
        case "all":
            return True
    return row.state == asked.show


def page_of(rows: Sequence[Row], number: int) -> Page:
    """One page of rows; the last one where there are not so many."""
    pages = max(1, ceil(len(rows) / PAGE))
    number = min(max(1, number), pages)
    return Page(tuple(rows[(number - 1) * PAGE : number * PAGE]), number, pages, len(rows))
