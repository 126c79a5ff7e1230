"""Packages from strangers: changed, cut, stuffed, leading elsewhere; refused, located, and nothing taken in."""

from __future__ import annotations

import hashlib
import io
import os
import random
import stat
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from package_case import lay, lay_case, send, tree

from dateline.core import InputError
from dateline.evidence.package import source
from dateline.evidence.package.read import import_case
from dateline.evidence.store import Store
from dateline.ledger.case import Case


@pytest.fixture
def bag(tmp_path: Path, store: Store) -> Path:
    """A good bag."""
    return send(lay_case(tmp_path / "rason", store), tmp_path / "bag", store).path


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Path], InputError]:
    """The error in which taking a package in ends; nothing of it may be left."""
    there = Store(tmp_path / "there")

    def act(package: Path) -> InputError:
        with pytest.raises(InputError) as error:
            import_case(package, tmp_path / "in" / "case", store=there, accept=Case.load)
        assert list((tmp_path / "in").glob("*")) + list((tmp_path / "in").glob(".*")) == []
        return error.value

    return act


def sealed(folder: Path) -> Path:
    """Writes the manifests of a bag anew, as somebody who forges one would."""
    payload = {path: data for path, data in tree(folder).items() if path.startswith("data/")}
    lines = [f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(payload.items())]
    (folder / "manifest-sha256.txt").write_text("".join(lines), encoding="utf-8")
    for name in ("tagmanifest-sha256.txt", "bag-info.txt"):
        (folder / name).unlink(missing_ok=True)
    return folder


def test_any_changed_byte_is_found_and_named(bag: Path, refused: Callable[[Path], InputError]) -> None:
    """One byte flipped, dropped or added anywhere in any file: the file is named; an untouched bag is not accused."""
    chance = random.Random(20240302)
    files = [path for path in sorted(bag.rglob("*")) if path.is_file()]
    for path in files:
        good = path.read_bytes()
        name = path.relative_to(bag).as_posix()
        at = chance.randrange(len(good))
        for bad in (good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], good[:at] + good[at + 1 :], good + b"x"):
            path.write_bytes(bad)
            error = refused(bag)
            assert error.code in {"bag-different", "bag-manifest", "not-a-bag", "bag-name"}
            assert name in error.saw or name.startswith(("manifest", "bagit", "tagmanifest")), (name, error.saw)
        path.write_bytes(good)


def test_a_missing_and_an_added_file_are_named(bag: Path, refused: Callable[[Path], InputError]) -> None:
    """Complete both ways: what is listed is there, what is there is listed."""
    (bag / "data/case/claims/C1.toml").unlink()
    lay(bag, {"data/case/claims/C9.toml": "x"})
    error = refused(bag)
    assert "data/case/claims/C1.toml: expected a file; found nothing" in error.saw
    assert "data/case/claims/C9.toml: expected nothing" in error.saw


def test_a_bag_of_another_program_is_refused_with_what_is_missing(
    tmp_path: Path, refused: Callable[[Path], InputError]
) -> None:
    """Valid, but without records; a folder that is no bag; a file that is neither."""
    other = sealed(lay(tmp_path / "other", {"bagit.txt": "BagIt-Version: 1.0\n", "data/letter.txt": "hello"}))
    assert (refused(other).code, "case.toml is missing" in refused(other).saw) == ("no-records", True)
    assert refused(lay(tmp_path / "plain", {"a": "b"})).code == "not-a-bag"
    assert "manifest-sha256.txt missing" in refused(lay(tmp_path / "md5", {"bagit.txt": "BagIt-Version: 1.0\n"})).saw
    assert refused(lay(tmp_path / "old", {"bagit.txt": "BagIt-Version: 2.0\n", "manifest-sha256.txt": ""})).code
    (tmp_path / "file").write_text("x")
    assert refused(tmp_path / "file").code == "not-a-bag"
    assert refused(tmp_path / "nothing").code == "not-a-bag"


