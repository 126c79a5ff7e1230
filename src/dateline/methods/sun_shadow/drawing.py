"""Two pictures: the sun's day with the shadow's band across it, and the map of where the shadow can have been seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

F8 = npt.NDArray[np.float64]

INK, GREY, BAND, SET, SUN = "#1a1a1a", "#767676", "#56b4e9", "#e69f00", "#d55e00"
_FONT = "font-family='sans-serif' font-size='12'"
_WIDTH, _LEFT, _PANEL, _TOP = 720, 56, 150, 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Coast:
    """Coast lines as arrays (n, 2) of longitude and latitude [degrees], and whom to credit."""

    lines: tuple[F8, ...]
    credit: str = "Coast: Natural Earth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One panel: a quantity [degrees] at every candidate, and the band that was measured (None: not measured)."""

    name: str
    values: F8
    band: tuple[float, float] | None


def day_chart(
    hours: F8, curves: Sequence[Curve], spans: Sequence[tuple[float, float]], *, title: str, axis: str, simulated: bool
) -> bytes:
    """SVG: each curve over the hours [h] of a clock (or days of a year), the band measured, and the set in orange."""
    height = _TOP + len(curves) * (_PANEL + 26) + 26
    first, last = float(hours[0]), float(hours[-1])

    def x(hour: float) -> float:
        return _LEFT + (hour - first) / max(last - first, 1e-9) * (_WIDTH - _LEFT - 16)

    out = list(_head(_WIDTH, height, title, simulated=simulated))
    for number, curve in enumerate(curves):
        out += _panel(curve, hours, spans, x, _TOP + number * (_PANEL + 26))
    step = 3 if last - first <= 48 else 30
    for tick in np.arange(np.ceil(first / step) * step, last + 1e-6, step):
        out.append(f"<text x='{x(tick):.1f}' y='{height - 30}' fill='{GREY}' text-anchor='middle'>{tick:g}</text>")
    out.append(
        f"<text x='{_WIDTH / 2}' y='{height - 12}' fill='{INK}' text-anchor='middle'>{escape(axis)}</text></svg>"
    )
    return "\n".join(out).encode()


