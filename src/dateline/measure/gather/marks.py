"""Marks on pictures from all sides: files of people and detectors, a case's observations, checked tiles, claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dateline.core.amounts.read import read as read_amount
from dateline.core.errors import InputError, RecordError, RecordFault, UsageError
from dateline.core.identity import digest
from dateline.evidence.item import is_named_simulated
from dateline.imagery.catalog import catalogue
from dateline.imagery.ground_points import GroundFit
from dateline.imagery.still import Still
from dateline.ledger.agreed import speaker_of, standing
from dateline.ledger.claim import Claim
from dateline.ledger.finding import InputRef, Note
from dateline.ledger.marks import Marks, Said
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, unended
from dateline.measure.gather.ground_points import grounds_of
from dateline.measure.gather.images import digest as digest_of
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.marks_files import LOOKED, Told, not_submitted, read_marks, rows_of
from dateline.measure.gather.marks_rows import Row, together
from dateline.measure.gather.marks_space import on_the_picture, wrong_space
from dateline.measure.own_looks import OwnLook, own_look
from dateline.measure.request import Loaded, Prepared, Request, Selection
from dateline.methods.contract import Inputs

ROLES = ("marks", "checked", "issuer")


class PixelSpaceError(RecordError):
    """Marks lie in another pixel space than their picture's."""

    default_code = "pixel-space"


def prepare(request: Request) -> Prepared:
    """Roles `marks`, `checked`, `issuer` (Marks), `image` (Stills), `ground` (GroundFits) and `said`, all read here.

    Raises RecordError with every fault of every file and its line; PixelSpaceError (code `pixel-space`) where marks lie
    outside their picture, are swapped or upside down; UsageError `no-marks`; InputError `picture`.
    """
    notes: list[tuple[str, str]] = []
    refs: list[InputRef] = []
    pictures = {path.name: path for one in request.roles.get("image", ()) for path in one.files}
    stills = tuple(_still(path) for path in pictures.values())
    grounds = grounds_of(request, pictures, stills, refs)
    rows, faults = _rows(request, pictures, grounds, refs, notes)
    if not rows and not faults:
        raise UsageError(
            "There is nothing to count with.",
            saw="; ".join(dict.fromkeys(text for _, text in notes)) or "no marks and no checked tiles",
            do="Give --marks FILE, or submit what was marked in the app.",
            code="no-marks",
        )
    refs += [file_ref(path, "image", request.items) for path in pictures.values()]
    own = tuple(_own_looks(request, stills))
    refs += [look.ref() for look in own]
    rows = {role: [_named(row, pictures) for row in given] for role, given in rows.items()}
    sizes = {still.name: (float(still.size[0]), float(still.size[1])) for still in stills}
    space = wrong_space([row for given in rows.values() for row in given], sizes)
    marks: dict[str, tuple[Marks, ...]] = {}
    for role, given in rows.items():
        made, wrong = together(given)
        faults += wrong
        marks[role] = tuple(_known(mark, stills) for mark in made)
    if space or faults:
        case = ", ".join(sorted({fault.file for fault in (*faults, *space)}))
        raise (PixelSpaceError if space and not faults else RecordError)((*faults, *space), case=case)
    roles: dict[str, tuple[Any, ...]] = {**marks, "image": stills, "ground": grounds, "said": tuple(_said(request))}
    simulated = any(mark.simulated for given in marks.values() for mark in given)
    return Prepared(
        refs=tuple(refs),
        simulated=simulated or any(still.simulated for still in stills),
        load=lambda _tell: Loaded(
            inputs=Inputs({role: values for role, values in roles.items() if values}),
            notes=(
                *(Note(code=code, text=text) for code, text in dict.fromkeys(notes)),
                *(Note(code="own-look", text=look.text()) for look in own),
            ),
        ),
    )


def _own_looks(request: Request, stills: Sequence[Still]) -> Iterator[OwnLook]:
    """Of each picture of the case that has a place and a day: our own images of them."""
    for still in stills if request.case is not None else ():
        item = request.items.get(still.sha256)
        look = (
            None if item is None or request.case is None else own_look(request.case, item, services=catalogue.service)
        )
        if look is not None:
            yield look


