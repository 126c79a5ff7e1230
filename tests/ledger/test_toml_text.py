"""The fast text of a record is the canonical one, to the byte."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dateline.core.quantity import Kind, Quantity
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.place import Place
from dateline.ledger.source import Judgement, Source
from dateline.ledger.toml_text import toml_text
from dateline.ledger.write import canonical_text

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(lambda text: bool(text.strip()))
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)
QUANTITIES = st.builds(
    Quantity, text=TEXTS, low=NUMBERS, high=st.none(), low_open=st.booleans(), unit=TEXTS, kind=st.sampled_from(Kind)
)  # fmt: skip
CLAIMS = st.fixed_dictionaries(
    {
        "id": st.just("C1"),
        "speaker": st.just("s"),
        "said": st.just("2024-02-23"),
        "stance": st.just("asserts"),
        "statement": TEXTS,
        "quantity": QUANTITIES,
        "hedge": st.fixed_dictionaries({"text": TEXTS, "class": st.just("flat")}),
        "places": st.lists(st.sampled_from(["a", "b"]), max_size=3),
        "chain": st.lists(
            st.fixed_dictionaries({"who": TEXTS, "how": TEXTS, "read": st.booleans()}),
            max_size=3,
            unique_by=lambda link: link["who"],
        ),
    },
    optional={
        "note": TEXTS,
        "original": st.fixed_dictionaries({"text": TEXTS, "language": st.just("ko")}),
        "assessment": st.just(
            {"source_reliability": "B", "info_credibility": 3, "by": "mk", "date": date(2024, 3, 2), "why": "counts"}
        ),
    },
).map(Claim.model_validate)
PLACES = st.fixed_dictionaries(
    {
        "id": st.just("p"),
        "role": st.just("port"),
        "names": st.dictionaries(st.sampled_from(["en", "ko", "zh-Hant"]), TEXTS, min_size=1),
        "where": st.fixed_dictionaries(
            {"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)}, optional={"radius": st.floats(0, 1e6)}
        ),
    },
    optional={"withheld": st.just({"sources.0.url": "ab" * 32})},
).map(Place.model_validate)


@given(CLAIMS | PLACES)
def test_any_record_has_the_bytes_of_the_document_model(record: Claim | Place) -> None:
    """Whatever people write into it: quotation marks, control characters, other scripts."""
    text = toml_text(record)

    assert text == canonical_text(record)
    assert tomllib.loads(text)["id"] == record.id


def test_records_of_every_kind_have_the_canonical_text(rason: Path) -> None:
    """Every record of a case, and days that stand without quotation marks."""
    case = Case.load(rason)
    judged = Source(
        id="x", type="ngo", names={"en": "X"},
        history=(Judgement(grade="C", by="mk", date=date(2024, 3, 2), why="w"),),
    )  # fmt: skip

    for record in (judged, case.head, *case.records.values()):
        if record.kind not in {"item", "observation"}:
            assert toml_text(record) == canonical_text(record)
