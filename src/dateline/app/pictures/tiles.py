"""Tiles and thumbnails of pictures as WebP, which a browser may keep: their address or their tag names the bytes."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline.app.desk import desk_of
from dateline.app.pictures.picture import TILE, Picture, drawn, own_stretch, tile_window
from dateline.app.pictures.shown import item_of, picture_of, shown, version_of
from dateline.app.pictures.stretch import Stretch
from dateline.core.identity import sha256_bytes

YEAR = 31_536_000


def read_shown(request: Request) -> Response:
    """GET: what the picture is."""
    return JSONResponse(shown(request, request.path_params["item"]).to_json())


def read_tile(request: Request) -> Response:
    """GET ?stretch=&v=: one tile, 256 by 256 px, clear where there is no picture. Level 0 is full resolution."""
    at = request.path_params
    case, item = item_of(desk_of(request), at["item"])

    def made() -> Response:
        picture = picture_of(case, item)
        stretch = Stretch.read(request.query_params.get("stretch", ""), own_stretch(picture))
        tile = tile_of(picture, stretch, at["level"], at["column"], at["row"])
        return Response(status_code=404) if tile is None else webp(tile)

    return kept(request, version_of(item), made)


def read_thumbnail(request: Request) -> Response:
    """GET ?side=&v=: the whole picture, its longer side this long [px, 16 to 1024, default 256]."""
    case, item = item_of(desk_of(request), request.path_params["item"])
    asked = request.query_params.get("side", "")
    side = min(1024, max(16, int(asked))) if asked.isdecimal() and len(asked) < 6 else TILE
    return kept(request, version_of(item), lambda: webp(np.asarray(thumbnail_of(picture_of(case, item), side)), 85))


def tile_of(picture: Picture, stretch: Stretch, level: int, column: int, row: int) -> npt.NDArray[np.uint8] | None:
    """(256, 256, 4) one tile, None beyond the picture."""
    window = tile_window(picture.size, level, column, row)
    if window is None:
        return None
    part = drawn(*picture.read(window, level), stretch)
    if part.shape[:2] == (TILE, TILE):
        return part
    whole = np.zeros((TILE, TILE, 4), np.uint8)
    whole[: part.shape[0], : part.shape[1]] = part
    return whole


def thumbnail_of(picture: Picture, side: int) -> Image.Image:
    """The whole picture, small."""
    from dateline.app.pictures import still

    if isinstance(picture, still.Still):
        return still.thumbnail_of(picture.path, side)
    level = max(0, int(np.floor(np.log2(max(picture.size) / side))))
    made = Image.fromarray(drawn(*picture.read((0, 0, *picture.size), level), own_stretch(picture)))
    made.thumbnail((side, side), Image.Resampling.BOX)
    return made


def webp(pixels: npt.NDArray[np.uint8], quality: int = 90) -> Response:
    """Pixels (rows, columns, 4) as an answer."""
    opaque = bool((pixels[..., 3] == 255).all())
    out = io.BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., :3]) if opaque else pixels)
    picture.save(out, "WEBP", quality=quality, method=1)
    return Response(out.getvalue(), media_type="image/webp")


def kept(request: Request, version: str, make: Callable[[], Response]) -> Response:
    """An answer that the browser may keep. version: of what its bytes rest on; an address with it needs no asking."""
    tag = f'"{sha256_bytes(f"{version} {request.url.path}?{request.url.query}".encode())[:24]}"'
    for_good = bool(version) and request.query_params.get("v") == version
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={YEAR}, immutable" if for_good else "private, no-cache"}
    if version and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    answer = make()
    if answer.status_code == 200:
        answer.headers.update(headers)
    return answer


ROUTES = (
    Route("/pictures/{item}.json", read_shown),
    Route("/pictures/{item}/thumbnail.webp", read_thumbnail),
    Route("/pictures/{item}/{level:int}/{column:int}/{row:int}.webp", read_tile),
)
