"""A quotation is what was said, word by word; its marks mean what editors mean by them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.ledger.verbatim import difference, is_said, words

SAID = (
    "We sent more than 10,000 containers to them, and we'd do it again. "
    "Ми нічого не везли. 우리는 아무것도 보내지 않았다."
)


@pytest.mark.parametrize(
    "quote",
    ["we sent more than 10,000 containers", "“We sent … we’d do it again”", "We sent [over] 10,000 containers",
     "[The minister:] we sent", "We sent (...) containers to [the Russians], and", "Ми нічого не везли!",
     "우리는 … 보내지 않았다", "…", ""],
)  # fmt: skip
def test_what_editors_may_change(quote: str) -> None:
    """Case, punctuation, apostrophes; words left out behind an ellipsis, words stood for by a bracket."""
    assert is_said(quote, SAID)


@pytest.mark.parametrize(
    ("quote", "differs"),
    [
        ("We shipped more than 10,000", "“shipped” where the record says “sent”"),
        ("We sent more than 1,000 containers", "“1,000” where the record says “10,000”"),
        ("We sent 10,000 containers", "“more than” of the record is left out without an ellipsis"),
        ("and we'd do it … We sent", ""),
        ("Lies, all lies", "no word of “lies all lies” in this order is in the record"),
        ("우리는 모든 것을 보내지 않았다", ""),
    ],
)
def test_what_differs_is_named(quote: str, differs: str) -> None:
    """A changed word, an amount, a bound that is lost, another order: each is refused, and shown where it is one."""
    assert not is_said(quote, SAID)
    assert differs in difference(quote, SAID)


@settings(deadline=None)
@given(st.text(max_size=80), st.data())
def test_every_stretch_of_words_is_said(text: str, data: st.DataObject) -> None:
    """Whatever stands in a text, in any script, may be quoted from it; difference never fails."""
    told = words(text)
    first = data.draw(st.integers(0, len(told)))
    quote = " ".join(told[first : data.draw(st.integers(first, len(told)))])
    assert is_said(quote, " ".join(told))
    assert isinstance(difference(quote + " zzz", text), str)
