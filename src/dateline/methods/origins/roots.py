"""From what is said back to who knows: retellings collapse to utterances, chains are walked to their roots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dateline.core.errors import Refusal
from dateline.ledger.claim import Claim
from dateline.ledger.source import Source

_WORD = re.compile(r"\w+")

UNKNOWN_WORDS = frozenset({"", "?", "unknown", "undisclosed", "not stated", "unstated", "unsourced", "none"})
"""Words that say that nobody knows, or nobody tells. They never name an origin, a method or a material."""

_ANYBODY = frozenset({
    "source", "sources", "official", "officials", "people", "person", "persons", "someone", "somebody", "insider",
    "insiders", "expert", "experts", "analyst", "analysts", "observer", "observers", "diplomat", "diplomats",
    "anonymous", "unnamed", "unidentified", "senior", "western", "foreign", "local", "several", "some", "two",
    "three", "various", "other", "others", "a", "an", "the", "of", "on", "in", "with", "to", "by", "at", "who", "and",
    "or", "not", "his", "her", "their", "familiar", "matter", "briefed", "knowledge", "close", "condition",
    "anonymity", "said", "speaking", "reports", "report", "media", "источник", "источники", "чиновник", "чиновники",
    "джерело", "джерела", "посадовець", "посадовці", "소식통", "관계자",
})  # fmt: skip
"""Words of which none names anybody: "a source familiar with the matter" may be any source."""

DERIVED = frozenset({"retelling", "capacity_calculation", "conversion", "calculation"})
"""Methods that add no knowledge of their own: such a claim rests on what it was made from."""

UNKNOWN = "?"
"""First sign of the key of a root that nobody names; the speaker's id follows, so that one speaker is one unknown."""


@dataclass(frozen=True, slots=True)
class Resting:
    """What one claim rests on: the utterance that it repeats, the roots it needs, the roots it partly builds on."""

    utterance: str
    needs: frozenset[str]
    leans: frozenset[str] = frozenset()


def names_nobody(told: str) -> bool:
    """Whether words leave open who it is: "unknown", "officials", "two people briefed on the matter"."""
    spelled = told.casefold()
    found = _WORD.findall(spelled)
    return spelled in UNKNOWN_WORDS or (bool(found) and all(word in _ANYBODY for word in found))


def is_known(root: str) -> bool:
    """Whether somebody is named as the one who knows."""
    return not root.startswith(UNKNOWN)


def resting_on(
    claims: Iterable[Claim], known: Mapping[str, Claim], sources: Mapping[str, Source]
) -> dict[str, Resting]:
    """What each claim, and each that it goes back to, rests on. `known` are all claims by id.

    Only links count (retells, chain), never likeness of words. Raises Refusal `circular-chain`.
    """
    done: dict[str, Resting] = {}
    for start in claims:
        path: list[Claim] = [start]
        standing = {start.id}
        while path:
            claim = path[-1]
            above = [known[name] for name in parents(claim) if name in known]
            waiting = next((one for one in above if one.id not in done), None)
            if waiting is None:
                done[claim.id] = _resting(claim, [done[one.id] for one in above], sources)
                standing.discard(path.pop().id)
            elif waiting.id in standing:
                raise _circular([*(one.id for one in path), waiting.id])
            else:
                path.append(waiting)
                standing.add(waiting.id)
    return done


def parents(claim: Claim) -> Iterator[str]:
    """The claims that this one repeats or passes on; a retelling's own chain is the chain of what it retells."""
    if claim.retells is not None:
        yield claim.retells
        return
    yield from (link.claim for link in claim.chain if link.claim is not None)


def _resting(claim: Claim, above: list[Resting], sources: Mapping[str, Source]) -> Resting:
    if claim.retells is not None and above:
        return above[0]
    own = own_root(claim, sources)
    roots = frozenset(root for one in above for root in one.needs)
    leans = frozenset(root for one in above for root in one.leans)
    method = claim.origin.method if claim.origin is not None else None
    if above and (method in DERIVED or not is_known(own)):
        return Resting(claim.id, roots, leans)
    return Resting(claim.id, frozenset({own}), (roots | leans) - {own})


def own_root(claim: Claim, sources: Mapping[str, Source]) -> str:
    """The key of who knows what this claim says, as it says itself; `?speaker` where nobody is named."""
    if claim.origin is not None:
        if claim.origin.key in sources or not names_nobody(claim.origin.key):
            return canonical(claim.origin.key, sources)
        return UNKNOWN + claim.speaker
    end = claim.chain[-1] if claim.chain and claim.chain[-1].end else None
    if end is not None and (end.source is not None or not names_nobody(end.who)):
        return canonical(end.source or end.who, sources)
    speaker = sources.get(claim.speaker)
    if claim.stance == "observes" or (speaker is not None and (speaker.type == "anonymous" or speaker.depends_on)):
        return canonical(claim.speaker, sources)
    return UNKNOWN + claim.speaker


def canonical(key: str, sources: Mapping[str, Source]) -> str:
    """A key in one spelling; a source that knows all it says from one other stands for that one."""
    found = {source.casefold(): source for source in (key, key.casefold()) if source in sources}
    name = next(iter(found.values()), key)
    seen: set[str] = set()
    while name in sources and len(sources[name].depends_on) == 1:
        if name in seen:
            raise _circular([*sorted(seen), name])
        seen.add(name)
        name = sources[name].depends_on[0]
    return name.casefold()


def _circular(path: list[str]) -> Refusal:
    return Refusal(
        "A chain of citations comes back to itself, so nobody in it is the one who knows.",
        saw=" → ".join(path[-6:]),
        do="Take out one of these links; somebody must have said it first.",
        code="circular-chain",
    )
