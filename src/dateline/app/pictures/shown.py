"""What a screen needs to know of a picture of the case before it shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from dateline.app.desk import Desk, desk_of
from dateline.app.pictures.picture import TILE, Picture, levels_of, open_picture, own_stretch
from dateline.core.errors import UsageError
from dateline.evidence.item import Item, is_named_simulated
from dateline.ledger.case import Case
from dateline.ledger.graphic import is_graphic
from dateline.measure.files import item_path
from dateline.measure.imagery_log import image_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture as a screen needs it. gsd: size of a pixel on the ground [m], where it is known.

    version: of its bytes, for addresses that may be kept. stretch, bands, turned: how it is drawn, in words where it
    matters. on_earth: whether the file says where it lies.
    """

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
    version: str = ""
    stretch: dict[str, Any] | None = None
    bands: str = ""
    turned: str | None = None
    on_earth: bool = False
    licence: str | None = None
    credit: str | None = None

    @property
    def levels(self) -> int:
        """How often the picture is halved until it fits one tile."""
        return levels_of((self.width, self.height))

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "levels": self.levels, "tile": TILE}


def item_of(desk: Desk, name: str) -> tuple[Case, Item]:
    """The item, from the case as read last, or read again where it is new. Raises UsageError `no-item`."""
    for case in (desk.known, desk.case):
        if name in (found := case()).items:
            return found, found.items[name]
    raise UsageError("The case has no such image.", saw=name[:80], do="Archive it first.", code="no-item")


def picture_of(case: Case, item: Item) -> Picture:
    """The picture of an item. Raises InputError `missing-bytes`, `picture`, `picture-too-large`."""
    return open_picture(item_path(case, item.id), radar=is_radar(item))


def is_radar(item: Item) -> bool:
    """Whether its record says that a radar took it."""
    from dateline.app.pictures.raster import RADAR

    image = image_of(item)
    return image is not None and RADAR.search(image.sensor or "") is not None


def shown(request: Request, name: str) -> Shown:
    """The picture of an item.

    Raises UsageError `no-item`, InputError `missing-bytes`, `picture`, `picture-too-large`.
    """
    case, item = item_of(desk_of(request), name)
    return shown_of(case, item)


def shown_of(case: Case, item: Item) -> Shown:
    """The same without a request."""
    picture = picture_of(case, item)
    image = image_of(item)
    return Shown(
        item=item.id,
        name=item.name,
        width=picture.size[0],
        height=picture.size[1],
        simulated=item.simulated or is_named_simulated(item.name),
        graphic=is_graphic(case, item.id),
        gsd=(None if image is None else image.resolution) or _gsd(picture),
        start=None if image is None or image.start is None else image.start.isoformat(),
        end=None if image is None or image.end is None else image.end.isoformat(),
        sensor=None if image is None else image.sensor,
        version=version_of(item),
        stretch=own_stretch(picture).to_json(),
        bands=picture.told["bands"],
        turned=picture.told["turned"],
        on_earth=picture.ground is not None,
        licence=item.licence.name,
        credit=item.attribution,
    )


def version_of(item: Item) -> str:
    """The beginning of the hash of an item's bytes: another file, another version."""
    return (item.content or "")[:16]


def _gsd(picture: Picture) -> float | None:
    """Side of a pixel in the middle of the picture on the ground [m]."""
    if picture.ground is None:
        return None
    from dateline.imagery.resample import true_pixel

    height, width = true_pixel(picture.ground)
    return float(f"{(height * width) ** 0.5:.4g}")
