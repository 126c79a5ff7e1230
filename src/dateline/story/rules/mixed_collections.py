"""Collection 1 beside Collection 2 of one product: in a finding, in a sentence, or in a figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.story.document import BlockUse
from dateline.story.fault import Faults, Level, Rule, Spot
from dateline.story.lights import Collections, collections_behind, collections_in, light_of, mixed, together
from dateline.story.picture_spec import pictures_of
from dateline.story.reading import REFUSED, Reading

RULE = Rule(
    code="mixed-collections",
    name="two collections of one product compared",
    level=Level.BLOCK,
    why="A collection is a calibration of its own. Black Marble's first steps by 0.1 nW, its second sets all below 0.5 "
    "to zero and drops outlying nights: the difference between them looks like a change on the ground.",
    do="Download all files of one collection (the newest) and run `dateline measure` again.",
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds findings that rest on two collections, and sentences and figures that set them side by side."""
    found = [*_in_findings(reading), *_in_sentences(reading), *_in_blocks(reading)]
    for spot, saw in dict.fromkeys(found):
        faults.add(spot, saw)


def _in_findings(reading: Reading) -> Iterator[tuple[Spot, str]]:
    """A finding that refused compares nothing."""
    for finding, spot in reading.printed_of():
        told = mixed(collections_behind(reading.case, finding.id))
        if told and finding.result != REFUSED:
            yield spot, f"{finding.id} rests on {told}"


def _in_sentences(reading: Reading) -> Iterator[tuple[Spot, str]]:
    for sentence in reading.story.sentences():
        answers = reading.answers(sentence)
        if told := _of_several(reading, [answer.finding.id for _, answer in answers]):
            yield answers[0][0].spot, f"one sentence compares {told}"


def _in_blocks(reading: Reading) -> Iterator[tuple[Spot, str]]:
    known = set(reading.case.finding_ids())
    for use in reading.story.blocks:
        if use.model is None or not use.model.is_figure:
            continue
        texts = [text for _, sort, text in use.model.marked() if sort not in {"prose", "plain"}]
        owners = [ref.owner for text in texts if (ref := reading.found(text)) is not None]
        findings = [name for name in owners if name in known]
        told = _of_several(reading, findings) or mixed(_pictured(reading, use))
        if told:
            yield use.spot, f"one figure shows {told}"


def _of_several(reading: Reading, findings: Iterable[str]) -> str:
    """Which two collections several findings bring together; "" where each alone has both, or none has."""
    names = [name for name in dict.fromkeys(findings) if reading.case.finding(name).result != REFUSED]
    behind = [collections_behind(reading.case, name) for name in names]
    return "" if len(behind) < 2 or any(map(mixed, behind)) else mixed(together(behind))


def _pictured(reading: Reading, use: BlockUse) -> Collections:
    """The collections of a figure's measured images, as the files themselves tell them."""
    specs = [spec for _, spec in pictures_of(use.model)] if use.model else []
    images = [light_of(reading.case, spec) for spec in specs] if len(specs) > 1 else []
    return collections_in(image for image in images if image is not None)
