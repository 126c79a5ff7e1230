"""The statements of one side, counted back to who knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dateline.ledger.claim import Claim
from dateline.ledger.head import Share
from dateline.ledger.source import Source
from dateline.methods.origins.count import Count, count
from dateline.methods.origins.facts import Facts, facts_of
from dateline.methods.origins.roots import Resting, resting_on
from dateline.methods.origins.shares import Merge, leaning_roots, merges_of, names_only


@dataclass(frozen=True, slots=True)
class Side:
    """The statements of one side: what each rests on, what is known of their roots, how they count."""

    claims: tuple[Claim, ...]
    resting: Mapping[str, Resting]
    facts: Mapping[str, Facts]
    merges: tuple[Merge, ...]
    count: Count

    def roots(self) -> set[str]:
        """Every root that is needed."""
        return {root for one in self.resting.values() for root in one.needs}


def side_of(
    claims: Sequence[Claim], known: Mapping[str, Claim], sources: Mapping[str, Source], sharing: Sequence[Share]
) -> Side:
    """Counts the origins of claims. `known` are all claims by id, those they go back to among them. Order is no matter.

    Raises Refusal `circular-chain`.
    """
    ordered = tuple(sorted({claim.id: claim for claim in claims}.values(), key=lambda claim: claim.id))
    everything = resting_on(ordered, known, sources)
    resting = {claim.id: everything[claim.id] for claim in ordered}
    facts = facts_of((known[name] for name in sorted(everything)), sources)
    merges = (*merges_of(facts, leaning_roots(resting.values()), sharing), *names_only(facts))
    return Side(ordered, resting, facts, merges, count((one.needs for one in resting.values()), merges))
