"""`dateline build --watch`: the page in the browser, built again whenever something of the case is saved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateline.app.preview.attempt import Attempt
    from dateline.app.preview.serving import View

ENDING = 10.0
"""How long a build that is going on is waited for at the end [s]."""


def watch(root: Path, *, browser: bool) -> None:
    """Builds, serves and builds again until Ctrl+C, which ends it cleanly. Raises UsageError for no case."""
    from dateline.app.preview.serving import View, listen
    from dateline.app.server import serve
    from dateline.ledger.case import HEAD
    from dateline.measure.archive import open_head

    if not (root / HEAD).is_file():
        open_head(root)
    root = root.resolve()
    view, stop = View(root.name), threading.Event()
    listening = listen(view)
    print(f"preview of {root.name}: {listening.address}\nIt builds again at each save. Ctrl+C ends it.", flush=True)
    work = threading.Thread(target=keep_building, args=(root, view, stop.wait), daemon=True)
    work.start()
    if browser:
        import webbrowser

        webbrowser.open(listening.once)  # it can be read in the list of processes, so it opens once
    try:
        serve(listening)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        work.join(ENDING)
    print("preview ended; site/ keeps the last good page", flush=True)


def keep_building(
    root: Path, view: View, wait: Callable[[float], bool], say: Callable[[str], None] | None = None
) -> None:
    """One build at the start and one for each change, each shown and told in words, until `wait` says to end."""
    from dateline.app.preview.attempt import attempt
    from dateline.app.preview.watching import changes, stamps
    from dateline.ledger.case import Reads
    from dateline.story import language

    reads, words = Reads(), language.FOLDER
    for changed in changes(lambda: stamps(root, (words,)), wait):
        view.is_building = True
        if any(Path(name).is_relative_to(words) for name in changed):
            language.language.cache_clear()
        started = time.monotonic()
        made = attempt(root, reads)
        view.show(made)
        (say or _say)(_told(made, time.monotonic() - started))


def _say(text: str) -> None:
    print(text, flush=True)


def _told(made: Attempt, seconds: float) -> str:
    from dateline.app.preview.serving import told

    if made.page is None:
        return told(made.troubles)
    notes = "".join(f"\n  {note}" for note in made.notes)
    return f"built site/index.html ({len(made.page) / 1000:.0f} kB) in {seconds:.1f} s{notes}"
