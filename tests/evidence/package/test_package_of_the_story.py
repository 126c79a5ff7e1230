"""Sign-offs, records of who could be hurt and published versions: in the log, in an audit, in a package or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from package_case import CLOCK, NOON, add, custody, lay, lay_case, send, tree

from dateline.core.identity import sha256_file
from dateline.evidence.audit import Row
from dateline.evidence.chain import Event, chains, read_chain
from dateline.evidence.package.contents import Contents, contents
from dateline.evidence.package.read import import_case
from dateline.evidence.store import Store
from dateline.ledger.case import Case
from dateline.measure.audit import audit_case
from dateline.measure.package import IN_THE_HOUSE, SPEAKS, told
from dateline.measure.signed import enter

OF = "ab" * 32
SIGN = (
    'schema = 1\nid = "s1"\nrule = "bare-number"\nby = "ben"\ndate = 2024-03-02\nwhy = "read"\nsaw = "1"\n'
    f'of = "{OF}"\n'
)
HARM = f'schema = 1\nid = "h1"\ntext = "the clerk at the gate"\nby = "ana"\ndate = 2024-03-02\nof = "{OF}"\n'
PEOPLE = '\n[[people]]\nid = "ana"\nrole = "reporter"\n\n[[people]]\nid = "ben"\nrole = "editor"\n'
KINDS = ("signoff", "harm", "published")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A case with a sign-off, a record of who could be hurt and one published version, all in its log."""
    root = lay_case(tmp_path / "case", Store(tmp_path / "store"))
    lay(root, {"signoffs/s1.toml": SIGN, "harm/h1.toml": HARM})
    (root / "case.toml").write_text((root / "case.toml").read_text() + PEOPLE)
    log(root, "signoffs/s1.toml", "signed bare-number", by="ben")
    log(root, "harm/h1.toml", "wrote who could be hurt", by="ana")
    publish(root, "<p>Light grew.</p>")
    return root


def log(root: Path, file: str, note: str, *, by: str) -> None:
    """One entry, as `check --sign` writes it."""
    entries = [entry for path in chains(root).values() for entry in read_chain(path)]
    assert enter(custody(root, by), [file], note=note, log=entries) == []


def publish(root: Path, page: str) -> None:
    """A version that went out, as `build --publish` leaves it."""
    lay(root, {"published/1/index.html": page, "published/1/story.md": "Text.\n"})
    home = root / "published/1"
    files = {path.name: sha256_file(path) for path in sorted(home.iterdir()) if path.name != "manifest.json"}
    (home / "manifest.json").write_text(json.dumps({"files": files}))
    custody(root, "ana").append(Event.FROZEN, "published/1", sha256=sha256_file(home / "manifest.json"))


def rows(root: Path) -> list[Row]:
    """What an audit says of them."""
    return [row for row in audit_case(root, now=NOON, find=lambda _: None, quick=True) if row.kind in KINDS]


def packed(root: Path, *, harm: bool = False) -> Contents:
    """What would go."""
    return contents(root, told(Case.load(root), now=NOON, harm=harm), clock=CLOCK)


def test_all_of_it_is_as_the_log_says(root: Path) -> None:
    """Entered and unchanged: a row each, and nothing is wrong."""
    assert [(row.what, row.state) for row in rows(root)] == [
        ("signoff s1", "same"),
        ("harm h1", "same"),
        ("published 1", "same"),
    ]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("signoffs/s1.toml", "signoff-changed"),
        ("harm/h1.toml", "harm-changed"),
        ("published/1/index.html", "published-changed"),
        ("published/1/manifest.json", "published-changed"),
    ],
)
def test_a_later_change_is_noticed(root: Path, file: str, code: str) -> None:
    """One byte more in a sign-off, a harm record, a page or its manifest; the row says who left it how."""
    path = root / file
    path.write_bytes(path.read_bytes() + b" ")
    (row,) = [row for row in rows(root) if row.state == "different"]
    assert (row.code, row.where) == (code, file)
    assert "SHA-256" in row.expected


