"""What the home page knows of a case, without a browser."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dateline.app.desk import Desk
from dateline.app.screens.home.glance import Watch
from dateline.app.screens.home.open_points import open_points
from dateline.app.screens.home.rows import rows
from dateline.app.screens.home.site import site_file
from dateline.app.screens.home.work import Works
from dateline.cli.app import run
from dateline.core.clock import SystemClock
from dateline.core.errors import Refusal
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
PLACE = 'schema = 1\nid = "{id}"\nrole = "port"\n[names]\nen = "{id}"\n[where]\nlon = {lon}\nlat = 42.2\nradius = 100\n'
MEASURE = """schema = 1
id = "far"
method = "distance"
question = "How far?"
[inputs]
places = { places = ["east"] }
references = { places = ["west"] }
"""


def fill(root: Path) -> Case:
    """Two places, a measure between them, and a story that tells it."""
    for name, lon in (("east", 131.0), ("west", 130.0)):
        (root / "places").mkdir(exist_ok=True)
        (root / f"places/{name}.toml").write_text(PLACE.format(id=name, lon=lon))
    (root / "measures").mkdir(exist_ok=True)
    (root / "measures/far.toml").write_text(MEASURE)
    (root / "story.md").write_text(
        '+++\ntitle = "A distance"\nstandfirst = "How far it is."\nbyline = "The desk"\n+++\n\n'
        "From {{west.name}} to {{east.name}} it is {{far.distance}}.\n"
    )
    return Case.load(root)


def mark(root: Path, by: str, sitting: str, number: int, **more: Any) -> None:
    """One mark on the picture `crowd`."""
    told = {"id": f"{sitting}-{number}", "by": by, "at": NOW, "item": "crowd", "sitting": sitting, "state": "present"}
    append(root, by, sitting, [Observation.model_validate(told | {"question": "people"} | more)])


def lists(root: Path) -> dict[str, list[str]]:
    """What is open: notes by list."""
    return {one.id: [entry.note for entry in one.entries] for one in open_points(Case.load(root), NOW)}


def test_a_measure_goes_from_new_to_measured_to_stale(desk: Path) -> None:
    """Not yet, measured with sentence and interval, stale once a place moves; and what the inputs of one lack."""
    (before,) = rows(fill(desk))
    assert (before.state, before.question) == ("new", "How far?")
    assert run(["measure", "--case", str(desk)]) == 0
    (after,) = rows(Case.load(desk))
    assert after.state == "measured"
    assert "interval" in after.estimates[0][1]
    assert after.sentence
    place = desk / "places/east.toml"
    place.write_text(place.read_text().replace("131.0", "132.0"))
    assert [row.state for row in rows(Case.load(desk))] == ["stale"]


def test_what_is_open_is_listed(desk: Path) -> None:
    """Sittings under way, counts of one person, waiting replies past their day, embargoes, unrated claims."""
    mark(desk, "fox", "count-1", 1)
    for who in ("ana", "bo"):
        mark(desk, who, f"count-{who}", 1)
    mark(desk, "ana", "count-ana", 2, submitted=True)
    for name in ("sources", "claims", "replies"):
        (desk / name).mkdir(exist_ok=True)
    (desk / "sources/firm.toml").write_text('schema = 1\nid = "firm"\ntype = "company"\n[names]\nen = "A firm"\n')
    (desk / "claims/C1.toml").write_text(
        'schema = 1\nid = "C1"\nspeaker = "firm"\nsaid = "2024-02-01"\nstance = "asserts"\nstatement = "We did not."\n'
    )
    (desk / "replies/R1.toml").write_text(
        'schema = 1\nid = "R1"\nparty = "firm"\nquestion = "Did you?"\nasked = "2024-02-10"\ndeadline = "2024-02-20"\n'
        'outcome = "waiting"\n'
    )
    head = desk / "case.toml"
    head.write_text(head.read_text() + "\nembargo = 2024-06-01T00:00:00Z\n")
    found = lists(desk)
    assert found["second"] == ["ana alone"]
    assert [note.split()[0] for note in found["sittings"]] == ["begun", "begun"]
    assert (len(found["unrated"]), found["unsigned"]) == (1, [])
    assert found["replies"][0].endswith(": over")
    assert found["embargo"] == ["not before 2024-06-01T00:00:00Z"]
    assert found["missing"] == []
    shutil.rmtree(desk.parent / "data")
    assert len(lists(desk)["missing"]) == 1


def test_measuring_and_building_is_what_the_commands_do(desk: Path, tmp_path: Path) -> None:
    """The findings and the page are the command's, byte for byte; while one job runs another is refused."""
    fill(desk)
    copy = tmp_path / "copy" / "case"
    shutil.copytree(desk, copy)
    assert run(["measure", "--case", str(copy), "--by", "fox"]) == 0
    assert run(["build", "--case", str(copy)]) == 0
    works = Works(desk, SystemClock())
    for kind in ("measure", "build"):
        job = works.start(kind, "fox")
        wait(lambda job=job: not job.running)
        assert job.error is None, job.error
    for name in ("findings/far.json", "site/index.html"):
        assert (desk / name).read_bytes() == (copy / name).read_bytes(), name
    assert works.measured["far"].status == "computed"
    assert works.now is not None
    works.now.running = True
    with pytest.raises(Refusal) as caught:
        works.start("measure", None)
    assert caught.value.code == "at-work"


