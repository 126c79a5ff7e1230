"""How many there are on a picture, from blind marks of people or a detector, corrected by what was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.imagery.ground_points import GroundFit
from dateline.imagery.still import Still
from dateline.ledger.finding import Note
from dateline.ledger.marks import Marks, Said
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.counting import words
from dateline.methods.counting.beside import beside, notes_of
from dateline.methods.counting.calibrate import tiles_in_all
from dateline.methods.counting.estimators import Rules, Seen, Whole, look
from dateline.methods.counting.ground import on_the_ground
from dateline.methods.counting.issuer import their_marks
from dateline.methods.counting.only_numbers import only_numbers
from dateline.methods.counting.parts import Tile, checks, one_picture, sides
from dateline.methods.counting.pictures import artifacts
from dateline.methods.counting.ratio import Checked, expansion

CARD = read_card(Path(__file__).parent / "card.md")
FEWEST_CHECKED, FEWEST_PUBLISHED = 10, 20
"""Checked tiles that a correction needs, and that a detector's count needs before it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The headline before it is worded. n: checked tiles it rests on; seen: the side that was counted with."""

    result: str
    key: str
    estimate: Estimate | None = None
    args: Mapping[str, str]
    reasons: tuple[Note, ...] = ()
    needed: tuple[str, ...] = ()
    caveats: tuple[Note, ...] = ()


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """How many objects there are, by the first estimator of the card's rule that the marks allow.

    inputs: `marks`, Marks of people and detectors [px]; `checked`, Marks of a checked sample of tiles; `image`, Stills;
    `said`, numbers of others; `issuer`, their Marks; `ground`, GroundFits. Estimates: `count` [1] with its interval;
    with ground `scale` [m], `area` [m2], `density` [1/ha]. Values: `people` (marks, recall, false marks), `gate` (with
    its curve), `crosschecks`, `checked`, `they_said`, `they_marked`, `ground`, `plots`, `jacobs`, `counts`.
    Ratio estimator: Cochran 1977; Chapman 1951; Huggins 1989; Chao 1987; Dawid and Skene 1979. Raises Refusal with the
    guards' codes.
    """
    marks, checked = inputs.many("marks", Marks), inputs.many("checked", Marks)
    said, stills = inputs.many("said", Said), inputs.many("image", Still)
    issuer, fits = inputs.many("issuer", Marks), inputs.many("ground", GroundFit)
    one_picture((*marks, *checked, *issuer))
    told = {"what": parameters["what"], "hidden": _hidden(parameters)}
    if marks and all(mark.count is not None for mark in marks) and not checked:
        on_the_ground(fits, {(m.image, m.tile): m.area for m in marks}, stills, None,
                      level=parameters["level"], asked=parameters["metres"])  # fmt: skip
        return only_numbers(CARD, marks, said, told)
    tiles = checks(checked)
    crowd, detectors, partly = sides([mark for mark in marks if mark.count is None], parameters["score"])
    rules = Rules(**{name: parameters[name] for name in Rules.__slots__})
    given = Whole(
        seen=None if crowd is None else look(crowd, tiles, rules),
        machines=tuple(look(each, tiles, rules) for each in detectors),
        partly=partly,
        tiles=tiles,
    )
    answer = _answer(given, parameters)
    rows, estimate = words.they_said(said, answer.estimate), answer.estimate
    areas = given.main.side.areas if given.main else {tile.key: tile.area for tile in tiles}
    counted = estimate if given.main else None  # plots are a part of what was counted: no density of the whole
    ground = on_the_ground(fits, areas, stills, counted, level=parameters["level"], asked=parameters["metres"])
    theirs = their_marks(issuer, given.main)
    return Outcome(
        result=answer.result,
        statement=say(CARD, answer.key, **{**told, **answer.args, "said": words.said_sentence(rows)}),
        reasons=(*answer.reasons, *ground.reasons),
        needed=answer.needed,
        estimates={**({} if estimate is None else {"count": estimate}), **ground.estimates},
        values={
            **beside(given, rules, parameters, stills),
            **({"they_said": rows} if rows else {}),
            **({"they_marked": theirs} if theirs else {}),
            **ground.values,
        },
        rows=_rows(given.main, tiles),
        caveats=(*answer.caveats, *notes_of(given, estimate, parameters), *ground.caveats, *_simulated(marks, checked)),
        artifacts=artifacts(
            given.main, tiles, stills, issuer=issuer, simulated=any(mark.simulated for mark in (*marks, *checked))
        ),
    )


