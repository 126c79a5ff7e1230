"""What `counting` answers, by what it is given: the card's rule, its refusals, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dateline.core.errors import Refusal
from dateline.core.quantity import Kind, Quantity
from dateline.imagery.still import Still
from dateline.ledger.marks import Marks, Said
from dateline.methods import catalogue
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.counting import blobs
from dateline.simulate.annotators import Annotator, Field, World, mark, name_of, world

FIELD = Field(tiles=30, mean=12, patchy=0.3, side=250)
CREW = (Annotator(name="anna"), Annotator(name="ben", hit=0.75))
DETECTOR = Annotator(name="net", detector=True, false=0.4)


@pytest.fixture(scope="module")
def there() -> World:
    return world(FIELD, np.random.default_rng(8))


def ask(marks: Sequence[Marks], checked: Sequence[Marks] = (), **rest: Any) -> Outcome:
    """One answer."""
    roles = {
        "marks": tuple(marks),
        "checked": tuple(checked),
        "said": rest.pop("said", ()),
        "image": rest.pop("image", ()),
    }
    card = catalogue.card("counting")
    given = Parameters.of(card, {"what": "people", "drawn": "random", **rest})
    return catalogue.load("counting")(
        Inputs({role: values for role, values in roles.items() if values}), given, rng=np.random.default_rng(0)
    )


def marks_of(there: World, *crew: Annotator, seed: int = 1) -> list[Marks]:
    """Their marks, without covariates."""
    return [replace(each, covariates=()) for each in mark(there, crew, np.random.default_rng(seed))]


def codes(outcome: Outcome) -> set[str]:
    """Of the caveats."""
    return {note.code for note in outcome.caveats}


def test_a_checked_sample_makes_a_count_whose_interval_holds_the_truth(there: World) -> None:
    """Two counters, twelve checked tiles: counted, with everything else beside it and the curve of the gate."""
    found = ask(marks_of(there, *CREW), [there.truth(at) for at in range(12)])
    assert found.result == "counted"
    assert found.estimates["count"].contains(there.total)
    assert {"Chapman", "Chao", "latent class", "plots alone"} <= set(found.values["crosschecks"])
    assert len(found.values["gate"]["curve"]) == 7
    assert 0.6 < found.values["people"]["anna"]["recall"] <= 1
    assert "two counters" in found.statement.en
    assert "not in it" in found.statement.en


def test_one_person_is_printed_as_one_person(there: World) -> None:
    """No interval, no estimate."""
    found = ask(marks_of(there, CREW[0]))
    assert found.result == "one count"
    assert not found.estimates
    assert found.statement.en.startswith("One person counted")
    assert "not checked by anybody" in found.statement.en


def test_two_who_were_not_checked_get_margins_and_a_caveat(there: World) -> None:
    """The interval allows for false marks and unevenness, says that they are assumed, and holds the truth."""
    found = ask(marks_of(there, *CREW))
    assert found.result == "counted, not checked"
    assert found.estimates["count"].contains(there.total)
    assert "false-marks-assumed" in codes(found)


def test_marks_that_are_not_independent_are_only_a_lower_bound(there: World) -> None:
    """No formula for two observers is used: what both marked is there at least."""
    found = ask([replace(each, independent=False) for each in marks_of(there, *CREW)])
    assert found.result == "at least"
    assert "not-independent" in codes(found)
    assert "Chapman" not in found.values["crosschecks"]


def test_covariates_on_every_mark_bring_huggins(there: World) -> None:
    """With covariates the headline of unchecked people is Huggins', and its name is said."""
    found = ask(mark(there, CREW, np.random.default_rng(1)))
    assert "covariates" in found.estimates["count"].how


@pytest.mark.parametrize(("tiles", "result"), [(10, "estimate only"), (19, "estimate only"), (20, "counted")])
def test_a_detector_needs_checked_tiles(there: World, tiles: int, result: str) -> None:
    """From 10 an estimate for the desk, from 20 a count."""
    found = ask(marks_of(there, DETECTOR), [there.truth(at) for at in range(tiles)])
    assert found.result == result
    assert ("few-checked-for-detector" in codes(found)) == (result == "estimate only")
    assert ("Not for publication" in found.statement.en) == (result == "estimate only")


def test_a_detector_alone_is_refused(there: World) -> None:
    """Nine tiles are too few."""
    with pytest.raises(Refusal) as refusal:
        ask(marks_of(there, DETECTOR), [there.truth(at) for at in range(9)])
    assert refusal.value.code == "detector-unchecked"


