"""Claims for the methods that weigh them: those asked for, what they lean on, who speaks, what may be shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dateline.core.identity import digest
from dateline.ledger.claim import Claim
from dateline.ledger.finding import InputRef
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
    known: Mapping[str, Claim] = {} if request.case is None else request.case.claims
    sources: Mapping[str, Source] = {} if request.case is None else request.case.sources
    sharing = () if request.case is None else request.case.head.sharing
    named = {record.id for records in asked.values() for record in records}
    claims = [record for records in asked.values() for record in records if isinstance(record, Claim)]
    background = tuple(known[name] for name in sorted(leaning(claims, known) - named))
    speakers = tuple(sources[name] for name in sorted(_speakers([*claims, *background], sources)))
    refs = [
        InputRef(kind="record", id=record.id, sha256=record.sha256(), role=role)
        for role, records in ((BACKGROUND, background), ("speakers", speakers))
        for record in records
    ]
    if sharing:
        policy = digest([share.model_dump(mode="json") for share in sharing])
        refs.append(InputRef(kind="record", id="sharing", sha256=policy, role="sharing"))
    roles = {**asked, BACKGROUND: background, "speakers": speakers, "sharing": sharing}
    return Prepared(
        refs=tuple(refs),
        simulated=False,
        load=lambda _tell: Loaded(inputs=Inputs({k: v for k, v in roles.items() if v})),
    )


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


def _speakers(claims: Iterable[Claim], sources: Mapping[str, Source]) -> set[str]:
    """The ids of who speaks, and of all that they belong to and depend on."""
    found: set[str] = set()
    waiting = [claim.speaker for claim in claims]
    while waiting:
        name = waiting.pop()
        if name in sources and name not in found:
            found.add(name)
            waiting += [*sources[name].member_of, *sources[name].depends_on]
    return found
