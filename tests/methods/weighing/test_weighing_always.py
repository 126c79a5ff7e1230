"""What always stands, whatever the matrix: retellings, unknown voices, order and names."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_ground import POLICY, against, claim, matrix, remaining, row, source, weighed

from dateline.ledger.claim import Claim, Link, Origin
from dateline.ledger.head import Share
from dateline.ledger.matrix import Matrix, Row
from dateline.methods.contract import Outcome

RIVALS = ("e1", "e2", "e3")
SIGNS = st.text("+-=. ", min_size=3, max_size=3)
SPEAKERS = (source("one", state="US"), source("two", "outlet"), source("nobody", "anonymous"))
SHARING = (*POLICY, Share(what="aggregate", among=("a", "b", "c"), why="a joint report"))
STRENGTHS = st.sampled_from([None, "weak", "moderate", "strong"])


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[Claim], list[Row]]:
    """Claims with origins, states, materials, retellings, calculations and replacements; most have a row."""
    made: list[Claim] = []
    for index in range(draw(st.integers(1, 9))):
        before = [one.id for one in made]
        based = draw(st.sampled_from([None, None, *before]))
        key = draw(st.sampled_from(["a", "b", "c", "d", "unknown", None]))
        origin = key and Origin(
            key=key,
            state=draw(st.sampled_from([None, "US", "KR", "FR"])),
            method=draw(st.sampled_from(["documents", "conversion", None])),
            raw_material=draw(st.sampled_from([None, "Planet images", "what c said"])),
        )
        made.append(
            claim(
                f"K{index}",
                origin=origin,
                retells=draw(st.sampled_from([None, None, *before])),
                supersedes=tuple(before[:1]) if draw(st.integers(0, 3)) == 0 else (),
                chain=(Link(who="it", how="calculates", claim=based, end=True),) if based else (),
                speaker=draw(st.sampled_from(["one", "two", "nobody"])),
            )
        )
    rated = [one for one in made if draw(st.booleans())] or made[:1]
    return made, [_row(draw, one.id) for one in rated]


def _row(draw: st.DrawFn, name: str) -> Row:
    strength = draw(STRENGTHS)
    more = {"strength": strength, "strength_why": "w"} if strength else {}
    return row(name, draw(SIGNS), **more)


def ask(made: list[Claim], rows: list[Row]) -> Outcome:
    return weighed(matrix(*rows), made, speakers=SPEAKERS, sharing=SHARING)


def cautious(outcome: Outcome) -> Any:
    """The answer of the least count, without what only the greatest shows."""
    least = {name: counts[0] for name, counts in against(outcome).items()}
    return outcome.result, remaining(outcome), least, outcome.values["origins"]["min"], outcome.values["bands"]


@settings(max_examples=60, deadline=None)
@given(ledger=ledgers(), data=st.data())
def test_a_retelling_never_changes_the_answer(ledger: tuple[list[Claim], list[Row]], data: st.DataObject) -> None:
    """However it names its origin and however it is rated: the row of what it retells decides."""
    made, rows = ledger
    before = ask(made, rows)
    known = {one.id: one for one in made}
    original = data.draw(
        st.sampled_from([one.claim for one in rows if known[one.claim or ""].retells is None] or [None])
    )
    if original is None:
        return
    retold = claim("R", key=data.draw(st.sampled_from(["a", "z", None])), retells=original)
    after = ask([*made, retold], [*rows, row("R", data.draw(SIGNS))])
    assert cautious(after) == cautious(before)
    assert against(after) == against(before)
    assert [each["stands"] for each in after.rows] == [each["stands"] for each in before.rows]


@settings(max_examples=60, deadline=None)
@given(ledger=ledgers(), signs=SIGNS, text=st.booleans())
def test_an_unknown_voice_never_adds_an_origin_at_least(
    ledger: tuple[list[Claim], list[Row]], signs: str, text: bool
) -> None:
    """Nobody's claim and nobody's letter leave the cautious answer as it is."""
    made, rows = ledger
    voice = claim("U", speaker="nowhere")
    added = row("", signs, text="a letter") if text else row("U", signs)
    assert cautious(ask([*made, voice], [*rows, added])) == cautious(ask(made, rows))


@settings(max_examples=40, deadline=None)
@given(ledger=ledgers(), chance=st.randoms(use_true_random=False))
def test_order_and_names_are_no_matter(ledger: tuple[list[Claim], list[Row]], chance: random.Random) -> None:
    """Rows, claims, sources and the case's policy in any order, claims under any id: the same answer and counts."""
    made, rows = ledger
    ids = {one.id: f"Z{chance.randrange(10**9)}-{one.id}" for one in made}
    renamed = [_renamed(one, ids) for one in made]
    others = [each.model_copy(update={"claim": ids[each.claim or ""]}) for each in rows]
    chance.shuffle(renamed)
    chance.shuffle(others)
    first = ask(made, rows)
    second = weighed(matrix(*others), renamed, speakers=SPEAKERS[::-1], sharing=SHARING[::-1])
    assert cautious(first) == cautious(second)
    assert against(first) == against(second)
    assert {each["sentence"] for each in first.rows} == {each["sentence"] for each in second.rows}
    same = weighed(matrix(*others), renamed[::-1], speakers=SPEAKERS, sharing=SHARING)
    assert (same.values, same.rows, same.reasons) == (second.values, second.rows, second.reasons)


def _renamed(one: Claim, ids: dict[str, str]) -> Claim:
    chain = tuple(link.model_copy(update={"claim": link.claim and ids[link.claim]}) for link in one.chain)
    told = {"retells": one.retells and ids[one.retells], "supersedes": tuple(ids[each] for each in one.supersedes)}
    return one.model_copy(update={"id": ids[one.id], "chain": chain, **told})


@settings(max_examples=60, deadline=None)
@given(ledger=ledgers())
def test_bounds_never_invert(ledger: tuple[list[Claim], list[Row]]) -> None:
    """The least is never above the greatest; every row stands in the table once, or was replaced; nothing is lost."""
    made, rows = ledger
    outcome = ask(made, rows)
    for low, high in against(outcome).values():
        assert 0 <= low <= high <= outcome.values["sayings"] <= len(rows)
    shown = [each["id"] for group in outcome.values["matrix"] for each in group["rows"]]
    assert len(shown) == len(set(shown))
    replaced = sum(note.code == "replaced" for note in outcome.caveats)
    assert bool(len(rows) - len(shown)) == bool(replaced)
    assert (outcome.result == "cannot tell") == (outcome.values["separating"]["min"] < 2)


def test_the_explanations_own_names_and_order_are_no_matter() -> None:
    """Explanations under other ids, in another order: the same one remains."""
    claims = [claim("A", "x"), claim("B", "y")]
    turned: Matrix = matrix(row("A", "--+", RIVALS), row("B", "--+", RIVALS), explanations=RIVALS)
    other = matrix(row("A", "+--", ("c", "a", "b")), row("B", "+--", ("c", "a", "b")), explanations=("c", "a", "b"))
    assert (remaining(weighed(turned, claims)), remaining(weighed(other, claims))) == (["e3"], ["c"])
