"""One log from all sides: what people marked, findings of berths, the case's images, tables; nothing is guessed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PILImage

from dateline.core.clock import FixedClock
from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.intake import Form, describe_elsewhere
from dateline.evidence.item import Licence
from dateline.evidence.provenance import Image, Sighting
from dateline.evidence.store import default_store
from dateline.ledger.case import Case
from dateline.ledger.finding import Artifact, Finding, Series, Statement
from dateline.ledger.port_log import PortLog, PortLook
from dateline.measure.archive import Archive
from dateline.measure.case_run import measure_case
from dateline.measure.gather.port_log import prepare
from dateline.measure.request import from_measure, silent
from dateline.methods.catalogue import card

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exercise with a port, its berth, and images from elsewhere: five dated, one not bought, one without a date."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = tmp_path / "case"
    (folder / "places").mkdir(parents=True)
    (folder / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = true\n'
    )
    head = 'schema = 1\nid = "{}"\nrole = "{}"\nlocated_by = "invented"\n{}\n[names]\nen = "The {}"\n\n'
    where = "[where]\nlon = -125.0\nlat = -47.0\nradius = 1000\n"
    quay = 'within = "port"\nquay = [[-125.0, -47.0], [-124.999, -47.0]]\n'
    (folder / "places" / "port.toml").write_text(head.format("port", "port", "", "port") + where)
    (folder / "places" / "east.toml").write_text(head.format("east", "berth", quay, "east berth") + where)
    with Archive(folder, by="ana", store=default_store(), clock=FixedClock(NOON)) as archive:
        for name, day in (("s1", 2), ("s2", 3), ("s3", 4), ("s4", 5), ("s5", 6), ("s6", 7), ("s7", None)):
            at = None if day is None else datetime(2024, 1, day, 3, tzinfo=UTC)
            image = Image(sensor="PlanetScope", scene=name, start=at, end=at, bounds=(-125.2, -47.2, -124.8, -46.8))
            form = Form(by="ana", licence=Licence(name="unknown"), id=f"it-{name}", image=image)
            state: Any = "not-bought" if name == "s6" else "seen"
            sighting = Sighting(state=state, by="ana", where="a viewer")
            archive.write(describe_elsewhere(form, sighting, name=f"{name}.tif", why="the provider has it"))
    return folder


def mark(root: Path, who: str, *rows: dict[str, Any]) -> None:
    """What somebody marked: (id, scene, state) and more, at the port unless it says otherwise."""
    folder = root / "observations" / who
    folder.mkdir(parents=True, exist_ok=True)
    common = {"schema": 1, "by": who, "at": "2024-02-02T10:00:00Z", "place": "port"}
    (folder / "o.jsonl").write_text("".join(json.dumps(common | row) + "\n" for row in rows))


def log_of(root: Path, selector: str = 'places = ["port"]') -> PortLog:
    (root / "measures").mkdir(exist_ok=True)
    (root / "measures" / "days.toml").write_text(
        f'schema = 1\nid = "days"\nmethod = "port_activity"\n\n[inputs]\nlog = {{ {selector} }}\n'
    )
    case = Case.load(root)
    prepared = prepare(from_measure(case, case.measures["days"]))
    return prepared.load(silent).inputs.one("log", PortLog)


def by_image(log: PortLog) -> dict[str, list[PortLook]]:
    return {image: [look for look in log.looks if look.image == image] for image in {one.image for one in log.looks}}


def test_marks_become_looks_and_images_nobody_marked_are_not_observed(root: Path) -> None:
    """Present, absent, obscured with its reason; superseded and withdrawn marks are gone; the rest says why."""
    mark(
        root, "mk",
        {"id": "O1", "item": "it-s1", "state": "absent"},
        {"id": "O2", "item": "it-s1", "state": "present", "count": 2, "supersedes": "O1"},
        {"id": "O3", "item": "it-s2", "state": "absent", "place": "east"},
        {"id": "O4", "item": "it-s3", "state": "obscured", "reason": "haze over the quay"},
        {"id": "O5", "item": "it-s4", "state": "present"},
        {"id": "O6", "item": "it-s4", "state": "withdrawn", "supersedes": "O5"},
        {"id": "O7", "item": "it-s7", "state": "present"},
        {"id": "O8", "item": "it-s5", "state": "present", "question": "People in the open?"},
    )  # fmt: skip
    log = log_of(root)
    looks = by_image(log)
    assert (looks["s1"][0].seen, looks["s1"][0].ships, looks["s1"][0].by) == ("ships", 2, "mk")
    assert (looks["s2"][0].seen, looks["s2"][0].berth) == ("empty", "east")
    assert (looks["s3"][0].seen, looks["s3"][0].why) == ("not observed", "haze over the quay")
    assert {looks[name][0].seen for name in ("s4", "s5", "s6")} == {"not observed"}
    assert looks["s6"][0].why == "not bought: the provider has it"
    assert "s7" not in looks
    assert {code for code, _ in log.notes} == {"undated-image", "other-question"}


def test_a_file_that_may_show_anywhere_is_no_look_that_was_missed(root: Path, tmp_path: Path) -> None:
    """A picture of ours without bounds is named and left out; looked at for this port, it is in."""
    handout = tmp_path / "handout.png"
    PILImage.new("RGB", (20, 20)).save(handout)
    with Archive(root, by="ana", store=default_store(), clock=FixedClock(NOON)) as archive:
        image = Image(scene="h", start=datetime(2011, 1, 2, 3, tzinfo=UTC))
        archive.file(handout, Form(by="ana", licence=Licence(name="unknown"), id="it-h", image=image))
    log = log_of(root)
    assert "h" not in by_image(log)
    assert [text for code, text in log.notes if code == "image-unplaced"] == [
        "Nothing says that these images show The port, so they are no part of the log: it-h."
    ]
    mark(root, "mk", {"id": "O1", "item": "it-h", "state": "absent"})
    assert by_image(log_of(root))["h"][0].seen == "empty"


def test_a_season_is_no_day(root: Path, tmp_path: Path) -> None:
    """An image of "summer 2019" is of no day of the log, marked or not: it is named and left out."""
    handout = tmp_path / "handout.png"
    PILImage.new("RGB", (20, 20)).save(handout)
    with Archive(root, by="ana", store=default_store(), clock=FixedClock(NOON)) as archive:
        start, end = datetime(2019, 6, 1, tzinfo=UTC), datetime(2019, 8, 31, 23, 59, 59, tzinfo=UTC)
        image = Image(scene="h", start=start, end=end, bounds=(-125.2, -47.2, -124.8, -46.8))
        archive.file(handout, Form(by="ana", licence=Licence(name="unknown"), id="it-h", image=image))
    assert "h" not in by_image(log_of(root))
    mark(root, "mk", {"id": "O1", "item": "it-h", "state": "present"})
    log = log_of(root)
    assert "h" not in by_image(log)
    assert ("image-period", "The image it-h is of no one day (2019-06-01 to 2019-08-31); a log counts days, "
            "so it was left out.") in log.notes  # fmt: skip


def test_a_second_look_is_kept_apart_and_observers_can_be_chosen(root: Path) -> None:
    """Blind marks say so; one person's marks alone, where that is asked."""
    mark(root, "mk", {"id": "O1", "item": "it-s1", "state": "present"})
    mark(root, "bo", {"id": "P1", "item": "it-s1", "state": "absent", "independent": True})
    assert [(one.by, one.seen, one.blind) for one in by_image(log_of(root))["s1"]] == [
        ("bo", "empty", True), ("mk", "ships", False),
    ]  # fmt: skip
    alone = by_image(log_of(root, 'places = ["port"], observations = ["mk"]'))["s1"]
    assert [one.by for one in alone] == ["mk"]


