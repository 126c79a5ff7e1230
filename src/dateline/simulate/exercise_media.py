"""The exercise's photograph: the invented base from the ground, with landmarks, a shadow, copies, and two fronts."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from pyproj import Geod

from dateline.evidence.atomic import write_atomic
from dateline.media.camera import focal_of_35
from dateline.media.sun import positions, seconds_of
from dateline.simulate.exercise_photo import SIZE, WORD, View, marked, photograph
from dateline.simulate.front import MovingFront, daily, days_from, derived

F8 = npt.NDArray[np.float64]

SEED = 11
CAMERA = (-122.96740, -47.98260)
"""Longitude and latitude of the camera [degrees]: the truth, in open ocean."""
YAW, F35, EYE = 8.0, 28.0, 8.0
"""Where it looks [degrees from north], its lens [mm, 35 mm equivalent], its height above flat ground [m]: on a roof."""
TAKEN = datetime(2024, 10, 21, 23, 40, tzinfo=UTC)
"""When the photograph was taken: the truth. The clock on the hut shows it eight hours behind UTC."""
POLE = (-14.0, 24.0, 6.0)
"""The flagpole: bearing from the camera's axis [degrees], distance [m], height [m]."""
SIGMA = 0.015
"""How well height and length of the shadow were measured [share of each]."""
LANDMARKS: Mapping[str, tuple[float, float, float]] = {
    "water tower": (-27.0, 640.0, 22.0),
    "radio mast": (-19.0, 1150.0, 48.0),
    "hut gable": (-6.0, 210.0, 5.0),
    "silo": (5.0, 880.0, 26.0),
    "chapel": (15.0, 430.0, 14.0),
    "lone tree": (21.0, 300.0, 9.0),
}
"""Bearing from the camera's axis [degrees], distance [m], height [m]."""
PIXEL_ERROR, MAP_ERROR = 3.0, 5.0
"""Standard errors of a mark [px] and of a landmark on the map [m], each coordinate."""
CLIP, PAN = (640, 480), (0, 270, 540)
"""A clip's stills: their size, and the left edge of each in the photograph [px]. The camera turns to the right."""
FLAG = (-122.88, -47.98)
"""Of the place whose distance from the front is asked [degrees]: open ocean."""
FRONT = MovingFront(lon=-122.78, lat=-47.98, start=datetime(2024, 11, 1, tzinfo=UTC), pace=0.4)
ASKED = datetime(2024, 11, 8, 12, tzinfo=UTC)
"""The middle of the day that is asked about."""
OFF = timedelta(days=2)
"""How far the second map-maker is behind the first."""
MAKERS = ("Chart room A", "Chart room B")
"""Invented map-makers, so that no real one's name stands on invented ground."""
_EARTH = Geod(ellps="WGS84")


def view() -> View:
    """The camera as the picture is drawn through it."""
    return View(focal=focal_of_35(F35, *SIZE), height=EYE)


def sun() -> tuple[float, float]:
    """Elevation and azimuth of the sun over the camera when the picture was taken [degrees]."""
    sky = positions(seconds_of([TAKEN]), CAMERA[0], CAMERA[1])
    return float(sky.elevation[0]), float(sky.azimuth[0])


def shadow() -> tuple[float, float]:
    """Length [m] and direction [degrees from north] of the flagpole's shadow: the truth."""
    elevation, azimuth = sun()
    return POLE[2] / math.tan(math.radians(elevation)), (azimuth + 180) % 360


def distance_from_front(at: datetime = ASKED) -> float:
    """Of the flag's place from the edge of the occupied land, along its parallel [km]: the truth."""
    _, _, metres = _EARTH.inv(*FLAG, FRONT.line(at), FLAG[1])
    return float(metres) / 1000


