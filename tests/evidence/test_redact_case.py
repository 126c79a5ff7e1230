"""Withholding in a whole case: vault, record, log; what no placeholder may stand for; people who open and check."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dateline.core import DatelineError, FixedClock
from dateline.evidence.chain import Event, chains, read_chain
from dateline.evidence.item import Item, Licence
from dateline.evidence.provenance import Origin
from dateline.evidence.redact import write_opening
from dateline.evidence.vault import Vault, new_key, open_vault, read_keys
from dateline.ledger.case import Case
from dateline.measure.redact import Withheld, check_opening, withhold_fields

SECRET = "Olena Kovalenko"
FILES = {
    "case.toml": 'id = "rason"\ntitle = "T"\nquestion = "Q"\nworldview = "ua"\n',
    "sources/us.toml": 'id = "us"\ntype = "government"\n[names]\nen = "US"\n',
    "places/najin.toml": 'id = "najin"\nrole = "witness"\n[names]\nen = "A house"\n'
    "[where]\nlon = 130.291234\nlat = 42.231234\n",
    "claims/C1.toml": 'id = "C1"\nspeaker = "us"\nsaid = 2024-02-23\nstance = "asserts"\nstatement = "S"\n'
    'quantity = {text = "over 9", low = 9, low_open = true, unit = "ship", kind = "count"}\nplaces = ["najin"]\n'
    'chain = [{who = "A", how = "x", read = true}, {who = "B", how = "y"}]\n'
    f'[original]\ntext = "{SECRET} saw it"\nlanguage = "en"\n[period]\nearliest = 2024-01-01\nlatest = 2024-02-01\n',
    "story.md": f'+++\ntitle = "T"\n+++\n\nSeen: {SECRET} saw it.\n',
}


@pytest.fixture
def root(case: Path) -> Path:
    """A small case with a claim, a witness's place and an item."""
    for name, text in FILES.items():
        path = case / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    Item(
        id="E1", name=f"from {SECRET}.jpg", by="mk", sha256="a" * 64, bytes=3, media_type="image/jpeg",
        collected=datetime(2024, 3, 2, tzinfo=UTC), licence=Licence(name="unknown"), origin=Origin(how=SECRET),
    ).write(case)  # fmt: skip
    return case


@pytest.fixture
def unlock(case: Path, tmp_path: Path) -> Callable[[], Vault]:
    """The case's vault."""
    path = tmp_path / "key"
    public = new_key(path)
    return lambda: open_vault(case, "rason", read_keys(path), people={"mk": public})


@pytest.fixture
def redact(root: Path, unlock: Callable[[], Vault], clock: FixedClock) -> Callable[..., Withheld]:
    """Withholds fields of the case."""

    def act(record: str, *paths: str, coarse: float | None = None) -> Withheld:
        return withhold_fields(
            Case.load(root), record, paths, by="mk", why="names a witness", coarse=coarse, vault=unlock, clock=clock,
            tool="dateline 0",
        )  # fmt: skip

    return act


def test_a_field_goes_to_the_vault_and_the_case_still_reads(
    root: Path, redact: Callable[..., Withheld], unlock: Callable[[], Vault]
) -> None:
    """The words are gone from the record, the commitment is the vault's, and where they still stand is said."""
    done = redact("C1", "original.text")
    text = (root / "claims/C1.toml").read_text(encoding="utf-8")
    assert SECRET not in text
    claim = Case.load(root).claims["C1"]
    assert claim.original is not None
    assert claim.original.text == "withheld"
    name = "claims/C1.toml#original.text"
    assert claim.withheld == {"original.text": unlock().commitment(name)} == dict(done.commitments)
    assert tomllib.loads(f"v = {unlock().get(name)}")["v"] == f"{SECRET} saw it"
    assert done.still == (("story.md", 5),)