def _panel(curve: Curve, hours: F8, spans: Sequence[tuple[float, float]], x: object, top: float) -> list[str]:
    assert callable(x)
    known = curve.values[np.isfinite(curve.values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if curve.band is not None:
        low, high = min(low, curve.band[0]), max(high, curve.band[1])
    scale = _PANEL / max(high - low, 1e-9)

    def y(value: float) -> float:
        return top + _PANEL - (value - low) * scale

    wide = _WIDTH - _LEFT - 16
    made = [f"<rect x='{_LEFT}' y='{top}' width='{wide}' height='{_PANEL}' fill='none' stroke='{GREY}'/>"]
    for start, end in spans:
        made.append(
            f"<rect x='{x(start):.1f}' y='{top}' width='{max(x(end) - x(start), 1.5):.1f}' height='{_PANEL}' "
            f"fill='{SET}' fill-opacity='0.45'/>"
        )
    if curve.band is not None:
        made.append(
            f"<rect x='{_LEFT}' y='{y(curve.band[1]):.1f}' width='{wide}' "
            f"height='{max(y(curve.band[0]) - y(curve.band[1]), 1.5):.1f}' fill='{BAND}' fill-opacity='0.4'/>"
        )
    thin = max(1, len(hours) // 300)
    broken = np.flatnonzero(np.abs(np.diff(curve.values)) > 180) + 1
    for hour, value in zip(np.split(hours, broken), np.split(curve.values, broken), strict=True):
        points = " ".join(
            f"{x(h):.1f},{y(v):.1f}" for h, v in zip(hour[::thin], value[::thin], strict=True) if np.isfinite(v)
        )
        made.append(f"<polyline points='{points}' fill='none' stroke='{SUN}' stroke-width='2'/>")
    made += [
        f"<text x='{_LEFT - 6}' y='{y(end) + 4:.1f}' fill='{GREY}' text-anchor='end'>{end:.0f}°</text>"
        for end in (low, high)
    ]
    made.append(f"<text x='{_LEFT + 6}' y='{top + 16}' fill='{INK}'>{escape(curve.name)}</text>")
    return made


def _head(width: float, height: float, title: str, *, simulated: bool) -> Iterable[str]:
    name = f"SIMULATED. {title}" if simulated else title
    yield (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}' role='img' {_FONT}>"
        f"<title>{escape(name)}</title><rect width='{width:g}' height='{height:g}' fill='#ffffff'/>"
    )
    yield f"<text x='12' y='20' fill='{SUN if simulated else INK}' font-weight='bold'>{escape(name)}</text>"


def locus_map(
    regions: Sequence[tuple[float, BaseGeometry]], coast: Coast | None, *, title: str, simulated: bool
) -> bytes:
    """SVG: the areas of each level over the coast, longitude and latitude straight (plate carrée), zoomed to them."""
    west, south, east, north = _frame(max(regions)[1])
    stretch = max(0.3, float(np.cos(np.radians((south + north) / 2))))
    scale = min(900 / ((east - west) * stretch), 560 / (north - south))
    width, height = (east - west) * stretch * scale, (north - south) * scale

    def at(points: F8) -> str:
        xs, ys = (points[:, 0] - west) * stretch * scale, (north - points[:, 1]) * scale + 30
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))

    out = list(_head(max(width, 420), height + 50, title, simulated=simulated))
    out.append(
        f"<svg x='0' y='30' width='{width:.0f}' height='{height:.0f}' "
        f"viewBox='0 30 {width:.0f} {height:.0f}'><rect y='30' width='100%' height='100%' fill='#f4f7fa'/>"
    )
    out += _lines(coast, (west, south, east, north), 0.7 / scale, at)
    for rank, (level, drawn) in enumerate(sorted(regions, key=lambda pair: -pair[0])):
        path = "".join(
            at(np.asarray(ring.coords)) + "Z"
            for area in shapely.get_parts(drawn)
            if area.geom_type == "Polygon"
            for ring in (area.exterior, *area.interiors)
        )
        out.append(
            f"<path d='{path}' fill='{SET}' fill-opacity='{0.3 + 0.4 * rank}' fill-rule='evenodd' "
            f"stroke='{SUN}' stroke-width='1'><title>{100 * level:g} %</title></path>"
        )
    out.append("</svg>")
    told = f"{west:g} to {east:g} E, {south:g} to {north:g} N; light: {100 * max(regions)[0]:g} %, dark: 50 %."
    credit = "" if coast is None else f" {coast.credit}."
    out.append(f"<text x='12' y='{height + 44:.0f}' fill='{GREY}'>{escape(told + credit)}</text></svg>")
    return "\n".join(out).encode()


def _frame(drawn: BaseGeometry) -> tuple[float, float, float, float]:
    """What the map shows [degrees]: the area with a third of its size around it, at least 6 degrees, whole numbers."""
    west, south, east, north = drawn.bounds
    aside, up = max(3.0, (east - west) / 3), max(3.0, (north - south) / 3)
    return (
        max(-180.0, float(np.floor(west - aside))),
        max(-90.0, float(np.floor(south - up))),
        min(180.0, float(np.ceil(east + aside))),
        min(90.0, float(np.ceil(north + up))),
    )


def _lines(coast: Coast | None, frame: tuple[float, float, float, float], finest: float, at: object) -> Iterable[str]:
    assert callable(at)
    if coast is None:
        return
    west, south, east, north = frame
    for line in coast.lines:
        low, high = line.min(axis=0), line.max(axis=0)
        if low[0] > east or high[0] < west or low[1] > north or high[1] < south:
            continue
        thin = np.asarray(shapely.LineString(line).simplify(finest).coords)
        yield f"<path d='{at(thin)}' fill='none' stroke='{GREY}' stroke-width='0.8'/>"
