"""Thin lines on the ground that a new image shows and no older one does: centre lines, length, growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.imagery.chip import Chip
from dateline.ledger.finding import Note, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.earthworks import guards, report
from dateline.methods.earthworks.found import Search
from dateline.methods.earthworks.guards import day_of
from dateline.methods.earthworks.lengths import total
from dateline.methods.earthworks.pictures import artifacts
from dateline.methods.earthworks.search import NARROWEST, SURE, Task, pixel_of, search

CARD = read_card(Path(__file__).parent / "card.md")
REGISTERING = 0.2
"""Share of the time that registration takes, about: for whoever watches."""
FOUND, NONE, CANNOT_TELL, REFUSED = "new lines", "none found", "cannot tell", "refused"


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Centre lines of what is new, their length [m], width [m], azimuth [degrees], and false lines a km2 [km-2].

    inputs: `images`, Chips of one sensor on one grid; `places`, ids and positions, which only name the place. rng:
    where lines are planted. Rows: one a new date, the growth curve [m]. Length: Vossepoel and Smeulders 1982 (doi
    10.1016/0146-664X(82)90005-4); rate: Garwood 1936. Raises UsageError for a band or a day that is none, and for a
    name of the lines without the person who gives it.
    """
    guards.check_identified(parameters)
    try:
        chips, notes = guards.usable(inputs.many("images", Chip))
        older, newer = guards.split(chips, parameters["first_new"])
        place = _place(inputs)
        if (stop := _stop(older, newer, parameters)) is not None:
            return _cannot_tell(stop, place, notes)
        task = _task((*older, *newer), parameters, rng)
        if parameters["register"]:
            older, newer, told = guards.laid_over(older, newer, lambda share: inputs.tell(REGISTERING * share))
            notes += told
        rest = 1 - REGISTERING
        found = search(older, newer, replace(task, tell=lambda share: inputs.tell(REGISTERING + rest * share)))
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        statement = say(CARD, REFUSED, reason=note.text)
        return Outcome(result=REFUSED, statement=statement, reasons=(note,), needed=(refusal.do,))
    return _outcome(found, parameters, place, [*notes, *guards.caveats(older, newer)])


def _task(chips: Sequence[Chip], parameters: Parameters, rng: np.random.Generator) -> Task:
    """Raises Refusal `too-wide`: lines that do not fit the tiles."""
    width = parameters["width"] / pixel_of(chips[-1])
    if width > guards.WIDEST:
        raise Refusal(
            "The lines asked for are very wide in these images.",
            saw=f"{parameters['width']:g} m, {width:.0f} px",
            do=f"Use coarser images, or ask for lines of at most {guards.WIDEST * pixel_of(chips[-1]):.1f} m.",
            code="too-wide",
        )
    return Task(
        width=parameters["width"],
        shortest=parameters["shortest"],
        bright=parameters["tone"] == "bright",
        rate=parameters["false_lines"],
        level=parameters["level"],
        band=guards.band_of(chips, parameters["band"]),
        rng=rng,
    )


def _place(inputs: Inputs) -> str:
    names: dict[str, str] = inputs.maybe("names", dict) or {}
    return ", ".join(names.values()) or "the place shown"


NEEDED = {
    "few-older": "At least two images from before, of the same sensor.",
    "no-new": "An image from after; or another first_new.",
    "too-narrow": "Sharper images: the line has to be {least:g} pixels wide.",
    "power-unknown": "Sharper or calmer images, or a larger area.",
    "nothing-shared": "Images that show the same ground without cloud.",
}


def _stop(older: Sequence[Chip], newer: Sequence[Chip], parameters: Parameters) -> Note | None:
    """Why lines are not even looked for."""
    if not newer:
        return Note(code="no-new", text="there is no image from after.")
    if len(older) < 2:
        count = "no older image" if not older else "just one older image"
        text = f"there is {count}; two are needed to tell what is new from what comes and goes."
        return Note(code="few-older", text=text)
    pixel = max(pixel_of(chip) for chip in (*older, *newer))
    if parameters["width"] / pixel < NARROWEST:
        across = parameters["width"] / pixel
        text = (
            f"a line {parameters['width']:g} m wide is {across:.2g} pixels of {pixel:.2g} m here, and under "
            f"{NARROWEST} pixels it is not told from the ground."
        )
        return Note(code="too-narrow", text=text)
    return None


