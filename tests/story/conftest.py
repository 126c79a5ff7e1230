"""The sample coast as a case, and ways to write another story on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.measure.case_run import measure_case
from dateline.story.check import reading_of
from dateline.story.fault import Report
from dateline.story.parse import parse
from dateline.story.reading import Reading
from dateline.story.samples import sample_case

RASON = Path(__file__).parents[2] / "examples" / "rason"
FRONT = '+++\ntitle = "A title"\n+++\n\n'


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample case, for reading only."""
    return sample_case(tmp_path_factory.mktemp("ground") / "halm")


@pytest.fixture(scope="session")
def halm(ground: Path) -> Case:
    """The sample case, loaded."""
    return Case.load(ground)


@pytest.fixture(scope="session")
def rason_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of examples/rason with its findings, but those that need files of evidence and a slow one."""
    folder = tmp_path_factory.mktemp("copy") / "rason"
    shutil.copytree(RASON, folder, ignore=shutil.ignore_patterns("site", "findings"))
    case = Case.load(folder)
    for _ in measure_case(case, [name for name in case.measures if name != "port-counts"]):
        pass
    return folder


@pytest.fixture
def own(ground: Path, tmp_path: Path) -> Path:
    """A copy of the sample case that a test may change."""
    return Path(shutil.copytree(ground, tmp_path / "case"))


@pytest.fixture
def read(halm: Case) -> Callable[[str], Reading]:
    """A body of a story, laid beside the sample case."""

    def lay(body: str) -> Reading:
        return reading_of(halm, parse(FRONT + body))

    return lay


@pytest.fixture
def examined(halm: Case) -> Callable[..., Report]:
    """The report on a body of a story on the sample coast."""
    from dateline.story.check import examine

    def report(body: str, *, stale: tuple[str, ...] = (), case: Case | None = None) -> Report:
        return examine(reading_of(case or halm, parse(FRONT + body), stale=stale))

    return report
