"""Measuring and building from the app: one job at a time, in a thread of its own, as the commands do it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dateline.app.asking import looks_of
from dateline.core.clock import Clock
from dateline.core.errors import DatelineError, InputError, Refusal
from dateline.ledger.case import Case
from dateline.measure.case_run import Measured, in_order, measure_case, stale
from dateline.measure.request import Progress
from dateline.story.build import build

Kind = Literal["measure", "build"]
DOES = {"measure": "Measuring", "build": "Building the page"}


@dataclass(slots=True)
class Job:
    """One run. `share`: of the measure at work [1]; `built`: size of the page [bytes]."""

    kind: Kind
    total: int = 0
    done: list[Measured] = field(default_factory=list)
    at: str = ""
    share: float = 0.0
    built: int | None = None
    notes: tuple[str, ...] = ()
    error: DatelineError | None = None
    running: bool = True
    cancelled: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def last(self) -> dict[str, Measured]:
        """What became of each measure, by id."""
        return {one.id: one for one in self.done}

    def line(self) -> str:
        """Where it stands, in a line for people."""
        if self.running:
            ending = "; stopping after this one" if self.stop.is_set() else ""
            count = f" {len(self.done) + 1} of {self.total}" if self.total else ""
            return f"{DOES[self.kind]}{count}{f': {self.at}' if self.at else ''}{ending}"
        if self.error is not None:
            return f"{'Measuring' if self.kind == 'measure' else 'The page was not built'}: {self.error.what}"
        if self.kind == "build":
            return "The page was built." if self.built is None else f"The page was built: {self.built / 1000:.0f} kB."
        return self._measured()

    def _measured(self) -> str:
        counts = {word: sum(one.status == word for one in self.done) for word in ("computed", "unchanged", "missing")}
        failed = sum(one.status == "failed" for one in self.done)
        told = f"{counts['computed']} computed, {counts['unchanged']} unchanged"
        told += f", {counts['missing']} without inputs on this machine" if counts["missing"] else ""
        told += f", {failed} failed" if failed else ""
        return f"{'Stopped' if self.cancelled else 'Measured'}: {told}."

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        done = (len(self.done) + self.share) / self.total if self.total else None
        return {"kind": self.kind, "line": self.line(), "share": done, "running": self.running}


class Works:
    """The jobs of one case: the one that runs, or that ran last of each kind."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root, self.clock = root, clock
        self._lock = threading.Lock()
        self._now: Job | None = None
        self.measured: dict[str, Measured] = {}
        """What the last run of each measure said, since the program started."""

    @property
    def now(self) -> Job | None:
        """The job that runs, else the last one."""
        return self._now

    def start(self, kind: Kind, who: str | None) -> Job:
        """Begins a job. Raises Refusal `at-work` while another runs."""
        with self._lock:
            if self._now is not None and self._now.running:
                raise Refusal(
                    "The program is at work on this case already.",
                    saw=self._now.line(),
                    do="Wait until that is done, or stop it.",
                    code="at-work",
                )
            job = self._now = Job(kind)
        act: Callable[[], None] = (lambda: self._measure(job, who)) if kind == "measure" else lambda: self._build(job)
        threading.Thread(target=self._run, args=(job, act), name=f"dateline-{kind}", daemon=True).start()
        return job

    def cancel(self) -> None:
        """Stops the job that runs once the measure at work is done; what is measured stays."""
        if self._now is not None:
            self._now.stop.set()

    def _run(self, job: Job, act: Callable[[], None]) -> None:
        try:
            act()
        except DatelineError as error:
            job.error = error
        except Exception as error:  # nobody else would hear of it
            job.error = InputError(
                "The program failed in a way that it does not know: this is a bug.",
                saw=type(error).__name__,
                do="Run the command in a terminal and report what it says, without anything secret.",
                code="bug",
            )
        finally:
            job.running = False

    def _measure(self, job: Job, who: str | None) -> None:
        case = Case.load(self.root)
        looks = looks_of(case, who, self.clock)
        job.total = len(in_order(case))

        def tell(name: str) -> Progress:
            job.at, job.share = name, 0.0
            return lambda share: setattr(job, "share", share)

        for measured in measure_case(case, tell=tell, looks=looks):
            job.share = 0.0
            job.done.append(measured)
            self.measured[measured.id] = measured
            if job.stop.is_set() and len(job.done) < job.total:
                job.cancelled = True
                break
        unlogged = sorted({name for one in job.done for name in one.unlogged})
        job.notes = tuple(str(one) for one in (looks.mended if looks is not None else ()))
        if unlogged:
            why = "a finding rested on it before" if who else "nobody is named at the top of the page"
            job.notes += (f"Custody does not tell when somebody first looked at {', '.join(unlogged[:4])} ({why}).",)

    def _build(self, job: Job) -> None:
        case = Case.load(self.root)
        job.built = build(case, stale=stale(case)).stat().st_size
