"""A matrix for the method that weighs it: the records and findings of its rows, and what each of them goes back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline.core.errors import Refusal, UsageError
from dateline.ledger.agreed import standing
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.items import ItemRecord
from dateline.ledger.matrix import Matrix
from dateline.ledger.media_item import MediaItem
from dateline.measure.gather.claims import record_ref, surroundings
from dateline.measure.request import Loaded, Prepared, Request
from dateline.methods.contract import Inputs


def prepare(request: Request) -> Prepared:
    """The matrix, and by role: `claims`, `items`, `media`, `findings`, `upstream`, `background`, `speakers`, `sharing`.

    Raises Refusal `no-matrix` without one (it is a record of a case), `off-record` for rows on what may not be used,
    UsageError `several-matrices` for more.
    """
    matrix, case = _matrix(request)
    _check_usable(matrix, case)
    findings = request.one("matrix").findings
    upstream = tuple(_upstream(case, findings))
    named = {row.claim for row in matrix.rows if row.claim is not None}
    named |= {ref.id for each in (*findings, *upstream) for ref in each.inputs}
    claims = tuple(case.claims[name] for name in sorted(named & case.claims.keys()))
    publishers = (page.source for row in matrix.rows for page in row.sources if page.source is not None)
    around, refs = surroundings(case, claims, {claim.id for claim in claims}, publishers)
    media = tuple(_media(case, (row.media for row in matrix.rows if row.media is not None)))
    rated = {row.item for row in matrix.rows if row.item is not None}
    items = tuple(_items(case, rated | {name for each in media for name in each.items}))
    roles = {"claims": claims, "media": media, "items": items, "findings": findings, "upstream": upstream, **around}
    refs += [record_ref(record, "claims") for record in claims] + [record_ref(record, "media") for record in media]
    refs += [InputRef(kind="item", id=item.id, sha256=item.sha256(), role="items") for item in items]
    return Prepared(
        refs=tuple(refs),
        simulated=any(item.item.simulated for item in items) or any(each.simulated for each in upstream),
        load=lambda _tell: Loaded(inputs=Inputs({"matrix": (matrix,), **{k: v for k, v in roles.items() if v}})),
    )


def _matrix(request: Request) -> tuple[Matrix, Case]:
    given = [record for record in request.one("matrix").records if isinstance(record, Matrix)]
    if len(given) > 1:
        raise UsageError(
            "One matrix is weighed at a time.",
            saw=", ".join(matrix.id for matrix in given),
            do="Write a measure for each.",
            code="several-matrices",
        )
    if not given or request.case is None:
        raise Refusal(
            "There is no matrix to weigh. A matrix is a record of a case, and its rows are records too.",
            saw="no matrix" if request.case is not None else "no case",
            do="In a case, write matrices/ID.toml, and a measure with [inputs.matrix] matrices = [ID].",
            code="no-matrix",
        )
    return given[0], request.case


def _check_usable(matrix: Matrix, case: Case) -> None:
    """What was said off the record is no evidence that a page could show."""
    rated = [name for row in matrix.rows for name in (row.claim, row.media) if name is not None]
    away = [name for name in rated if standing(case.records[name], case.records).is_off]
    if away:
        raise Refusal(
            "The matrix rates what was said off the record, and the matrix is there to be shown.",
            saw=", ".join(away[:8]),
            do="Take these rows out, or agree on other terms with whoever said it.",
            code="off-record",
        )


def _upstream(case: Case, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that these were made from, and so on back."""
    waiting, seen = list(findings), {finding.id for finding in findings}
    while waiting:
        for ref in waiting.pop().inputs:
            if ref.kind == "finding" and ref.id not in seen:
                seen.add(ref.id)
                waiting.append(case.finding(ref.id))
                yield waiting[-1]


def _media(case: Case, names: Iterable[str]) -> Iterator[MediaItem]:
    """The media items, and those that they are copies of."""
    waiting, seen = sorted(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            found = case.media[name]
            waiting += [found.copy_of] if found.copy_of is not None else []
            yield found


def _items(case: Case, names: Iterable[str]) -> Iterator[ItemRecord]:
    """The items, and those that they were made from."""
    waiting, seen, records = sorted(names), set[str](), case.of(ItemRecord)
    while waiting:
        name = waiting.pop()
        if name not in seen and name in records:
            seen.add(name)
            derived = records[name].item.derived
            waiting += list(derived.parents) if derived is not None else []
            yield records[name]
