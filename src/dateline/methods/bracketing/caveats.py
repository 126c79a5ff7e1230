"""What a reader must know beside the bracket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from dateline.ledger.blind_test import BlindTest
from dateline.ledger.finding import Note
from dateline.ledger.site_look import SiteLook
from dateline.methods.bracketing.answers import Judged, Rule
from dateline.methods.bracketing.hard import Hard
from dateline.methods.bracketing.likely import used
from dateline.methods.bracketing.report import Likely
from dateline.methods.bracketing.words import taken

LISTED = 4
FEWEST_COPIES = 20
"""Planted copies below which a recovered share says little."""


def caveats(
    looks: Sequence[SiteLook], judged: Sequence[Judged], found: Hard, likely: Mapping[str, Likely], rule: Rule
) -> Iterator[Note]:
    """Codes as on the card."""
    yield from _images(judged, found)
    yield from _rates(judged, rule)
    yield from _people(looks)
    yield from _sides(found)
    if "appeared" in likely and _apart(found, likely["appeared"]):
        text = "The likely set lies outside the bracket: one image must be wrong. Look at both again."
        yield Note(code="sets-differ", text=text)
    if any(look.simulated for look in looks):
        yield Note(code="simulated", text="Some looks are simulated: they say nothing about a real place.")


def few_copies(tests: Sequence[BlindTest]) -> Iterator[Note]:
    """Of a person's test that was too short."""
    short = [test for test in tests if test.planted < FEWEST_COPIES]
    if short:
        named = "; ".join(f"{test.by} on {test.image}: {test.planted}" for test in short[:LISTED])
        text = f"A share of fewer than {FEWEST_COPIES} planted copies says little: {named}."
        yield Note(code="few-copies", text=text)


def _images(judged: Sequence[Judged], found: Hard) -> Iterator[Note]:
    if len(judged) == 1:
        yield Note(code="one-image", text="There is one image: at most one side of a bracket can be told.")
    weak = [one for one in judged if one.answer == "not discernible" and one.says == "absent"]
    if weak:
        text = (
            f"“Absent” was said of {_names(weak)}, which could not or may not have shown it: taken as not discernible."
        )
        yield Note(code="incapable-absent", text=text)
    alone = [one for one in judged if one.answer == "present" and one not in found.present]
    if alone:
        text = (
            f"“Present” was said once, on an image not known to be fine enough: {_names(alone)}. It does not move the "
            "bracket until it is seen twice running or on a finer image."
        )
        yield Note(code="unconfirmed-present", text=text)
    disputed = [one for one in judged if one.answer == "disputed"]
    if disputed:
        told = "; ".join(f"{one.image}: {', '.join(' '.join(pair) for pair in one.said)}" for one in disputed[:LISTED])
        yield Note(code="disputed", text=f"Answers disagree, and no mean was taken; left out: {told}.")
    if found.conflict:
        yield Note(
            code="contradiction", text="Images that can show it contradict each other; the bracket spans both readings."
        )


def _rates(judged: Sequence[Judged], rule: Rule) -> Iterator[Note]:
    if rule.narrow is None and any(one.grade == "unknown" for one in judged):
        text = "The size of what was looked for was not given: “absent” counts only where a visibility test was made."
        yield Note(code="size-unknown", text=text)
    lacking = [one for one in judged if one.gsd is None]
    if lacking:
        yield Note(code="gsd-unknown", text=f"Without a ground sample distance: {_names(lacking)}.")
    if any(not one.measured for one in used(judged)):
        text = (
            f"Detection follows from pixels across the thing ({rule.detection:g}, 0.5 or 0.1) and was not measured on "
            "these images; the likely set rests on it."
        )
        yield Note(code="assumed-rates", text=text)


def _people(looks: Sequence[SiteLook]) -> Iterator[Note]:
    people = {look.by for look in looks}
    if len(people) == 1:
        yield Note(
            code="one-analyst", text=f"All images were judged by one ({min(people)}); nobody looked a second time."
        )
    elif not all(look.independent for look in looks):
        yield Note(code="not-blind", text="Not all answers were given without knowing the others’.")


def _sides(found: Hard) -> Iterator[Note]:
    sides = [one for one in (found.appeared.after, found.appeared.by) if one is not None]
    for one in sides:
        if one.end - one.start > timedelta(days=1):
            text = f"{one.image} was taken {taken(one)}: a mosaic or an unknown day, which keeps the bracket wide."
            yield Note(code="interval-image", text=text)
    if found.gone is not None and found.gone.by is not None:
        later = [one for one in found.absent if found.gone.after is not None and one.start >= found.gone.after.start]
        if len(later) == 1:
            text = f"That it went rests on one image, {later[0].image}: it may have been missed there."
            yield Note(code="gone-on-one-image", text=text)


def _apart(found: Hard, likely: Likely) -> bool:
    after, by = found.appeared.times
    if after is None or by is None:
        return False
    return not any((low is None or low < by) and (high is None or high > after) for low, high in likely.sets)


def _names(images: Sequence[Judged]) -> str:
    names = ", ".join(one.image for one in images[:LISTED])
    return names if len(images) <= LISTED else f"{names} and {len(images) - LISTED} more"
