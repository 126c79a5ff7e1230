"""Sentinel-1 GRD products (SAFE, folder or zip): a window around a place becomes calibrated sigma nought on a map.

sigma0 = (DN^2 - noise) / A^2 with A and noise bilinear in line and pixel (ESA-EOPG-CSCOP-TN-0002; MPC-0392).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError, UsageError
from dateline.core.state import State
from dateline.imagery.chip import Chip, Direction, Pass
from dateline.imagery.coverage import Window
from dateline.imagery.readers.acquisition import About, check_size
from dateline.imagery.readers.band_files import chip_of, read_window
from dateline.imagery.readers.grd_tables import Geolocation, calibration_table, geolocation, noise_of
from dateline.imagery.readers.opened import Notes
from dateline.imagery.readers.product_files import ProductFiles
from dateline.imagery.readers.product_xml import broken, moment, number, parse, text
from dateline.imagery.readers.raster_image import examined
from dateline.imagery.resample import between, needed, utm_grid
from dateline.imagery.sensor import sensors
from dateline.imagery.stack import part_of

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

SENSOR = "sentinel1_grd"
PRODUCT = "S1-GRD"
PIXEL = 10.0
"""Of the map [m]: the product's own spacing."""
LIGHT_SPEED = 299_792_458.0
_BORDER = 50
"""Pixels along the edges of an image that older processors left full of noise [px]: 500 m."""
_CLEAN_BORDERS = (2, 90)
"""The processor version from which borders are set to zero (Sentinel-1 Mission Performance Centre)."""
_SCALED_NOISE = (2, 50)
"""The processor version from which noise is in the units of DN squared (MPC-0392)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarisation:
    """The files of one polarisation, by their names in the product; None where the product lacks one."""

    measurement: str
    calibration: str | None
    noise: str | None


@dataclass(frozen=True, kw_only=True)
class GrdImage:
    """One GRD product as an acquisition. XML tables are read when they are first needed, pixels by window."""

    about: About
    files: ProductFiles
    polarisations: Mapping[str, Polarisation]
    annotation: Element
    origin: str
    version: tuple[int, int]
    shape: tuple[int, int]
    """Lines and pixels of the image."""

    @property
    def bands(self) -> tuple[str, ...]:
        """The polarisations."""
        return tuple(self.polarisations)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files that a chip rests on: the zip, or the folder's images and tables."""
        used = [name for one in self.polarisations.values() for name in (one.measurement, one.calibration, one.noise)]
        beside = self.files.match(r"(^|/)manifest\.safe$|(^|/)annotation/[^/]+\.xml$")
        return tuple(sorted({self.files.path(name) for name in (*used, *beside) if name is not None}))

    @cached_property
    def ties(self) -> Geolocation:
        """Where its pixels lie."""
        return geolocation(self.annotation, self.origin)

    @cached_property
    def grid(self) -> GeoBox:
        """A UTM grid of 10 m around the whole image."""
        lon, lat = self.ties.lon, self.ties.lat
        return utm_grid((float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())), PIXEL)

    def read(self, window: Window, bands: tuple[str, ...]) -> Chip:
        """A window of the map. Raises UsageError `layer`, InputError `chip-too-large`, `truncated`, `xml`."""
        check_size(window, self.about.id)
        if missing := [name for name in bands if name not in self.polarisations]:
            raise UsageError(
                "The image has no band of this name.",
                saw=f"{self.about.id}: {', '.join(missing)}",
                do=f"Choose from {', '.join(self.bands)}.",
                code="layer",
            )
        target = part_of(self.grid, window)
        line, pixel = self.ties.positions(target)
        lines, pixels = self.shape
        inside = (line >= -0.5) & (line < lines - 0.5) & (pixel >= -0.5) & (pixel < pixels - 0.5)
        if not inside.any():
            values = np.full((len(bands), *target.shape), np.nan, np.float32)
            return chip_of(self.about, bands, values, np.full(target.shape, State.OUTSIDE, np.uint8), geobox=target)
        reach = needed(line[inside], pixel[inside])
        check_size(reach, self.about.id)
        found = [self._power(self.polarisations[name], reach) for name in bands]
        values = np.stack([between(power, line - reach.rows.start, pixel - reach.columns.start) for power, _ in found])
        states = self._states(values, inside)
        values = np.where(states[np.newaxis] >= State.NOT_OBSERVED, np.float32(np.nan), values)
        notes = [(code, f"{name}: {said}") for name, (_, told) in zip(bands, found, strict=True) for code, said in told]
        chip = chip_of(self.about, bands, values, states, geobox=target, notes=tuple(notes))
        middle = float(np.median(line[inside])), float(np.median(pixel[inside]))
        return replace(chip, at=self._at(middle[0]), radar=self.facts(*middle))

    def facts(self, line: float, pixel: float) -> Pass:
        """How the radar flew and looked at a position of the image [px]."""
        known = self.about.radar or Pass()
        facts = pass_of(self.annotation, self.origin, line, pixel)
        return replace(
            facts,
            relative_orbit=known.relative_orbit,
            looks=known.looks,
            incidence=self.ties.value("incidence", line, pixel),
            slant_range=self.ties.value("slant_time", line, pixel) * LIGHT_SPEED / 2,
        )

    def _at(self, line: float) -> datetime:
        root = "imageAnnotation/imageInformation"
        first = moment(self.annotation, f"{root}/productFirstLineUtcTime", self.origin)
        step = number(self.annotation, f"{root}/azimuthTimeInterval", self.origin)
        return (first + timedelta(seconds=line * step)).replace(microsecond=0)

    def _power(self, files: Polarisation, reach: Window) -> tuple[F4, Notes]:
        """sigma0 (or DN squared without calibration) of a window in the image's own lines and pixels."""
        source, path = self.files.address(files.measurement), self.files.path(files.measurement)
        amplitude = read_window(source, path, 1, self.shape, reach).astype(np.float64)
        amplitude[amplitude == 0] = np.nan
        self._drop_borders(amplitude, reach)
        power = amplitude**2
        if files.calibration is None:
            return power.astype(np.float32), ()
        lines = np.arange(reach.rows.start, reach.rows.stop, dtype=float)
        pixels = np.arange(reach.columns.start, reach.columns.stop, dtype=float)
        notes: Notes = (("noise-kept", "Thermal noise could not be subtracted."),)
        if self._noise_was_subtracted:
            notes = ()
        elif files.noise is not None and self.version >= _SCALED_NOISE:
            power -= noise_of(parse(self.files.read(files.noise), files.noise), files.noise).at(lines, pixels)
            below, known = int((power < 0).sum()), int(np.isfinite(power).sum())
            notes = (("noise-clipped", f"{below} of {known} pixels were below the noise and set to 0."),)
            power = np.where(power < 0, 0.0, power)
        table = calibration_table(parse(self.files.read(files.calibration), files.calibration), files.calibration)
        return (power / table.at(lines, pixels) ** 2).astype(np.float32), notes

    @property
    def _noise_was_subtracted(self) -> bool:
        path = "imageAnnotation/processingInformation/thermalNoiseCorrectionPerformed"
        return (self.annotation.findtext(path) or "false").strip() == "true"

    def _drop_borders(self, amplitude: F8, reach: Window) -> None:
        """Takes away the noise that older processors left along the edges of the image."""
        if self.version >= _CLEAN_BORDERS:
            return
        for axis, (side, length) in enumerate(zip(reach, self.shape, strict=True)):
            place = np.arange(side.start, side.stop)
            edge = (place < _BORDER) | (place >= length - _BORDER)
            amplitude[(edge, slice(None)) if axis == 0 else (slice(None), edge)] = np.nan

    @staticmethod
    def _states(values: F4, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
        states = np.where((values == 0).any(axis=0), np.uint8(State.FLOOR), np.uint8(State.OBSERVED))
        states[np.isnan(values).any(axis=0)] = State.NOT_OBSERVED
        states[~inside] = State.OUTSIDE
        return states


def pass_of(annotation: Element, origin: str, line: float, pixel: float) -> Pass:
    """Direction, heading, speed, wavelength and the PRF of the swath that shows a position [px].

    Raises InputError `xml`. Incidence, range, orbit and looks stand elsewhere.
    """
    product = "generalAnnotation/productInformation"
    return Pass(
        direction=_direction(text(annotation, f"{product}/pass", origin), origin),
        heading=number(annotation, f"{product}/platformHeading", origin) % 360,
        speed=_speed(annotation, origin, line),
        prf=_prf(annotation, origin, line, pixel),
        wavelength=LIGHT_SPEED / number(annotation, f"{product}/radarFrequency", origin),
    )


def _direction(told: str, origin: str) -> Direction:
    match told.lower():
        case "ascending":
            return "ascending"
        case "descending":
            return "descending"
    raise broken(origin, f"pass is {told!r}")


def _speed(annotation: Element, origin: str, line: float) -> float:
    """Length of the velocity of the orbit's state that is nearest in time [m s-1], in the Earth-fixed frame."""
    root = "imageAnnotation/imageInformation"
    first = moment(annotation, f"{root}/productFirstLineUtcTime", origin)
    at = first + timedelta(seconds=line * number(annotation, f"{root}/azimuthTimeInterval", origin))
    orbits = annotation.findall("generalAnnotation/orbitList/orbit")
    if not orbits:
        raise broken(origin, "no orbit")
    nearest = min(orbits, key=lambda orbit: abs(moment(orbit, "time", origin) - at))
    return math.hypot(*(number(nearest, f"velocity/{axis}", origin) for axis in "xyz"))


def _prf(annotation: Element, origin: str, line: float, pixel: float) -> float | None:
    """The pulse repetition frequency of the swath at a position [Hz]; None where no swath is said to lie there."""
    rates = {
        text(one, "swath", origin): number(one, "prf", origin)
        for one in annotation.findall("generalAnnotation/downlinkInformationList/downlinkInformation")
    }
    if len(rates) == 1:
        return next(iter(rates.values()))
    names = ("firstAzimuthLine", "lastAzimuthLine", "firstRangeSample", "lastRangeSample")
    for merge in annotation.findall("swathMerging/swathMergeList/swathMerge"):
        for bounds in merge.findall("swathBoundsList/swathBounds"):
            top, bottom, left, right = (number(bounds, name, origin) for name in names)
            if top - 0.5 <= line <= bottom + 0.5 and left - 0.5 <= pixel <= right + 0.5:
                return rates.get(text(merge, "swath", origin))
    return None


def open_safe(files: ProductFiles) -> tuple[GrdImage, ...]:
    """Opens a GRD product. Raises InputError `not-grd`, `no-measurement`, `band-mismatch`, `truncated`, `xml`."""
    manifest = parse(files.read("manifest.safe"), f"{files.title}, manifest.safe")
    _check_kind(files, manifest)
    found, annotation, origin = _polarisations(files)
    shape = (
        int(number(annotation, "imageAnnotation/imageInformation/numberOfLines", origin)),
        int(number(annotation, "imageAnnotation/imageInformation/numberOfSamples", origin)),
    )
    for one in found.values():
        _check_measurement(files, one.measurement, shape)
    calibrated = all(one.calibration is not None for one in found.values())
    sensor, orbit = sensors()[SENSOR], manifest.findtext(".//relativeOrbitNumber")
    about = About(
        id=files.title,
        at=moment(annotation, "adsHeader/startTime", origin).replace(microsecond=0),
        sensor=sensor,
        product=PRODUCT,
        quantity="sigma0" if calibrated else "relative",
        platform=f"Sentinel-1{(annotation.findtext('adsHeader/missionId') or 'S1?').strip()[2:]}",
        radar=Pass(
            relative_orbit=int(orbit) if orbit and orbit.strip().isdigit() else None,
            direction=_direction(text(annotation, "generalAnnotation/productInformation/pass", origin), origin),
            wavelength=sensor.wavelength,
            looks=sensor.looks,
        ),
        simulated=".simulated" in files.root.name,
        notes=_notes(files, found, calibrated=calibrated),
    )
    return (
        GrdImage(
            about=about,
            files=files,
            polarisations=found,
            annotation=annotation,
            origin=origin,
            version=_version(manifest),
            shape=shape,
        ),
    )


def _check_kind(files: ProductFiles, manifest: Element) -> None:
    kind = (manifest.findtext(".//productType") or "").strip()
    if kind and kind != "GRD":
        raise InputError(
            "This Sentinel-1 product is not a GRD.",
            saw=f"{files.title}: {kind}",
            do="Give the GRD (or RTC) product of the same pass; SLC and RAW are not read.",
            code="not-grd",
        )


def _polarisations(files: ProductFiles) -> tuple[dict[str, Polarisation], Element, str]:
    """The files by polarisation; the annotation of the first. Raises InputError `no-measurement`, `band-mismatch`."""
    found: dict[str, Polarisation] = {}
    annotations: dict[str, tuple[Element, str]] = {}
    for measurement in files.match(r"^measurement/s1[a-d]-[^/]+\.tiff?$"):
        stem = Path(measurement).stem
        annotation = f"annotation/{stem}.xml"
        if annotation not in files.names:
            raise broken(files.title, f"no {annotation}")
        root = parse(files.read(annotation), annotation)
        band = text(root, "adsHeader/polarisation", annotation)
        named = re.search(r"-(vv|vh|hh|hv)-", stem)
        if named is not None and named[1].upper() != band:
            raise InputError(
                "A file's name says another polarisation than its annotation.",
                saw=f"{files.title}, {stem}: {band}",
                do="Download the product again; files of it were renamed.",
                code="band-mismatch",
            )
        beside = {kind: f"annotation/calibration/{kind}-{stem}.xml" for kind in ("calibration", "noise")}
        found[band] = Polarisation(
            measurement=measurement,
            **{kind: name if name in files.names else None for kind, name in beside.items()},
        )
        annotations[band] = (root, annotation)
    if not found:
        raise InputError(
            "The product has no image, only what lies beside it.",
            saw=f"{files.title}: {len(files.names)} files, none in measurement/",
            do="Download the whole product.",
            code="no-measurement",
        )
    return found, *annotations[next(iter(found))]


def _check_measurement(files: ProductFiles, name: str, shape: tuple[int, int]) -> None:
    with examined(files.address(name), files.path(name)) as raster:
        size = (raster.height, raster.width)
    if size != shape:
        raise InputError(
            "The image is not of the size that its annotation says.",
            saw=f"{name}: {size[0]} by {size[1]} pixels, annotated {shape[0]} by {shape[1]}",
            do="Give the product as it was downloaded; a cut image no longer fits its tables.",
            code="image-size",
        )


def _version(manifest: Element) -> tuple[int, int]:
    """The version of the processor (IPF); (0, 0) where the manifest does not say it."""
    for software in manifest.iter("software"):
        if "IPF" in software.get("name", "") and (told := re.match(r"(\d+)\.(\d+)", software.get("version", ""))):
            return int(told[1]), int(told[2])
    return 0, 0


def _notes(files: ProductFiles, found: Mapping[str, Polarisation], *, calibrated: bool) -> Notes:
    notes = [
        (
            "not-terrain-corrected",
            "The image was put on the map at the height of its tie points: ground that lies higher is shifted towards "
            "the sensor, by about its height over the tangent of the incidence.",
        )
    ]
    if not calibrated:
        notes.append(("uncalibrated", "The product has no calibration table: levels are relative only."))
    listed = {
        name.split("-")[3].upper() for name in files.match(r"^annotation/s1[a-d]-[^/]+\.xml$") if name.count("-") > 3
    }
    if lost := sorted(listed - set(found)):
        notes.append(("band-missing", f"The product's {', '.join(lost)} image is not here."))
    return tuple(notes)
