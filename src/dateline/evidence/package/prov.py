"""`dateline export prov`: how evidence, claims and findings came to be, as W3C PROV (PROV-JSON).

PROV-DM (Moreau and Missier 2013, W3C Recommendation), PROV-JSON (Huynh et al. 2013, W3C Member Submission). Entity =
evidence, claim or finding; Activity = one step of the custody log, one act of saying or one measurement; Agent = who
does, speaks or computes. A claim is derived from the claim that it repeats or passes on, and from the item where it can
be read. What PROV has no word for (how hedged, how much, denials) stays in the claims, which it names.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Container, Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from dateline.evidence.chain import Entry, Event
from dateline.evidence.item import Item
from dateline.evidence.package.contents import Contents
from dateline.evidence.package.kinds import Made, Order
from dateline.evidence.package.parcel import parcel

OPTIONS: frozenset[str] = frozenset()

NAMESPACE = "https://dateline.invalid/case/"
"""Names are of this case only; the domain is reserved, so that nobody takes them for addresses (RFC 2606)."""

NAME = "provenance.json"

_MADE = frozenset({Event.COLLECTED, Event.DERIVED})


class _Document:
    """PROV-JSON while it is put together: statements by kind and name."""

    def __init__(self, case: str) -> None:
        self.told: dict[str, Any] = {"prefix": {"case": f"{NAMESPACE}{quote(case)}/", "dateline": f"{NAMESPACE}terms/"}}
        self.count = 0

    def node(self, kind: str, name: str, **about: Any) -> str:
        """An entity, activity or agent, and its name in the document."""
        ident = f"case:{quote(name, safe='')}"
        self.told.setdefault(kind, {}).setdefault(ident, {}).update(
            {key.replace("__", ":"): value for key, value in about.items() if value is not None}
        )
        return ident

    def edge(self, kind: str, **ends: str) -> None:
        """A relation between two of them."""
        self.count += 1
        self.told.setdefault(kind, {})[f"_:r{self.count}"] = {f"prov:{key}": value for key, value in ends.items()}


def export(order: Order) -> Made:
    """Writes a folder with provenance.json in it."""
    found, document = order.contents, _Document(order.contents.told.case)
    for item in found.items.values():
        _item(document, item)
    for entry in found.entries():
        _step(document, entry, found.items)
    said = dict(_records(found, "claims"))
    for name, claim in said.items():
        _claim(document, name, claim, found.items)
    for name, speaker in _records(found, "sources"):
        _speaker(document, name, speaker)
    for _, finding in found.findings():
        _measured(document, finding, found.items, said)
    with parcel(order.out, zipped=False) as made:
        written = made.write(NAME, [json.dumps(document.told, ensure_ascii=False, indent=1).encode()])
    without = MappingProxyType(dict(found.kept_back) | dict(found.left_out))
    return Made(path=order.out, files=1, bytes=written.bytes, sha256=written.sha256, without=without)


def _item(document: _Document, item: Item) -> None:
    about = {"prov__label": item.name, "dateline__sha256": item.content, "dateline__mediaType": item.media_type}
    entity = document.node("entity", f"item/{item.id}", **about)
    if item.origin.url is not None:
        document.edge("wasDerivedFrom", generatedEntity=entity, usedEntity=_page(document, item.origin.url))
    for parent in item.derived.parents if item.derived else ():
        document.edge("wasDerivedFrom", generatedEntity=entity, usedEntity=document.node("entity", f"item/{parent}"))


def _page(document: _Document, url: str) -> str:
    return document.node("entity", f"url/{url}", prov__location=url)


def _step(document: _Document, entry: Entry, items: Mapping[str, Item]) -> None:
    name = f"custody/{entry.chain}/{entry.seq}"
    times = {"prov__startTime": entry.at, "prov__endTime": entry.at}
    activity = document.node("activity", name, **times, prov__label=entry.event.value, dateline__note=entry.note)
    kind = "item" if entry.subject in items else "file"
    entity = document.node("entity", f"{kind}/{entry.subject}")
    if entry.event in _MADE:
        document.edge("wasGeneratedBy", entity=entity, activity=activity)
    else:
        document.edge("used", activity=activity, entity=entity)
    person = document.node("agent", f"person/{entry.actor}", prov__type=_type("prov:Person"))
    document.edge("wasAssociatedWith", activity=activity, agent=person)
    if entry.tool is not None:
        tool = document.node("agent", f"tool/{entry.tool}", prov__type=_type("prov:SoftwareAgent"))
        document.edge("wasAssociatedWith", activity=activity, agent=tool)


def _records(found: Contents, folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of one folder that go, as plain data by id: this layer knows their published form and no more."""
    for path in found.files:
        if path.startswith(f"{folder}/") and path.endswith(".toml"):
            data = tomllib.loads(b"".join(found.pieces(path)).decode("utf-8-sig"))
            yield data["id"], data


