"""Sensitive fields: encrypted, outside the case, in no error and no repr, and open to the ordinary age tool."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
import subprocess
import traceback
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from age_oracle import age_file

from dateline.core import FixedClock, InputError
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.item import Item
from dateline.evidence.vault import Keys, Opening, Passphrase, Vault, new_key, open_vault, read_keys, vault_path

WORDS = "correct horse battery staple"
SECRET = "Olena Kovalenko, 48.0561 37.3706"


@pytest.fixture
def person(tmp_path: Path) -> Callable[[str], tuple[Keys, str]]:
    """Somebody of the desk with a key file of their own: the keys in it and the public key."""

    def made(name: str) -> tuple[Keys, str]:
        path = tmp_path / "keys" / name
        public = new_key(path) if not path.exists() else ""
        keys = read_keys(path)
        return keys, public or keys.public()[0]

    return made


@pytest.fixture
def unlock(case: Path, person: Callable[[str], tuple[Keys, str]]) -> Callable[..., Vault]:
    """The vault as somebody opens it; a new one is mk's."""

    def opened(who: str = "mk", case_id: str = "rason") -> Vault:
        return open_vault(case, case_id, person(who)[0], people={"mk": person("mk")[1]})

    return opened


def refused(code: str, act: Callable[[], object]) -> InputError:
    """The error with this code that an act ends in."""
    with pytest.raises(InputError) as error:
        act()
    assert error.value.code == code
    return error.value


def test_a_value_comes_back_with_the_key_only(unlock: Callable[..., Vault], user: Path) -> None:
    """Put, opened again, got; the file lies in the user's data folder under the case's id, private."""
    vault = unlock()
    vault.put("claims/C041.toml#uploader", SECRET)
    assert unlock().get("claims/C041.toml#uploader") == SECRET
    assert unlock().fields() == ("claims/C041.toml#uploader",)
    assert vault.path == user / "data" / "dateline" / "vaults" / "rason.age"
    assert vault.path.stat().st_mode & 0o777 == 0o600
    refused("vault-locked", lambda: unlock("fox"))


def test_a_passphrase_opens_it_in_every_unicode_spelling_and_tells_nothing_when_wrong(case: Path) -> None:
    """One passphrase, composed or decomposed; a wrong one is three parts and a code, without secrets or a cause."""
    path = vault_path("rason")
    path.parent.mkdir(parents=True)
    opening = {"salt": "ab" * 32, "value": SECRET}
    told = {"schema": 1, "case": "rason", "people": {}, "fields": {"a": opening}}
    path.write_bytes(age_file("schön", json.dumps(told).encode()))
    for words in ("schön", "scho\u0308n"):
        assert open_vault(case, "rason", Passphrase(words)).get("a") == SECRET
    error = refused("vault-locked", lambda: open_vault(case, "rason", Passphrase(WORDS)))
    shown = "".join(traceback.format_exception(error)) + str(error.to_json())
    assert SECRET not in shown
    assert WORDS not in shown
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_it_is_an_age_file_with_plain_json_in_it(unlock: Callable[..., Vault], tmp_path: Path) -> None:
    """Oracle: the age library alone, without a line of ours, reads schema, case, people and fields."""
    vault = unlock()
    vault.put("f#a", SECRET)
    secret = (tmp_path / "keys" / "mk").read_text().splitlines()[-1]
    plain = pyrage.decrypt(vault.path.read_bytes(), [pyrage.x25519.Identity.from_str(secret)])
    told = json.loads(plain)
    assert (told["schema"], told["case"], list(told["people"])) == (1, "rason", ["mk"])
    salt, value = told["fields"]["f#a"]["salt"], told["fields"]["f#a"]["value"]
    assert value == SECRET
    assert hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest() == vault.commitment("f#a")


def test_a_commitment_is_the_salted_hash_and_can_be_opened(unlock: Callable[..., Vault]) -> None:
    """SHA-256(salt || value), with a salt of 32 bytes that differs each time; several at once are one save."""
    vault = unlock()
    commitment = vault.put("a", SECRET)
    opening = vault.opening("a")
    assert commitment == hashlib.sha256(opening.salt + SECRET.encode()).hexdigest() == vault.commitment("a")
    assert len(opening.salt) == 32
    both = vault.put_all({"b": SECRET, "c": SECRET})
    assert len({commitment, *both.values()}) == 3
    assert Opening(opening.salt, SECRET + " ").commitment() != commitment


