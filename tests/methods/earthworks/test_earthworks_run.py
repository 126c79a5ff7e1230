"""`earthworks` from chips to an answer: what it finds, when it is silent, and what it refuses."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.coverage.proof_earthworks import made_ground

from dateline.core.errors import UsageError
from dateline.imagery.chip import Chip
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.earthworks import CARD, run
from dateline.simulate.fieldworks import F8, chips

WORKS: list[F8] = [
    np.array([[60.0, 80.0], [100.0, 110.0], [140.0, 80.0], [180.0, 110.0], [220.0, 80.0], [260.0, 110.0]]),
    np.array([[70.0, 250.0], [260.0, 330.0]]),
]
TRUE = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in WORKS) * 0.3


def ask(images: tuple[Chip, ...], **given: Any) -> Outcome:
    given = {"register": False, "width": 1.5} | given
    return run(Inputs({"images": images}), Parameters.of(CARD, given), rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def ground() -> Any:
    return made_ground(400, np.random.default_rng(5))


@pytest.fixture(scope="module")
def series(ground: Any) -> tuple[Chip, ...]:
    """Three older dates, then one with the zig-zag, then one with the straight line too."""
    return chips(ground, [WORKS[:1], WORKS], np.random.default_rng(8), older=3, width=5, contrast=0.3)


@pytest.fixture(scope="module")
def answer(series: tuple[Chip, ...]) -> Outcome:
    return ask(series, first_new="2033-01-01")


def test_new_lines_are_found_with_their_length(answer: Outcome) -> None:
    """Length within a tenth of the truth, the interval holds it, and it grows from date to date."""
    assert answer.result == "new lines"
    length = answer.estimates["length"]
    assert length.best == pytest.approx(TRUE, rel=0.1)
    assert length.low is None or length.low * 0.95 <= TRUE
    assert [row["at"][:4] for row in answer.rows] == ["2033", "2034"]
    assert answer.estimates["growth"].best == pytest.approx(206 * 0.3, rel=0.15)


def test_the_sentence_says_lines_and_not_what_they_are(answer: Outcome) -> None:
    """Unless a person says so, with a reason; then it says who."""
    assert "linear features" in answer.statement.en
    assert "trench" not in answer.statement.en.lower()
    assert "none of 3 older images" in answer.statement.en


def test_lines_are_drawn_as_geojson_and_beside_the_old_image(answer: Outcome) -> None:
    """Centre lines in degrees with their properties; a picture of three parts, marked as simulated."""
    files = {made.role: made for made in answer.artifacts}
    drawn = json.loads(files["lines_2"].data)
    assert files["lines_2"].name.startswith("SIMULATED")
    straight = max(drawn["features"], key=lambda one: one["properties"]["length_m"])["properties"]
    assert straight["width_m"] == pytest.approx(1.5, abs=0.3)
    azimuths = [one["properties"]["azimuth"] for one in drawn["features"]]
    assert min(abs(a - 113) for a in azimuths) < 6  # to the right and down: 90 + 23
    assert all(
        abs(lat + 27.1) < 0.2 or lat < 0 for one in drawn["features"] for _, lat in one["geometry"]["coordinates"]
    )
    assert Image.open(io.BytesIO(files["picture_2"].data)).size[0] == 3 * 560 + 12


def test_nothing_new_is_said_with_what_would_have_been_seen(ground: Any) -> None:
    """Not one line where nothing was dug, and the contrast from which lines would have shown."""
    quiet = chips(ground, [[]], np.random.default_rng(9), older=3)
    found = ask(quiet, width=0.9)
    assert found.result in {"none found", "cannot tell"}
    assert found.result == "cannot tell" or "were found again from a contrast of" in found.statement.en


def test_under_one_and_a_half_pixels_it_is_silent(series: tuple[Chip, ...]) -> None:
    """No line, no length: it cannot be told."""
    found = ask(series, width=0.44)
    assert (found.result, found.reasons[0].code) == ("cannot tell", "too-narrow")
    assert not found.estimates
    assert not found.artifacts


def test_two_older_images_are_needed(series: tuple[Chip, ...]) -> None:
    """With one, what comes and goes is not told from what is new; with none new there is no question."""
    assert ask(series[2:4]).reasons[0].code == "few-older"
    assert ask(series[:3], first_new="2040-01-01").reasons[0].code == "no-new"


def test_one_picture_under_two_dates_is_refused(series: tuple[Chip, ...]) -> None:
    """Whatever the files are called."""
    copy = replace(series[1], id="other", at=series[1].at + timedelta(days=30))
    found = ask((*series, copy))
    assert (found.result, found.reasons[0].code) == ("refused", "same-image")


def test_a_road_that_was_there_before_is_not_new(series: tuple[Chip, ...], answer: Outcome) -> None:
    """The made ground has a road six pixels wide; no line lies on it."""
    (drawn,) = [json.loads(made.data) for made in answer.artifacts if made.role == "lines_2"]
    road = 500_000 + (400 // 3 + 3) * 0.3
    east, _ = series[0].geobox.affine @ (400 // 3 + 3, 0)
    assert east == pytest.approx(road)
    assert all(one["properties"]["azimuth"] not in range(0, 4) for one in drawn["features"])


def test_gaps_and_other_seasons(series: tuple[Chip, ...]) -> None:
    """What is not seen gives no line; another season of the year is told."""
    last = series[-1]
    values, states = last.values.copy(), last.states.copy()
    values[:, 200:, :] = np.nan
    states[200:] = 5
    half = replace(last, values=values, states=states, at=last.at + timedelta(days=120))
    found = ask((*series[:3], half))
    assert {note.code for note in found.caveats} >= {"other-season", "simulated", "may-be-natural"}
    assert found.rows[0]["area_km2"] == pytest.approx(0.0072, rel=0.01)
    assert found.rows[0]["lines"] >= 1
    assert found.rows[0]["length_m"] < 0.75 * TRUE


def test_a_name_for_the_lines_needs_somebody_who_gives_it(series: tuple[Chip, ...], answer: Outcome) -> None:
    """Who and why stand in the sentence; without them it is refused."""
    with pytest.raises(UsageError, match="identification") as raised:
        ask(series, called="trenches")
    assert raised.value.code == "called-by"
    found = ask(series, called="trenches", called_by="Two analysts", called_why="spoil on both sides")
    assert "Identified as trenches by Two analysts: spoil on both sides" in found.statement.en


@pytest.mark.parametrize(("given", "code"), [({"band": "nir"}, "layer"), ({"first_new": "spring"}, "date")])
def test_what_cannot_be_read_is_said(series: tuple[Chip, ...], given: dict[str, Any], code: str) -> None:
    """A band that is not there, a day that is none."""
    with pytest.raises(UsageError) as raised:
        ask(series, **given)
    assert raised.value.code == code
    assert ask(series, width=30.0).reasons[0].code == "too-wide"
