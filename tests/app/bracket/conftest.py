"""A case with a field, seen on images of all kinds: exact, by period, undated, twice the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dateline.cli.app import run
from dateline.ledger.case import Case

FIELD = """schema = 1
id = "field"
role = "site"

[names]
en = "The field"

[where]
lon = 33.5
lat = 47.1
radius = 60
"""
BOUNDS = "33.49,47.09,33.51,47.11"
TAKEN: dict[str, dict[str, str]] = {
    "plum": {"start": "2024-09-28T09:10:00Z", "sensor": "Hawk", "resolution": "0.5"},
    "pear": {"start": "2024-10-04T10:04:00Z", "sensor": "Dove", "resolution": "3"},
    "fig": {"start": "2024-10-09T08:30:00Z", "sensor": "Hawk", "resolution": "0.5"},
    "kiwi": {"start": "2024-10-12T10:20:00Z", "sensor": "Hawk", "resolution": "0.5"},
    "lime": {"start": "2024-10-12T10:20:00Z", "sensor": "Kite", "resolution": "0.5"},
    "date": {"sensor": "Hawk", "resolution": "0.5"},
    "sorb": {
        "start": "2024-10-01",
        "end": "2024-10-31",
        "sensor": "Mosaic",
        "resolution": "0.5",
    },
    "twin": {"start": "2024-11-20T10:20:00Z", "sensor": "Hawk", "resolution": "0.5"},
}
"""Images by id; `twin` has the bytes of `plum`. Their names tell nothing of the days."""


def picture(seed: int, *, there: bool) -> Image.Image:
    """A grey field, with a bright bar across its middle or without."""
    pixels = np.random.default_rng(seed).integers(90, 120, (120, 160, 3), dtype=np.uint8)
    if there:
        pixels[56:64, 40:120] = 220
    return Image.fromarray(pixels)


def keep(root: Path, item: str, told: dict[str, str], *, seed: int, there: bool) -> None:
    """Archives a picture with what is known of when and how it was taken; its file's name says the day."""
    path = root.parent / f"{item}-{told.get('start', 'undated')[:10]}.png"
    picture(seed, there=there).save(path)
    options = [part for name, value in told.items() for part in (f"--{name}", value)]
    command = ["archive", str(path), "--id", item, "--case", str(root), "--by", "desk", "--licence", "own"]
    assert run([*command, "--bounds", BOUNDS, "--publish", "yes", "--again", *options]) == 0


def make_field(root: Path, items: tuple[str, ...]) -> Path:
    """The case. Needs a store in the environment."""
    assert run(["new", str(root), "--title", "A trench", "--question", "Since when?"]) == 0
    (root / "places").mkdir(exist_ok=True)
    (root / "places" / "field.toml").write_text(FIELD)
    for number, item in enumerate(items):
        seed = 0 if item == "twin" else number
        keep(root, item, TAKEN[item], seed=seed, there=item in {"kiwi", "lime"})
    return root


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two cases and their store: `field` with four exact images, `orchard` with all."""
    home = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_DATA_HOME", str(home / "data"))
        patched.delenv("DATELINE_BY", raising=False)
        make_field(home / "field", ("plum", "pear", "fig", "kiwi"))
        make_field(home / "orchard", tuple(TAKEN))
    return home


@pytest.fixture
def field(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case with four exact images, and a store of its own."""
    monkeypatch.delenv("DATELINE_BY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    shutil.copytree(planted / "data", tmp_path / "data")
    return Path(shutil.copytree(planted / "field", tmp_path / "field"))


@pytest.fixture(scope="module")
def orchard(planted: Path) -> Iterator[Case]:
    """The case with all images, read."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_DATA_HOME", str(planted / "data"))
        yield Case.load(planted / "orchard")
