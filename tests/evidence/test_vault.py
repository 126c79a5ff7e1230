"""Sensitive fields: encrypted, outside the case, in no error and no repr."""

from __future__ import annotations

import hashlib
import json
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.core import FixedClock, InputError
from dateline.evidence import vault as vault_module
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.item import Item
from dateline.evidence.vault import COST, Opening, Vault, open_vault

PASSPHRASE = "correct horse battery staple"
SECRET = "Olena Kovalenko, 48.0561 37.3706"
CHEAP = 1 << 10
"""scrypt's N in tests: the format is the same, a guess is cheap."""


@pytest.fixture
def unlock(case: Path) -> Callable[..., Vault]:
    def opened(passphrase: str = PASSPHRASE, case_id: str = "rason") -> Vault:
        return open_vault(case, case_id, passphrase, cost=CHEAP)

    return opened


def test_a_value_comes_back_with_the_passphrase_only(unlock: Callable[..., Vault], user: Path) -> None:
    """Put, opened again, got; the file lies in the user's data folder under the case's id, private."""
    vault = unlock()
    vault.put("claims/C041.uploader", SECRET)
    assert unlock().get("claims/C041.uploader") == SECRET
    assert unlock().fields() == ("claims/C041.uploader",)
    assert vault.path == user / "data" / "dateline" / "vaults" / "rason.vault"
    assert vault.path.stat().st_mode & 0o777 == 0o600


def test_a_passphrase_is_one_passphrase_in_every_unicode_spelling(unlock: Callable[..., Vault]) -> None:
    """Typed on a Mac (decomposed) or elsewhere (composed), it opens the same vault."""
    unlock("schön").put("a", SECRET)
    assert unlock("scho\u0308n").get("a") == SECRET


def test_a_wrong_passphrase_is_a_clear_error_that_tells_nothing(unlock: Callable[..., Vault]) -> None:
    """Three parts, a code, no passphrase, no value, and no inner cause to leak either."""
    unlock().put("a", SECRET)
    wrong = PASSPHRASE.upper()
    with pytest.raises(InputError) as error:
        unlock(wrong)
    assert error.value.code == "vault-locked"
    told = "".join(traceback.format_exception(error.value)) + str(error.value.to_json())
    for secret in (SECRET, PASSPHRASE, wrong):
        assert secret not in told
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_a_commitment_is_the_salted_hash_and_can_be_opened(unlock: Callable[..., Vault]) -> None:
    """SHA-256(salt || value), with a salt of 32 bytes that differs each time."""
    vault = unlock()
    commitment = vault.put("a", SECRET)
    opening = vault.opening("a")
    assert commitment == hashlib.sha256(opening.salt + SECRET.encode()).hexdigest() == vault.commitment("a")
    assert len(opening.salt) == 32
    assert vault.put("b", SECRET) != commitment
    assert Opening(opening.salt, SECRET).commitment() == commitment
    assert Opening(opening.salt, SECRET + " ").commitment() != commitment


def test_a_forgotten_field_is_gone_and_the_others_stay(unlock: Callable[..., Vault]) -> None:
    """After forget() neither value nor salt can be had; asking is a clear error."""
    vault = unlock()
    vault.put("a", SECRET)
    vault.put("b", "other")
    vault.forget("a")
    assert unlock().fields() == ("b",)
    for ask in (vault.get, vault.commitment, vault.opening, vault.forget):
        with pytest.raises(InputError) as error:
            ask("a")
        assert error.value.code == "vault-field"


def test_no_secret_byte_is_under_the_case_in_the_vault_or_in_any_text(
    unlock: Callable[..., Vault], case: Path, item: Item, clock: FixedClock, user: Path
) -> None:
    """A case with an item, a log and a commitment: value, passphrase and salt occur in no file, repr or error."""
    vault = unlock()
    commitment = vault.put("items/maria.uploader", SECRET)
    noted = item.model_copy(update={"attribution": f"uploader: sha256 {commitment}"})
    noted.write(case)
    Custody(case, "mk", "mk", clock).log(Event.REDACTED, noted, note="uploader withheld, see commitment")
    salt = vault.opening("items/maria.uploader").salt
    secrets = [SECRET.encode(), PASSPHRASE.encode(), salt, salt.hex().encode(), SECRET[:15].encode()]
    files = [path for root in (case, user) for path in root.rglob("*") if path.is_file()]
    assert any(path.suffix == ".vault" for path in files)
    for path in files:
        for secret in secrets:
            assert secret not in path.read_bytes(), path
    texts = [
        repr(vault),
        str(vault),
        repr(vault.opening("items/maria.uploader")),
        f"{vault.opening('items/maria.uploader')}",
    ]
    for ask in (lambda: vault.get("no such field"), lambda: unlock("wrong"), lambda: unlock(case_id="../x")):
        with pytest.raises(InputError) as error:
            ask()
        texts.append(str(error.value))
    for text in texts:
        assert SECRET not in text
        assert PASSPHRASE not in text


