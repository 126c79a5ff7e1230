"""The commands themselves: what they print, their exit codes, what goes into the log."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from package_case import lay_case, tree

from dateline.cli import app as program
from dateline.cli import export, import_, redact
from dateline.evidence.chain import Event, chains, read_chain
from dateline.evidence.store import default_store
from dateline.ledger.case import Case


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The case, its bytes in the user's own store."""
    return lay_case(tmp_path / "rason", default_store())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The program as people start it: exit code and what it printed."""
    known = {command.name for command in program.app.registered_commands}
    commands = {"redact": redact.redact, "vault": redact.vault, "export": export.export, "import": import_.import_}
    for name, command in commands.items():
        if name not in known:
            program.app.command(name)(command)

    def act(*arguments: object) -> tuple[int, str]:
        code = program.run([str(argument) for argument in arguments])
        return code, capsys.readouterr().out

    return act


def test_a_case_goes_out_and_in_and_the_log_says_so(
    root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """`export bag` says what stays and logs the hash of the package; `import` logs where the case came
    from; records are the same to the byte."""
    code, text = run("export", "bag", root, "--out", tmp_path / "bag", "--by", "mk")
    assert code == 0
    assert "not in it: unsaid (licence to share: unknown)" in text
    code, text = run("import", tmp_path / "bag", "--into", tmp_path / "again", "--by", "fox", "--json")
    told = json.loads(text)
    assert (code, told["items"]) == (0, 4)
    last = [list(read_chain(path))[-1] for path in (*chains(root).values(), *chains(tmp_path / "again").values())]
    exported = next(entry for entry in last if entry.event is Event.EXPORTED)
    taken = next(entry for entry in last if entry.event is Event.TRANSFERRED)
    assert exported.sha256 == taken.sha256 == told["manifest_sha256"]
    assert (exported.subject, exported.actor, taken.actor) == ("bag", "mk", "fox")
    ours, theirs = tree(root), tree(tmp_path / "again")
    assert all(ours[name] == data for name, data in theirs.items() if "custody" not in name)
    assert Case.load(tmp_path / "again").items == Case.load(root).items


def test_a_zip_has_its_name_and_json_its_parts(root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """`--zip` ends in .zip; the answer for programs names path, files, bytes, hash and what stayed."""
    code, text = run("export", "bag", "--case", root, "--out", tmp_path / "b", "--by", "mk", "--zip", "--json")
    told = json.loads(text)
    assert (code, told["path"], set(told)) == (
        0, str(tmp_path / "b.zip"), {"path", "files", "bytes", "sha256", "without", "kind"}
    )  # fmt: skip
    assert told["without"] == {"unsaid": "licence to share: unknown"}


def test_a_case_under_embargo_goes_only_when_that_is_said(
    root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    """Refused otherwise, and nothing is written or logged; when it goes, whoever takes it out is reminded."""
    head = root / "case.toml"
    head.write_text(head.read_text() + "embargo = 9999-01-01T00:00:00Z\n")
    before = tree(root)
    order = ("export", "bag", root, "--out", tmp_path / "bag", "--by", "mk")
    assert run(*order)[0] != 0
    assert (tree(root), (tmp_path / "bag").exists()) == (before, False)
    code, text = run(*order, "--under-embargo")
    assert (code, "under embargo until 9999" in text) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("pdf", "CASE"),
        ("bag", "CASE", "--bytes", "some"),
        ("stac", "CASE", "--zip"),
        ("prov", "CASE", "--bytes", "all"),
        ("sheet",),
        ("sheet", "page", "--all"),
        ("bag", "CASE", "other"),
        ("bag", "CASE", "--all"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """An unknown kind, an option of another kind, a sheet of nothing: exit 2, and nothing is written or logged."""
    before = tree(root)
    words = [str(root) if word == "CASE" else word for word in arguments]
    case = () if "CASE" in arguments else ("--case", root)
    assert run("export", *words, *case, "--out", tmp_path / "x", "--by", "mk")[0] == 2
    assert not (tmp_path / "x").exists()
    assert tree(root) == before


def test_withhold_open_and_check(root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """A field is withheld with a key file, opened to one person, found good; a changed opening is exit 1."""
    key, opening = tmp_path / "mk.key", tmp_path / "o.json"
    case = ("--case", root)
    assert run("vault", "new-key", key, *case)[0] == 0
    code, text = run("redact", "C1", "original.text", "--by", "mk", "--why", "names", "--key", key, *case, "--json")
    told = json.loads(text)
    assert (code, told["file"], list(told["withheld"])) == (0, "claims/C1.toml", ["original.text"])
    assert run("redact", "C1", "original.text", "--open", opening, "--key", key, *case)[0] == 0
    code, text = run("redact", "--check", opening, *case)
    assert (code, "are those to which claims/C1.toml is committed" in text) == (0, True)
    opening.write_text(opening.read_text().replace("clerk", "clark"))
    code, text = run("redact", "--check", opening, *case, "--json")
    assert (code, json.loads(text)["good"]) == (1, False)
    assert run("redact", "C1", *case)[0] == 2
    assert run("redact", "C1", "note", "--open", root / "inside.json", "--key", key, *case)[0] == 1


def test_people_of_a_vault_by_the_command(root: Path, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """Added and removed by name; without a vault the error says so; nonsense is a usage error."""
    keys = {name: tmp_path / name for name in ("mk", "fox")}
    case = ("--case", root)
    public = {
        name: json.loads(run("vault", "new-key", path, *case, "--json")[1])["public"] for name, path in keys.items()
    }
    assert run("vault", "people", "--key", keys["mk"], *case)[0] == 1
    assert run("redact", "C1", "note", "--by", "mk", "--why", "w", "--key", keys["mk"], *case)[0] == 0
    assert run("vault", "fields", "--key", keys["fox"], *case)[0] == 1
    assert run("vault", "add", "fox", public["fox"], "--key", keys["mk"], *case)[0] == 0
    assert json.loads(run("vault", "fields", "--key", keys["fox"], *case, "--json")[1]) == ["claims/C1.toml#note"]
    assert run("vault", "remove", "fox", "--key", keys["mk"], *case)[0] == 0
    assert run("vault", "fields", "--key", keys["fox"], *case)[0] == 1
    assert json.loads(run("vault", "people", "--key", keys["mk"], *case, "--json")[1]) == {"mk": public["mk"]}
    assert run("vault", "new-key", root / "inside", *case)[0] == 1
    assert run("vault", "burn", *case)[0] == 2


def test_the_commands_load_nothing_before_they_run() -> None:
    """Importing them costs neither pydantic nor age nor pystac; kinds are listed without importing one."""
    code = (
        "import sys; from dateline.cli import export, import_, redact; "
        "print([name for name in ('pydantic', 'pyrage', 'pystac', 'jinja2') if name in sys.modules], export.KINDS)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("[] ")
    for name in ("bag: ", "crate: ", "prov: ", "sheet: ", "stac: "):
        assert name in done.stdout
