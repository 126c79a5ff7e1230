"""Amounts in a record's texts: words read into bounds, and a spelling that keeps both."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from dateline.core.amounts.read import Reading, read
from dateline.core.amounts.units import unit_of
from dateline.core.errors import UsageError
from dateline.ledger.compose.brackets import Wrong
from dateline.ledger.compose.times import Several

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_BOUNDS = re.compile(
    rf"(?P<above>>)?(?P<low>{_NUMBER})?(?P<dots>\.\.)?(?P<below><)?(?P<high>{_NUMBER})?\s+(?P<unit>\S.*)"
)


def read_amount(text: str, units: Collection[str]) -> dict[str, Any]:
    """Words, bounds and unit of an amount, as a record's table without its kind.

    `WORDS = BOUNDS UNIT` says the bounds outright: `almost a battalion = 400..600 troop`; `>10000..` is more than
    10,000, `..<500` less than 500. `units`: the case's own. Raises Wrong, Several.
    """
    words, sign, exact = text.rpartition("= ")
    if sign and (match := _BOUNDS.fullmatch(exact.strip())) is not None:
        return _exact(words.strip(), match, units)
    own = [unit for unit in units if re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", text)]
    readings = _readings(text, own)
    if len(readings) > 1:
        raise Several("Which amount is meant?", [(_label(one), spelt_amount(_table(one))) for one in readings])
    return _table(readings[0])


def _readings(text: str, own: list[str]) -> tuple[Reading, ...]:
    first: UsageError | None = None
    for unit in (None, *own):
        try:
            return read(text, unit=unit)
        except UsageError as error:
            first = first or error
    assert first is not None
    raise Wrong(first.saw, f"{first.do} Or put the bounds after the words: {text[:40]} = 400..600 troop") from first


def _table(reading: Reading) -> dict[str, Any]:
    told = reading.quantity.to_json()
    return {key: value for key, value in told.items() if key != "kind" and value is not None and value is not False}


def _exact(words: str, match: re.Match[str], units: Collection[str]) -> dict[str, Any]:
    low, high = match["low"], match["high"]
    if match["dots"] is None:
        high = low
    try:
        unit = match["unit"] if match["unit"] in units else unit_of(match["unit"])
    except UsageError as error:
        raise Wrong(error.saw, error.do) from error
    if low is None and high is None:
        raise Wrong(match[0], "at least one bound: 400..600, 10000.., ..500")
    return {
        "text": words or match[0],
        **({} if low is None else {"low": float(low)}),
        **({} if high is None else {"high": float(high)}),
        **({"low_open": True} if match["above"] else {}),
        **({"high_open": True} if match["below"] else {}),
        "unit": unit,
    }


def spelt_amount(table: Mapping[str, Any]) -> str:
    """An amount as text that read_amount reads back."""
    low, high = table.get("low"), table.get("high")
    above, below = ">" if table.get("low_open") else "", "<" if table.get("high_open") else ""
    bounds = (
        _number(low) if low == high and not above and not below else f"{above}{_number(low)}..{below}{_number(high)}"
    )
    return f"{table['text']} = {bounds} {table['unit']}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _label(reading: Reading) -> str:
    quantity = reading.quantity
    low, high = quantity.low, quantity.high
    if low is not None and high is not None:
        bounds = f"{low:,g}" if low == high else f"{low:,g} to {high:,g}"
    elif low is not None:
        bounds = f"{'more than' if quantity.low_open else 'at least'} {low:,g}"
    else:
        bounds = f"{'less than' if quantity.high_open else 'at most'} {high:,g}"
    return f"{bounds} {quantity.unit} ({reading.rule})"
