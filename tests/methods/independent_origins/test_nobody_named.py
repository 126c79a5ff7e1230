"""Words that name nobody, and names that only a chain's end has, never raise the least number of origins."""

from __future__ import annotations

import pytest

from dateline.core.when import When
from dateline.ledger.claim import Claim, Link, Origin
from dateline.ledger.source import Source
from dateline.methods.origins.roots import names_nobody
from dateline.methods.origins.side import side_of

PAPERS = {name: Source(id=name, type="outlet", names={"en": f"Paper {name}"}) for name in ("a", "b", "c")}


def told(name: str, paper: str, end: str, origin: Origin | None = None) -> Claim:
    return Claim(
        id=name, speaker=paper, said=When.from_edtf("2024-02-21"), stance="asserts", statement=f"Ships left ({name})",
        origin=origin, chain=(Link(who=end, how="says", end=True),),
    )  # fmt: skip


def bounds(*claims: Claim) -> tuple[int, int]:
    count = side_of(claims, {one.id: one for one in claims}, PAPERS, ()).count
    return count.minimum, count.maximum


@pytest.mark.parametrize(
    "words", ["officials", "sources", "a source familiar with the matter", "Two people briefed on it", "unknown", ""]
)
def test_words_that_name_nobody(words: str) -> None:
    """ "Two people" may be any two; a word that is somebody's makes it a name."""
    assert names_nobody(words) == (words != "Two people briefed on it")
    assert not names_nobody(f"{words} of the Pentagon")


def test_officials_and_sources_are_unknown_and_count_for_nothing() -> None:
    """Once two papers' "officials" and "sources" were two independent origins, at least."""
    assert bounds(told("1", "a", "officials"), told("2", "b", "sources")) == (0, 2)


def test_two_spellings_of_one_service_are_not_two_origins_at_least() -> None:
    """Nobody said that "US intelligence" and "U.S. intelligence officials" are two: at most they are."""
    assert bounds(told("1", "a", "US intelligence"), told("2", "b", "U.S. intelligence officials")) == (1, 2)


def test_an_origin_that_the_desk_declared_stays_its_own() -> None:
    """Beside it a name from a chain adds nothing; a second declared one does."""
    first, second = (Origin(key=key, method="eyewitness") for key in ("clerk", "pilot"))
    assert bounds(told("1", "a", "x", first), told("2", "b", "US intelligence")) == (1, 2)
    assert bounds(told("1", "a", "x", first), told("2", "b", "y", second)) == (2, 2)
