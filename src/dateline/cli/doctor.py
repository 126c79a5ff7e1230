"""`dateline doctor`: what this machine has, and what it lacks."""

from __future__ import annotations

import os
import platform
import shutil
from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit


def doctor(
    *,
    online: Annotated[bool, typer.Option("--online", help="Try each login with one small request.")] = False,
    as_json: AsJson = False,
) -> None:
    """Versions, browser, disk, samples, data folders and logins: what works here and what to do about the rest."""
    from dateline.cli.imagery_asked import of_setup
    from dateline.imagery.download.logins import standings

    rows = _rows()
    logins = standings(of_setup(None), online=online)
    broken = any(each.state.startswith("does not work") for each in logins)
    if as_json:
        emit({**rows, "logins": [each.to_json() for each in logins]})
    else:
        for name, value in rows.items():
            print(f"{name:<15} {value}")
        print("\nlogins")
        for each in logins:
            print(f"  {each.service:<19} {each.state}" + (f"  ({each.found})" if each.found else ""))
        for text in dict.fromkeys(each.do for each in logins if each.do):
            print(f"\n{text}")
    raise typer.Exit(1 if online and broken else 0)


def _rows() -> dict[str, str]:
    from dateline import __version__
    from dateline.evidence import samples
    from dateline.evidence.store import default_store
    from dateline.measure.ask import default_folders

    browsers = ("chromium", "chromium-browser", "google-chrome")
    browser = next((path for path in map(shutil.which, browsers) if path), None)
    here = sum(samples.find(path) is not None for path in samples.registry())
    store = default_store().root
    return {
        "dateline": __version__,
        "python": platform.python_version(),
        "browser": browser or "none: pages still build; tests of pages are skipped",
        "cores": str(os.cpu_count()),
        "free disk": f"{shutil.disk_usage(store if store.exists() else '.').free / 1e9:.0f} GB",
        "evidence store": str(store),
        "granules": ", ".join(str(folder) for folder in default_folders()),
        "samples": f"{here} of {len(samples.registry())} here",
    }
