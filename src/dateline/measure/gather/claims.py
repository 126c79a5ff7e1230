"""Claims for the methods that weigh them: those asked for, what they lean on, who speaks, what may be shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from dateline.core.identity import digest
from dateline.ledger.agreed import Standing, called, unnamed
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.finding import InputRef
from dateline.ledger.record import Record
from dateline.ledger.source import Source
from dateline.measure.request import Loaded, Prepared, Request
from dateline.methods.contract import Inputs

BACKGROUND = "background"
"""The role of claims that were not asked for, but are retold, superseded or passed on by those that were."""


def prepare(request: Request) -> Prepared:
    """Every role of kind `claims` and `events` as records; beside them `background`, `speakers` and `sharing`."""
    asked = {
        role: tuple(record for selection in given for record in selection.records)
        for role, given in request.roles.items()
    }
    named = {record.id for records in asked.values() for record in records}
    claims = [record for records in asked.values() for record in records if isinstance(record, Claim)]
    around, refs = surroundings(request.case, claims, named)
    roles = {**asked, **around}
    return Prepared(
        refs=tuple(refs),
        simulated=False,
        load=lambda _tell: Loaded(inputs=Inputs({k: v for k, v in roles.items() if v})),
    )


def surroundings(
    case: Case | None, claims: Sequence[Claim], named: Set[str], speaking: Iterable[str] = ()
) -> tuple[dict[str, tuple[Any, ...]], list[InputRef]]:
    """What claims are weighed with, by role and by hash: `background`, `speakers` and `sharing`.

    named: ids of records that are given already; speaking: ids of further sources that are wanted.
    """
    known: Mapping[str, Claim] = {} if case is None else case.claims
    sources: Mapping[str, Source] = {} if case is None else case.sources
    sharing = () if case is None else case.head.sharing
    background = tuple(known[name] for name in sorted(leaning(claims, known) - named))
    heard = _speakers((*speaking, *(claim.speaker for claim in (*claims, *background))), sources)
    speakers = tuple(sources[name] for name in sorted(heard))
    refs = [record_ref(claim, BACKGROUND) for claim in background]
    refs += [record_ref(source, "speakers") for source in speakers]
    if sharing:
        policy = digest([share.model_dump(mode="json") for share in sharing])
        refs.append(InputRef(kind="record", id="sharing", sha256=policy, role="sharing"))
    hidden = unnamed({} if case is None else case.records)
    told = tuple(_unnamed(source) if source.id in hidden else source for source in speakers)
    return {BACKGROUND: background, "speakers": told, "sharing": sharing}, refs


def _unnamed(source: Source) -> Source:
    """The source under the description agreed on: a method's sentences may print what it is called."""
    return source.model_copy(update={"names": {"en": called(source, Standing(), "en") or "a source that is not named"}})


def record_ref(record: Record, role: str) -> InputRef:
    """A record by the hash of what it says."""
    return InputRef(kind="record", id=record.id, sha256=record.sha256(), role=role)


def leaning(claims: Iterable[Claim], known: Mapping[str, Claim]) -> set[str]:
    """The ids of all claims that these retell, supersede, deny, qualify or pass on, and so on back."""
    found: set[str] = set()
    waiting = list(claims)
    while waiting:
        claim = waiting.pop()
        links = (link.claim for link in claim.chain if link.claim)
        for name in (claim.retells, *claim.supersedes, *claim.denies, *claim.qualifies, *links):
            if name is not None and name in known and name not in found:
                found.add(name)
                waiting.append(known[name])
    return found


def _speakers(speaking: Iterable[str], sources: Mapping[str, Source]) -> set[str]:
    """The ids of who speaks, and of all that they belong to and depend on."""
    found: set[str] = set()
    waiting = list(speaking)
    while waiting:
        name = waiting.pop()
        if name in sources and name not in found:
            found.add(name)
            waiting += [*sources[name].member_of, *sources[name].depends_on]
    return found