def test_a_vault_does_not_leave_its_process() -> None:
    """It has a key: pickling it is refused."""
    with pytest.raises(TypeError, match="has a key"):
        pickle.dumps(Vault.__new__(Vault))


def test_a_vault_never_lies_in_a_case_or_its_git(case: Path, tmp_path: Path) -> None:
    """In the case, in the repository around it, or behind a link into it: refused before anything is written."""
    (tmp_path / "desk").mkdir()
    inner = tmp_path / "desk" / "case"
    inner.mkdir()
    (tmp_path / "desk" / ".git").mkdir()
    (tmp_path / "link").symlink_to(case)
    for root, folder in (
        (case, case / "private"),
        (case, tmp_path / "link"),
        (inner, tmp_path / "desk" / "vaults"),
    ):
        with pytest.raises(InputError) as error:
            open_vault(root, "rason", PASSPHRASE, folder=folder, cost=CHEAP)
        assert error.value.code == "vault-place"
        assert list(root.rglob("*.vault")) == []


@pytest.mark.parametrize(
    ("case_id", "passphrase", "code"),
    [("../rason", PASSPHRASE, "vault-case"), ("rason", "", "vault-passphrase"), ("rason", " \n", "vault-passphrase")],
)
def test_a_vault_needs_a_name_and_a_passphrase(case: Path, case_id: str, passphrase: str, code: str) -> None:
    """No traversal by the case's id, no empty passphrase."""
    with pytest.raises(InputError) as error:
        open_vault(case, case_id, passphrase, cost=CHEAP)
    assert error.value.code == code


def test_another_cases_vault_does_not_open_in_its_place(unlock: Callable[..., Vault]) -> None:
    """The case's id is sealed in: swapped files are refused, same passphrase or not."""
    other = unlock(case_id="other")
    other.put("a", SECRET)
    other.path.rename(other.path.with_name("rason.vault"))
    with pytest.raises(InputError) as error:
        unlock()
    assert error.value.code == "vault-locked"


def test_any_changed_byte_of_a_vault_is_refused(unlock: Callable[..., Vault]) -> None:
    """Every bit flip, cut and forged setting ends in the same clear error, and costs no more memory than allowed."""
    vault = unlock()
    vault.put("a", SECRET)
    good = vault.path.read_bytes()
    whole = json.loads(good)
    forged = [whole | {"n": n} for n in (1 << 40, CHEAP * 2, 3, True, "1024", -1)]
    forged += [whole | {"salt": "AA=="}, whole | {"surprise": 1}, whole | {"r": 9}, whole | {"schema": 2}]
    bad = [json.dumps(one).encode() for one in forged]
    bad += [b"", b"[]", b"null", b"\xff", good[: len(good) // 2]]
    for at in range(5, len(good) - 2, 23):
        bad.append(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
    for data in bad:
        vault.path.write_bytes(data)
        with pytest.raises(InputError) as error:
            unlock()
        assert error.value.code == "vault-locked"
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
    assert sorted(path.suffix for path in vault.path.parent.iterdir()) == [".lock", ".vault"]


def test_two_open_vaults_of_one_case_lose_nothing(unlock: Callable[..., Vault]) -> None:
    """Each reads again before it writes."""
    one, other = unlock(), unlock()
    one.put("a", SECRET)
    other.put("b", "other")
    assert one.fields() == other.fields() == ("a", "b")


def test_the_seal_is_never_made_twice_with_one_nonce(unlock: Callable[..., Vault]) -> None:
    """Each save has a nonce of its own; the same content never gives the same bytes."""
    vault = unlock()
    nonces = set()
    for _ in range(20):
        vault.put("a", SECRET)
        nonces.add(json.loads(vault.path.read_bytes())["nonce"])
    assert len(nonces) == 20


def test_the_default_cost_is_that_of_the_recommendation() -> None:
    """N = 2^17 with r = 8, p = 1, and what we accept in files has a ceiling."""
    assert COST == 131_072
    assert COST in vault_module._COSTS
    assert 1 << 21 not in vault_module._COSTS
