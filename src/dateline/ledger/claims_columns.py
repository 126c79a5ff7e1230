"""One row of a table of claims: what each column means, and how its cells become a record and come back."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dateline.core import edtf
from dateline.core.amounts.units import dimension, unit_of
from dateline.core.errors import UsageError
from dateline.core.identity import sha256_bytes
from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.claim import Claim
from dateline.ledger.source import Source

COLUMNS: Mapping[str, str] = {
    "claim_id": "the claim's id; the name of its file",
    "topic": "a word to sort by; kept in the note",
    "statement": "what is claimed, in our own words",
    "speaker": "who says it: one name, always spelled alike",
    "speaker_type": "government, media, think_tank, ngo, party, or any other type of a source",
    "named": "named, institution, anonymous, anonymous_official",
    "reported_in": "the page, report or broadcast in which we read it",
    "citation_chain": "from what we read back to who knows, parted by >",
    "origin_key": "who has the knowledge; a government's begins with its state: US-…, ROK-…; UNKNOWN when nobody says",
    "origin_basis": "how they know: intelligence, own_imagery_analysis, documents, physical_examination, retelling, …",
    "raw_material": "from what: a feed, documents, debris; undisclosed",
    "date_said": "when it was said, in EDTF: 2024-02-23, 2024-02",
    "date_basis": "how we know when: the page's date, 'Wednesday'",
    "hedge": "how sure the speaker sounds, in the speaker's words",
    "stance": "asserts, estimates, observes, computes, assesses, infers, suggests, predicts, denies, denies_part, "
    "denies_proof or declines",
    "qty_text": "the words of the amount: more than 10,000",
    "qty_low": "the least that the words allow, in plain digits",
    "qty_high": "the most that the words allow, in plain digits",
    "qty_bound": "exact, about, at_least, more_than, up_to, less_than, range, vague_plural, capacity, vague or none",
    "unit": "what is counted: containers, shells",
    "conversion_of": "id of the claim from whose amount this one is calculated",
    "period_text": "the words of the time that the claim is about",
    "period_edtf": "that time in EDTF: 2023-09/2024-02-23",
    "place": "the place as it is written; what a page miswrites in brackets: Dunai (written Danube); kept in the note",
    "retells": "id of the claim that this one repeats",
    "url": "where it can be read",
    "status": "planned, under_way or done",
    "qty_kind": "count, capacity, plan, rate or cumulative; worked out from the other columns where it is empty",
    "places": "ids of places of the case, parted by spaces",
    "supersedes": "ids of earlier claims of the same origin, parted by spaces",
    "denies": "ids of the claims that this one denies, parted by spaces",
    "qualifies": "ids of the claims that this one qualifies, parted by spaces",
    "utterance": "a name shared by all claims of one act of saying",
    "note": "anything else",
}
"""Every column and what stands in it. The first 26 are those of the published table of samples."""

USUAL = tuple(COLUMNS)[:26]
REQUIRED = ("claim_id", "statement", "speaker", "date_said", "stance")
LISTS = ("places", "supersedes", "denies", "qualifies")
NOTED = ("topic", "place", "unit", "qty_text", "qty_bound")
"""Columns that no field of a claim carries: where the fields would say otherwise, they are lines of the note."""

CALCULATES = "calculates from it"
"""How a link of a chain says that an amount is another claim's, converted."""

_STATES = {"ROK": "KR", "DPRK": "KP", "PRC": "CN", "UK": "GB", "USA": "US", "UKR": "UA", "RUS": "RU", "UAE": "AE"}
_NO_STATES = {"UN", "EU"}
_TYPES = {"media": "outlet"}
_BOUNDED = {"more_than", "at_least", "up_to", "less_than", "range", "vague_plural"}
_ABOUT = re.compile(r"(?i)\b(about|around|some|roughly|approx\w*|circa|ca|estimated)\b|~")
_PLURAL = re.compile(r"(?i)\b(several|few|dozens|scores|tens|hundreds|thousands|millions)\b")
_LONG = 14
"""[days] A count over a longer time is taken for a total over it, unless qty_kind says otherwise."""


@dataclass(frozen=True, slots=True)
class Lost:
    """One thing that the other form cannot carry: of which claim, where, what it was and what it becomes."""

    claim: str
    where: str
    was: str
    becomes: str


def state_of(key: str) -> str | None:
    """The state that a government's origin key begins with, as two letters: US-GOV-INTEL → US, ROK-NIS → KR."""
    prefix, dash, _ = key.partition("-")
    if not dash or prefix in _NO_STATES:
        return None
    return _STATES.get(prefix) or (prefix if re.fullmatch(r"[A-Z]{2}", prefix) else None)


