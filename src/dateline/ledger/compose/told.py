"""What a person told: plain texts by key, with the line of each; read from pasted text. And an empty form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dateline.core.errors import RecordFault
from dateline.ledger.compose.form import NAME, Field, Form
from dateline.ledger.faults import offer

_PAIR = re.compile(r"\s{0,1}([A-Za-z][\w -]{0,40}?)\s*[:=]\s*(.*)")
_FENCE = re.compile(r"\s*(?:---+|\.\.\.|```\w*)\s*")

ALIASES = {"url": "sources", "link": "sources", "page": "sources", "text": "statement"}
"""What people write for a key where the form has no such key itself."""

MANY = frozenset({"ids", "citations", "judgements"})
"""Ways of reading in which a key may be said more than once."""


@dataclass(frozen=True, slots=True)
class Told:
    """Texts by key. `file` says where they come from; `line` is that of all of them, `lines` that of each key."""

    file: str
    values: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)
    line: int | None = None

    def line_of(self, key: str) -> int | None:
        """The line of a key."""
        return self.lines.get(key, self.line)

    def fault(self, key: str, found: str, valid: str) -> RecordFault:
        """Something wrong at a key."""
        return RecordFault(self.file, self.line_of(key), key, found, valid)

    def having(self, more: Mapping[str, str]) -> Told:
        """The same with further texts; those of the same key are replaced."""
        return replace(self, values={**self.values, **more})


def plain_key(text: str, form: Form) -> str:
    """A key as the form has it: `Name KO` is name_ko, `url` is sources where a record has no url of its own."""
    key = re.sub(r"[ -]+", "_", text.strip().lower())
    if key.startswith(f"{NAME}_") and form.field(NAME):
        return f"{NAME}_{re.split('[ _-]+', text.strip(), maxsplit=1)[1]}".replace("_", "-").replace("-", "_", 1)
    if form.field(key) is None and form.field(ALIASES.get(key, "")):
        return ALIASES[key]
    return key


def told_pairs(
    pairs: Iterable[tuple[str, str, int | None]], form: Form, *, file: str
) -> tuple[Told, list[RecordFault]]:
    """Key, text and line as Told, and what is wrong with the keys. Empty texts are unknown."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults = []
    for name, text, line in pairs:
        key = plain_key(name, form)
        question = form.field(key)
        if question is None:
            faults.append(RecordFault(file, line, name, "an unknown key", offer(key, keys(form))))
        elif key in values and text.strip() and question.way not in MANY:
            faults.append(RecordFault(file, line, key, f"said twice: {text.strip()!r}", "each key once"))
        elif text.strip():
            values[key] = f"{values[key]}\n{text.strip()}" if key in values else text.strip()
            if line is not None:
                lines.setdefault(key, line)
    return Told(file, values, lines), faults


def read_text(text: str, form: Form, *, file: str) -> tuple[Told, list[RecordFault]]:
    """Lines of `key: text`; lines that begin with spaces go on with the text above; `#` begins a comment.

    Returns what was told and every fault with its line. Keys may be written as people do: `Said basis`, `name-ko`.
    """
    pairs: list[tuple[str, str, int | None]] = []
    faults: list[RecordFault] = []
    for number, row in enumerate(text.splitlines(), 1):
        if row.startswith("#") or _FENCE.fullmatch(row):
            continue
        match = _PAIR.fullmatch(row)
        if match and not row.startswith((" ", "\t")):
            pairs.append((match[1], match[2], number))
        elif row.startswith((" ", "\t")) and pairs:
            key, before, line = pairs[-1]
            pairs[-1] = (key, f"{before}\n{row.strip()}", line)
        elif row.strip():
            faults.append(RecordFault(file, number, "the line", repr(row.strip()[:60]), "key: text"))
    told, wrong = told_pairs(_joined(pairs, form), form, file=file)
    return told, [*faults, *wrong]


def _joined(pairs: Iterable[tuple[str, str, int | None]], form: Form) -> Iterator[tuple[str, str, int | None]]:
    """Lines stay lines where they mean something; elsewhere a text that goes on is one line."""
    for key, text, line in pairs:
        question = form.field(plain_key(key, form))
        keeps = question is not None and (question.way == "long" or question.way in MANY)
        yield key, text if keeps else " ".join(text.split("\n")).strip(), line


def keys(form: Form) -> list[str]:
    """Every key of a form."""
    return [field.key for field in form.fields]


def template(form: Form) -> str:
    """The empty form as text to fill in: a line of help above each key."""
    head = f"# A {form.kind}. Fill in what is known and leave the rest empty. Lines that begin with # are not read.\n"
    return head + "".join(_asked(field, form) for field in form.fields)


def _asked(field: Field, form: Form) -> str:
    words = form.choices(field)
    choice = f": {', '.join(words)}" if words else ""
    need = " (required)" if field.required else ""
    example = f"\n#   e.g. {field.example}" if field.example else ""
    return f"\n# {field.help}{choice}{need}{example}\n{field.key}:\n"
