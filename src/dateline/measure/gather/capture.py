"""What bears on when a picture was taken: post, copies, who spoke of it; findings and events as they are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dateline.core.errors import Refusal
from dateline.ledger.agreed import standing
from dateline.ledger.case import Case
from dateline.ledger.event import Event
from dateline.ledger.finding import InputRef
from dateline.ledger.media_item import MediaItem
from dateline.measure.gather.claims import record_ref
from dateline.measure.gather.media import earlier_copies, further, off_record_in, one_media
from dateline.measure.request import Loaded, Prepared, Request
from dateline.methods.contract import Inputs
from dateline.methods.found_copies import earlier_in


def prepare(request: Request) -> Prepared:
    """By role: `media`, `related` (earlier copies), `spoken` (claims), and `findings`, `shows`, `lacks`, `after`,
    `before` as they are given. Raises Refusal `off-record`, UsageError `several-media`.
    """
    roles: dict[str, tuple[Any, ...]] = dict(further(request))
    refs: list[InputRef] = []
    _check_events(request)
    if request.roles.get("media"):
        media, refs = one_media(request)
        roles["media"] = (media,)
        more, around = _around(request, media)
        roles |= more
        refs += around
    return Prepared(
        refs=tuple(refs),
        simulated=False,
        load=lambda _tell: Loaded(inputs=Inputs({role: found for role, found in roles.items() if found})),
    )


def _around(request: Request, media: MediaItem) -> tuple[dict[str, tuple[Any, ...]], list[InputRef]]:
    """Its earlier copies, and the claims that its axis of time cites. Nothing without a case."""
    case = request.case
    if case is None:
        return {}, []
    found = (one for given in request.roles.get("findings", ()) for one in given.findings)
    named = earlier_in(found, media.id)
    copies = tuple({one.id: one for one in (*earlier_copies(media, case), *_known(named, case))}.values())
    said = dict.fromkeys(name for step in media.time for name in step.claims)
    claims = tuple(case.claims[name] for name in sorted(said))
    away = off_record_in(media, claims, case)
    if away:
        raise Refusal(
            "The time rests on what was said off the record, and the answer is there to be shown.",
            saw=", ".join(away[:8]),
            do="Take it out of the record's axis of time, or agree on other terms with whoever said it.",
            code="off-record",
        )
    refs = [record_ref(one, "related") for one in copies] + [record_ref(claim, "spoken") for claim in claims]
    return {"related": copies, "spoken": claims}, refs


def _check_events(request: Request) -> None:
    """Raises Refusal `off-record` for an event that rests on what may not be told: its day is printed."""
    case = request.case
    events = (one for role in ("after", "before") for given in request.roles.get(role, ()) for one in given.records)
    named = {name for event in events if isinstance(event, Event) for name in event.claims}
    away = [] if case is None else [one for one in sorted(named) if standing(case.claims[one], case.records).is_off]
    if away:
        raise Refusal(
            "An end rests on an event that is told off the record, and the answer is there to be shown.",
            saw=", ".join(away[:8]),
            do="Leave the event out, or agree on other terms with whoever said it.",
            code="off-record",
        )


def _known(names: Iterable[str], case: Case) -> Iterator[MediaItem]:
    return (case.media[name] for name in names if name in case.media)