def _hidden(parameters: Parameters) -> str:
    return f" {parameters['hidden']}" if parameters["hidden"] else ""


def _simulated(marks: Sequence[Marks], checked: Sequence[Marks]) -> tuple[Note, ...]:
    if not any(mark.simulated for mark in (*marks, *checked)):
        return ()
    return (Note(code="simulated", text="Marks or pictures were made by a computer."),)


def _answer(given: Whole, parameters: Parameters) -> Answer:
    """The card's rule, from the first estimator to the last."""
    seen, tiles, calibrated = given.seen, given.tiles, given.main
    if calibrated is None:
        return _plots(tiles, parameters)
    whole = calibrated.sample is not None and calibrated.sample.unseen == 0
    if tiles and (len(tiles) >= FEWEST_CHECKED or whole):
        return _calibrated(calibrated, tiles, by_detector=seen is None)
    if seen is None:
        raise Refusal(
            "A detector's marks are no count: how many it misses and invents here is not known.",
            saw=f"{calibrated.side.names[0]}, {len(tiles)} checked tiles",
            do=f"Draw {FEWEST_PUBLISHED} tiles at random, let a person check them, and give them as --checked.",
            code="detector-unchecked",
        )
    if len(seen.side.names) == 1:
        return _one(seen)
    return _unchecked(seen) if seen.side.independent else _dependent(seen)


def _calibrated(seen: Seen, tiles: Sequence[Tile], *, by_detector: bool) -> Answer:
    sample = seen.sample
    assert sample is not None
    estimate = seen.estimates.get("ratio")
    if estimate is None:
        return _cannot_tell("nothing-checked", _bare(sample), "More checked tiles, with objects on several of them.")
    out_of = "" if sample.tiles is None else f" of {sample.tiles:.0f}"
    who = f"the detector {seen.side.names[0]}" if by_detector else words.counters(len(seen.side.names))
    few = by_detector and len(tiles) < FEWEST_PUBLISHED and sample.unseen > 0
    args = {**words.interval(estimate), "level": f"{100 * estimate.level:g}", "who": who,
            "checked": f"{len(tiles)}{out_of}"}  # fmt: skip
    reason = Note(
        code="checked-sample",
        text=f"On the checked tiles {who} counted {sample.assist.sum():,.0f} and there were {sample.truth.sum():,.0f}; "
        f"over all tiles the count was {sample.total:,.0f}.",
    )
    if sample.unseen == 0:
        return Answer(result="counted", key="all-checked", estimate=estimate, args=args, reasons=(reason,))
    if few:
        needed = f"{FEWEST_PUBLISHED - len(tiles)} more checked tiles, drawn at random, before this is published."
        caveat = Note(
            code="few-checked-for-detector",
            text=f"A detector's count that rests on {len(tiles)} checked tiles is for the desk, not for publication.",
        )
        return Answer(result="estimate only", key="estimate-only", estimate=estimate, args=args,
                      reasons=(reason,), needed=(needed,), caveats=(caveat,))  # fmt: skip
    return Answer(result="counted", key="counted", estimate=estimate, args=args, reasons=(reason,))


def _bare(sample: Checked) -> str:
    if sample.truth.sum() == 0:
        return "On the checked tiles there was nothing, which bounds no ratio."
    if sample.assist.sum() == 0:
        return "On the checked tiles nothing was marked, so what was marked elsewhere cannot be corrected."
    return "Nearly everything on the checked tiles lies on one of them."


