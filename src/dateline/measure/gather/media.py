"""A media item for the methods that check it: its record, and everything that its four axes and relations rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dateline.core.errors import Refusal, UsageError
from dateline.ledger.agreed import standing
from dateline.ledger.case import Case
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.items import ItemRecord
from dateline.ledger.media_item import MediaItem
from dateline.ledger.reading import load_record
from dateline.ledger.record import Record
from dateline.ledger.terms import OFF
from dateline.ledger.transcript import within
from dateline.measure.gather.claims import record_ref, surroundings
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Request, Site, site_of
from dateline.methods.contract import Inputs
from dateline.methods.four_axes.ground import Spot


def prepare(request: Request) -> Prepared:
    """By role: `media` (one), `related`, `findings`, `claims`, `items`, `sites`, `background`, `speakers`, `sharing`.

    Further roles of findings and events pass as they are. A record alone, given as a file, has nothing around it.
    Raises Refusal `no-media`, `off-record`; UsageError `several-media`; InputError for a finding not yet measured.
    """
    media, refs = one_media(request)
    case = request.case
    given = further(request)
    if case is None:
        roles: dict[str, tuple[Any, ...]] = {"media": (media,), **given}
        return Prepared(refs=tuple(refs), simulated=False, load=lambda _tell: Loaded(inputs=Inputs(roles)))
    related = tuple(_related(media, case))
    findings = tuple(_findings(media, case, leave_out=request.question.id))
    claims = tuple(case.claims[name] for name in sorted(media.cited_claims()))
    away = off_record_in(media, claims, case)
    if away:
        raise Refusal(
            "An axis rests on what was said off the record, and the answer is there to be shown.",
            saw=", ".join(away[:8]),
            do="Take it out of the axis, or agree on other terms with whoever said it.",
            code="off-record",
        )
    around, more = surroundings(case, claims, {claim.id for claim in claims})
    items = tuple(_items(case, media))
    sites = tuple(_sites(case, (media, *related)))
    roles = {
        "media": (media,), "related": related, "findings": findings, "claims": claims, "items": items,
        "sites": tuple(Spot(site.id, site.name, site.where, sensitive=site.sensitive) for site in sites),
        **around, **given,
    }  # fmt: skip
    refs += [record_ref(record, "claims") for record in claims] + [record_ref(record, "related") for record in related]
    refs += [InputRef(kind="item", id=item.id, sha256=item.sha256(), role="items") for item in items]
    refs += [InputRef(kind="finding", id=one.id, sha256=one.self_sha256, role="cited") for one in findings]
    refs += [InputRef(kind="place", id=site.id, sha256=site.sha256, role="sites") for site in sites]
    return Prepared(
        refs=(*refs, *more),
        simulated=any(item.item.simulated for item in items) or any(one.simulated for one in findings),
        load=lambda _tell: Loaded(inputs=Inputs({role: found for role, found in roles.items() if found})),
    )


def one_media(request: Request) -> tuple[MediaItem, list[InputRef]]:
    """The media item that is asked for, of the case or of a file. Raises Refusal `no-media`, UsageError."""
    selections = request.roles.get("media", ())
    found: list[Record] = [record for selection in selections for record in selection.records]
    refs: list[InputRef] = []
    for path in (path for selection in selections for path in selection.files):
        found.append(load_record(_toml(path), MediaItem, root=path.parent))
        refs.append(file_ref(path, "media", request.items))
    media = [record for record in found if isinstance(record, MediaItem)]
    if not media:
        raise Refusal(
            "There is no media item to check.",
            saw="no record",
            do="Name one: media = [ID] in a measure, or --media media/ID.toml.",
            code="no-media",
        )
    if len(media) > 1:
        raise UsageError(
            "One media item is checked at a time.",
            saw=", ".join(one.id for one in media),
            do="Write a measure for each.",
            code="several-media",
        )
    return media[0], refs


def further(request: Request) -> dict[str, tuple[Any, ...]]:
    """The findings and events that other roles than `media` name."""
    roles: dict[str, tuple[Any, ...]] = {}
    for role, given in request.roles.items():
        events = tuple(one for selection in given for one in selection.records if isinstance(one, Event))
        found = (*(finding for selection in given for finding in selection.findings), *events)
        if role != "media" and found:
            roles[role] = found
    return roles


def _toml(path: Path) -> Path:
    if path.suffix.lower() != ".toml":
        raise UsageError(
            "A media item is a record in TOML.",
            saw=path.name,
            do="Give media/ID.toml; pictures and videos themselves are read by other methods.",
            code="media-record",
        )
    return path


def off_record_in(media: MediaItem, claims: Iterable[Record], case: Case) -> tuple[str, ...]:
    """What of a media item, of the stretches that it cites, and of claims was agreed to be off the record."""
    found = [one.id for one in (media, *claims) if standing(one, case.records).is_off]
    for heard in (heard for step in media.depiction for heard in step.heard):
        recording = media if heard.media is None else case.media[heard.media]
        rows = within(recording.transcript, heard.start, heard.end)
        if standing(recording, case.records).is_off or any(row.terms == OFF for row in rows):
            found.append(f"a stretch of {recording.id}")
    return tuple(dict.fromkeys(found))


def _related(media: MediaItem, case: Case) -> Iterator[MediaItem]:
    """Items that this one is related to, and the copies before it, each once."""
    waiting = [*(one.to for one in media.relations), *([media.copy_of] if media.copy_of else [])]
    waiting += [heard.media for step in media.depiction for heard in step.heard if heard.media is not None]
    seen = {media.id}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            found = case.media[name]
            waiting += [found.copy_of] if found.copy_of else []
            yield found


def earlier_copies(media: MediaItem, case: Case) -> Iterator[MediaItem]:
    """The items that were there before this one: by relation (earlier, copy) or by `copy_of`, and so on back."""
    waiting = [one.to for one in media.relations if one.kind in {"earlier", "copy"}]
    waiting += [media.copy_of] if media.copy_of else []
    seen = {media.id}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            found = case.media[name]
            waiting += [found.copy_of] if found.copy_of else []
            yield found


def _findings(media: MediaItem, case: Case, *, leave_out: str) -> Iterator[Finding]:
    """The findings that the record cites. Raises Refusal `circular` for its own answer among them."""
    for name in media.cited_findings():
        measure = case.measures.get(name)
        own = measure is not None and measure.method == "four_axes"
        if own or name == leave_out:
            raise Refusal(
                "An axis rests on an answer that rests on that axis.",
                saw=f"{media.id} cites {name}",
                do=f"Take {name} out of the findings of media/{media.id}.toml.",
                code="circular",
            )
        yield case.finding(name)


def _items(case: Case, media: MediaItem) -> Iterator[ItemRecord]:
    """The files of it, and those that its steps rest on."""
    records = case.of(ItemRecord)
    rests = (step.evidence for axis in ("location", "time", "authenticity", "depiction") for step in media.steps(axis))
    named = {*media.items, *(name for names in rests for name in names)}
    return (records[name] for name in sorted(named) if name in records)


def _sites(case: Case, media: Iterable[MediaItem]) -> Iterator[Site]:
    """The places of these items and of their steps, each once."""
    named = {name for one in media for name in one.places}
    named |= {name for one in media for step in one.location for name in step.places}
    return (site_of(case, name) for name in sorted(named))
