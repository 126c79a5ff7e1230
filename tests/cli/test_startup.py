"""The program starts fast and imports nothing heavy."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = ("pandas", "xarray", "rasterio", "scipy", "h5py", "shapely", "pyproj", "PIL")


def _cpu_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "dateline", *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def test_help_takes_less_than_half_a_second_of_cpu() -> None:
    """`dateline --help` stays under 0.5 s of CPU, best of three."""
    seconds = min(_cpu_seconds("--help") for _ in range(3))
    print(f"dateline --help: {seconds:.2f} s CPU")
    assert seconds < 0.5


@pytest.mark.parametrize("arguments", [["--help"], ["methods"], ["run", "night_lights", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Asking for help or for the methods loads none of the big libraries."""
    code = (
        "import sys\nfrom dateline.cli.app import run\n"
        f"try:\n    run({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_an_unknown_method_is_a_usage_error_in_three_parts() -> None:
    """A wrong method name gives exit 2, says what was seen and lists the methods there are."""
    done = subprocess.run([sys.executable, "-m", "dateline", "run", "nightlights"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "saw: 'nightlights'" in done.stderr
    assert "night_lights" in done.stderr
