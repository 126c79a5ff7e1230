"""Files of a search: the images with rings around what was detected, and the detections as GeoJSON."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image as Canvas
from PIL import ImageDraw, ImageFont

from dateline.imagery.chip import Chip
from dateline.methods.contract import Produced
from dateline.methods.vessel_detection.found import Detection, Image, Search
from dateline.methods.vessel_detection.optical import NEAR, band_of

MOST = 6
"""Pictures at most: the images with most vessels."""
WIDTH, LARGEST_ZOOM = 900, 8
RINGS = {"open": (60, 200, 90), "alongside": (255, 170, 40)}
DOUBTFUL = (150, 150, 160)


def artifacts(found: Search) -> tuple[tuple[Produced, ...], dict[str, Any]]:
    """The pictures and the GeoJSON, and for each picture its image and what must be credited."""
    best = sorted((image for image in found.seen), key=lambda image: (-len(image.detections), image.chip.at))[:MOST]
    chosen = [image for image in best if image.detections] or best[:1]
    prefix = "SIMULATED_" if any(image.chip.simulated for image in found.images) else ""
    files, legends = [], dict[str, Any]()
    for number, image in enumerate(chosen, 1):
        role = f"detections_{number}"
        data = picture(image)
        files.append(Produced(role=role, name=f"{prefix}{role}.png", media_type="image/png", data=data))
        legends[role] = {"image": image.chip.id, "at": image.chip.at.isoformat(), "credit": image.chip.attribution}
    if found.seen:
        data = json.dumps(geojson(found), ensure_ascii=False, indent=1).encode()
        files.append(
            Produced(
                role="detections", name=f"{prefix}detections.geojson", media_type="application/geo+json", data=data
            )
        )
    return tuple(files), legends


def geojson(found: Search) -> dict[str, Any]:
    """Every detection as a point [degrees] with its image, time, length [m], class and flags."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(one.lon, 6), round(one.lat, 6)]},
                "properties": {
                    "image": image.chip.id,
                    "at": image.chip.at.isoformat(),
                    "where": one.where,
                    "length_m": None if one.length is None else round(one.length[0]),
                    "length_low_m": None if one.length is None else round(one.length[1]),
                    "length_high_m": None if one.length is None else round(one.length[2]),
                    "flags": list(one.flags),
                    "simulated": image.chip.simulated,
                },
            }
            for image in found.seen
            for one in image.detections
        ],
    }


def picture(image: Image) -> bytes:
    """PNG: the band in grey, logarithmic; rings green in open water, orange alongside, grey where doubtful."""
    grey = _grey(image.chip)
    zoom = max(1, min(LARGEST_ZOOM, WIDTH // max(grey.shape)))
    dots = grey.repeat(zoom, axis=0).repeat(zoom, axis=1)
    canvas = Canvas.fromarray(dots).convert("RGB")
    draw = ImageDraw.Draw(canvas)
    for one in image.detections:
        _ring(draw, one, image.chip, zoom)
    if image.chip.simulated:
        draw.text((8, 8), "SIMULATED", fill=(255, 80, 80), font=ImageFont.load_default(24))
    data = io.BytesIO()
    canvas.save(data, "PNG", optimize=False)
    return data.getvalue()


def _grey(chip: Chip) -> np.ndarray:
    """(rows, columns) bytes; what has no value is mid-grey."""
    band = next((name for name in ("VH", "VV", "HV", "HH") if name in chip.bands), None) or band_of(chip, NEAR)
    values = chip.values[0] if band is None else chip.band(band)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
    known = np.isfinite(logs)
    if not known.any():
        return np.full(logs.shape, 128, np.uint8)
    low, high = np.quantile(logs[known], (0.02, 0.998))
    shares = np.clip((logs - low) / max(float(high - low), 1e-6), 0, 1)
    return np.where(known, np.nan_to_num(shares) * 255, 128).astype(np.uint8)


def _ring(draw: ImageDraw.ImageDraw, one: Detection, chip: Chip, zoom: int) -> None:
    colour = RINGS[one.where] if one.counts else DOUBTFUL
    size = (chip.pixel[0] * chip.pixel[1]) ** 0.5
    radius = max(10.0, (one.blob.length / 2 / size + 4) * zoom)
    x, y = (one.blob.column + 0.5) * zoom, (one.blob.row + 0.5) * zoom
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=2)