def test_a_job_stops_between_measures(desk: Path) -> None:
    """What is measured stays; what was not begun is left."""
    fill(desk)
    for number in range(3):
        text = MEASURE.replace('"far"', f'"far-{number}"')
        (desk / f"measures/far-{number}.toml").write_text(text)
    works = Works(desk, SystemClock())
    job = works.start("measure", None)
    works.cancel()
    wait(lambda: not job.running)
    assert job.cancelled or len(job.done) == job.total
    assert len(list((desk / "findings").glob("*.json"))) == len(job.done)


def test_a_broken_case_is_told_and_comes_back(desk: Path) -> None:
    """Every fault with its file; and the case again as soon as the edit is mended, without a start."""
    fill(desk)
    watch = Watch(Desk(root=desk, port=1))
    place = desk / "places/east.toml"
    whole = place.read_text()
    place.write_text(whole.replace("[where]", "[here]"))
    glance, _ = watch.look(30)
    assert glance.broken is not None
    assert "places/east.toml" in glance.broken.saw
    place.write_text(whole)
    again, _ = watch.look(30)
    assert again.broken is None
    assert again.case is not None
    assert again.rows is not None
    assert again.report is not None
    assert watch.look(30)[0].number == again.number  # nothing changed, nothing new is told
    (desk / "story.md").write_text('+++\ntitle = "x"\n+++\n\nIt was 7 km.\n')
    assert watch.look(30)[0].number > again.number


def test_nothing_outside_the_site_is_served(desk: Path, tmp_path: Path) -> None:
    """No path up, no link out, no folder; and no site that is itself a link out of the case."""
    site = desk / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>page")
    (desk / "secret.txt").write_text("secret")
    (site / "out").symlink_to(desk)
    (site / "file.txt").symlink_to(desk / "secret.txt")
    assert site_file(desk, "") == (site / "index.html").resolve()
    for name in (
        "../case.toml",
        "out/secret.txt",
        "file.txt",
        "/etc/passwd",
        "..",
        ".",
        "a\x00",
        "../site/../case.toml",
    ):
        assert site_file(desk, name) is None or name == "../site/index.html", name
    elsewhere = tmp_path / "elsewhere"
    shutil.move(site, elsewhere)
    site.symlink_to(elsewhere)
    assert site_file(desk, "") is None


def wait(done: Any, patience: float = 60.0) -> None:
    """Until something is true."""
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_state_of_a_job_is_plain_json(desk: Path) -> None:
    """What the page's script polls."""
    (desk / "story.md").unlink()
    works = Works(desk, SystemClock())
    job = works.start("build", None)
    wait(lambda: not job.running)
    assert json.loads(json.dumps(job.to_json()))["running"] is False
    assert job.line().startswith("The page was not built")