def test_broken_records_and_custody_are_refused_even_where_the_hashes_fit(
    bag: Path, refused: Callable[[Path], InputError], tmp_path: Path
) -> None:
    """Somebody who changes a log or bytes and writes the manifests anew is found by chain and record."""
    log = bag / "data/case/evidence/custody/mk.0a1b2c3d.jsonl"
    good = log.read_bytes()
    log.write_bytes(good.replace(b'"seq":1', b'"seq":7', 1))
    assert refused(sealed(bag)).code == "custody-broken"
    log.write_bytes(good)
    (bag / "data/bytes/image/VNP46A3.tif").write_bytes(b"another image")
    assert "bytes that the record of image names" in refused(sealed(bag)).saw
    (bag / "data/bytes/image/VNP46A3.tif").unlink()
    lay(bag, {"data/bytes/nobody/x": "bytes of no item"})
    assert "record of nobody" in refused(sealed(bag)).saw
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("name", ["../out.txt", "data/../../out.txt", "/etc/out.txt", "data/case/../../../out.txt"])
def test_a_manifest_that_leads_elsewhere_reads_nothing_there(
    bag: Path, refused: Callable[[Path], InputError], name: str
) -> None:
    """Paths in a manifest are looked up among the files of the bag, never on the disk."""
    with (bag / "manifest-sha256.txt").open("a", encoding="utf-8") as stream:
        stream.write(f"{'0' * 64}  {name}\n")
    (bag / "tagmanifest-sha256.txt").unlink()
    error = refused(bag)
    assert error.code == "bag-different"
    assert f"{name}: expected" in error.saw


def test_links_and_devices_are_refused(bag: Path, refused: Callable[[Path], InputError], tmp_path: Path) -> None:
    """A link to a file or a folder, and a pipe that nobody ever writes to: refused without waiting."""
    lay(tmp_path / "secret", {"x": "SECRET"})
    for make in (
        lambda at: at.symlink_to(tmp_path / "secret" / "x"),
        lambda at: at.symlink_to(tmp_path / "secret"),
        os.mkfifo,
    ):
        make(bag / "data" / "strange")
        assert refused(bag).code == "bag-link"
        (bag / "data" / "strange").unlink()


def test_hidden_files_of_a_case_are_refused(bag: Path, refused: Callable[[Path], InputError]) -> None:
    """A .git folder from outside would bring hooks, which are programs."""
    lay(bag, {"data/case/.git/hooks/pre-commit": "#!/bin/sh\n"})
    error = refused(sealed(bag))
    assert (error.code, error.saw) == ("bag-name", "data/case/.git/hooks/pre-commit")


