"""Tables of values that somebody measured elsewhere, as the same noun that our own measuring makes: ZonalSeries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dateline.core.errors import InputError, Refusal, UsageError
from dateline.core.identity import sha256_file
from dateline.core.state import State
from dateline.core.when import When
from dateline.imagery.readers.sheet import Cell, Sheet, is_formula, number, read_sheet, text_of, when_of
from dateline.imagery.tables import F8, Look, Profile, ZonalSeries

GAP_FILLED = "gap_filled"
"""The name in ZonalSeries.other of a column with gap-filled values."""

_SENTINEL = -99.0
"""Values below are marks for "none" (-999.9, -9999), not radiances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongForm:
    """One row a time and place: which columns say what.

    value: mean over the valid pixels [unit], or their sum with `is_sum`. valid, total: pixels seen and in all [px];
    share: pixels seen [% of all], where no column says how many there are. nights: looks behind a value. filled:
    the gap-filled mean [unit], to be shown beside. where: column = text that a row must have to be taken.
    place: column of names, or None with `name` for a table of one place. date_form: strptime form of days that are
    not written year first.
    """

    date: str
    value: str
    unit: str
    product: str
    place: str | None = None
    name: str = "place"
    layer: str | None = None
    collection: str | None = None
    platform: str | None = None
    valid: str | None = None
    total: str | None = None
    share: str | None = None
    nights: str | None = None
    filled: str | None = None
    is_sum: bool = False
    where: Mapping[str, str] = field(default_factory=dict)
    date_form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """One column of a wide table: its name, its time in EDTF (2016, 2017-09), and what made its values."""

    column: str
    when: str
    product: str
    unit: str
    layer: str | None = None
    collection: str | None = None
    platform: str | None = None


