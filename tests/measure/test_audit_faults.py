"""One byte or line anywhere in a case: found, and located. Nothing on an untouched copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest
from tests.evidence.filled_case import NOON, custody_of, fill, quick_user

from dateline.evidence.audit import Row
from dateline.evidence.seal.make import seal
from dateline.evidence.store import Store
from dateline.ledger.case import Case
from dateline.ledger.skeleton import new_case
from dateline.measure.audit import audit_case
from dateline.measure.case_run import measure_case
from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, Window, invented_coast

HAVEN = """schema = 1
id = "haven"
role = "port"

[names]
en = "Haven"

[where]
lon = -122.72
lat = -47.55
radius = 4000
"""

LIGHT = """schema = 1
id = "light"
method = "night_lights"

[inputs]
before = { product = "VNP46A3", folder = "imagery", period = "2018-01" }
after = { product = "VNP46A3", folder = "imagery", period = "2023-01" }
places = { places = ["haven"] }
"""

KINDS = ("flip", "drop byte", "insert byte", "truncate", "drop line", "insert line", "double line", "swap lines")


@dataclass(frozen=True)
class Filled:
    """A sealed case with items and a finding, and the store of its bytes."""

    case: Path
    store: Store

    def audit(self, *, quick: bool = False) -> list[Row]:
        return list(audit_case(self.case, now=NOON, find=self.store.find, quick=quick))

    def files(self) -> list[Path]:
        """Everything that a fault may hit: records, chains, seals, findings, stored bytes."""
        inside = [path for name in ("evidence", "findings") for path in sorted((self.case / name).rglob("*"))]
        stored = sorted((self.store.root / "objects").rglob("*"))
        return [path for path in inside + stored if path.is_file()]


def build(root: Path, count: int) -> Filled:
    """`count` items of two people, one measured finding; the log sealed."""
    case = new_case(root / "coast", title="A coast", question="Does it grow?", worldview="iso", exercise=True)
    store = Store(root / "store")
    world, window = invented_coast(seed=3), Window.around(COAST_TILE, lon=-122.72, lat=-47.55, size=60)
    (case / "imagery").mkdir()
    for year in (2018, 2023):
        write_tile(case / "imagery", world, "VNP46A3", date(year, 1, 1), window)
    (case / "places" / "haven.toml").write_text(HAVEN)
    (case / "measures" / "light.toml").write_text(LIGHT)
    fill(case, store, count)
    assert [one.status for one in measure_case(Case.load(case))] == ["computed"]
    seal(custody_of(case), keys=root / "keys")
    return Filled(case, store)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    root = tmp_path_factory.mktemp("small")
    with quick_user(root):
        yield build(root, 120)


def spoil(data: bytes, kind: str, random: Random) -> bytes:
    """One fault of a kind at a random place."""
    at = random.randrange(len(data))
    lines = data.splitlines(keepends=True)
    line = random.randrange(len(lines))
    match kind:
        case "flip":
            return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]
        case "drop byte":
            return data[:at] + data[at + 1 :]
        case "insert byte":
            return data[:at] + bytes([random.randrange(256)]) + data[at:]
        case "truncate":
            return data[:at]
        case "drop line":
            del lines[line]
        case "insert line":
            lines.insert(line, b"x = 1\n")
        case "double line":
            lines.insert(line, lines[line])
        case _:
            lines[line - 1], lines[line] = lines[line], lines[line - 1]
    return b"".join(lines)


def first_line_apart(good: bytes, bad: bytes) -> int:
    ours, theirs = good.split(b"\n"), bad.split(b"\n")
    return next((n for n, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1]), len(theirs))


def is_located(filled: Filled, path: Path, rows: list[Row], line: int) -> bool:
    """Whether a row names the file, and in a chain the line or the one after it."""
    named = str(path.relative_to(filled.case)) if path.is_relative_to(filled.case) else str(path)
    told = [row for row in rows if row.state != "same" and row.where.split(":")[0] == named]
    if path.suffix == ".jsonl":
        return any(row.where in {f"{named}:{line + more}" for more in (-1, 0, 1)} for row in told)
    return bool(told)


def check_faults(filled: Filled, count: int, seed: int) -> dict[str, int]:
    """Applies `count` random faults one after the other; each must be found and located; gives their number by sort."""
    random = Random(seed)
    groups: dict[str, list[Path]] = {}
    for path in filled.files():
        groups.setdefault(sort_of(filled, path), []).append(path)
    done: dict[str, int] = {}
    while sum(done.values()) < count:
        sort = random.choice(sorted(groups))
        path, kind = random.choice(groups[sort]), random.choice(KINDS)
        good = path.read_bytes()
        bad = spoil(good, kind, random)
        if bad == good:
            continue
        mode = path.stat().st_mode
        path.chmod(0o644)
        path.write_bytes(bad)
        rows = filled.audit()
        line = first_line_apart(good, bad)
        assert is_located(filled, path, rows, line), (
            kind,
            path,
            line,
            [str(row) for row in rows if row.state != "same"],
        )
        path.write_bytes(good)
        path.chmod(mode)
        done[sort] = done.get(sort, 0) + 1
    return done


def sort_of(filled: Filled, path: Path) -> str:
    if not path.is_relative_to(filled.case):
        return "store"
    parts = path.relative_to(filled.case).parts
    return parts[1] if parts[0] == "evidence" else parts[0]


def is_clean(rows: list[Row]) -> bool:
    return {row.state for row in rows if row.kind != "seals"} <= {"same"}


def test_every_random_fault_is_found_and_located(small: Filled) -> None:
    """64 seeded faults in items, custody, seals, findings and store of a case of 120 items."""
    done = check_faults(small, 64, seed=20240302)
    assert set(done) == {"items", "custody", "seals", "findings", "store"}


def test_an_untouched_case_and_its_copy_elsewhere_are_clean(small: Filled, tmp_path: Path) -> None:
    """No false alarm; where the store is not, the bytes are said to be not here, and that is no difference."""
    assert is_clean(small.audit())
    assert is_clean(small.audit(quick=True))
    copy = shutil.copytree(small.case, tmp_path / "elsewhere" / "coast")
    assert is_clean(list(audit_case(copy, now=NOON, find=small.store.find)))
    away = list(audit_case(copy, now=NOON, find=lambda _sha256: None))
    assert {row.state for row in away if row.kind == "bytes"} == {"not here"}
    assert not any(row.state == "different" for row in away)


@pytest.mark.slow
def test_a_thousand_random_faults_in_a_case_of_two_thousand_items(tmp_path: Path) -> None:
    """1,000 seeded faults; each is found and located; none on the untouched case, before and after, and on a copy."""
    with quick_user(tmp_path):
        filled = build(tmp_path, 2000)
        assert is_clean(filled.audit())
        done = check_faults(filled, 1000, seed=19)
        assert is_clean(filled.audit())
        copy = shutil.copytree(filled.case, tmp_path / "copy")
        assert is_clean(list(audit_case(copy, now=NOON, find=filled.store.find)))
    print(f"faults found and located: {done}")
