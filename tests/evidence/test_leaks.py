"""Do no harm: secrets planted everywhere in a case, every way out taken, every byte searched: none is found."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from age_oracle import age_file

from dateline.cli import app as program
from dateline.cli import export, import_, redact
from dateline.core import FixedClock
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.item import Item, Licence, Permission, Status
from dateline.evidence.provenance import Image, Origin
from dateline.evidence.store import default_store
from dateline.evidence.vault import Passphrase, open_vault, read_keys, vault_path
from dateline.ledger.case import Case
from dateline.story.samples import sample_case

WORDS = "Fuchsbau-Regenschirm-Laterne-4711"
WRONG = "Nachtigall-Zylinder-Messing-0815"
TOKEN = "tok-QmVhcmVyLXNlY3JldC1mb3ItdGVzdHM"
CLERK = "Ołena Kovalenko-Przykład"
PHONE = "+380 44 555 73 91"
QUOTE = "the convoy left by the eastern gate at dawn"
STREET = "Wulytsja Sadowa 17, back house"
LON, LAT = "130.2912347", "42.2310987"
WITHHELD = b"bytes of the withheld file: XJQ-7781"
EMBARGOED = b"bytes of the embargoed file: KPL-2290"
HIDDEN = b"bytes of the hidden file: ZRT-5543"
MEMO = "Memo Oberst Drachenfels.pdf"
NOTE = "Vermerk Ministerin Silberstein.pdf"
SLIP = "Zettel Kurier Nachtfalter.pdf"
OPEN = Licence(name="MIT", share=Permission(allowed="yes"), publish=Permission(allowed="yes"))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The program as people start it, with this room's commands where they are not in it yet."""
    known = {command.name for command in program.app.registered_commands}
    for name, command in (
        ("redact", redact.redact),
        ("vault", redact.vault),
        ("export", export.export),
        ("import", import_.import_),
    ):
        if name not in known:
            program.app.command(name)(command)
    monkeypatch.setenv("DATELINE_TRACE", "1")
    for name in ("EARTHDATA_TOKEN", "DATELINE_TOKEN", "CDSE_PASSWORD"):
        monkeypatch.setenv(name, TOKEN)
    monkeypatch.delenv(redact.WORDS, raising=False)
    return lambda *arguments: program.run([str(argument) for argument in arguments])


@pytest.fixture
def root(tmp_path: Path, clock: FixedClock) -> Path:
    """The sample case with secrets in every kind of record, and items that are kept back for three reasons."""
    root = sample_case(tmp_path / "halm")
    (root / "places/house.toml").write_text(
        'id = "house"\nrole = "witness"\npublish_precision = 20000\n'
        f'[names]\nen = "A house"\n[where]\nlon = {LON}\nlat = {LAT}\n'
    )
    claim = sorted((root / "claims").glob("*.toml"))[0]
    text = claim.read_text(encoding="utf-8").rstrip()
    if "[original]" not in text:
        text += f'\n\n[original]\ntext = "{QUOTE}"\nlanguage = "en"\ntranslator = "{CLERK}"\n'
    claim.write_text(text, encoding="utf-8")
    chain = Custody(root, "mk.0a1b2c3d", "mk", clock, "dateline 0")
    origin = Origin(url="https://example.org/a", how=f"{CLERK}, {PHONE}")
    named = Image(start=clock.now(), bounds=(1.0, 2.0, 3.0, 4.0))
    for name, data, more in (
        ("told", b"open bytes", {"name": f"from {CLERK}.bin", "origin": origin, "image": named}),
        ("withheld", WITHHELD, {"name": MEMO, "status": Status.WITHHELD, "why": "a source's own copy"}),
        ("embargoed", EMBARGOED, {"name": NOTE, "embargo": date(2999, 1, 1), "image": named}),
        ("hidden", HIDDEN, {"name": SLIP, "image": named}),
    ):
        item = _item(name, data, clock, more)
        item.write(root)
        chain.log(Event.COLLECTED, item)
    chain.append(Event.HIDDEN, "hidden", note="wrong case")
    return root


def _item(name: str, data: bytes, clock: FixedClock, more: dict[str, Any]) -> Item:
    stored = default_store().add(io.BytesIO(data))
    told = {"id": name, "by": "mk", "collected": clock.now(), "licence": OPEN, "origin": Origin(), "bytes": len(data)}
    return Item.model_validate(told | {"sha256": stored.sha256, "media_type": "application/octet-stream"} | more)


