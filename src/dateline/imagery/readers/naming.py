"""What a file's name says about its product, its time, its collection and its layer."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.imagery.sensor import Sensor, sensor_for, sensors

_DAY = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_ORDINAL = re.compile(r"A(\d{4})(\d{3})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_SPAN = re.compile(r"(?<!\d)(\d{6})(\d{2})?-(\d{6})(\d{2})?(?!\d)")
_COLLECTION = re.compile(r"(?:^|[_./-])00([1-9])(?=[_./-])")


def product_in(name: str) -> str | None:
    """The product that a file's name names (VNP46A3_2017_09.tif, NASA_VIIRS_002_VNP46A2_…), or None."""
    for sensor in _of_light():
        for product in sensor.products:
            if re.search(rf"(?<![A-Za-z0-9]){re.escape(product)}(?![A-Za-z0-9])", name):
                return product
        if any(re.search(alias, name) for alias in sensor.aliases):
            return next(iter(sensor.products))
    return None


def _of_light() -> list[Sensor]:
    """The sensors whose files are opened by name as images; those that are cut into chips go their own way."""
    return [sensor for sensor in sensors().values() if all(one.quantity is None for one in sensor.products.values())]


def product_of(name: str, declared: str | None) -> str:
    """The product as declared, else as the name has it. Raises UsageError (code `product`) that lists what is known."""
    found = product_in(name)
    if found is not None and sensor_for(found).period == "any":
        found = declared or found  # "radiance" in a name is a word, not a product that contradicts anybody
    if declared is not None and found is not None and declared != found:
        raise UsageError(
            "The file's name says another product than you do.",
            saw=f"{name}: {found}; declared: {declared}",
            do="Leave --product out, or rename the file if its name is wrong.",
            code="product-mismatch",
        )
    product = declared or found
    if product is not None:
        return product
    known = ", ".join(sorted(one for sensor in _of_light() for one in sensor.products))
    raise UsageError(
        "Neither the file's name nor you say which product this is.",
        saw=name,
        do=f"Say --product and one of {known}.",
        code="product",
    )


def when_in(name: str, sensor: Sensor, product: str) -> When | None:
    """The time that a name tells, as fine as the product is: a night, a month or a year; None where it tells none."""
    for alias in sensor.aliases:
        if (found := re.search(alias, name)) and (year := found.groupdict().get("year")):
            return When.year(int(year))
    rest = name.partition(product)[2] or name
    if span := _SPAN.search(rest):
        return _span(span)
    readers = {"day": (_ordinal, _day), "month": (_ordinal, _month), "year": (_ordinal, _year)}
    for read in readers.get(sensor.period, (_ordinal, _day, _month, _year)):
        if (when := read(rest)) is not None:
            return _as_period(when, sensor.period)
    return None


def collection_in(name: str, sensor: Sensor) -> str | None:
    """The collection that a name tells, or None: an unknown collection is not guessed."""
    if sensor.reader == "vnl":
        found = re.findall(r"(?<=[_-])(vcmcfg|vcmslcfg|v\d+)(?=_)", name)
        return next((word for word in found if word in sensor.collections), None)
    found = _COLLECTION.findall(name)
    return next((word for word in found if word in sensor.collections), None)


def check_lived(name: str, when: When, sensor: Sensor, product: str) -> None:
    """Raises InputError (code `outside-record`) for a time at which the product did not exist."""
    start, end = sensor.products[product].start, sensor.products[product].end
    record = When.between(start, end)
    if when.intersect(record) is None:
        raise InputError(
            "The product did not exist at that time.",
            saw=f"{name}: {product} in {when.spoken()}; its record runs {record.spoken()}",
            do="Check the file's name and the product that was declared.",
            code="outside-record",
        )


def plain(name: str) -> str:
    """A layer's name without what exports change in it: hyphens, dots and case."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def layer_in(name: str, sensor: Sensor, collection: str | None) -> str | None:
    """The value layer that a file's name holds, or None. The longest fits: Gap_Filled_… is not the layer inside it."""
    found = [layer for layer in sensor.value_layers(collection) if plain(layer) in plain(name)]
    return max(found, key=len, default=None) if sensor.reader == "black_marble" else None


def no_date(name: str, period: str) -> InputError:
    """The error for a file that tells no time."""
    return InputError(
        "The file does not say when it was seen.",
        saw=name,
        do=f"Put the {'date' if period == 'any' else period} into its name (such as 2017-09), or say it.",
        code="no-date",
    )


def _span(match: re.Match[str]) -> When | None:
    first, last = (_start(match[1], match[2]), _end(match[3], match[4]))
    return None if first is None or last is None else When.between(first, last)


def _start(month: str, day: str | None) -> date | None:
    return _date(int(month[:4]), int(month[4:]), int(day or 1))


def _end(month: str, day: str | None) -> date | None:
    year, number = int(month[:4]), int(month[4:])
    if not 1 <= number <= 12:
        return None
    return _date(year, number, int(day) if day else calendar.monthrange(year, number)[1])


def _date(year: int, month: int, day: int) -> date | None:
    lawful = 1 <= month <= 12 and 1900 <= year <= 2100
    return date(year, month, day) if lawful and 1 <= day <= calendar.monthrange(year, month)[1] else None


def _ordinal(text: str) -> When | None:
    match = _ORDINAL.search(text)
    if match is None or not 1 <= int(match[2]) <= 365 + calendar.isleap(int(match[1])):
        return None
    return When.on(date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1))


def _day(text: str) -> When | None:
    days = (_date(*map(int, match.groups())) for match in _DAY.finditer(text))
    return next((When.on(day) for day in days if day), None)


def _month(text: str) -> When | None:
    pairs = ((int(year), int(month)) for year, month in _MONTH.findall(text))
    return next((When.month(year, month) for year, month in pairs if _date(year, month, 1)), None)


def _year(text: str) -> When | None:
    match = _YEAR.search(text)
    return None if match is None else When.year(int(match[1]))


def _as_period(when: When, period: str) -> When:
    first = when.earliest
    assert isinstance(first, date)
    if period == "month":
        return When.month(first.year, first.month)
    return When.year(first.year) if period == "year" else when
