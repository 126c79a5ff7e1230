"""Match: a photo beside a map. Pairs give the camera's place, lines give directions and lengths of shadows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dateline.app import posted
from dateline.app.asking import keep
from dateline.app.desk import desk_of, observer, person
from dateline.app.page import respond
from dateline.app.screen import Screen
from dateline.core.errors import DatelineError, UsageError
from dateline.ledger.case import Case

Answer = Callable[[Request, Case, str, Mapping[str, Any]], dict[str, Any]]


def page(request: Request) -> Response:
    """The bench for one picture (?item=), or the pictures to choose from."""
    from dateline.app.screens.match.grounds import georeferenced, line_items, pictures

    case = desk_of(request).case()
    item = request.query_params.get("item")
    if item is not None and item not in case.items:
        raise UsageError("The case has no such image.", saw=item[:80], do="Archive it first.", code="no-item")
    maps = list(georeferenced(case))
    return respond(
        request,
        "match/page.html.j2",
        item=item,
        pictures=list(pictures(case)),
        maps=maps,
        lines=list(line_items(case)),
        places=[(name, place.name()) for name, place in sorted(case.places.items())],
        above=item in maps,
    )


def _state(request: Request, case: Case, who: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What stands on this picture, and the right side."""
    from dateline.app.screens.match import bench as benches
    from dateline.app.screens.match.camera import lens_words
    from dateline.app.screens.match.grounds import ground_of
    from dateline.measure.files import item_path
    from dateline.measure.gather.georeferenced import georeference_of
    from dateline.measure.gather.landmarks_scene import read_frame

    bench = benches.bench_of(case, who, str(told.get("item")))
    trouble, ground = None, None
    try:
        ground = ground_of(case, told, bench.positions)
    except DatelineError as error:
        trouble = error.to_json()
    path = item_path(case, bench.item)
    above = georeference_of(path)
    frame = None if above is not None else read_frame(path, simulated=False)
    return {
        "sittings": benches.sittings(case, desk_of(request), who, bench.item),
        "pairs": benches.pairs_json(bench, ground, exact=bool(told.get("exact"))),
        "drawings": benches.drawings_json(bench),
        "ground": None if ground is None else ground.to_json(),
        "ground_trouble": trouble,
        "orientation": 1 if frame is None else frame.orientation,
        "lens": "" if frame is None else lens_words(frame),
        "defaults": benches.DEFAULTS,
    }


def _place(_: Request, case: Case, who: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Columns and rows of the right side [px] as positions [degrees]; or a position as it was pasted."""
    from dateline.app.screens.match.bench import bench_of, rough
    from dateline.app.screens.match.grounds import ground_of, read_text

    if told.get("text"):
        (lon, lat), notes = read_text(str(told["text"]), order=told.get("order"))
        return {"lon": lon, "lat": lat, "rough": rough((lon, lat)), "notes": list(notes)}
    bench = bench_of(case, who, str(told.get("item")))
    ground = ground_of(case, told, bench.positions)
    if ground is None:
        raise UsageError("There is no map yet.", saw="nothing", do="Type where it lies first.", code="map")
    lon, lat = ground.reference.degrees(np.array([told["point"]], np.float64))[0].tolist()
    return {"lon": lon, "lat": lat, "rough": rough((lon, lat)), "notes": []}


def _camera(_: Request, case: Case, who: str, told: Mapping[str, Any]) -> dict[str, Any]:
    from dateline.app.screens.match.bench import bench_of
    from dateline.app.screens.match.camera import camera_live
    from dateline.app.screens.match.grounds import ground_of

    bench = bench_of(case, who, str(told.get("item")))
    lens = dict(told.get("lens") or {})
    return camera_live(case, bench, ground_of(case, told, bench.positions), lens | {"exact": told.get("exact")})


def _shadow(_: Request, case: Case, who: str, told: Mapping[str, Any]) -> dict[str, Any]:
    from dateline.app.screens.match.bench import bench_of
    from dateline.app.screens.match.shadow import shadow_live

    return shadow_live(case, bench_of(case, who, str(told.get("item"))), told)


def _keep(request: Request, case: Case, who: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Keeps the question as a measure, and gives its answer."""
    from dateline.app.screens.match.bench import bench_of
    from dateline.app.screens.match.keeping import measure_to_keep

    measure = measure_to_keep(case, bench_of(case, who, str(told.get("item"))), told)
    return keep(desk_of(request), measure, by=person(request)).to_json()


def _route(name: str, answer: Answer) -> Route:
    """POST {item, …}: nothing that locates anything stands in an address."""

    def act(request: Request, told: Mapping[str, Any]) -> Response:
        return JSONResponse(answer(request, desk_of(request).case(), observer(request), told))

    return Route(f"/{name}", posted.table(act), methods=["POST"])


SCREEN = Screen(
    id="match",
    title="Match",
    about="A photo beside a map or an image: where the camera stood; horizon and shadows",
    key="m",
    order=6,
    routes=(
        Route("/", page),
        _route("state", _state),
        _route("place", _place),
        _route("camera", _camera),
        _route("shadow", _shadow),
        _route("keep", _keep),
    ),
)