def spellings(secret: str | bytes) -> set[bytes]:
    """A secret as it may stand in a file: plain, hex, base64 at any offset, escaped for JSON, addresses and HTML."""
    raw = secret.encode() if isinstance(secret, str) else secret
    text = raw.decode("utf-8", "replace")
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), text.encode("utf-16-le"), raw[::-1]}
    found |= {
        json.dumps(text)[1:-1].encode(),
        quote(text).encode(),
        quote_plus(text).encode(),
        quote(text, "").encode(),
    }
    found |= {text.replace("&", "&amp;").encode(), text.upper().encode(), text.lower().encode()}
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * offset + raw).rstrip(b"=")
            found.add(whole[(0, 2, 3)[offset] : -2])
    return {spelling for spelling in found if len(spelling) >= 6}


def blobs(place: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder, and what is inside of archives and compressed pages."""
    for path in sorted(place.rglob("*")):
        if path.is_file():
            yield from _opened(str(path.relative_to(place)), path.read_bytes())


def _opened(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, name.encode() + b"\n" + data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inside in archive.namelist():
                yield from _opened(f"{name}/{inside}", archive.read(inside))
    if data[:2] == b"\x1f\x8b":
        yield from _opened(f"{name}#gunzipped", gzip.decompress(data))


def leaks(produced: list[tuple[str, bytes]], secrets: list[str | bytes]) -> list[tuple[str, bytes]]:
    """Where which spelling of a secret stands."""
    wanted = set().union(*(spellings(secret) for secret in secrets))
    return [(name, spelling) for name, data in produced for spelling in wanted if spelling in data]


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    """The test of the test: each spelling, also inside a zip and a compressed file, is found."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", CLERK)
    (tmp_path / "b.gz").write_bytes(gzip.compress(CLERK.encode()))
    for number, hidden in enumerate(
        [
            CLERK.encode(), CLERK.encode().hex().encode(), base64.b64encode(b"a" + CLERK.encode() + b"b"),
            base64.b64encode(b"ab" + CLERK.encode()), quote(CLERK).encode(), json.dumps(CLERK).encode(),
        ]
    ):  # fmt: skip
        (tmp_path / f"{number}").write_bytes(b"before " + hidden + b" after")
    found = {name for name, _ in leaks(list(blobs(tmp_path)), [CLERK])}
    assert found == {"a.zip/x", "b.gz#gunzipped", *(str(number) for number in range(6))}
    assert leaks([("x", b"nothing here")], [CLERK, WORDS]) == []