def test_plots_alone_are_expanded_and_the_stop_rule_speaks(there: World) -> None:
    """Ten counted plots of thirty: the mean times thirty, and how many more would do."""
    found = ask((), [there.truth(at) for at in range(12)], tiles=FIELD.tiles)
    assert found.result == "counted"
    assert found.estimates["count"].contains(there.total)
    assert found.values["checked"]["plots_needed"] > 1
    assert ask((), [there.truth(0)], tiles=30).result == "cannot tell"


def test_chosen_tiles_and_unstated_ones_are_told(there: World) -> None:
    """A sample that was not drawn is a caveat, and so is silence about it."""
    checked = [there.truth(at) for at in range(12)]
    assert "sample-chosen" in codes(ask(marks_of(there, *CREW), checked, drawn="chosen"))
    assert "sample-not-stated" in codes(ask(marks_of(there, *CREW), checked, drawn="not stated"))


def test_pictures_that_are_mixed_or_twice_there_are_refused(there: World) -> None:
    """One name with two contents; two names with one content; one tile checked twice; tiles that overlap."""
    anna, ben = marks_of(there, *CREW)[0], marks_of(there, *CREW)[FIELD.tiles]
    for given, code in (
        ((replace(anna, sha256="a" * 64), replace(ben, sha256="b" * 64)), "mixed-images"),
        ((replace(anna, sha256="a" * 64), replace(ben, image="other", sha256="a" * 64)), "same-tile-twice"),
        ((anna, replace(ben, image="other")), "tiles-differ"),
    ):
        with pytest.raises(Refusal) as refusal:
            ask(given)
        assert refusal.value.code == code
    whole = marks_of(there, CREW[0])
    for checked, code in (
        ([there.truth(0), replace(there.truth(0), by="other")], "same-tile-twice"),
        ([replace(there.truth(0), tile=n, area=(x, 0.0, 50.0, 50.0)) for n, x in (("a", 0.0), ("b", 20.0))],
         "overlapping-tiles"),
        ([replace(there.truth(0), image="elsewhere")], "checked-elsewhere"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            ask(whole, checked)
        assert refusal.value.code == code


@pytest.mark.parametrize(("low", "high", "stands"), [(1e6, None, "above"), (0, 1, "below"), (1, 1e6, "inside")])
def test_they_said_stands_beside_we_counted(there: World, low: float, high: float | None, stands: str) -> None:
    """Agreement is by interval; the words of the claim are kept."""
    quantity = Quantity(text="so many", low=low, high=high, unit="people", kind=Kind.COUNT)
    found = ask(
        marks_of(there, *CREW), [there.truth(at) for at in range(12)], said=(Said(by="They", quantity=quantity),)
    )
    (row,) = found.values["they_said"]
    assert row["agreement"] == stands
    assert "They said “so many”" in found.statement.en


def test_numbers_without_marks_are_never_averaged() -> None:
    """Three ground counts of one day: the least and the greatest."""
    given = [Marks(by=name, kind="person", image="day", count=n) for name, n in (("a", 988), ("b", 1200), ("c", 815))]
    found = ask(given)
    assert found.result == "several counts"
    assert not found.estimates
    assert "815 to 1,200" in found.statement.en
    assert ask(given[:1]).result == "one count"


def test_the_picture_is_ringed_and_the_table_says_who_marked_what(there: World) -> None:
    """One PNG for the picture, marked as simulated in name; one row a candidate; blobs are strata only."""
    pixels = np.full((250, 250, 3), 90, np.uint8)
    for x, y in there.points[0]:
        pixels[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3] = 240
    still = Still(name=name_of(0), sha256="0" * 64, pixels=pixels)
    found = ask([each for each in marks_of(there, *CREW) if each.image == name_of(0)], image=(still,), blob_size=5)
    roles = {made.role: made for made in found.artifacts}
    assert roles["rings"].data.startswith(b"\x89PNG")
    assert roles["rings"].name.startswith("SIMULATED_")
    assert len(roles["matched"].data.splitlines()) == found.values["matched"]["candidates"] + 1
    assert "never a count" in found.values["blobs"]["use"]
    near = blobs.blobs(still.grey, 5.0)[: len(there.points[0])]
    distance = np.hypot(*(near[:, None] - there.points[0][None]).transpose(2, 0, 1)).min(axis=1)
    assert (distance < 3).mean() > 0.9
