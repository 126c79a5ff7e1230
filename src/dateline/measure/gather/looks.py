"""Looks at a site from all sides: files, what people marked on a case's images, and images judged by a threshold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import RecordError, RecordFault, Refusal
from dateline.core.identity import digest
from dateline.core.state import seen
from dateline.core.when import When
from dateline.evidence.item import is_named_simulated
from dateline.imagery.chip import Chip
from dateline.ledger.case import Case
from dateline.ledger.finding import InputRef, Note
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, unended
from dateline.ledger.site_look import Answer, SiteLook
from dateline.ledger.site_look_files import read_site_looks, utc_span
from dateline.measure.gather import chips
from dateline.measure.gather.blind_tests import read_blind_tests
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.marks_files import not_submitted
from dateline.measure.imagery_log import image_of
from dateline.measure.request import Loaded, Prepared, Progress, Request, Selection
from dateline.methods.contract import Inputs

ROLE, IMAGES, TESTS = "looks", "images", "blind_tests"
_ANSWERS: Mapping[str, Answer] = {
    "present": "present", "absent": "absent", "not_discernible": "not discernible", "obscured": "obscured",
}  # fmt: skip


@dataclass(slots=True)
class _Found:
    """Looks, what they rest on, and what was noticed. contents: hash of each image's bytes, where it is known."""

    looks: list[SiteLook] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    refs: list[InputRef] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def prepare(request: Request) -> Prepared:
    """SiteLooks of the role `looks`; those of images and findings as they are.

    Raises RecordError with every fault of every file; Refusal `several-questions`, `no-threshold`; what chips raise.
    """
    found = _Found()
    faults: list[RecordFault] = []
    for selection in request.roles.get(ROLE, ()):
        for path in _files(selection):
            found.refs.append(file_ref(path, ROLE, request.items))
            faults += _of_file(path, selection, found)
        if request.case is not None and not selection.files and selection.table is None:
            _of_case(request.case, selection, request.question.parameters.get("asked"), found)
    for selection in request.roles.get(TESTS, ()):
        for path in _files(selection):
            found.refs.append(file_ref(path, TESTS, request.items))
            faults += read_blind_tests(path, selection.columns)[1]
    if faults:
        raise RecordError(faults, case=", ".join(sorted({fault.file for fault in faults})))
    found.looks = _one_picture(found)
    images = _prepared_images(request)
    refs = (*found.refs, *request.place_refs(ROLE), *(images.refs if images else ()))
    simulated = any(look.simulated for look in found.looks) or (images is not None and images.simulated)
    return Prepared(refs=refs, simulated=simulated, load=lambda tell: _load(request, found, images, tell))


def _load(request: Request, found: _Found, images: Prepared | None, tell: Progress) -> Loaded:
    looks, notes = list(found.looks), list(found.notes)
    if images is not None:
        loaded = images.load(tell)
        given = request.question.parameters
        looks += looks_from_shares(
            loaded.inputs.many(IMAGES, Chip),
            over=given["over"],
            share=given["share"],
            least_seen=given["least_seen"],
        )
        notes += loaded.notes
    shown = tuple(
        test for one in request.roles.get(TESTS, ()) for path in _files(one)
        for test in read_blind_tests(path, one.columns)[0]
    )  # fmt: skip
    tests = tuple(finding for one in request.roles.get("visibility", ()) for finding in one.findings)
    ordered = tuple(sorted(looks, key=lambda look: (look.end, look.image, look.by)))
    roles: dict[str, tuple[Any, ...]] = {ROLE: ordered, "visibility": tests, TESTS: shown}
    return Loaded(inputs=Inputs(roles), notes=tuple(dict.fromkeys(notes)))


def _prepared_images(request: Request) -> Prepared | None:
    if IMAGES not in request.roles:
        return None
    if request.question.parameters.get("over") is None:
        raise Refusal(
            "It is not said which values of the images are a change.",
            saw="images without a threshold",
            do="Give over, the value that a changed pixel exceeds, or let people look.",
            code="no-threshold",
        )
    return chips.prepare(request)


def looks_from_shares(
    images: Iterable[Chip], *, over: float, share: float, least_seen: float = 0.5, by: str = "threshold"
) -> Iterator[SiteLook]:
    """One look for each image, by the share of its seen pixels whose first band exceeds `over` [the band's unit].

    Present from `share` on [1], absent under half of it, not discernible between; obscured where less than
    `least_seen` of the pixels were seen [1]: a pass without data is no look.
    """
    for chip in images:
        values = chip.values[0]
        usable = seen(chip.states) & np.isfinite(values)
        part = float(usable.mean())
        answer: Answer = "obscured"
        why = "the pass is empty" if not usable.any() else f"{100 * part:.0f} % of the pixels were seen"
        if part >= least_seen:
            changed = float((values[usable] > over).mean())
            answer = "present" if changed >= share else "absent" if changed < share / 2 else "not discernible"
            why = f"{100 * changed:.1f} % of the seen pixels over {over:g}"
        start, end = (chip.at, chip.at) if not chip.day_only else utc_span(When.on(chip.at.date()))
        yield SiteLook(
            image=chip.id,
            start=start,
            end=end,
            sensor=chip.platform or chip.sensor,
            gsd=max(chip.pixel),
            answer=answer,
            by=by,
            independent=True,
            reason=why,
            simulated=chip.simulated,
            ref=chip.sha256 or None,
        )


