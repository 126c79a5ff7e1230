"""Starts a stand-in server in a process of its own: GDAL, and our door, talk to it as to the real one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(module: str, *arguments: str) -> Iterator[str]:
    """The base URL of `python -m MODULE ARGUMENTS`, which prints it as its first line; ended at the end."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            assert line.startswith("http"), f"{module} did not start: {line!r}"
            yield line
        finally:
            process.kill()