def zip_of(folder: Path, out: Path, *more: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    """A zip file of a bag, with more entries."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two entries of one name
        for name, data in tree(folder).items():
            archive.writestr(f"bag/{name}", data)
        for entry, data in more:
            archive.writestr(entry, data)
    return out


@pytest.mark.parametrize(
    "name",
    [
        "../out",
        "/out",
        "bag/../../out",
        "bag/data/../../../out",
        "bag\\..\\out",
        "other/x",
        "bag/data/\x07",
        "bag/a//b",
        "x",
    ],
)
def test_a_zip_with_a_name_that_leads_elsewhere_is_refused(
    bag: Path, refused: Callable[[Path], InputError], tmp_path: Path, name: str
) -> None:
    """Absolute, climbing, with another top, with control characters: before anything is written."""
    assert refused(zip_of(bag, tmp_path / "z.zip", (name, b"x"))).code == "bag-name"
    assert not (tmp_path / "out").exists()


def test_a_zip_with_links_doubles_or_secrets_is_refused(
    bag: Path, refused: Callable[[Path], InputError], tmp_path: Path
) -> None:
    """A symbolic link among the entries; two entries of one name; an encrypted entry."""
    link = zipfile.ZipInfo("bag/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refused(zip_of(bag, tmp_path / "a.zip", (link, b"/etc/passwd"))).code == "bag-link"
    assert refused(zip_of(bag, tmp_path / "b.zip", ("bag/bagit.txt", b"x"))).code == "bag-name"
    data = bytearray(zip_of(bag, tmp_path / "c.zip").read_bytes())
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "c.zip").write_bytes(data)
    assert refused(tmp_path / "c.zip").code == "bag-zip"


def test_a_zip_bomb_is_refused_before_it_unfolds(
    bag: Path, refused: Callable[[Path], InputError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far more than it weighs; entries that overlap; an entry that unfolds to more than it says."""
    monkeypatch.setattr(source, "SMALL", 1_000_000)
    start = time.process_time()
    assert refused(zip_of(bag, tmp_path / "a.zip", ("bag/data/zeros", bytes(20_000_000)))).code == "bag-bomb"
    assert time.process_time() - start < 5
    with (bag / "tagmanifest-sha256.txt").open("a") as stream:
        stream.write(f"{'0' * 64}  zzz\n")
    liar = bytearray(zip_of(bag, tmp_path / "b.zip", ("bag/zzz", bytes(5_000))).read_bytes())
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", liar, liar.rindex(signature) + at, 10)
    (tmp_path / "b.zip").write_bytes(liar)
    assert refused(tmp_path / "b.zip").code in {"bag-different", "bag-file"}
    monkeypatch.setattr(source, "MOST_FILES", 5)
    assert refused(bag).code == "bag-bomb"


def test_a_cut_or_damaged_zip_is_refused(bag: Path, refused: Callable[[Path], InputError], tmp_path: Path) -> None:
    """Cut anywhere, or with a byte changed anywhere: an error of ours, never a traceback."""
    good = zip_of(bag, tmp_path / "z.zip").read_bytes()
    chance = random.Random(7)
    for _ in range(60):
        at = chance.randrange(len(good))
        for bad in (good[:at], good[:at] + bytes([good[at] ^ (1 << chance.randrange(8))]) + good[at + 1 :]):
            (tmp_path / "z.zip").write_bytes(bad)
            try:
                import_case(tmp_path / "z.zip", tmp_path / "fine", store=Store(tmp_path / "there"), accept=Case.load)
            except InputError:
                continue
            assert tree(tmp_path / "fine") == {  # a byte that means nothing: a time, an attribute
                name.removeprefix("data/case/"): data
                for name, data in tree(bag).items()
                if name.startswith("data/case/")
            }
            for path in sorted((tmp_path / "fine").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()


def test_a_kill_while_packing_or_taking_in_leaves_nothing_under_a_name(tmp_path: Path, store: Store, bag: Path) -> None:
    """kill -9 at random moments: the bag and the case are whole or not there, and the next run works."""
    program = (
        "import sys, time; from pathlib import Path; from io import BytesIO\n"
        "from dateline.evidence.package.read import import_case; from dateline.evidence.store import Store\n"
        "print('go', flush=True)\n"
        "import_case(Path(sys.argv[1]), Path(sys.argv[2]), store=Store(Path(sys.argv[3])))\n"
    )
    for number in range(3):
        into = tmp_path / "killed" / "case"
        command = [sys.executable, "-c", program, bag, into, tmp_path / "there"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(0.004 * number)
            child.kill()
        if into.exists():
            assert len(tree(into)) == 16
            return
    import_case(bag, into, store=Store(tmp_path / "there"))
    assert len(tree(into)) == 16


def test_streams_give_what_they_are_asked_for() -> None:
    """Pieces of any size, read in any size, are the same bytes."""
    from dateline.evidence.pieces import Pieces

    stream = Pieces(iter([b"abc", b"", b"defg", b"h"]))
    read = io.BytesIO()
    while piece := stream.read(2):
        read.write(piece)
    assert read.getvalue() == b"abcdefgh"
