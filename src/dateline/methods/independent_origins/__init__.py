"""On how many independent origins does a statement rest? Two numbers with reasons; what stands without each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.finding import Note
from dateline.ledger.head import Share
from dateline.ledger.source import Source
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.independent_origins.alike import alike
from dateline.methods.independent_origins.without import Tally, Without
from dateline.methods.origins.count import groups_of
from dateline.methods.origins.facts import Facts
from dateline.methods.origins.falls import MOST_ORIGINS, falls
from dateline.methods.origins.roots import is_known
from dateline.methods.origins.side import Side, side_of
from dateline.methods.origins.words import number, origins, plural

CARD = read_card(Path(__file__).parent / "card.md")
_LISTED = 40
_DENIALS = frozenset({"denies", "denies_part", "denies_proof", "declines"})


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The least and the greatest number of independent origins [1] of the supporting statements.

    inputs: `supporting` and `contradicting`, claims; with them `background` (claims they go back to), `speakers`
    (sources) and `sharing` (the case's policy). Values: `origins` {min, max}, `axes`, `groups`, `contradicting`,
    `suggestions`; rows: what stands without each origin, state, method, and group that may be one. Retellings collapse
    to their utterance, chains are walked to their roots, groups made by union-find (Galler and Fischer 1964).
    """
    supporting = inputs.many("supporting", Claim)
    against = inputs.many("contradicting", Claim)
    known = {claim.id: claim for claim in (*inputs.many("background", Claim), *against, *supporting)}
    sources = {source.id: source for source in inputs.many("speakers", Source)}
    sharing = inputs.many("sharing", Share)
    if not supporting:
        raise Refusal(
            "There is no statement to count.",
            saw="0 claims",
            do="Name the claims that support it.",
            code="no-statement",
        )
    side = side_of(supporting, known, sources, sharing)
    other = side_of(against, known, sources, sharing)
    return _outcome(side, other, sharing, listed=bool(parameters["suggest"]))


def _outcome(side: Side, other: Side, sharing: Sequence[Share], *, listed: bool) -> Outcome:
    low, high = side.count.minimum, side.count.maximum
    utterances = {one.utterance for one in side.resting.values()}
    told = {
        "statements": plural(len(side.claims), "statement"),
        "utterances": plural(len(utterances), "act of saying", "acts of saying"),
        "origins": origins(low, high),
        "minimum": str(low),
        "maximum": str(high),
    }
    result, key = _result(low, high)
    suggestions = alike(side.claims, side.resting) if listed else []
    return Outcome(
        result=result,
        statement=say(CARD, key, **told),
        reasons=_reasons(side, other),
        needed=_needed(side),
        values={
            "origins": {"kind": "range", "min": low, "max": high},
            "statements": len(side.claims),
            "utterances": len(utterances),
            "groups": [[side.facts[root].called() for root in group] for group in side.count.groups[:_LISTED]],
            "axes": _axes(side, sharing),
            "contradicting": _against(other),
            "suggestions": [{"one": one, "other": two, "alike": share} for one, two, share in suggestions],
        },
        rows=[_row(one) for one in _without(side)],
        caveats=_caveats(side, suggestions),
    )


def _result(low: int, high: int) -> tuple[str, str]:
    if low == 0:
        return "cannot tell", "cannot-tell"
    if low == high == 1:
        return "one origin", "one"
    return ("one to several", "range") if low == 1 else ("several", "several")


def _against(other: Side) -> dict[str, Any]:
    if not other.claims:
        return {"statements": 0}
    low, high = other.count.minimum, other.count.maximum
    return {"statements": len(other.claims), "origins": {"kind": "range", "min": low, "max": high}}


def _reasons(side: Side, other: Side) -> tuple[Note, ...]:
    found = [*_shown(side), *_merged(side)]
    if other.claims:
        low, high = other.count.minimum, other.count.maximum
        text = f"{plural(len(other.claims), 'statement')} on {origins(low, high)} say otherwise."
        found.append(Note(code="contradicted", text=text))
    both = sorted(side.facts[root].called() for root in side.roots() & other.roots() if is_known(root))
    if both:
        found.append(Note(code="both-sides", text=f"Stands on both sides: {', '.join(both[:5])}."))
    if len(found) > _LISTED:
        rest = Note(code="more-reasons", text=f"{len(found) - _LISTED} further reasons are not listed.")
        found = [*found[:_LISTED], rest]
    return tuple(found)


