"""story.md becomes a Story: every fault of form with line, column and the nearest valid name, all at once."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from markdown_it.token import Token
from pydantic import BaseModel, ValidationError

from dateline.ledger.faults import faults_of, offer
from dateline.ledger.toml_lines import key_lines, line_of
from dateline.story.block import BlockModel
from dateline.story.catalogue import block, block_folders
from dateline.story.document import BlockUse, Front, Passage, Run, Story
from dateline.story.fault import Fault, Level, Rule, Spot, in_order
from dateline.story.markdown import FORMS, markdown

FENCE = "+++"
M = TypeVar("M", bound=BaseModel)

FORM = Rule(
    code="story-form",
    name="the story cannot be read",
    level=Level.BLOCK,
    why="A block or reference that is half understood would print something else than its writer meant.",
    do="Mend the spelling; docs/story.md shows each form.",
)
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_NO_PROSE = {
    "heading_open": "a heading", "table_open": "a table", "colon_fence": "a block", "fence": "code",
    "code_block": "code", "hr": "a rule", "html_block": "HTML",
}  # fmt: skip
"""What does not stand in a block that holds prose."""
_ROLES = {"heading_open": "heading", "list_item_open": "item", "th_open": "cell", "td_open": "cell"}


@dataclass(slots=True)
class _Parser:
    file: str
    source: list[str]
    passages: list[Passage] = field(default_factory=list)
    blocks: list[BlockUse] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    analysis: str | None = None
    """Whose analysis is being read."""

    def add(self, spot: Spot, saw: str, do: str) -> None:
        self.faults.append(Fault(rule=FORM, spot=spot, saw=saw, do=do))

    def walk(self, tokens: list[Token]) -> None:
        role = "paragraph"
        for token in tokens:
            if token.type in {*_ROLES, "paragraph_open"}:
                role = _ROLES.get(token.type, role if role == "item" else "paragraph")
            elif token.type in {"list_item_close", "heading_close", "th_close", "td_close"}:
                role = "paragraph"
            elif token.type == "inline":
                self._passage(token, role)
            elif token.type == "colon_fence":
                self._block(token)
            if token.type == "heading_open" and token.tag == "h1":
                self.add(
                    _spot(token), "a heading with one #", "Begin with ##: the page's only title is in the front matter."
                )

    def _passage(self, token: Token, role: str) -> None:
        first = _spot(token).line
        runs = tuple(self._runs(token, first))
        self.passages.append(Passage(runs, role, runs[0].spot if runs else Spot(first), analysis=self.analysis))

    def _runs(self, token: Token, first: int) -> Iterator[Run]:
        lines = token.content.split("\n")
        columns = [max(self._line(first + index).find(line.strip()), 0) for index, line in enumerate(lines)]

        def spot(at: int) -> Spot:
            row = token.content.count("\n", 0, at)
            begin = token.content.rfind("\n", 0, at) + 1
            return Spot(first + row, columns[row] + at - begin + 1)

        yield from self._children(token.children or [], token.content, spot)

    def _children(self, children: list[Token], content: str, spot: Any) -> Iterator[Run]:
        at = 0
        for child in children:
            written = child.meta["source"] if child.type in {"reference", "exempt"} else child.content
            found = content.find(written, at) if written else -1
            at = found if found >= 0 else at
            here = spot(min(at, len(content)))
            match child.type:
                case "text":
                    yield from self._text(child, here)
                case "reference":
                    yield self._reference(child, here)
                case "exempt":
                    yield self._exempt(child, here)
                case "code_inline":
                    yield Run("code", child.content, here)
                case "softbreak" | "hardbreak":
                    yield Run("text", " ", here)
                case "link_open" | "image":
                    self._leads_out(child, here)
            at += len(written)

    def _leads_out(self, child: Token, here: Spot) -> None:
        """Pictures, and links to files: the page is one file, and a picture says more of itself than its address."""
        target = str(child.attrs.get("href", ""))
        if child.type == "image":
            do = "Use a :::picture block: it asks for sensor, date, licence, alt text."
            self.add(here, f"a picture in Markdown: {child.content!r}", do)
        elif not target.startswith(("http:", "https:", "mailto:", "#")):
            do = "Link to a full web address: the page is one file, with no others beside it."
            self.add(here, f"a link to {target!r}", do)

    def _text(self, child: Token, here: Spot) -> Iterator[Run]:
        for sign, what in (("{{", "{{reference}}"), ("[[", "[[words: reason]]")):
            if sign in child.content:
                column = here.column + child.content.index(sign)
                self.add(Spot(here.line, column), f"{sign} that is not closed on its line", f"Write {what}.")
        yield Run("text", child.content, here)

    def _reference(self, child: Token, here: Spot) -> Run:
        forms = child.meta["forms"]
        for form in forms:
            if form not in FORMS:
                self.add(here, f"the form {form!r} in {child.meta['source']}", f"After the bar: {offer(form, FORMS)}")
        if not child.content:
            self.add(here, "{{}} with nothing in it", "Write the id of a finding or record: {{lights-port.ratio}}.")
        return Run("reference", child.content, here, forms=forms)

    def _exempt(self, child: Token, here: Spot) -> Run:
        if not child.meta["reason"]:
            self.add(
                here,
                child.meta["source"],
                "Say why the words may stand without a finding: [[1990s: common knowledge]].",
            )
        return Run("exempt", child.content, here, reason=child.meta["reason"])

    def _block(self, token: Token) -> None:
        spot, last = _spot(token), token.map[1] if token.map else 1
        name, _, behind = token.info.strip().partition(" ")
        token.meta = {"block": len(self.blocks)}
        self.blocks.append(BlockUse(name, None, spot, last=last))
        if name not in block_folders():
            self._no_block(spot, name)
        elif block(name).model.holds_prose:
            self._prose(token, name, behind)
        elif behind:
            column = self._line(spot.line).find(behind) + 1
            self.add(Spot(spot.line, column), f"{behind!r} behind :::{name}", 'Write key = "value" lines below it.')
        else:
            model, lines = self.read_toml(token.content, block(name).model, first=spot.line + 1)
            if model is not None:
                self.blocks[-1] = BlockUse(name, model, spot, lines, last)
                self._fields(model, name, lines)

    def _no_block(self, spot: Spot, name: str) -> None:
        at = Spot(spot.line, self._line(spot.line).find(":::") + 4)
        if name:
            self.add(at, f"a block called {name!r}", f"{offer(name, block_folders())}")
        else:
            self.add(at, "::: that opens nothing", "Delete it, or write the name of a block behind it: :::picture.")

    def _prose(self, token: Token, name: str, behind: str) -> None:
        """A block that holds Markdown; its keys stand behind its name."""
        spot, last = _spot(token), token.map[1] if token.map else 1
        before = self._line(spot.line).find(behind) if behind else 0
        keys = " " * before + behind
        model, lines = self.read_toml(keys, block(name).model, first=spot.line)
        tokens = markdown().parse("\n" * spot.line + token.content)
        self.blocks[-1] = BlockUse(name, model, spot, lines, last, tuple(tokens))
        for inner in tokens:
            if inner.type in _NO_PROSE:
                what = f"{_NO_PROSE[inner.type]} in :::{name}"
                self.add(_spot(inner), what, f"Only paragraphs and lists stand there: end it with ::: before {what}.")
        self.analysis = str(getattr(model, "by", "")).strip()
        self.walk([inner for inner in tokens if inner.type != "colon_fence"])
        self.analysis = None

    def read_toml(self, text: str, model: type[M], *, first: int) -> tuple[M | None, dict[tuple[str | int, ...], int]]:
        """TOML that begins on line `first` of the story, as a model, and the line of each key."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = _AT.search(str(error))
            line, column = (int(at[1]), int(at[2])) if at and at[1] else (max(text.count("\n"), 1), 1)
            said = _AT.sub("", str(error))
            self.add(Spot(first + line - 1, column), f"no TOML: {said}", 'Write key = "value" lines.')
            return None, {}
        lines = key_lines(text)
        try:
            made = model.model_validate(data)
        except ValidationError as error:
            for found in faults_of(error, model, file=self.file, lines=lines):
                at_line = first + (found.line or 1) - 1
                column = max(self._line(at_line).find(found.key.rsplit(".", 1)[-1]), 0) + 1
                self.add(Spot(at_line, column), f"{found.key}: {found.found}", f"{found.key}: {found.valid}")
            return None, {}
        return made, {path: first + line - 1 for path, line in lines.items()}

    def _fields(self, model: BlockModel, name: str, lines: Mapping[tuple[str | int, ...], int]) -> None:
        for path, sort, text in model.marked():
            if sort in {"prose", "plain"}:
                self.field(text, line_of(lines, path), role=".".join(map(str, path)), block_name=name)

    def field(self, text: str, line: int, *, role: str, block_name: str | None) -> None:
        """A text field of a block or of the front matter, as a passage."""
        tokens = markdown().parseInline(text)
        start = max(self._line(line).find(text.strip().split("\n")[0]), 0)

        def spot(at: int) -> Spot:
            row = text.count("\n", 0, at)
            begin = text.rfind("\n", 0, at) + 1
            return Spot(line + row, (start if row == 0 else 0) + at - begin + 1)

        runs = tuple(run for token in tokens for run in self._children(token.children or [], text, spot))
        self.passages.append(Passage(runs, role, spot(0), block_name))

    def _line(self, number: int) -> str:
        return self.source[number - 1] if 0 < number <= len(self.source) else ""