def years(form: str, first: int, last: int, *, product: str, unit: str) -> tuple[TimeColumn, ...]:
    """The columns of a run of years: years("HM{}", 1992, 2013, product="DMSP-OLS", unit="digital number")."""
    return tuple(
        TimeColumn(column=form.format(year), when=str(year), product=product, unit=unit)
        for year in range(first, last + 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WideForm:
    """One row a place, one column a time. Each value is a mean [unit of its column] over the place.

    cells: the rows are the cells of a grid, so that their spread is a Profile (it shows a pedestal or a mask).
    """

    place: str
    times: Sequence[TimeColumn]
    cells: bool = False
    sheet: str | None = None


def read_table(path: Path, form: LongForm | WideForm, *, encoding: str | None = None) -> ZonalSeries:
    """Reads a table of measured values. T looks in order of time, P places in order of first appearance.

    Without pixel counts each place counts as one pixel. Areas are not known to a table: NaN. A day without a row is
    no look; an empty cell, a formula or zero valid pixels are "not observed"; none of them is zero.
    Raises InputError (`table-column`, `table-number`, `table-date`, `table-empty`, those of read_sheet) and Refusal
    `doubled-row` for two different values of one place and time.
    """
    sheet = read_sheet(path, sheet=form.sheet if isinstance(form, WideForm) else None, encoding=encoding)
    file = ((path.name, sha256_file(path)),)
    if isinstance(form, WideForm):
        return _wide(sheet, form, file)
    return _long(sheet, form, file)


def read_columns(
    path: Path, key: str, columns: Sequence[str], *, sheet: str | None = None, encoding: str | None = None
) -> dict[str, dict[str, float | None]]:
    """Numbers that belong to places (a distance to the port, an area): place > column > value, None where empty.

    Raises InputError as read_table does.
    """
    table = read_sheet(path, sheet=sheet, encoding=encoding)
    at, wanted = table.column(key), {name: table.column(name) for name in columns}
    return {
        text_of(row[at]): {name: _value(table, row, i, line, name) for name, i in wanted.items()}
        for line, row in enumerate(table.rows, start=2)
        if text_of(row[at])
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """One value of one place at one time. seen and size: pixels [px]."""

    value: float | None
    seen: float
    size: float
    nights: float | None = None
    filled: float | None = None


def _value(sheet: Sheet, row: Sequence[Cell], at: int, line: int, column: str) -> float | None:
    try:
        value = number(row[at], decimal=sheet.decimal)
    except ValueError as error:
        raise InputError(
            "A cell that should hold a number holds something else.",
            saw=f"{sheet.name}, line {line}, {column}: {row[at]!r}",
            do="Mend the cell, or leave it empty if nothing was measured.",
            code="table-number",
        ) from error
    except IndexError:
        return None
    return None if value is None or value < _SENTINEL else value


def _long(sheet: Sheet, form: LongForm, file: tuple[tuple[str, str], ...]) -> ZonalSeries:
    filters = [(sheet.column(name), text) for name, text in form.where.items()]
    rows: dict[tuple[str, str], _Row] = {}
    times: dict[str, When] = {}
    notes: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line, cells in enumerate(sheet.rows, start=2):
        if any(text_of(cells[at]) != text for at, text in filters):
            continue
        when = _when(sheet, form, cells, line)
        place = form.name if form.place is None else text_of(cells[sheet.column(form.place)])
        row = _long_row(sheet, form, cells, line)
        key = (when.edtf(), place)
        times[when.edtf()] = when
        if key in rows:
            _refuse_other(sheet, rows[key], row, key)
            notes[key[0]].add(("doubled-row", f"{place} occurs twice with equal values; the second was dropped."))
        rows[key] = row
    looks = [
        Look(
            when=times[when],
            product=form.product,
            layer=form.layer or form.value,
            unit=form.unit,
            collection=form.collection,
            platform=form.platform,
            files=file,
            notes=tuple(sorted(notes[when])),
        )
        for when in sorted(times)
    ]
    return _series(sheet, looks, rows, filled=form.filled is not None, cells=False)


def _when(sheet: Sheet, form: LongForm, cells: Sequence[Cell], line: int) -> When:
    cell = cells[sheet.column(form.date)]
    try:
        return when_of(cell, form.date_form)
    except ValueError as error:
        raise InputError(
            "A date in the table cannot be read, or could be read in two ways.",
            saw=f"{sheet.name}, line {line}, {form.date}: {cell!r}",
            do="Write days as 2013-11-08, or give the form of the dates (such as %d.%m.%Y).",
            code="table-date",
        ) from error


def _long_row(sheet: Sheet, form: LongForm, cells: Sequence[Cell], line: int) -> _Row:
    def cell(name: str | None) -> float | None:
        return None if name is None else _value(sheet, cells, sheet.column(name), line, name)

    value, valid, total, share = cell(form.value), cell(form.valid), cell(form.total), cell(form.share)
    seen = (0.0 if value is None else 1.0) if form.valid is None else (valid or 0.0)
    if total is None and share is not None and share > 0:
        total = round(100 * seen / share)
    size = max(total or 0.0, seen, 1.0)
    if seen == 0:
        value = None
    if value is not None and form.is_sum:
        value /= seen
    return _Row(value, 0.0 if value is None else seen, size, cell(form.nights), cell(form.filled))


def _refuse_other(sheet: Sheet, first: _Row, second: _Row, key: tuple[str, str]) -> None:
    if first != second:
        raise Refusal(
            "The table gives two different values for one place and time.",
            saw=f"{sheet.name}: {key[1]}, {key[0]}: {first.value} and {second.value}",
            do="Choose rows with a filter (such as extent = 5x5), or find out which one is right.",
            code="doubled-row",
        )


def _wide(sheet: Sheet, form: WideForm, file: tuple[tuple[str, str], ...]) -> ZonalSeries:
    at = sheet.column(form.place)
    spans = {time.column: When.from_edtf(time.when) for time in form.times}
    if len({span.edtf() for span in spans.values()}) < len(form.times):
        raise UsageError(
            "Two columns were given the same time.",
            saw=", ".join(f"{time.column} = {time.when}" for time in form.times),
            do="Give each column its own time.",
            code="table-column",
        )
    rows: dict[tuple[str, str], _Row] = {}
    looks = []
    for time in sorted(form.times, key=lambda time: spans[time.column].edtf()):
        column, when, formulas = sheet.column(time.column), spans[time.column], 0
        for line, cells in enumerate(sheet.rows, start=2):
            if not (place := text_of(cells[at])):
                continue
            formulas += is_formula(cells[column]) if column < len(cells) else 0
            value = _value(sheet, cells, column, line, time.column)
            row, key = _Row(value, 0.0 if value is None else 1.0, 1.0), (when.edtf(), place)
            if key in rows:
                _refuse_other(sheet, rows[key], row, key)
            rows[key] = row
        looks.append(_wide_look(time, when, file, formulas))
    return _series(sheet, looks, rows, filled=False, cells=form.cells)


def _wide_look(time: TimeColumn, when: When, file: tuple[tuple[str, str], ...], formulas: int) -> Look:
    text = f"{formulas} cells of {time.column} hold formulas: not observed."
    return Look(
        when=when,
        product=time.product,
        layer=time.layer or time.column,
        unit=time.unit,
        collection=time.collection,
        platform=time.platform,
        files=file,
        notes=(("formula", text),) if formulas else (),
    )


def _series(
    sheet: Sheet, looks: Sequence[Look], rows: Mapping[tuple[str, str], _Row], *, filled: bool, cells: bool
) -> ZonalSeries:
    if not rows:
        raise InputError(
            "No row of the table is left to read.",
            saw=f"{sheet.name}: {len(sheet.rows)} rows, none fits the filters",
            do="Check the filters' spelling against the table.",
            code="table-empty",
        )
    places = tuple(dict.fromkeys(place for _, place in rows))
    column = {place: index for index, place in enumerate(places)}
    line = {look.when.edtf(): index for index, look in enumerate(looks)}
    size = np.zeros(len(places))
    for (_, place), row in rows.items():
        size[column[place]] = max(size[column[place]], row.size)
    seen, total, nights, other = (np.full((len(looks), len(places)), fill) for fill in (0.0, np.nan, np.nan, np.nan))
    for (when, place), row in rows.items():
        here = line[when], column[place]
        seen[here] = row.seen
        total[here] = np.nan if row.value is None else row.value * row.seen
        nights[here] = np.nan if row.nights is None else row.nights
        other[here] = np.nan if row.filled is None else row.filled * size[here[1]]
    unknown = np.full(total.shape, np.nan)
    return ZonalSeries(
        places=places,
        looks=tuple(looks),
        total=total,
        area_total=unknown,
        weight=_weight(seen, size),
        lit=unknown.copy(),
        nights=nights,
        size=size,
        area=np.full(len(places), np.nan),
        other={GAP_FILLED: other} if filled else {},
        profiles=tuple(_profile(values) for values in total) if cells else (),
    )


def _weight(seen: F8, size: F8) -> F8:
    weight = np.zeros((*seen.shape, len(State)))
    weight[:, :, State.OBSERVED] = seen
    weight[:, :, State.NOT_OBSERVED] = size - seen
    return weight


def _profile(values: F8) -> Profile:
    known = values[np.isfinite(values)]
    if known.size == 0:
        return Profile(n=0, zero_share=np.nan, minimum=np.nan, smallest_positive=np.nan, quantiles=(np.nan,) * 5)
    positive = known[known > 0]
    low, lower, middle, upper, high = (float(one) for one in np.quantile(known, (0.05, 0.25, 0.5, 0.75, 0.95)))
    return Profile(
        n=int(known.size),
        zero_share=float((known == 0).mean()),
        minimum=float(known.min()),
        smallest_positive=float(positive.min()) if positive.size else np.nan,
        quantiles=(low, lower, middle, upper, high),
    )
