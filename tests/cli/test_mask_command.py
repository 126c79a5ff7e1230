"""`dateline mask`: a copy for publication, from a file or from an item of a case."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import typer
from typer.testing import CliRunner

from dateline.cli.mask import mask
from dateline.core.errors import DatelineError
from dateline.core.identity import sha256_file
from dateline.evidence.intake import Form
from dateline.evidence.item import Item, Licence
from dateline.evidence.store import default_store
from dateline.ledger.skeleton import new_case
from dateline.measure.archive import Archive
from dateline.measure.masked import read_box
from dateline.media.mask import Box
from dateline.media.photo import read_photo

app = typer.Typer()
app.command()(mask)


def masked(*arguments: str | Path) -> str:
    """What the command prints; raises what it raises."""
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_copy_tells_of_its_parent(samples: Path, tmp_path: Path) -> None:
    """Beside the copy stands what it was made from, by hash, and the command; the original is as it was."""
    source = samples / "verification/c2pa/A_no_manifest.jpg"
    before = sha256_file(source)
    masked(source, "--box", "400,200,160,120", "--box", "10,10,30,30", "--what", "faces", "-o", tmp_path / "out.png")
    note = json.loads((tmp_path / "out.png.json").read_text())
    assert note["parent"] == {"name": "A_no_manifest.jpg", "sha256": before}
    assert note["sha256"] == sha256_file(tmp_path / "out.png")
    assert note["command"] == ("dateline mask A_no_manifest.jpg --box 400,200,160,120 --box 10,10,30,30 --what faces")
    assert sha256_file(source) == before
    pixels = read_photo((tmp_path / "out.png").read_bytes(), name="out").pixels
    assert np.ptp(pixels[200:320, 400:560], axis=(0, 1)).max() == 0


def test_stripping_says_what_was_removed(samples: Path, tmp_path: Path) -> None:
    """Without boxes the pixels stay and the words go."""
    told = masked(samples / "verification/c2pa/C.jpg", "-o", tmp_path / "out.jpg")
    assert "the pixels are untouched; removed: jpeg APP11" in told


def test_an_item_of_a_case_gets_a_derived_item(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a case the copy is an item of its own with its parent, the command, and the parent's licence."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    case = new_case(tmp_path / "case", title="T", question="Q?", worldview="iso")
    form = Form(by="mk", licence=Licence(name="CC BY 4.0"), id="ribbons")
    with Archive(case, by="mk", store=default_store()) as archive:
        archive.file(samples / "verification/c2pa/A_no_manifest.jpg", form)
    out = tmp_path / "out.jpg"
    told = json.loads(masked("ribbons", "--box", "40,20,16,12", "--what", "plates", "-o", out, "--case", case, "--by",
                             "mk", "--json"))  # fmt: skip
    item = Item.read(case / "evidence/items" / f"{told['item']}.toml")
    assert item.derived is not None
    assert item.derived.parents == ("ribbons",)
    assert item.derived.command == "dateline mask ribbons --box 40,20,16,12 --what plates"
    assert item.licence.name == "CC BY 4.0"
    assert item.sha256 == sha256_file(out) == told["sha256"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["c2pa/C.jpg", "--box", "1,1,9,9", "-o", "out.png"], "mask-what"),
        (["c2pa/C.jpg", "--what", "faces", "-o", "out.png"], "mask-what"),
        (["c2pa/C.jpg", "--box", "1,1,9,9", "--what", "people", "-o", "out.png"], "mask-what"),
        (["c2pa/C.jpg", "--box", "1,1,9000,9", "--what", "faces", "-o", "out.png"], "box"),
        (["c2pa/C.jpg", "--box", "here", "--what", "faces", "-o", "out.png"], "box"),
        (["c2pa/C.jpg", "--box", "1,1,9,9@1-2", "--what", "faces", "-o", "out.png"], "box"),
        (["c2pa/C.jpg", "--box", "1,1,9,9", "--what", "faces", "-o", "out.gif"], "ending"),
        (["c2pa/C.jpg", "-o", "out.png"], "media-type"),
        (["c2pa/video1.mp4", "-o", "out.mov"], "ending"),
        (["sun/nrel_spa_online_50.csv", "-o", "out.png"], "not-a-picture"),
        (["nothing.jpg", "-o", "out.png"], "no-file"),
    ],
)
def test_mistakes_write_nothing(samples: Path, tmp_path: Path, arguments: list[str], code: str) -> None:
    """Each mistake has its code, and no file is left behind."""
    out = tmp_path / arguments[-1]
    with pytest.raises(DatelineError) as refused:
        masked(samples / "verification" / arguments[0], *arguments[1:-1], out)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(samples: Path, tmp_path: Path) -> None:
    """A file of that name, whosever it is, stays."""
    out = tmp_path / "out.jpg"
    out.write_text("mine")
    with pytest.raises(DatelineError) as refused:
        masked(samples / "verification/c2pa/C.jpg", "-o", out)
    assert refused.value.code == "file-exists"
    assert out.read_text() == "mine"


def test_boxes_as_people_write_them() -> None:
    """Whole pixels, and seconds of a video; the words give the same box again."""
    assert read_box("1, 2, 3, 4") == Box(1, 2, 3, 4)
    assert read_box("1,2,3,4@2.5-7") == Box(1, 2, 3, 4, 2.5, 7.0)
    assert read_box(read_box("1,2,3,4@2.5-").as_text()) == Box(1, 2, 3, 4, 2.5)
