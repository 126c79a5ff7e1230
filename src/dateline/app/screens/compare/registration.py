"""The registration certificate of a pair: found in a thread when somebody asks, in pixels of the first image."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine

from dateline.app.pictures.picture import Picture
from dateline.app.screens.compare.lay import numbers, words_of
from dateline.app.screens.compare.overlay import Read, whole_over
from dateline.app.screens.compare.pairs import Pair
from dateline.core.errors import DatelineError

LONGEST = 2_048
"""Longest side of the planes that are registered [px]: larger images are thinned to it, and that is said."""
REMEMBERED = 64
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""A registration asks for no date; a chip must have one."""


@dataclass(slots=True)
class Job:
    """One registration. progress: of 1. told: for the script, once it is done or refused."""

    progress: float = 0.0
    told: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """For the script."""
        return self.told or {"state": "running", "progress": round(self.progress, 2)}


@dataclass(slots=True)
class Jobs:
    """What was asked, by the bytes of both images; the longest ago is forgotten first."""

    _jobs: OrderedDict[tuple[str, ...], Job] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, pair: Pair) -> Job | None:
        """The job of a pair, None where nobody has asked."""
        with self._lock:
            return self._jobs.get(_key(pair))

    def start(self, pair: Pair) -> Job:
        """The job of a pair; begun where nobody has asked yet."""
        with self._lock:
            job = self._jobs.get(_key(pair))
            if job is not None:
                return job
            job = self._jobs[_key(pair)] = Job()
            while len(self._jobs) > REMEMBERED:
                self._jobs.popitem(last=False)
        threading.Thread(target=_work, args=(pair, job), daemon=True).start()
        return job


def _key(pair: Pair) -> tuple[str, ...]:
    return pair.first.version or pair.first.item, pair.second.version or pair.second.item


def _work(pair: Pair, job: Job) -> None:
    def tell(share: float) -> None:
        job.progress = share

    try:
        job.told = registered(pair, tell)
    except DatelineError as error:
        job.told = {"state": "refused", "error": error.to_json()}
    except (MemoryError, ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        told = {"what": "The images could not be registered.", "saw": type(error).__name__, "code": "registration"}
        job.told = {"state": "refused", "error": {**told, "do": "Match points by hand."}}


def registered(pair: Pair, tell: Any = lambda _: None) -> dict[str, Any]:
    """The certificate of a pair with its lay. Raises Refusal as imagery.align.register does, InputError `picture`."""
    from dateline.imagery.align.certificate import MOST_OF_CHANGE
    from dateline.imagery.align.register import register

    level = _level(pair)
    first, second = _chips(pair, level)
    made = register(first, second, progress=tell)
    grid = first.geobox.affine
    step = Affine.scale(1 << level)
    lay = step @ ~grid @ made.correction @ grid @ ~step
    figures = made.to_json()
    unit = 1 << level
    metres = pair.laid.first.ground is not None or pair.first.gsd is not None
    middle = ((made.centre[1] + 0.5) * unit, (made.centre[0] + 0.5) * unit)
    shift = [round(one * unit, 3) for one in made.shift]
    residual = made.residual / made.size
    return {
        "state": "done",
        "lay": numbers(lay),
        "words": words_of(lay, middle, pair.first.gsd),
        "middle": list(middle),
        "level": level,
        "shift_px": shift,
        "residual_px": round(residual * unit, 3),
        "residual_m": round(made.residual, 3) if metres else None,
        "figures": {key: value for key, value in figures.items() if metres or not key.endswith("_m")},
        "good": residual <= MOST_OF_CHANGE,
        "reasons": [text for _, text in made.reasons],
        "thinned": level > 0,
    }


def _level(pair: Pair) -> int:
    """How far both are thinned: to what can be looked at whole, and to pixels as wide as the coarser image's."""
    fit = math.ceil(math.log2(max(pair.laid.first.size) / LONGEST))
    here, there = pair.first.gsd, pair.second.gsd
    ratio = there / here if here and there else pair.laid.scale**-1
    return max(0, fit, math.floor(math.log2(ratio) + 0.1))


def _chips(pair: Pair, level: int) -> tuple[Any, Any]:
    from odc.geo.geobox import GeoBox

    own = pair.laid.first.read((0, 0, *pair.laid.first.size), level)
    other = whole_over(pair.laid, level)
    ground = pair.laid.first.ground
    metre = pair.first.gsd or 1.0
    grid = Affine(metre, 0, 500_000, 0, -metre, 0) if ground is None else ground.affine
    crs = "EPSG:32631" if ground is None else ground.crs  # pixels alone: any grid whose pixels are this wide
    box = GeoBox(own[1].shape, grid @ Affine.scale(1 << level), crs)
    return _chip(pair.first.item, pair.laid.first, own, box), _chip(pair.second.item, pair.laid.second, other, box)


def _chip(name: str, picture: Picture, read: Read, box: Any) -> Any:
    from dateline.core.state import State
    from dateline.imagery.chip import Chip
    from dateline.imagery.resample import true_pixel

    values, seen = read
    shown = np.where(seen, values, np.nan).astype(np.float32)
    states: npt.NDArray[np.uint8] = np.where(seen, State.OBSERVED, State.OUTSIDE).astype(np.uint8)
    return Chip(
        id=name, at=_NO_DATE, sensor="picture_declared", bands=tuple(picture.bands), quantity="relative",
        values=shown, states=states, geobox=box, pixel=true_pixel(box),
    )  # fmt: skip
