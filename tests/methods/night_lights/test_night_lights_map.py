"""The change map that a measurement attaches: files that other programs open, and pictures with their legends."""

from __future__ import annotations

import io

import numpy as np
import pytest
from affine import Affine
from light_tables import ask, look, sums, town
from odc.geo.geobox import GeoBox
from PIL import Image
from rasterio.io import MemoryFile

from dateline.core.identity import canonical_json
from dateline.imagery.maps import ChangeMap


def change_map(*, simulated: bool = False) -> ChangeMap:
    """Twenty by thirty pixels off 130 E 42 N that halve."""
    geobox = GeoBox((20, 30), Affine(1 / 240, 0, 130.0, 0, -1 / 240, 42.1), "EPSG:4326")
    a = np.full((20, 30), 8.0, dtype=np.float32)
    a[0, 0] = np.nan
    states = np.zeros((20, 30), dtype=np.uint8)
    states[0, 0] = 6
    return ChangeMap(
        geobox=geobox,
        a=a,
        b=a / 2,
        change=np.where(np.isnan(a), np.nan, -1).astype(np.float32),
        noise=np.full((20, 30), 0.2, dtype=np.float32),
        states=states,
        level=0.0,
        noise_from="roughness",
        floor=0.5,
        simulated=simulated,
    )


def answer(*, simulated: bool = False):
    """An answer with a map."""
    given = sums(np.stack([town(), 0.5 * town()]), [look("2021-03"), look("2024-03")])
    return ask(given, map=(change_map(simulated=simulated),))


def test_the_map_is_a_geotiff_with_unit_credit_and_bands() -> None:
    """Rasterio opens it: georeferenced, bands by name, NaN as no data, the product credited."""
    files = {made.role: made for made in answer().artifacts}
    with MemoryFile(files["change_map"].data) as memory, memory.open() as file:
        assert file.descriptions == ("before", "after", "log2_ratio", "noise_log2")
        assert file.crs.to_epsg() == 4326
        assert file.bounds.left == pytest.approx(130.0)
        assert np.isnan(file.read(1)[0, 0])
        assert file.read(3)[5, 5] == -1
        assert file.tags()["UNIT"] == "nW cm-2 sr-1"
        assert "VNP46A3" in file.tags()["CREDIT"]


def test_the_pictures_share_a_scale_and_carry_legends() -> None:
    """Before and after have one legend; small areas are enlarged; the legends stand in the values."""
    outcome = answer()
    files = {made.role: made for made in outcome.artifacts}
    legend = outcome.values["map"]
    assert legend["map_before"]["stops"] == legend["map_after"]["stops"]
    assert legend["bounds"][0] == pytest.approx(130.0)
    with Image.open(io.BytesIO(files["map_change"].data)) as picture:
        assert picture.size == (30 * 8, 20 * 8) == (legend["map_change"]["width"], legend["map_change"]["height"])
    canonical_json(outcome.values)


def test_simulated_maps_say_so_in_name_and_tags() -> None:
    """The mark is in the file's name and in its tags; its pixels are marked by the picture's own code."""
    files = answer(simulated=True).artifacts
    assert all(made.name.startswith("SIMULATED_") for made in files)
    with MemoryFile(files[0].data) as memory, memory.open() as file:
        assert file.tags()["SIMULATED"] == "yes"


def test_a_refused_comparison_has_no_map() -> None:
    """A map of what cannot be compared would mislead as much as its number."""
    given = sums(np.stack([town(), town()]), [look("2021-03"), look("2024-03", collection="1")])
    outcome = ask(given, map=(change_map(),))
    assert outcome.result == "refused"
    assert outcome.artifacts == ()