def _shown(side: Side) -> list[Note]:
    """What both numbers merge: retellings, and several statements of one origin, of which the latest stands."""
    found = []
    retold = [claim for claim in side.claims if side.resting[claim.id].utterance != claim.id]
    if retold:
        names = ", ".join(f"{claim.id} of {side.resting[claim.id].utterance}" for claim in retold[:8])
        found.append(Note(code="retelling", text=f"Retellings, which add nothing ({len(retold)}): {names}."))
    said: dict[str, set[str]] = {}
    for claim in side.claims:
        one = side.resting[claim.id]
        if len(one.needs) == 1:
            said.setdefault(next(iter(one.needs)), set()).add(one.utterance)
    for root, utterances in sorted(said.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(utterances) > 1:
            text = f"{side.facts[root].called()} speaks {number(len(utterances))} times: a later statement replaces an "
            found.append(Note(code="same-origin", text=f"{text}earlier one and does not confirm it."))
    return found


def _merged(side: Side) -> list[Note]:
    """What only the least number merges."""
    roots, found = side.roots(), []
    for merge in side.merges:
        there = sorted(side.facts[root].called() for root in merge.roots & roots)
        if len(there) > 1 and (merge.hub is None or merge.hub in roots):
            names = ", ".join(there[:6]) + (f" and {len(there) - 6} more" if len(there) > 6 else "")
            found.append(Note(code=merge.code, text=f"May be one: {names}; {merge.why}."))
    unknown = [root for root in roots if not is_known(root)]
    if unknown:
        text = f"Who knows is not told by {plural(len(unknown), 'speaker')}: least number none, greatest number all."
        found.append(Note(code="unknown-root", text=text))
    return found


def _needed(side: Side) -> tuple[str, ...]:
    unknown = sorted(claim.id for claim in side.claims if not any(map(is_known, side.resting[claim.id].needs)))
    if not unknown:
        return ()
    return (f"Who knows, behind {', '.join(unknown[:6])}: origin.key, or a chain that is read to its end.",)


def _axes(side: Side, sharing: Sequence[Share]) -> dict[str, Any]:
    """Origins, states, methods and raw materials apart: what is known of each, and the range of its number."""
    feeds = [tuple(share.among) for share in sharing if share.what == "feed"]
    known = sorted(root for root in side.roots() if root in side.facts)
    values = {
        "states": {root: side.facts[root].states for root in known},
        "methods": {root: side.facts[root].methods for root in known},
        "raw_materials": {root: _materials(side.facts[root], feeds) for root in known},
    }
    return {name: _axis(of) for name, of in values.items()}


def _materials(facts: Facts, feeds: Iterable[tuple[str, ...]]) -> set[str]:
    found = set()
    for text in facts.raw:
        named = {group[0] for group in feeds for name in group if name.casefold() in text.casefold()}
        found |= named or {text}
    return found


def _axis(of: Mapping[str, set[str]]) -> dict[str, Any]:
    told = sorted(root for root, values in of.items() if values)
    by_value: dict[str, list[str]] = {}
    for root in told:
        for value in of[root]:
            by_value.setdefault(value, []).append(root)
    apart = len(groups_of(told, by_value.values()))
    return {"known": sorted(by_value)[:_LISTED], "min": apart, "max": apart + len(of) - len(told)}


def _without(side: Side) -> list[Without]:
    """The knock-out table: each origin, each state and method that is told, each group that may be one."""
    tally = Tally(side.resting, side.merges, listed=_LISTED)
    needs = (one.needs for one in side.resting.values())
    return [tally.without(fall.what, fall.name, fall.gone) for fall in falls(needs, side.facts, side.count.groups)]


def _row(one: Without) -> dict[str, Any]:
    low, high = one.count.minimum, one.count.maximum
    key = "without" if one.stands else "without-nothing"
    told = {"name": one.name, "stands": plural(one.stands, "statement"), "origins": origins(low, high)}
    return {
        "without": one.what,
        "name": one.name,
        "falls": one.falls,
        "stands": one.stands,
        "minimum": low,
        "maximum": high,
        "falling": " ".join(one.falling),
        "weakened": " ".join(one.weakened),
        "standing": " ".join(one.standing),
        "sentence": say(CARD, key, **told).en,
    }


def _caveats(side: Side, suggestions: Sequence[tuple[str, str, float]]) -> tuple[Note, ...]:
    found = []
    unread = [claim.id for claim in side.claims if claim.chain and not all(link.read for link in claim.chain)]
    if unread:
        text = (
            f"For {len(unread)} of {len(side.claims)} the chain was not read to its end; the origin is the one named."
        )
        found.append(Note(code="chain-not-read", text=text))
    denying = [claim.id for claim in side.claims if claim.stance in _DENIALS]
    if denying:
        text = f"Among the supporting statements are denials: {', '.join(denying[:6])}."
        found.append(Note(code="denial-among-supporting", text=text))
    if suggestions:
        text = f"Not linked as retellings, though they read alike: {plural(len(suggestions), 'pair')}. Look at them."
        found.append(Note(code="reads-alike", text=text))
    if len(side.roots()) > MOST_ORIGINS:
        text = f"Only the {MOST_ORIGINS} origins that most statements rest on were taken out one by one."
        found.append(Note(code="not-all-knocked-out", text=text))
    return tuple(found)