def test_a_measure_counts_and_goes_stale_with_a_new_mark(root: Path) -> None:
    """The finding of the case: its sentence by the place's name, the log beside it; another mark is another answer."""
    marks = [{"id": f"O{n}", "item": f"it-s{n}", "state": "absent" if n > 2 else "present"} for n in (1, 2, 3, 4)]
    mark(root, "mk", *marks)
    log_of(root)
    (first,) = measure_case(Case.load(root))
    assert first.finding is not None
    assert first.status == "computed"
    assert first.finding.statement.en.startswith("Ships were seen at The port on 2 of the 4 days")
    assert [one.role for one in first.finding.artifacts] == ["log"]
    assert {ref.kind for ref in first.finding.inputs} >= {"observations", "place", "record"}
    (again,) = measure_case(Case.load(root))
    assert again.status == "unchanged"
    mark(root, "mk", *marks, {"id": "O5", "item": "it-s5", "state": "present"})
    (changed,) = measure_case(Case.load(root))
    assert changed.finding is not None
    assert changed.finding.values["counts"]["with_ships"] == 3


def finding(rows: list[dict[str, Any]], method: str = "berth_occupancy", **more: Any) -> Finding:
    return Finding(
        schema=1, id="berths", method=method, method_version="1", question="?", result="seen",
        statement=Statement(key="x", en="x"), series=Series(rows=rows), input_key="0", **more,
    )  # fmt: skip


def asked(found: Finding, tmp_path: Path) -> list[PortLook]:
    from dateline.measure.ask import request_of_flags

    path = tmp_path / "berths.json"
    path.write_text(found.sealed().pretty())
    request = request_of_flags(card("port_activity"), roles={"log": str(path)}, named={}, parameters={})
    return list(prepare(request).load(silent).inputs.one("log", PortLog).looks)


def slot(berth: str, number: int, seen: str, **more: Any) -> dict[str, Any]:
    at = {"place": "port", "at": "2024-01-02T21:30:00+00:00", "image": "S1A", "sensor": "Sentinel-1"}
    return {**at, "berth": berth, "slot": str(number), "seen": seen, "usable": 1.0, **more}