def test_what_is_gone_or_was_never_entered_is_told(root: Path) -> None:
    """A sign-off that somebody deletes is missed; one from before there were entries is a note and no fault."""
    (root / "signoffs/s1.toml").rename(root / "signoffs/s2.toml")
    found = {row.what: (row.state, row.code) for row in rows(root)}
    assert found["signoff s1"] == ("different", "signoff-gone")
    assert found["signoff s2"] == ("note", "unentered")


def test_a_second_signature_replaces_the_first_state(root: Path) -> None:
    """The harm record as it was before the second person signed counts no more: going back to it is noticed."""
    path = root / "harm/h1.toml"
    before = path.read_text()
    path.write_text(before + 'signed_by = "ben"\nsigned_on = 2024-03-02\n')
    log(root, "harm/h1.toml", "signed who could be hurt", by="ben")
    assert all(row.state == "same" for row in rows(root))
    path.write_text(before)
    assert [row.code for row in rows(root) if row.state == "different"] == ["harm-changed"]


def test_a_package_carries_what_went_out_and_who_signed_but_not_who_could_be_hurt(root: Path, tmp_path: Path) -> None:
    """Round trip: the page and sign-off to the byte, the audit there good; the harm record stays, and its log line."""
    store = Store(tmp_path / "store")
    send(root, tmp_path / "bag", store)
    import_case(tmp_path / "bag", tmp_path / "there", store=Store(tmp_path / "other"))
    there = tmp_path / "there"
    for file in ("signoffs/s1.toml", "published/1/index.html", "published/1/manifest.json"):
        assert (there / file).read_bytes() == (root / file).read_bytes()
    assert not (there / "harm").exists()
    everything = b"".join(tree(tmp_path / "bag").values())
    assert b"clerk at the gate" not in everything
    assert sha256_file(root / "harm/h1.toml").encode() not in everything
    assert [(row.what, row.state) for row in rows(there)] == [("signoff s1", "same"), ("published 1", "same")]


def test_the_sender_may_ask_for_the_harm_record(root: Path) -> None:
    """Only with the flag; without it the package says that it stays, and why."""
    assert packed(root).left_out["harm/h1.toml"] == IN_THE_HOUSE
    assert "harm/h1.toml" in packed(root, harm=True).files


def test_a_page_that_names_who_is_not_to_be_named_stays(root: Path) -> None:
    """Who asked later not to be named stays out: the page as a whole, its sign-off, their lines of the log."""
    lay(root, {
        "sources/clerk.toml": 'id = "clerk"\ntype = "person"\n[names]\nen = "Dora Quill"\n'
        '[terms]\nare = "not_for_attribution"\nagreed_by = "ana"\nagreed_on = 2024-03-01\n',
        "signoffs/s1.toml": SIGN.replace('"read"', '"Dora Quill confirmed it"'),
    })  # fmt: skip
    publish(root, "<p>Dora&#32;Quill said so.</p>")
    found = packed(root)
    assert {found.left_out[name] for name in ("published/1", "published/1/index.html", "signoffs/s1.toml")} == {SPEAKS}
    assert not any(file.startswith(("published/", "signoffs/")) for file in found.files)
    assert not {"published/1", "signoffs/s1.toml"} & {entry.subject for entry in found.entries()}


def test_a_page_with_a_file_that_is_kept_back_stays(root: Path, tmp_path: Path) -> None:
    """An item that was hidden after publication is named by no page of the package, and the package can be made."""
    item = add(root, Store(tmp_path / "store"), "secret", b"somebody's face")
    publish(root, f"<p>{item.content}</p>")
    custody(root).append(Event.HIDDEN, "secret", note="a risk")
    found = packed(root)
    assert found.left_out["published/1/index.html"] == "names secret, which is kept back"
    assert not any(file.startswith("published/") for file in found.files)


def test_a_link_out_of_the_case_is_no_published_file(root: Path, tmp_path: Path) -> None:
    """Nothing from elsewhere on the disk goes along."""
    (tmp_path / "secret.html").write_text("from elsewhere")
    (root / "published/1/other.html").symlink_to(tmp_path / "secret.html")
    assert "published/1/other.html" not in packed(root).files
