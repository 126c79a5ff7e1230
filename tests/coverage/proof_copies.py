"""Copies among the real samples, and the figures of `copies` for `make proof`.

Edits: one photo against eleven edits that came with it, seven turns, a letterboxed copy, and the seven edit classes
made here. Unrelated: every picture of the samples and four frames of each of three videos, each with every other. What
binds some of them is told by name: tiles of one place in several years and frames of one take are the same scene; tiles
cut from one mosaic, the family of the signed pictures and the letterboxed photo are copies.
"""

from __future__ import annotations

import os
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.methods.copies.test_copies_edits import EDITS, edited

from dateline.media.frames import sample
from dateline.methods.copies.look import Look, look
from dateline.methods.copies.pair import Rules, Tie, compare

RULES = Rules(inliers=8, bits=31)
FOLDERS = (
    "optical/north_korea_sites/*.png",
    "optical/joplin_before_after/*.tif",
    "sites/seals/*.jpg",
    "ships/allenai_example/*.png",
    "ships/s1_grd_annotation/*.png",
    "verification/c2pa/*.jpg",
    "verification/pdq/bridge-mods/aaa-orig.jpg",
    "verification/pdq/*.jpg",
)


def figures() -> list[dict[str, Any]]:
    """Edits found and pairs bound; nothing without samples."""
    root = os.environ.get("DATELINE_SAMPLES")
    if not root or not (Path(root) / "MANIFEST.json").is_file():
        return []
    return [*edits(Path(root)), *unrelated(Path(root))]


def opened(path: Path) -> Look:
    """A file as the gatherer gives it: at most 1600 px a side."""
    with Image.open(path) as image:
        whole = image.convert("RGB")
        full = whole.size
        whole.thumbnail((1600, 1600))
        return look(np.asarray(whole), full)


def edits(root: Path) -> list[dict[str, Any]]:
    """Features and detail that agree, for every edit of one photo."""
    rng, folder = np.random.default_rng(1), root / "verification" / "pdq"
    original = folder / "bridge-mods" / "aaa-orig.jpg"
    one = opened(original)
    files = [*sorted(folder.glob("*/*.jpg")), folder / "letterboxed_sample-b.jpg"]
    found = {path.stem: compare(one, opened(path), RULES, rng=rng) for path in files if path != original}
    with Image.open(original) as image:
        for name in EDITS:
            changed = edited(image.convert("RGB"), name).convert("RGB")
            changed.thumbnail((1600, 1600))
            found[name] = compare(one, look(np.asarray(changed)), RULES, rng=rng)
    return [{"edit": name, **told(tie)} for name, tie in found.items()]


def told(tie: Tie | None) -> dict[str, Any]:
    """A tie as a row."""
    if tie is None:
        return {"kind": "not found", "features": 0, "hash_bits": "", "same_detail": ""}
    share = "" if tie.agreement.share is None else float(tie.agreement.share)
    return {"kind": tie.kind, "features": tie.inliers, "hash_bits": tie.bits, "same_detail": share}


def unrelated(root: Path) -> list[dict[str, Any]]:
    """Every picture with every other: how many pairs of which families are bound, and how."""
    rng = np.random.default_rng(1)
    things = {
        f"{pattern.split('/')[1]}:{path.stem}": opened(path)
        for pattern in FOLDERS
        for path in sorted(root.glob(pattern))
    }
    for name in ("v1.m4v", "v2.m4v", "carphone_pristine.mp4"):
        frames = sample(root / "verification" / "video" / name)
        for number in np.linspace(5, len(frames) - 5, 4).astype(int):
            things[f"video:{name}@{frames[number].at:.1f}"] = look(frames[number].pixels)
    rows, counts = [], Counter[str]()
    for (a, one), (b, other) in combinations(things.items(), 2):
        tie = compare(one, other, RULES, rng=rng)
        if tie is None:
            counts["bound by nothing"] += 1
            continue
        counts[tie.kind] += 1
        rows.append({"one": a, "other": b, **told(tie)})
    return [{"pictures": len(things), "pairs": sum(counts.values()), **{k: counts[k] for k in sorted(counts)}}, *rows]
