"""`dateline seal` against authorities in processes of their own: what leaves is said before; exit codes; kill -9."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
import pytest
import typer
from tests.services.process import ROOT, running
from typer.testing import CliRunner

from dateline.cli.seal import seal
from dateline.core import InputError, SystemClock, UsageError
from dateline.evidence.chain import Event, first_difference
from dateline.evidence.custody import Custody, chain_name
from dateline.evidence.seal.certificates import Trust
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.proof import Proof, check_proof

AUTHORITY = "tests.evidence.seal.local_authority"

app = typer.Typer()
app.command()(seal)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with two lines of mk's, and a user of its own."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "cache" / name)
    (tmp_path / "data" / "dateline").mkdir(parents=True)
    folder = tmp_path / "case"
    folder.mkdir()
    for number in range(2):
        log(folder).append(Event.COLLECTED, f"E-{number:04}", sha256=f"{number:064x}")
    return folder


def log(case: Path) -> Custody:
    return Custody(case, chain_name("mk"), "mk", SystemClock())


def ran(*arguments: str):
    return CliRunner().invoke(app, arguments)


def root_of(url: str, path: Path) -> str:
    with urllib.request.urlopen(f"{url}/root.pem") as answer:
        path.write_bytes(answer.read())
    return str(path)


def test_a_case_is_sealed_with_two_authorities_and_says_so_before(case: Path, tmp_path: Path) -> None:
    """Sealed, two replies, roots kept; checked offline; one item proven; nothing new the second time."""
    with running(AUTHORITY, "One") as one, running(AUTHORITY, "Two") as two:
        said = ["--case", str(case), "--by", "mk", "--private-network"]
        said += ["--authority", one, "--authority", two]
        said += ["--trust", root_of(one, tmp_path / "1.pem"), "--trust", root_of(two, tmp_path / "2.pem")]
        result = ran(*said)
        assert result.exit_code == 0, result.output
        assert "Only a hash leaves this machine" in result.stderr
        assert "sees our network address" in result.stderr
        assert result.stdout.count("token-good") == 2
        again = ran(*said, "--json")
    assert json.loads(again.stdout)["new"] is False
    assert again.stderr == ""  # nothing lacks, nobody is asked
    report = check_seals(case, now=datetime.now(UTC), own=Trust())
    assert report.ok, report.faults
    assert "say two authorities" in report.proven()[0]
    proof = Proof.of(json.loads(ran("--case", str(case), "--prove", "E-0001").stdout))
    assert len(check_proof(proof, now=datetime.now(UTC)).tokens) == 2


@pytest.mark.parametrize("fault", ["down", "digest", "nonce", "signature", "garbage", "status"])
def test_an_authority_that_fails_is_named_and_the_seal_stands(case: Path, fault: str) -> None:
    """Exit 1, the reason, nothing kept of it; the other reply and the seal are there."""
    with running(AUTHORITY, "One") as one, running(AUTHORITY, "Two", fault) as two:
        said = ["--case", str(case), "--by", "mk", "--private-network", "--authority", one, "--authority", two]
        result = ran(*said, "--json")
    assert result.exit_code == 1, result.output
    answer = json.loads(result.stdout)
    assert [row["state"] for row in answer["replies"]] == ["unknown"]
    code = {"down": "http-status", "garbage": "token-unreadable", "signature": "token-tampered"}
    assert code.get(fault, f"token-{fault}") in answer["missing"][0]["text"]
    report = check_seals(case, now=datetime.now(UTC), own=Trust())
    assert report.ok
    assert report.seals[0].sound
    assert any("token-root" in text for text in report.not_proven())


def test_without_authorities_no_connection_is_opened_and_asking_again_adds_what_lacks(case: Path) -> None:
    """--no-authority says nothing of asking; --again makes no seal; a name and a log are needed."""
    result = ran("--case", str(case), "--by", "mk", "--no-authority")
    assert result.exit_code == 0, result.output
    assert "Only a hash" not in result.stderr
    assert "--again" in result.stdout
    with running(AUTHORITY, "One") as one:
        result = ran("--case", str(case), "--by", "mk", "--again", "--private-network", "--authority", one)
    assert result.exit_code == 0, result.output
    assert "000001" in result.stdout
    assert len(list((case / "evidence/seals/logs").glob("*/*/*.tsr"))) == 1
    assert isinstance(ran("--case", str(case)).exception, UsageError)
    assert isinstance(ran("--case", str(case.parent), "--by", "mk").exception, UsageError)
    assert isinstance(ran("--case", str(case), "--by", "other", "--again").exception, UsageError)


def test_a_private_address_is_not_asked_unless_allowed(case: Path) -> None:
    """The door's rule holds for authorities too."""
    with running(AUTHORITY, "One") as one:
        result = ran("--case", str(case), "--by", "mk", "--authority", one)
    assert result.exit_code == 1
    assert "private-address" in result.stdout


