"""Perceptual hash of a picture (PDQ): 256 bits that recompression, scale and colour hardly change; in eight turns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError

U1 = npt.NDArray[np.uint8]
U8 = npt.NDArray[np.uint64]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

SIDE, BLOCK, BITS = 64, 16, 256
"""Samples a side, frequencies a side, bits of a hash."""
MATCH, LEAST_QUALITY = 31, 50
"""Most bits by which hashes of copies differ, and the quality under which a hash says little (Meta 2019)."""
LEAST_SIDE = 8
"""[px] A picture smaller than this has no hash."""

TURNS = (
    "as it lies",
    "mirrored",
    "upside down, mirrored",
    "turned by 180°",
    "mirrored along the falling diagonal",
    "turned by 90° clockwise",
    "turned by 90° anticlockwise",
    "mirrored along the rising diagonal",
)
"""What was done to a picture whose hash is the n-th of another's eight."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Eight hashes of one picture, in the order of TURNS, and its quality.

    hashes: (8, 4), bit 64 k + b of a hash is bit b of word k. quality: 0 to 100, how much structure there is to hash.
    """

    hashes: U8
    quality: int

    @property
    def upright(self) -> U8:
        """(4,) The hash of the picture as it lies."""
        return np.asarray(self.hashes[0], np.uint64)

    @property
    def hex(self) -> str:
        """The hash as it lies in 64 hexadecimal digits, the highest bit first."""
        return "".join(f"{int(word):016x}" for word in self.upright[::-1])

    @property
    def is_flat(self) -> bool:
        """Whether there is too little structure for the hash to tell pictures apart."""
        return self.quality < LEAST_QUALITY


def luma(pixels: U1) -> npt.NDArray[np.float32]:
    """(rows, columns) brightness, 0 to 255, by ITU-R BT.601 (2011). pixels: (rows, columns, 3) red, green, blue."""
    return np.asarray(pixels @ _LUMA, np.float32)


def fingerprint(grey: npt.NDArray[np.float32]) -> Fingerprint:
    """The PDQ hash of a picture in its eight turns (Meta 2019, "The TMK+PDQF video-hashing algorithm and the PDQ
    image-hashing algorithm").

    grey: (rows, columns) brightness, 0 to 255. The reference shrinks the picture with its own loader first; hashes
    differ from its by up to 16 bits. Raises InputError `small-picture` for fewer than 8 pixels a side.
    """
    rows, columns = grey.shape
    if min(rows, columns) < LEAST_SIDE:
        raise InputError(
            "The picture is too small to be compared.",
            saw=f"{columns} x {rows} pixels",
            do=f"Give a picture of at least {LEAST_SIDE} pixels a side.",
            code="small-picture",
        )
    samples: F8 = (_sampler(rows) @ grey @ _sampler(columns).T).astype(np.float64)
    cosines = _cosines()
    return Fingerprint(hashes=_turned(cosines @ samples @ cosines.T), quality=_quality(samples))


@lru_cache(maxsize=64)
def _sampler(size: int) -> npt.NDArray[np.float32]:
    """(64, size): two box filters and 64 samples as one matrix. An even box reaches one further to the right."""
    width = (size + 2 * SIDE - 1) // (2 * SIDE)
    at = np.arange(size)
    low = np.maximum(at - (width - 1 - width // 2), 0)
    high = np.minimum(at + width // 2, size - 1) + 1
    once = ((at >= low[:, None]) & (at < high[:, None])) / (high - low)[:, None]
    sampled = ((np.arange(SIDE) + 0.5) * size / SIDE).astype(np.int64)
    return np.asarray(once[sampled] @ once, np.float32)


@lru_cache(maxsize=1)
def _cosines() -> F8:
    """(16, 64): rows 1 to 16 of the discrete cosine transform of 64 samples."""
    frequency, sample = np.arange(1, BLOCK + 1)[:, None], np.arange(SIDE)[None, :]
    return np.asarray(np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * frequency * (2 * sample + 1)))


def _turned(block: F8) -> U8:
    """(8, 4) hashes: a flip changes the sign of odd frequencies, a turn transposes the block besides."""
    sign = np.where(np.arange(1, BLOCK + 1) % 2, -1.0, 1.0)
    flips = [np.ones((BLOCK, BLOCK)), np.tile(sign, (BLOCK, 1)), np.tile(sign[:, None], (1, BLOCK))]
    flips.append(flips[1] * flips[2])
    blocks = np.stack([turned * flip for turned in (block, block.T) for flip in flips]).reshape(8, BITS)
    return packed(blocks > np.median(blocks, axis=1, keepdims=True))


def packed(bits: npt.NDArray[np.bool_]) -> U8:
    """(n, 256) bits as (n, 4) words."""
    return np.packbits(bits, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def _quality(samples: F8) -> int:
    steps = (np.diff(samples, axis=0), np.diff(samples, axis=1))
    return min(100, int(sum(np.trunc(np.abs(step) * 100 / 255).sum() for step in steps) / 90))


def distances(one: U8, other: U8) -> I8:
    """Bits in which hashes differ, by broadcasting. one, other: (…, 4) words."""
    return np.asarray(np.bitwise_count(one ^ other).sum(axis=-1, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Index:
    """Many hashes, laid out for search. words: (4, n)."""

    words: U8

    @classmethod
    def of(cls, hashes: U8) -> Index:
        """hashes: (n, 4)."""
        return cls(np.ascontiguousarray(hashes.T))

    def search(self, queries: U8, within: int = MATCH) -> tuple[I8, I8, I8]:
        """All hashes within so many bits of a query: their numbers, the query's number, the bits [1]; nearest first.

        queries: (q, 4), for example the eight hashes of one picture. Every hash is looked at; half of its bits already
        rule most of them out.
        """
        found = []
        for start in range(0, self.words.shape[1], _CHUNK):
            part = self.words[:, start : start + _CHUNK]
            for number, query in enumerate(queries):
                half = np.bitwise_count(part[0] ^ query[0]) + np.bitwise_count(part[1] ^ query[1])
                left = np.flatnonzero(half <= within)
                bits = half[left] + np.bitwise_count(part[2:, left] ^ query[2:, None]).sum(axis=0, dtype=np.int64)
                near = bits <= within
                found.append(np.stack([left[near] + start, np.full(near.sum(), number), bits[near]]))
        all_of = np.concatenate(found, axis=1) if found else np.zeros((3, 0), np.int64)
        where, query_of, bits = all_of[:, np.lexsort((all_of[0], all_of[2]))].astype(np.int64)
        return where, query_of, bits