def test_slots_of_a_berth_become_one_look(tmp_path: Path) -> None:
    """A ship in one slot is a ship at the berth; empty needs every slot; what was not seen says why."""
    rows = [
        slot("east", 1, "empty"), slot("east", 2, "ships"), slot("west", 1, "empty"), slot("west", 2, "empty"),
        slot("north", 1, "empty", usable=0.9), slot("north", 2, "not observed", why="quay changed", usable=0.4),
    ]  # fmt: skip
    looks = {look.berth: look for look in asked(finding(rows), tmp_path)}
    assert {name: look.seen for name, look in looks.items()} == {
        "east": "ships", "west": "empty", "north": "not observed",
    }  # fmt: skip
    assert (looks["north"].why, looks["north"].usable, looks["north"].how) == ("quay changed", 0.4, "method")


def test_detections_of_one_image_become_one_look_with_their_number(tmp_path: Path) -> None:
    """Two ships and a possible ghost are two ships; a possible ghost alone is neither a ship nor none."""
    image = {"place": "port", "sensor": "Sentinel-1", "usable": 0.8}
    one, other = image | {"at": "2024-01-02", "image": "a"}, image | {"at": "2024-01-03", "image": "b"}
    ghost = {"seen": "not observed", "why": "may be a ghost"}
    rows = [one | {"seen": "ships"}, one | {"seen": "ships"}, one | ghost, other | ghost]
    looks = asked(finding(rows, method="vessel_detection"), tmp_path)
    assert [(look.seen, look.ships, look.why) for look in looks] == [
        ("ships", 2, None), ("not observed", None, "may be a ghost"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "found",
    [
        finding([], method="night_lights"),
        finding([{"place": "port"}]),
        finding([slot("east", 1, "maybe")]),
        finding([slot("east", 1, "empty", at="2024-01-02T21:30:00")]),
        finding([slot("east", 1, "empty", at="yesterday")]),
    ],
)
def test_findings_that_are_no_looks_are_refused(found: Finding, tmp_path: Path) -> None:
    """Another method's, rows without a place, words that are none, times without a zone."""
    with pytest.raises(InputError) as caught:
        asked(found, tmp_path)
    assert caught.value.code == "port-log"


def test_a_long_series_is_read_from_the_table_beside_it(root: Path) -> None:
    """The sidecar's bytes must be those that the finding names."""
    rows = [slot("east", 1, "ships")]
    table = (
        "place,at,image,sensor,berth,slot,seen,usable\nport,2024-01-02T21:30:00+00:00,S1A,Sentinel-1,east,1,ships,1\n"
    )
    made = Artifact(role="series", path="berths/s.csv", sha256=sha256_bytes(table.encode()), media_type="text/csv")
    long = finding(rows, artifacts=[made]).model_copy(update={"series": Series(artifact="series")}).sealed()
    (root / "findings" / "berths").mkdir(parents=True)
    (root / "findings" / "berths.json").write_text(long.pretty())
    (root / "findings" / "berths" / "s.csv").write_text(table)
    (root / "measures").mkdir()
    (root / "measures" / "berths.toml").write_text('schema = 1\nid = "berths"\nmethod = "port_activity"\n')
    assert [look.seen for look in log_of(root, 'findings = ["berths"]').looks] == ["ships"]
    (root / "findings" / "berths" / "s.csv").write_text(table.replace("ships", "empty"))
    with pytest.raises(InputError, match="cannot be read as looks"):
        log_of(root, 'findings = ["berths"]')


def test_a_table_of_the_case_joins_the_rest(root: Path) -> None:
    """Looks from a CSV of the case stand beside the marks, and belong to the port that is named."""
    (root / "log.csv").write_text("at,seen\n2024-01-20,ships\n")
    looks = log_of(root, 'places = ["port"], files = ["log.csv"]').looks
    assert {look.place for look in looks} == {"port"}
    assert looks[-1].how == "table"
    assert looks[-1].seen == "ships"


def test_half_a_look_is_in_no_log_and_is_told(root: Path) -> None:
    """Looks of a sitting that nobody has ended leave their image “not looked at”, with a note; ended, they count."""
    base = {"item": "it-s1", "sitting": "port-x", "place": "port", "question": "ships at port"}
    mark(root, "mk", base | {"id": "port-x-1", "state": "absent"})
    open_ = log_of(root)
    assert {look.seen for look in by_image(open_)["s1"]} == {"not observed"}
    assert "not-submitted" in {code for code, _ in open_.notes}
    shutil.rmtree(root / "observations")
    mark(root, "mk", base | {"id": "port-x-1", "state": "absent"},
         base | {"id": "port-x-end", "state": "absent", "submitted": True})  # fmt: skip
    ended = log_of(root)
    assert {look.seen for look in by_image(ended)["s1"]} == {"empty"}
    assert "not-submitted" not in {code for code, _ in ended.notes}