def write(folder: Path) -> int:
    """Writes what is not there yet: the photograph, copies and stills of it, what was measured on it, the fronts."""
    contents: dict[str, Callable[[], bytes]] = {
        "SIMULATED_kestle.jpg": lambda: marked(picture()),
        "SIMULATED_kestle_crop.jpg": lambda: marked(_crop(picture()), quality=60),
        "SIMULATED_kestle_mirror.jpg": lambda: marked(picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT), quality=60),
        **{f"SIMULATED_clip_{n}.jpg": partial(_still, left) for n, left in enumerate(PAN, 1)},
        "SIMULATED_shadow.csv": lambda: shadow_table().encode(),
        "SIMULATED_landmarks.csv": lambda: landmark_table().encode(),
    }
    lacking = [name for name in contents if not (folder / name).exists()]
    for name in lacking:
        write_atomic(folder / name, contents[name]())
    return len(lacking) + _fronts(folder / "front")


def picture() -> Image.Image:
    """The photograph as the camera made it."""
    length, way = shadow()
    return photograph(view(), LANDMARKS, pole=POLE, shadow=(length, way - YAW), clock=TAKEN - timedelta(hours=8))


def _crop(whole: Image.Image) -> Image.Image:
    """Without its left eighth and its lowest tenth, smaller."""
    width, height = whole.size
    part = whole.crop((width // 8, 0, width, height - height // 10))
    return part.resize((round(part.width * 0.8), round(part.height * 0.8)), Image.Resampling.LANCZOS)


def _still(left: int) -> bytes:
    """One still of a clip from the same spot, with the word on it."""
    top = SIZE[1] // 2 - CLIP[1] // 3
    part = picture().crop((left, top, left + CLIP[0], top + CLIP[1]))
    ImageDraw.Draw(part).text((10, 8), WORD, fill=(255, 255, 255), font=ImageFont.load_default(22))
    return marked(part, quality=60)


def shadow_table() -> str:
    """What somebody measured on the picture: height and length with their errors. Which way north is, nobody knows."""
    rng = np.random.default_rng(SEED)
    height = POLE[2] * (1 + SIGMA * rng.standard_normal())
    length = shadow()[0] * (1 + SIGMA * rng.standard_normal())
    share = f"{100 * SIGMA} %"
    header = ("id", "object", "height", "height_sigma", "length", "length_sigma")
    return _csv(header, [("flagpole", "flagpole", f"{height:.2f} m", share, f"{length:.2f} m", share)])


def landmark_table() -> str:
    """Landmarks with their marks in the picture and their places on a map, both with errors."""
    rng = np.random.default_rng(SEED + 1)
    rows = []
    for name, (bearing, far, _) in LANDMARKS.items():
        x, y = view().pixel(bearing, far, 0.0)
        off = rng.normal(0, PIXEL_ERROR, 2)
        slip = rng.normal(0, MAP_ERROR, 2)
        lon, lat, _ = _EARTH.fwd(*CAMERA, YAW + bearing, far)
        lon, lat, _ = _EARTH.fwd(lon, lat, math.degrees(math.atan2(*slip)), float(np.hypot(*slip)))
        rows.append((name, f"{x + off[0]:.1f}", f"{y + off[1]:.1f}", f"{lon:.6f}", f"{lat:.6f}"))
    made = [(*row, PIXEL_ERROR, MAP_ERROR, "yes") for row in rows]
    return _csv(("name", "x", "y", "lon", "lat", "pixel_error", "map_error", "simulated"), made)


def _fronts(folder: Path) -> int:
    """One front as two invented map-makers draw it: daily outlines, and a simplified layer that comes late."""
    index = folder / "SIMULATED_index.csv"
    if index.exists():
        return 0
    late = MovingFront(lon=FRONT.lon, lat=FRONT.lat, start=FRONT.start + OFF, pace=FRONT.pace)
    days = days_from(datetime(2024, 11, 5, tzinfo=UTC), 6)
    made = [*daily(folder, FRONT, days), *derived(folder, late, days[::2])]
    rows = []
    for path in made:
        first = path.name.startswith("deepstate")
        day = path.name.split(".")[0][-8:] if first else path.name.split(".")[0][-10:].replace("-", "")
        named = path.rename(folder / f"SIMULATED_{'a' if first else 'b'}_{day}.geojson")
        published = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        rows.append((named.name, MAKERS[not first], published.isoformat(), "occupied"))
    write_atomic(index, _csv(("file", "maker", "published", "drawn"), rows).encode())
    return len(made) + 1


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
