"""A finding's figure outside a page, for a notebook: the same block, drawing and words, with credit and mark in it."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import tomlkit

from dateline.core.errors import DatelineError, InputError, Refusal, UsageError
from dateline.evidence.atomic import write_atomic
from dateline.ledger.case import HEAD, Case
from dateline.ledger.finding import Finding
from dateline.ledger.frame import is_sensitive
from dateline.story.build import check_silence
from dateline.story.catalogue import block as block_of
from dateline.story.catalogue import block_folders
from dateline.story.check import examine, reading_of
from dateline.story.embed import embed
from dateline.story.figure import figures
from dateline.story.output import text_output
from dateline.story.parse import parse
from dateline.story.still import drawings

OF_METHODS: Mapping[str, str] = {
    "bracketing": "bracket", "camera_position": "camera", "counting": "count", "four_axes": "verification",
    "front_distance": "front", "port_activity": "calendar", "sun_shadow": "shadow", "weighing": "weighing",
}  # fmt: skip
"""Methods whose answer has a figure of its own; a series is a chart, and places are ranked."""
SILENT = frozenset({"exact-position", "sensitive-place", "position-young", "hidden-item", "off-record",
                    "named-on-background", "embargo"})  # fmt: skip
"""Rules against harm: what they stop on a page stays off a screen until it is asked for."""
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")
"""Signs that can mean something in Markdown or in references."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One figure. alt: what it shows, in words; svg: the drawing by itself, None for one that is rows of text."""

    block: str
    title: str
    alt: str
    svg: str | None = field(repr=False)
    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        """A picture where there is a drawing, else the embed, shut into a frame that may run nothing."""
        if self.svg is not None:
            data = base64.b64encode(self.svg.encode()).decode()
            return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.alt)}" style="max-width:100%">'
        return (
            f'<iframe sandbox title="{escape(self.title)}" srcdoc="{escape(self.html)}" '
            'style="width:100%;height:36rem;border:0"></iframe>'
        )

    def _repr_svg_(self) -> str | None:
        return self.svg

    def save(self, path: Path | str) -> Path:
        """Writes the drawing (.svg) or the whole figure with its table (.html). Raises UsageError (code "plot")."""
        path = Path(path)
        text = {".svg": self.svg, ".html": self.html}.get(path.suffix.lower())
        if text is None:
            raise UsageError(
                f"This figure cannot be written as {path.name}.",
                saw=path.suffix or "no ending",
                do="Write .html" + (", or .svg" if self.svg is not None else "; it is rows of text and has no drawing"),
                code="plot",
            )
        write_atomic(path, text.encode())
        return path


def plot(finding: Finding, block: str | None = None, *, show_sensitive: bool = False) -> Plot:
    """The figure of one finding; of the case that it was read from, else of itself alone.

    block: a block that takes a finding; the fitting one without. Raises UsageError (code "plot") where none fits,
    Refusal (code "sensitive") for what a rule against harm keeps off a page, and the errors of the block itself.
    """
    if is_sensitive(finding) and not show_sensitive:
        raise _sensitive(finding, "it says where somebody stood")
    saw = ""
    with _case(finding) as case:
        if block is not None:
            return _drawn(case, finding, block, show_sensitive=show_sensitive)
        for name in _fitting(finding):
            try:
                return _drawn(case, finding, name, show_sensitive=show_sensitive)
            except Refusal:
                raise
            except DatelineError as error:
                saw = saw or f"{error.what} {error.saw}"
    raise UsageError(
        f"{finding.id} has no figure.",
        saw=saw or f"method {finding.method}, result “{finding.result}”",
        do="Look at finding.statement, or at finding.to_frame().",
        code="plot",
    )


def _fitting(finding: Finding) -> Iterator[str]:
    if finding.method in OF_METHODS:
        yield OF_METHODS[finding.method]
    if finding.series is not None:
        yield "series"
    if finding.places:
        yield "ranked"


