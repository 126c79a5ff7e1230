"""What must be true of the core nouns whatever the values are."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dateline.core import Estimate, Quantity, When, Where
from dateline.core.identity import SIGNIFICANT_DIGITS, canonical, canonical_json
from dateline.core.quantity import Kind
from dateline.core.when import Moment

ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
FEW_DAYS = st.dates(date(2024, 2, 26), date(2024, 3, 4))
"""A narrow window, so that drawn intervals touch, nest and overlap."""
DAYS = st.one_of(FEW_DAYS, st.dates())
INSTANTS = st.datetimes(datetime(2024, 2, 27), datetime(2024, 3, 3), timezones=ZONES)  # noqa: DTZ001 bounds are naive
MOMENTS = st.one_of(DAYS, INSTANTS)


@st.composite
def whens(draw: st.DrawFn, moments: st.SearchStrategy[Moment] = MOMENTS) -> When:
    ends = st.one_of(st.none(), moments)
    fields: dict[str, Any] = {"earliest": draw(ends), "latest": draw(ends), "after": draw(st.booleans())}
    try:
        return When(**fields, approximate=draw(st.booleans()))
    except ValueError:
        assume(False)
        raise


def begins(day: date) -> datetime:
    """The instant at which a plain day begins first, at UTC+14."""
    return datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=14)


def reach(when: When) -> tuple[datetime, datetime]:
    """The instants that an interval can mean: a plain day begins at UTC+14 and ends at UTC-12.

    An excluded plain day is left out wherever something is left after it.
    """
    first = datetime.min.replace(tzinfo=UTC)
    last = datetime.max.replace(tzinfo=UTC)
    if isinstance(when.earliest, datetime):
        first = when.earliest
    elif when.earliest is not None and when.earliest > date(1, 1, 2):
        first = begins(when.earliest)
        if when.after and when.earliest < date.max:
            following = when.earliest + timedelta(days=1)
            late = when.latest is None or (
                when.latest >= begins(following) if isinstance(when.latest, datetime) else when.latest >= following
            )
            first = begins(following) if late else first
    if isinstance(when.latest, datetime):
        last = when.latest
    elif when.latest is not None and when.latest < date(9999, 12, 30):
        last = datetime.combine(when.latest, datetime.min.time(), UTC) + timedelta(hours=36)
    return first, last


@given(whens(DAYS))
def test_plain_days_come_back_from_edtf(when: When) -> None:
    """EDTF says a closed interval of plain days exactly, its doubt included."""
    assume(when.earliest is not None or when.latest is not None)
    back = When.from_edtf(when.edtf())
    if not when.after:
        assert back == when
    assert (back.latest, back.days(), back.approximate) == (when.latest, when.days(), when.approximate)


@given(whens())
def test_edtf_never_narrows_an_interval(when: When) -> None:
    """Whatever cannot be said in EDTF is said wider; and what we write is written the same again."""
    back = When.from_edtf(when.edtf())
    assert back.edtf() == when.edtf()
    assert reach(back)[0] <= reach(when)[0]
    assert reach(back)[1] >= reach(when)[1]


@given(whens())
def test_a_when_survives_json_text(when: When) -> None:
    """Through JSON text and back, every field is the same."""
    assert When.from_json(json.loads(canonical_json(when))) == when


@given(whens(), whens())
def test_before_is_antisymmetric(one: When, other: When) -> None:
    """If one is before the other, the other is not before the one; nothing is before itself."""
    if one.before(other) is True:
        assert other.before(one) is False
    assert one.before(one) is not True


@given(whens(), whens())
def test_before_is_sure_only_where_every_moment_agrees(one: When, other: When) -> None:
    """Yes never stands where the reaches overlap by more than the slack of a plain day; open ends cannot tell."""
    if one.before(other) is True:
        assert one.latest is not None
        assert other.earliest is not None
        assert reach(one)[1] - reach(other)[0] <= timedelta(hours=50)
    if one.before(other) is False:
        assert one.earliest is not None
        assert other.latest is not None


@given(INSTANTS, INSTANTS)
def test_instants_are_ordered_like_time(one: datetime, other: datetime) -> None:
    """Between two instants there is no doubt, whatever their zones."""
    assert When.on(one).before(When.on(other)) is (one < other)


@given(FEW_DAYS, INSTANTS)
def test_a_plain_day_and_an_instant_are_ordered_only_outside_the_days_slack(day: date, instant: datetime) -> None:
    """Sure exactly when the day has not begun, or is over, everywhere on Earth."""
    first, last = reach(When.on(day))
    assert (When.on(instant).before(When.on(day)) is True) == (instant < first)
    assert (When.on(day).before(When.on(instant)) is True) == (last < instant)
    assert When.on(day).may_meet(When.on(instant)) == (first <= instant <= last)


@given(whens(), whens())
def test_intersection_is_commutative_and_lies_in_both(one: When, other: When) -> None:
    """The order of asking does not matter, and the common part allows nothing that either forbids."""
    common = one.intersect(other)
    assert common == other.intersect(one)
    assert (common is None) == (not one.may_meet(other))
    if common is not None:
        assert reach(common)[0] >= max(reach(one)[0], reach(other)[0])
        assert reach(common)[1] <= min(reach(one)[1], reach(other)[1])
        assert one.intersect(one) == one


@given(st.datetimes())
def test_no_naive_time_becomes_a_when(moment: datetime) -> None:
    """Whatever the time, without a zone it is refused."""
    with pytest.raises(ValueError, match="no zone"):
        When.on(moment)


@given(whens(st.one_of(DAYS, INSTANTS)))
def test_every_when_can_be_spoken_and_counted(when: When) -> None:
    """Words for each, doubt in the words, never a count below one day."""
    assert when.spoken()
    if when.approximate and (when.earliest or when.latest):
        assert when.spoken().startswith("roughly ")
    count = when.days()
    assert count is None or count >= 1


LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)
LENGTHS = st.one_of(st.none(), st.floats(0, 1e7))


@given(LONGITUDES, LATITUDES, LENGTHS)
def test_every_position_on_earth_is_a_place_and_survives_json(lon: float, lat: float, radius: float | None) -> None:
    """A point comes back from JSON text as it was."""
    where = Where.point(lon=lon, lat=lat, radius=radius)
    assert Where.from_json(json.loads(json.dumps(where.to_json()))) == where


@given(st.floats(-179, 178), st.floats(-90, 89), LENGTHS)
def test_an_area_survives_json_and_lies_in_its_bounds(lon: float, lat: float, precision: float | None) -> None:
    """A box comes back from JSON text as it was, and its bounds are its corners."""
    ring = [(lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1), (lon, lat)]
    where = Where.area([[ring]], precision=precision)
    assert Where.from_json(json.loads(json.dumps(where.to_json()))) == where
    assert where.bounds() == (lon, lat, lon + 1, lat + 1)


@given(st.floats(), st.floats())
def test_nothing_else_is_a_position(lon: float, lat: float) -> None:
    """Out of range, infinite and NaN positions are refused, all of them."""
    on_earth = -180 <= lon <= 180 and -90 <= lat <= 90
    if on_earth:
        Where.point(lon=lon, lat=lat)
    else:
        with pytest.raises(ValueError, match="Not a position"):
            Where.point(lon=lon, lat=lat)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    best = draw(st.floats(-1e12, 1e12))
    widths = st.one_of(st.none(), st.floats(0, 1e12))
    below, above = draw(widths), draw(widths)
    return Estimate(
        best=best,
        low=None if below is None else best - below,
        high=None if above is None else best + above,
        unit="1",
        level=draw(st.floats(0.01, 0.99)),
        n=draw(st.integers(0, 10_000)),
        how="drawn",
    )


@given(estimates())
def test_spoken_never_prints_more_digits_than_the_interval_carries(estimate: Estimate) -> None:
    """The last printed place is at most one below the first digit of the half-width (where that digit is a 1)."""
    widths = [abs(bound - estimate.best) for bound in (estimate.low, estimate.high) if bound is not None]
    width = max(widths, default=0.0)
    assume(width > 0)
    mantissa, power = f"{width:e}".split("e")
    carried = int(power) - (1 if mantissa.startswith("1") else 0)
    for text in (text for text in estimate.spoken() if text is not None):
        digits = text.replace(",", "").replace("−", "-")
        decimals = len(digits.split(".")[1]) if "." in digits else 0
        assert decimals <= max(0, -carried)
        if carried > 0:
            assert int(digits) == round(int(digits), -carried)


@given(estimates())
def test_spoken_rounds_and_does_not_invent(estimate: Estimate) -> None:
    """Read back, each spoken number is within one last place of the number it stands for, and in order."""
    spoken = [None if text is None else float(text.replace(",", "").replace("−", "-")) for text in estimate.spoken()]
    for value, text in zip((estimate.best, estimate.low, estimate.high), spoken, strict=True):
        assert (value is None) == (text is None)
    best, low, high = spoken
    assert best is not None
    assert low is None or low <= best
    assert high is None or best <= high
    widths = [abs(bound - estimate.best) for bound in (estimate.low, estimate.high) if bound is not None]
    width = max(widths, default=0.0)
    assert abs(best - estimate.best) <= max(0.51 * width, 0.0051, 1e-9 * abs(estimate.best))


@given(estimates())
def test_an_estimate_survives_json_text_and_is_no_number(estimate: Estimate) -> None:
    """JSON text and back is the same estimate; float() always fails."""
    assert Estimate.from_json(json.loads(json.dumps(estimate.to_json()))) == estimate
    with pytest.raises(TypeError, match="not one number"):
        float(estimate)


AMOUNTS = st.integers(-20, 20).map(float)


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    bounds = st.one_of(st.none(), AMOUNTS)
    fields: dict[str, Any] = {"low": draw(bounds), "high": draw(bounds)}
    fields |= {"low_open": draw(st.booleans()), "high_open": draw(st.booleans())}
    try:
        return Quantity(text=draw(st.sampled_from("ab")), unit="container", kind=Kind.COUNT, **fields)
    except ValueError:
        assume(False)
        raise


@given(quantities(), quantities(), AMOUNTS)
def test_an_intersection_admits_what_both_admit_and_nothing_else(one: Quantity, other: Quantity, amount: float) -> None:
    """Commutative in its bounds, and consistent with admits()."""
    both, turned = one.intersect(other), other.intersect(one)
    assert (both is None) == (turned is None)
    admitted = both is not None and both.admits(amount)
    assert admitted == (one.admits(amount) and other.admits(amount))
    if both is not None and turned is not None:
        assert {**both.to_json(), "text": ""} == {**turned.to_json(), "text": ""}


@given(quantities())
def test_a_quantity_survives_json_text(quantity: Quantity) -> None:
    """JSON text and back is the same quantity."""
    assert Quantity.from_json(json.loads(json.dumps(quantity.to_json()))) == quantity


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False, width=32) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)


def reordered(value: Any) -> Any:
    """The same value with the keys of every table in the opposite order."""
    if isinstance(value, dict):
        return {key: reordered(item) for key, item in reversed(value.items())}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(PLAIN)
def test_canonical_json_does_not_see_key_order_and_is_a_fixed_point(value: Any) -> None:
    """Same content, same bytes; and reading our own bytes gives our own bytes."""
    text = canonical_json(value)
    assert canonical_json(reordered(value)) == text
    assert canonical_json(json.loads(text)) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_rounding_keeps_ten_significant_digits(value: float) -> None:
    """Half a unit of the tenth digit at most, and rounding twice changes nothing."""
    rounded = canonical(value)
    assert math.isclose(rounded, value, rel_tol=0.6 * 10.0 ** (1 - SIGNIFICANT_DIGITS), abs_tol=5e-324)
    assert canonical(rounded) == rounded
