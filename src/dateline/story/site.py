"""The site on disk: every file whole, what an earlier build left goes, what people changed or added stays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError
from dateline.core.identity import sha256_file
from dateline.evidence.atomic import write_atomic
from dateline.evidence.names import check_relative
from dateline.story.output import Output

PAGE = "index.html"
"""The page itself, which every build writes anew."""
LIST = "build.json"
"""What this program wrote here, with hashes: only such files does it ever write over or remove."""

Hashes = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Written:
    """What stands after a build: the outputs that were written, leftovers that went, and what was left alone."""

    files: tuple[Output, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def write_site(folder: Path, outputs: Sequence[Output]) -> Written:
    """Writes the outputs into a folder, each at once, the page last, then the list of them.

    A file that lies at an output's name and is not what this program wrote there is left as it is, save the page. The
    list says before the first byte what will be written, so that a build that breaks off is cleared away by the next.
    Raises OSError, and InputError (code "site") for a list that is none.
    """
    before = _listed(folder)
    kept = [each.name for each in outputs if each.name != PAGE and not _is_ours(folder, each, before)]
    ours = [each for each in outputs if each.name not in kept]
    _write_list(folder, ours, before)
    for each in sorted(ours, key=lambda each: (each.name == PAGE, each.name)):
        write_atomic(folder / each.name, each.data)
    gone = sorted(set(before) - {each.name for each in outputs})
    removed = [name for name in gone if _remove(folder, name, before[name])]
    left = [name for name in gone if name not in removed and (folder / name).exists()]
    _write_list(folder, ours, {})
    return Written(tuple(ours), tuple(removed), tuple(sorted([*kept, *left])))


def _listed(folder: Path) -> Hashes:
    """Names that the program wrote here before, each with the hashes that its bytes may have."""
    path = folder / LIST
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        found = {
            check_relative(name): frozenset({one["sha256"], *one.get("before", [])})
            for name, one in told["files"].items()
        }
    except (InputError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{LIST} in {folder.name} is not the list that a build writes.",
            saw=f"{type(error).__name__} while reading it",
            do=f"Delete {path}; the next build then leaves the files beside it alone.",
            code="site",
        ) from error
    return found


def _is_ours(folder: Path, output: Output, before: Hashes) -> bool:
    """Whether a name is free, or lies there with bytes that this program made."""
    path = folder / output.name
    if not path.exists():
        return True
    return path.is_file() and sha256_file(path) in before.get(output.name, frozenset()) | {output.sha256}


def _remove(folder: Path, name: str, hashes: frozenset[str]) -> bool:
    path = folder / name
    inside = path.parent.resolve().is_relative_to(folder.resolve())
    if not inside or path.is_symlink() or not path.is_file() or sha256_file(path) not in hashes:
        return False
    path.unlink()
    for above in path.relative_to(folder).parents:
        if above != Path() and not any((folder / above).iterdir()):
            (folder / above).rmdir()
    return True


def _write_list(folder: Path, outputs: Sequence[Output], before: Hashes) -> None:
    files = {each.name: dict(each.told()) for each in outputs}
    for name, hashes in before.items():
        files.setdefault(name, {"sha256": min(hashes)})["before"] = sorted(hashes)
    text = json.dumps({"schema": 1, "files": dict(sorted(files.items()))}, indent=1, sort_keys=True)
    write_atomic(folder / LIST, (text + "\n").encode())