def source_ids(names: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """The id of the source of each speaker's name: readable, its own, and the same whatever the order of the rows."""
    slugs = {name: _slug(name) for name in names if name}
    count = Counter(slugs.values())
    lower = {name.lower() for name in taken}
    return {
        name: slug
        if slug and count[slug] == 1 and slug not in lower
        else f"{slug or 'source'}-{sha256_bytes(name.encode())[:8]}"
        for name, slug in slugs.items()
    }


def _slug(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:60].strip("-")


def source_type(cells: Mapping[str, str]) -> str:
    """The type of a row's speaker; an official without a name is anonymous."""
    if cells["named"].startswith("anonymous"):
        return "anonymous"
    told = cells["speaker_type"]
    return _TYPES.get(told, told) or "other"


def unit_in(words: str) -> str:
    """The unit that words stand for; the noun stands last: "round trips" are trips. UsageError (code `unit`)."""
    head = re.split(r"[(]| per ", words)[0].strip()
    try:
        return unit_of(head.split()[-1]) if head else unit_of(words)
    except UsageError:
        return unit_of(head)


def quantity_data(
    cells: Mapping[str, str], *, low: float | None, high: float | None, period: When | None, unit: str
) -> dict[str, Any]:
    """A quantity as a record's table. A total is told from a count by its time where qty_kind does not say."""
    return {
        "text": cells["qty_text"] or f"{low if high is None else high:g}",
        **({} if low is None else {"low": low}),
        **({} if high is None else {"high": high}),
        **({"low_open": True} if cells["qty_bound"] == "more_than" and low is not None else {}),
        **({"high_open": True} if cells["qty_bound"] == "less_than" and high is not None else {}),
        "unit": unit,
        "kind": cells["qty_kind"] or _kind(cells, period, unit).value,
    }


def _kind(cells: Mapping[str, str], period: When | None, unit: str) -> Kind:
    if cells["qty_bound"] == "capacity" or cells["origin_basis"] == "capacity_calculation":
        return Kind.CAPACITY
    if " per " in cells["unit"]:
        return Kind.RATE
    if cells["stance"] == "predicts" or cells["status"] == "planned":
        return Kind.PLAN
    if period is None or period.latest is None or dimension(unit) in {"people", "length", "share", "money"}:
        return Kind.COUNT
    days = period.days()
    return Kind.CUMULATIVE if days is None or days > _LONG else Kind.COUNT


def hedge_data(cells: Mapping[str, str]) -> dict[str, str]:
    """A hedge with the sort of words that it is, by the bound and the stance."""
    if cells["qty_bound"] == "about":
        sort = "approximate"
    elif cells["stance"] in {"infers", "suggests", "assesses"}:
        sort = "estimative"
    elif cells["qty_bound"] == "capacity":
        sort = "conditional"
    else:
        sort = "bounded" if cells["qty_bound"] in _BOUNDED else "flat"
    return {"text": cells["hedge"], "class": sort}


def chain_data(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps of a chain; the first is what was read, the last knows, or calculates from another claim."""
    steps = [step.strip() for step in cells["citation_chain"].split(">") if step.strip()]
    links: list[dict[str, Any]] = [
        {"who": who, "how": "names its source" if index < len(steps) - 1 else "speaks", "read": index == 0}
        for index, who in enumerate(steps)
    ]
    if cells["conversion_of"]:
        links.append({"who": f"claim {cells['conversion_of']}", "how": CALCULATES, "claim": cells["conversion_of"]})
    if links:
        links[-1]["end"] = True
    return links


def note_text(cells: Mapping[str, str], carried: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Free words, then a line for each column of `names` that the fields would not give back."""
    lines = [f"{name}: {cells[name]}" for name in names if cells[name] and cells[name] != carried[name]]
    free = cells.get("note", "") if "topic" in names else ""
    return "\n".join([*([free] if free else []), *lines]) or None


def noted(record: Claim | Source) -> Mapping[str, str]:
    """The lines `column: value` of a record's note: what a table said that no field carries."""
    return {name: value for name, value in map(_noted_line, (record.note or "").splitlines()) if name}


def _noted_line(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(": ")
    return (name, value) if colon and name in (*NOTED, "speaker_type", "named") else ("", "")


def cells_of(claim: Claim, source: Source) -> dict[str, str]:
    """A claim as the cells of its row, every column; what the note says of a column wins."""
    calculated = [link for link in claim.chain if link.how == CALCULATES and link.claim]
    steps = [link.who for link in claim.chain if link not in calculated]
    cells = {
        "claim_id": claim.id,
        "statement": claim.statement,
        "speaker": source.name(),
        "citation_chain": " > ".join(steps),
        "conversion_of": (calculated[0].claim if calculated else None) or "",
        "date_said": edtf.write(claim.said),
        "date_basis": claim.said_basis or "",
        "hedge": claim.hedge.text if claim.hedge else "",
        "stance": claim.stance,
        "retells": claim.retells or "",
        "status": claim.status or "",
        "utterance": claim.utterance or "",
        "note": "\n".join(line for line in (claim.note or "").splitlines() if not _noted_line(line)[0]),
        **{name: " ".join(getattr(claim, name)) for name in LISTS},
        **_source_cells(source),
        **_origin_cells(claim),
        **_quantity_cells(claim),
        **_period_cells(claim.period),
        **noted(claim),
    }
    return {name: cells.get(name, "") for name in COLUMNS}


def _source_cells(source: Source) -> dict[str, str]:
    back = {ours: theirs for theirs, ours in _TYPES.items()}
    return {"speaker_type": back.get(source.type, source.type), **noted(source)}


def _origin_cells(claim: Claim) -> dict[str, str]:
    cited = claim.sources[0] if claim.sources else None
    cells = {"reported_in": (cited and cited.title) or "", "url": (cited and cited.url) or ""}
    if claim.origin is not None:
        cells |= {
            "origin_key": claim.origin.key,
            "origin_basis": claim.origin.method or "",
            "raw_material": claim.origin.raw_material or "",
        }
    return cells


def _quantity_cells(claim: Claim) -> dict[str, str]:
    quantity = claim.quantity
    if quantity is None:
        return {"qty_bound": "none"}
    cells = {
        "qty_text": quantity.text,
        "qty_low": _digits(quantity.low),
        "qty_high": _digits(quantity.high),
        "qty_bound": _bound(quantity, approximate=claim.hedge is not None and claim.hedge.sort == "approximate"),
        "unit": quantity.unit if quantity.unit == "percent" else f"{quantity.unit}s",
        "qty_kind": quantity.kind.value,
    }
    if dimension(quantity.unit) is None:  # a unit of the case's own stands as it is
        cells["unit"] = quantity.unit
    if quantity.kind is _kind(_told(claim, cells), claim.period, quantity.unit):
        cells["qty_kind"] = ""
    return cells


def _told(claim: Claim, cells: Mapping[str, str]) -> dict[str, str]:
    noted_cells = {name: value for name, value in noted(claim).items() if name in cells}
    basis = (claim.origin.method if claim.origin else None) or ""
    return {**cells, **noted_cells, "stance": claim.stance, "status": claim.status or "", "origin_basis": basis}


def _bound(quantity: Quantity, *, approximate: bool) -> str:
    low, high = quantity.low, quantity.high
    if quantity.kind is Kind.CAPACITY and low is not None:
        return "capacity"
    if low is None:
        return "less_than" if quantity.high_open else "up_to"
    if high is None:
        if quantity.low_open:
            return "more_than"
        return "vague_plural" if _PLURAL.search(quantity.text) else "at_least"
    if low < high:
        return "range"
    return "about" if approximate or _ABOUT.search(quantity.text) else "exact"


def _digits(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else repr(value)


def _period_cells(period: When | None) -> dict[str, str]:
    if period is None:
        return {}
    bounded = period.earliest is not None or period.latest is not None
    return {"period_text": period.text or "", "period_edtf": edtf.write(period) if bounded else ""}


def cells_lost(cells: Mapping[str, str], claim: Claim, source: Source) -> Iterator[Lost]:
    """Cells that would come back with another meaning; another spelling of the same date is no loss."""
    back = cells_of(claim, source)
    for column, cell in cells.items():
        same = back[column] == cell or (column == "qty_bound" and (cell or "none") == back[column])
        if not same and not (column in {"date_said", "period_edtf"} and _same_time(cell, back[column])):
            yield Lost(claim.id, column, cell, back[column])


def _same_time(one: str, other: str) -> bool:
    return bool(one) and bool(other) and When.from_edtf(one) == When.from_edtf(other)


def fields_lost(claim: Claim, back: Claim) -> Iterator[Lost]:
    was, becomes = claim.to_json(), back.to_json()
    for name in dict.fromkeys([*was, *becomes]):
        if was.get(name) != becomes.get(name):
            yield Lost(claim.id, name, str(was.get(name, "")), str(becomes.get(name, "")))
