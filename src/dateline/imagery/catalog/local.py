"""What a folder of granules holds: one file for each product, collection, tile and time; the newest wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError
from dateline.imagery.catalog.black_marble import Granule, Key, parse_name


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder's granules by key, the older copies that were passed over, and names that cannot be right."""

    granules: Mapping[Key, Path]
    older: tuple[tuple[Path, Path], ...]
    """Each passed-over file with the one that was kept instead: an earlier production stamp, or a copy."""
    unreadable: tuple[tuple[Path, str], ...]
    """Names that look like a granule's and carry an impossible date, with what was seen."""

    def of(self, product: str, collection: str) -> dict[Key, Path]:
        """Those of one product and collection, in order of tile and time."""
        return {
            key: path for key, path in self.granules.items() if key.product == product and key.collection == collection
        }


def index(folder: Path) -> Shelf:
    """Reads the names (not the files) under a folder and all its subfolders.

    Simulated granules are indexed like others; their names say what they are. Raises InputError (code `no-folder`).
    """
    if not folder.is_dir():
        raise InputError("There is no such folder.", saw=str(folder), do="Check the path.", code="no-folder")
    kept: dict[Key, tuple[Granule, Path]] = {}
    older: list[tuple[Path, Path]] = []
    unreadable: list[tuple[Path, str]] = []
    for path in sorted(folder.rglob("*.h5")):
        try:
            granule = parse_name(path.name)
        except InputError as error:
            unreadable.append((path, error.saw))
            continue
        if granule is None:
            continue
        standing = kept.get(granule.key)
        if standing is None:
            kept[granule.key] = (granule, path)
            continue
        newer, loser = ((granule, path), standing[1])
        if granule.stamp <= standing[0].stamp:
            newer, loser = (standing, path)
        kept[granule.key] = newer
        older.append((loser, newer[1]))
    return Shelf({key: kept[key][1] for key in sorted(kept)}, tuple(older), tuple(unreadable))
