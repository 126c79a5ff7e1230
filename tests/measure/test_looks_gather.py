"""Looks from files, from what people marked in a case, and from images by threshold; the real fire among them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dateline.core.clock import FixedClock
from dateline.core.errors import RecordError, Refusal
from dateline.evidence.intake import Form, describe_elsewhere
from dateline.evidence.item import Licence
from dateline.evidence.provenance import Image, Sighting
from dateline.evidence.store import default_store
from dateline.ledger.case import Case
from dateline.ledger.site_look import SiteLook
from dateline.measure.archive import Archive
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.gather.looks import prepare
from dateline.measure.request import from_measure, silent
from dateline.methods.catalogue import card

NOON = datetime(2024, 12, 1, 12, tzinfo=UTC)


def of_files(*paths: Path, **parameters: Any) -> Any:
    """The finding of `dateline run bracketing --looks …`."""
    roles = {"looks": [str(path) for path in paths]}
    return ask(request_of_flags(card("bracketing"), roles=roles, named={}, parameters=parameters))[0]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exercise with a base and four images from elsewhere: three of a moment, one a month's mosaic, one undated."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = tmp_path / "case"
    (folder / "places").mkdir(parents=True)
    (folder / "measures").mkdir()
    (folder / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = true\n'
    )
    (folder / "places" / "base.toml").write_text(
        'schema = 1\nid = "base"\nrole = "site"\nlocated_by = "invented"\n\n[names]\nen = "The base"\n\n'
        "[where]\nlon = -125.0\nlat = -47.0\nradius = 1000\n"
    )
    days = {"s1": (2, 2), "s2": (8, 8), "s3": (20, 28), "s4": None}
    with Archive(folder, by="ana", store=default_store(), clock=FixedClock(NOON)) as archive:
        for name, span in days.items():
            start, end = (None, None) if span is None else (datetime(2024, 10, day, 3, tzinfo=UTC) for day in span)
            image = Image(sensor="fine", scene=name, start=start, end=end, resolution=0.5)
            form = Form(by="ana", licence=Licence(name="unknown"), id=f"it-{name}", image=image)
            sighting = Sighting(state="seen", by="ana", where="a viewer")
            archive.write(describe_elsewhere(form, sighting, name=f"{name}.tif", why="the provider has it"))
    return folder


def mark(root: Path, who: str, *rows: dict[str, Any]) -> None:
    """What somebody marked at the base."""
    folder = root / "observations" / who
    folder.mkdir(parents=True)
    common = {"schema": 1, "by": who, "at": "2024-11-02T10:00:00Z", "place": "base", "question": "Trenches?"}
    (folder / "o.jsonl").write_text("".join(json.dumps(common | row) + "\n" for row in rows))


def looks_of(
    root: Path, selector: str = 'places = ["base"]', **parameters: str
) -> tuple[tuple[SiteLook, ...], set[str]]:
    """The looks that a measure reads, and the codes of its notes."""
    told = "".join(f'{name} = "{value}"\n' for name, value in parameters.items())
    (root / "measures" / "since.toml").write_text(
        f'schema = 1\nid = "since"\nmethod = "bracketing"\n\n[parameters]\n{told}\n[inputs]\nlooks = {{ {selector} }}\n'
    )
    case = Case.load(root)
    loaded = prepare(from_measure(case, case.measures["since"])).load(silent)
    return loaded.inputs.many("looks", SiteLook), {note.code for note in loaded.notes}


def test_marks_of_a_case_become_looks_with_their_images_facts(root: Path) -> None:
    """Superseded and withdrawn are gone; time, sensor and distance are the item's; an undated image is told."""
    mark(
        root, "mk",
        {"id": "O1", "item": "it-s1", "state": "present"},
        {"id": "O2", "item": "it-s1", "state": "absent", "supersedes": "O1", "independent": True},
        {"id": "O3", "item": "it-s2", "state": "present"},
        {"id": "O4", "item": "it-s2", "state": "withdrawn", "supersedes": "O3"},
        {"id": "O5", "item": "it-s3", "state": "present"},
        {"id": "O6", "item": "it-s4", "state": "present"},
    )  # fmt: skip
    looks, codes = looks_of(root)
    assert [(look.image, look.answer, look.gsd, look.independent) for look in looks] == [
        ("it-s1", "absent", 0.5, True), ("it-s3", "present", 0.5, False),
    ]  # fmt: skip
    assert (looks[1].start.day, looks[1].end.day) == (20, 28)
    assert codes == {"undated-image"}