def _rows(
    request: Request,
    pictures: Mapping[str, Path],
    grounds: Sequence[GroundFit],
    refs: list[InputRef],
    notes: list[tuple[str, str]],
) -> tuple[dict[str, list[Row]], list[RecordFault]]:
    rows: dict[str, list[Row]] = {}
    faults: list[RecordFault] = []
    for role in ROLES:
        for selection in request.roles.get(role, ()):
            for path in selection.files:
                refs.append(file_ref(path, role, request.items))
                told = _read(path, selection, pictures, grounds, checked=role == "checked")
                faults += told.faults
                notes += told.notes
                rows.setdefault(role, []).extend(told.rows)
            if request.case is not None and selection.observers:
                given = _observed(request, selection, role, refs, notes)
                rows.setdefault(role, []).extend(given)
    return {role: given for role, given in rows.items() if given}, faults


def _read(
    path: Path, selection: Selection, pictures: Mapping[str, Path], grounds: Sequence[GroundFit], *, checked: bool
) -> Told:
    told = read_marks(path, columns=selection.columns, crs=selection.crs, checked=checked)
    if told.crs is None:
        return told
    rows, faults = on_the_picture(told.rows, told.crs, pictures, {fit.image: fit for fit in grounds})
    return Told(rows=rows, faults=told.faults + faults, notes=told.notes)


def _observed(
    request: Request, selection: Selection, role: str, refs: list[InputRef], notes: list[tuple[str, str]]
) -> Iterator[Row]:
    """Observations of these people on these pictures (all, where none is named): those that stand, of one question.

    Sittings that nobody ended are left out, and said so.

    Raises UsageError `several-questions`, since marks of two things are no count of one.
    """
    case = request.case
    assert case is not None
    pictures = [path for one in request.roles.get("image", ()) for path in one.files]
    wanted = {request.items.get(digest_of(path)): path.name for path in pictures}
    theirs = {
        name: mark
        for name, mark in case.observations.items()
        if mark.by in selection.observers and (not wanted or mark.item in wanted)
    }
    meant = {name: mark for name, mark in theirs.items() if selection.observed in {None, mark.question}}
    every = {name: mark for name, mark in answered(theirs).items() if name in meant}
    found = _in_role(every, role)
    notes += not_submitted(mark for name, mark in unended(theirs).items() if name in meant)
    notes += _own_checks(every, role)
    _twice(found)
    _one_question(found)
    for who in sorted({mark.by for mark in found.values()}):
        hashes = [mark.sha256() for _, mark in sorted(found.items()) if mark.by == who]
        refs.append(InputRef(kind="observations", id=who, sha256=digest(hashes), role=role))
    for name, mark in found.items():
        item = case.items.get(mark.item)
        simulated = item is not None and is_named_simulated(item.name)
        given = rows_of(mark, case.paths[name], None, simulated=simulated, checked=role == "checked", notes=notes)
        content = None if item is None else item.content
        image = wanted.get(mark.item, mark.item)
        yield from (replace(row, image=image, sha256=row.sha256 or content) for row in given)


def _in_role(found: Mapping[str, Observation], role: str) -> dict[str, Observation]:
    """A count without the same person's checks, and a check without their count. Who says of no mark that it was
    checked, and is named as who checked, is taken at the measure's word.
    """
    checkers = {mark.by for mark in found.values() if mark.checked}
    return {
        name: mark
        for name, mark in found.items()
        if (not mark.checked if role == "marks" else mark.checked or mark.by not in checkers)
    }


def _twice(found: Mapping[str, Observation]) -> None:
    """Raises UsageError `same-tile-twice` where somebody ended two counts of one part: each object would be two."""
    by_count: dict[tuple[str, str, bool], list[Observation]] = {}
    for mark in found.values():
        if mark.state in LOOKED:
            by_count.setdefault((mark.by, mark.item, mark.checked), []).append(mark)
    for (who, item, _), marks in sorted(by_count.items()):
        names = sorted({str(mark.sitting) for mark in marks})
        if len(names) > 1 and _meet(marks):
            raise UsageError(
                "One person counted the same part twice, and both would count.",
                saw=f"{who} on {item}: {', '.join(names)}"[:300],
                do="Let them count once more in the app, which replaces the first, or take back the end of one.",
                code="same-tile-twice",
            )


