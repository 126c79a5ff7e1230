"""Which rival explanation remains? Evidence against explanations, rows collapsed by origin; no score of truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Finding, Note, Statement
from dateline.ledger.head import Share
from dateline.ledger.items import ItemRecord
from dateline.ledger.matrix import Matrix
from dateline.ledger.media_item import MediaItem
from dateline.ledger.source import Source
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.origins.falls import MOST_ORIGINS, falls
from dateline.methods.origins.roots import is_known
from dateline.methods.origins.words import number, origins, plural
from dateline.methods.weighing.evidence import Ground, evidence_of
from dateline.methods.weighing.report import (
    Weighed,
    band_values,
    caveats,
    explanation_values,
    listed,
    reasons,
    spoken,
    table,
)
from dateline.methods.weighing.tally import ENOUGH, Reading, Saying, read, sayings_of, without

CARD = read_card(Path(__file__).parent / "card.md")
ANYTHING = {"state": "anything from ", "method": "anything by "}
"""What is left out with a state or a method, in the sentence."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The rival explanations with the fewest origins [1] against them; what changes without each origin.

    inputs: `matrix`; with it the records of its rows (`claims`, `items`, `media`, `findings`), what those go back to
    (`background`, `upstream`), `speakers` and `sharing`. Values: `explanations` (origins against and for, least and
    greatest), `matrix` (rows by origin), `origins`, `separating`, `bands`; rows: leave one origin, state, method or
    group out. After Heuer 1999 (analysis of competing hypotheses): what is inconsistent counts, not what fits.
    """
    weighed = weigh(inputs)
    reading = weighed.reading
    return Outcome(
        result=reading.answer,
        statement=_statement(weighed),
        reasons=reasons(weighed),
        needed=_needed(weighed),
        values={
            "explanations": explanation_values(weighed),
            "origins": {"kind": "range", "min": weighed.origins.minimum, "max": weighed.origins.maximum},
            "rows": len(weighed.matrix.rows),
            "sayings": len(weighed.sayings),
            "separating": {"kind": "range", "min": reading.separating.minimum, "max": reading.separating.maximum},
            "matrix": table(weighed),
            "bands": band_values(weighed),
        },
        rows=[_row(weighed, *out) for out in _left_out(weighed)],
        caveats=_caveats(weighed),
    )


def weigh(inputs: Inputs) -> Weighed:
    """The matrix with its rows traced, collapsed and read. Raises Refusal `empty-matrix`, `row-missing`."""
    matrix = inputs.one("matrix", Matrix)
    if not matrix.rows:
        raise Refusal("The matrix has no evidence in it.", saw="0 rows", do="Add [[rows]] to it.", code="empty-matrix")
    claims = {claim.id: claim for role in ("background", "claims") for claim in inputs.many(role, Claim)}
    ground = Ground(
        claims=claims,
        sources={source.id: source for source in inputs.many("speakers", Source)},
        items={item.id: item for item in inputs.many("items", ItemRecord)},
        media={media.id: media for media in inputs.many("media", MediaItem)},
        findings={found.id: found for role in ("upstream", "findings") for found in inputs.many(role, Finding)},
        sharing=inputs.many("sharing", Share),
    )
    _check_rows(matrix, ground)
    evidence = evidence_of(matrix, ground)
    sayings, replaced = sayings_of(evidence, claims)
    reading = read(sayings, evidence.merges, tuple(one.id for one in matrix.explanations))
    return Weighed(matrix, claims, evidence, sayings, replaced, reading)


def _check_rows(matrix: Matrix, ground: Ground) -> None:
    known = {"claim": ground.claims, "item": ground.items, "media": ground.media, "finding": ground.findings}
    pointed = (row.about for row in matrix.rows if row.about is not None)
    missing = [f"{kind} {name}" for kind, name in pointed if name not in known[kind]]
    if missing:
        raise Refusal(
            "Rows of the matrix point at records that are not there.",
            saw=", ".join(missing[:8]),
            do="Mend the ids, or add the records.",
            code="row-missing",
        )


def _statement(weighed: Weighed) -> Statement:
    reading, fewest = weighed.reading, min(each.minimum for each in weighed.reading.against.values())
    told: dict[str, Any] = {
        "explanations": number(len(weighed.explanations)),
        "remaining": weighed.text(reading.remaining),
        "remains": number(len(reading.remaining)),
        "others": _others(weighed),
        "fewest": plural(fewest, "origin"),
        "why": _why_not(weighed),
        "rows": plural(len(weighed.matrix.rows), "row"),
        "origins": origins(weighed.origins.minimum, weighed.origins.maximum),
    }
    return say(CARD, reading.answer.replace(" ", "-"), **told)


def _others(weighed: Weighed) -> str:
    """ "against “nothing” speak two to three origins, against “something else” one origin"."""
    others = [name for name in weighed.explanations if name not in weighed.reading.remaining]
    return listed([f"against {weighed.text([name])} {spoken(weighed.reading.against[name])}" for name in others])


def _why_not(weighed: Weighed) -> str:
    """Why nothing can be told: nobody known, or one origin alone, separates the explanations."""
    separating = weighed.reading.separating
    if separating.maximum == 0:
        return "no evidence separates them"
    if separating.minimum == 0:
        return "who knows is not told of any evidence that separates them"
    group = separating.groups[0]
    names = listed([weighed.called(root) for root in group])
    return f"all evidence that separates them rests on {names}" + (", who may be one" if len(group) > 1 else "")


def _needed(weighed: Weighed) -> tuple[str, ...]:
    if weighed.reading.answer != "cannot tell":
        return ()
    least = number(ENOUGH)
    return (f"Evidence of at least {least} independent origins that goes against some explanations and not all.",)


def _left_out(weighed: Weighed) -> Iterator[tuple[str, str, tuple[Saying, ...]]]:
    """What is left out in turn, its name, and what then stands: origins, states, groups of origins, methods.

    An origin that nobody names cannot change the cautious answer. A method takes the rows that are known by no other.
    """
    needs = [one.needs for one in weighed.sayings]
    for fall in falls(needs, weighed.evidence.facts, weighed.origins.groups):
        if fall.what != "method" and any(is_known(root) for root in fall.gone):
            yield fall.what, fall.name, without(weighed.sayings, fall.gone)
    for method in sorted({method for one in weighed.sayings for method in one.methods}):
        left = tuple(one for one in weighed.sayings if one.methods != {method})
        yield "method", method.replace("_", " "), left


def _row(weighed: Weighed, what: str, name: str, left: tuple[Saying, ...]) -> dict[str, Any]:
    reading = read(left, weighed.evidence.merges, weighed.explanations)
    stands = (reading.answer, reading.remaining) == (weighed.reading.answer, weighed.reading.remaining)
    word = "stands" if stands else "falls"
    told = {"name": ANYTHING.get(what, "") + name, "remaining": weighed.text(reading.remaining)}
    return {
        "without": what,
        "name": name,
        "fallen": len(weighed.sayings) - len(left),
        "result": reading.answer,
        "remaining": " ".join(reading.remaining),
        "stands": stands,
        "sentence": say(CARD, f"{word}-{_tail(reading)}", **told).en,
    }


def _tail(reading: Reading) -> str:
    return reading.answer.replace(" ", "-")


def _caveats(weighed: Weighed) -> tuple[Note, ...]:
    roots = {root for one in weighed.sayings for root in one.needs}
    if len(roots) <= MOST_ORIGINS:
        return caveats(weighed)
    text = f"Only the {MOST_ORIGINS} origins that most rows rest on were left out one by one."
    return (*caveats(weighed), Note(code="not-all-left-out", text=text))
