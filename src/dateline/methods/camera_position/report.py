"""The answer: sentence, region, direction of view, residuals, files. Every position in it went through `publish`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note
from dateline.media.landmark import F8
from dateline.methods.camera_position.blame import fits, pixel_turn
from dateline.methods.camera_position.caveats import caveats, of_geometry, of_simulation
from dateline.methods.camera_position.fit import FOCAL, UP
from dateline.methods.camera_position.pictures import Plan, residual_picture
from dateline.methods.camera_position.publish import Spot, geojson
from dateline.methods.camera_position.solve import misfit
from dateline.methods.camera_position.views import Answer, Place
from dateline.methods.contract import Outcome, Produced, say
from dateline.places.geodesy import describe_distance, distance, sector

LOCATED, LANDMARK_OFF, SEVERAL, CANNOT_TELL = "located", "landmark off", "several places", "cannot tell"


@dataclass(frozen=True, kw_only=True)
class _Residuals:
    """Mapped minus seen direction of every landmark at a place: [degrees], [px]; distance [m]. (n,) each."""

    degrees: F8
    pixels: F8
    far: F8


def spoken_length(metres: float) -> str:
    """A length rounded up to two digits: "35 m", "1.3 km"."""
    if metres <= 0:
        return "0 m"
    step = 10.0 ** (math.floor(math.log10(metres)) - 1)
    up = math.ceil(metres / step - 1e-9) * step
    return f"{up / 1000:,.12g} km" if up >= 1000 else f"{up:.12g} m"


def cannot_tell(answer: Answer, why: Note, places: Sequence[Place]) -> Outcome:
    """The answer where no place can be told, with what would settle it. places: those that were too wide."""
    return Outcome(
        result=CANNOT_TELL,
        statement=say(answer.card, "cannot-tell", reason=" ".join(note.text for note in (why, *_of_blame(answer)))),
        reasons=(why, *_of_blame(answer)),
        needed=("More landmarks, left and right of these and at other distances; the lens; smaller map errors.",),
        caveats=(*answer.lens.notes, *of_geometry(answer, places), *of_simulation(answer)),
    )


def report(answer: Answer, places: Sequence[Place]) -> Outcome:
    """The answer for one place or several. Residuals and estimates are of the best place."""
    best = places[0]
    left = _residuals(answer, best)
    result = SEVERAL if len(places) > 1 else LANDMARK_OFF if answer.blame is not None else LOCATED
    return Outcome(
        result=result,
        statement=_statement(answer, places, result),
        reasons=tuple(_reasons(answer, places)),
        needed=_needed(answer, places),
        estimates=_estimates(answer, best) if len(places) == 1 else {},
        values=_values(answer, places),
        rows=_rows(answer, best, left),
        caveats=(*answer.lens.notes, *caveats(answer, places)),
        artifacts=_artifacts(answer, places, left),
    )


def label(answer: Answer, index: int) -> str:
    """What a landmark is called: its number in the file, with its name where everything may be told."""
    name = answer.landmarks[index].name
    number = f"landmark {index + 1}"
    return number if not answer.precision.exact or name in {"", str(index + 1), number} else f"{number} ({name})"


def _statement(answer: Answer, places: Sequence[Place], result: str) -> Any:
    level = f"{100 * answer.level:g}"
    if result == SEVERAL:
        texts = [
            f"within {spoken_length(one.region.reach)} ({level} %) of a point {_spoken_place(answer, one)}, "
            f"looking {_way(answer, one)}"
            for one in places
        ]
        return say(answer.card, "several-places", count=str(len(places)), places="; ".join(texts))
    best = places[0]
    shared = {
        "reach": spoken_length(best.region.reach),
        "level": level,
        "place": _spoken_place(answer, best),
        "way": _way(answer, best),
    }
    if answer.blame is None:
        return say(answer.card, "located", **shared)
    return say(answer.card, "landmark-off", landmark=label(answer, answer.blame.index), off=_off(answer), **shared)


def _spoken_place(answer: Answer, one: Place) -> str:
    lon, lat = _degrees(answer, one)
    if answer.reference is not None:
        where = answer.precision.where(lon, lat, one.region.reach)
        told = describe_distance(where, answer.reference.where, answer.reference.name)
    else:
        told = f"at about {answer.precision.written(lon, lat)}"
    return told if answer.precision.exact else f"{told} (published to the nearest {answer.precision.words()})"


def _degrees(answer: Answer, one: Place) -> tuple[float, float]:
    lon, lat = answer.plane.degrees(one.solution.place).tolist()
    return float(lon), float(lat)


def _way(answer: Answer, one: Place) -> str:
    return sector(answer.precision.degrees(one.solution.yaw[0]))


def _off(answer: Answer) -> str:
    """How far the blamed landmark is off: its angle, and on the map where that tells no position."""
    blame = answer.blame
    assert blame is not None
    angle = f"{_two_digits(abs(blame.degrees)):g}°"
    return f"{angle} and at least {spoken_length(blame.metres)}" if _may_tell_metres(answer) else angle


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _may_tell_metres(answer: Answer) -> bool:
    """Metres over degrees give the distance to the landmark; of a blunder many steps large they say nothing."""
    assert answer.blame is not None
    return answer.precision.exact or answer.blame.metres > 20 * answer.precision.step


def _reasons(answer: Answer, places: Sequence[Place]) -> list[Note]:
    n = answer.problem.n
    heights = int(np.isfinite(answer.problem.heights).sum())
    text = f"{n} landmarks were compared by direction" + (f", {heights} of them by height as well." if heights else ".")
    made = [Note(code="landmarks", text=text), *_of_blame(answer)]
    if len(places) > 1:
        costs = ", ".join(f"{one.solution.cost - places[0].solution.cost:.1f}" for one in places[1:])
        text = f"The other places fit hardly worse (by {costs} in chi-squared); none is chosen."
        made.append(Note(code="equal-fit", text=text))
    return made


def _of_blame(answer: Answer) -> list[Note]:
    """Which landmark the others contradict, and by how much."""
    if answer.blame is None:
        return []
    text = (
        f"Without {label(answer, answer.blame.index)} the other {answer.problem.n} agree; leaving out any other "
        f"does not mend the fit. It is {_off(answer)} off, {answer.blame.pixels:,.0f} px in the picture."
    )
    return [Note(code="leave-one-out", text=text)]


def _needed(answer: Answer, places: Sequence[Place]) -> tuple[str, ...]:
    needed = []
    if len(places) > 1:
        needed.append("One more landmark, or the lens: either would leave one place.")
    if answer.blame is not None:
        needed.append(f"The map position of {label(answer, answer.blame.index)}, looked up again.")
    return tuple(needed)


def _estimates(answer: Answer, best: Place) -> dict[str, Estimate]:
    half = float(stats.norm.ppf(0.5 + answer.level / 2))
    yaw, error = best.solution.yaw
    low, high = answer.precision.outwards(yaw - half * error, yaw + half * error)
    n, how = answer.problem.n, "least squares, covariance with all stated errors"
    shared: dict[str, Any] = {"level": answer.level, "n": n, "how": how}
    told = min(max(answer.precision.degrees(yaw), low), high)
    made = {"view_azimuth": Estimate(best=told, low=low, high=high, unit="deg", **shared)}
    spread = half * math.sqrt(best.solution.covariance[FOCAL, FOCAL])
    focal = best.solution.focal(answer.problem)
    bounds = [_view(answer, focal * math.exp(sign * spread)) for sign in (1, -1)]
    made["field_of_view"] = Estimate(best=_view(answer, focal), low=bounds[0], high=bounds[1], unit="deg", **shared)
    if answer.precision.exact and np.isfinite(answer.problem.heights).any():
        up, doubt = best.solution.state[UP], half * math.sqrt(best.solution.covariance[UP, UP])
        scale = best.solution.scale
        made["altitude"] = Estimate(
            best=up * scale, low=(up - doubt) * scale, high=(up + doubt) * scale, unit="m", **shared
        )
    if answer.reference is not None:
        where = answer.precision.where(*_degrees(answer, best), best.region.reach)
        made["distance"] = distance(answer.reference.where, where)
    return made


def _view(answer: Answer, focal: float) -> float:
    """Horizontal field of view [degrees]."""
    return math.degrees(2 * math.atan(answer.frame.width / 2 / focal))


def _values(answer: Answer, places: Sequence[Place]) -> dict[str, Any]:
    told = []
    for one in places:
        lon, lat = answer.precision.point(*_degrees(answer, one))
        told.append(
            {
                "lon": round(lon, 6),
                "lat": round(lat, 6),
                "reach_m": _two_digits(one.region.reach),
                "semi_major_m": _two_digits(one.region.major),
                "semi_minor_m": _two_digits(one.region.minor),
                "major_azimuth_deg": answer.precision.degrees(one.region.azimuth),
                "elliptic": one.region.elliptic,
                "view_azimuth_deg": answer.precision.degrees(one.solution.yaw[0]) % 360,
            }
        )
    return {
        "camera": {"kind": "region", "artifact": "camera"},
        "published_precision_m": answer.precision.step,
        "places": told,
        "left_over": {"chi2": round(places[0].solution.cost, 2), "freedom": answer.problem.informative},
        "fits": fits(answer.problem, places[0].solution.cost),
    }


def _residuals(answer: Answer, best: Place) -> _Residuals:
    across = misfit(answer.whole, best.solution.state)[0]
    return _Residuals(
        degrees=np.degrees(across),
        pixels=across / pixel_turn(answer.whole, best.solution.state),
        far=np.hypot(*(answer.whole.points - best.solution.place).T),
    )


def _rows(answer: Answer, best: Place, left: _Residuals) -> list[dict[str, Any]]:
    """One row a landmark. Coarse rows tell no metres: with degrees these give its distance."""
    bad = None if answer.blame is None else answer.blame.index
    rows = []
    for index, one in enumerate(answer.landmarks):
        view = best.sights[index]
        row: dict[str, Any] = {
            "landmark": label(answer, index),
            "used": index != bad,
            "x_px": one.x,
            "y_px": one.y,
            "residual_px": round(float(left.pixels[index]), 1),
            "residual_deg": round(float(left.degrees[index]), 3),
            "in_sight": None if view is None or view.blocked is None else not view.blocked,
        }
        if answer.precision.exact:
            row |= {
                "residual_m": round(float(left.far[index] * np.radians(left.degrees[index])), 1),
                "distance_m": round(float(left.far[index]), 0),
                "clearance_m": None if view is None or view.clearance is None else round(view.clearance, 1),
            }
        rows.append(row)
    return rows


def _artifacts(answer: Answer, places: Sequence[Place], left: _Residuals) -> tuple[Produced, ...]:
    bad = None if answer.blame is None else answer.blame.index
    used = np.arange(answer.whole.n) != (-1 if bad is None else bad)
    spots = [_spot(answer, one) for one in places]
    told = [
        {"number": number, "name": one.name, "lon": one.lon, "lat": one.lat, "used": number - 1 != bad}
        for number, one in enumerate(answer.landmarks, 1)
    ]
    marks = np.array([[one.x, one.y] for one in answer.landmarks])
    numbers = [str(number) for number in range(1, len(answer.landmarks) + 1)]
    plan = None
    if answer.precision.exact:
        view = _view(answer, places[0].solution.focal(answer.problem))
        outlines = [one.region.outline for one in places]
        looks = (places[0].solution.yaw[0], view)
        plan = Plan(answer.whole.points, outlines, looks=looks, labels=numbers, bad=bad)
    return (
        geojson(spots, told, float(left.far[used].max()) * 1.05, answer.precision, level=answer.level),
        residual_picture(answer.frame, marks, left.pixels, labels=numbers, bad=bad, plan=plan),
    )


def _spot(answer: Answer, one: Place) -> Spot:
    lon, lat = _degrees(answer, one)
    return Spot(
        lon=lon,
        lat=lat,
        outline=[(float(x), float(y)) for x, y in answer.plane.degrees(one.region.outline)],
        yaw=one.solution.yaw[0],
        view=_view(answer, one.solution.focal(answer.problem)),
        reach=one.region.reach,
    )
