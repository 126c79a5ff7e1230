"""The change map as files: a GeoTIFF for other people's programs and three pictures for the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dateline.core.errors import UsageError
from dateline.imagery.cog import MEDIA_TYPE, write_cog
from dateline.imagery.maps import ChangeMap
from dateline.imagery.picture import Picture, change_picture, radiance_picture, radiance_scale
from dateline.imagery.sensor import sensor_for
from dateline.imagery.tables import Look
from dateline.methods.contract import Produced

WIDTH = 640
"""Pictures of small areas are enlarged, pixel by pixel, up to about this many dots."""
LARGEST_ZOOM = 8
REACH = (1.0, 3.0)
"""Least and greatest distance from no change that gets the full colour [log2]."""


def artifacts(change: ChangeMap, looks: Sequence[Look]) -> tuple[tuple[Produced, ...], dict[str, Any]]:
    """The files of a change map, and their legends for the finding's values.

    Both radiance pictures share one scale; the picture of change is centred on the measured no-change level.
    """
    unit, credit = looks[0].unit, credit_of(looks)
    pictures = _pictures(change, unit, credit)
    prefix = "SIMULATED_" if change.simulated else ""
    files = (
        Produced(
            role="change_map",
            name=f"{prefix}change.tif",
            media_type=MEDIA_TYPE,
            data=_geotiff(change, unit, credit),
        ),
        *(
            Produced(role=role, name=f"{prefix}{role}.png", media_type=picture.media_type, data=picture.data)
            for role, picture in pictures.items()
        ),
    )
    legends = {role: _legend(picture) for role, picture in pictures.items()}
    west, south, east, north = change.geobox.geographic_extent.boundingbox
    return files, {
        "bounds": [west, south, east, north],
        "no_change_level": 2.0**change.level,
        "noise_from": change.noise_from,
        **legends,
    }


def _pictures(change: ChangeMap, unit: str, credit: str) -> dict[str, Picture]:
    scale = radiance_scale(*(values[np.isfinite(values)] for values in (change.a, change.b)))
    zoom = max(1, min(LARGEST_ZOOM, WIDTH // max(change.change.shape)))
    before, after = (
        radiance_picture(
            values, change.states, scale=scale, unit=unit, credit=credit, simulated=change.simulated, zoom=zoom
        )
        for values in (change.a, change.b)
    )
    difference = change_picture(
        change.level + change.away,
        change.noise,
        change.states,
        level=change.level,
        reach=reach_of(change),
        credit=credit,
        simulated=change.simulated,
        zoom=zoom,
    )
    return {"map_before": before, "map_after": after, "map_change": difference}


def credit_of(looks: Sequence[Look]) -> str:
    """Whom to credit, by the sensor files of the looks' products; the product's name where none knows it."""
    found = []
    for product in dict.fromkeys(look.product for look in looks):
        try:
            found.append(sensor_for(product).attribution.replace("{product}", product))
        except UsageError:
            found.append(product)
    return "; ".join(dict.fromkeys(found))


def reach_of(change: ChangeMap) -> float:
    """How far from no change the colours reach [log2]: the 95 % quantile of the change, within 1 and 3."""
    away = np.abs(change.change[np.isfinite(change.change)] - change.level)
    return float(np.clip(np.quantile(away, 0.95), *REACH)) if away.size else REACH[0]


def _geotiff(change: ChangeMap, unit: str, credit: str) -> bytes:
    marked = {"SIMULATED": "yes"} if change.simulated else {}
    return write_cog(
        {"before": change.a, "after": change.b, "log2_ratio": change.change, "noise_log2": change.noise},
        change.geobox,
        nodata=math.nan,
        tags={"UNIT": unit, "CREDIT": credit, "NO_CHANGE_LOG2": f"{change.level:.6g}", **marked},
    )


def _legend(picture: Picture) -> dict[str, Any]:
    return {
        "width": picture.width,
        "height": picture.height,
        "unit": picture.unit,
        "credit": picture.credit,
        "stops": [[value, colour] for value, colour in picture.stops],
    }