def test_a_forgotten_field_is_gone_and_the_others_stay(unlock: Callable[..., Vault]) -> None:
    """After forget() neither value nor salt can be had; asking is a clear error."""
    vault = unlock()
    vault.put_all({"a": SECRET, "b": "other"})
    vault.forget("a")
    assert unlock().fields() == ("b",)
    for ask in (vault.get, vault.commitment, vault.opening, vault.forget):
        refused("vault-field", lambda ask=ask: ask("a"))


def test_people_come_and_go(unlock: Callable[..., Vault], person: Callable[[str], tuple[Keys, str]]) -> None:
    """A colleague who is added opens it; one who is removed does not open the new file; nobody locks themselves out."""
    vault, (_, fox) = unlock(), person("fox")
    vault.put("a", SECRET)
    old = vault.path.read_bytes()
    vault.relock(person("mk")[0], {"mk": person("mk")[1], "fox": fox})
    assert vault.path.read_bytes() != old
    assert unlock("fox").get("a") == SECRET
    assert set(unlock("fox").people()) == {"mk", "fox"}
    unlock("fox").relock(person("fox")[0], {"fox": fox})
    refused("vault-locked", unlock)
    left = unlock("fox")
    for people in ({}, {"mk": person("mk")[1]}):
        refused("vault-people", lambda people=people: left.relock(person("fox")[0], people))
    refused("vault-people", lambda: left.relock(Passphrase(WORDS), {"fox": fox}))
    assert unlock("fox").get("a") == SECRET


@pytest.mark.slow
def test_from_people_to_a_passphrase_and_the_error_says_which_it_needs(
    unlock: Callable[..., Vault], case: Path
) -> None:
    """Relocked with a passphrase it opens with that, and a key file is told so."""
    vault = unlock()
    vault.put("a", SECRET)
    vault.relock(Passphrase(WORDS), {})
    assert "passphrase" in refused("vault-locked", unlock).saw
    assert open_vault(case, "rason", Passphrase(WORDS)).get("a") == SECRET