def test_two_questions_need_a_choice_and_people_can_be_chosen(root: Path) -> None:
    """Huts are not trenches: refused until `asked` names one of them."""
    mark(root, "mk", {"id": "O1", "item": "it-s1", "state": "absent"})
    mark(root, "bo", {"id": "P1", "item": "it-s2", "state": "present", "question": "Huts?"})
    with pytest.raises(Refusal) as caught:
        looks_of(root)
    assert caught.value.code == "several-questions"
    assert [look.by for look in looks_of(root, asked="trenches")[0]] == ["mk"]
    assert [look.by for look in looks_of(root, 'places = ["base"], observations = ["bo"]')[0]] == ["bo"]


def test_one_picture_under_two_dates_is_one_of_a_day_between(tmp_path: Path) -> None:
    """Byte-identical "dates" are named and widened; nothing is counted twice."""
    sha = "a" * 64
    (tmp_path / "looks.csv").write_text(
        f"image,start,gsd,answer,sha256\nA,2024-10-01,0.5,absent,\nB,2024-10-05,0.5,present,{sha}\nC,2024-11-05,0.5,present,{sha}\n"
    )
    finding = of_files(tmp_path / "looks.csv", narrow=3, object="huts")
    assert "same-bytes" in {note.code for note in finding.caveats}
    assert finding.values["images"] == 2
    assert finding.values["appeared"]["sets"] == [["2024-10-01", "2024-11-05"]]


def test_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    """Two files, one error."""
    (tmp_path / "a.csv").write_text("image,start,answer\nA,2024-10-01T10:00,absent\n")
    (tmp_path / "b.jsonl").write_text('{"image": "B", "start": "2024-10-01", "answer": "maybe"}\n')
    with pytest.raises(RecordError) as caught:
        of_files(tmp_path / "a.csv", tmp_path / "b.jsonl")
    assert {(fault.file, fault.line) for fault in caught.value.faults} == {("a.csv", 2), ("b.jsonl", 1)}


def test_nothing_at_all_is_refused() -> None:
    """With its code."""
    found = ask(request_of_flags(card("bracketing"), roles={}, named={}, parameters={}))[0]
    assert (found.result, found.reasons[0].code) == ("refused", "no-looks")


def test_the_fire_in_chile_lies_between_its_two_passes(samples: Path) -> None:
    """(2 February 2024 10:04, 4 February 23:28] UTC, from shares of pixels; empty passes neither narrow nor widen."""
    folder = samples / "radar" / "chile_fire_2024"
    every = sorted(folder.glob("*_METRIC.tif"))
    empty = [path for path in every if path.name[:8] in {"20240128", "20240209", "20240221"}]

    def bracket(paths: list[Path]) -> Any:
        roles = {"images": [str(path) for path in paths]}
        given = {"over": 3.5, "share": 0.1, "narrow": 300, "object": "the burnt ground"}
        request = request_of_flags(card("bracketing"), roles=roles, named={}, parameters=given, product="index")
        return ask(request)[0]

    whole, seen = bracket(every), bracket([path for path in every if path not in empty])
    assert whole.result == "bracketed"
    assert whole.values["appeared"]["sets"] == [["2024-02-02T10:04:30Z", "2024-02-04T23:28:36Z"]]
    assert whole.values["appeared"] == seen.values["appeared"]
    assert whole.values["likely"]["sets"] == seen.values["likely"]["sets"]
    assert [row["answer"] for row in whole.series.rows].count("obscured") == len(empty) == 3
    assert "2 February 2024, 10:04 UTC" in whole.statement.en


def test_half_a_pass_is_in_no_bracket_and_is_told(root: Path) -> None:
    """Looks of a pass without dates that is not ended are left out and named; ended, they count. Lines never do."""
    blind = {"sitting": "s", "date_hidden": True, "independent": True}
    rows: list[dict[str, Any]] = [
        {"id": "O1", "item": "it-s1", "state": "absent"},
        {"id": "s-2", "item": "it-s2", "state": "present", **blind},
        {"id": "O3", "item": "it-s2", "state": "absent", "tile": "c0r0-64px"},
        {"id": "O4", "item": "it-s2", "state": "present", "question": "shed", "lines": [[[0, 0], [90, 0]]]},
    ]
    mark(root, "mk", *rows)
    looks, codes = looks_of(root)
    assert [(look.image, look.answer) for look in looks] == [("it-s1", "absent")]
    assert codes == {"not-submitted"}
    end = {"id": "s-end", "item": "it-s2", "state": "not_discernible", "submitted": True, **blind}
    (root / "observations/mk/o.jsonl").unlink()
    (root / "observations/mk").rmdir()
    mark(root, "mk", *rows, end)
    looks, codes = looks_of(root)
    assert [(look.image, look.answer) for look in looks] == [("it-s1", "absent"), ("it-s2", "present")]
    assert not codes
