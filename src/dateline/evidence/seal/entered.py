"""What the custody log says of the files of seals: so that one that is dropped, swapped or changed is found.

Files of seals are never replaced. Each is entered once, as `sealed`, with its path and its hash; the next seal covers
the entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from dateline.core.errors import InputError
from dateline.evidence.chain import Event, chains, parse
from dateline.evidence.names import check_relative
from dateline.evidence.seal.coverage import stored_lines
from dateline.evidence.seal.record import CHECKPOINT, FOLDER, LOGS, RECORD

_TOLD = f'"event":"{Event.SEALED.value}"'.encode()

_BESIDE = re.compile(r"[a-z0-9._\-\[\]]+\.tsr|checkpoint(\.[0-9]{1,9})?\.ots|block-[0-9]{1,9}\.header")
"""What may lie beside record and checkpoint in the folder of a seal."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A line that names a file of a seal: which chain, which entry, which hash."""

    chain: str
    seq: int
    sha256: str


def entered(case: Path) -> dict[str, Entered]:
    """The files of seals that custody lines name, by path inside the case. Lines that cannot be read name nothing."""
    found: dict[str, Entered] = {}
    for path in chains(case).values():
        for stored in stored_lines(path):
            if _TOLD not in stored:
                continue
            entry = parse(stored)
            if entry is not None and entry.event is Event.SEALED and entry.sha256 and _is_ours(entry.subject):
                found.setdefault(entry.subject, Entered(entry.chain, entry.seq, entry.sha256))
    return found


def files_of(case: Path, log: str) -> list[Path]:
    """The files that a log's person enters: checkpoints and what lies beside, keys, certificates; in order."""
    beside = [path for path in sorted((case / LOGS / log).glob("[0-9]*/*")) if _is_entered(path)]
    shared = [path for path in sorted((case / FOLDER).glob("*/*")) if path.suffix in {".vkey", ".pem"}]
    return [path for path in (*shared, *beside) if path.is_file()]


def strays(case: Path) -> list[Path]:
    """Files among the seals that are none of a seal's. Hidden ones are left out: systems and killed runs make them."""
    found = []
    for path in sorted((case / FOLDER).rglob("*")):
        inside = path.relative_to(case / FOLDER)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts) and not _is_known(inside):
            found.append(path)
    return found


def _is_known(inside: Path) -> bool:
    match inside.parts:
        case ("authorities.txt",):
            return True
        case ("keys", name):
            return name.endswith(".vkey")
        case ("roots" | "chains", name):
            return name.endswith(".pem")
        case ("logs", _, number, name):
            return (name in {RECORD, CHECKPOINT} or is_beside(inside)) and re.fullmatch("[0-9]{6}", number) is not None
    return False


def is_beside(path: Path) -> bool:
    """Whether a file has a name for what lies beside record and checkpoint: a reply, a stamp, a block's header."""
    return _BESIDE.fullmatch(path.name) is not None


def _is_entered(path: Path) -> bool:
    """The record is not entered: the checkpoint covers it."""
    return path.name == CHECKPOINT or is_beside(path)


def _is_ours(subject: str) -> bool:
    """Whether a line names a file among the seals, and no way out of there."""
    try:
        check_relative(subject)
    except InputError:
        return False
    return subject.startswith(f"{FOLDER}/")