def test_authorities_come_from_the_option_the_case_or_the_user(case: Path, tmp_path: Path) -> None:
    """In this order; without any, two well-known ones of different owners."""
    from dateline.evidence.seal.authority import DEFAULT, authorities, configured

    assert configured(case) == DEFAULT
    (tmp_path / "data/dateline/authorities.txt").write_text("https://user.example/tsr # ours\n\n")
    assert configured(case) == ("https://user.example/tsr",)
    (case / "evidence/seals").mkdir()
    (case / "evidence/seals/authorities.txt").write_text("https://case.example/tsr\nhttps://case.example/two\n")
    assert [each.name for each in authorities(configured(case))] == ["case.example", "case.example-2"]


def test_a_proof_of_what_is_not_sealed_is_refused(case: Path) -> None:
    """An error in three parts, not an empty proof."""
    error = ran("--case", str(case), "--prove", "E-0000").exception
    assert isinstance(error, InputError)
    assert error.code == "proof-none"


KILLS = 200

SCRIPT = """
import os, sys, platformdirs
from pathlib import Path
home = Path(sys.argv[1])
platformdirs.user_data_path = lambda name: home / "data" / name
import rfc3161_client
from dateline.core import SystemClock
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.door.client import Door
from dateline.evidence.seal.authority import authorities
from dateline.evidence.seal.certificates import Trust
from dateline.evidence.seal.make import seal, stamp

def work():
    custody = Custody(home / "case", "mk.1", "mk", SystemClock())
    with Door(private=True) as door:
        for number in range(1000):
            custody.append(Event.ACCESSED, f"E-{number}")
            made = seal(custody)
            list(stamp(custody, made.place, authorities([sys.argv[2]]), door, Trust()))

for _ in sys.stdin:
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


@pytest.mark.slow
def test_killed_at_200_random_moments_no_seal_is_ever_half(tmp_path: Path) -> None:
    """kill -9: every seal on the disk is whole and sound, every line is there, the next run goes on."""
    dice = random.Random(5)
    (tmp_path / "case").mkdir()
    (tmp_path / "data" / "dateline").mkdir(parents=True)
    chain, before, unentered = tmp_path / "case" / "evidence/custody/mk.1.jsonl", 0, 0
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        running(AUTHORITY, "One") as url,
        subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path), url], cwd=ROOT, text=True, **pipes) as process,
    ):
        for _ in range(KILLS):
            print(file=process.stdin, flush=True)
            child = int(process.stdout.readline())
            time.sleep(dice.uniform(0, 0.4))
            os.kill(child, signal.SIGKILL)
            assert process.stdout.readline() == "ended\n"
            if chain.is_file() and chain.read_bytes().endswith(b"\n"):
                assert first_difference(chain) is None
            report = check_seals(tmp_path / "case", now=datetime.now(UTC), own=Trust())
            assert report.ok, report.faults
            assert all(each.sound for each in report.seals)
            assert len(report.seals) >= before
            before, unentered = len(report.seals), unentered + len(report.unentered)
        process.stdin.close()
    print(f"{before} seals; {unentered} files whose entry came with the next run")
    assert before > 20
    assert unentered > 0  # some were killed between a file and its entry, and that was no alarm
