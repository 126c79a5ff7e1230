"""An extract of a map, read once."""

from __future__ import annotations

from dateline.core.errors import UsageError
from dateline.evidence.item import is_named_simulated
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs
from dateline.places.features import read_features


def prepare(request: Request) -> Prepared:
    """`features`, one Features. Raises UsageError `one-extract`; what reading it raises."""
    files = [path for selection in request.roles.get("features", ()) for path in selection.files]
    if len(files) != 1:
        raise UsageError(
            "One extract of a map is searched at a time.",
            saw=f"{len(files)} files",
            do="Give --features FILE.osm.pbf; merge extracts before.",
            code="one-extract",
        )
    (path,) = files

    def load(tell: Progress) -> Loaded:
        found = read_features(path)
        tell(1.0)
        return Loaded(inputs=Inputs({"features": (found,)}))

    ref = file_ref(path, "features", request.items)
    return Prepared(refs=(ref,), simulated=is_named_simulated(path.name), load=load)
