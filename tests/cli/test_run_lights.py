"""`dateline run night_lights` on real files: what issue 1 must show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dateline.cli.app import run


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON answer of a command."""
    code = run([*arguments, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


@pytest.fixture
def lights(samples: Path) -> Path:
    return samples / "lights"


@pytest.mark.samples
def test_puerto_ricos_light_falls_to_two_fifths(lights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """September to October 2017: ratio 0.40 ± 0.02, a decrease, with what a reader must know before using it."""
    maria = lights / "puerto_rico_maria_2017"
    code, finding = ask(
        capsys,
        "run",
        "night_lights",
        "--before",
        str(maria / "VNP46A3_2017_09.tif"),
        "--after",
        str(maria / "VNP46A3_2017_10.tif"),
    )
    ratio = finding["estimates"]["ratio"]
    print(f"Maria: ratio {ratio['best']:.3f} ({ratio['low']:.2f} to {ratio['high']:.2f}), {finding['result']}")
    assert code == 0
    assert finding["result"] == "decrease"
    assert ratio["best"] == pytest.approx(0.399, abs=0.02)
    assert ratio["low"] < ratio["best"] < ratio["high"] < 1
    caveats = {note["code"]: note["text"] for note in finding["caveats"]}
    assert "September" in caveats["mixed-month"]
    assert {"collection-unknown", "unseen-pixels", "one-pair-no-history"} <= caveats.keys()
    assert "52 %" in caveats["unseen-pixels"]


@pytest.mark.samples
def test_the_pedestal_of_north_koreas_cells_is_named_and_refused(
    lights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """2016 masked, 2019 not: no number, the reason, exit 1."""
    columns = ("place=gridid", "2016=NL16mean", "2019=NL19mean", "cells=yes")
    flags = [part for column in columns for part in ("--column", column)]
    code, finding = ask(
        capsys, "run", "night_lights", "--table", str(lights / "north_korea" / "NK_gird_NL_mean.xlsx"), *flags
    )
    assert (code, finding["result"]) == (1, "refused")
    assert [note["code"] for note in finding["reasons"]] == ["pedestal"]
    assert finding["estimates"] == {}


@pytest.mark.samples
def test_a_picture_is_refused_as_radiance(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte pictures have no unit: refused with the code of the card's guard."""
    sites = samples / "optical" / "north_korea_sites"
    code, finding = ask(
        capsys,
        "run",
        "night_lights",
        "--before",
        str(sites / "6251_13993_2016.png"),
        "--after",
        str(sites / "6251_13993_2019.png"),
    )
    assert (code, finding["result"]) == (1, "refused")
    assert finding["reasons"][0]["code"] == "picture-bytes"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("VNP46A3.A2022060.h30v04.002.2024001000000.h5", b"<!DOCTYPE html><html><title>Login</title>", "login-page"),
        ("VNP46A3_2017_09.tif", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "lfs-pointer"),
        ("VNP46A3.A2022060.h30v04.002.2024001000000.h5", b"\x89HDF\r\n\x1a\n" + bytes(200), "truncated"),
        ("VNP46A3_2017_09.tif", b"", "empty-file"),
    ],
)
def test_a_broken_file_gives_three_parts_and_leaves_nothing(
    name: str, content: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What happened, what was seen, what to do; exit 1; nothing written where it was to be saved."""
    path = tmp_path / name
    path.write_bytes(content)
    exit_code, answer = ask(
        capsys, "run", "night_lights", "--before", str(path), "--after", str(path), "--save", str(tmp_path / "out")
    )
    assert exit_code == 1
    assert answer["error"]["code"] == code
    assert all(answer["error"][part] for part in ("what", "saw", "do"))
    assert not (tmp_path / "out").exists()


def test_a_period_without_local_files_says_exactly_what_is_needed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chongjin by position: names the tile of its side of 130 E, the months, the sizes, and what to do."""
    code, answer = ask(
        capsys, "run", "night_lights", "--place", "41.79, 129.78", "--before", "2022-03", "--after", "2024-03",
        "--from", str(tmp_path),
    )  # fmt: skip
    assert code == 1
    assert answer["error"]["code"] == "missing-granules"
    assert "VNP46A3.A2022060.h30v04.002" in answer["error"]["saw"]
    assert "MB" in answer["error"]["what"]
    assert "--from" in answer["error"]["do"]


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is neither a file nor a date gives exit 2, not a crash."""
    code, answer = ask(capsys, "run", "night_lights", "--before", str(tmp_path / "no.tif"), "--after", "2024-03")
    assert code == 2
    assert answer["error"]["code"] == "no-file"


def test_a_flag_given_twice_adds_to_what_it_had() -> None:
    """Two people's marks are two files, in whichever way they are named."""
    from dateline.cli.run_method import parser
    from dateline.methods import catalogue

    made = parser(catalogue.card("counting"))
    for given in (["--marks", "fox.csv", "--marks", "owl.csv"], ["--marks", "fox.csv", "owl.csv"]):
        assert made.parse_args(given).role_marks == ["fox.csv", "owl.csv"]
