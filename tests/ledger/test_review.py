"""A second person's sign-off: who may sign, what was signed, and when it no longer counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dateline.core.errors import Refusal, UsageError
from dateline.core.when import When
from dateline.ledger.claim import Assessment, Claim, Review
from dateline.ledger.reading import load_record
from dateline.ledger.review import first_person, review_state, reviewed
from dateline.ledger.write import canonical_text, update, updated

DAY = date(2024, 3, 2)


def claim(**more: Any) -> Claim:
    """A claim that mk rated and fox wrote."""
    told: dict[str, Any] = {
        "id": "C001", "speaker": "port", "said": When.on(date(2024, 2, 23)), "stance": "asserts",
        "statement": "It came", "written_by": "fox",
        "assessment": Assessment(source_reliability="B", info_credibility=2, by="Anna Berg", date=DAY, why="saw it"),
    }  # fmt: skip
    return Claim(**{**told, **more})


def sign(one: Claim, by: str = "olha", *, agrees: bool = True, why: str | None = None) -> Claim:
    """The claim, signed."""
    return reviewed(one, by=by, day=DAY, agrees=agrees, why=why)


def test_a_sign_off_is_of_the_text_that_was_read() -> None:
    """It counts until anything else in the record changes; another sign-off changes nothing that was signed."""
    one = claim()
    signed = sign(one)

    assert (review_state(one), review_state(signed)) == ("none", "signed")
    assert signed.sha256() == one.sha256()
    assert review_state(sign(signed, "rui")) == "signed"
    assert review_state(signed.model_copy(update={"statement": "It never came"})) == "stale"
    assert review_state(sign(signed.model_copy(update={"statement": "It never came"}))) == "signed"


def test_a_disagreement_stands_until_the_same_person_takes_it_back() -> None:
    """Somebody else's agreement does not outvote it; their own later word replaces it, however they are spelt."""
    no = sign(claim(), "Olha Kit", agrees=False, why="the date is wrong")

    assert review_state(no) == "disagreed"
    assert review_state(sign(no, "rui")) == "disagreed"
    assert review_state(sign(no, "kit, olha")) == "signed"


@pytest.mark.parametrize("who", ["fox", "FOX", "Fóx", "anna berg", "Berg, Anna", "A. Berg"])
def test_whoever_rated_or_wrote_it_is_no_second_person(who: str) -> None:
    """Under no spelling; and a sign-off of theirs that was written by hand does not count."""
    one = claim()
    with pytest.raises(Refusal, match="somebody else") as refused:
        sign(one, who)
    forged = one.model_copy(update={"reviews": (Review(by=who, date=DAY, agrees=True, of=one.sha256()),)})

    assert refused.value.code == "same-person"
    assert first_person(one, who) is not None
    assert review_state(forged) == "none"


def test_nobody_signs_what_nobody_answers_for() -> None:
    """Without a rating there is no first person; a disagreement has a reason."""
    with pytest.raises(Refusal) as unrated:
        sign(claim(assessment=None))
    with pytest.raises(UsageError) as silent:
        sign(claim(), agrees=False)

    assert (unrated.value.code, silent.value.code) == ("not-rated", "no-reason")


def test_a_signed_claim_is_written_and_read_again(tmp_path: Path) -> None:
    """Comments and order stay; the file says who signed which text; what `updated` shows is what `update` writes."""
    (tmp_path / "claims").mkdir()
    path = tmp_path / "claims" / "C001.toml"
    path.write_text(canonical_text(claim()).replace("stance", "# loud and clear\nstance"), encoding="utf-8")
    before = load_record(path, Claim, root=tmp_path)
    _, shown = updated(path, sign(before), root=tmp_path)

    assert update(path, sign(before), root=tmp_path)
    assert path.read_text(encoding="utf-8") == shown
    assert "# loud and clear\nstance" in shown
    after = load_record(path, Claim, root=tmp_path)
    assert (review_state(after), after.reviews[0].by, after.reviews[0].of) == ("signed", "olha", before.sha256())