@contextmanager
def _case(finding: Finding) -> Iterator[Case]:
    """The case that it lies in; else a case of nothing but itself, for as long as the figure is drawn."""
    home = finding.folder
    if home is not None and (home.parent / HEAD).is_file():
        yield Case.load(home.parent)
        return
    with tempfile.TemporaryDirectory(prefix="dateline-plot-") as made:
        root = Path(made)
        head = {"schema": 1, "id": "notebook", "title": "A figure", "question": "A figure", "worldview": "iso"}
        (root / HEAD).write_text(tomlkit.dumps({**head, "exercise": finding.simulated}), encoding="utf-8")
        (root / "findings").mkdir()
        (root / "findings" / f"{finding.id}.json").write_text(finding.pretty(), encoding="utf-8")
        if home is not None:
            _copy(finding, home, root / "findings")
        yield Case.load(root)


def _copy(finding: Finding, home: Path, into: Path) -> None:
    """The files beside a finding; none that leads out of its folder."""
    for one in finding.artifacts:
        source = home / one.path
        if source.is_file() and source.resolve().is_relative_to(home.resolve()):
            (into / one.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, into / one.path)


def _drawn(case: Case, finding: Finding, name: str, *, show_sensitive: bool) -> Plot:
    reading = reading_of(case, parse(_story(finding, name)))
    faults = reading.story.faults
    if faults:
        raise UsageError(f"The block {name} does not draw a finding.", saw=faults[0].saw, do=faults[0].do, code="plot")
    stopped = [one for one in examine(reading).faults if one.rule.code in SILENT]
    if stopped and not show_sensitive:
        raise _sensitive(finding, f"{stopped[0].rule.code}: {stopped[0].saw}")
    (figure,) = figures(reading, {}) or (None,)
    if figure is None:
        raise UsageError(
            f"The block {name} is no figure.",
            saw=name,
            do="Choose a figure: series, ranked, camera, count …",
            code="plot",
        )
    alone = next(drawings(figure), None)
    whole = embed(figure)
    if not show_sensitive:
        try:
            check_silence(reading, [whole, *([text_output(alone.name, alone.svg)] if alone else [])])
        except InputError as error:
            raise _sensitive(finding, error.saw) from error
    return Plot(
        block=name,
        title=figure.title,
        alt=figure.alt,
        svg=alone.svg if alone else None,
        html=whole.data.decode(),
    )


def _story(finding: Finding, name: str) -> str:
    """A story of this one block. What the finding says is its words, and no markup."""
    if name not in block_folders():
        raise UsageError(f"There is no block {name!r}.", saw=name, do="`docs/story.md` lists them.", code="plot")
    known = block_of(name).model.model_fields
    if "finding" not in known:
        do = "Choose a block that shows one finding: series, ranked, camera, count …"
        raise UsageError(f"The block {name} does not draw a finding.", saw=name, do=do, code="plot")
    words = _text(finding.question or finding.id)
    told: dict[str, Any] = {
        "finding": finding.id, "title": words, "label": words, "alt": _text(finding.statement.en), "caption": "",
        "artifact": next((one.role for one in finding.artifacts if one.media_type == "image/svg+xml"), ""),
    }  # fmt: skip
    body = {key: value for key, value in told.items() if key in known}
    if name == "series" and (unit := _unit(finding)):
        body["unit"] = unit
    if name == "ranked":
        shared = next((list(one.estimates) for one in finding.places.values() if one.estimates), [])
        body["estimate"] = "ratio" if "ratio" in shared or not shared else shared[0]
    front = tomlkit.dumps({"title": words or name, "byline": ""})
    return f"+++\n{front}+++\n\n:::{name}\n{tomlkit.dumps(body)}:::\n"


def _text(words: str) -> str:
    """Words as Markdown that prints them as they are; what would open a reference is parted by nothing that shows."""
    apart = re.sub(r"([{}\[\]])(?=\1)", "\\1\u2060", " ".join(words.split()))
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", apart)


def _unit(finding: Finding) -> str:
    """The unit that the finding's rows say themselves, where they do."""
    rows = finding.series.rows if finding.series is not None else []
    return str(rows[0].get("unit") or "") if rows else ""


def _sensitive(finding: Finding, saw: str) -> Refusal:
    return Refusal(
        f"The figure of {finding.id} would show what stays hidden.",
        saw=saw,
        do="Ask for it with show_sensitive=True, on a screen that nobody else sees.",
        code="sensitive",
    )
