"""Files of a search: lines as GeoJSON, and for people the old and the new image of one stretch."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from dateline.imagery.chip import Chip
from dateline.methods.contract import Produced
from dateline.methods.earthworks.found import Date, Search
from dateline.methods.earthworks.search import values_of

MOST = 6
"""Dates at most that get a picture: the last ones."""
SIDE, BETWEEN = 560, 6
"""Width of each of three parts of a picture, and of what lies between them [dots]."""
AROUND = 60
"""Shown around the lines [px]."""
COUNTED, ONE_SIDED = "#FFE34D", "#9DB2C6"
U1 = npt.NDArray[np.uint8]


def artifacts(found: Search) -> tuple[tuple[Produced, ...], dict[str, Any]]:
    """One GeoJSON and one PNG a new date, and for each picture its images and what must be credited."""
    files: list[Produced] = []
    legends: dict[str, Any] = {}
    simulated = any(chip.simulated for chip in (*found.older, *(date.chip for date in found.dates)))
    prefix = "SIMULATED_" if simulated else ""
    for number, date in enumerate(found.dates, 1):
        end = "" if len(found.dates) == 1 else f"_{number}"
        data = json.dumps(geojson(date, simulated=simulated), ensure_ascii=False, indent=1).encode()
        files.append(
            Produced(
                role=f"lines{end}", name=f"{prefix}lines{end}.geojson", media_type="application/geo+json", data=data
            )
        )
        if date.lines and number > len(found.dates) - MOST:
            role = f"picture{end}"
            data = side_by_side(found.older[-1], date, found.band, simulated=simulated)
            files.append(Produced(role=role, name=f"{prefix}{role}.png", media_type="image/png", data=data))
            images = (found.older[-1], date.chip)
            legends[role] = {
                "images": [chip.id for chip in images],
                "at": [chip.at.isoformat() for chip in images],
                "credit": "; ".join(dict.fromkeys(chip.attribution for chip in images if chip.attribution)),
            }
    return tuple(files), legends


def geojson(date: Date, *, simulated: bool) -> dict[str, Any]:
    """Centre lines [degrees] with length, width [m], azimuth [degrees], signal to noise."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {
                    "type": "LineString",
                    "coordinates": [[round(float(lon), 7), round(float(lat), 7)] for lon, lat in line.lonlat],
                },
                "properties": {
                    "image": date.chip.id,
                    "at": date.chip.at.isoformat(),
                    "length_m": round(line.length, 1),
                    "width_m": round(line.width, 2),
                    "azimuth": round(line.azimuth),
                    "snr": round(line.snr, 1),
                    "score": round(line.chain.score, 1),
                    "one_sided": line.one_sided,
                    "meets": list(line.chain.ends),
                    "simulated": simulated,
                },
            }
            for line in date.lines
        ],
    }


def side_by_side(old: Chip, date: Date, band: str, *, simulated: bool) -> bytes:
    """PNG of one stretch: the last older image, the new one, and the new one with the lines over it."""
    top, left, bottom, right = _stretch(date)
    zoom = SIDE / (right - left)
    step = max(1, (right - left) // (2 * SIDE))
    high = max(1, round((bottom - top) * zoom))
    shown = [values_of(chip, band)[top:bottom:step, left:right:step] for chip in (old, date.chip)]
    parts = [_grey(values, high) for values in shown]
    height = parts[0].height
    sheet = Image.new("RGB", (3 * SIDE + 2 * BETWEEN, height + 28), "#14181F")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=16)
    mark = "  SIMULATED" if simulated else ""
    for number, (part, chip) in enumerate(((parts[0], old), (parts[1], date.chip), (parts[1], date.chip))):
        at = number * (SIDE + BETWEEN)
        sheet.paste(part, (at, 0))
        draw.text((at + 6, height + 4), f"{chip.at:%Y-%m-%d}{mark}", "#FFFFFF", font=font)
    for line in date.lines:
        points = [((x - left) * zoom + 2 * (SIDE + BETWEEN), (y - top) * zoom) for x, y in line.corners.tolist()]
        draw.line(points, fill="#000000", width=4, joint="curve")
        draw.line(points, fill=ONE_SIDED if line.one_sided else COUNTED, width=2, joint="curve")
    data = io.BytesIO()
    sheet.save(data, "PNG")
    return data.getvalue()


def _stretch(date: Date) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of what is shown [px]: all lines and around them, no narrower than high."""
    corners = np.concatenate([line.corners for line in date.lines])
    rows, columns = date.chip.values.shape[1:]
    left, top = np.maximum(corners.min(axis=0) - AROUND, 0).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + AROUND).astype(int)
    right, bottom = min(int(right), columns), min(int(bottom), rows)
    lack = int(bottom - top - (right - left))
    if lack > 0:
        left = max(0, int(left) - lack // 2)
        right = min(columns, right + lack // 2)
    return int(top), int(left), bottom, right


def _grey(values: npt.NDArray[np.float32], height: int) -> Image.Image:
    known = np.isfinite(values)
    low, high = np.quantile(values[known], (0.01, 0.99)) if known.any() else (0.0, 1.0)
    shares = np.clip((values - low) / max(float(high - low), 1e-9), 0, 1)
    dots: U1 = np.where(known, np.nan_to_num(shares) * 255, 128).astype(np.uint8)
    resample = Image.Resampling.LANCZOS if height < len(dots) else Image.Resampling.BICUBIC
    return Image.fromarray(dots).resize((SIDE, height), resample).convert("RGB")
