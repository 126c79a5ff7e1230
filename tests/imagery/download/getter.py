"""`python -m tests.imagery.download.getter URL FOLDER SIZE COUNT FAULT`: fetches some files of the faulty stand-in."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.imagery.download.errands import errand, fetcher

from dateline.evidence.door.client import Door
from dateline.imagery.download.work import Failed, fetch_all


def main() -> None:
    """Says "ready" when the work begins; exit 1 when a file could not be had."""
    url, folder, size, count, fault = sys.argv[1:]
    errands = [errand(url, fault, f"kill{number}-{size}.h5", Path(folder)) for number in range(int(count))]
    with Door(private=True) as door:
        print("ready", flush=True)
        results = fetch_all(fetcher(door), errands)
    sys.exit(any(isinstance(result, Failed) for result in results))


if __name__ == "__main__":
    main()