def _meet(marks: Sequence[Observation]) -> bool:
    """Whether parts of two sittings overlap by more than a pixel; without an area a part is the whole picture."""
    import shapely

    parts = {(mark.sitting, mark.tile, mark.area) for mark in marks}
    if any(area is None for *_, area in parts):
        named = [(tile, area) for _, tile, area in parts]
        return len(set(named)) < len(named) or any(tile is None for tile, area in named if area is None)
    areas = [area for *_, area in parts if area is not None]
    boxes = [shapely.box(x + 0.5, y + 0.5, x + w - 0.5, y + h - 0.5) for x, y, w, h in areas]
    met = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    return bool((met[0] != met[1]).any())


def _own_checks(every: Mapping[str, Observation], role: str) -> list[tuple[str, str]]:
    """A note for each person whose check is of what they also counted, or is no check by their own word."""
    if role != "checked":
        return []
    counters = {mark.by for mark in every.values() if not mark.checked}
    checkers = {mark.by for mark in every.values() if mark.checked}
    both = "{} counted and checked: what one person overlooks twice is in no number."
    alone = "{} did not say that these tiles were checked against a closer look; they are taken as complete."
    return [("own-check", both.format(who)) for who in sorted(counters & checkers)] + [
        ("unchecked-tiles", alone.format(who)) for who in sorted(counters - checkers)
    ]


def _one_question(found: Mapping[str, Observation]) -> None:
    questions = sorted({mark.question for mark in found.values() if mark.question is not None})
    if len(questions) > 1:
        raise UsageError(
            "These people marked different things.",
            saw="; ".join(f"“{question}”" for question in questions),
            do="Name the pictures of one question under [inputs.image], or the people who were asked it.",
            code="several-questions",
        )


def _named(row: Row, pictures: Mapping[str, Path]) -> Row:
    """The row under the name of the one picture that it can only mean: the same stem, or the only one there is."""
    if row.image in pictures:
        return row
    alike = [name for name in pictures if Path(name).stem == Path(row.image).stem]
    if not alike and row.image == row.file and len(pictures) == 1:
        alike = list(pictures)
    return replace(row, image=alike[0]) if len(alike) == 1 else row


def _known(mark: Marks, stills: Sequence[Still]) -> Marks:
    """With the hash of the picture and its whole area, where the picture is here."""
    for still in stills:
        if still.name == mark.image:
            width, height = still.size
            area = mark.area or ((0.0, 0.0, float(width), float(height)) if mark.tile is None else None)
            return replace(
                mark, sha256=mark.sha256 or still.sha256, area=area, simulated=mark.simulated or still.simulated
            )
    return mark


def _still(path: Path) -> Still:
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("RGB"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{path.name} is no picture that can be drawn on.",
            saw=str(error)[:100],
            do="Give a JPEG, PNG or 8-bit TIFF, as delivered.",
            code="picture",
        ) from error
    return Still(name=path.name, sha256=digest_of(path), pixels=pixels, simulated=is_named_simulated(path.name))


def _said(request: Request) -> Iterator[Said]:
    """Numbers of others: claims of the case that give one, and what --said gives."""
    for selection in request.roles.get("claims", ()):
        if selection.files or selection.table is not None:
            raise UsageError(
                "Claims are records of a case.", saw=str([path.name for path in selection.files]),
                do="Without a case, give --said 'about 600' --said-by 'the ministry'.", code="claims-file",
            )  # fmt: skip
        for record in selection.records:
            if isinstance(record, Claim) and record.quantity is not None and request.case is not None:
                if standing(record, request.case.records).is_off:
                    continue  # off the record: not even beside our number
                name = speaker_of(record, request.case.records, request.case.head.languages[0])
                yield Said(by=name or "Somebody who may not be named", quantity=record.quantity, claim=record.id)
    parameters = request.question.parameters
    if parameters["said"]:
        reading = read_amount(parameters["said"], unit=parameters["what"])[0]
        yield Said(by=parameters["said_by"], quantity=reading.quantity)