def _cannot_tell(stop: Note, place: str, notes: Sequence[Note], **more: Any) -> Outcome:
    return Outcome(
        result=CANNOT_TELL,
        statement=say(CARD, "cannot-tell", place=place, reason=stop.text),
        reasons=(stop,),
        needed=(NEEDED[stop.code].format(least=NARROWEST),),
        caveats=tuple(notes),
        **more,
    )


def _outcome(found: Search, parameters: Parameters, place: str, notes: list[Note]) -> Outcome:
    last = found.dates[-1]
    if last.area == 0:
        stop = Note(code="nothing-shared", text="no ground is seen on all the images.")
        return _cannot_tell(stop, place, notes)
    files, pictures = artifacts(found)
    notes = [*notes, *_told(found)]
    common: dict[str, Any] = {
        "estimates": report.estimates(found),
        "values": {**report.values(found), "pictures": pictures},
        "rows": report.rows(found),
        "artifacts": files,
    }
    if any(date.counted for date in found.dates):
        reason = Note(code="over-threshold", text=f"The same rule found {report.rate_words(found)}.")
        statement = _statement(found, parameters, place)
        return Outcome(result=FOUND, statement=statement, reasons=(reason,), caveats=tuple(notes), **common)
    if found.faintest() is None:
        return _cannot_tell(Note(code="power-unknown", text=_lower(report.power_words(found))), place, notes, **common)
    reason = Note(code="none-over-threshold", text=report.power_words(found))
    statement = say(
        CARD,
        "none",
        place=place,
        day=day_of(last.chip),
        width=f"{parameters['width']:g}",
        power=report.power_words(found),
    )
    return Outcome(result=NONE, statement=statement, reasons=(reason,), caveats=tuple(notes), **common)


def _statement(found: Search, parameters: Parameters, place: str) -> Statement:
    last = next(date for date in reversed(found.dates) if date.counted)
    length, span = report.length_words(total(found, last))
    args = {
        "place": place,
        "day": day_of(last.chip),
        "lines": "1 linear feature" if len(last.counted) == 1 else f"{len(last.counted)} linear features",
        "older": str(len(found.older)),
        "before": day_of(found.older[-1]),
        "length": length,
        "span": span,
        "rate": report.rate_words(found),
    }
    if not parameters["called"]:
        return say(CARD, "found", **args)
    return say(
        CARD,
        "found-called",
        **args,
        called=parameters["called"],
        by=parameters["called_by"],
        why=parameters["called_why"],
    )


def _told(found: Search) -> list[Note]:
    """Caveats that the search itself gives."""
    notes = [
        Note(
            code="may-be-natural",
            text="Lines are told by their shape alone: furrows, tracks, hoses and rows of vehicles make them too.",
        )
    ]
    one_sided = sum(len(date.lines) - len(date.counted) for date in found.dates)
    if one_sided:
        text = f"{one_sided} lines stand out on one side only, as edges of fields and roofs do; they are not counted."
        notes.append(Note(code="one-sided", text=text))
    narrow = sum(date.narrow for date in found.dates)
    if narrow:
        text = f"{narrow} lines measure under {NARROWEST} pixels across and were left out."
        notes.append(Note(code="narrow-lines", text=text))
    weak = sum(date.weak for date in found.dates)
    if weak:
        text = f"{weak} lines do not stand out of what lies beside them by {SURE:g} standard errors and were left out."
        notes.append(Note(code="weak-lines", text=text))
    if len(found.older) == 2:
        text = "With two older images, each placebo date is hidden by one other older image and the new one."
        notes.append(Note(code="two-older", text=text))
    if any(date.counted for date in found.dates) and total(found, found.dates[-1]).low is None:
        text = "Too few planted lines were found to say how far the length errs."
        notes.append(Note(code="length-unsure", text=text))
    return notes


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
