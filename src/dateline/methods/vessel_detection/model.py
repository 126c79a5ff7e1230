"""A user's own network in place of our detector. The program carries no weights, and runs none unless it is given.

The contract. Input `image`: float32 (1, bands, rows, columns), the bands of the chip in the chip's order, each as
10 log10 of power for radar and reflectance for optical images, missing values as 0. Outputs `boxes`: float32 (n, 4),
first row, first column, last row, last column [px, from the upper left pixel's middle]; `scores`: float32 (n), 0 to 1.
From Python: Inputs({"images": chips, "model": (path.read_bytes(),)}).
"""

from __future__ import annotations

import numpy as np

from dateline.core.errors import UsageError
from dateline.imagery.cfar.ring import B1
from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection.blobs import Blob, rectangle

LEAST_SCORE = 0.5


def detect(weights: bytes, chip: Chip, judged: B1) -> list[Blob]:
    """What the network finds in one image, within `judged` (rows, columns).

    Raises UsageError: `onnxruntime` where the library is not installed, `onnx-contract` where the model is another.
    """
    try:
        import onnxruntime  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise UsageError(
            "A network was given, and the library that runs it is not installed.",
            saw="no onnxruntime",
            do="Install onnxruntime, or leave the model out: the method's own detector needs none.",
            code="onnxruntime",
        ) from error
    session = onnxruntime.InferenceSession(weights, providers=["CPUExecutionProvider"])
    names = {one.name for one in session.get_inputs()}, {one.name for one in session.get_outputs()}
    if names[0] != {"image"} or not {"boxes", "scores"} <= names[1]:
        raise UsageError(
            "The network does not keep the contract.",
            saw=f"inputs {', '.join(sorted(names[0]))}; outputs {', '.join(sorted(names[1]))}",
            do="Export it with the input `image` and the outputs `boxes` and `scores`; the card says their shapes.",
            code="onnx-contract",
        )
    boxes, scores = session.run(["boxes", "scores"], {"image": tensor(chip)})
    return blobs_of(np.asarray(boxes), np.asarray(scores), chip, judged)


def tensor(chip: Chip) -> np.ndarray:
    """(1, bands, rows, columns) float32: what a network is given."""
    values = chip.values
    if chip.quantity in {"sigma0", "gamma0"}:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = 10 * np.log10(values)
    return np.where(np.isfinite(values), values, np.float32(0))[None].astype(np.float32)


def blobs_of(boxes: np.ndarray, scores: np.ndarray, chip: Chip, judged: B1) -> list[Blob]:
    """Boxes (n, 4) with scores (n) as blobs; those under LEAST_SCORE or off the judged pixels are left out."""
    found = []
    for (top, left, bottom, right), score in zip(boxes, scores, strict=True):
        row, column = (top + bottom) / 2, (left + right) / 2
        inside = 0 <= row < judged.shape[0] - 0.5 and 0 <= column < judged.shape[1] - 0.5
        if score < LEAST_SCORE or not inside or not judged[round(row), round(column)]:
            continue
        rows, columns = np.array([top, top, bottom, bottom]), np.array([left, right, left, right])
        length, beam, _ = rectangle(rows, columns, chip.pixel)
        found.append(
            Blob(
                rows=np.clip(np.round(rows).astype(np.intp), 0, judged.shape[0] - 1),
                columns=np.clip(np.round(columns).astype(np.intp), 0, judged.shape[1] - 1),
                row=float(row),
                column=float(column),
                length=length,
                beam=beam,
                axis=None,
                contrast=0.0,
                score=float(score),
                band="model",
                bands=("model",),
            )
        )
    return found
