"""What docs/ports.md prints about a folder of passes works on an invented harbour."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from dateline.simulate.harbour import Harbour, simulate, write

PAGE = Path(__file__).parents[2] / "docs" / "ports.md"


def test_the_commands_about_passes_run_as_printed(tmp_path: Path) -> None:
    """Passes and a quay line in a folder; the two commands and the lines of Python, as they stand on the page."""
    harbour = Harbour()
    _, chips = simulate(harbour, np.random.default_rng(4))
    write(tmp_path / "passes", chips)
    berth = harbour.berths[0]
    line = {"type": "LineString", "coordinates": [list(point) for point in berth.quay]}
    told = {"id": berth.id, "name": berth.name, "water": berth.water}
    feature = {"type": "Feature", "properties": told, "geometry": line}
    (tmp_path / "quays.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    text = PAGE.read_text(encoding="utf-8")
    commands = next(block for block in re.findall(r"```text\n(.*?)```", text, re.S) if "berth_occupancy" in block)
    program = re.findall(r"```python\n(.*?)```", text, re.S)[0]
    (tmp_path / "program.py").write_text(program)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-ec", f"{commands}python program.py"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Ships were seen at berth-1 on" in done.stdout
    assert "slot-1 ships" in done.stdout