def _files(selection: Selection) -> Iterator[Path]:
    yield from selection.files
    if selection.table is not None:
        yield selection.table


def _of_file(path: Path, selection: Selection, found: _Found) -> Sequence[RecordFault]:
    try:
        reads = read_site_looks(path.read_bytes(), file=path.name, names=selection.columns)
    except RecordError as error:
        return error.faults
    named = is_named_simulated(path.name)
    for read in reads:
        found.looks.append(replace(read.look, simulated=True) if named else read.look)
        if read.sha256:
            found.contents[read.look.image] = read.sha256
    return ()


def _of_case(case: Case, selection: Selection, asked: str | None, found: _Found) -> None:
    """What people answered of these places, people, and one question; nothing of a pass that nobody has ended."""
    places, people = {site.id for site in selection.sites}, set(selection.observers)
    marks = _meant(answered(case.observations), places, people)
    half = _meant(unended(case.observations), places, people)
    questions = {_plain(mark.question) for mark in marks.values() if mark.question}
    if asked is not None:
        marks, half = _of_question(marks, asked), _of_question(half, asked)
    elif len(questions) > 1:
        raise Refusal(
            "People were asked several things; one bracket answers one.",
            saw="; ".join(sorted(questions))[:300],
            do="Say under asked which question is meant, word for word.",
            code="several-questions",
        )
    for who in sorted({mark.by for mark in marks.values()}):
        theirs = [mark.sha256() for _, mark in sorted(marks.items()) if mark.by == who]
        found.refs.append(InputRef(kind="observations", id=who, sha256=digest(theirs), role=ROLE))
    for item in sorted({mark.item for mark in marks.values()}):
        if item in case.items:
            found.refs.append(InputRef(kind="record", id=item, sha256=case.items[item].record_sha256(), role=ROLE))
    for name, mark in marks.items():
        _of_mark(case, name, mark, found)
    found.notes += [Note(code=code, text=text) for code, text in not_submitted(half.values())]


def _plain(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip("?. ")


def _meant(marks: Mapping[str, Observation], places: set[str], observers: set[str]) -> dict[str, Observation]:
    """Answers of these people at these places about whole images: what is on one tile is on the image or not."""
    return {
        name: mark
        for name, mark in marks.items()
        if (not places or mark.place in places) and (not observers or mark.by in observers) and mark.tile is None
    }


def _of_question(marks: Mapping[str, Observation], asked: str) -> dict[str, Observation]:
    return {name: mark for name, mark in marks.items() if mark.question and _plain(mark.question) == _plain(asked)}


def _of_mark(case: Case, name: str, mark: Observation, found: _Found) -> None:
    item = case.items.get(mark.item)
    image = None if item is None else image_of(item)
    start = None if image is None else image.start
    if item is None or image is None or start is None:
        text = f"{name}: when the image {mark.item} was taken is not known; the look was left out."
        found.notes.append(Note(code="undated-image", text=text))
        return
    if item.content is not None:
        found.contents[item.id] = item.content
    found.looks.append(
        SiteLook(
            image=item.id,
            start=start,
            end=image.end or start,
            sensor=image.sensor,
            gsd=image.resolution,
            answer=_ANSWERS[mark.state],
            by=mark.by,
            independent=mark.independent,
            date_hidden=mark.date_hidden,
            reason=mark.reason,
            simulated=item.simulated or is_named_simulated(item.name),
            ref=name,
        )
    )


def _one_picture(found: _Found) -> list[SiteLook]:
    """Images with the same bytes under different dates are one picture, taken at an unknown time between them."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for look in found.looks:
        spans.setdefault(look.image, (look.start, look.end))
    alike: dict[str, list[str]] = defaultdict(list)
    for image, content in found.contents.items():
        alike[content].append(image)
    becomes: dict[str, tuple[str, datetime, datetime]] = {}
    for images in alike.values():
        if len(images) < 2:
            continue
        start, end = min(spans[one][0] for one in images), max(spans[one][1] for one in images)
        becomes |= dict.fromkeys(images, (images[0], start, end))
        if len({spans[one] for one in images}) > 1:
            text = (
                f"{', '.join(images)} have the same bytes under different dates: taken as one picture of a day between."
            )
            found.notes.append(Note(code="same-bytes", text=text))
    return [_as_one(look, becomes) for look in found.looks]


def _as_one(look: SiteLook, becomes: Mapping[str, tuple[str, datetime, datetime]]) -> SiteLook:
    if look.image not in becomes:
        return look
    image, start, end = becomes[look.image]
    return replace(look, image=image, start=start, end=end)
