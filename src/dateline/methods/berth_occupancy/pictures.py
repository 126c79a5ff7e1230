"""Pictures of a berth: a strip of dated chips, turned so that the quay runs across, and what it shows without ships."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dateline.methods.berth_occupancy.examine import BerthLooks, Look
from dateline.methods.berth_occupancy.frame import Frame
from dateline.methods.berth_occupancy.quay import F8
from dateline.methods.contract import Produced

MOST = 60
"""Dates in a strip at most; of more, every second, third … is shown."""
TILE, LABEL, GAP, COLUMNS = 150, 28, 6, 6
"""Width of a chip, height of the words under it, distance between chips [dots]; chips in a row."""
RANGE = (-4.0, 22.0)
"""Levels shown from black to white, over the usual level of the open water [dB]."""
WORDS = {"ships": "ships", "empty": "empty", "not observed": "not observed"}
SIDES = {"ascending": "asc.", "descending": "desc."}
INKS = {"ships": (150, 60, 0), "empty": (60, 66, 78), "not observed": (120, 126, 138)}
PAPER, LINE, HATCH = (250, 250, 248), (230, 120, 30), (205, 208, 214)
BEHIND, BEFORE = -60.0, 100.0
"""What is shown across the quay [m]."""


def artifacts(found: Sequence[BerthLooks]) -> tuple[Produced, ...]:
    """Two PNGs a berth: `strip_BERTH` and `reference_BERTH`."""
    made = []
    for one in found:
        simulated = any(look.chip.simulated for look in one.looks)
        prefix = "SIMULATED_" if simulated else ""
        for role, data in (("strip", strip(one)), ("reference", reference(one))):
            name = f"{role}_{one.quay.berth.id}"
            made.append(Produced(role=name, name=f"{prefix}{name}.png", media_type="image/png", data=data))
    return tuple(made)


def strip(found: BerthLooks) -> bytes:
    """PNG: dated chips of a berth in order of time, the quay's line drawn, the state in words under each."""
    images = [(one, at) for one in found.frames for at in range(len(one.stack.chips))]
    images.sort(key=lambda image: (image[0].stack.chips[image[1]].at, image[0].stack.chips[image[1]].id))
    step = -(-len(images) // MOST)
    images = images[::step]
    by_image: dict[str, list[Look]] = {}
    for look in found.looks:
        by_image.setdefault(look.chip.id, []).append(look)
    tiles = []
    for one, at in images:
        chip = one.stack.chips[at]
        here = by_image[chip.id]
        state = next((name for name in ("ships", "not observed") if any(look.seen == name for look in here)), "empty")
        why = next((look.why for look in here if look.why), None) if state == "not observed" else None
        words = f"{chip.at:%Y-%m-%d} {_side(one, at)}", why or WORDS[state], INKS[state]
        tiles.append(_tile(one, one.levels.values[at, 0], words))
    title = found.quay.berth.name if step == 1 else f"{found.quay.berth.name}: one image of {step} is shown"
    return _sheet(tiles, title, simulated=any(look.chip.simulated for look in found.looks))


def reference(found: BerthLooks) -> bytes:
    """PNG: what the berth shows without ships, one chip a track."""
    tiles = [
        _tile(one, one.levels.reference[0], (_side(one, 0), "without ships", INKS["empty"])) for one in found.frames
    ]
    return _sheet(tiles, found.quay.berth.name, simulated=any(look.chip.simulated for look in found.looks))


def _side(one: Frame, at: int) -> str:
    radar = one.stack.chips[at].radar
    direction = None if radar is None else radar.direction
    return f"{one.stack.channels[0]} {'' if direction is None else SIDES[direction]}".strip()


def _tile(one: Frame, whole: F8, words: tuple[str, str, tuple[int, int, int]]) -> Image.Image:
    """One chip with its words: land above, water below, the quay and the ends of its slots as lines."""
    quay, levels = one.quay, one.levels
    cells = whole[(quay.across > BEHIND) & (quay.across < BEFORE)]
    zoom = TILE / cells.shape[1]
    sea = (
        levels.sea_level[0]
        if np.isfinite(levels.sea_level[0])
        else float(np.nan_to_num(levels.reference[0], nan=0.0).min())
    )
    share = np.clip((cells - sea - RANGE[0]) / (RANGE[1] - RANGE[0]), 0, 1)
    grey = (255 * np.nan_to_num(share)).astype(np.uint8)
    dots = np.repeat(grey[..., None], 3, axis=2)
    dots[~np.isfinite(cells)] = HATCH
    picture = Image.fromarray(dots).resize((TILE, max(round(cells.shape[0] * zoom), 1)), Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(picture)
    edge = round(-BEHIND / quay.step * zoom)
    pen.line((0, edge, TILE, edge), fill=LINE)
    for _, along in quay.slots:
        for end in (along.start, along.stop):
            pen.line((end * zoom, edge - 4, end * zoom, edge + 4), fill=LINE)
    tile = Image.new("RGB", (TILE, picture.height + LABEL), PAPER)
    tile.paste(picture, (0, 0))
    pen = ImageDraw.Draw(tile)
    font = ImageFont.load_default(11)
    pen.text((1, picture.height + 1), words[0], font=font, fill=(40, 44, 52))
    pen.text((1, picture.height + 13), words[1], font=font, fill=words[2])
    return tile


def _sheet(tiles: Sequence[Image.Image], title: str, *, simulated: bool) -> bytes:
    rows = -(-len(tiles) // COLUMNS)
    across, down = min(COLUMNS, len(tiles)), tiles[0].height + GAP
    top = 20
    sheet = Image.new("RGB", (across * (TILE + GAP) + GAP, rows * down + GAP + top), PAPER)
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (GAP + number % COLUMNS * (TILE + GAP), top + GAP + number // COLUMNS * down))
    pen = ImageDraw.Draw(sheet)
    told = f"SIMULATED {title}" if simulated else title
    pen.text((GAP, 3), told, font=ImageFont.load_default(13), fill=(190, 30, 30) if simulated else (40, 44, 52))
    if simulated:
        for number in range(len(tiles)):  # in every chip too: it survives a crop
            at = GAP + number % COLUMNS * (TILE + GAP) + TILE - 66, top + GAP + number // COLUMNS * down + 2
            pen.text(at, "SIMULATED", font=ImageFont.load_default(11), fill=(235, 90, 80))
    stream = io.BytesIO()
    sheet.save(stream, "PNG", compress_level=6)
    return stream.getvalue()
