"""Numbers in digits: 10,000; 10.000; 10 000; 1.6; 1,5. What may be two numbers is two."""

from __future__ import annotations

import re

_GROUPED = re.compile(r"\d{1,3}(?:([ ,.'’\u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?!\d)")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_PLAIN = re.compile(r"\d+")

ANY = re.compile(rf"{_GROUPED.pattern}|{_DECIMAL.pattern}|{_PLAIN.pattern}")
"""A number in digits, in whatever format."""


def values(digits: str, *, scaled: bool, comma: str) -> tuple[float, ...]:
    """What digits may mean. `scaled`: a word such as "million" follows, so a separator is a decimal point.

    `comma` is "thousands" where the language groups digits with it, "decimal" where it is the decimal sign. One group
    of three after a point ("1.500") may be either; after three zeros ("13.000") it is a thousand.
    """
    grouped = _GROUPED.fullmatch(digits)
    if grouped is None:
        return (float(digits.replace(",", ".")),)
    separator = grouped[1]
    whole = float(re.sub(r"\D", "", digits))
    once = digits.count(separator) == 1 and separator in ",."
    if not once:
        return (whole,)
    fraction = float(digits.replace(separator, "."))
    if scaled:
        return (fraction,)
    natural = "thousands" if separator == "," else "decimal"
    doubtful = (separator == "." or comma == "decimal") and not digits.endswith("000") and not digits.startswith("0")
    if digits.startswith("0"):
        return (fraction,)
    if not doubtful:
        return (whole,)
    return (whole, fraction) if natural == "thousands" or separator == "." else (fraction, whole)