def parse(text: str, *, file: str = "story.md") -> Story:
    """Reads a story. Never raises for what a person wrote: everything wrong with its form is in `faults`."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").removeprefix("\ufeff")
    parser = _Parser(file, text.split("\n"))
    front, body = _front(parser, text)
    tokens = markdown().parse(body)
    parser.walk(tokens)
    return Story(
        file=file,
        front=front,
        passages=tuple(parser.passages),
        blocks=tuple(parser.blocks),
        tokens=tuple(tokens),
        faults=in_order(parser.faults),
        source=tuple(parser.source),
    )


def _front(parser: _Parser, text: str) -> tuple[Front | None, str]:
    """The front matter, and the body with the front matter's lines left blank so that line numbers stay."""
    parts = text.split(FENCE + "\n", 2)
    if len(parts) < 3 or parts[0].strip():
        parser.add(Spot(1), "no front matter", f'Begin with {FENCE}, title = "…", {FENCE}, each on its own line.')
        return None, text
    front, lines = parser.read_toml(parts[1], Front, first=2 + parts[0].count("\n"))
    for name in ("kicker", "title", "standfirst") if front else ():
        if getattr(front, name):
            parser.field(getattr(front, name), lines.get((name,), 1), role=name, block_name=None)
    return front, "\n" * (len(parts[0] + parts[1]) and (parts[0] + parts[1]).count("\n") + 2) + parts[2]


def _spot(token: Token) -> Spot:
    return Spot(token.map[0] + 1 if token.map else 1)
