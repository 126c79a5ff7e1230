"""The browser's parts come from a lock, name no address, and are what the lock says."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "src/dateline/app/static/openlayers.js"


def test_the_npm_lock_pins_by_hash_and_names_no_address() -> None:
    """Every package has an integrity hash; none says from where it was fetched."""
    lock = json.loads((ROOT / "web/package-lock.json").read_text())
    packages = {name: told for name, told in lock["packages"].items() if name}
    assert all(told.get("integrity", "").startswith("sha512-") for told in packages.values())
    assert not any("resolved" in told for told in packages.values())


def test_the_bundle_is_of_the_locked_version_and_says_its_licence() -> None:
    """Its first line names version and licence; NOTICE carries the text."""
    lock = json.loads((ROOT / "web/package-lock.json").read_text())
    first = BUNDLE.read_text(encoding="utf-8").partition("\n")[0]
    assert f"OpenLayers {lock['packages']['node_modules/ol']['version']}, BSD-2-Clause" in first
    assert "OpenLayers Contributors" in (ROOT / "NOTICE").read_text()


def test_the_bundle_gives_every_name_that_its_source_lists() -> None:
    """Somebody who adds a name and does not build again is told so here."""
    source = (ROOT / "web/openlayers.js").read_text()
    wanted = {
        part.split(" as ")[-1].strip() for names in re.findall(r"\{([^}]*)\}", source) for part in names.split(",")
    }
    given = re.search(r"export\{([^}]*)\};?\s*$", BUNDLE.read_text(encoding="utf-8"))
    assert given is not None
    assert wanted == {part.split(" as ")[-1].strip() for part in given[1].split(",")}
