"""Since when: between which two images a thing appeared at a site, and what each image could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.blind_test import BlindTest
from dateline.ledger.finding import Finding, Note
from dateline.ledger.site_look import SiteLook
from dateline.methods.bracketing import report
from dateline.methods.bracketing.agree import second_pass
from dateline.methods.bracketing.answers import Judged, Rule, judge
from dateline.methods.bracketing.caveats import caveats, few_copies
from dateline.methods.bracketing.hard import Hard, bracket, without
from dateline.methods.bracketing.tested import told, with_blind_tests, with_visibility
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say

CARD = read_card(Path(__file__).parent / "card.md")


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """The bracket (last capable "absent", first "present"] and the set in which the onset likely lies.

    inputs: `looks`, SiteLook; `visibility`, findings of the visibility test, whose detection is taken over. narrow [m],
    rates [1]. Values: `appeared`, `gone`, `likely`, `naive`, `leverage`, `disputes` (times as EDTF), `width` [day].
    Estimate `agreement` [1]. Rows: one an image. Interval logic: Turnbull 1976; pixels across: Johnson 1958; kappa:
    Cohen 1960. Raises nothing; a Refusal is its answer.
    """
    try:
        looks = _asked(inputs, parameters)
    except Refusal as refusal:
        note = Note(code=refusal.code, text=f"{refusal.what} Seen: {refusal.saw}.")
        statement = say(CARD, "refused", reason=note.text)
        return Outcome(result="refused", statement=statement, reasons=(note,), needed=(refusal.do,))
    tests = inputs.many("blind_tests", BlindTest)
    rule = Rule(
        narrow=parameters["narrow"],
        line=parameters["shape"] == "line",
        detection=parameters["detection"],
        false_alarm=parameters["false_alarm"],
    )
    judged = judge(looks, rule)
    found = bracket(judged)
    result, why = result_of(found, judged)
    asked = report.Asked(CARD, parameters["object"], result, found, judged, parameters["level"])
    likely = report.likely(asked, before=parameters["before"], never=parameters["never"])
    again, share = second_pass(looks, parameters["level"])
    leverage = without(judged, found)
    return Outcome(
        result=result,
        statement=report.statement(asked, why),
        reasons=report.reasons(asked, leverage, likely, why),
        needed=report.needed(asked, rule),
        estimates={} if share is None else {"agreement": share},
        values=report.values(asked, leverage, likely)
        | ({"second_pass": again} if again else {})
        | ({"blind_tests": told(tests, parameters["level"])} if tests else {}),
        rows=report.rows(asked, leverage),
        caveats=(*caveats(looks, judged, found, likely, rule), *few_copies(tests)),
    )


def _asked(inputs: Inputs, parameters: Parameters) -> tuple[SiteLook, ...]:
    looks = inputs.many("looks", SiteLook)
    if not looks:
        raise Refusal("There is no look at the site.", saw="no row", do="Give looks in a file.", code="no-looks")
    if parameters["before"] + parameters["never"] >= 1:
        raise Refusal(
            "The two ends leave no chance for the time between.",
            saw=f"before {parameters['before']:g}, never {parameters['never']:g}",
            do="Give shares that add up to less than 1.",
            code="prior",
        )
    return with_visibility(
        with_blind_tests(looks, inputs.many("blind_tests", BlindTest)), inputs.many("visibility", Finding)
    )


def result_of(found: Hard, judged: Sequence[Judged]) -> tuple[str, str]:
    """The result, and for "cannot tell" why."""
    after, by = found.appeared.after, found.appeared.by
    disputed = any(one.answer == "disputed" for one in judged)
    if found.conflict or (disputed and not found.present and not found.absent):
        return "contradictory", ""
    if after is not None and by is not None:
        return "bracketed", ""
    if by is not None:
        earlier = [one for one in judged if one.start < by.start and one not in found.present]
        return ("open-before" if earlier or len(found.present) == 1 else "always-there"), ""
    if after is not None:
        unsure = any(one.says == "present" or one.answer == "disputed" for one in judged if one.end > after.start)
        return ("open-after" if unsure else "never-seen"), ""
    return "cannot tell", _nothing(judged)


def _nothing(judged: Sequence[Judged]) -> str:
    """Why no image counts."""
    said: dict[str, Any] = {
        "was obscured": sum(one.answer == "obscured" for one in judged),
        "says “absent” without being known to be able to show it": sum(
            one.answer == "not discernible" and one.says == "absent" for one in judged
        ),
        "could not be read": sum(one.answer == "not discernible" and one.says is None for one in judged),
        "says “present” once, on an image that cannot be relied on": sum(one.answer == "present" for one in judged),
        "is disputed": sum(one.answer == "disputed" for one in judged),
    }
    told = ", ".join(f"{n} {words}" for words, n in said.items() if n)
    return f"Of {len(judged)} image{'s' if len(judged) != 1 else ''} none counts: {told}."
