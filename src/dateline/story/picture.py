"""Pictures on the page: what a block says about one, and its bytes as the page carries them."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.ledger.case import Case
from dateline.media.photo import orientation_of
from dateline.story.picture_spec import PictureSpec

WIDEST = 1600
"""[px] A picture is made smaller than this for the page."""
LARGEST = 64_000_000
"""[px] A larger picture is not unpacked: it would fill a small machine's memory."""
QUALITY = 70
EFFORT = 75
"""Of lossless WebP, per cent: all of it costs two or three times as long, and saves a hundredth of the bytes."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as the page carries it."""

    data: bytes
    media_type: str
    width: int
    height: int
    placed: Placed | None = None

    @property
    def uri(self) -> str:
        """The bytes as a data URI."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode()}"

    @property
    def sha256(self) -> str:
        """The hash of the bytes as the page carries them."""
        return sha256_bytes(self.data)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where labels stand on a drawn image [px], and how much ground its width shows [m]."""

    labels: tuple[tuple[str, float, float], ...]
    width_m: float
    resolution_m: float


def path_of(case: Case, spec: PictureSpec) -> Path:
    """The file with a picture's bytes. Raises InputError when it is not there or not the file that was hashed."""
    from dateline.measure.files import inside, item_path

    if spec.item is not None:
        if spec.item not in case.items:
            raise _missing(spec.item, "no item of the case has this id")
        return item_path(case, spec.item)
    if spec.file is not None:
        path = inside(case, spec.file)
        if not path.is_file():
            raise _missing(spec.file, "no such file in the case")
        return path
    assert spec.finding is not None
    return artifact_path(case, spec.finding, spec.artifact)


def artifact_path(case: Case, finding: str, role: str) -> Path:
    """The file of a finding's artifact, its hash checked. Raises InputError."""
    from dateline.core.identity import sha256_file
    from dateline.measure.files import inside

    artifacts = {artifact.role: artifact for artifact in case.finding(finding).artifacts}
    if role not in artifacts:
        raise _missing(f"{finding}: {role}", f"its files are {', '.join(artifacts) or 'none'}")
    path = inside(case, f"findings/{artifacts[role].path}")
    if not path.is_file() or sha256_file(path) != artifacts[role].sha256:
        raise _missing(path.name, "not there, or not the bytes that the finding names")
    return path


def _missing(name: str, saw: str) -> InputError:
    return InputError(
        f"The picture {name} cannot be put on the page.",
        saw=saw,
        do="Give the item, file or artifact that is there; `dateline measure` makes findings' files again.",
        code="picture",
    )


def photograph(path: Path, *, simulated: bool, widest: int | None = None) -> Drawn:
    """A picture re-encoded for the page: upright as its Orientation says, smaller, without metadata (which can hold a
    position), marked if simulated.

    Raises InputError (code "picture") for what is no picture, or too big to unpack.
    """
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > LARGEST:
                raise _missing(path.name, f"{opened.width} × {opened.height} pixels; at most {LARGEST:,} fit")
            is_upright = orientation_of(opened) == 1
            picture = (opened if is_upright else ImageOps.exif_transpose(opened)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise _missing(path.name, f"no picture that can be read ({error})") from error
    return fitted(picture, simulated=simulated, widest=widest)


def fitted(picture: Image.Image, *, simulated: bool, widest: int | None = None) -> Drawn:
    """Pixels made small enough for the page, marked if simulated."""
    width = min(WIDEST, widest or WIDEST)
    if picture.width > width:
        picture = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    return encode(_stamped(picture) if simulated else picture, lossless=False)


def encode(picture: Image.Image, *, lossless: bool, placed: Placed | None = None) -> Drawn:
    """A picture as WebP."""
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=EFFORT if lossless else QUALITY, lossless=lossless, method=4)
    return Drawn(data.getvalue(), "image/webp", picture.width, picture.height, placed)


def _stamped(picture: Image.Image) -> Image.Image:
    """The word in the pixels of a simulated picture."""
    stamped = picture.copy()
    pen = ImageDraw.Draw(stamped)
    size = max(14, picture.width // 28)
    font = ImageFont.load_default(size)
    box = pen.textbbox((0, 0), "SIMULATED", font=font)
    x, y = picture.width - box[2] - size, picture.height - box[3] - size
    pen.rectangle((x - size / 2, y - size / 4, x + box[2] + size / 2, y + box[3] + size / 3), fill=(20, 20, 20))
    pen.text((x, y), "SIMULATED", font=font, fill=(255, 255, 255))
    return stamped