def test_ssh_keys_open_it_too(case: Path, tmp_path: Path) -> None:
    """Oracle: a key that ssh-keygen made; one with a passphrase is refused without a byte of it in the error."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("NO SSH-KEYGEN: install openssh-client; that ssh keys open a vault is not checked here")
    for name, words in (("open", ""), ("shut", "words")):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", words, "-C", "mk", "-f", tmp_path / name]
        subprocess.run(command, check=True)
    public = (tmp_path / "open.pub").read_text().strip()
    open_vault(case, "rason", read_keys(tmp_path / "open"), people={"mk": public}).put("a", SECRET)
    assert open_vault(case, "rason", read_keys(tmp_path / "open")).get("a") == SECRET
    inside = (tmp_path / "shut").read_text().splitlines()[1]
    assert inside not in str(refused("key-file", lambda: read_keys(tmp_path / "shut")))


def test_a_key_file_is_private_never_overwritten_and_never_printed(tmp_path: Path) -> None:
    """As age-keygen writes it; a second time is refused; a broken one is an error that shows nothing of it."""
    path = tmp_path / "key"
    public = new_key(path)
    first, secret = path.read_text().splitlines()
    assert first == f"# public key: {public}"
    assert path.stat().st_mode & 0o777 == 0o600
    refused("key-exists", lambda: new_key(path))
    assert path.read_text().splitlines()[1] == secret
    assert list(tmp_path.iterdir()) == [path]
    for broken in (secret[:-3].encode(), b"", b"\xff\xfe", b"# only a comment\n", secret.encode() * 5000):
        path.write_bytes(broken)
        told = refused("key-file", lambda: read_keys(path))
        assert secret[:20] not in str(told)
    refused("key-file", lambda: read_keys(tmp_path / "none"))
    wrong = Keys((pyrage.x25519.Identity.from_str(secret),))
    told = refused("recipient", lambda: wrong.encrypt(b"", {"mk": secret}))
    assert secret[18:40] not in str(told)


def test_no_secret_byte_is_under_the_case_in_the_vault_or_in_any_text(
    unlock: Callable[..., Vault], case: Path, item: Item, clock: FixedClock, user: Path
) -> None:
    """A case with an item, a log and a commitment: value and salt occur in no file, repr or error."""
    vault = unlock()
    commitment = vault.put("items/maria.uploader", SECRET)
    noted = item.model_copy(update={"attribution": f"uploader: sha256 {commitment}"})
    noted.write(case)
    Custody(case, "mk", "mk", clock).log(Event.REDACTED, noted, note="uploader withheld, see commitment")
    salt = vault.opening("items/maria.uploader").salt
    hidden = [SECRET.encode(), salt, salt.hex().encode(), SECRET[:15].encode()]
    files = [path for root in (case, user) for path in root.rglob("*") if path.is_file()]
    assert any(path.suffix == ".age" for path in files)
    for path in files:
        for secret in hidden:
            assert secret not in path.read_bytes(), path
    texts = [repr(vault), repr(vault.opening("items/maria.uploader")), repr(Passphrase(WORDS)), repr(unlock()._key)]
    texts += [str(refused("vault-field", lambda: vault.get("no such field")))]
    for text in texts:
        assert SECRET not in text
        assert WORDS not in text
        assert "AGE-SECRET" not in text


def test_a_vault_does_not_leave_its_process() -> None:
    """It has a key: pickling it is refused."""
    with pytest.raises(TypeError, match="has a key"):
        pickle.dumps(Vault.__new__(Vault))


def test_a_vault_never_lies_in_a_case_or_its_git(
    case: Path, tmp_path: Path, person: Callable[[str], tuple[Keys, str]]
) -> None:
    """In the case, in the repository around it, or behind a link into it: refused before anything is written."""
    inner = tmp_path / "desk" / "case"
    inner.mkdir(parents=True)
    (tmp_path / "desk" / ".git").mkdir()
    (tmp_path / "link").symlink_to(case)
    keys, public = person("mk")
    places = ((case, case / "private"), (case, tmp_path / "link"), (inner, tmp_path / "desk" / "vaults"))
    for root, folder in places:
        with pytest.raises(InputError) as error:
            open_vault(root, "rason", keys, people={"mk": public}, folder=folder)
        assert error.value.code == "vault-place"
        assert list(root.rglob("*.age")) == []


def test_a_vault_needs_a_name_and_a_passphrase(case: Path, person: Callable[[str], tuple[Keys, str]]) -> None:
    """No traversal by the case's id, no empty passphrase."""
    refused("vault-case", lambda: open_vault(case, "../rason", person("mk")[0]))
    for empty in ("", " \n"):
        refused("vault-passphrase", lambda empty=empty: Passphrase(empty))


def test_another_cases_vault_does_not_open_in_its_place(unlock: Callable[..., Vault]) -> None:
    """The case's id is sealed in: swapped files are refused, same key or not."""
    other = unlock(case_id="other")
    other.put("a", SECRET)
    other.path.rename(other.path.with_name("rason.age"))
    refused("vault-locked", unlock)


def test_any_changed_byte_of_a_vault_is_refused(unlock: Callable[..., Vault]) -> None:
    """Every bit flip and cut in header or body ends in the same clear error."""
    vault = unlock()
    vault.put("a", SECRET)
    good = vault.path.read_bytes()
    bad = [b"", b"[]", b"null", b"\xff", good[: len(good) // 2], good[:-1], b"age-encryption.org/v1\n" * 3]
    bad += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(0, len(good), 7)]
    for data in bad:
        vault.path.write_bytes(data)
        refused("vault-locked", unlock)
    vault.path.write_bytes(good)
    assert unlock().get("a") == SECRET


def test_a_crash_while_saving_keeps_the_old_vault(
    unlock: Callable[..., Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new file takes its name whole or not at all."""
    vault = unlock()
    vault.put("a", SECRET)

    def dies(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            vault.put("b", "other")
    assert unlock().fields() == ("a",)
    assert sorted(path.suffix for path in vault.path.parent.iterdir()) == [".age", ".lock"]


def test_two_open_vaults_of_one_case_lose_nothing(unlock: Callable[..., Vault]) -> None:
    """Each reads again before it writes."""
    one, other = unlock(), unlock()
    one.put("a", SECRET)
    other.put("b", "other")
    assert one.fields() == other.fields() == ("a", "b")
