"""Pictures and videos by role, with their pixels or with what they say of themselves, as the method asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.evidence.item import is_named_simulated
from dateline.evidence.media_type import media_type
from dateline.ledger.finding import Note
from dateline.ledger.media_item import MediaItem
from dateline.measure.gather.images import digest, file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request, Selection
from dateline.media.clip import Clip, Kind
from dateline.media.photo import LARGEST, too_large
from dateline.methods.contract import Inputs

LONGEST = 1600
"""Pictures and frames are shrunk to this before they are compared [px]."""
MOST = 2000
"""More files than this are not compared in one go."""
VIDEOS = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska", "video/mp2t", "video/x-msvideo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that is to become a Clip."""

    path: Path
    clip: Clip

    @property
    def data(self) -> bytes:
        """All its bytes. Raises InputError `picture-size` for more than a picture may have."""
        if self.clip.size > LARGEST:
            raise too_large(self.clip.name, f"{self.clip.size} bytes")
        return self.path.read_bytes()


Read = Callable[[Found], Clip]


def prepare(request: Request) -> Prepared:
    """Clips of every role of kind clips, with `photo` (at most LONGEST px a side) or `frames`.

    A card's parameter `frames_per_second` says how densely videos are sampled; a file that cannot be decoded is left
    out with a note (`unreadable`). Raises InputError: `no-clips`, `not-media`, `too-many-clips`.
    """
    per_second = float(request.question.parameters.get("frames_per_second") or 1.0)

    def pixels(found: Found) -> Clip:
        from dateline.media.photo import read_photo

        if found.clip.kind == "picture":
            return replace(found.clip, photo=read_photo(found.data, name=found.clip.name, longest=LONGEST))
        from dateline.media.frames import sample

        return replace(found.clip, frames=sample(found.path, per_second=per_second, longest=LONGEST))

    return prepared(request, pixels)


def prepared(request: Request, read: Read) -> Prepared:
    """The files of every role of kind clips by hash; `read` makes each a Clip when they are loaded."""
    roles = [role for role, spec in request.question.card.front.inputs.items() if spec.kind == "clips"]
    found = {role: tuple(_found(request, role)) for role in roles}
    count = sum(len(files) for files in found.values())
    if count > MOST:
        raise InputError(
            "These are too many files for one question.",
            saw=f"{count} files",
            do=f"Give at most {MOST}; compare one with the others in parts.",
            code="too-many-clips",
        )
    refs = tuple(file_ref(one.path, role, request.items) for role, files in found.items() for one in files)
    return Prepared(
        refs=refs,
        simulated=any(one.clip.simulated for files in found.values() for one in files),
        load=lambda tell: _load(found, read, tell, count),
    )


def _load(found: dict[str, tuple[Found, ...]], read: Read, tell: Progress, count: int) -> Loaded:
    roles: dict[str, tuple[Clip, ...]] = {}
    notes: list[Note] = []
    done = 0
    for role, files in found.items():
        clips: list[Clip] = []
        for one in files:
            try:
                clips.append(read(one))
            except InputError as error:
                if count == 1 or error.code == "media-extra":
                    raise
                notes.append(Note(code="unreadable", text=f"{error.what} Left out: {error.saw}"))
            done += 1
            tell(done / count)
        roles[role] = tuple(clips)
    return Loaded(inputs=Inputs(roles), notes=tuple(notes))


def _found(request: Request, role: str) -> Iterator[Found]:
    """The files of a role, each once by content."""
    seen: set[str] = set()
    for selection in request.roles.get(role, ()):
        for path, media in _files(request, selection):
            sha256 = digest(path)
            if sha256 not in seen:
                seen.add(sha256)
                yield _one(request, path, sha256, media)
    if request.roles.get(role) and not seen:
        raise InputError(
            "There is no picture or video here.",
            saw=f"{role}: nothing",
            do="Name files, a folder with pictures or videos, or media records with items.",
            code="no-clips",
        )


def _files(request: Request, selection: Selection) -> Iterator[tuple[Path, MediaItem | None]]:
    from dateline.measure.files import item_path

    for path in selection.files or selection.folders:
        if path.is_dir():
            yield from ((one, None) for one in sorted(path.iterdir()) if one.is_file() and kind_of(one) is not None)
        else:
            yield path, None
    for record in selection.records:
        if isinstance(record, MediaItem) and request.case is not None:
            yield from ((item_path(request.case, name), record) for name in record.items)


def kind_of(path: Path) -> tuple[Kind, str] | None:
    """Whether a file is a picture or a video, by its bytes; None for anything else."""
    kind = media_type(path)
    if kind in VIDEOS:
        return "video", kind
    return ("picture", kind) if kind.startswith("image/") and kind not in {"image/svg+xml", "image/jp2"} else None


def _one(request: Request, path: Path, sha256: str, media: MediaItem | None) -> Found:
    kind = kind_of(path)
    if kind is None:
        raise InputError(
            "This file is neither a picture nor a video.",
            saw=f"{path.name}: {media_type(path)}",
            do="Give JPEG, PNG, WebP, GIF, TIFF, HEIC, MP4, MOV or WebM files.",
            code="not-media",
        )
    item = request.items.get(sha256)
    media = media or _record_of(request, item)
    recorded = request.case.items[item] if request.case is not None and item is not None else None
    return Found(
        path=path,
        clip=Clip(
            name=path.name,
            sha256=sha256,
            kind=kind[0],
            media_type=kind[1],
            size=path.stat().st_size,
            simulated=is_named_simulated(path.name) or (recorded is not None and recorded.simulated),
            item=item,
            media_id=None if media is None else media.id,
            posted=_posted(media),
        ),
    )


def _record_of(request: Request, item: str | None) -> MediaItem | None:
    if request.case is None or item is None:
        return None
    return next((one for one in request.case.media.values() if item in one.items), None)


def _posted(media: MediaItem | None) -> When | None:
    return None if media is None else media.posted
