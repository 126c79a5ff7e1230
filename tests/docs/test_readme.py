"""The samples of commands in the README run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.mark.samples
def test_the_measurement_in_the_shell_runs_as_printed(samples: Path, tmp_path: Path) -> None:
    """Five lines of shell: the answer, the card and the plan come out, and the map is kept."""
    script = next(block for block in blocks("sh") if "run night_lights" in block)
    assert len(script.strip().splitlines()) == 5
    script = script.replace("../shared/samples", str(samples))
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path, env=_environment(), capture_output=True, text=True, check=True
    )
    assert "fell by 60 % (90 % interval 45 to 71)" in done.stdout
    assert "h30v04" in done.stdout
    assert list((tmp_path / "out").rglob("*.png"))


@pytest.mark.samples
def test_the_measurement_in_python_runs_as_printed(samples: Path, tmp_path: Path) -> None:
    """Five lines of Python: the sentence, the interval, the caveats."""
    (script,) = blocks("python")
    assert sum(bool(line) for line in script.splitlines()) == 5
    code = script.replace("../shared/samples", str(samples))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "fell by 60 %" in done.stdout
    assert "mixed-month" in done.stdout


def test_every_command_in_the_readme_exists() -> None:
    """Each `dateline VERB` in the README is a verb of the program, each `make TARGET` a target."""
    from dateline.cli.app import app

    verbs = {verb.name for verb in (*app.registered_commands, *app.registered_groups)}
    used = set(re.findall(r"^(?:dateline) ([a-z]+)", "\n".join(blocks("sh")), re.M))
    assert used <= verbs
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"^make ([a-z]+)", "\n".join(blocks("sh")), re.M)) <= targets
