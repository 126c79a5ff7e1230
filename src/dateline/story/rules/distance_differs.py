"""A distance or direction in prose that the places of the case contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dateline.core.errors import DatelineError
from dateline.core.estimate import Estimate
from dateline.ledger.finding import Finding
from dateline.ledger.reference import Reference
from dateline.places.candidate import Candidate
from dateline.places.distance_check import Lookup, check_distance
from dateline.places.told_bearing import find_bearings
from dateline.places.told_distance import (
    DIRECTIONS,
    NAMES,
    WAY,
    direction_of,
    find_distances,
    reference_name,
    tolerance,
)
from dateline.story.distances import lookup_in
from dateline.story.document import Run
from dateline.story.fault import GRAMMAR, Faults, Level, Rule
from dateline.story.printed import Printed, printed
from dateline.story.quotes import quoted_spans
from dateline.story.reading import Reading

RULE = Rule(
    code="distance-differs",
    name="a distance or direction that is not so",
    level=Level.BLOCK,
    why="Distances in print are wrong by a quarter and more, because a road was read off a map, or a namesake, or the "
    "direction was guessed. A reader with a map sees it.",
    do="Measure it (method distance) and print {{FINDING.distance}}; say “by road” where it is one.",
    reads=(GRAMMAR,),
)
_AFTER = re.compile(
    rf"^\s*(?:away\s+)?(?:to\s+the\s+)?(?:due\s+)?(?P<way>{WAY})?\s*(?:away\s+)?"
    rf"(?:of|from|outside(?:\s+of)?|off)\s+(?P<name>{NAMES})"
)


def find(reading: Reading, faults: Faults) -> None:
    """Adds told distances and directions between places of the case that their positions, or a finding, contradict."""
    if reading.language.code != "en":
        return
    look = lookup_in(reading.case)
    for sentence in reading.story.sentences():
        told = printed(reading, sentence, _is_ours)
        for at, saw in dict.fromkeys((*_measured_anew(reading, told, look), *_of_findings(reading, told, look))):
            if not any(start < at < end for start, end in quoted_spans(told.text)) or not _is_attributed(reading, told):
                faults.add(told.spot(at), saw)


def _is_ours(reference: Reference) -> bool:
    """What a place is called, and what a finding says: a claim's own words are for others to answer for."""
    return reference.owner_kind == "finding" or (reference.owner_kind == "place" and reference.sort == "name")


def _is_attributed(reading: Reading, told: Printed) -> bool:
    return reading.quotes_claim(told.sentence)


def _measured_anew(reading: Reading, told: Printed, look: Lookup) -> Iterator[tuple[int, str]]:
    """Distances, and directions without one, measured between the places that the sentence names."""
    for each in (*find_distances(told.text), *find_bearings(told.text)):
        if _is_told_by_finding(told, each.start, each.end):
            continue
        checked = check_distance(each, look, reading.case.head.worldview)
        if checked.outcome == "differs":
            yield each.start, f"{each.text!r}: {checked.words}"


def _is_told_by_finding(told: Printed, start: int, end: int) -> bool:
    """Whether the whole of it is a finding's own sentence, which says what it was asked to say."""
    return any(first <= start and end <= last for first, last, _ in told.runs)


def _of_findings(reading: Reading, told: Printed, look: Lookup) -> Iterator[tuple[int, str]]:
    """What stands behind a printed distance: the place from which it was measured, in the direction that was found."""
    for _, end, run in told.runs:
        finding = _distance(reading, run)
        match = _AFTER.match(told.text[end:]) if finding is not None else None
        if finding is None or match is None:
            continue
        ends = {ref.role: ref.id for ref in finding.inputs if ref.kind == "place"}
        meant = _own(look, match["name"])
        if meant is None:
            continue
        if meant.id not in ends.values():
            between = " and ".join(reading.case.places[name].name() for name in ends.values())
            yield end + match.start("name"), f"{{{{{run.text}}}}} from {meant.name}; it was measured between {between}"
        elif match["way"] and (off := _other_way(finding, match["way"], is_back=meant.id == ends.get("places"))):
            yield end + match.start("way"), f"{match['way']!r} behind {{{{{run.text}}}}}: {off}"


def _distance(reading: Reading, run: Run) -> Finding | None:
    """The finding whose distance a reference prints, where it is of one place from another."""
    reference = reading.found(run.text)
    if reference is None or reference.owner_kind != "finding" or "distance" not in reference.path.split("."):
        return None
    try:
        finding = reading.case.finding(reference.owner)
    except DatelineError:
        return None
    ends = [ref.id for ref in finding.inputs if ref.kind == "place"]
    return finding if len(set(ends)) == 2 and set(ends) <= set(reading.case.places) else None


def _own(look: Lookup, name: str) -> Candidate | None:
    """The place of the case that goes by this name."""
    return next((one for one in look(reference_name(name)) if one.kind == "own"), None)


def _other_way(finding: Finding, words: str, *, is_back: bool) -> str | None:
    """The direction that was found, where the words tell another; from the far end it is the other way round."""
    way, found = direction_of(words), finding.estimates.get("bearing")
    if way is None or found is None:
        return None
    doubt = _half_width(found)
    best = (found.best + 180.0 * is_back) % 360.0
    off = abs((best - DIRECTIONS[way] + 180.0) % 360.0 - 180.0)
    return f"{best:.0f} degrees were found" if off > tolerance(way) + doubt else None


def _half_width(estimate: Estimate) -> float:
    return 180.0 if estimate.low is None or estimate.high is None else (estimate.high - estimate.low) / 2
