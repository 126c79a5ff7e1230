"""Pictures and videos as methods get them: by hash, from files, folders and media records."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.evidence.store import default_store
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.skeleton import new_case
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.case_run import measure_case
from dateline.methods import catalogue

NAMES = ("c2pa/A_no_manifest.jpg", "c2pa/XCA.jpg", "c2pa/cloud.jpg", "video/v2s.mov", "c2pa/video1.mp4")


def asked(*files: Path, **parameters: object) -> Finding:
    """The finding of `dateline run metadata`."""
    card = catalogue.card("metadata")
    anchors = parameters.pop("anchors", None)
    roles = {"file": [str(path) for path in files]} | ({"anchors": [str(anchors)]} if anchors else {})
    return ask(request_of_flags(card, roles=roles, named={}, parameters=parameters))[0]


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("c2pa/A_no_manifest.jpg", "no contradiction found"),
        ("c2pa/XCA.jpg", "contradicts itself"),
        ("c2pa/E-sig-CA.jpg", "contradicts itself"),
        ("c2pa/C.jpg", "no contradiction found"),
        ("c2pa/cloud.jpg", "contradicts itself"),
        ("c2pa/video1.mp4", "no contradiction found"),
        ("pdq/letterboxed_sample-b.jpg", "nothing to read"),
        ("video/carphone_distorted.mp4", "cannot tell"),
    ],
)
def test_samples_from_the_command_line(samples: Path, name: str, result: str) -> None:
    """Each real file gives its stated result, and rests on its bytes by hash."""
    finding = asked(samples / "verification" / name)
    assert finding.result == result
    assert [(ref.role, ref.id) for ref in finding.inputs] == [("file", Path(name).name)]
    assert finding.series is not None
    assert not finding.simulated


def test_a_trust_list_is_an_input(samples: Path, tmp_path: Path) -> None:
    """Certificates are named by hash among the inputs; what is no certificate is refused in words."""
    (tmp_path / "list.pem").write_text("nothing")
    with pytest.raises(InputError) as refused:
        asked(samples / "verification/c2pa/C.jpg", anchors=tmp_path / "list.pem")
    assert refused.value.code == "certificates"


def test_disguised_and_empty_files(samples: Path, tmp_path: Path) -> None:
    """A text that is called a picture is refused; a PNG that is called JPEG is read as what it is, and said to be."""
    (tmp_path / "note.jpg").write_text("hello")
    with pytest.raises(InputError) as refused:
        asked(tmp_path / "note.jpg")
    assert refused.value.code == "not-media"
    shutil.copyfile(samples / "verification/c2pa/A_no_manifest.jpg", tmp_path / "a.png")
    assert "name-and-bytes" in {note.code for note in asked(tmp_path / "a.png").reasons}


def test_several_files_are_several_questions(samples: Path) -> None:
    """A second file is refused by the method itself, as a finding that says what to do."""
    finding = asked(samples / "verification/c2pa/C.jpg", samples / "verification/c2pa/CA.jpg")
    assert (finding.result, finding.reasons[0].code) == ("refused", "several-files")
    one = samples / "verification/c2pa/C.jpg"
    assert asked(one, one).result == "no contradiction found"  # the same bytes are one file


def test_a_media_record_leads_to_its_file(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a case a measure names the record; the finding rests on the item and on the record, and comes out the same."""
    from dateline.evidence.intake import Form
    from dateline.evidence.item import Licence
    from dateline.measure.archive import Archive

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = new_case(tmp_path / "case", title="T", question="Q?", worldview="iso")
    form = Form(by="mk", licence=Licence(name="unknown"), id="pic")
    with Archive(folder, by="mk", store=default_store()) as archive:
        archive.file(samples / "verification/c2pa/XCA.jpg", form)
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media/pic-1.toml").write_text('schema = 1\nid = "pic-1"\ntitle = "P"\ntype = "photo"\nitems = ["pic"]\n')
    (folder / "measures").mkdir(exist_ok=True)
    (folder / "measures/itself.toml").write_text(
        'schema = 1\nid = "itself"\nmethod = "metadata"\n\n[inputs.file]\nmedia = ["pic-1"]\n'
    )
    (done,) = measure_case(Case.load(folder))
    assert done.finding is not None, done.error
    assert done.finding.result == "contradicts itself"
    assert {(ref.kind, ref.id) for ref in done.finding.inputs} == {("item", "pic"), ("record", "pic-1")}
