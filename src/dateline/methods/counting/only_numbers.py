"""Numbers that people gave without marking what they counted: printed as that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from dateline.ledger.finding import Note
from dateline.ledger.marks import Marks, Said
from dateline.methods.card import Card
from dateline.methods.contract import Outcome, say
from dateline.methods.counting import words


def only_numbers(card: Card, marks: Sequence[Marks], said: Sequence[Said], told: Mapping[str, str]) -> Outcome:
    """Each image's least and greatest number, never a mean: without marks nobody knows what they agree on.

    Estimates: none. Values: `counts`, by image and person; `they_said`.
    """
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for mark in marks:
        assert mark.count is not None
        part = mark.image if mark.tile is None else f"{mark.image}, {mark.tile}"
        counts[part][mark.by] = mark.count
    people = sorted({name for given in counts.values() for name in given})
    totals = {name: sum(given.get(name, 0) for given in counts.values()) for name in people}
    whole = {name: total for name, total in totals.items() if all(name in given for given in counts.values())}
    rows = words.they_said(said, None)
    sentence = words.said_sentence(rows)
    needed = ("Marks on the picture instead of a number; then matches, and a checked sample, can be counted with.",)
    simulated = [Note(code="simulated", text="Made by a computer.")] if any(m.simulated for m in marks) else []
    partly = sorted(set(people) - set(whole))
    left = [Note(code="not-all-tiles", text=f"{', '.join(partly)} did not count everything.")] if partly else []
    values = {"counts": {part: dict(given) for part, given in counts.items()}, "they_said": rows}
    if not whole:
        reason = "Nobody counted everything that was counted, so no two numbers are of one thing."
        return Outcome(result="cannot tell", statement=say(card, "cannot-tell", **{**told, "reason": reason,
                       "said": sentence}), reasons=(Note(code="tiles-differ", text=reason),), needed=needed,
                       values=values, caveats=tuple(simulated))  # fmt: skip
    low, high = min(whole.values()), max(whole.values())
    one = len(whole) == 1
    args = {"count": f"{high:,}", "low": f"{low:,}", "high": f"{high:,}", "who": words.counters(len(whole)),
            "said": sentence}  # fmt: skip
    return Outcome(
        result="one count" if one else "several counts",
        statement=say(card, "one-count" if one else "several-counts", **{**told, **args, **(
            {"who": "One person"} if one else {})}),
        reasons=(Note(code="numbers-only", text=words.of_people(tuple(whole), whole) + "."),),
        needed=needed,
        values=values,
        rows=[{"image": part, **given} for part, given in counts.items()],
        caveats=(*simulated, *left),
    )  # fmt: skip
