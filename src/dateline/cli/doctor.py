"""`dateline doctor`: what this machine has, and what it lacks."""

from __future__ import annotations

import os
import platform
import shutil

from dateline.cli.output import AsJson, emit


def doctor(*, as_json: AsJson = False) -> None:
    """Versions, browser, disk, samples and data folders: what works here and what to do about the rest."""
    from dateline import __version__
    from dateline.evidence import samples
    from dateline.evidence.store import default_store
    from dateline.measure.ask import default_folders

    browsers = ("chromium", "chromium-browser", "google-chrome")
    browser = next((path for path in map(shutil.which, browsers) if path), None)
    here = sum(samples.find(path) is not None for path in samples.registry())
    store = default_store().root
    rows = {
        "dateline": __version__,
        "python": platform.python_version(),
        "browser": browser or "none: pages still build; tests of pages are skipped",
        "cores": str(os.cpu_count()),
        "free disk": f"{shutil.disk_usage(store if store.exists() else '.').free / 1e9:.0f} GB",
        "evidence store": str(store),
        "granules": ", ".join(str(folder) for folder in default_folders()),
        "samples": f"{here} of {len(samples.registry())} here",
    }
    if as_json:
        emit(rows)
        return
    for name, value in rows.items():
        print(f"{name:<15} {value}")
