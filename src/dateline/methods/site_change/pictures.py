"""Files of a finding: both dates side by side with the change outlined, the map, the objects as GeoJSON and table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from scipy import ndimage

from dateline.imagery.chip import Chip
from dateline.methods.contract import Produced
from dateline.methods.site_change.objects import Object
from dateline.methods.site_change.stack import Stack

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
B1 = npt.NDArray[np.bool_]

WIDTH, LARGEST_ZOOM = 700, 6
PAPER, LINE = (214, 217, 222), (170, 175, 184)
OUTLINE, RING = (255, 70, 160), (255, 200, 40)
_HATCH, _GAP, _HEAD = 6, 12, 26
COLOURS = (("B04", "B03", "B02"), ("red", "green", "blue"), ("R", "G", "B"))


def beside(before: Chip, after: Chip, changed: B1 | None, rings: Sequence[Object], *, simulated: bool) -> bytes:
    """PNG of both dates with one stretch: unseen hatched, changed pixels outlined, places to look at ringed."""
    shape = before.states.shape
    step = max(1, -(-max(shape) // (2 * WIDTH)))
    zoom = max(1, min(LARGEST_ZOOM, WIDTH // max(shape)))
    bands = [_bands(chip, step) for chip in (before, after)]
    ends = _ends(bands)
    panels = [_panel(values, ends, zoom) for values in bands]
    edge = None if changed is None else _edge(changed[::step, ::step].repeat(zoom, 0).repeat(zoom, 1))
    high, wide = panels[0].shape[:2]
    sheet = Image.new("RGB", (2 * wide + _GAP, high + _HEAD), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for number, (panel, chip) in enumerate(zip(panels, (before, after), strict=True)):
        if edge is not None and number:
            panel[edge] = OUTLINE
        left = number * (wide + _GAP)
        sheet.paste(Image.fromarray(panel), (left, _HEAD))
        when = f"{chip.at:%Y-%m-%d}" if chip.day_only else f"{chip.at:%Y-%m-%d %H:%M} UTC"
        pen.text((left + 2, 4), when, fill=(20, 20, 20), font=ImageFont.load_default(16))
        for rank, one in enumerate(rings, 1):
            x, y = left + (one.column / step + 0.5) * zoom, _HEAD + (one.row / step + 0.5) * zoom
            pen.ellipse((x - 14, y - 14, x + 14, y + 14), outline=RING, width=2)
            pen.text((x + 15, y - 15), str(rank), fill=RING, font=ImageFont.load_default(15))
        if simulated:
            for down in (high // 3, 2 * high // 3):
                pen.text((left + 10, _HEAD + down), "SIMULATED", fill=(255, 60, 60), font=ImageFont.load_default(34))
    told = PngImagePlugin.PngInfo()
    told.add_itxt("Copyright", "; ".join(dict.fromkeys(one.attribution for one in (before, after) if one.attribution)))
    data = io.BytesIO()
    sheet.save(data, "PNG", pnginfo=told)
    return data.getvalue()


def _bands(chip: Chip, step: int) -> F4:
    """(3, rows, columns) of every step-th row and column.

    Red, green, blue; grey three times where there are no colours; radar in decibels.
    """
    names = next((names for names in COLOURS if set(names) <= set(chip.bands)), None)
    thin = np.s_[::step, ::step]
    planes = [chip.band(name)[thin] for name in names or chip.bands[:1]]
    values = np.stack(planes if names else planes * 3)
    if chip.bands[0] in {"VV", "VH", "HH", "HV"}:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = 10 * np.log10(values)
    return np.where(np.isfinite(values), values, np.nan).astype(np.float32)


def _ends(bands: Sequence[F4]) -> tuple[F4, F4]:
    """Ends of one stretch for both dates, per colour."""
    both = np.concatenate([one.reshape(3, -1) for one in bands], axis=1)
    known = both[:, np.isfinite(both).all(axis=0)]
    if not known.size:
        return np.zeros(3, np.float32), np.ones(3, np.float32)
    low, high = np.quantile(known, [0.02, 0.98], axis=1)
    return low.astype(np.float32), np.maximum(high, low + 1e-6).astype(np.float32)


def _panel(values: F4, ends: tuple[F4, F4], zoom: int) -> U1:
    low, high = (one[:, None, None] for one in ends)
    known = np.isfinite(values).all(axis=0)
    with np.errstate(invalid="ignore"):
        share = np.clip((values - low) / (high - low), 0, 1)
    dots: U1 = (np.nan_to_num(share) * 255).astype(np.uint8).transpose(1, 2, 0).repeat(zoom, 0).repeat(zoom, 1)
    unseen = ~known.repeat(zoom, 0).repeat(zoom, 1)
    rows, columns = np.indices(unseen.shape)
    dots[unseen] = PAPER
    dots[unseen & ((rows + columns) % _HATCH == 0)] = LINE
    return dots


def _edge(mask: B1) -> B1:
    grown: B1 = ndimage.binary_dilation(mask, np.ones((3, 3), bool))
    return grown & ~mask


def geojson(found: Sequence[Object], stack: Stack, labels: npt.NDArray[np.int32] | None) -> bytes:
    """Objects as polygons [degrees] along pixel edges, or as points where no outline is claimed."""
    shapes = {} if labels is None else _outlines(labels, stack, {one.label for one in found})
    features = [
        {
            "type": "Feature",
            "geometry": shapes.get(one.label)
            or {"type": "Point", "coordinates": [round(one.lon, 6), round(one.lat, 6)]},
            "properties": {**row(rank, one), "simulated": any(chip.simulated for chip in stack.chips)},
        }
        for rank, one in enumerate(found, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1).encode()


def _outlines(labels: npt.NDArray[np.int32], stack: Stack, wanted: set[int]) -> dict[int, object]:
    import shapely
    from rasterio.features import shapes
    from rasterio.transform import Affine

    from dateline.imagery.ground import place_on_earth

    grouped: dict[int, list[Any]] = {}
    kept = np.where(np.isin(labels, list(wanted)), labels, 0).astype(np.int32)
    for shape, label in shapes(kept, mask=kept > 0, connectivity=8, transform=Affine.identity()):
        grouped.setdefault(int(label), []).append(shapely.geometry.shape(shape))

    def to_degrees(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = place_on_earth(points[:, 0], points[:, 1], stack.geobox)
        return np.column_stack([lon, lat]).round(6)

    return {
        label: shapely.geometry.mapping(shapely.transform(shapely.union_all(parts), to_degrees))
        for label, parts in grouped.items()
    }


def row(rank: int, one: Object) -> dict[str, object]:
    """An object as a row: what a table, a map and a finding say of it."""
    return {
        "rank": rank,
        "lon": round(one.lon, 6),
        "lat": round(one.lat, 6),
        "part": one.part,
        "kind": one.kind,
        "area_m2": float(f"{one.area:.3g}"),
        "strength": round(one.mass, 2),
        "arise_per_km2": None if one.false is None else float(f"{one.false:.2g}"),
        "after": one.when[0] if one.when else None,
        "by": one.when[1] if one.when else None,
    }


def table(found: Sequence[Object]) -> bytes:
    """Objects as CSV."""
    stream = io.StringIO()
    rows = [row(rank, one) for rank, one in enumerate(found, 1)]
    names = ["rank", "lon", "lat", "part", "kind", "area_m2", "strength", "arise_per_km2", "after", "by"]
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def map_tiff(changed: B1, known: B1, stack: Stack) -> bytes:
    """GeoTIFF: 1 changed, 0 not, 255 not seen in both."""
    from rasterio.io import MemoryFile

    codes = np.where(known, changed.astype(np.uint8), np.uint8(255))
    rows, columns = codes.shape
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=rows,
            width=columns,
            count=1,
            dtype="uint8",
            crs=str(stack.geobox.crs),
            transform=stack.geobox.affine,
            nodata=255,
            compress="deflate",
        ) as raster:
            raster.write(codes, 1)
            raster.update_tags(SIMULATED=str(any(chip.simulated for chip in stack.chips)))
        return bytes(memory.read())


def produced(stack: Stack, role: str, name: str, media_type: str, data: bytes) -> Produced:
    """A file, its name marked where the images are simulated."""
    prefix = "SIMULATED_" if any(chip.simulated for chip in stack.chips) else ""
    return Produced(role=role, name=prefix + name, media_type=media_type, data=data)
