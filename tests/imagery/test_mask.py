"""States follow the sensor's rules: checked pixel by pixel against the rules written out once more, slowly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import State
from dateline.imagery import mask
from dateline.imagery.sensor import sensor_for

NIGHTLY, MONTHLY = sensor_for("VNP46A2"), sensor_for("VNP46A3")
NIGHT = NIGHTLY.layer("DNB_BRDF-Corrected_NTL", "2")
FILLED = NIGHTLY.layer("Gap_Filled_DNB_BRDF-Corrected_NTL", "2")
MONTH = MONTHLY.layer("NearNadir_Composite_Snow_Free", "2")
VALUES = st.one_of(st.none(), st.just(0.0), st.floats(0.125, 100, width=32))


def bits(*, day: int = 0, water: int = 1, quality: int = 3, cloud: int = 0, cirrus: int = 0, snow: int = 0) -> int:
    """A word of QF_Cloud_Mask."""
    return day | water << 1 | quality << 4 | cloud << 6 | cirrus << 9 | snow << 10


def one(layer: object, value: float | None, **flags: int) -> State:
    """The state of one pixel of a nightly layer."""
    raw = {
        "Mandatory_Quality_Flag": np.array([[flags.get("flag", 0)]], np.uint8),
        "Snow_Flag": np.array([[flags.get("snow_flag", 0)]], np.uint8),
        "QF_Cloud_Mask": np.array([[flags.get("cloud_mask", bits())]], np.uint16),
    }
    values = np.array([[np.nan if value is None else value]], np.float32)
    codes = mask.states(values, layer, NIGHTLY.collection("2"), mask.Beside(fetch=raw.get))
    return State(codes[0, 0])


def slow(value: float | None, flag: int, snow_flag: int, word: int) -> State:
    """The same rules as sentences, one pixel at a time."""
    unset = word == 65535
    cloud = not unset and ((word >> 6 & 3) >= 2 or word >> 9 & 1 == 1)
    doubt = unset or (word >> 4 & 3) < 2 or (word >> 6 & 3) == 1
    if value is None:
        if not unset and word >> 1 & 7 == 3:
            return State.OUTSIDE
        return State.CLOUD if cloud else State.NOT_OBSERVED
    found = [State.OBSERVED]
    if flag in {2, 3, 4, 5, 255} or unset or word & 1 or word >> 12 & 1 or word >> 13 & 1:
        found.append(State.NOT_OBSERVED)
    if cloud or (flag == 1 and doubt):
        found.append(State.CLOUD)
    if snow_flag == 1 or (not unset and word >> 10 & 1):
        found.append(State.SNOW)
    return max(found)


@given(VALUES, st.sampled_from([0, 1, 2, 3, 4, 5, 255]), st.sampled_from([0, 1, 255]), st.integers(0, 65535))
def test_nightly_states_equal_the_rules_told_slowly(value: float | None, flag: int, snow_flag: int, word: int) -> None:
    """Property: any combination of flags gives what the written rules give."""
    assert one(NIGHT, value, flag=flag, snow_flag=snow_flag, cloud_mask=word) is slow(value, flag, snow_flag, word)


def test_an_outage_is_an_outlier_and_counts_under_a_clear_sky() -> None:
    """Flag 1 alone must not hide an outage: it is observed where the cloud mask leaves no doubt, and only there."""
    assert one(NIGHT, 0.5, flag=1) is State.OBSERVED
    assert one(NIGHT, 0.5, flag=1, cloud_mask=bits(cloud=1)) is State.CLOUD
    assert one(NIGHT, 0.5, flag=1, cloud_mask=bits(quality=1)) is State.CLOUD


def test_what_was_put_in_the_gaps_is_never_observed() -> None:
    """The gap-filled layer counts as observed only where the night's own value was good."""
    assert one(FILLED, 14.2, flag=0) is State.OBSERVED
    assert one(FILLED, 14.2, flag=1) is State.FILLED
    assert one(FILLED, 14.2, flag=255, cloud_mask=bits(cloud=3)) is State.FILLED
    assert one(FILLED, None, flag=255) is State.NOT_OBSERVED


def test_without_a_cloud_mask_a_doubtful_value_stays_doubtful() -> None:
    """An export that lost the cloud mask cannot make an outlier count."""
    raw = {"Mandatory_Quality_Flag": np.array([[1]], np.uint8)}
    codes = mask.states(np.array([[3.0]], np.float32), NIGHT, NIGHTLY.collection("2"), mask.Beside(fetch=raw.get))
    assert codes[0, 0] == State.CLOUD


def month(
    value: float | None, nights: int, quality: int, *, snow: int = 255, water: int = 1, minimum: int = 4
) -> State:
    """The state of one pixel of a monthly layer."""
    raw = {
        "NearNadir_Composite_Snow_Free_Quality": np.array([[quality]], np.uint8),
        "NearNadir_Composite_Snow_Covered_Quality": np.array([[snow]], np.uint8),
        "Land_Water_Mask": np.array([[water]], np.uint8),
    }
    values = np.array([[np.nan if value is None else value]], np.float32)
    beside = mask.Beside(fetch=raw.get, nights=np.array([[nights]], np.uint16), minimum=minimum, floor=0.5)
    return State(mask.states(values, MONTH, MONTHLY.collection("2"), beside)[0, 0])


def test_a_month_is_told_apart_into_its_states() -> None:
    """No data, filled, too few, floor, snow, sea and seen are seven different things."""
    assert month(3.0, 9, 0) is State.OBSERVED
    assert month(0.0, 9, 0) is State.FLOOR
    assert month(3.0, 3, 1) is State.TOO_FEW
    assert month(3.0, 0, 2) is State.FILLED
    assert month(None, 0, 255) is State.NOT_OBSERVED
    assert month(None, 0, 255, snow=0) is State.SNOW
    assert month(3.0, 2, 1, snow=0) is State.SNOW
    assert month(None, 0, 255, water=3) is State.OUTSIDE


def test_the_count_is_trusted_before_the_quality_flag() -> None:
    """Num and Quality disagree in published tiles: the count decides, and the minimum is the caller's."""
    assert month(3.0, 9, 1) is State.OBSERVED
    assert month(3.0, 2, 0) is State.TOO_FEW
    assert month(3.0, 2, 1, minimum=1) is State.OBSERVED


def test_light_on_water_is_seen() -> None:
    """The water mask explains a missing value; it takes no value away (a fishing fleet stays visible)."""
    assert month(30.0, 9, 0, water=3) is State.OBSERVED


@given(VALUES, st.integers(0, 40), st.sampled_from([0, 1, 2, 255]), st.sampled_from([0, 1, 2, 255]))
def test_only_what_was_looked_at_often_enough_is_seen(
    value: float | None, nights: int, quality: int, snow: int
) -> None:
    """Property: seen means a value, enough looks, not filled; and the reverse."""
    state = month(value, nights, quality, snow=snow)
    assert state.is_seen == (value is not None and nights >= 4 and quality in {0, 1})
