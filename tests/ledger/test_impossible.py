"""Words said before what they tell of, units that nobody knows: all faults of all files at once, with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import RecordError
from dateline.ledger.case import Case

HEAD = 'schema = 1\nid = "k"\ntitle = "T"\nquestion = "Q?"\nworldview = "iso"\nunits = ["pallet"]\n'
SOURCE = 'schema = 1\nid = "them"\ntype = "outlet"\n\n[names]\nen = "Them"\n'
CLAIM = 'schema = 1\nid = "{}"\nspeaker = "them"\nsaid = "{}"\nstance = "{}"\nstatement = "Ships came."\n{}'
NINE = 'quantity = {{text = "9", low = 9, high = 9, unit = "{}", kind = "{}"}}\n'
LATER = '\n[period]\nearliest = "2024-05-01"\nlatest = "2024-05-02"\n'
EVENT = 'schema = 1\nid = "landing"\ntitle = "A landing"\nwhen = "{}"\nkind = "claimed"\nclaims = ["C1"]\n'


def faults(folder: Path, claims: dict[str, str], event: str | None = None) -> list[str]:
    for name in ("claims", "sources", "events"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "case.toml").write_text(HEAD, encoding="utf-8")
    (folder / "sources/them.toml").write_text(SOURCE, encoding="utf-8")
    for name, text in claims.items():
        (folder / f"claims/{name}.toml").write_text(text, encoding="utf-8")
    if event is not None:
        (folder / "events/landing.toml").write_text(EVENT.format(event), encoding="utf-8")
    try:
        Case.load(folder)
    except RecordError as error:
        return [f"{one.file}:{one.line} {one.key}" for one in error.faults]
    return []


def test_all_that_cannot_be_is_told_at_once(tmp_path: Path) -> None:
    """An unknown unit, a time that had not begun, a retelling before what it retells, an event after its report."""
    told = {
        "C1": CLAIM.format("C1", "2024-02-01", "asserts", NINE.format("flurb", "count") + LATER),
        "C2": CLAIM.format("C2", "2024-01-01", "asserts", 'retells = "C1"\n'),
    }
    assert faults(tmp_path, told, "2024-06-01") == [
        "claims/C1.toml:7 quantity.unit",
        "claims/C1.toml:9 period",
        "claims/C2.toml:7 retells",
        "events/landing.toml:6 claims.0",
    ]


@pytest.mark.parametrize(
    ("stance", "more"),
    [
        ("predicts", LATER),
        ("denies", LATER),
        ("asserts", 'status = "planned"\n' + LATER),
        ("asserts", NINE.format("container", "plan") + LATER),
        ("asserts", NINE.format("pallet", "count")),
        ("asserts", NINE.format("people", "count")),
        ("asserts", '\n[period]\nearliest = "2024-02-02"\nlatest = "2024-02-03"\n'),
    ],
)
def test_plans_and_a_day_of_another_zone_can_be(tmp_path: Path, stance: str, more: str) -> None:
    """What is planned, predicted or denied may lie ahead; a case has units of its own; days differ by zone."""
    assert faults(tmp_path, {"C1": CLAIM.format("C1", "2024-02-01", stance, more)}, "2024-02-02") == []
