"""What changed on the way: a retelling against what it retells, field by field, each drift typed and graded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Note, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.origins.words import number, plural
from dateline.methods.retelling_drift.diff import BOUND, MEANING, Comparison, Drift, compare

CARD = read_card(Path(__file__).parent / "card.md")
_MOST_PAIRS = 2000


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The drifts of each retelling [count], with both wordings.

    inputs: `retellings`, claims; with them `background`, the claims that they retell. Values: `pairs`, for each pair
    what is the same, what drifted and what is not stated; `types`, how often each type occurs. Rows: one a drift. The
    types are those seen on real pages of 2022 to 2024: names corrupted, bounds lost, windows moved …
    """
    retellings = inputs.many("retellings", Claim)
    known = {claim.id: claim for claim in (*inputs.many("background", Claim), *retellings)}
    given = _given(str(parameters["pairs"] or ""))
    pairs, missing = _pairs(retellings, known, given)
    if not pairs:
        raise Refusal(
            "None of these claims is a retelling whose original is here.",
            saw=f"{plural(len(retellings), 'claim')}; {', '.join(missing[:6]) or 'none retells another'}",
            do="Say on the claim which one it repeats (retells = ID), or name pairs: --pairs RETELLING=ORIGINAL.",
            code="no-pair",
        )
    compared = [compare(original, retelling) for original, retelling in pairs[:_MOST_PAIRS]]
    return _outcome(compared, missing, left=len(pairs) - len(compared))


def _given(text: str) -> dict[str, str]:
    """ "C042=C041 C029=C028": the original by retelling. Raises Refusal `no-pair` for another form."""
    found = {}
    for part in text.replace(",", " ").split():
        retelling, equals, original = part.partition("=")
        if not equals or not retelling or not original:
            raise Refusal(
                "This does not name a pair.", saw=repr(part), do="Write RETELLING=ORIGINAL, by id.", code="no-pair"
            )
        found[retelling] = original
    return found


def _pairs(
    retellings: Sequence[Claim], known: Mapping[str, Claim], given: Mapping[str, str]
) -> tuple[list[tuple[Claim, Claim]], list[str]]:
    """Each retelling with the utterance at the beginning of its chain; ids of originals that are not here."""
    pairs, missing = [], []
    asked = {claim.id: claim for claim in retellings} | {name: known[name] for name in given if name in known}
    missing += [name for name in given if name not in known]
    for name, claim in sorted(asked.items()):
        original = given.get(name) or claim.retells
        if original is None:
            continue
        if original not in known:
            missing.append(original)
        else:
            pairs.append((_first(known[original], known, start=name), claim))
    return pairs, sorted(set(missing))


def _first(claim: Claim, known: Mapping[str, Claim], *, start: str) -> Claim:
    seen = {start}
    while claim.retells in known:
        if claim.id in seen:
            raise Refusal(
                "A chain of retellings comes back to itself.",
                saw=" → ".join(sorted(seen)),
                do="Take out one of these links; somebody must have said it first.",
                code="circular-chain",
            )
        seen.add(claim.id)
        claim = known[str(claim.retells)]
    return claim


def _outcome(compared: Sequence[Comparison], missing: Sequence[str], *, left: int) -> Outcome:
    drifted = [one for one in compared if _grave(one)]
    types = Counter(drift.type for one in compared for drift in _grave(one))
    silent = [one for one in compared if not _comparable(one)]
    if len(silent) == len(compared):
        result, statement = "cannot tell", say(CARD, "cannot-tell", pairs=plural(len(compared), "pair"))
    elif drifted:
        told = ", ".join(f"{type_.replace('-', ' ')} ({count})" for type_, count in sorted(types.items()))
        counts = {"drifted": number(len(drifted)), "retellings": plural(len(compared), "retelling"), "types": told}
        result, statement = "drift", say(CARD, "drift", **counts)
    else:
        result, statement = "no drift found", _no_drift(compared)
    return Outcome(
        result=result,
        statement=statement,
        reasons=tuple(
            Note(code="drift", text=_sentence(one, drift).en) for one in drifted[:20] for drift in _grave(one)
        ),
        needed=("A record of both sides: amount, period, place.",) if result == "cannot tell" else (),
        values={"types": dict(sorted(types.items())), "pairs": [_pair(one) for one in compared]},
        rows=[_row(one, drift) for one in compared for drift in one.drifts],
        caveats=_caveats(compared, missing, left),
    )


def _grave(one: Comparison) -> list[Drift]:
    return [drift for drift in one.drifts if drift.severity in {MEANING, BOUND}]


def _comparable(one: Comparison) -> bool:
    """Whether the two state any field beside the stance, which every claim has."""
    return bool({*one.same, *(drift.field for drift in one.drifts)} - {"stance", "origin"})


def _no_drift(compared: Sequence[Comparison]) -> Statement:
    same = dict.fromkeys(field for one in compared for field in one.same)
    missing = dict.fromkeys(field for one in compared for field in one.unstated)
    told = {"fields": ", ".join(same), "missing": ", ".join(missing) or "nothing"}
    return say(CARD, "no-drift", retellings=plural(len(compared), "retelling"), **told)


def _pair(one: Comparison) -> dict[str, Any]:
    statement = _pair_statement(one)
    return {
        "retelling": one.retelling.id,
        "original": one.original.id,
        "drifts": [drift.type for drift in one.drifts],
        "changed": sorted(one.changed()),
        "same": list(one.same),
        "not_stated": list(one.unstated),
        "statement": statement.model_dump(mode="json"),
    }


def _pair_statement(one: Comparison) -> Statement:
    names = {"retelling": one.retelling.id, "original": one.original.id}
    grave = _grave(one)
    if grave:
        told = "; ".join(f"{drift.type.replace('-', ' ')} (“{drift.was}” → “{drift.becomes}”)" for drift in grave)
        return say(CARD, "pair-drift", **names, drifts=told)
    if not _comparable(one):
        return say(CARD, "pair-silent", **names)
    missing = ", ".join(one.unstated) or "nothing"
    return say(CARD, "pair-same", **names, fields=", ".join(one.same), missing=missing)


def _sentence(one: Comparison, drift: Drift) -> Statement:
    return say(
        CARD,
        "one-drift",
        retelling=one.retelling.id,
        original=one.original.id,
        type=drift.type.replace("-", " "),
        severity=drift.severity,
        was=drift.was,
        becomes=drift.becomes,
    )


def _row(one: Comparison, drift: Drift) -> dict[str, Any]:
    return {
        "retelling": one.retelling.id,
        "original": one.original.id,
        "field": drift.field,
        "type": drift.type,
        "severity": drift.severity,
        "was": drift.was,
        "becomes": drift.becomes,
        "sentence": _sentence(one, drift).en,
    }


def _caveats(compared: Sequence[Comparison], missing: Sequence[str], left: int) -> tuple[Note, ...]:
    found = []
    if missing:
        found.append(Note(code="original-missing", text=f"Not here, so not compared: {', '.join(missing[:8])}."))
    early = [one.retelling.id for one in compared if one.retelling.said.before(one.original.said)]
    if early:
        text = f"Said before what they are said to retell: {', '.join(early[:8])}. Check both dates, and the link."
        found.append(Note(code="retelling-is-earlier", text=text))
    worded = [drift for one in compared for drift in one.drifts if drift.field in {"status", "direction", "origin"}]
    if worded:
        text = "Status, direction and who is said to have said it were read from the words of the statements."
        found.append(Note(code="read-from-words", text=text))
    if left:
        found.append(Note(code="too-many-pairs", text=f"{left} further pairs were not compared."))
    return tuple(found)
