"""The samples registry: known files, found by hash, fetched through an opener that is handed in."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from dateline.core import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence import samples as registry_module
from dateline.evidence.samples import Opener, Sample, cache_folder, fetch, find, locate, read_registry, registry, sample

BODY = b"a,b\n1,2\n"
PAGE = b"<!DOCTYPE html><title>Log in</title>"


def row(**changes: Any) -> dict[str, Any]:
    return {
        "path": "lights/x/a.csv",
        "sha256": sha256_bytes(BODY),
        "bytes": len(BODY),
        "licence": "MIT",
        "attribution": "somebody",
        "origin": "made by us",
        "url": "https://example.org/a.csv",
        "date": None,
        "what": "a table",
    } | changes


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Sample:
    """A registry with one small sample."""
    rows = [row(), row(path="lights/x/ours.csv", url=None)]
    monkeypatch.setattr(registry_module, "registry", lambda: read_registry(json.dumps(rows)))
    return sample("lights/x/a.csv")


def serving(body: bytes, asked: list[str] | None = None) -> Opener:
    @contextmanager
    def opener(url: str) -> Iterator[BinaryIO]:
        if asked is not None:
            asked.append(url)
        yield io.BytesIO(body)

    return opener


def placed(root: Path, body: bytes = BODY) -> Path:
    path = root / "lights" / "x" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(body)
    return path


def test_the_registry_of_the_package_names_what_the_examples_need() -> None:
    """Every row has hash, size, licence and attribution; every URL is https at a fixed revision."""
    rows = registry()
    for folder in ("puerto_rico_maria_2017", "mumbai_monthly", "north_korea", "haiyan_daily", "korea_2025"):
        assert any(path.startswith(f"lights/{folder}/") for path in rows)
    assert len([path for path in rows if path.startswith("optical/north_korea_sites/")]) == 17
    assert "casefile/claims_dprk_russia.csv" in rows
    assert all(one.licence and one.attribution and one.what and one.bytes > 0 for one in rows.values())
    assert all(one.url is None or one.url.startswith("https://") for one in rows.values())


def test_the_registry_agrees_with_the_real_samples(samples: Path) -> None:
    """Size and hash of every registered file are those of the samples' own manifest, and the files are found."""
    manifest = {row["path"]: row for row in json.loads((samples / "MANIFEST.json").read_text())}
    for path, one in registry().items():
        assert one.model_dump() == manifest[path]


def test_real_samples_are_located_with_their_hash_checked(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, from $DATELINE_SAMPLES."""
    monkeypatch.setenv("DATELINE_SAMPLES", str(samples))
    assert all(locate(path) == samples / path for path in registry())


def test_a_sample_is_looked_for_in_the_given_folder_and_then_in_the_cache(
    one: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that somebody names comes first; the cache is the user's."""
    cached = placed(cache_folder())
    assert locate(one.path) == cached
    given = placed(tmp_path / "given")
    monkeypatch.setenv("DATELINE_SAMPLES", str(tmp_path / "given"))
    assert locate(one.path) == given
    given.unlink()
    assert locate(one.path) == cached


def test_a_missing_sample_is_told_with_its_size_and_how_to_get_it(
    one: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is a URL, `samples fetch` and `make demo` are named; where there is none, they are not."""
    assert find(one.path) is None
    with pytest.raises(InputError) as error:
        locate(one.path)
    assert error.value.code == "sample-missing"
    assert "0.1 kB" in error.value.saw
    assert "dateline samples fetch" in error.value.do
    assert "make demo" in error.value.do
    monkeypatch.setenv("DATELINE_SAMPLES", str(tmp_path))
    with pytest.raises(InputError) as error:
        locate("lights/x/ours.csv")
    assert "fetch" not in error.value.do
    assert str(tmp_path) in error.value.saw


@pytest.mark.parametrize("path", ["../../etc/passwd", "lights/x/b.csv", ""])
def test_only_registered_paths_are_looked_for(one: Sample, path: str) -> None:
    """Whatever is not in the registry is unknown, however it is spelled."""
    with pytest.raises(InputError) as error:
        locate(path)
    assert error.value.code == "sample-unknown"


def test_a_sample_with_other_bytes_is_refused_and_not_passed_over(one: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure from changed bytes would not be the example's; the error tells what the file is."""
    placed(cache_folder(), PAGE)
    with pytest.raises(InputError) as error:
        locate(one.path)
    assert error.value.code == "sample-changed"
    assert "text/html" in error.value.saw


def test_a_sample_is_hashed_once_until_it_changes(one: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and time of change decide; a changed file is hashed again."""
    path = placed(cache_folder())
    hashed: list[Path] = []
    real = registry_module.sha256_file
    monkeypatch.setattr(registry_module, "sha256_file", lambda file: (hashed.append(file), real(file))[1])
    locate(one.path)
    locate(one.path)
    assert hashed == [path]
    path.write_bytes(PAGE)
    with pytest.raises(InputError):
        locate(one.path)


def test_a_fetched_sample_lies_in_the_cache_and_is_not_fetched_twice(one: Sample) -> None:
    """Through the opener it is given, from the registered URL, once."""
    asked: list[str] = []
    assert fetch(one.path, serving(BODY, asked)) == cache_folder() / one.path
    assert fetch(one.path, serving(BODY, asked)).read_bytes() == BODY
    assert asked == ["https://example.org/a.csv"]


@pytest.mark.parametrize("body", [PAGE, b"", BODY[:-1], BODY + b"3,4\n", BODY.replace(b"1", b"7"), b"x" * 5_000_000])
def test_other_bytes_than_promised_are_never_kept(one: Sample, body: bytes) -> None:
    """A login page, nothing, a broken transfer, too much: refused, and no half file under any name."""
    with pytest.raises(InputError) as error:
        fetch(one.path, serving(body))
    assert error.value.code == "sample-fetch"
    assert [path for path in cache_folder().rglob("*") if path.is_file()] == []
    if body == PAGE:
        assert "text/html" in error.value.saw


def test_a_transfer_that_breaks_off_leaves_nothing(one: Sample) -> None:
    """An error of the opener goes up as it is; the next try starts clean."""

    @contextmanager
    def breaking(url: str) -> Iterator[BinaryIO]:
        yield io.BytesIO(BODY[:3])
        raise ConnectionError("reset by peer")

    with pytest.raises((ConnectionError, InputError)):
        fetch(one.path, breaking)
    assert find(one.path) is None
    assert fetch(one.path, serving(BODY)).is_file()


def test_a_sample_that_we_made_cannot_be_fetched(one: Sample) -> None:
    """It has no URL, and the opener is not asked."""
    asked: list[str] = []
    with pytest.raises(InputError) as error:
        fetch("lights/x/ours.csv", serving(BODY, asked))
    assert error.value.code == "sample-no-url"
    assert asked == []


@pytest.mark.parametrize(
    "text",
    ["", "{}", '[{"path": "a"}]', json.dumps([row(sha256="x")]), json.dumps([row(bytes=-1)])],
)
def test_a_registry_that_is_none_is_refused(text: str) -> None:
    """Anything but a list of complete rows."""
    with pytest.raises(InputError) as error:
        read_registry(text)
    assert error.value.code == "samples-registry"


def test_a_registry_cannot_name_files_outside_its_folder() -> None:
    """A path that climbs is refused when the registry is read."""
    with pytest.raises(InputError) as error:
        read_registry(json.dumps([row(path="../../.bashrc")]))
    assert error.value.code == "name"
