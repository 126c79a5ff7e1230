"""What may keep two origins from being independent, each with its reason: the least number merges all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dateline.ledger.head import Share
from dateline.methods.origins.facts import Facts, Naming, words
from dateline.methods.origins.roots import Resting, is_known


@dataclass(frozen=True, slots=True)
class Merge:
    """Roots that may be one. With a `hub`, only it may be one of the others; those stay apart."""

    code: str
    roots: frozenset[str]
    why: str
    hub: str | None = None


def merges_of(
    facts: Mapping[str, Facts], leans: Mapping[str, frozenset[str]], sharing: Iterable[Share]
) -> tuple[Merge, ...]:
    """Every reason to merge known roots, in a fixed order. `leans`: roots on which a root partly builds."""
    known = {key: one for key, one in facts.items() if is_known(key)}
    policy = tuple(sharing)
    found = [
        *_same_state(known),
        *_declared(known, policy),
        *_feeds(known, policy),
        *_same_material(known),
        *_leaning(known, leans),
        *_anonymous(known),
    ]
    return tuple(sorted((one for one in found if len(one.roots) > 1), key=_order))


def leaning_roots(resting: Iterable[Resting]) -> dict[str, frozenset[str]]:
    """For each root, those on which what it says partly builds."""
    leans: dict[str, frozenset[str]] = {}
    for one in resting:
        for root in one.needs if one.leans else ():
            leans[root] = leans.get(root, frozenset()) | one.leans
    return leans


def _order(merge: Merge) -> tuple[str, list[str], str]:
    return merge.code, sorted(merge.roots), merge.why


def _same_state(facts: Mapping[str, Facts]) -> Iterator[Merge]:
    for state in sorted({state for one in facts.values() for state in one.states}):
        roots = frozenset(key for key, one in facts.items() if state in one.states)
        yield Merge("same-state", roots, f"all of one state ({state})")


def _declared(facts: Mapping[str, Facts], sharing: Iterable[Share]) -> Iterator[Merge]:
    """Intelligence and staff merge all that are named; an aggregate report (named first) adds nothing to a member."""
    by_word: dict[str, set[str]] = {}
    for key, one in facts.items():
        for word in one.answers_to():
            by_word.setdefault(word, set()).add(key)
    for share in sharing:
        if share.what == "feed":
            continue
        named = [by_word.get(name.casefold(), set()) for name in share.among]
        roots = frozenset().union(*named)
        if share.what != "aggregate":
            yield Merge(f"shared-{share.what}", roots, f"declared in the case: {share.why}")
            continue
        for hub in sorted(named[0]):
            yield Merge("aggregate", frozenset({hub, *roots}), f"declared in the case: {share.why}", hub)


def _feeds(facts: Mapping[str, Facts], sharing: Iterable[Share]) -> Iterator[Merge]:
    for share in sharing:
        if share.what != "feed":
            continue
        naming = Naming((name, "feed") for name in share.among)
        keys = {name.casefold() for name in share.among}
        roots = frozenset(
            key for key, one in facts.items() if key in keys or any(naming.named_in(text) for text in one.raw)
        )
        yield Merge("same-feed", roots, f"{' or '.join(share.among)} in their raw material: {share.why}")


def _same_material(facts: Mapping[str, Facts]) -> Iterator[Merge]:
    by_text: dict[tuple[str, ...], set[str]] = {}
    told: dict[tuple[str, ...], str] = {}
    for key, one in sorted(facts.items()):
        for text in sorted(one.raw):
            by_text.setdefault(words(text), set()).add(key)
            told.setdefault(words(text), text)
    for spelled, roots in by_text.items():
        yield Merge("same-raw-material", frozenset(roots), f"both from “{told[spelled]}”")


def _leaning(facts: Mapping[str, Facts], leans: Mapping[str, frozenset[str]]) -> Iterator[Merge]:
    """By a link of its chain, or because its raw material names the other."""
    naming = Naming((name, key) for key, one in facts.items() for name in (key, *one.spelled, *one.names))
    for key, one in facts.items():
        for other in leans.get(key, frozenset()) & facts.keys():
            yield Merge(
                "leans-on", frozenset({key, other}), f"{one.called()} passes on what {facts[other].called()} said"
            )
        for text in sorted(one.raw):
            for other in sorted(naming.named_in(text) - {key}):
                why = f"{one.called()} names {facts[other].called()} in its raw material (“{text}”)"
                yield Merge("leans-on", frozenset({key, other}), why)


def _anonymous(facts: Mapping[str, Facts]) -> Iterator[Merge]:
    """An official without a name and state may be any of the others."""
    everyone = frozenset(facts)
    for key, one in facts.items():
        if one.anonymous and not one.states:
            yield Merge("anonymous", everyone, f"{one.called()} has no name and may be any of the others", key)


def names_only(facts: Mapping[str, Facts]) -> tuple[Merge, ...]:
    """Roots that are only what a chain calls its end, each of which may be any of the others under another name."""
    everyone = frozenset(key for key in facts if is_known(key))
    found = []
    for key, one in sorted(facts.items()):
        if is_known(key) and one.is_name_only() and len(everyone) > 1:
            why = f"{one.called()} is only what a chain calls its end, and may be any of the others under another name"
            found.append(Merge("name-only", everyone, why, key))
    return tuple(found)
