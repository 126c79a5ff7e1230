"""Exports of ATLOS: the full export (a zip or its folder), and the CSV of incidents.

Formats as its source has them (2022-2026): platform_web/controllers/media/export_controller.ex and
material/media_version.ex. The full export has SLUG/metadata.json, SLUG/updates.json and, for each source material N,
SLUG/SLUG-N/metadata.json with files TYPE_SLUG-N.END beside it. ATLOS calls its own archive unsuitable as forensic
evidence: what is proven from here on is that the bytes are those of the export.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dateline.evidence.handin.export import Elsewhere, Handed, Listing, Problem, Step
from dateline.evidence.handin.unpack import Tree

LONGEST = 50_000_000
"""A list longer than this is not one [bytes]."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_INCIDENTS = {"slug", "project", "inserted_at", "updated_at", "latitude", "longitude"}


def recognises(tree: Tree) -> bool:
    """Whether a folder or zip is such an export."""
    return bool(_materials(tree)) or any(_is_incidents(tree, path) for path in tree.paths())


def steps(tree: Tree) -> Iterator[Step]:
    """Its files with what the lists say of them. A list that cannot be read stops nothing else."""
    materials = _materials(tree)
    told = set()
    for folder in materials:
        listing = f"{folder}/metadata.json"
        yield Listing(listing)
        told.add(listing)
        files = [path for path in tree.paths() if path.rpartition("/")[0] == folder and path != listing]
        told.update(files)
        yield from _material(tree, listing, files)
    for path in tree.paths():
        if path in told:
            continue
        if path.endswith(("/metadata.json", "/updates.json")):
            yield Listing(path)
        elif _is_incidents(tree, path):
            yield Listing(path)
            yield from _incidents(tree, path)
        else:
            yield Problem(path, "no list of the export names it; archive it by itself if you want it")


def _materials(tree: Tree) -> list[str]:
    """The folders of source materials: SLUG/SLUG-N."""
    found = []
    for path in tree.paths():
        folders = path.split("/")[:-1]
        if len(folders) >= 2 and path.endswith("/metadata.json") and folders[-1].startswith(f"{folders[-2]}-"):
            found.append("/".join(folders))
    return found


def _material(tree: Tree, listing: str, files: list[str]) -> Iterator[Step]:
    """The files of one source material, each with the hashes that its list gives for its kind."""
    try:
        with tree.open(listing) as stream:
            material = json.loads(stream.read(LONGEST))
    except (ValueError, RecursionError) as error:
        yield Problem(listing, f"no JSON ({str(error)[:80]}); its files were left out")
        return
    if not isinstance(material, dict):
        yield Problem(listing, "no JSON object; its files were left out")
        return
    url = material.get("source_url")
    url = url if isinstance(url, str) and url.startswith(("http://", "https://")) else None
    said = _said(material)
    for path in files:
        kind = path.rpartition("/")[2].partition("_")[0]
        yield Handed(listing, path, url, said.get(kind, frozenset()), f"as {kind}")
    if not files and url is not None:
        yield Elsewhere(listing, url)
    yield from _missing(material, files, listing)


def _artifacts(material: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = material.get("artifacts")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _said(material: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Hashes by kind (media, wacz, fullpage …): the names of the files tell no more."""
    said: dict[str, set[str]] = {}
    for artifact in _artifacts(material):
        value = str(artifact.get("file_hash_sha256", ""))
        if _SHA256.fullmatch(value):
            said.setdefault(str(artifact.get("type")), set()).add(f"SHA-256:{value.lower()}")
    return {kind: frozenset(values) for kind, values in said.items()}


def _missing(material: Mapping[str, Any], files: list[str], listing: str) -> Iterator[Step]:
    for kind in sorted({str(artifact.get("type")) for artifact in _artifacts(material)}):
        count = sum(str(artifact.get("type")) == kind for artifact in _artifacts(material))
        there = sum(path.rpartition("/")[2].startswith(f"{kind}_") for path in files)
        if there < count:
            yield Problem(listing, f"it lists {count} of kind {kind}; the export has {there}")


def _is_incidents(tree: Tree, path: str) -> bool:
    if not path.lower().endswith(".csv"):
        return False
    with tree.open(path) as stream:
        head = stream.read(1 << 16).decode("utf-8-sig", errors="replace")
    return set(next(csv.reader([head.partition("\n")[0].strip()]), [])) >= _INCIDENTS


def _incidents(tree: Tree, path: str) -> Iterator[Step]:
    """The CSV of incidents has addresses only; its row is kept with the list."""
    csv.field_size_limit(LONGEST)
    with tree.open(path) as stream:
        reader = csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline=""))
        for row in reader:
            if not (row.get("slug") or "").strip():
                yield Problem(f"{path}:{reader.line_num}", "a row without an incident (slug)")
            for key, value in row.items():
                if key and key.startswith("source_") and isinstance(value, str) and value.strip():
                    yield Elsewhere(f"{path}:{reader.line_num}", value.strip().lstrip("'"))
