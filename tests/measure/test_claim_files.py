"""Claims given as files on the command line, without a case."""

from __future__ import annotations

from pathlib import Path

import pytest

import dateline
from dateline.core.errors import InputError

CLAIM = """schema = 1
id = "{id}"
speaker = "{who}"
said = "2024-02-28"
stance = "observes"
statement = "Ships lay at the port on {days} days"
utterance = "U-{who}"
quantity = {{text = "{days}", low = {days}, high = {days}, unit = "{unit}", kind = "count"}}
origin = {{key = "{who}", method = "own_imagery_analysis"}}
chain = [{{who = "{who}", how = "counts", end = true}}]

[period]
text = "1 September 2023 to 17 February 2024"
said = "2024-02-28"
earliest = "2023-09-01"
latest = "2024-02-17"
edtf = "2023-09-01/2024-02-17"
"""


def write(folder: Path, name: str, who: str, days: int, unit: str = "days with ships") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(CLAIM.format(id=name, who=who, days=days, unit=unit))
    return path


def test_counts_in_files_are_compared(tmp_path: Path) -> None:
    """20 days without a denominator beside 60 of 150: the rates are equal at 50 days, and the gap is named."""
    files = [
        write(tmp_path, "A1", "one", 20),
        write(tmp_path, "B1", "two", 60),
        write(tmp_path, "B2", "two", 150, "observed days"),
    ]
    found = dateline.run("count_reconciliation", claims=files)
    assert found.result == "compatible only if"
    assert "was not published" in found.statement.en
    assert "about 50" in found.statement.en
    assert {ref.id for ref in found.inputs} >= {"A1", "B1", "B2"}


def test_what_is_no_claim_is_named(tmp_path: Path) -> None:
    """A file of another kind is not read as no claims."""
    path = tmp_path / "claims.geojson"
    path.write_text("{}")
    with pytest.raises(InputError) as error:
        dateline.run("count_reconciliation", claims=path)
    assert error.value.code == "no-records"
