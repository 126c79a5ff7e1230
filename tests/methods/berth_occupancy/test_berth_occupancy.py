"""What berth_occupancy says of harbours whose ships are known, and what it refuses to say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from odc.geo.geobox import GeoBox
from PIL import Image

from dateline.core.errors import InputError, UsageError
from dateline.core.identity import canonical
from dateline.core.state import State
from dateline.imagery.berth import Berth, Slot
from dateline.imagery.chip import Chip
from dateline.imagery.chips import acquisitions, series
from dateline.imagery.readers.acquisition import Told
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.simulate.harbour import ASCENDING, DESCENDING, Harbour, Truth, simulate

SMALL = Harbour(shape=(96, 96), berth_count=1, busy=0.45)


@cache
def harbour(seed: int = 3, **changes: Any) -> tuple[Harbour, Truth, tuple[Chip, ...]]:
    made = replace(SMALL, **changes)
    return made, *simulate(made, np.random.default_rng(seed))


def ask(chips: Sequence[Chip], berths: Sequence[Berth], **parameters: Any) -> Outcome:
    roles = {"images": tuple(chips), "berths": tuple(berths)}
    checked = Parameters.of(card("berth_occupancy"), parameters)
    return load("berth_occupancy")(Inputs(roles), checked, rng=np.random.default_rng(1))


@cache
def answer() -> Outcome:
    """Of the plain harbour, asked once for all tests."""
    made, _, chips = harbour()
    return ask(chips, made.berths)


def told(outcome: Outcome, truth: Truth, chips: Sequence[Chip]) -> list[tuple[str, bool]]:
    at = {chip.id: chip.at for chip in chips}
    return [(row["seen"], truth.occupied(row["berth"], row["slot"], at[row["image"]])) for row in outcome.rows]


def test_ships_are_told_from_quay_and_cranes() -> None:
    """On two tracks with cranes leaning either way nearly every look is right, and the sentence has its denominator."""
    _, truth, chips = harbour()
    outcome = answer()
    looks = told(outcome, truth, chips)
    assert np.mean([(seen == "ships") == there for seen, there in looks]) > 0.93
    assert outcome.result == "ships seen"
    dates = outcome.values["dates"]
    assert f"on {dates['ships']} of {dates['observed']} observed dates" in outcome.statement.en
    assert {"several-tracks", "simulated"} <= {note.code for note in outcome.caveats}
    counted = np.mean([truth.count("berth-1", chip.at) for chip in chips])
    assert outcome.values["ships_per_image"] == pytest.approx(counted, abs=0.25)
    assert outcome.values["expected_ships_per_image"] == pytest.approx(counted, abs=0.25)
    assert canonical(outcome.values)
    assert canonical(list(outcome.rows))


def test_rows_are_what_the_image_log_reads() -> None:
    """Every image and slot has one row, also those that could not be seen, each with its reason."""
    made, _, chips = harbour()
    outcome = ask(chips, made.berths, port="invented-port", ice="2031-03-01/2031-04-30")
    assert len(outcome.rows) == len(chips) * 2
    assert {row["place"] for row in outcome.rows} == {"invented-port"}
    for row in outcome.rows:
        assert (row["seen"] == "not observed") == (row["why"] is not None)
        assert (row["score"] is None) == (row["seen"] == "not observed")
        assert row["p"] is None or 0 < row["p"] <= 1
    icy = [row["why"] for row in outcome.rows if "2031-03" in row["at"] or "2031-04" in row["at"]]
    assert icy
    assert set(icy) == {"ice"}


def test_an_empty_harbour_gives_no_ships() -> None:
    """Where all dates look alike nothing is called a ship, and that one who never left would not show is said."""
    made, _, chips = harbour(busy=0.0)
    outcome = ask(chips, made.berths)
    assert outcome.result == "no ships seen"
    assert "one-mode" in {note.code for note in outcome.caveats}
    assert "never left" in outcome.statement.en


def test_weak_ships_that_are_nearly_always_there_are_not_called_none() -> None:
    """Where dates vary more than empty berths do and do not part, nothing is said: no "no ships", and no count."""
    made, _, chips = harbour(busy=0.85, contrasts=(3.0, 4.0), passes=40, tracks=(ASCENDING,))
    outcome = ask(chips, made.berths)
    assert outcome.result == "cannot tell"
    assert [note.code for note in outcome.reasons] == ["not-told-apart"]
    assert outcome.values["ships_per_image"] is None
    assert {row["seen"] for row in outcome.rows} == {"not observed"}


def test_what_stops_is_said_as_it_is() -> None:
    """With half the images beyond the berth and too few on it, the sentence is not that no image shows it."""
    made, _, chips = harbour(tracks=(ASCENDING,), passes=22)
    beyond = tuple(
        replace(chip, states=np.full_like(chip.states, State.OUTSIDE), values=np.full_like(chip.values, np.nan))
        for chip in chips[12:]
    )
    outcome = ask((*chips[:12], *beyond), made.berths, fewest=200)
    assert outcome.result == "cannot tell"
    assert [note.code for note in outcome.reasons] == ["too-few-references"]


def test_a_declared_empty_period_replaces_the_percentile() -> None:
    """With known empty days a harbour that was full ever since is seen as such; without them it is furniture."""
    made, _, chips = harbour(busy=0.0, tracks=(ASCENDING,), passes=40)
    full, truth, later = harbour(
        busy=1.0, tracks=(ASCENDING,), passes=40, contrasts=(8.0, 12.0), lengths=(150.0, 200.0)
    )
    stack = (*chips[: len(chips) // 2], *(one for one in later if one.at > chips[len(chips) // 2 - 1].at))
    last = chips[len(chips) // 2 - 1].at.date()
    outcome = ask(stack, made.berths, empty=f"2031-01-01/{last}")
    ships = {row["image"] for row in outcome.rows if row["seen"] == "ships"}
    assert ships >= {one.id for one in later if one.at.date() > last}
    assert not ships & {one.id for one in chips[: len(chips) // 2]}
    assert truth.occupied("berth-1", "slot-1", full.start)


def test_a_rebuilt_quay_is_not_a_ship() -> None:
    """Where the land behind the quay rises with the slot the look is "quay changed", and no ship is called."""
    made, _, chips = harbour(busy=0.0, quay_change=250.0)
    outcome = ask(chips, made.berths)
    assert {row["seen"] for row in outcome.rows} <= {"empty", "not observed"}
    assert "quay changed" in {row["why"] for row in outcome.rows}
    assert "quay-changed" in {note.code for note in outcome.caveats}


def test_optical_images_do_the_same_and_name_what_hid_the_berth() -> None:
    """Ships on clear days, cloud and glint as not observed, gain and season taken out by the land."""
    made, truth, chips = harbour(tracks=(), optical=60, glint=0.15)
    outcome = ask(chips, made.berths)
    looks = [(seen, there) for seen, there in told(outcome, truth, chips) if seen != "not observed"]
    assert np.mean([(seen == "ships") == there for seen, there in looks]) > 0.93
    assert {"cloud", "glint"} <= {row["why"] for row in outcome.rows}


def test_pictures_are_marked_and_open() -> None:
    """A strip and a reference for each berth, named SIMULATED where they are."""
    outcome = answer()
    assert [one.role for one in outcome.artifacts] == ["strip_berth-1", "reference_berth-1"]
    for one in outcome.artifacts:
        assert one.name.startswith("SIMULATED_")
        assert Image.open(io.BytesIO(one.data)).width > 100


def test_the_answer_does_not_hang_on_the_order_of_the_images() -> None:
    """Shuffled images give the same rows."""
    made, _, chips = harbour()
    assert ask(chips[::-1], made.berths).rows == answer().rows


def as_decibels(chip: Chip) -> Chip:
    return replace(chip, values=10 * np.log10(chip.values))


def test_decibels_given_as_power_are_refused() -> None:
    """No number is printed that rests on logarithms of logarithms."""
    made, _, chips = harbour()
    outcome = ask([as_decibels(chip) for chip in chips], made.berths)
    assert (outcome.result, outcome.reasons[0].code, list(outcome.rows)) == ("refused", "decibels", [])


def test_a_half_told_mixture_of_tracks_is_refused() -> None:
    """Images without a direction beside images with one could only share a mixed reference."""
    made, _, chips = harbour()
    assert chips[0].radar is not None
    silent = replace(chips[0], radar=replace(chips[0].radar, direction=None, relative_orbit=None))
    outcome = ask([silent, *chips[1:]], made.berths)
    assert (outcome.result, outcome.reasons[0].code) == ("refused", "mixed-tracks")


def test_a_picture_without_infrared_is_refused() -> None:
    """Red, green and blue do not tell ships from water."""
    made, _, chips = harbour(tracks=(), optical=60, glint=0.15)
    plain = [replace(chip, bands=chip.bands[:3], values=chip.values[:3]) for chip in chips]
    assert ask(plain, made.berths).reasons[0].code == "no-bands"


def test_one_date_says_nothing() -> None:
    """There is nothing to compare a single image with; nor are seven dates a stack."""
    made, _, chips = harbour()
    assert ask(chips[:1], made.berths).reasons[0].code == "one-date"
    assert ask(chips[:7], made.berths).reasons[0].code == "too-few-dates"


def test_a_pass_given_twice_counts_once() -> None:
    """The doubled image changes nothing but a caveat."""
    made, _, chips = harbour()
    twice = ask([*chips, replace(chips[4], id="again")], made.berths)
    assert "doubled-pass" in {note.code for note in twice.caveats}
    assert twice.values == answer().values


def test_zeros_are_no_data_and_not_calm_sea() -> None:
    """A footprint that ends in zeros is outside, and the look is not called empty."""
    made, _, chips = harbour()
    holed = []
    for number, chip in enumerate(chips):
        values = chip.values.copy()
        if number % 3 == 0:
            values[:, :, 40:] = 0.0
        holed.append(replace(chip, values=values))
    outcome = ask(holed, made.berths)
    cut = {chip.id for chip in holed[::3]}
    assert {row["why"] for row in outcome.rows if row["image"] in cut} == {"outside the footprint"}
    assert "zeros" in {note.code for note in outcome.caveats}


def test_a_berth_beyond_the_images_is_named() -> None:
    """A quay 20 km away is outside the footprint on all of them."""
    made, _, chips = harbour()
    away = replace(made.berths[0], quay=tuple((lon + 0.3, lat) for lon, lat in made.berths[0].quay))
    outcome = ask(chips, [away])
    assert (outcome.result, outcome.reasons[0].code) == ("cannot tell", "outside-footprint")


def test_displacements_beyond_the_limit_are_not_observed() -> None:
    """An image five pixels off is not put right and not judged."""
    made, _, chips = harbour()
    off = replace(chips[5], values=np.roll(chips[5].values, 5, axis=2))
    outcome = ask([*chips[:5], off, *chips[6:]], made.berths)
    assert {row["why"] for row in outcome.rows if row["image"] == off.id} == {"coregistration failed"}


def test_open_sea_has_nothing_to_register_on() -> None:
    """Without land structure the answer is "cannot tell"; taken as registered, there are no ships."""
    made, _, chips = harbour()
    rng = np.random.default_rng(0)
    sea = [replace(c, values=(0.02 * rng.gamma(4.4, 1 / 4.4, c.values.shape)).astype(np.float32)) for c in chips]
    assert ask(sea, made.berths).reasons[0].code == "coregistration-failed"
    outcome = ask(sea, made.berths, register=False)
    assert outcome.result == "no ships seen"
    assert "not-registered" in {note.code for note in outcome.caveats}


def test_numbers_without_a_scale_are_told() -> None:
    """Uncalibrated values are compared with themselves only, and that is said; a factor changes nothing."""
    made, _, chips = harbour()
    raw = [replace(chip, quantity="relative", values=chip.values * 5e4) for chip in chips]
    outcome = ask(raw, made.berths)
    assert "relative-only" in {note.code for note in outcome.caveats}
    assert outcome.values["dates"] == answer().values["dates"]


def test_strong_wind_hides_the_berth() -> None:
    """A date on which the open water stands far over its usual level is not observed."""
    made, _, chips = harbour()
    rough = chips[7].values.copy()
    rough[:, :, 49:] += np.float32(0.4)
    outcome = ask([*chips[:7], replace(chips[7], values=rough), *chips[8:]], made.berths)
    assert {row["why"] for row in outcome.rows if row["image"] == chips[7].id} == {"wind"}


@pytest.mark.parametrize("bad", ["2031-02-30", "2031-05-01/2031-04-01", "spring"])
def test_a_period_that_cannot_be_read_is_named(bad: str) -> None:
    """The error says what was read and how it is written."""
    made, _, chips = harbour()
    with pytest.raises(UsageError) as error:
        ask(chips, made.berths, empty=bad)
    assert error.value.code == "period"


@pytest.mark.parametrize(
    "changes",
    [
        {"quay": ((-123.0, -48.0),)},
        {"quay": ((-123.0, -48.0),) * 2},
        {"depth": 0.0},
        {"slots": (Slot(id="x", start=0, end=9e3),)},
    ],
)
def test_a_berth_that_is_none_is_named(changes: dict[str, Any]) -> None:
    """A quay without length, a reach of nothing, a slot beyond the quay."""
    made, _, chips = harbour()
    with pytest.raises(InputError) as error:
        ask(chips, [replace(made.berths[0], **changes)])
    assert error.value.code == "berth"


def test_nothing_given_is_refused() -> None:
    """No images, or no berth."""
    made, _, chips = harbour()
    assert ask([], made.berths).reasons[0].code == "no-images"
    assert ask(chips, []).reasons[0].code == "no-images"


def lines(chip: Chip) -> list[Berth]:
    """Six invented quays of 790 m across a chip of 3 km: 30 slots of 158 m."""
    grid: GeoBox = chip.geobox
    from pyproj import Transformer

    to_degrees = Transformer.from_crs(grid.crs.to_wkt(), "EPSG:4326", always_xy=True)
    made = []
    for number, (row, column) in enumerate(((20, 15), (40, 30), (60, 20), (75, 60), (30, 70), (50, 50))):
        x, y = grid.affine.c, grid.affine.f
        ends = [to_degrees.transform(x + 30 * c, y - 30 * r) for c, r in ((column, row), (column + 25, row + 6))]
        made.append(Berth(id=f"line-{number}", name=f"line {number}", quay=tuple(ends), water="right", depth=60.0))
    return made


@pytest.mark.samples
def test_a_real_town_stays_silent_at_the_declared_rate(samples: Path) -> None:
    """Six lines drawn through a town and its hills, 21 dates: no more ships than the declared share of the looks."""
    chips = series(acquisitions([samples / "radar" / "california_292319-IW2"], Told(product="gamma0"))).chips
    outcome = ask(chips, lines(chips[0]))
    seen = [row["seen"] for row in outcome.rows]
    assert seen.count("not observed") == 0
    assert seen.count("ships") / len(seen) <= 0.02
    assert outcome.result == "cannot tell"
    assert {note.code for one in outcome.places.values() for note in one.reasons} == {"no-more-than-chance"}


@pytest.mark.samples
def test_the_real_open_sea_has_no_ships(samples: Path) -> None:
    """There is no land to register on; taken as registered, none of 630 looks is called a ship."""
    chips = series(acquisitions([samples / "radar" / "california_292318-IW2"], Told(product="gamma0"))).chips
    assert ask(chips, lines(chips[0])).result == "cannot tell"
    outcome = ask(chips, lines(chips[0]), register=False)
    assert outcome.result == "no ships seen"
    assert len(outcome.rows) == 630


def test_tracks_are_never_mixed() -> None:
    """Both tracks together say of each image what each says alone: their references do not touch."""
    made, _, chips = harbour()
    alone = [chip for chip in chips if chip.radar is not None and chip.radar.direction == DESCENDING.direction]
    both = {(row["image"], row["slot"]): row["seen"] for row in answer().rows}
    one = ask(alone, made.berths).rows
    assert np.mean([both[row["image"], row["slot"]] == row["seen"] for row in one]) > 0.9
    assert {State(int(state)) for chip in chips for state in np.unique(chip.states)} == {State.OBSERVED}
