"""The questions of a form, asked one after another in a terminal: each with its help, each answer read at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from dateline.core.errors import UsageError
from dateline.ledger.compose.desk import Desk, Question
from dateline.ledger.compose.form import Field, Form
from dateline.ledger.compose.make import Composed, compose
from dateline.ledger.compose.told import Told, read_text

TERMINAL = "the terminal"


def _say(text: str) -> None:
    print(text, file=sys.stderr)


@dataclass(slots=True)
class Prompts:
    """Asks for a record. `read` gives a line for a prompt, `say` shows one; nothing is written to disk."""

    form: Form
    desk: Desk
    taken: Collection[str]
    shapes: Any = None
    read: Callable[[str], str] = input
    say: Callable[[str], None] = _say
    values: dict[str, str] = field(default_factory=dict)

    def told(self) -> Told:
        """Every answer. Raises UsageError (code `stopped`) at the end of input."""
        self.say(
            f"A {self.form.kind}. Enter leaves a question unknown; ? tells more; Ctrl-C stops, nothing is written."
        )
        try:
            for question in self.form.fields:
                if self._is_due(question):
                    self._ask(question)
            self._more()
        except EOFError as error:
            raise UsageError(
                "The answers ended before the record was whole.", saw="the end of the input",
                do="Answer each question, or press Enter; nothing was written.", code="stopped",
            ) from error  # fmt: skip
        return Told(TERMINAL, self.values)

    def _is_due(self, question: Field) -> bool:
        is_open = question.unless is None or question.unless not in self.values
        return is_open and not question.later and (question.after is None or question.after in self.values)

    def _ask(self, question: Field) -> None:
        words = self.form.choices(question)
        example = f"  e.g. {question.example}" if question.example else ""
        self.say(f"\n{question.help}{example}")
        if words:
            self.say("  " + ", ".join(words))
        while True:
            text = self.read(f"{question.key}: ").strip()
            if text == "?":
                self._help(question)
            elif not text and question.required:
                self.say("  it is required")
            elif not text or self._is_read(question, text):
                return

    def _help(self, question: Field) -> None:
        listed = self.form.choices(question) or sorted(self.desk.sources) if question.way == "source" else ()
        self.say(
            f"  {question.help}. It fills `{question.path}` of the record." + "".join(f"\n  {one}" for one in listed)
        )

    def _is_read(self, question: Field, text: str) -> bool:
        """Reads an answer; asks on where it has several readings; shows how it was read."""
        before = dict(self.values)
        self.values[question.key] = text
        made = self._made()
        while open_ := next((one for one in made.questions if one.key == question.key), None):
            if not self._is_chosen(open_):
                self.values = before
                return False
            made = self._made()
        wrong = [fault for fault in made.faults if fault.key == question.key]
        if question.key == "speaker" and wrong and "speaker_type" not in self.values and self._is_new(text):
            wrong = []
        for fault in wrong:
            self.say(f"  {fault.found}; valid: {fault.valid}")
        if wrong:
            self.values = before
            return False
        if question.key in made.read:
            self.say(f"  → {made.read[question.key]}")
        return True

    def _is_chosen(self, open_: Question) -> bool:
        """Asks which reading is meant; a new speaker may be meant too."""
        self.say(f"  {open_.ask}")
        for number, option in enumerate(open_.options, 1):
            self.say(f"  {number}. {option.label}")
        may_be_new = open_.key == "speaker"
        told = self.read(f"number{', or new' if may_be_new else ''}, or Enter to answer again: ").strip()
        if may_be_new and told == "new":
            return self._is_new(self.values[open_.key])
        if told.isdigit() and 1 <= int(told) <= len(open_.options):
            self.values |= {
                key: text for key, text in open_.options[int(told) - 1].told.items()
                if key == open_.key or key not in self.values
            }  # fmt: skip
            return True
        return False

    def _is_new(self, name: str) -> bool:
        """Asks what a new speaker is; the source is made along with the claim."""
        from dateline.ledger.compose.form import form_of

        kinds = form_of("source").choices(Field("type", "type", ""))
        self.say(f"  {name!r} is new. What is it? {', '.join(kinds)}")
        told = self.read("speaker_type (Enter: answer again): ").strip().lower().replace(" ", "_")
        if told not in kinds:
            return False
        self.values["speaker_type"] = told
        for key, help_ in (("speaker_state", "its state, two letters"), ("speaker_zone", "its zone, as Asia/Seoul")):
            text = self.read(f"{key} ({help_}): ").strip()
            if text:
                self.values[key] = text
        return True

    def _more(self) -> None:
        """Anything else that the form takes, and what the whole record still lacks."""
        rest = [one.key for one in self.form.fields if one.key not in self.values]
        while True:
            for fault in self._made().faults:
                self.say(f"  {fault.key}: {fault.found}; valid: {fault.valid}")
            told = self.read("\nAnything else? `key: text`, ? lists the keys, Enter writes the record: ").strip()
            if not told:
                return
            if told == "?":
                self.say("  " + ", ".join(rest))
                continue
            given, faults = read_text(told, self.form, file=TERMINAL)
            for fault in faults:
                self.say(f"  {fault.key}: {fault.found}; valid: {fault.valid}")
            for key, text in given.values.items():
                question = self.form.field(key)
                if question is not None:
                    self.values.pop(key, None)
                    self._is_read(replace(question, key=key), text)

    def _made(self) -> Composed:
        told = Told(TERMINAL, self.values)
        return compose(self.form.kind, told, self.desk, taken=self.taken, shapes=self.shapes)
