"""Tables of values that somebody measured elsewhere, as ZonalSeries; several of one role are joined in time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.evidence.item import is_named_simulated
from dateline.imagery.readers.table import LongForm, TimeColumn, WideForm, read_table
from dateline.imagery.sensor import sensor_for
from dateline.imagery.tables import ZonalSeries
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.pairing import pairs_of
from dateline.measure.request import Loaded, Prepared, Progress, Request, Selection
from dateline.methods.contract import Inputs

LONG = {
    "date",
    "value",
    "place",
    "name",
    "valid",
    "total",
    "share",
    "nights",
    "filled",
    "date_form",
    "layer",
    "platform",
}
"""What a column of a long table may stand for; `where.COLUMN` filters rows."""
WIDE = {"place", "layer", "cells", "sheet"}
DECLARED = "radiance"
"""The product of a table that does not say what made it."""
ALONG_TIME = ("total", "area_total", "weight", "lit", "nights")
_RUN = re.compile(r"(\d{4})/(\d{4})")


def prepare(request: Request) -> Prepared:
    """The tables of every role that has one, as ZonalSeries. A table whose name says simulated is simulated."""
    selections = [
        (role, selection.table) for role, given in request.roles.items() for selection in given if selection.table
    ]
    return Prepared(
        refs=tuple(file_ref(path, role, request.items) for role, path in selections),
        simulated=any(is_named_simulated(path.name) for _, path in selections),
        load=lambda tell: _load(request, tell),
    )


def prepare_pairs(request: Request) -> Prepared:
    """A table for comparing two periods: `before` and `after` choose among its times; the first and last otherwise."""
    if request.sites("places", "controls", "groups", "disputed"):
        raise UsageError(
            "A table has its own places.",
            saw=", ".join(site.id for site in request.sites("places", "controls", "groups", "disputed"))[:200],
            do="Leave the places out, or measure images.",
            code="table-places",
        )
    prepared = prepare(request)

    def load(tell: Progress) -> Loaded:
        loaded = prepared.load(tell)
        series = loaded.inputs.one("table", ZonalSeries)
        chosen = {role: _within(series, request.one(role).period) for role in ("before", "after", "history")}
        if not chosen["before"] or not chosen["after"]:
            return loaded
        pairs = pairs_of([look.when for look in series.looks], chosen["before"], chosen["after"], chosen["history"])
        return replace(loaded, inputs=Inputs({**loaded.inputs.roles, "table_pairs": pairs}))

    return replace(prepared, load=load)


def _within(series: ZonalSeries, period: When | None) -> list[int]:
    if period is None:
        return []
    found = [index for index, look in enumerate(series.looks) if period.intersect(look.when) is not None]
    if not found:
        first, last = series.looks[0].when, series.looks[-1].when
        raise InputError(
            "A date that was asked for is not in the table.",
            saw=f"{period.spoken()}; the table holds {first.spoken()} to {last.spoken()}",
            do="Ask for a period that the table holds.",
            code="no-such-date",
        )
    return found


def _load(request: Request, tell: Progress) -> Loaded:
    values: dict[str, tuple[object, ...]] = {}
    for role, given in request.roles.items():
        tables = [read(selection) for selection in given if selection.table is not None]
        if tables:
            values[role] = (joined(tables),)
    tell(1.0)
    return Loaded(inputs=Inputs(values))


def read(selection: Selection) -> ZonalSeries:
    """One table as its `columns` describe it. Raises UsageError when they describe neither form."""
    assert selection.table is not None
    columns = dict(selection.columns)
    product = selection.product or DECLARED
    unit = columns.pop("unit", None) or sensor_for(product).unit
    times = {key: name for key, name in columns.items() if key[:1].isdigit()}
    if times:
        return read_table(selection.table, _wide(columns, times, product, unit, selection))
    if "date" not in columns or "value" not in columns:
        raise UsageError(
            "A table needs to be told what its columns are.",
            saw=", ".join(f"{key} = {name}" for key, name in columns.items()) or "no columns",
            do="One row a date: date = …, value = … (and place, valid, total, nights, filled, where.COLUMN = …). "
            "One column a date: place = …, 2016 = …, 2019 = …; a run of years: 1992/2013 = HM{}.",
            code="table-columns",
        )
    return read_table(selection.table, _long(columns, product, unit, selection))


def _wide(
    columns: Mapping[str, str], times: Mapping[str, str], product: str, unit: str, selection: Selection
) -> WideForm:
    unknown = sorted(set(columns) - set(times) - WIDE)
    if unknown or "place" not in columns:
        raise UsageError(
            "A table with one column a date is described by place and the dates.",
            saw=", ".join(unknown) or "no place",
            do=f"Give place = COLUMN; besides the dates only {', '.join(sorted(WIDE))} are read.",
            code="table-columns",
        )
    made: list[TimeColumn] = []
    for when, name in times.items():
        run = _RUN.fullmatch(when)
        if run and "{}" in name:
            pairs = [(str(year), name.format(year)) for year in range(int(run[1]), int(run[2]) + 1)]
        else:
            pairs = [(when, name)]
        made += [
            TimeColumn(
                column=column,
                when=time,
                product=product,
                unit=unit,
                layer=columns.get("layer", "measured value"),
                collection=selection.collection,
                platform=satellite_of(product),
            )
            for time, column in pairs
        ]
    return WideForm(place=columns["place"], times=made, cells=columns.get("cells") == "yes", sheet=columns.get("sheet"))


def _long(columns: Mapping[str, str], product: str, unit: str, selection: Selection) -> LongForm:
    where = {key.removeprefix("where."): text for key, text in columns.items() if key.startswith("where.")}
    unknown = sorted(set(columns) - LONG - {f"where.{name}" for name in where} - {"sum", "collection"})
    if unknown:
        raise UsageError(
            "A table's column cannot stand for this.",
            saw=", ".join(unknown),
            do=f"Choose from {', '.join(sorted(LONG))}, where.COLUMN.",
            code="table-columns",
        )
    named: dict[str, Any] = {key: name for key, name in columns.items() if key in LONG}
    named.setdefault("platform", satellite_of(product))
    return LongForm(
        product=product,
        unit=unit,
        collection=selection.collection or columns.get("collection"),
        is_sum=columns.get("sum") == "yes",
        where=where,
        **named,
    )


def satellite_of(product: str) -> str | None:
    """The satellite that makes a product, where its name leaves no doubt."""
    return sensor_for(product).products[product].platform


def joined(tables: list[ZonalSeries]) -> ZonalSeries:
    """Tables of the same places, one after the other in time. Raises UsageError when their places differ."""
    first, *rest = tables
    for other in rest:
        if set(other.places) != set(first.places):
            raise UsageError(
                "Tables of one series must be of the same places.",
                saw=f"{len(first.places)} places and {len(other.places)} places",
                do="Make them agree, or measure them apart.",
                code="table-places",
            )
        order = [other.places.index(place) for place in first.places]
        along_time: dict[str, Any] = {
            name: np.concatenate([getattr(first, name), getattr(other, name)[:, order]]) for name in ALONG_TIME
        }
        if set(first.other) != set(other.other):
            raise UsageError(
                "Tables of one series must have the same further columns.",
                saw=f"{sorted(first.other)} and {sorted(other.other)}",
                do="Give each the column `filled`, or none.",
                code="table-columns",
            )
        beside = {name: np.concatenate([values, other.other[name][:, order]]) for name, values in first.other.items()}
        first = replace(
            first, other=beside, looks=first.looks + other.looks, profiles=first.profiles + other.profiles, **along_time
        )
    return _in_order(first)


def _in_order(series: ZonalSeries) -> ZonalSeries:
    order = sorted(range(len(series.looks)), key=lambda index: series.looks[index].when.edtf())
    arrays: dict[str, Any] = {
        name: getattr(series, name)[order] for name in ("total", "area_total", "weight", "lit", "nights")
    }
    return replace(
        series,
        looks=tuple(series.looks[index] for index in order),
        profiles=tuple(series.profiles[index] for index in order) if series.profiles else (),
        other={name: values[order] for name, values in series.other.items()},
        **arrays,
    )
