"""Pictures of the case for the screens: their size, and tiles cut from them in their own pixel space."""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline.app.desk import desk_of
from dateline.core.errors import UsageError
from dateline.evidence.item import is_named_simulated
from dateline.measure.files import item_path
from dateline.measure.imagery_log import image_of

TILE = 256
"""Side of a tile [px]."""
_KEPT: OrderedDict[Path, npt.NDArray[np.uint8]] = OrderedDict()
_LOCK = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture as a screen needs it. gsd: size of a pixel on the ground [m], where it is known."""

    item: str
    name: str
    width: int
    height: int
    simulated: bool
    graphic: bool
    gsd: float | None = None
    start: str | None = None
    end: str | None = None
    sensor: str | None = None

    @property
    def levels(self) -> int:
        """How often the picture is halved until it fits one tile."""
        return max(0, int(np.ceil(np.log2(max(self.width, self.height) / TILE))))

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "levels": self.levels, "tile": TILE}


def shown(request: Request, name: str) -> Shown:
    """The picture of an item. Raises UsageError `no-item`, InputError `missing-bytes`, `picture`."""
    case = desk_of(request).known()
    item = case.items.get(name) or desk_of(request).case().items.get(name)
    if item is None:
        raise UsageError("The case has no such image.", saw=name[:80], do="Archive it first.", code="no-item")
    height, width = _pixels(item_path(case, name)).shape[:2]
    image = image_of(item)
    return Shown(
        item=name,
        name=item.name,
        width=width,
        height=height,
        simulated=item.simulated or is_named_simulated(item.name),
        graphic=any(name in one.items and one.graphic for one in case.media.values()),
        gsd=None if image is None else image.resolution,
        start=None if image is None or image.start is None else image.start.isoformat(),
        end=None if image is None or image.end is None else image.end.isoformat(),
        sensor=None if image is None else image.sensor,
    )


def _pixels(path: Path) -> npt.NDArray[np.uint8]:
    with _LOCK:
        if path not in _KEPT:
            with Image.open(path) as opened:
                _KEPT[path] = np.asarray(opened.convert("RGB"))
            while len(_KEPT) > 4:
                _KEPT.popitem(last=False)
        _KEPT.move_to_end(path)
        return _KEPT[path]


def read_shown(request: Request) -> Response:
    """GET: what the picture is."""
    return JSONResponse(shown(request, request.path_params["item"]).to_json())


def read_tile(request: Request) -> Response:
    """GET: one tile. level 0 is full resolution, each further level half of it."""
    at = request.path_params
    desk = desk_of(request)
    if at["item"] not in desk.known().items:
        raise UsageError("The case has no such image.", saw=at["item"][:80], do="Archive it first.", code="no-item")
    pixels = _pixels(item_path(desk.known(), at["item"]))
    side = TILE << at["level"]
    part = pixels[at["row"] * side : (at["row"] + 1) * side, at["column"] * side : (at["column"] + 1) * side]
    if not part.size:
        return Response(status_code=404)
    picture = Image.fromarray(part)
    if at["level"]:
        size = (max(1, part.shape[1] >> at["level"]), max(1, part.shape[0] >> at["level"]))
        picture = picture.resize(size, Image.Resampling.BOX)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=90)
    return Response(out.getvalue(), media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


ROUTES = (
    Route("/pictures/{item}.json", read_shown),
    Route("/pictures/{item}/{level:int}/{column:int}/{row:int}.webp", read_tile),
)