def test_the_log_binds_the_record_to_what_it_was_and_says_why(root: Path, redact: Callable[..., Withheld]) -> None:
    """Two entries: one with the hash of the record before, one with fields and reason; both of the new record."""
    before, item = Case.load(root).claims["C1"].sha256(), Case.load(root).items["E1"].record_sha256()
    redact("C1", "original.text")
    redact("E1", "name", "origin.how")
    entries = [entry for path in chains(root).values() for entry in read_chain(path)]
    assert [(entry.event, entry.subject, entry.was) for entry in entries] == [
        (Event.REDACTED, "claims/C1.toml", before), (Event.REDACTED, "claims/C1.toml", None),
        (Event.REDACTED, "E1", item), (Event.REDACTED, "E1", None),
    ]  # fmt: skip
    case = Case.load(root)
    assert {entry.meta_sha256 for entry in entries[:2]} == {case.claims["C1"].sha256()}
    assert {entry.meta_sha256 for entry in entries[2:]} == {case.items["E1"].record_sha256()}
    assert entries[3].note == "withheld name, origin.how: names a witness"
    assert case.items["E1"].name == "withheld"
    assert case.items["E1"].origin.how is None


def test_a_time_withheld_is_a_time_of_which_nothing_is_said(root: Path, redact: Callable[..., Withheld]) -> None:
    """Required or not, no date is invented: the required one is a When without bounds, the other is absent."""
    redact("C1", "said", "period")
    claim = Case.load(root).claims["C1"]
    assert (claim.said.earliest, claim.said.latest, claim.said.rule) == (None, None, "withheld")
    assert claim.period is None


def test_a_position_becomes_a_coarser_one(
    root: Path, redact: Callable[..., Withheld], unlock: Callable[[], Vault]
) -> None:
    """Not a false point and not none: a point with a radius that covers the truth; the exact one is in the vault."""
    redact("najin", "where", coarse=10_000)
    where = Case.load(root).places["najin"].where
    assert where.radius == 10_000
    assert "130.2912" not in (root / "places/najin.toml").read_text(encoding="utf-8")
    exact = tomllib.loads(f"v = {unlock().get('places/najin.toml#where')}")["v"]
    assert exact == {"lon": 130.291234, "lat": 42.231234}


@pytest.mark.parametrize(
    ("record", "path", "code"),
    [
        ("C1", "period.latest", "redact-part"),  # an absent latest means: still going on
        ("C1", "quantity.low", "redact-part"),  # an absent low means: no lower bound
        ("C1", "chain.0.read", "redact-required"),  # an absent read means: not read
        ("C1", "chain.0", "redact-required"),
        ("C1", "stance", "redact-required"),
        ("C1", "speaker", "redact-required"),
        ("C1", "places.0", "redact-required"),
        ("C1", "id", "redact-kept"),
        ("E1", "licence.name", "redact-kept"),
        ("E1", "embargo", "redact-kept"),
        ("najin", "where", "redact-position"),
        ("najin", "where.lon", "redact-position"),
        ("C9", "note", "reference"),
        ("C1", "note", "redact-path"),
    ],
)
def test_what_would_say_something_false_is_refused_and_nothing_is_written(
    root: Path, redact: Callable[..., Withheld], unlock: Callable[[], Vault], *, record: str, path: str, code: str
) -> None:
    """Half a time, half an amount, a yes or no, a reference, a name, a position without a coarseness."""
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(DatelineError) as error:
        redact(record, "original.text" if record == "C1" else "name" if record == "E1" else "names.en", path)
    assert error.value.code == code
    assert SECRET not in str(error.value)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert unlock().fields() == ()


def test_an_opening_shows_what_stood_there_on_the_day(
    root: Path, redact: Callable[..., Withheld], unlock: Callable[[], Vault], tmp_path: Path
) -> None:
    """The right salt and value are found good, with the day of the log; any other value, field or case is not."""
    redact("C1", "original.text")
    right = unlock().opening("claims/C1.toml#original.text")
    wrong = type(right)(right.salt, '"somebody else"')
    good = {"case": "rason", "record": "claims/C1.toml", "field": "original.text"}
    for number, (opening, told, expected) in enumerate(
        [
            (right, good, True),
            (wrong, good, False),
            (right, good | {"case": "other"}, False),
            (right, good | {"field": "note"}, False),
        ]
    ):
        path = tmp_path / f"{number}.json"
        write_opening(path, opening, **told)
        done = check_opening(Case.load(root), path)
        assert done.good is expected
        if expected:
            assert done.since == "2024-03-02T12:00:00.000Z"