def _claim(document: _Document, name: str, claim: Mapping[str, Any], items: Mapping[str, Item]) -> None:
    """One act of saying by its speaker, which several claims may share, and what was said in it."""
    when = claim.get("said")
    told = when.get("text") or when.get("edtf") if isinstance(when, dict) else when
    act = document.node("activity", f"utterance/{claim.get('utterance', name)}", prov__label="saying")
    about = {"prov__label": claim.get("statement"), "dateline__stance": claim.get("stance")}
    entity = document.node("entity", f"claim/{name}", **about, dateline__said=None if told is None else str(told))
    document.edge("wasGeneratedBy", entity=entity, activity=act)
    if "speaker" in claim:
        agent = document.node("agent", f"source/{claim['speaker']}")
        document.edge("wasAssociatedWith", activity=act, agent=agent)
        document.edge("wasAttributedTo", entity=entity, agent=agent)
    passed_on = [claim.get("retells"), *(link.get("claim") for link in claim.get("chain", ()))]
    origins = [f"claim/{one}" for one in dict.fromkeys(passed_on) if one is not None]
    read_in = [*claim.get("evidence", ()), *(link.get("evidence") for link in claim.get("chain", ()))]
    origins += [f"item/{one}" for one in dict.fromkeys(read_in) if one in items]
    for origin in origins:
        document.edge("wasDerivedFrom", generatedEntity=entity, usedEntity=document.node("entity", origin))


def _speaker(document: _Document, name: str, source: Mapping[str, Any]) -> None:
    """Who speaks, and for whom."""
    names = source.get("names", {})
    label = names.get("en") or next(iter(names.values()), None)
    sort = "prov:Person" if source.get("type") in {"person", "anonymous"} else "prov:Organization"
    agent = document.node("agent", f"source/{name}", prov__label=label, prov__type=_type(sort))
    for body in source.get("member_of", ()):
        document.edge("actedOnBehalfOf", delegate=agent, responsible=document.node("agent", f"source/{body}"))


def _measured(
    document: _Document, finding: Mapping[str, Any], items: Mapping[str, Item], claims: Container[str]
) -> None:
    label = finding["statement"]["en"]
    activity = document.node("activity", f"measure/{finding['id']}", prov__label=finding["question"])
    entity = document.node("entity", f"finding/{finding['id']}", prov__label=label)
    document.edge("wasGeneratedBy", entity=entity, activity=activity)
    for ref in finding.get("inputs", ()):
        if ref.get("kind") == "finding" or ref.get("id") in items or ref.get("id") in claims:
            kind = "finding" if ref["kind"] == "finding" else "claim" if ref["kind"] == "record" else "item"
            document.edge("used", activity=activity, entity=document.node("entity", f"{kind}/{ref['id']}"))
    method = f"tool/{finding['method']} {finding['method_version']}"
    agent = document.node("agent", method, prov__type=_type("prov:SoftwareAgent"))
    document.edge("wasAssociatedWith", activity=activity, agent=agent)


def _type(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}
