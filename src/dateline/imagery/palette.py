"""Colours whose lightness tells the order: interpolated in OKLab, readable in grey and without red-green vision."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

_TO_LMS = np.array(
    [[1.0, 0.3963377774, 0.2158037573], [1.0, -0.1055613458, -0.0638541728], [1.0, -0.0894841775, -1.2914855480]]
)
_TO_LINEAR = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)

_NIGHT = (
    (0.20, 0.05, 275),
    (0.38, 0.13, 300),
    (0.55, 0.17, 350),
    (0.70, 0.16, 45),
    (0.85, 0.14, 80),
    (0.97, 0.06, 100),
)
_LESS = ((0.94, 0.0, 250), (0.80, 0.08, 245), (0.62, 0.13, 250), (0.44, 0.15, 262), (0.30, 0.12, 272))
_MORE = ((0.94, 0.0, 70), (0.82, 0.11, 75), (0.66, 0.15, 55), (0.50, 0.14, 40), (0.36, 0.11, 30))

_STEPS = 256


def srgb(lightness: F8, chroma: F8, hue: F8) -> Colours:
    """sRGB bytes of OKLCH colours; hue [degrees]. (Ottosson 2020, "A perceptual color space for image processing".)"""
    angle = np.radians(hue)
    lab = np.stack([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], axis=-1)
    linear = np.clip((lab @ _TO_LMS.T) ** 3 @ _TO_LINEAR.T, 0, 1)
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: Colours = np.rint(255 * shown).astype(np.uint8)
    return colours


def luminance(colours: Colours) -> F8:
    """Relative luminance, 0 to 1, of sRGB bytes (…, 3) (W3C, WCAG 2.2, after IEC 61966-2-1)."""
    part = colours / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    shine: F8 = linear @ np.array([0.2126, 0.7152, 0.0722])
    return shine


def night() -> Colours:
    """(256, 3) for radiance: from dark, but never black, to bright."""
    return _between(_NIGHT, _STEPS)


def diverging() -> Colours:
    """(513, 3) for change: blue is less, pale grey in the middle is no change, amber is more."""
    less, more = _between(_LESS, _STEPS + 1), _between(_MORE, _STEPS + 1)
    return np.concatenate([less[:0:-1], more])


def _between(anchors: tuple[tuple[float, float, float], ...], steps: int) -> Colours:
    lightness, chroma, hue = np.array(anchors).T
    a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    at, where = np.linspace(0, 1, steps), np.linspace(0, 1, len(anchors))
    straight = [np.interp(at, where, part) for part in (lightness, a, b)]
    return srgb(straight[0], np.hypot(straight[1], straight[2]), np.degrees(np.arctan2(straight[2], straight[1])))
