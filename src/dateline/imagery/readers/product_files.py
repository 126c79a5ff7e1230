"""A product of many files (SAFE), as a folder or as its zip: names, small files whole, rasters by address."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError
from dateline.imagery.readers.opened import damaged

_MOST = 60_000_000
"""The largest XML file that is read [bytes]: the longest real ones have a few millions."""
_INSIDE = re.compile(r"(^|/)(manifest\.safe|MTD_MSIL2A\.xml)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFiles:
    """The files of one product by their names within it, such as "annotation/s1a-….xml"."""

    root: Path
    inside: str
    """What the names begin with in the zip: the product's own folder. Empty for a folder."""
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """The product's name without its ending."""
        name = self.inside.rstrip("/") or self.root.name
        return name.removesuffix(".zip").removesuffix(".SAFE")

    @property
    def is_zip(self) -> bool:
        """Whether all files lie in one zip."""
        return self.root.is_file()

    def match(self, pattern: str) -> tuple[str, ...]:
        """The names that a regular expression finds, in order."""
        return tuple(name for name in self.names if re.search(pattern, name))

    def address(self, name: str) -> str:
        """A raster's address for GDAL."""
        return f"/vsizip/{{{self.root}}}/{self.inside}{name}" if self.is_zip else str(self.root / name)

    def path(self, name: str) -> Path:
        """The file on disk that a name lies in."""
        return self.root if self.is_zip else self.root / name

    def read(self, name: str) -> bytes:
        """A small file whole. Raises InputError `truncated`, `too-large`."""
        try:
            with self._open() as archive:
                size = (
                    (self.root / name).stat().st_size
                    if archive is None
                    else archive.getinfo(self.inside + name).file_size
                )
                if size > _MOST:
                    raise InputError(
                        "A file of the product is larger than any real one.",
                        saw=f"{self.root.name}, {name}: {size:,} bytes",
                        do="Download the product again.",
                        code="too-large",
                    )
                return (self.root / name).read_bytes() if archive is None else archive.read(self.inside + name)
        except (OSError, zipfile.BadZipFile, KeyError, EOFError) as error:
            raise damaged(self.root, error) from error

    @contextmanager
    def _open(self) -> Iterator[zipfile.ZipFile | None]:
        if not self.is_zip:
            yield None
            return
        with zipfile.ZipFile(self.root) as archive:
            yield archive


def product_files(path: Path) -> ProductFiles | None:
    """The product that a folder or a zip is; None for any other path. Raises InputError `truncated` for a cut zip."""
    if path.is_dir():
        if not any((path / name).is_file() for name in ("manifest.safe", "MTD_MSIL2A.xml")):
            return None
        names = sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())
        return ProductFiles(root=path, inside="", names=tuple(names))
    if path.suffix.lower() != ".zip" or not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            inner = sorted(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise damaged(path, error) from error
    heads = sorted((name for name in inner if _INSIDE.search(name)), key=lambda name: name.count("/"))
    if not heads:
        return None
    inside = heads[0].rpartition("/")[0]
    inside = f"{inside}/" if inside else ""
    own = (name.removeprefix(inside) for name in inner if name.startswith(inside) and not name.endswith("/"))
    return ProductFiles(root=path, inside=inside, names=tuple(own))
