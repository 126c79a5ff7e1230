"""Names, tiles and sizes of Black Marble: against real listings of the archive, and by their own arithmetic."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import InputError, UsageError
from dateline.imagery.catalog.black_marble import (
    Granule,
    Key,
    Tile,
    bytes_of,
    first_day,
    parse_name,
    periods,
    plan,
    tiles_for,
    without_night,
)
from dateline.imagery.catalog.local import index

PRODUCTS = st.sampled_from([f"{name}46A{level}" for name in ("VNP", "VJ1") for level in "1234"])
DAYS = st.dates(date(2012, 1, 19), date(2030, 12, 31))
TILES = st.builds(Tile, st.integers(0, 35), st.integers(0, 17))
KOREA = (124.0, 37.5, 131.0, 43.1)


@given(PRODUCTS, DAYS, TILES, st.sampled_from("12"), st.tuples(st.booleans(), st.booleans()))
def test_a_name_is_read_as_it_was_written(
    product: str, day: date, tile: Tile, collection: str, marks: tuple[bool, bool]
) -> None:
    """Property: writing a name and reading it are inverse, in leap years too."""
    granule = Granule(Key(product, collection, tile, first_day(product, day)), "2024192174224", *marks)
    assert parse_name(granule.name) == granule


def test_the_guides_own_names_are_read() -> None:
    """Printed in NASA's guide: July 2012 is day 183 of a leap year."""
    granule = parse_name("VNP46A3.A2012183.h10v04.002.2024192174224.h5")
    assert granule is not None
    assert granule.when.edtf() == "2012-07"
    assert (str(granule.key.tile), granule.key.collection, granule.stamp) == ("h10v04", "2", "2024192174224")
    assert granule.key.tile.bounds == (-80, 40, -70, 50)


@pytest.mark.parametrize(
    "name",
    [
        "VNP46A3.A2021061.h10v04.002.2024192174224.h5",
        "VNP46A4.A2021002.h10v04.002.2024192174224.h5",
        "VNP46A2.A2021366.h10v04.002.2024192174224.h5",
    ],
)
def test_impossible_days_are_faults(name: str) -> None:
    """March is 060 in 2021, a year starts on 001, 2021 has no day 366."""
    with pytest.raises(InputError) as caught:
        parse_name(name)
    assert caught.value.code == "granule-date"


def test_other_names_are_not_granules() -> None:
    """A name that is none is None, not an error."""
    assert parse_name("VNP46A3_2017_09.tif") is None
    assert parse_name("VNP09GA.A2021060.h10v04.002.2024192174224.h5") is None


@pytest.mark.parametrize(
    ("bounds", "tiles"),
    [
        ((129.7, 41.7, 129.9, 41.9), "h30v04"),
        ((130.2, 42.2, 130.4, 42.3), "h31v04"),
        ((125.6, 38.9, 125.9, 39.2), "h30v05"),
        ((30.2, 50.3, 30.8, 50.6), "h21v03"),
        ((22.1, 44.3, 40.3, 52.4), "h20v03 h20v04 h21v03 h21v04 h22v03 h22v04"),
        ((129.0, 41.0, 130.0, 42.0), "h30v04"),
        ((130.0, 40.0, 130.0, 40.0), "h31v05"),
        ((180.0, -90.0, 180.0, -90.0), "h35v17"),
        ((-180, -90, 180, 90), None),
    ],
)
def test_tiles_by_place(bounds: tuple[float, float, float, float], tiles: str | None) -> None:
    """130 E splits the ports: Chongjin h30v04, Rason h31v04, Pyongyang h30v05; Kyiv is h21v03, not h19v03."""
    found = tiles_for(bounds)
    assert len(found) == 648 if tiles is None else " ".join(map(str, found)) == tiles


@given(st.integers(-180_000, 179_999), st.integers(-89_999, 90_000))
def test_the_tile_of_a_point_holds_it(east: int, north: int) -> None:
    """Property: a point lies inside the one tile named for it, or on its west or north edge."""
    lon, lat = east / 1000, north / 1000
    (tile,) = tiles_for((lon, lat, lon, lat))
    assert tile.bounds[0] <= lon < tile.bounds[2]
    assert tile.bounds[1] < lat <= tile.bounds[3]


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((170, 0, -170, 5), "antimeridian"),
        ((0, 5, 1, 2), "bounds"),
        ((0, float("nan"), 1, 2), "bounds"),
        ((179, 0, 181, 1), "antimeridian"),
    ],
)
def test_bounds_that_cannot_be(bounds: tuple[float, float, float, float], code: str) -> None:
    """The 180th meridian is cut by the user, not by us."""
    with pytest.raises(InputError) as caught:
        tiles_for(bounds)
    assert caught.value.code == code


def test_there_is_no_tile_beyond_the_globe() -> None:
    """h 0 to 35, v 0 to 17."""
    with pytest.raises(ValueError, match="no tile"):
        Tile(36, 4)


def listing(samples: Path, name: str) -> list[tuple[Granule, int]]:
    """A directory listing of the archive: granules with their size in bytes."""
    with (samples / "lights/laads_listings" / name).open() as file:
        rows = list(csv.DictReader(file))
    granules = [(parse_name(row["name"]), int(row["size"])) for row in rows]
    return [(granule, size) for granule, size in granules if granule is not None]


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "count", "when"),
    [
        ("monthly_2012-12_files.csv", 346, "2012-12"),
        ("monthly_2020-03_files.csv", 432, "2020-03"),
        ("yearly_2021-01_files.csv", 431, "2021"),
    ],
)
def test_real_listings_are_read_whole(samples: Path, name: str, count: int, when: str) -> None:
    """Every name of the archive's listings is understood; March of a leap year is day 061."""
    rows = listing(samples, name)
    assert len(rows) == count
    assert {granule.when.edtf() for granule, _ in rows} == {when}
    assert len({granule.key for granule, _ in rows}) == count


