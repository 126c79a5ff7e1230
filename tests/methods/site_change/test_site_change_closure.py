"""Three registrations close; two images have no triangle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.imagery.chip import Chip
from dateline.imagery.resample import true_pixel
from dateline.methods.site_change.closure import with_closure
from dateline.methods.site_change.stack import stack_of
from dateline.simulate.sites import BANDS, pair


def test_three_images_have_a_closure() -> None:
    """Images off by whole and broken pixels: the third leg closes to a fifth of a pixel; two images have none."""
    truth = pair(np.random.default_rng(1), shape=(130, 130), shift=(1.25, -0.75), season=0.2, share=0.02)
    images = [truth.first, truth.second, np.roll(truth.first * 1.1, (2, -1), axis=(1, 2))]
    grid = GeoBox((130, 130), Affine(30, 0, 500_000, 0, -30, 4_000_000), "EPSG:32652")
    chips = [
        Chip(
            id=f"image {i}",
            at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=100 * i),
            sensor="simulated",
            bands=BANDS,
            quantity="reflectance",
            values=values.astype(np.float32),
            states=np.zeros((130, 130), np.uint8),
            geobox=grid,
            pixel=true_pixel(grid),
            simulated=True,
        )
        for i, values in enumerate(images)
    ]
    found = [one.closure for one in with_closure(stack_of(chips, None, None)).certificates.values()]
    assert len(found) == 2
    assert all(one is not None and one < 0.2 for one in found)
    assert all(one.closure is None for one in with_closure(stack_of(chips[:2], None, None)).certificates.values())
