"""Evidence against rival explanations: rows by origin, marks in words, what changes without each origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from dateline.core.errors import InputError
from dateline.ledger.finding import Finding
from dateline.story.block import BlockModel, FindingId, Prose
from dateline.story.page import Page

SIGNS = {
    "consistent": "+",
    "inconsistent": "−",
    "both": "±",
    "neutral": "=",
    "not applicable": "·",
    "not rated": "?",
}
"""Each rating's sign; the word stands beside it."""


class Model(BlockModel):
    """The body of a :::weighing block."""

    is_figure: ClassVar[bool] = True

    finding: FindingId
    title: Prose
    caption: Prose = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One rating: its sign, its word, and the class that colours it."""

    sign: str
    word: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence as the template prints it."""

    label: Markup
    text: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The rows of one origin: its name, and how it counts."""

    name: str
    counts: str
    rows: tuple[Row, ...]


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The matrix and what falls without whom. Raises InputError (code "weighing") for a finding that has none."""
    finding = page.finding(block.finding)
    if finding.method != "weighing" or not finding.values.get("matrix"):
        raise InputError(
            f"{block.finding} has no matrix to show.",
            saw=f"a finding of {finding.method}: {finding.result}",
            do="Name a finding of weighing; one that was refused goes into a :::refusal block.",
            code="weighing",
        )
    explanations = finding.values["explanations"]
    rows = finding.series.rows if finding.series is not None else []
    return {
        "number": page.next_figure(),
        "finding": finding,
        "working": page.link(page.look(block.finding), page.word("page.how")),
        "explanations": explanations,
        "origins": [_origin(page, each, [one["id"] for one in explanations]) for each in finding.values["matrix"]],
        "remains": [_remains(finding.result, one) for one in explanations],
        "counts": [(key, [_range(page, one[key]) for one in explanations]) for key in ("against", "support")],
        "bands": [_band(page, band, explanations) for band in finding.values["bands"]],
        "falls": [row["sentence"] for row in rows if not row["stands"]],
        "stands": _stands(rows),
        "more": [row["sentence"] for row in rows],
        "summary": _collapsed(page, finding),
    }


def _origin(page: Page, told: Mapping[str, Any], explanations: Sequence[str]) -> Origin:
    key = "unknown" if not told["known"] else "merged" if told["may_be_one"] else "counts"
    key = key if told["counts"] or not told["known"] else "silent"
    name = page.english(told["origin"]) if told["known"] else page.word("weighing.nobody")
    rows = tuple(_row(page, row, explanations) for row in told["rows"])
    return Origin(name, page.word(f"weighing.{key}"), rows)


def _row(page: Page, told: Mapping[str, Any], explanations: Sequence[str]) -> Row:
    notes = [page.word("weighing.repeats", id=told["repeats"])] if told["repeats"] else []
    notes += map(page.english, told["flags"])
    if told["separates"] == "does not separate":
        notes.append(page.word("weighing.separates_none"))
    label, text = _label(page, told)
    cells = tuple(_cell(page, told["ratings"][name]) for name in explanations)
    return Row(label, text, cells, tuple(notes), told["why"], told["by"])


def _label(page: Page, told: Mapping[str, Any]) -> tuple[Markup, str]:
    """A link to the record, and what it says: of a claim who said it and when."""
    kind, name = told["kind"], told["id"]
    if kind == "claim" and name in page.case.claims:
        claim = page.case.claims[name]
        who = page.speaker(claim)
        return page.link(page.look(name), f"{who}, {page.language.when(claim.said)}"), told["label"]
    if kind == "finding" and page.case.has_finding(name):
        return page.link(page.look(name), page.word("weighing.finding")), page.english(told["label"])
    if kind == "media" and name in page.case.media:
        return page.link(page.look(name), told["label"]), ""
    return Markup("{}").format(told["label"]), ""


def _cell(page: Page, rating: str) -> Cell:
    return Cell(SIGNS[rating], page.word("weighing." + rating.replace(" ", "_")), rating.replace(" ", "-"))


def _remains(result: str, explanation: Mapping[str, Any]) -> str:
    """The word for what becomes of an explanation."""
    if result == "cannot tell":
        return "cannot_tell"
    if not explanation["remains"]:
        return "falls_out"
    return "fewest" if result == "none remains" else "remains"


def _range(page: Page, told: Mapping[str, Any]) -> str:
    low, high = page.language.count(told["min"]), page.language.count(told["max"])
    return _between(page, low, high)


def _between(page: Page, low: str, high: str) -> str:
    return low if low == high else page.language.interval(low, high)


def _band(page: Page, band: Mapping[str, Any], explanations: Sequence[Mapping[str, Any]]) -> tuple[str, str, str, str]:
    """Two explanations, the band in words, its range, and the origins that move it most."""
    text = {one["id"]: one["text"] for one in explanations}
    pair = page.word("weighing.over", one=text[band["explanation"]], other=text[band["over"]])
    ends = (band["ratio"]["min"], band["ratio"]["max"])
    low, high = (page.language.count(end, 0 if end >= 10 else 1) for end in ends)
    return pair, band["words"], _between(page, low, high), "; ".join(band["moved_most_by"])


def _stands(rows: Sequence[Mapping[str, Any]]) -> str:
    """The origins without each of which the answer is the same."""
    return ", ".join(row["name"] for row in rows if row["stands"] and row["without"] == "origin")


def _collapsed(page: Page, finding: Finding) -> str:
    low, high = (page.language.count(finding.values["origins"][end]) for end in ("min", "max"))
    rows = page.language.count(finding.values["rows"])
    return page.word("weighing.collapsed", rows=rows, low=low, high=high)
