"""Frames of a video of the case: which there are, and one of them as a still of its own, derived from the video."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from dateline.app.screens.mask.keeping import OWN
from dateline.app.screens.mask.upright import webp
from dateline.core.errors import UsageError
from dateline.evidence.intake import Form
from dateline.evidence.item import Item
from dateline.evidence.provenance import Derivation
from dateline.ledger.case import Case
from dateline.measure.archive import Archive
from dateline.measure.files import item_path
from dateline.media.clip import Frame

VIDEOS = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska"})
MOST = 48
"""Frames that are offered of a video; of a long one every few seconds."""
SHOWN = 320
"""Longer side of a frame in the list [px]."""


def times(case: Case, item: Item) -> tuple[float, ...]:
    """When the frames that are offered stand [s]. Raises InputError `no-frames`; DatelineError `media-extra`."""
    return tuple(one.at for one in _frames(item_path(case, item.id), SHOWN))


def thumbnail(case: Case, item: Item, at: float) -> bytes:
    """The frame nearest to a time, small."""
    return webp(Image.fromarray(_nearest(_frames(item_path(case, item.id), SHOWN), at).pixels))


def take(case: Case, item: Item, at: float, *, by: str) -> Item:
    """Archives a frame, whole and without loss, as a still derived from its video."""
    from dateline.media.frames import frame_at

    path = item_path(case, item.id)
    frame = frame_at(path, _nearest(_frames(path, SHOWN), at).at)
    out = io.BytesIO()
    Image.fromarray(frame.pixels).save(out, "PNG")
    form = Form(
        by=by,
        licence=item.licence,
        how=f"frame at {frame.at:.3f} s of item {item.id}",
        attribution=item.attribution,
        embargo=item.embargo,
        derived=Derivation(parents=(item.id,), command=f"dateline open, mask: frame at {frame.at:.3f} s"),
        simulated=item.simulated,
    )
    (case.root / OWN).mkdir(exist_ok=True)
    with TemporaryDirectory(dir=case.root / OWN) as folder, Archive(case.root, by=by) as archive:
        path = Path(folder) / f"{Path(item.name).stem[:80]}-{frame.at:.2f}s.png"
        path.write_bytes(out.getvalue())
        return archive.file(path, form).item


@lru_cache(maxsize=2)
def _frames(path: Path, longest: int) -> tuple[Frame, ...]:
    from dateline.media.frames import sample

    found = sample(path, per_second=1.0, longest=longest)
    step = -(-len(found) // MOST)
    return found[::step]


def _nearest(frames: tuple[Frame, ...], at: float) -> Frame:
    if not frames:
        raise UsageError("The video has no frame.", saw=f"at {at:g} s", do="Choose another one.", code="no-frame")
    return min(frames, key=lambda one: abs(one.at - at))