def _plots(tiles: Sequence[Tile], parameters: Parameters) -> Answer:
    """Plots that were counted outright, and nothing marked beyond them."""
    total = parameters["tiles"] or tiles_in_all(None, tiles, parameters["frame"])
    if len(tiles) < FEWEST_CHECKED or total is None:
        saw = f"{len(tiles)} plots" + ("" if total else ", and how many there are in all is not known")
        need = f"{FEWEST_CHECKED} plots or more, drawn at random, and tiles (how many) or frame (the whole area)."
        return _cannot_tell("too-few-plots", f"There are no marks of the whole, and {saw}.", need)
    truth = np.array([float(len(tile.truth)) for tile in tiles])
    estimate = expansion(truth, total, level=parameters["level"])
    if estimate is None:
        return _cannot_tell("nothing-checked", "Nearly nothing was found on the plots.", "More plots.")
    args = {**words.interval(estimate), "level": f"{100 * estimate.level:g}",
            "checked": f"{len(tiles)} of {total:.0f}"}  # fmt: skip
    reason = Note(code="checked-sample", text=f"{truth.sum():,.0f} were counted on {len(tiles)} plots.")
    return Answer(result="counted", key="plots", estimate=estimate, args=args, reasons=(reason,))


def _one(seen: Seen) -> Answer:
    name = seen.side.names[0]
    count = seen.side.each[name]
    return Answer(
        result="one count",
        key="one-count",
        args={"count": f"{count:,}", "who": "One person"},
        reasons=(Note(code="one-person", text=f"{name} marked {count:,}. Nobody else did, and no tile was checked."),),
        needed=("A second person who marks the same picture blind, and a checked random sample of tiles.",),
    )


def _unchecked(seen: Seen) -> Answer:
    """Independent people, and no checked sample that would correct them."""
    reason = Note(
        code="matched",
        text=f"{words.of_people(seen.side.names, seen.side.each)}; {seen.agreed:,} marked by two or more.",
    )
    need = f"A random sample of {FEWEST_CHECKED} tiles or more, checked by somebody with a closer look."
    if seen.headline is None:
        return _cannot_tell("few-matches", "The people have too few marks in common.", need, reason)
    estimate = seen.headline
    args = {**words.interval(estimate), "who": words.counters(len(seen.side.names))}
    return Answer(result="counted, not checked", key="not-checked", estimate=estimate, args=args, reasons=(reason,),
                  needed=(need,))  # fmt: skip


def _dependent(seen: Seen) -> Answer:
    """People who did not work independently: only what they agree on is said."""
    if seen.agreed == 0:
        return _cannot_tell("few-matches", "No two people marked the same thing.", "Blind marks of two people.")
    args = {"count": f"{seen.agreed:,}", "who": words.counters(len(seen.side.names))}
    caveat = Note(
        code="not-independent",
        text="Somebody's marks are not declared independent: how many everybody missed cannot be told.",
    )
    reason = Note(code="matched", text=f"{words.of_people(seen.side.names, seen.side.each)}.")
    return Answer(result="at least", key="at-least", args=args, reasons=(reason,), caveats=(caveat,),
                  needed=("Blind marks (independent), and a checked random sample of tiles.",))  # fmt: skip


def _cannot_tell(code: str, text: str, needed: str, *reasons: Note) -> Answer:
    return Answer(result="cannot tell", key="cannot-tell", args={"reason": text},
                  reasons=(Note(code=code, text=text), *reasons), needed=(needed,))  # fmt: skip


def _rows(seen: Seen | None, tiles: Sequence[Tile]) -> list[dict[str, Any]]:
    """One a part: each one's marks, the quorum's, and what the check found."""
    truth: dict[tuple[str, str | None], int] = {}
    for tile in tiles:
        truth[tile.key] = truth.get(tile.key, 0) + len(tile.truth)
    rows: list[dict[str, Any]] = []
    for key, points in (seen.side.points if seen else {}).items():
        assert seen is not None
        rows.append(
            {
                "image": key[0],
                "tile": key[1],
                **{f"marks {name}": len(own) for name, own in zip(seen.side.names, points, strict=True)},
                "counted": int((seen.candidates[key].seen.sum(axis=1) >= seen.quorum).sum()),
                "checked": truth.pop(key, None),
            }
        )
    return rows + [{"image": key[0], "tile": key[1], "checked": count} for key, count in truth.items()]
