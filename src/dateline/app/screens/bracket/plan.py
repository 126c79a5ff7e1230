"""What a pass is to be: which place, which question, which images, dates shown or hidden. Kept beside the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from dateline.core.errors import UsageError
from dateline.core.identity import is_id
from dateline.evidence.atomic import write_atomic
from dateline.ledger.case import Case
from dateline.ledger.observed import ended_sittings

FOLDER = Path(".dateline") / "bracket"
"""Plans of passes: work, and no record. Without them looks stay, and a pass is begun anew."""
MOST = 500
"""Images in one pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One pass of one person. items: in order of time. knows: the person said to know somebody's answers already.

    thing: words for the sentence; narrow: narrow side of it [m]; line: whether it is long and thin.
    """

    sitting: str
    by: str
    place: str
    question: str
    items: tuple[str, ...]
    blind: bool = False
    knows: bool = False
    thing: str = ""
    narrow: float | None = None
    line: bool = False

    def order(self) -> tuple[tuple[str, str], ...]:
        """(number, item): by time, or without dates in an order that chance made and that stays as it is."""
        numbered = tuple((number_of(self.sitting, item), item) for item in self.items)
        return tuple(sorted(numbered)) if self.blind else numbered

    def item(self, number: str) -> str:
        """The item behind a number. Raises UsageError `no-image`, which names nothing."""
        found = dict(self.order()).get(number)
        if found is None:
            raise UsageError("This pass has no such image.", saw=number[:20], do="Reload the page.", code="no-image")
        return found


def number_of(sitting: str, item: str) -> str:
    """What an image is called in one sitting: tells nothing of it, and differs in the next sitting."""
    return sha256(f"{sitting}\n{item}".encode()).hexdigest()[:12]


def write(root: Path, plan: Plan) -> None:
    """Keeps a plan. Atomic."""
    write_atomic(_path(root, plan.sitting), json.dumps(asdict(plan), ensure_ascii=False).encode())


def read(root: Path, sitting: str, *, by: str) -> Plan:
    """The plan of this person's sitting. Raises UsageError `no-pass` where there is none."""
    plan = _read(_path(root, sitting)) if is_id(sitting) else None
    if plan is None or plan.by != by:
        raise UsageError(
            "You have no such pass.",
            saw=f"{sitting[:100]}, and you are {by}",
            do="Begin a pass at Bracket; check your name at the top.",
            code="no-pass",
        )
    return plan


def plans(root: Path, *, by: str) -> Iterator[Plan]:
    """This person's plans, in order of their names."""
    for path in sorted((root / FOLDER).glob("*.json")):
        plan = _read(path)
        if plan is not None and plan.by == by:
            yield plan


def said_of(root: Path, place: str, question: str) -> dict[str, str]:
    """What the last plan for a question on this machine, of whoever, says of the thing: object, narrow, shape."""
    read_all = filter(None, (_read(path) for path in sorted((root / FOLDER).glob("*.json"), key=_age)))
    same = [plan for plan in read_all if (plan.place, plan.question) == (place, question)]
    if not same:
        return {}
    narrow = same[-1].narrow
    told = {
        "object": same[-1].thing,
        "narrow": "" if narrow is None else f"{narrow:g}",
        "shape": "line" if same[-1].line else "",
    }
    return {key: value for key, value in told.items() if value}


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def unfinished(case: Case, *, by: str) -> tuple[Plan, ...]:
    """This person's passes that were begun and not ended."""
    ended = ended_sittings(case.observations.values())
    return tuple(plan for plan in plans(case.root, by=by) if (by, plan.sitting) not in ended)


def _path(root: Path, sitting: str) -> Path:
    return root / FOLDER / f"{sitting}.json"


def _read(path: Path) -> Plan | None:
    """A plan; None where there is none that this program can read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Plan(**{**told, "items": tuple(told["items"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
