"""The ringed picture, each one's marks in their own ring, and the table of what was matched."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from dateline.imagery.still import Still
from dateline.ledger.marks import Marks
from dateline.methods.contract import Produced
from dateline.methods.counting.calibrate import home, inside
from dateline.methods.counting.estimators import Seen
from dateline.methods.counting.matching import pairs
from dateline.methods.counting.parts import Key, Tile

RINGS = ("#E69F00", "#56B4E9", "#CC79A7", "#F0E442", "#009E73", "#D55E00", "#0072B2")
"""Colours that people with colour-blindness tell apart (Okabe and Ito 2008); the dashes differ too."""
DASHES = ((360, 0), (40, 20), (15, 15), (60, 12), (24, 36), (90, 30), (10, 20))
"""[degrees] On and off along each ring."""
CHECKED = "#FFFFFF"
LARGEST = 1600
"""[px] Longer side of a ringed picture."""
MOST = 24
"""Ringed pictures of one answer."""
_FORMULA = re.compile(r"^'*[=+\-@\t\r]")


def artifacts(
    seen: Seen | None, tiles: Sequence[Tile], stills: Sequence[Still], *, issuer: Sequence[Marks] = (), simulated: bool
) -> tuple[Produced, ...]:
    """`matched` (CSV, one row a candidate) and a PNG for each picture that was given and marked."""
    if seen is None:
        return ()
    table = Produced(
        role="matched", name=_named("matched.csv", simulated), media_type="text/csv", data=_table(seen, tiles)
    )
    marked = [still for still in stills if any(key[0] == still.name for key in seen.side.points)][:MOST]
    rings = [
        Produced(
            role="rings" if len(marked) == 1 else f"rings_{number}",
            name=_named("rings.png" if len(marked) == 1 else f"rings_{number}.png", simulated or still.simulated),
            media_type="image/png",
            data=ringed(still, seen, tiles, issuer=issuer, simulated=simulated or still.simulated),
        )
        for number, still in enumerate(marked, 1)
    ]
    return (table, *rings)


def _named(name: str, simulated: bool) -> str:
    return f"SIMULATED_{name}" if simulated else name


def _table(seen: Seen, tiles: Sequence[Tile]) -> bytes:
    """Candidate, image, tile, column and row [px], 1 or 0 for each person, how many, counted, and what the check says
    (real, false, or empty where nobody checked)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = seen.side.names
    writer.writerow(_guarded(["candidate", "image", "tile", "x", "y", *names, "marked_by", "counted", "check"]))
    number = 0
    for key, found in seen.candidates.items():
        state = _states(seen, key, tiles)
        for index, (x, y) in enumerate(found.points):
            number += 1
            who = found.seen[index]
            writer.writerow(_guarded([
                str(number), key[0], key[1] or "", f"{x:.1f}", f"{y:.1f}", *(str(int(each)) for each in who),
                str(int(who.sum())), "yes" if who.sum() >= seen.quorum else "no", state[index],
            ]))  # fmt: skip
    return text.getvalue().encode()


def _guarded(cells: Sequence[str]) -> list[str]:
    """What a spreadsheet would run begins with an apostrophe; a negative number is no formula."""
    return [f"'{c}" if _FORMULA.match(c) and not re.fullmatch(r"-?\d+(\.\d+)?", c) else c for c in cells]


def _states(seen: Seen, key: Key, tiles: Sequence[Tile]) -> list[str]:
    found = seen.candidates[key]
    states = [""] * len(found.points)
    reach = 1.0 if seen.gate is None else seen.gate.distance
    for tile in tiles:
        if home(seen.side, tile) != key:
            continue
        here = inside(found.points, tile, key).nonzero()[0]
        real = set(here[pairs(found.points[here], tile.truth, reach)[:, 0]])
        for index in here:
            states[index] = "real" if index in real else "false"
    return states