def test_no_secret_leaves_the_house(
    root: Path,
    run: Callable[..., int],
    tmp_path: Path,
    *,
    user: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Redact, fail to unlock, open to nobody, build, audit, archive what cannot be archived, export every kind, import:
    no output, log, page or package has a byte of what is sensitive."""
    claim = sorted(path.stem for path in (root / "claims").glob("*.toml"))[0]
    key, out, case = tmp_path / "keys" / "mk", tmp_path / "out", ("--case", root)
    out.mkdir()
    before = Case.load(root)
    guesses = [before.claims[claim].sha256(), before.items["told"].record_sha256(), before.places["house"].sha256()]
    hashes = [before.items[name].content or "" for name in ("embargoed", "hidden")]
    names = [before.items[name].record_sha256() for name in ("withheld", "embargoed", "hidden")]

    assert run("vault", "new-key", key, *case) == 0
    assert run("vault", "new-key", key.with_name("fox"), *case, "--json") == 0
    by = ("--by", "mk", "--why", "protects a witness")
    original = before.claims[claim].original
    assert original is not None
    fields = [name for name in ("text", "translation", "translator") if getattr(original, name)]
    assert run("redact", claim, *(f"original.{name}" for name in fields), *by, "--key", key, *case) == 0
    assert run("redact", "told", "name", "origin.how", *by, "--key", key, *case, "--json") == 0
    assert run("redact", "house", "where", *by, "--key", key, *case) == 0
    secret = key.read_text().splitlines()[1]
    fox = key.with_name("fox").read_text().splitlines()[1]

    for wrong in (("--key", key.with_name("fox")), ("--key", root / "case.toml"), ("--key", tmp_path)):
        assert run("redact", "told", "origin.url", *by, *wrong, *case) == 1
        assert run("vault", "fields", *wrong, *case, "--json") == 1
    monkeypatch.setenv(redact.WORDS, WRONG)
    assert run("redact", "told", "origin.url", *by, *case) == 1
    assert run("redact", "told", "origin.how", "--open", out / "o.json", *case) == 1
    monkeypatch.delenv(redact.WORDS)
    assert run("redact", "told", "name", *by, "--key", key, *case) == 1  # twice
    assert run("redact", claim, "said.text.x", *by, "--key", key, *case) != 0
    assert run("redact", claim, "stance", *by, "--key", key, *case, "--json") == 1
    assert run("vault", "add", "fox", fox, "--key", key, *case) == 1  # a secret key where a public one belongs
    assert run("vault", "fields", "--key", key, *case) == 0
    assert run("vault", "people", "--key", key, *case, "--json") == 0

    run("archive", tmp_path / "nothing", "--id", "n", "--by", "mk", "--licence", "MIT", *case)
    run("audit", *case)
    run("audit", *case, "--json")
    # these rest on a claim of which a field is withheld now
    assert run("measure", "crates-weighed", "axes-quay-clip", *case) == 0
    run("check", *case)
    assert run("build", *case) == 0
    who = ("--by", "mk")
    for kind in ("stac", "prov", "crate"):
        assert run("export", kind, root, "--out", out / kind, *who, "--json") == 0
    for sharing in ("all", "shareable", "none"):
        assert run("export", "bag", root, "--out", out / f"bag-{sharing}", *who, "--bytes", sharing) == 0
    assert run("export", "bag", root, "--out", out / "bag.zip", *who, "--zip", "--json") == 0
    assert run("export", "sheet", "--all", "--out", out / "sheets", *who, *case) == 0
    assert run("export", "bag", root, "--out", out / "bag.zip", *who, "--zip") == 1
    assert run("import", out / "bag.zip", "--into", out / "again", *who) == 0
    assert run("import", out / "bag-all", "--into", out / "again", *who, "--json") == 2
    assert run("audit", "--case", out / "again", "--json") in {0, 1}

    told = capfd.readouterr()
    produced = [("stdout", told.out.encode()), ("stderr", told.err.encode())]
    produced += [(f"out/{name}", data) for name, data in blobs(out)]
    produced += [(f"site/{name}", data) for name, data in blobs(root / "site")]
    log = [(f"custody/{name}", data) for name, data in blobs(root / "evidence/custody")]
    vault = [("the vault", vault_path(before.head.id).read_bytes())]
    others = [pair for pair in blobs(user) if "/store/" not in pair[0]]

    redacted: list[str | bytes] = [CLERK, PHONE, QUOTE, original.text, LON, LAT, "130.29123", "42.23109"]
    locks: list[str | bytes] = [WORDS, WRONG, TOKEN, secret, fox, secret[16:]]
    kept: list[str | bytes] = [WITHHELD, EMBARGOED, HIDDEN, MEMO, NOTE, SLIP, *hashes, *names]
    salts: list[str | bytes] = _salts(root, key, before.head.id)
    assert len(produced) > 60
    assert leaks(produced, [*redacted, *locks, *kept, *guesses, *salts]) == []
    assert leaks([*log, *vault, *others], [*redacted, *locks, WITHHELD, EMBARGOED, HIDDEN, *salts]) == []
    remaining = [pair for pair in blobs(root) if not pair[0].startswith(("evidence/", "."))]
    assert leaks(remaining, [*redacted, *locks, *salts]) == []


def _salts(root: Path, key: Path, case: str) -> list[str | bytes]:
    vault = open_vault(root, case, read_keys(key))
    assert len(vault.fields()) >= 4
    return [vault.opening(name).salt for name in vault.fields()]


def test_a_passphrase_is_asked_for_and_stays_with_us(
    root: Path, run: Callable[..., int], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, user: Path
) -> None:
    """From the environment: withheld with the right one, refused with a wrong one; neither is written anywhere."""
    monkeypatch.setattr(Passphrase, "encrypt", lambda self, plain, _people: age_file(self.words, plain))  # quick
    monkeypatch.setenv(redact.WORDS, WORDS)
    by = ("--by", "mk", "--why", "w", "--case", root)
    assert run("redact", "told", "origin.how", *by) == 0
    monkeypatch.setenv(redact.WORDS, WRONG)
    assert run("redact", "told", "name", *by, "--json") == 1
    told = capfd.readouterr()
    produced = [("stdout", told.out.encode()), ("stderr", told.err.encode()), *blobs(root), *blobs(user)]
    assert leaks(produced, [WORDS, WRONG]) == []
    assert "vault-locked" in told.err
