"""The exercise's port: a season of radar passes over invented berths, a person's optical looks, and what is true."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from dateline.evidence.atomic import write_atomic
from dateline.imagery.chip import Chip
from dateline.ledger.port_log import PortLook
from dateline.ledger.port_log_csv import write_port_log
from dateline.simulate import harbour
from dateline.simulate.exercise_picture import png
from dateline.simulate.harbour import ASCENDING, Harbour, Truth

PORT = "tarrowmouth"
"""Id of the port's record in the case; its berths' ids are those of the harbour."""
SEED = 9
HARBOUR = Harbour(
    tracks=(ASCENDING,),
    passes=44,
    interval=6,
    missing=0.12,
    busy=(0.25, 0.18, 0.08, 0.06),
    stay=5.0,
    start=datetime(2023, 9, 4, 1, 30, tzinfo=UTC),
)
"""One track of two satellites, six days apart: late winter to autumn of an invented southern coast, before its snow."""
FIRST_DAY, LAST_DAY = date(2023, 9, 4), date(2024, 5, 19)
"""The first pass's day and the last's: the window that is asked about."""

LOOKER, EVERY, HOUR, CLOUDY = "mk", 9, 19.2, 0.45
"""Who looked at optical pictures, every how many days, at which hour [h, UTC], and the share of them under cloud."""
SHOWN = slice(3, 13)
"""Radar passes that are drawn as pictures for the story."""
CROP = (slice(14, 114), slice(20, 108))
"""What a picture shows: both quays with land to their left and water to their right [px]."""
LOW, HIGH = -24.0, 4.0
"""Black and white of a picture [dB]."""


@cache
def stack() -> tuple[Truth, tuple[Chip, ...]]:
    """What lay in the port, and the radar chips of it by time."""
    return harbour.simulate(HARBOUR, np.random.default_rng(SEED))


def with_ships(day: date) -> bool:
    """Whether a ship lay at any berth on a day, at the hour of the radar passes."""
    at = datetime.combine(day, HARBOUR.start.timetz())
    return stack()[0].count(None, at) > 0


def days() -> tuple[date, ...]:
    """All days of the window."""
    return tuple(FIRST_DAY + timedelta(days=k) for k in range((LAST_DAY - FIRST_DAY).days + 1))


def looks() -> tuple[PortLook, ...]:
    """What one person said of optical pictures of the port: right wherever there was no cloud."""
    rng = np.random.default_rng(SEED + 1)
    truth, _ = stack()
    made = []
    for day in days()[3::EVERY]:
        at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=HOUR)
        cloudy, ships = rng.random() < CLOUDY, truth.count(None, at)
        made.append(
            PortLook(
                place=PORT,
                at=at,
                image=f"SIMULATED-optical-{at:%Y%m%dT%H%M}",
                sensor="optical, simulated",
                usable=0.0 if cloudy else 1.0,
                resolution=3.0,
                seen="not observed" if cloudy else "ships" if ships else "empty",
                ships=None if cloudy else ships,
                why="cloud" if cloudy else None,
                by=LOOKER,
                how="person",
                blind=True,
                simulated=True,
            )
        )
    return tuple(made)


def write(folder: Path) -> int:
    """Writes what is not there yet: radar/*.tif, pictures/*.png, SIMULATED_looks.csv. Returns how many files."""
    _, chips = stack()
    lacking = [chip for chip in chips if not (folder / "radar" / f"{chip.id}.simulated.tif").exists()]
    written = len(harbour.write(folder / "radar", lacking))
    for chip in chips[SHOWN]:
        path = folder / "pictures" / picture_name(chip)
        if not path.exists():
            decibels = 10 * np.log10(np.asarray(chip.values[0][CROP], np.float64))
            write_atomic(path, png(decibels, low=LOW, high=HIGH, zoom=4))
            written += 1
    table = folder / "SIMULATED_looks.csv"
    if not table.exists():
        write_atomic(table, write_port_log(looks()).encode())
        written += 1
    return written


def picture_name(chip: Chip) -> str:
    """What the picture of a pass is called."""
    return f"SIMULATED_radar_{chip.at:%Y-%m-%d}.png"
