"""Speed of finding copies: copies.py FOLDER PEERS_PYTHON.

A million hashes searched for one picture as it lies and in its eight turns, beside numpy's plain way (all words of all
hashes, then counting); one hash of a photo of 1600 x 1004 pixels; two pictures looked at and compared; 100 pictures
each with every other. Seconds are the best of the rounds.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from dateline.media.clip import Clip
from dateline.media.fingerprint import Index, fingerprint, luma
from dateline.media.photo import Photo
from dateline.methods.contract import Inputs, Parameters
from dateline.methods.copies import CARD, run
from dateline.methods.copies.look import look
from dateline.methods.copies.pair import Rules, compare

HASHES, ROUNDS, SET = 1_000_000, 5, 100
WITHIN = 0.2
"""Seconds for a search of a million hashes."""


def picture(seed: int, shape: tuple[int, int] = (1004, 1600)) -> np.ndarray:
    """Smooth noise with edges in it."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(20, 235, (30, 48, 3)).astype(np.uint8)
    pixels = np.array(Image.fromarray(small).resize(shape[::-1], Image.Resampling.BICUBIC), np.int16)
    for top, left, high, wide in rng.integers((0, 0, 10, 10), (shape[0] - 10, shape[1] - 10, 200, 200), (80, 4)):
        pixels[top : top + high, left : left + wide] += rng.integers(-60, 60, 3).astype(np.int16)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def timed(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Best seconds of the rounds."""
    best = np.inf
    for _ in range(rounds):
        started = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - started)
    return best


def clips() -> tuple[Clip, ...]:
    """100 pictures, two of which are a picture and a crop of it."""
    made = [picture(seed, (502, 800)) for seed in range(SET - 1)]
    made.append(made[0][60:440, 90:700].copy())
    return tuple(
        Clip(
            name=f"{number}.png",
            sha256=str(number),
            kind="picture",
            media_type="image/png",
            size=1,
            photo=Photo(pixels=pixels, size=(pixels.shape[1], pixels.shape[0])),
        )
        for number, pixels in enumerate(made)
    )


def measure() -> dict[str, float]:
    """Seconds of every job."""
    hashes = np.random.default_rng(1).integers(0, 2**64, (HASHES, 4), dtype=np.uint64)
    index, turned = Index.of(hashes), hashes[:8].copy()
    one, other = picture(1), picture(1)[60:900, 100:1500].copy()
    first, second, third = look(one), look(other), look(picture(2))
    rules = Rules(inliers=8, bits=31)
    many = Inputs({"clips": clips()})
    rng = np.random.default_rng(1)
    return {
        "a million hashes, numpy's plain way": timed(lambda: np.bitwise_count(hashes ^ turned[0]).sum(1).argmin()),
        "a million hashes, one query": timed(lambda: index.search(turned[:1])),
        "a million hashes, eight turns": timed(lambda: index.search(turned)),
        "hash of a photo, eight turns": timed(lambda: fingerprint(luma(one))),
        "a photo looked at": timed(lambda: look(one)),
        "two photos compared, copies": timed(lambda: compare(first, second, rules, rng=rng)),
        "two photos compared, unrelated": timed(lambda: compare(first, third, rules, rng=rng)),
        f"{SET} pictures, each with every other": timed(lambda: run(many, Parameters.of(CARD, {}), rng=rng), 1),
    }


def main() -> None:
    """Measures, prints the table and what was to be kept, and writes results/copies.json."""
    seconds = measure()
    for name, took in seconds.items():
        print(f"  {name:40} {took:9.4f} s")
    kept = {
        f"a million hashes within {WITHIN:g} s": seconds["a million hashes, one query"] <= WITHIN,
        f"in eight turns within {WITHIN:g} s": seconds["a million hashes, eight turns"] <= WITHIN,
    }
    for what, was in kept.items():
        print(f"  {'yes' if was else 'NO '}  {what}")
    results = Path(__file__).parent / "results" / "copies.json"
    results.write_text(json.dumps({"machine": platform.machine(), "seconds": seconds, "kept": kept}, indent=1) + "\n")
    sys.exit(0 if all(kept.values()) else 1)


if __name__ == "__main__":
    main()
