"""The samples of commands on the pages of docs/ run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {
    "app.md": "yard",
    "dates.md": "2023-08-21 to 2023-08-31",
    "evidence.md": "byte for byte what was archived",
    "imagery.md": "h30v04",
    "media.md": "within 48 m (95 %)",
    "places.md": "98 may be by road",
    "ports.md": "5 of the 8 days",
    "sites.md": "between 28 September and 9 October 2024",
}
"""Pages whose shell blocks need nothing but the program, and something that must come out."""


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run_as_printed(page: str, tmp_path: Path) -> None:
    """Each shell block of the page runs in an empty folder and ends with 0."""
    done = run(commands(page), tmp_path)
    assert done.returncode == 0, done.stderr
    assert PAGES[page] in done.stdout


@pytest.mark.samples
def test_the_tutorial_leads_to_a_page(samples: Path, tmp_path: Path) -> None:
    """From an empty folder: the measured fall, a page that opens from disk, a draft laid beside it, a package."""
    script = commands("tutorial.md").replace("../shared/samples", str(samples)).replace("../$maria", "$maria")
    done = run(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "fell by 61 % (90 % interval 46 to 71)" in done.stdout
    assert "DIFFERS  80 %" in done.stdout
    assert "MATCHES  61 %" in done.stdout
    assert "61 %" in (tmp_path / "maria/site/index.html").read_text(encoding="utf-8")
    assert (tmp_path / "maria/package").is_dir()


def commands(page: str) -> str:
    """The shell blocks of a page, one after the other."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    assert script
    return script


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs it in a folder, with a store of its own."""
    environment = {
        **os.environ,
        "XDG_DATA_HOME": str(folder / "data"),
        "HOME": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    return subprocess.run(
        ["sh", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
