"""The case at a glance: what takes longer than a page may is worked out beside it, and the page says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from dateline.app.desk import Desk
from dateline.app.screens.home.open_points import Open, open_points
from dateline.app.screens.home.rows import Row, rows
from dateline.app.screens.home.site import page_path
from dateline.core.errors import DatelineError, InputError
from dateline.ledger.case import Case
from dateline.story.check import check
from dateline.story.fault import Report

BRIEF = 0.4
"""A look that takes no longer than this finds that nothing changed, and is not spoken of [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is known by now; None is not known yet. `broken`: the records cannot be read. `number` grows with each."""

    number: int = 0
    case: Case | None = None
    broken: DatelineError | None = None
    points: tuple[Open, ...] | None = None
    rows: tuple[Row, ...] | None = None
    report: Report | None = None
    story: DatelineError | None = None
    """Why the story could not be checked."""


@dataclass(slots=True)
class Watch:
    """Looks at a case for the home page, one look at a time."""

    desk: Desk
    _free: threading.Condition = field(default_factory=threading.Condition)
    _running: bool = False
    _since: float = 0.0
    _glance: Glance = field(default_factory=Glance)
    _seen: Hashable = None

    def look(self, patience: float) -> tuple[Glance, bool]:
        """What is known after at most so long [s], and whether more is coming."""
        with self._free:
            if not self._running:
                self._running, self._since = True, time.monotonic()
                threading.Thread(target=self._work, name="dateline-glance", daemon=True).start()
            self._free.wait_for(lambda: not self._running, timeout=patience)
            return self._glance, self._running and time.monotonic() - self._since > BRIEF

    def _work(self) -> None:
        try:
            self._look()
        except Exception as error:  # nobody else would hear of it
            what = "The case could not be looked at: this is a bug."
            self._tell(Glance(broken=InputError(what, saw=type(error).__name__, do="Report what you did.", code="bug")))
        finally:
            with self._free:
                self._running = False
                self._free.notify_all()

    def _look(self) -> None:
        try:
            case = self.desk.case()
        except DatelineError as error:
            if self._seen != str(error):
                self._seen = str(error)
                self._tell(Glance(broken=error))
            return
        now = self.desk.clock.now()
        seen = (id(case), _state(case.story), _state(page_path(case.root)), now.date())
        if seen == self._seen:
            return
        self._seen = None  # until the whole is known
        self._whole(case, now)
        self._seen = seen

    def _whole(self, case: Case, now: datetime) -> None:
        """What was known before stands until it is known anew."""
        points = open_points(case, now)
        self._tell(replace(self._glance, case=case, broken=None, points=points))
        found = tuple(rows(case))
        self._tell(replace(self._glance, rows=found))
        try:
            report = check(case, stale=[one.id for one in found if one.state == "stale"])
        except DatelineError as error:
            self._tell(replace(self._glance, report=None, story=error))
        else:
            self._tell(replace(self._glance, report=report, story=None))

    def _tell(self, glance: Glance) -> None:
        with self._free:
            self._glance = replace(glance, number=self._glance.number + 1)


def _state(path: Path) -> tuple[int, int] | None:
    """Time and size of a file; None where there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