def ringed(still: Still, seen: Seen, tiles: Sequence[Tile], *, issuer: Sequence[Marks] = (), simulated: bool) -> bytes:
    """PNG: rings of each person in own colour, dash and size, crosses for what the check found, squares around what the
    issuer marked, a key underneath."""
    scale = min(1.0, LARGEST / max(still.size))
    photo = Image.fromarray(still.pixels)
    size = (max(1, round(still.size[0] * scale)), max(1, round(still.size[1] * scale)))
    photo = photo.resize(size, Image.Resampling.LANCZOS) if scale < 1 else photo
    letter = max(13, size[0] // 45)
    font = ImageFont.load_default(size=letter)
    lines = list(_key(seen, tiles, issuer, simulated))
    height = round(1.6 * letter) * len(lines) + 8
    sheet = Image.new("RGB", (size[0], size[1] + height), "#111111")
    sheet.paste(photo, (0, 0))
    draw = ImageDraw.Draw(sheet)
    radius = _radius(seen, scale)
    for key, points in seen.side.points.items():
        if key[0] == still.name:
            for person, own in enumerate(points):
                for x, y in own * scale:
                    _ring(draw, x, y, radius + 4 * person, person)
    for tile in tiles:
        if tile.key[0] == still.name:
            _checked(draw, tile, scale)
    for mark in issuer:
        if mark.image == still.name:
            for x, y in mark.points:
                _square(draw, x * scale, y * scale, radius + 8)
    for row, (whose, words) in enumerate(lines):
        y = size[1] + 4 + round(1.6 * letter) * (row + 0.5)
        if whose is not None:
            _ring(draw, 16, y, letter / 2, whose)
        draw.text((34, y), words, fill="#FFFFFF", font=font, anchor="lm")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _radius(seen: Seen, scale: float) -> float:
    half = None if seen.gate is None else seen.gate.half_spacing or seen.gate.distance
    return min(max(6.0, 0.8 * (half or 8.0) * scale), 24.0)


def _key(
    seen: Seen, tiles: Sequence[Tile], issuer: Sequence[Marks], simulated: bool
) -> Iterator[tuple[int | None, str]]:
    for person, name in enumerate(seen.side.names):
        yield person, f"{name}: {seen.side.each[name]:,}"
    if tiles:
        yield None, f"+ found by the check, on the {len(tiles)} framed tiles"
    for mark in issuer:
        yield None, f"squares: marked by {mark.by}, its claim: {len(mark.points):,}"
    if simulated:
        yield None, "SIMULATED"


def _ring(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, person: int) -> None:
    """A ring with a dark edge, so that it shows on bright and on dark ground."""
    on, off = DASHES[person % len(DASHES)]
    for step in range(math.ceil(360 / (on + off))):
        start = step * (on + off)
        for grow, width, colour in ((1, 4, "#000000"), (0, 2, RINGS[person % len(RINGS)])):
            reach = radius + grow
            box = (x - reach, y - reach, x + reach, y + reach)
            draw.arc(box, start, min(start + on, 360), fill=colour, width=width)


def _checked(draw: ImageDraw.ImageDraw, tile: Tile, scale: float) -> None:
    if tile.area is not None:
        x, y, width, height = (value * scale for value in tile.area)
        draw.rectangle((x, y, x + width - 1, y + height - 1), outline=CHECKED)
    for x, y in tile.truth * scale:
        _cross(draw, x, y)


def _square(draw: ImageDraw.ImageDraw, x: float, y: float, half: float) -> None:
    for grow, width, colour in ((1, 4, "#000000"), (0, 2, CHECKED)):
        reach = half + grow
        draw.rectangle((x - reach, y - reach, x + reach, y + reach), outline=colour, width=width)


def _cross(draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
    for width, colour in ((4, "#000000"), (2, CHECKED)):
        draw.line((x - 5, y, x + 5, y), fill=colour, width=width)
        draw.line((x, y - 5, x, y + 5), fill=colour, width=width)