@pytest.mark.samples
def test_sizes_to_expect_are_those_of_the_listings(samples: Path) -> None:
    """Nine files in ten of each product lie in the range; the tiles measured by name lie in theirs."""
    for name in ("monthly_2020-03_files.csv", "yearly_2021-01_files.csv"):
        rows = listing(samples, name)
        ranges = [(size, bytes_of(granule.key.product, granule.key.tile)) for granule, size in rows]
        inside = [span is not None and span[0] <= size <= span[1] for size, span in ranges]
        assert sum(inside) / len(inside) > 0.9
    assert bytes_of("VNP46A2", Tile(30, 4)) is None


@pytest.mark.samples
def test_the_rows_without_night_are_missing_in_december(samples: Path) -> None:
    """In December 2012 the listing has no tile of rows 16 and 17; every row in March 2020."""
    december = {granule.key.tile for granule, _ in listing(samples, "monthly_2012-12_files.csv")}
    assert not [tile for tile in december if without_night(tile, 12) and tile.v in {16, 17}]
    march = {granule.key.tile.v for granule, _ in listing(samples, "monthly_2020-03_files.csv")}
    assert march == set(range(18))
    assert not any(without_night(Tile(0, row), 3) for row in range(18))


@given(PRODUCTS, DAYS, st.integers(0, 800))
def test_periods_cover_the_days_once(product: str, first: date, length: int) -> None:
    """Property: the periods of a span follow each other without gap or repeat and begin where the product begins."""
    last = first + timedelta(days=length)
    found = periods(product, first, last)
    assert found[0] == first_day(product, first)
    assert found[-1] == first_day(product, last)
    assert list(found) == sorted(set(found))
    assert all(first_day(product, day) == day for day in found)


def test_a_plan_names_only_the_months_asked_for() -> None:
    """Two Marches two years apart are two months, not 25; tiles, folders and sizes are named."""
    ports = [(129.6, 41.6, 130.0, 41.9), (130.2, 42.1, 130.5, 42.4)]
    made = plan(ports, "VNP46A3", [date(2022, 3, 9), date(2024, 3, 1), date(2024, 3, 20)])
    assert [wanted.pattern for wanted in made.of("needed")] == [
        "VNP46A3.A2022060.h30v04.002.*.h5",
        "VNP46A3.A2022060.h31v04.002.*.h5",
        "VNP46A3.A2024061.h30v04.002.*.h5",
        "VNP46A3.A2024061.h31v04.002.*.h5",
    ]
    assert (
        made.of("needed")[2].folder == "https://ladsweb.modaps.eosdis.nasa.gov/archive/allData/5200/VNP46A3/2024/061/"
    )
    low, high = made.size() or (0, 0)
    assert 60e6 < low < high < 110e6


def test_a_plan_knows_what_cannot_be_had() -> None:
    """No night in June at 75 N, no S-NPP after its end, no NOAA-20 before 2018; unknown sizes stay unknown."""
    arctic = [(20.0, 81.0, 25.0, 82.0)]
    assert plan(arctic, "VNP46A3", [date(2022, 6, 1)]).of("no-night")
    assert plan([KOREA], "VNP46A3", [date(2026, 12, 1)]).of("outside-record")
    assert plan([KOREA], "VJ146A3", [date(2017, 12, 1)]).of("outside-record")
    nightly = plan([KOREA], "VNP46A2", [date(2022, 6, 1)])
    assert nightly.of("needed")
    assert nightly.size() is None
    with pytest.raises(UsageError):
        plan([KOREA], "VNL_monthly", [date(2022, 6, 1)])


def test_a_plan_takes_what_is_there(tmp_path: Path) -> None:
    """Granules of the folder are "have", with their path; the newest stamp wins; copies are reported."""
    deep = tmp_path / "2022" / "060"
    deep.mkdir(parents=True)
    old, new = ("VNP46A3.A2022060.h30v04.002.2022101000000.h5", "VNP46A3.A2022060.h30v04.002.2024101000000.h5")
    for path in (
        tmp_path / old,
        deep / new,
        tmp_path / "copy" / new,
        tmp_path / "VNP46A3.A2022061.h30v04.002.2024101000000.h5",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "notes.h5").write_bytes(b"x")
    shelf = index(tmp_path)
    made = plan([(129.6, 41.6, 130.0, 41.9)], "VNP46A3", [date(2022, 3, 1)], have=shelf.granules)
    (had,) = made.of("have")
    assert had.path == deep / new
    assert {loser.name for loser, _ in shelf.older} == {old, new}
    assert len(shelf.unreadable) == 1
    assert list(shelf.of("VNP46A3", "2").values()) == [deep / new]
    assert shelf.of("VJ146A3", "2") == {}
    assert made.size() == (0, 0)


def test_no_folder_is_a_fault(tmp_path: Path) -> None:
    """A wrong path is not an empty shelf."""
    with pytest.raises(InputError) as caught:
        index(tmp_path / "none")
    assert caught.value.code == "no-folder"
